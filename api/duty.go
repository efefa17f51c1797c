package api

import (
	"strings"

	"homeward/casework"
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
func (a *API) listDuties(c *call, s casework.Summary) (reply, error) {
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

// readDuty answers GET {record}/duties/{duty}. The slashes of a duty's ID stand
// in the path as they are.
func (a *API) readDuty(c *call, s casework.Summary) (reply, error) {
	duty, err := a.store.Duty(c.Context(), s.Aggregate, c.param("duty"))
	return reply{body: showDuty(s.Aggregate, duty)}, err
}
