package policy

import (
	"time"

	"homeward/casework"
)

// dropped is the status of a duty that nobody owes: its run ended before it
// was due.
const dropped casework.DutyStatus = ""

// settle adds the duty with deadline d. It returns the fact that met it, and
// over when no further occurrence is wanted yet: this one is still to come, or
// the run ended before it was due.
func (e *evaluation) settle(r *run, d *deadline, s seek) (met event, over bool) {
	number := r.number
	r.number++
	if r.clock.waits() {
		e.wait(r, d, number)
		return event{}, true
	}
	met = e.meeting(r, d, s)
	if met.none() || r.clock.missedBy(d, met) {
		e.pause(r, d)
	}
	passed := d.passed(e.asOf)
	if r.ended() {
		passed = d.passedBy(r.end) || (r.clock.beforeDay || !r.clock.careFor.isZero()) && d.day == r.end.day
	}
	status := e.status(r, d, met, passed)
	if status == dropped {
		return met, true
	}
	by := met
	if status == casework.DutyWaived {
		by = r.history.first(r.clock.waivedBy, seek{})
	}
	e.add(r, d, number, status, by)
	unmet := status != casework.DutyMet && status != casework.DutyMetLate
	return met, unmet && (!passed || status == casework.DutyPaused)
}

// meeting returns the fact that met the duty, in time or late.
func (e *evaluation) meeting(r *run, d *deadline, s seek) event {
	c := r.clock
	if opens := c.opens(d); opens.After(s.from.day) {
		s = seek{from: moment{day: opens}}
	}
	met := c.done(r.history, s)
	if met.none() || r.tooLate(met) {
		return event{}
	}
	return met
}

// done returns the fact with which all is done that the clock asks for.
func (c *clock) done(h *history, s seek) event {
	if !c.metByAll {
		return h.first(c.metBy, s)
	}
	met := event{}
	for i := range c.metBy {
		v := h.firstOf(&c.metBy[i], s)
		if v.none() {
			return event{}
		}
		if met.none() || met.moment().before(v.moment()) {
			met = v
		}
	}
	return met
}

// tooLate says whether v cannot count for the run any more, however late a duty
// may be met.
func (r *run) tooLate(v event) bool {
	switch {
	case r.clock.atStart && r.start.moment().before(v.moment()):
		return true
	case !r.ended():
		return false
	case r.ending.none(): // ended with a limit, by the beginning of the day
		return !v.moment().before(r.end)
	}
	return r.end.before(v.moment())
}

// missedBy says whether an act at v is after the date of d.
func (c *clock) missedBy(d *deadline, v event) bool {
	if c.beforeDay {
		return !v.day.Before(d.day)
	}
	return d.passedBy(v.moment())
}

// opens returns the first day of the window in which the act counts, and the
// zero date for a clock without one.
func (c *clock) opens(d *deadline) casework.Date {
	switch years := c.within.years(); {
	case c.within.isZero():
		return casework.Date{}
	case d.base.kind == baseBirthday && years > 0 && years == d.length.years():
		return d.base.day // the year of age, also of a child born on leap day
	}
	return c.within.dayBefore(d.day.AddDays(1))
}

// status says where the duty stands; passed, whether its date went by while
// the run went on.
func (e *evaluation) status(r *run, d *deadline, met event, passed bool) casework.DutyStatus {
	c := r.clock
	switch {
	case !met.none() && !c.missedBy(d, met):
		return casework.DutyMet
	case !met.none() && !c.incurable:
		return casework.DutyMetLate
	case !r.history.first(c.waivedBy, seek{}).none():
		return casework.DutyWaived
	case r.ended() && !passed:
		return dropped
	case !r.ended() && d.pause != nil && d.pause.holds(e.today):
		return casework.DutyPaused
	case c.incurable && !r.presumed && (passed || !met.none()):
		return casework.DutyIncurable
	case r.ended():
		return casework.DutyIncurable
	case passed:
		return casework.DutyOverdue
	case len(c.ladder.atRisk.tell) > 0 && !e.asOf.Before(e.atRisk(c, d)):
		return casework.DutyAtRisk
	}
	return casework.DutyOpen
}

