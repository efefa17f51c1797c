package policy

import (
	"cmp"
	"slices"
	"time"

	"homeward/casework"
)

// base is what a date is counted from, and why it is what it is.
type base struct {
	moment
	kind baseKind
	// event is the fact, where a fact is the base.
	event event
	// age is the birthday, where one is the base.
	age int
}

type baseKind string

const (
	baseFact     baseKind = "fact"
	baseEntered  baseKind = "entered care"
	baseBirthday baseKind = "birthday"
	// baseDue is the date of the occurrence before, which was not kept.
	baseDue baseKind = "due"
	// baseMonth is a calendar month.
	baseMonth baseKind = "month"
)

// deadline is a due date with the steps that led to it.
type deadline struct {
	end
	base base
	// term and length are those that gave the date.
	term   *term
	length length
	// counted is the end that the length gives, before extensions and pauses.
	counted end
	// nth is how many intervals a fixed term has gone on from its first date.
	nth int
	// extensions are the facts that moved the end, oldest first.
	extensions []extended
	// pause is the stretch that moved the end or holds it up.
	pause *stretch
	// tally is the count of days, for a sliding window.
	tally tally
	// cadence is the fact that says how often, where it is not the base.
	cadence event
}

// extended is one application of an extension.
type extended struct {
	by event
	to casework.Date
	// stated: by is a further starting fact with a date of its own.
	stated bool
}

// plan computes the first date of each term of the run's clock into e.dates.
// A term whose base is not known to have come gives none.
func (e *evaluation) plan(r *run) {
	e.dates = e.dates[:0]
	for i := range r.clock.terms {
		t := &r.clock.terms[i]
		l, ok := t.lengthFor(r.start.fact)
		if !ok || l.unit == unitStated {
			e.planStated(t, r)
			continue
		}
		b, ok := e.baseOf(t, r)
		if !ok {
			continue
		}
		d := deadline{base: b, term: t, length: l}
		if t.window == nil {
			d.end = e.count(t, l, b.moment)
		} else if !e.slide(r, &d) {
			continue
		}
		d.counted = d.end
		if t.stated() {
			e.move(&d, r.moves)
		}
		e.dates = append(e.dates, d)
	}
}

// planFrom computes the date of each term an interval after b into e.dates. A
// fixed term keeps its schedule.
func (e *evaluation) planFrom(c *clock, b base) {
	e.kept, e.dates = append(e.kept[:0], e.dates...), e.dates[:0]
	for i := range c.terms {
		t := &c.terms[i]
		at := slices.IndexFunc(e.kept, func(d deadline) bool { return d.term == t })
		switch {
		case t.fixed && at >= 0:
			e.dates = append(e.dates, e.kept[at])
		case !t.fixed && !t.every.isZero():
			e.dates = append(e.dates, e.after(t, b))
		}
	}
}

// advance moves the terms on that asked for the occurrence on the day of d,
// which was not kept, each by its own interval.
func (e *evaluation) advance(d *deadline) {
	for i := range e.dates {
		switch x := &e.dates[i]; {
		case x.day.After(d.counted.day):
		case x.term.fixed:
			x.nth++
			x.length = x.term.every.times(x.nth)
			if x.base.kind != baseDue {
				x.base = base{moment: moment{day: x.day}, kind: baseDue}
			}
			x.end = x.length.after(x.base.moment, e.loc)
			x.counted = x.end
		default:
			*x = e.after(x.term, base{moment: moment{day: x.day}, kind: baseDue})
		}
	}
}

func (e *evaluation) after(t *term, b base) deadline {
	d := deadline{base: b, term: t, length: t.every, end: t.every.after(b.moment, e.loc)}
	d.counted = d.end
	return d
}

// earliest returns the first of e.dates: of the law of a state and the floor
// under it, the stricter one counts. A date that a pause holds up is compared as
// what the pause makes of it.
func (e *evaluation) earliest(h *history) (deadline, bool) {
	if len(e.dates) == 0 {
		return deadline{}, false
	}
	best := &e.dates[0]
	if len(e.dates) > 1 {
		at := e.heldUp(h, best)
		for i := range e.dates[1:] {
			d := &e.dates[i+1]
			if then := e.heldUp(h, d); then.Before(at) {
				best, at = d, then
			}
		}
	}
	return *best, true
}

// heldUp returns the day on which a date is owed after the pause that it falls
// into, which may have no end yet.
func (e *evaluation) heldUp(h *history, d *deadline) time.Time {
	s := h.pausedAt(d.term.paused, d.day)
	switch {
	case s == nil:
		return d.at
	case s.to.IsZero():
		return d.at.AddDate(farAway/366, 0, 0)
	}
	return s.to.End(e.loc)
}

func (e *evaluation) count(t *term, l length, from moment) end {
	d := l.after(from, e.loc)
	if t.back.isZero() {
		return d
	}
	return endOfDay(t.back.dayBefore(d.day), e.loc)
}

