package api

import (
	"cmp"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/postgres"
)

// recordView is a report or a case as lists and reads show it.
type recordView struct {
	casework.Summary

	// Unassigned says that nobody carries the record.
	Unassigned bool              `json:"unassigned,omitempty"`
	Links      map[string]string `json:"links"`
}

func (a *API) recordView(s casework.Summary) recordView {
	return recordView{Summary: s, Unassigned: s.Unassigned(), Links: a.links(s)}
}

// links lead from a record to all that is known about it.
func (a *API) links(s casework.Summary) map[string]string {
	self := recordPath(s.Kind, s.Number)
	links := map[string]string{"self": self}
	for _, part := range []string{"children", "duties", "timeline", "next", "notices"} {
		links[part] = self + "/" + part
	}
	if s.Kind == casework.KindCase {
		links["court"], links["splits"] = self+"/court", self+"/splits"
	}
	if s.Report != "" {
		links["report"] = recordPath(casework.KindReport, s.Report)
	}
	if s.Case != "" {
		links["case"] = recordPath(casework.KindCase, s.Case)
	}
	a.linked(links, s)
	if a.workflowURL != "" {
		links["workflow"] = a.workflowURL + s.Aggregate
	}
	return links
}

func recordPath(kind casework.AggregateKind, number string) string {
	return "/v1/" + string(kind) + "s/" + number
}

// pathOf is the path of a record that is known by its aggregate ID alone.
func pathOf(aggregate string) string {
	kind, number, _ := casework.SplitAggregate(aggregate)
	return recordPath(kind, number)
}

// aggregate returns the ID of the record in the path. What is no number is no
// record.
func (c *call) aggregate(kind casework.AggregateKind) (string, error) {
	aggregate := casework.AggregateID(kind, c.param(string(kind)))
	if _, _, ok := casework.SplitAggregate(aggregate); !ok {
		return "", hidden()
	}
	return aggregate, nil
}

// within lets the caller to the record in the path for an act.
func (a *API) within(kind casework.AggregateKind, do access.Act, h func(*call, subject) (reply, error)) handler {
	return func(c *call) (reply, error) {
		aggregate, err := c.aggregate(kind)
		if err != nil {
			return reply{}, err
		}
		s, err := a.enter(c, aggregate, do)
		if err != nil {
			return reply{}, err
		}
		return h(c, s)
	}
}

// of lets the caller to the record that a read is about, and puts on record what
// was read. part names it: "timeline".
func (a *API) of(kind casework.AggregateKind, do access.Action, part string, h func(*call, subject) (reply, error)) handler {
	return a.within(kind, access.Act{Action: do}, func(c *call, s subject) (reply, error) {
		answer, err := h(c, s)
		if err != nil {
			return reply{}, err
		}
		entry := c.entry(access.Act{Action: cmp.Or(answer.did, do)}, s.Aggregate)
		entry.Part, entry.Records, entry.Reason = part, answer.shown, answer.reason
		if s.tie == access.TieGlass {
			entry.Reason = string(access.TieGlass)
		}
		return answer, a.store.Audit(c.Context(), entry)
	})
}

// among answers a list over many records, and puts on record which it showed.
func (a *API) among(do access.Action, part string, h func(*call, access.Scope) (reply, error)) handler {
	return func(c *call) (reply, error) {
		if err := a.permit(c, access.Act{Action: do}); err != nil {
			return reply{}, err
		}
		who, err := a.placed(c)
		if err != nil {
			return reply{}, err
		}
		answer, err := h(c, who.Scope())
		if err != nil {
			return reply{}, err
		}
		entry := c.entry(access.Act{Action: do}, "")
		entry.Part, entry.Records, entry.Count = part, answer.shown, len(answer.shown)
		return answer, a.store.Audit(c.Context(), entry)
	}
}

// readRecord answers GET /v1/reports/{report} and /v1/cases/{case}.
func (a *API) readRecord(_ *call, s subject) (reply, error) {
	return reply{body: a.recordView(s.Summary), revision: s.Revision}, nil
}

// listRecords answers GET /v1/reports and /v1/cases with those that the caller
// may see.
func (a *API) listRecords(kind casework.AggregateKind) handler {
	return a.among(access.ListRecords, string(kind)+"s", func(c *call, scope access.Scope) (reply, error) {
		q := newQuery(c)
		f := recordFilter(q, kind)
		if err := q.done(); err != nil {
			return reply{}, err
		}
		f.Scope, f.Now = scope, a.now()
		page, err := a.store.Records(c.Context(), f)
		aggregate := func(s casework.Summary) string { return s.Aggregate }
		return reply{body: listOf(q, page, a.recordView), shown: shown(page.Items, aggregate)}, err
	})
}

func recordFilter(q *query, kind casework.AggregateKind) postgres.RecordFilter {
	f := postgres.RecordFilter{
		Kind: kind, Stage: casework.Stage(q.oneOf("stage", texts(casework.Stages())...)), Office: q.text("office"),
		Worker: q.text("worker"), Supervisor: q.text("supervisor"), Jurisdiction: q.text("jurisdiction"),
		Open: q.flag("open"), Overdue: q.flag("overdue"), DueBefore: q.instant("due_before"),
		ByDue: q.oneOf("order", "number", "due") == "due", Limit: q.limit(), After: q.after(),
		Unassigned: q.flag("unassigned"), Unit: q.text("unit"),
	}
	if kind == casework.KindCase {
		f.Report = q.text("report")
	} else {
		f.Case = q.text("case")
		f.Disposition = q.oneOf("disposition", casework.Dispositions()...)
		f.Reason = q.oneOf("reason", casework.ScreenOutReasons()...)
		f.Original, f.Linked = q.text("original"), q.text("linked")
		f.ReceivedFrom, f.ReceivedTo = q.instant("received_from"), q.instant("received_to")
	}
	return f
}
