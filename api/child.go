package api

import (
	"context"

	"homeward/casework"
	"homeward/internal/access"
)

// childView is a child of a case or a victim of a report.
type childView struct {
	casework.ChildSummary

	// Name is there for those who may read it.
	Name string `json:"name,omitempty"`
}

// listChildren answers GET {record}/children.
func (a *API) listChildren(c *call, s subject) (reply, error) {
	children, err := a.store.Children(c.Context(), s.Aggregate)
	if err != nil {
		return reply{}, err
	}
	names, err := a.names(c.Context(), s, idsOf(children))
	if err != nil {
		return reply{}, err
	}
	views := make([]childView, len(children))
	for i, child := range children {
		views[i] = childView{ChildSummary: child, Name: names[child.Child]}
	}
	return reply{body: listView[childView]{Items: views}, revision: s.Revision, did: named(names)}, nil
}

func idsOf(children []casework.ChildSummary) []string {
	ids := make([]string, len(children))
	for i, child := range children {
		ids[i] = child.Child
	}
	return ids
}

// names returns people's names by ID, none for those who may not read them.
func (a *API) names(ctx context.Context, s subject, ids []string) (map[string]string, error) {
	if !s.may(access.ReadNames) || len(ids) == 0 {
		return nil, nil
	}
	people, err := a.store.Persons(ctx, ids)
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(people))
	for _, p := range people {
		if p.Name != "" {
			names[p.ID] = p.Name
		}
	}
	return names, nil
}

// named is what an answer amounts to that holds these names.
func named(names map[string]string) access.Action {
	if len(names) == 0 {
		return ""
	}
	return access.ReadNames
}