// lengthFor returns the length whose conditions the starting fact meets. A
// fact that says nothing to the point starts no duty. One that says something
// that the pack does not know, such as a priority of another state, gets the
// shortest length: no child waits because of a code.
func (t *term) lengthFor(start *casework.Fact) (length, bool) {
	spoken := false
	for i := range t.lengths {
		l := &t.lengths[i]
		if allHold(l.where, start) {
			return l.of(start)
		}
		spoken = spoken || slices.ContainsFunc(l.where, func(c condition) bool { return c.spokenOf(start) })
	}
	if !spoken {
		return length{}, false
	}
	return slices.MinFunc(t.lengths, func(a, b caseLength) int { return cmp.Compare(a.n, b.n) }).length, true
}

func (e *evaluation) baseOf(t *term, r *run) (base, bool) {
	switch t.from.kind {
	case anchorStart:
		return base{moment: r.start.moment(), kind: baseFact, event: r.start}, true
	case anchorRemoval:
		return base{moment: r.episode.start.moment(), kind: baseFact, event: r.episode.start}, true
	case anchorEntered:
		return base{moment: moment{day: r.episode.entered}, kind: baseEntered}, true
	case anchorBirthday:
		born := r.history.subject.Born
		if born.IsZero() {
			return base{}, false
		}
		return base{moment: moment{day: born.AddMonths(12 * t.from.age)}, kind: baseBirthday, age: t.from.age}, true
	case anchorFact:
		s := seek{planned: true}
		if r.episode != nil {
			s.from = r.episode.start.moment()
		}
		if v := r.lastStart(t.from.fact); !v.none() {
			return base{moment: v.moment(), kind: baseFact, event: v}, true
		}
		v := r.history.firstOf(&match{fact: t.from.fact}, s)
		if v.none() {
			return base{}, false
		}
		return base{moment: v.moment(), kind: baseFact, event: v}, true
	}
	return base{}, false
}

// extend moves d by the extensions that were given in the run.
func (e *evaluation) extend(r *run, d *deadline) {
	for i := range r.clock.extended {
		x := &r.clock.extended[i]
		total := 0
		for _, v := range r.history.events[x.by.fact] {
			if !r.holds(v) || !x.by.holds(v.fact) || x.inTime && !v.day.Before(d.forward(d.day)) {
				continue
			}
			day := v.fact.Until
			if !x.toUntil {
				day, total = x.add(v.fact, d, total)
			}
			if !day.After(d.day) {
				continue
			}
			d.end = endOfDay(day, e.loc)
			d.extensions = append(d.extensions, extended{by: v, to: day})
		}
	}
}

// add returns the date that an extension moves d to: by the days up to the one
// that it names, by its number of days, or by the pack's.
func (x *extension) add(f *casework.Fact, d *deadline, total int) (casework.Date, int) {
	days := x.days
	switch {
	case !f.Until.IsZero():
		days = d.forward(d.day).DaysUntil(f.Until)
	case f.Days != 0:
		days = f.Days
	}
	if x.each > 0 {
		days = min(days, x.each)
	}
	if x.most > 0 {
		days = min(days, x.most-total)
	}
	days = max(days, 0)
	return d.day.AddDays(days), total + days
}

// forward returns the date from which day was counted back, such as that of the
// dismissal for the notice of it.
func (d *deadline) forward(day casework.Date) casework.Date {
	back := d.term.back
	if d.length.unit == unitStated {
		back = d.term.backFor(d.stating().fact)
	}
	if back.unit != unitDays {
		return day
	}
	return day.AddDays(back.n)
}

// pause finds the stretch in which the duty is not owed. The schedule stays as
// it was: a date that falls into a stretch is due on the day it ends, and the
// dates after it do not move.
func (e *evaluation) pause(r *run, d *deadline) {
	if d.term.window != nil {
		e.pauseAt(r, d, d.term.window.excluded)
		return
	}
	if s := r.history.pausedAt(d.term.paused, d.day); s != nil {
		d.pause = s
		if !s.to.IsZero() {
			d.end = endOfDay(s.to, e.loc)
		}
		return
	}
	if !e.owedByAnother(r, d) {
		e.pauseAt(r, d, d.term.paused)
	}
}

// owedByAnother says whether another term asks for the act today: what a state
// pauses is owed all the same under the law that it extends.
func (e *evaluation) owedByAnother(r *run, d *deadline) bool {
	return slices.ContainsFunc(e.dates, func(o deadline) bool {
		return o.term != d.term && r.history.pausedAt(o.term.paused, e.today) == nil
	})
}

// pauseAt holds the duty up if one of the spans takes place now and the duty
// was not overdue when it began.
func (e *evaluation) pauseAt(r *run, d *deadline, spans []int) {
	if s := r.history.pausedAt(spans, e.today); s != nil && !d.day.Before(s.from) {
		d.pause = s
	}
}
