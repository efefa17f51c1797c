package policy

import (
	"cmp"
	"slices"

	"homeward/casework"
)

// base is what a date is counted from, and why it is what it is.
type base struct {
	moment
	kind baseKind
	// event is the fact, where a fact is the base.
	event event
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
	// extensions are the facts that moved the end, oldest first.
	extensions []extended
	// pause is the stretch that moved the end or holds it up.
	pause *stretch
	// tally is the count of days, for a sliding window.
	tally tally
}

// extended is one application of an extension.
type extended struct {
	by event
	to casework.Date
}

// plan computes the first date of each term of the run's clock into e.dates.
// A term whose base is not known to have come gives none.
func (e *evaluation) plan(r *run) {
	e.dates = e.dates[:0]
	for i := range r.clock.terms {
		t := &r.clock.terms[i]
		l, ok := t.lengthFor(r.start.fact)
		if !ok {
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
		e.dates = append(e.dates, d)
	}
}

// planFrom computes the date of each term an interval after b into e.dates.
func (e *evaluation) planFrom(c *clock, b base) {
	e.dates = e.dates[:0]
	for i := range c.terms {
		if t := &c.terms[i]; !t.every.isZero() {
			e.dates = append(e.dates, e.after(t, b))
		}
	}
}

// advance moves the terms on that asked for the occurrence on the day of d,
// which was not kept, each by its own interval.
func (e *evaluation) advance(d *deadline) {
	for i := range e.dates {
		if x := &e.dates[i]; !x.day.After(d.counted.day) {
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
// under it, the stricter one counts.
func (e *evaluation) earliest() (deadline, bool) {
	if len(e.dates) == 0 {
		return deadline{}, false
	}
	best := &e.dates[0]
	for i := range e.dates[1:] {
		if d := &e.dates[i+1]; d.at.Before(best.at) {
			best = d
		}
	}
	return *best, true
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
			return l.length, true
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
		return base{moment: moment{day: born.AddMonths(12 * t.from.age)}, kind: baseBirthday}, true
	case anchorFact:
		s := seek{}
		if r.episode != nil {
			s.from = r.episode.start.moment()
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
			if !r.holds(v) || !x.by.holds(v.fact) {
				continue
			}
			day := v.fact.Until
			if !x.toUntil {
				day, total = x.add(v.fact, d.day, total)
			}
			if !day.After(d.day) {
				continue
			}
			d.end = endOfDay(day, e.loc)
			d.extensions = append(d.extensions, extended{by: v, to: day})
		}
	}
}

func (x *extension) add(f *casework.Fact, day casework.Date, total int) (casework.Date, int) {
	days := f.Days
	if days == 0 {
		days = x.days
	}
	if x.most > 0 {
		days = min(days, x.most-total)
	}
	return day.AddDays(days), total + days
}

// pause finds the stretch in which the duty is not owed. The schedule stays as
// it was: a date that falls into a stretch is due on the day it ends, and the
// dates after it do not move.
func (e *evaluation) pause(r *run, d *deadline) {
	if d.term.window != nil {
		e.pauseAt(r, d, d.term.window.excluded)
		return
	}
	if s := r.history.stretchAt(r.clock.paused, d.day); s != nil {
		d.pause = s
		if !s.to.IsZero() {
			d.end = endOfDay(s.to, e.loc)
		}
		return
	}
	e.pauseAt(r, d, r.clock.paused)
}

// pauseAt holds the duty up if one of the spans takes place now and the duty
// was not overdue when it began.
func (e *evaluation) pauseAt(r *run, d *deadline, spans []int) {
	if s := r.history.stretchAt(spans, e.today); s != nil && !d.day.Before(s.from) {
		d.pause = s
	}
}
