package api

import (
	"strings"
	"time"

	"homeward/casework"
	"homeward/internal/explain"
	"homeward/policy"
	"homeward/postgres"
)

// dutyView is a duty with its address.
type dutyView struct {
	casework.Duty

	Href string `json:"href"`
}

func showDuty(aggregate string, d casework.Duty) dutyView {
	return dutyView{Duty: d, Href: pathOf(aggregate) + "/duties/" + d.ID}
}

// listDuties answers GET {record}/duties, earliest due first.
func (a *API) listDuties(c *call, s subject) (reply, error) {
	q := newQuery(c)
	f := postgres.DutyFilter{
		Aggregate: s.Aggregate, Pending: q.flag("pending"), Statuses: dutyStatuses(q),
		DueBefore: q.instant("due_before"), Limit: q.limit(), After: q.after(),
	}
	if err := q.done(); err != nil {
		return reply{}, err
	}
	page, err := a.store.Duties(c.Context(), f)
	show := func(d postgres.RecordDuty) dutyView { return showDuty(d.Aggregate, d.Duty) }
	return reply{body: listOf(q, page, show)}, err
}

// dutyStatuses reads the statuses to keep, with commas between them.
func dutyStatuses(q *query) []casework.DutyStatus {
	value := q.text("status")
	if value == "" {
		return nil
	}
	var statuses []casework.DutyStatus
	for code := range strings.SplitSeq(value, ",") {
		status := casework.DutyStatus(code)
		if !knownStatus(status) {
			q.refuse("status", "Unknown code. Use one or more of: open, at-risk, overdue, met, met-late, waived, paused, "+
				"superseded, incurable; with commas between them.")
		}
		statuses = append(statuses, status)
	}
	return statuses
}

func knownStatus(s casework.DutyStatus) bool {
	switch s {
	case casework.DutyOpen, casework.DutyAtRisk, casework.DutyOverdue, casework.DutyMet, casework.DutyMetLate,
		casework.DutyWaived, casework.DutyPaused, casework.DutySuperseded, casework.DutyIncurable:
		return true
	}
	return false
}

// explainedDuty is a duty with all that explains it: the steps to its date as
// they were recorded, and what is not recorded because it changes every day or
// is the same for every record under the pack.
type explainedDuty struct {
	dutyView

	// Pack is the policy pack that the record follows.
	Pack string `json:"pack"`
	// AsOf is the time up to which the days of a sliding window are counted.
	AsOf time.Time `json:"as_of"`
	// Source and Confirmed say what the clock rests on, and whether somebody has
	// checked it there. The pack of a duty that is no longer required may not
	// have its clock any more.
	Source    policy.Source `json:"source,omitempty"`
	Confirmed *bool         `json:"confirmed,omitempty"`
}

// readDuty answers GET {record}/duties/{duty} with the explanation that
// `homeward explain` gives. The slashes of a duty's ID stand in the path as they
// are.
func (a *API) readDuty(c *call, s subject) (reply, error) {
	duty, err := a.store.Duty(c.Context(), s.Aggregate, c.param("duty"))
	if err != nil {
		return reply{}, err
	}
	events, err := a.store.Events(c.Context(), s.Aggregate, 1)
	if err != nil {
		return reply{}, err
	}
	record, subjects := standing(s.Kind, events)
	pack, err := a.law.Library.Pack(record.Pack)
	if err != nil {
		return reply{}, casework.WrapError(casework.Unavailable, "The policy pack of this record is not installed here.", err)
	}
	view := explainedDuty{dutyView: showDuty(s.Aggregate, duty), Pack: pack.Ref(), AsOf: later(a.now(), record.Now).UTC()}
	for _, clock := range pack.Clocks() {
		if clock.ID == duty.Clock {
			view.Source, view.Confirmed = clock.Source, &clock.Confirmed
		}
	}
	for _, d := range explain.Explain(pack, explain.Stored(record, subjects), view.AsOf).Duties {
		if d.ID == duty.ID {
			view.DayCount = d.DayCount
		}
	}
	return reply{body: view}, nil
}

// standing is a record as its events leave it, and those whom its duties are about.
func standing(kind casework.AggregateKind, events []casework.Event) (*casework.Record, []casework.Subject) {
	if kind == casework.KindReport {
		report := casework.FoldReport(events)
		return report.Base(), report.Subjects()
	}
	family := casework.FoldCase(events)
	return family.Base(), family.Subjects()
}
