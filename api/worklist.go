package api

import (
	"homeward/casework"
	"homeward/internal/access"
	"homeward/postgres"
)

// worklistView is a duty of mine and the record that it is about.
type worklistView struct {
	dutyView

	Record recordRef `json:"record"`
}

// recordRef names a record.
type recordRef struct {
	Aggregate  string                 `json:"aggregate"`
	Kind       casework.AggregateKind `json:"kind"`
	Number     string                 `json:"number"`
	Stage      casework.Stage         `json:"stage"`
	Restricted bool                   `json:"restricted,omitempty"`
	Href       string                 `json:"href"`
}

// readWorklist answers GET /v1/worklist: what the caller owes, overdue first,
// then the earliest due, each with the reason for its date and its citation.
func (a *API) readWorklist(c *call, _ access.Scope) (reply, error) {
	q := newQuery(c)
	f := postgres.WorklistFilter{Worker: c.who.ID, Limit: q.limit(), After: q.after()}
	if err := q.done(); err != nil {
		return reply{}, err
	}
	page, err := a.store.Worklist(c.Context(), f)
	aggregate := func(i postgres.WorklistItem) string { return i.Aggregate }
	return reply{body: listOf(q, page, showWork), shown: shown(page.Items, aggregate)}, err
}

func showWork(i postgres.WorklistItem) worklistView {
	return worklistView{
		dutyView: showDuty(i.Aggregate, i.Duty),
		Record: recordRef{
			Aggregate: i.Aggregate, Kind: i.Kind, Number: i.Number, Stage: i.Stage, Restricted: i.Restricted,
			Href: recordPath(i.Kind, i.Number),
		},
	}
}
