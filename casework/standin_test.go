package casework_test

import (
	"fmt"
	"time"

	"homeward/casework"
)

// standIn is a law of two clocks, enough to see how a record keeps its duties:
// a victim is to be met within a day of screening, and a child is to be visited
// within thirty days of coming into care and of each visit, until the end.
func standIn(r *casework.Record, subjects []casework.Subject, now time.Time) []casework.Duty {
	var duties []casework.Duty
	var facts []casework.Fact
	for _, f := range casework.Current(r.Facts) {
		if moves(f.Type) {
			facts = append(facts, f)
		}
	}
	facts = casework.InOrder(facts, r.Location())
	for _, s := range subjects {
		duties = append(duties, series(r, s.ID, now, facts)...)
	}
	return duties
}

// series is the chain of duties about one person.
func series(r *casework.Record, subject string, now time.Time, facts []casework.Fact) []casework.Duty {
	var duties []casework.Duty
	var due casework.Date
	clock := "visit"
	settle := func(f casework.Fact) {
		d := owed(r, clock, subject, len(duties)+1, due, now)
		d.Status, d.MetBy, d.MetOn = casework.DutyMet, f.ID, f.LocalDate(r.Location()).String()
		if f.LocalDate(r.Location()).After(due) {
			d.Status = casework.DutyMetLate
		}
		duties = append(duties, d)
	}
	for i := range facts {
		f := &facts[i]
		if f.Subject != "" && f.Subject != subject {
			continue
		}
		on := f.LocalDate(r.Location())
		switch f.Type { //nolint:exhaustive // the other facts move no clock of this law
		case casework.FactReportScreened:
			clock, due = "contact", on.AddDays(1)
		case casework.FactChildRemoved:
			due = on.AddDays(30)
		case casework.FactVictimContacted:
			if !due.IsZero() {
				settle(*f)
				due = casework.Date{}
			}
		case casework.FactVisitMade:
			if !due.IsZero() {
				settle(*f)
				due = on.AddDays(30)
			}
		case casework.FactAftercareEnded, casework.FactRecordClosed:
			due = casework.Date{}
		}
	}
	if due.IsZero() {
		return duties
	}
	return append(duties, owed(r, clock, subject, len(duties)+1, due, now))
}

// moves says whether a fact moves a clock of this law.
func moves(t casework.FactType) bool {
	switch t { //nolint:exhaustive // the others move none
	case casework.FactReportScreened, casework.FactChildRemoved, casework.FactVictimContacted, casework.FactVisitMade,
		casework.FactAftercareEnded, casework.FactRecordClosed:
		return true
	}
	return false
}

// owed is a pending duty with its ladder, as it stands now.
func owed(r *casework.Record, clock, subject string, n int, due casework.Date, now time.Time) casework.Duty {
	end := due.End(r.Location()).UTC()
	d := casework.Duty{
		ID: fmt.Sprintf("%s/%s/%d", clock, subject, n), Clock: clock, Subject: subject, Occurrence: n,
		Title: "See the child", Due: due.String(), DueAt: end, Status: casework.DutyOpen, Owner: casework.RoleCaseworker,
		Citation: "stand-in 1", Why: []string{"thirty days"},
		Rungs: []casework.Rung{
			{Kind: casework.RungAtRisk, At: end.AddDate(0, 0, -3), Tell: []casework.Role{casework.RoleCaseworker}},
			{
				Kind: casework.RungOverdue, At: end.Add(time.Second),
				Tell: []casework.Role{casework.RoleCaseworker, casework.RoleSupervisor},
			},
		},
	}
	if !now.Before(d.Rungs[0].At) {
		d.Status = casework.DutyAtRisk
	}
	if now.After(end) {
		d.Status = casework.DutyOverdue
	}
	return d
}
