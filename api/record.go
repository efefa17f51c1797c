package api

import (
	"cmp"
	"strings"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/postgres"
)

// recordView is a report or a case as lists and reads show it.
type recordView struct {
	casework.Summary

	Links map[string]string `json:"links"`
}

func (a *API) recordView(s casework.Summary) recordView {
	return recordView{Summary: s, Links: a.links(s)}
}

// links lead from a record to all that is known about it.
func (a *API) links(s casework.Summary) map[string]string {
	self := recordPath(s.Kind, s.Number)
	links := map[string]string{"self": self}
	for _, part := range []string{"children", "duties", "timeline", "next", "notices"} {
		links[part] = self + "/" + part
	}
	if s.Report != "" {
		links["report"] = recordPath(casework.KindReport, s.Report)
	}
	if s.Case != "" {
		links["case"] = recordPath(casework.KindCase, s.Case)
	}
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
	kind, number, _ := strings.Cut(aggregate, "-")
	return recordPath(casework.AggregateKind(kind), number)
}

// number returns the record's number in the path. What is no number is no
// record.
func (c *call) number(kind casework.AggregateKind) (string, error) {
	number := c.param(string(kind))
	if !isNumber(number) {
		return "", hidden()
	}
	return number, nil
}

// isNumber says whether s is a number as the sequences give them.
func isNumber(s string) bool {
	digit := func(r rune) bool { return r >= '0' && r <= '9' }
	return s != "" && len(s) <= 18 && s[0] != '0' && !strings.ContainsFunc(s, func(r rune) bool { return !digit(r) })
}

// of lets the caller to the record that a read is about, and puts on record what
// was read. part names it: "timeline".
func (a *API) of(kind casework.AggregateKind, do access.Action, part string, h func(*call, subject) (reply, error)) handler {
	return func(c *call) (reply, error) {
		number, err := c.number(kind)
		if err != nil {
			return reply{}, err
		}
		s, err := a.enter(c, casework.AggregateID(kind, number), access.Act{Action: do})
		if err != nil {
			return reply{}, err
		}
		answer, err := h(c, s)
		if err != nil {
			return reply{}, err
		}
		entry := c.entry(access.Act{Action: cmp.Or(answer.did, do)}, s.Aggregate)
		entry.Part, entry.Records = part, answer.shown
		if s.tie == access.TieGlass {
			entry.Reason = string(access.TieGlass)
		}
		return answer, a.store.Audit(c.Context(), entry)
	}
}

// among answers a list over many records, and puts on record which it showed.
func (a *API) among(do access.Action, part string, h func(*call, access.Scope) (reply, error)) handler {
	return func(c *call) (reply, error) {
		if err := a.permit(c, access.Act{Action: do}); err != nil {
			return reply{}, err
		}
		office, unit, err := a.store.Place(c.Context(), c.who.ID)
		if err != nil {
			return reply{}, err
		}
		answer, err := h(c, placed(c.caller(), office, unit).Scope())
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
	stages := make([]string, 0, len(casework.Stages()))
	for _, s := range casework.Stages() {
		stages = append(stages, string(s))
	}
	f := postgres.RecordFilter{
		Kind: kind, Stage: casework.Stage(q.oneOf("stage", stages...)), Office: q.text("office"),
		Worker: q.text("worker"), Supervisor: q.text("supervisor"), Jurisdiction: q.text("jurisdiction"),
		Open: q.flag("open"), Overdue: q.flag("overdue"), DueBefore: q.instant("due_before"),
		ByDue: q.oneOf("order", "number", "due") == "due", Limit: q.limit(), After: q.after(),
	}
	if kind == casework.KindCase {
		f.Report = q.text("report")
	} else {
		f.Case = q.text("case")
	}
	return f
}
