package api

import "homeward/casework"

// rightView is a notice of rights, an appeal or a grievance, with its name in
// duties.
type rightView struct {
	casework.Right

	Ref string `json:"ref"`
}

// listRights answers GET /v1/cases/{case}/rights, in the order in which they came.
func (a *API) listRights(c *call, s subject) (reply, error) {
	events, err := a.store.Events(c.Context(), s.Aggregate, 1)
	if err != nil {
		return reply{}, err
	}
	family, views := casework.FoldCase(events), []rightView{}
	for _, r := range family.Rights {
		if r.Elsewhere() {
			continue
		}
		views = append(views, rightView{Right: r, Ref: r.Ref()})
	}
	return reply{body: listView[rightView]{Items: views}, revision: family.Revision}, nil
}
