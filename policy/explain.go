package policy

import (
	"slices"
	"strconv"
	"strings"

	"homeward/casework"
)

// explain returns the steps from a fact to the due date.
func (e *evaluation) explain(r *run, d *deadline, status casework.DutyStatus, by event) []string {
	e.whyBase(r, d)
	if r.presumed {
		e.why.begin().word("which was before the removal ").date(r.episode.start.day).
			word(" and does not say that it was for it; the next one may be the first").done()
	}
	if !d.cadence.none() && d.cadence.fact != d.base.event.fact {
		e.whyFact(d.cadence)
	}
	e.whyLength(d)
	if c := d.length.calendar; c != nil && !c.covers(d.counted.day) {
		e.whyUnlisted(c)
	}
	for _, x := range d.extensions {
		e.whyFact(x.by)
		if x.stated {
			e.whyStated(d.term, x.by)
			continue
		}
		e.why.begin().word("so due ").date(x.to).done()
	}
	e.whyPause(d)
	switch {
	case status == casework.DutyWaived:
		e.whyFact(by)
		e.why.begin().word("so not owed").done()
	case status == casework.DutyIncurable && len(r.clock.forbids) > 0:
		e.whyFact(by)
		e.why.begin().word("which was before the waiting time was over").done()
	case status == casework.DutyIncurable && r.ended() && !r.clock.incurable && by.none():
		e.whyEnd(r)
	}
	return e.why.take()
}

// whyUnlisted writes for which days a calendar lists holidays.
func (e *evaluation) whyUnlisted(c *calendar) {
	if c.to.IsZero() {
		e.why.begin().word("no holidays are known, only weekends").done()
		return
	}
	e.why.begin().word("holidays are known only from ").date(c.from).word(" to ").date(c.to).done()
}

func (e *evaluation) whyBase(r *run, d *deadline) {
	switch d.base.kind {
	case baseFact:
		e.whyFact(d.base.event)
		if d.counted.hour && d.base.at.IsZero() {
			e.why.begin().word("hour not known, so counted from the start of the day").done()
		}
	case baseEntered:
		e.whyEntered(r.episode)
	case baseBirthday:
		e.whyFact(r.start)
		e.why.begin().word("birthday ").number(d.base.age).word(" on ").date(d.base.day).done()
	case baseMonth:
		e.whyFact(r.start)
	case baseDue:
		e.whyFact(r.start)
		if r.clock.recurs == recursFromDue {
			e.why.begin().word("first due ").date(d.base.day).done()
		} else {
			e.why.begin().word("due ").date(d.base.day).word(" and not done").done()
		}
	}
	for i := range d.term.lengths {
		if d.term.lengths[i].length == d.length {
			e.whyConditions(d.term.lengths[i].where, r.start.fact)
			return
		}
	}
}

// whyConditions writes what the starting fact says that decided the length.
func (e *evaluation) whyConditions(where []condition, start *casework.Fact) {
	for _, c := range where {
		value, _ := attribute(start, c.attribute)
		w := e.why.begin().word(strings.ReplaceAll(c.attribute, "_", " ")).word(" ").word(value)
		if !slices.Contains(c.values, value) {
			w.word(" is not known here, so the shortest time counts")
		}
		w.done()
	}
}

// whyFact writes what happened and when.
func (e *evaluation) whyFact(v event) {
	w := e.why.begin().word(e.pack.phrases[v.kind]).word(" ")
	if v.fact.At.IsZero() {
		w.date(v.day)
	} else {
		w.instant(v.fact.At, e.loc)
	}
	w.done()
}

// whyEntered writes how the date of entry into care came about.
func (e *evaluation) whyEntered(p *episode) {
	if p.after.none() {
		e.why.begin().word("child removed ").date(p.start.day).done()
	} else {
		e.why.begin().word("returned to care ").date(p.start.day).
			word(", after the limit of the trial home visit on ").date(e.pack.care.limit(p.after)).
			word(", which is a new removal").done()
	}
	if p.finding.none() {
		e.why.begin().word("no finding by day ").number(e.pack.care.enteredAfter.n).
			word(", so entered care ").date(p.entered).done()
		return
	}
	e.why.begin().word("abuse or neglect found ").date(p.finding.day).
		word(", so entered care ").date(p.entered).done()
}

func (e *evaluation) whyLength(d *deadline) {
	if d.base.kind == baseMonth {
		e.why.begin().word("full calendar month from ").date(d.base.day).word(" to ").date(d.day).done()
		return
	}
	if d.length.unit == unitStated {
		e.whyStated(d.term, d.base.event)
		return
	}
	t := d.term
	if t.window != nil && d.tally.counted > 0 {
		e.why.begin().word(d.length.words()).word(" of the ").number(t.window.months).
			word(" months from ").date(d.tally.from).word(": ").number(d.tally.counted).word(" days in care, ").
			number(d.tally.excluded).word(" days not counted").done()
		e.why.begin().word("= ").date(d.day).done()
		return
	}
	w := e.why.begin()
	switch {
	case d.length.n > 0:
		w.word("+ ").word(d.length.words()).word(" ")
	case t.back.isZero():
		w.word("on the day itself ")
	}
	if !t.back.isZero() && d.base.kind != baseDue {
		w.word("- ").word(t.back.words()).word(" ")
	}
	w.word("= ")
	if d.counted.hour {
		w.instant(d.counted.at, e.loc)
	} else {
		w.date(d.counted.day)
	}
	w.done()
}

func (e *evaluation) whyPause(d *deadline) {
	s := d.pause
	if s == nil {
		return
	}
	w := e.why.begin()
	if d.term.window != nil {
		w.word("no day counts during ")
	} else {
		w.word("not owed during ")
	}
	w.word(s.span.title).word(" from ").date(s.from)
	if !s.to.IsZero() {
		w.word(" to ").date(s.to.AddDays(-1))
	}
	w.done()
	if d.day != d.counted.day {
		e.why.begin().word("so due ").date(d.day).done()
	}
}

func (e *evaluation) whyEnd(r *run) {
	if r.ending.none() {
		e.why.begin().word("trial home visit over its limit ").date(r.end.day).word(", not done by then").done()
		return
	}
	e.why.begin().word(e.pack.phrases[r.ending.kind]).word(" ").date(r.ending.day).word(", not done by then").done()
}

// words writes a length as the pack does, with the rule that bends it.
func (l length) words() string {
	s := strconv.Itoa(l.n) + " " + string(l.unit)
	if l.n == 1 {
		s = strings.TrimSuffix(s, "s")
	}
	switch l.counting {
	case countPlain:
	case countSkip:
		s += " without closed days"
	case countRoll:
		s += " to an open day"
	case countFirstMonday:
		s += " and the first Monday after"
	case countMonthEnd:
		s += " to the end of the month"
	}
	return s
}
