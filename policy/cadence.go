package policy

import (
	"slices"

	"homeward/casework"
)

// standing is a starting fact of a cadence with the time for which it stands.
type standing struct {
	start event
	// end is the zero moment while it stands; ending is none where it ended by
	// the day that the fact itself plans.
	end    moment
	ending event
}

// counts says whether it asked for an act that was due on a day and done with act,
// or not at all: it stood then, or on the day itself.
func (s *standing) counts(day casework.Date, act event) bool {
	return s.end == (moment{}) || day.Before(s.end.day) || !act.none() && !s.end.before(act.moment())
}

// cadence adds the duties of a clock that asks for an act at least every so many
// days as the facts say that stand: the plan of the court beside the agency's
// own. Each date is the earliest that one of them gives, counted from the last
// act, or from the date of one that was missed.
func (e *evaluation) cadence(c *clock, h *history, number int) int {
	plans := e.standings(c, h)
	for len(plans) > 0 {
		n := together(plans)
		r := run{clock: c, history: h, start: plans[0].start, number: number}
		r.endAt(h.first(e.pack.ends, seek{from: r.start.moment(), not: r.start.fact}))
		e.endWith(&r, plans[:n])
		e.repeat(&r, plans[:n])
		number, plans = r.number, plans[n:]
	}
	return number
}

// standings returns the starting facts, oldest first, each with its end: a fact
// that ends it, a later one by the same authority, or the day that it plans.
func (e *evaluation) standings(c *clock, h *history) []standing {
	starts := e.startsOf(c, h, nil)
	plans := make([]standing, len(starts))
	for i, v := range starts {
		p := standing{start: v}
		until := func(v event) {
			if p.end == (moment{}) || v.moment().before(p.end) {
				p.end, p.ending = v.moment(), v
			}
		}
		for _, next := range starts[i+1:] {
			if next.fact.By == v.fact.By {
				until(next)
				break
			}
		}
		for j := range c.ends {
			if end := h.firstBy(&c.ends[j], v); !end.none() {
				until(end)
			}
		}
		if last := v.fact.Until; !last.IsZero() && (p.end == (moment{}) || last.Before(p.end.day)) {
			p.end, p.ending = moment{day: last.AddDays(1)}, event{}
		}
		plans[i] = p
	}
	return plans
}

// firstBy returns the first event after v that m picks and that is by the same
// authority, by none in particular, or not about the item alone.
func (h *history) firstBy(m *match, v event) event {
	for _, end := range h.events[m.fact] {
		same := end.fact.By == "" || end.fact.By == v.fact.By || end.fact.Ref == "" && v.fact.Ref != ""
		if same && v.moment().before(end.moment()) && !h.now.before(end.moment()) && m.holds(end.fact) {
			return end
		}
	}
	return event{}
}

// together returns how many of the facts belong to one run: each comes before all
// those before it have ended.
func together(plans []standing) int {
	end := plans[0].end
	for i := 1; i < len(plans); i++ {
		if end != (moment{}) && end.before(plans[i].start.moment()) {
			return i
		}
		if later := plans[i].end; end != (moment{}) && (later == (moment{}) || end.before(later)) {
			end = later
		}
	}
	return len(plans)
}

// endWith ends the run with the last of its facts, if that has ended by now.
func (e *evaluation) endWith(r *run, plans []standing) {
	last := plans[0]
	for _, p := range plans[1:] {
		if last.end != (moment{}) && (p.end == (moment{}) || last.end.before(p.end)) {
			last = p
		}
	}
	if last.end == (moment{}) || r.history.now.before(last.end) || r.ended() && r.end.before(last.end) {
		return
	}
	r.end, r.ending = last.end, last.ending
}

// repeat adds one occurrence after the other.
func (e *evaluation) repeat(r *run, plans []standing) {
	e.dates = e.dates[:0]
	s := seek{from: r.start.moment()}
	d, ok := e.soonest(r, plans, base{moment: r.start.moment(), kind: baseFact, event: r.start}, s)
	for ok {
		done, over := e.settle(r, &d, s)
		if over {
			return
		}
		next, more := e.soonest(r, plans, missed(&d), s)
		// What fell due in the pause that moved d is owed once.
		for more && d.day != d.counted.day && next.day.Before(d.day) {
			next, more = e.soonest(r, plans, missed(&next), s)
		}
		if !done.none() && (!more || !next.passedBy(done.moment())) {
			s = seek{from: done.moment(), past: true}
			next, more = e.soonest(r, plans, base{moment: done.moment(), kind: baseFact, event: done}, s)
		}
		d, ok = next, more
	}
	r.number++ // it may have been given before the facts changed
}

// missed is the date of d as what the next one counts from.
func missed(d *deadline) base { return base{moment: moment{day: d.counted.day}, kind: baseDue} }

// soonest returns the earliest date after b for an act from s on: of those that
// the clock's own lengths give, and the facts that asked for it.
func (e *evaluation) soonest(r *run, plans []standing, b base, s seek) (deadline, bool) {
	var best deadline
	found := false
	consider := func(d deadline) {
		if !found || d.at.Before(best.at) {
			best, found = d, true
		}
	}
	act := r.clock.done(r.history, s)
	for i := range r.clock.terms {
		t := &r.clock.terms[i]
		l, ok := t.lengthFor(r.start.fact)
		if !ok {
			continue
		}
		d := e.dueAfter(t, l, b)
		if slices.ContainsFunc(plans, func(p standing) bool { return p.counts(d.day, act) }) {
			consider(d)
		}
	}
	own := &r.clock.terms[len(r.clock.terms)-1]
	for i := range plans {
		v := plans[i].start
		if v.fact.Days <= 0 {
			continue
		}
		from := b
		if b.before(v.moment()) {
			from = base{moment: v.moment(), kind: baseFact, event: v}
		}
		d := e.dueAfter(own, length{n: v.fact.Days, unit: unitDays}, from)
		d.cadence = v
		if plans[i].counts(d.day, act) {
			consider(d)
		}
	}
	return best, found
}

func (e *evaluation) dueAfter(t *term, l length, b base) deadline {
	d := deadline{base: b, term: t, length: l, end: l.after(b.moment, e.loc)}
	d.counted = d.end
	return d
}
