// Package policy is the law as data. A pack holds the clocks of one
// jurisdiction; from the facts of a record it computes every duty, the date on
// which it is due, and the reason for that date. No due date is computed
// anywhere else.
//
// The way in:
//
//	library, err := policy.Load()                    // and folders of an agency's own
//	pack, err := library.Pack("washington@2025.1")   // refuses an unknown one
//	duties := pack.Evaluate(policy.Input{
//		Zone:     zone,
//		Subjects: []policy.Subject{{ID: "P12", Born: born}},
//		Facts:    facts,
//	}, asOf)
//	entry, ok := pack.EnteredCare(input, "P12")
//
// Loading reads files and belongs to the start of a process. Evaluate and
// EnteredCare are pure: they read no clock, no file and no random source, they
// never range over a map, and the same input gives the same output on every
// machine, so they may run inside Temporal workflow code. A [Pack] is immutable
// and may be shared by any number of goroutines.
//
// # What the result holds
//
//   - Facts decide by the time they happened, never by the time they were
//     recorded: a visit made in time and written down late is met. A corrected
//     fact and a withdrawn one count for nothing ([casework.Current]).
//   - Dates follow from every fact given. Where a duty stands follows from what
//     had happened by asOf: a fact after it is planned, and a plan meets, waives
//     and ends nothing. To look at a past day as people saw it, leave out what
//     came later ([Known]).
//   - A clock with scope "record" runs once for the record and sees every fact
//     of it. A clock with scope "subject" runs for each subject and sees the
//     facts of that subject and those without a subject.
//   - A clock with scope "item" runs for each item that its starting facts name
//     by Ref, and by subject where they have one. Only facts of the same item
//     meet, move, extend or waive the duty. What ends it may also be a fact
//     without a Ref: that the child left care, or that the record was closed.
//     What is said of an item before its first starting fact counts as well,
//     because that one was written down late: it can be about nothing else.
//   - A date that a fact states ([casework.Fact.Until]) is in time up to the last
//     second of that local day.
//   - A recurring clock gives each occurrence up to the next open one.
//   - When the run of a clock ends (the child leaves care, the record is
//     closed), a duty that was not due yet is dropped from the result: nobody
//     owes it. A duty that was overdue at that moment stays, as incurable, with
//     the end as the last step of its reason: it was missed, and that remains on
//     record. So nothing is pending after record.closed.
//   - A duty whose number was once given out keeps it: occurrences count on
//     across episodes of care, and a dropped one is not given to another.
//   - Why leads from a fact to the date, one step a line.
//   - Rungs hold the moments of the ladder while the duty is pending. At-risk
//     and escalation leads in days fall on the start and the end of a local
//     day for day and month clocks, and on the hour for hour clocks.
//   - Duties are sorted by DueAt, then by ID.
//
// A fact without a time counts for nothing. A fact that carries a day and no hour starts an hour clock at the beginning
// of that day, the strictest reading, and is compared with other facts by day.
// Facts that can happen twice on a day (a plan submitted, returned, submitted
// again) therefore need an instant.
package policy

import (
	"time"

	"homeward/casework"
)

// Subject is a child or victim of a record.
type Subject struct {
	// ID is opaque and becomes part of duty IDs.
	ID string
	// Born is the date of birth; clocks that count from a birthday do not run
	// without it.
	Born casework.Date
}

// Input is what a pack is evaluated on.
type Input struct {
	// Zone is where the child and the office are: it decides which day an
	// instant belongs to. Nil means UTC.
	Zone *time.Location
	// Subjects are those for whom subject clocks run. A fact about anybody
	// else starts nothing for them.
	Subjects []Subject
	// Facts are all facts of the record, in any order.
	Facts []casework.Fact
}

// Evaluate returns the duties that follow from the facts, with their standing
// at asOf. See the package comment for what the result holds. The result and
// its strings are the caller's, except that Rung.Tell is shared with the pack
// and must not be changed.
func (p *Pack) Evaluate(in Input, asOf time.Time) []casework.Duty {
	e := newEvaluation(p, in, asOf)
	e.duties = make([]casework.Duty, 0, len(p.clocks)+len(e.events))
	e.why.grow(cap(e.duties))
	if p.hasScope(ScopeRecord) {
		h := e.history(Subject{}, e.events, true)
		for i := range p.clocks {
			if p.clocks[i].scope == ScopeRecord {
				e.run(&p.clocks[i], h)
			}
		}
	}
	for _, s := range in.Subjects {
		h := e.history(s, e.events, false)
		for i := range p.clocks {
			if p.clocks[i].scope == ScopeSubject {
				e.run(&p.clocks[i], h)
			}
		}
	}
	if p.hasScope(ScopeItem) {
		e.runItems()
	}
	return e.sorted()
}

// Known returns the facts that had happened by the end of a day in loc, in the
// given order, so that a record can be evaluated as it stood then.
func Known(facts []casework.Fact, day casework.Date, loc *time.Location) []casework.Fact {
	known := make([]casework.Fact, 0, len(facts))
	for _, f := range facts {
		if !f.LocalDate(loc).After(day) {
			known = append(known, f)
		}
	}
	return known
}
