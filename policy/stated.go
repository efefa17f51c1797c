package policy

import (
	"cmp"
	"slices"

	"homeward/casework"
)

// of returns the length for a starting fact, and false where the fact would have
// to state a date and states none.
func (l *caseLength) of(start *casework.Fact) (length, bool) {
	switch {
	case l.stated && !start.Until.IsZero():
		return length{unit: unitStated}, true
	case l.unit == unitStated:
		return length{}, false
	}
	return l.length, true
}

// stated says whether a starting fact can state the date of the term.
func (t *term) stated() bool {
	return slices.ContainsFunc(t.lengths, func(l caseLength) bool { return l.stated })
}

// backFor returns how far the term counts back from what a fact states.
func (t *term) backFor(f *casework.Fact) length {
	if t.backStated && f.Days > 0 {
		return length{n: f.Days, unit: unitDays}
	}
	return t.back
}

// statedBy returns the date that a fact gives: the end of the day that it states,
// or so long before. What is made known too late for that is due at once.
func (e *evaluation) statedBy(t *term, v event) end {
	day := v.fact.Until
	if back := t.backFor(v.fact); !back.isZero() {
		day = back.dayBefore(day)
		if day.Before(v.day) {
			day = v.day
		}
	}
	return endOfDay(day, e.loc)
}

// planStated adds the date of a term that the starting facts of the run state.
func (e *evaluation) planStated(t *term, r *run) {
	if !t.stated() {
		return
	}
	says := func(v event) bool { return !v.fact.Until.IsZero() }
	from, moves := r.start, r.moves
	if !says(from) {
		i := slices.IndexFunc(moves, says)
		if i < 0 {
			return
		}
		from, moves = moves[i], moves[i+1:]
	}
	d := deadline{
		end: e.statedBy(t, from), base: base{moment: from.moment(), kind: baseFact, event: from},
		term: t, length: length{unit: unitStated},
	}
	d.counted = d.end
	e.move(&d, moves)
	e.dates = append(e.dates, d)
}

// move lets each later starting fact that states another date give it, an earlier
// one, too. The first date is kept, and the reason names every one.
func (e *evaluation) move(d *deadline, moves []event) {
	for _, v := range moves {
		if v.fact.Until.IsZero() {
			continue
		}
		if to := e.statedBy(d.term, v); to.at != d.at {
			d.end = to
			d.extensions = append(d.extensions, extended{by: v, to: to.day, stated: true})
		}
	}
}

// stating returns the fact that stated the date last.
func (d *deadline) stating() event {
	for _, x := range slices.Backward(d.extensions) {
		if x.stated {
			return x.by
		}
	}
	return d.base.event
}

// moving adds the duties of a clock whose date a further starting fact moves
// while the duty is owed. One that comes after the act, or is the act itself,
// begins the next duty: a follow-up meets the present one and states the next.
func (e *evaluation) moving(c *clock, h *history, ep *episode, number int) int {
	starts := slices.DeleteFunc(e.startsOf(c, h, ep), func(v event) bool { return !c.dates(v) })
	slices.SortStableFunc(starts, c.compareStarts)
	for first := true; len(starts) > 0; first = false {
		r := e.begin(c, h, ep, starts[0], number)
		from := r.start.moment()
		if first && c.scope == ScopeItem {
			r.takeUp()
			from = moment{}
		}
		done := c.done(h, seek{from: from, behind: r.start, planned: true})
		n := 1
		for n < len(starts) && r.movedBy(starts[n], done) {
			n++
		}
		r.moves = starts[1:n]
		starts = starts[n:]
		e.once(&r)
		number = r.number
	}
	return number
}

// dates says whether the event gives the clock a date.
func (c *clock) dates(v event) bool {
	return slices.ContainsFunc(c.terms, func(t term) bool {
		_, ok := t.lengthFor(v.fact)
		return ok
	})
}

// compareStarts puts what only starts the clock before what also meets it, where
// it is not known which came first on a day.
func (c *clock) compareStarts(a, b event) int {
	switch {
	case a.day != b.day:
		return a.day.Compare(b.day)
	case !a.fact.At.IsZero() && !b.fact.At.IsZero():
		return a.fact.At.Compare(b.fact.At)
	}
	meets := func(v event) int {
		if c.metByFact(v) {
			return 1
		}
		return 0
	}
	return cmp.Compare(meets(a), meets(b))
}

// movedBy says whether a further starting fact belongs to the run: it comes before
// what ended it, and no later than the act.
func (r *run) movedBy(v, done event) bool {
	if r.ended() && !v.moment().before(r.end) {
		return false
	}
	return done.none() || v.fact != done.fact && !done.moment().before(v.moment())
}

// whyStated writes the date that a fact states, and what is counted back from it.
func (e *evaluation) whyStated(t *term, v event) {
	w := e.why.begin().word("stated date ").date(v.fact.Until)
	back := t.backFor(v.fact)
	if back.isZero() {
		w.done()
		return
	}
	w.word(" - ").word(back.words())
	if t.backStated && v.fact.Days > 0 {
		w.word(", as stated")
	}
	day := back.dayBefore(v.fact.Until)
	w.word(" = ").date(day).done()
	if day.Before(v.day) {
		e.why.begin().word("which was over by then, so due ").date(v.day).done()
	}
}