// add appends the duty with its reason; by is what met, waived or broke it.
func (e *evaluation) add(r *run, d *deadline, number int, status casework.DutyStatus, by event) {
	c := r.clock
	e.duties = append(e.duties, casework.Duty{
		ID:          e.dutyID(r, number),
		Clock:       c.id,
		Subject:     r.history.subject.ID,
		Ref:         r.history.ref,
		Occurrence:  number,
		Title:       c.title,
		Due:         e.due(d.end),
		DueAt:       d.at,
		Status:      status,
		Owner:       c.owner,
		Citation:    d.term.citation,
		Consequence: d.term.consequence,
		NotBefore:   c.opens(d),
	})
	duty := &e.duties[len(e.duties)-1]
	if len(d.extensions) > 0 {
		duty.OriginalDue = e.due(d.counted)
	}
	switch {
	case status != casework.DutyMet && status != casework.DutyMetLate:
	case by.none():
		duty.MetOn = duty.Due // the waiting time is over
	default:
		duty.MetOn, duty.MetBy = e.metOn(d, by), by.fact.ID
	}
	if status == casework.DutyPaused && !d.pause.to.IsZero() {
		duty.ResumesAt = d.pause.to.Start(e.loc).UTC()
	}
	if d.term.window != nil {
		duty.DayCount = e.countDays(r, d)
	}
	duty.Why = e.explain(r, d, status, by)
	if status.Pending() {
		duty.Rungs = e.rungs(c, d)
	}
}

func (e *evaluation) dutyID(r *run, number int) string {
	w := e.why.begin().word(r.clock.id).word("/")
	if r.clock.scope == ScopeSubject || r.history.subject.ID != "" {
		w.word(r.history.subject.ID).word("/")
	}
	w.number(number)
	if r.history.ref != "" {
		w.word("/").word(r.history.ref)
	}
	return w.string()
}

func (e *evaluation) due(d end) string {
	if d.hour {
		return d.at.In(e.loc).Format(time.RFC3339)
	}
	return e.why.begin().date(d.day).string()
}

func (e *evaluation) metOn(d *deadline, met event) string {
	if d.hour && !met.fact.At.IsZero() {
		return met.fact.At.In(e.loc).Format(time.RFC3339)
	}
	return e.why.begin().date(met.day).string()
}

// atRisk returns the instant from which a pending duty is at risk.
func (e *evaluation) atRisk(c *clock, d *deadline) time.Time {
	lead := c.ladder.atRisk.lead
	if lead.unit == unitHours || d.hour {
		return d.at.Add(-lead.elapsed())
	}
	return lead.dayBefore(d.day).Start(e.loc).UTC()
}

func (e *evaluation) rungs(c *clock, d *deadline) []casework.Rung {
	l := &c.ladder
	rungs := make([]casework.Rung, 0, 2+len(l.escalated))
	if len(l.atRisk.tell) > 0 {
		rungs = append(rungs, casework.Rung{Kind: casework.RungAtRisk, At: e.atRisk(c, d), Tell: l.atRisk.tell})
	}
	overdue := d.at.Add(time.Second)
	if len(l.overdue.tell) > 0 {
		rungs = append(rungs, casework.Rung{Kind: casework.RungOverdue, At: overdue, Tell: l.overdue.tell})
	}
	for _, x := range l.escalated {
		at := overdue
		if x.lead.unit == unitHours || d.hour {
			at = at.Add(x.lead.elapsed())
		} else {
			at = x.lead.dayAfter(d.day).End(e.loc).UTC().Add(time.Second)
		}
		rungs = append(rungs, casework.Rung{Kind: casework.RungEscalated, At: at, Tell: x.tell})
	}
	return rungs
}
