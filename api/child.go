package api

import (
	"context"

	"homeward/casework"
)

// childView is a child of a case or a victim of a report.
type childView struct {
	casework.ChildSummary

	// Name is there for those who may read it.
	Name string `json:"name,omitempty"`
}

// listChildren answers GET {record}/children.
func (a *API) listChildren(c *call, s casework.Summary) (reply, error) {
	children, err := a.store.Children(c.Context(), s.Aggregate)
	if err != nil {
		return reply{}, err
	}
	names, err := a.names(c.Context(), c.who, s, children)
	if err != nil {
		return reply{}, err
	}
	views := make([]childView, len(children))
	for i, child := range children {
		views[i] = childView{ChildSummary: child, Name: names[child.Child]}
	}
	return reply{body: listView[childView]{Items: views}, revision: s.Revision}, nil
}

// names returns the children's names by ID, none for those who may not read them.
func (a *API) names(
	ctx context.Context, who Person, s casework.Summary, children []casework.ChildSummary,
) (map[string]string, error) {
	if !may(who, readPeople, s) || len(children) == 0 {
		return nil, nil
	}
	ids := make([]string, len(children))
	for i, child := range children {
		ids[i] = child.Child
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
