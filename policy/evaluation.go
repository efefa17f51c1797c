package policy

import (
	"slices"
	"strings"
	"time"

	"homeward/casework"
)

// evaluation is the work of one call of Evaluate.
type evaluation struct {
	pack   *Pack
	loc    *time.Location
	asOf   time.Time
	today  casework.Date
	events []event
	why    reason
	duties []casework.Duty
	// starts, dates and kept are scratch space: the starting facts of a clock,
	// the next date of each of its terms, and those before.
	starts      []event
	dates, kept []deadline
}

func newEvaluation(p *Pack, in Input, asOf time.Time) *evaluation {
	loc := in.Zone
	if loc == nil {
		loc = time.UTC
	}
	e := &evaluation{
		pack:   p,
		loc:    loc,
		asOf:   asOf,
		today:  casework.DateOf(asOf.In(loc)),
		events: p.events(in.Facts, loc),
	}
	return e
}

// sorted returns the duties by due date and ID. It sorts numbers rather than
// duties, which are large.
func (e *evaluation) sorted() []casework.Duty {
	order := make([]int32, len(e.duties))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(i, j int32) int {
		a, b := &e.duties[i], &e.duties[j]
		if c := a.DueAt.Compare(b.DueAt); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	permute(e.duties, order)
	return e.duties
}

// permute puts duty order[i] into place i, along the circles that the order
// makes, and uses the order up.
func permute(duties []casework.Duty, order []int32) {
	for start := range order {
		first, at := duties[start], int32(start)
		for order[at] != int32(start) {
			from := order[at]
			duties[at] = duties[from]
			order[at], at = at, from
		}
		duties[at], order[at] = first, at
	}
}

// run is one stretch in which a clock asks for something: from the fact that
// starts it to what ends it.
type run struct {
	clock   *clock
	history *history
	start   event
	// episode is the stay in care that the run belongs to, if it does.
	episode *episode
	// end is the zero moment while the run goes on.
	end moment
	// ending is the fact that ended it; none where a limit did.
	ending event
	// number is the occurrence that comes next.
	number int
	// moves are later starting facts, which may state another date.
	moves []event
	// presumed: the start lies before the episode, and nothing says that it is its.
	presumed bool
	// late: the item was known before this, its first starting fact, was written
	// down, and what is said of it earlier counts.
	late bool
}

// goesOnAt says whether the run, if it is one, still goes on when v happens.
func (r *run) goesOnAt(v event) bool {
	return !r.start.none() && (!r.ended() || v.moment().before(r.end))
}

// holds says whether v happened in the run, before what ended it.
func (r *run) holds(v event) bool {
	return !v.moment().before(r.start.moment()) && (!r.ended() || v.moment().before(r.end))
}

func (r *run) ended() bool { return r.end != (moment{}) }

func (r *run) endAt(v event) {
	if !v.none() && (!r.ended() || v.moment().before(r.end)) {
		r.end, r.ending = v.moment(), v
	}
}

// run adds the duties of one clock for one subject, or for the record.
func (e *evaluation) run(c *clock, h *history) {
	if !c.care {
		e.runWithin(c, h, nil, 1)
		return
	}
	number := 1
	for i := range h.episodes {
		if c.unagreed && h.episodes[i].agreed() {
			continue
		}
		number = e.runWithin(c, h, &h.episodes[i], number)
	}
}

// runWithin adds the duties of a clock within an episode, or within the whole
// record when ep is nil, and returns the next occurrence's number.
func (e *evaluation) runWithin(c *clock, h *history, ep *episode, number int) int {
	switch {
	case c.restart == restartMoves:
		return e.moving(c, h, ep, number)
	case c.recurs == recursStated:
		return e.cadence(c, h, number)
	}
	var last run
	for i, start := range e.startsOf(c, h, ep) {
		if (c.recurs != recursNever || c.restart == restartIgnored) && last.goesOnAt(start) {
			continue
		}
		r := e.begin(c, h, ep, start, number)
		if i == 0 {
			r.takeUp()
		}
		switch c.recurs {
		case recursNever, recursStated:
			e.once(&r)
		case recursFromHeld:
			e.fromHeld(&r)
		case recursFromDue:
			e.fromDue(&r)
		case recursMonthly:
			e.monthly(&r)
		}
		last, number = r, r.number
	}
	return number
}

// begin returns the run that a fact starts, with what ended it.
func (e *evaluation) begin(c *clock, h *history, ep *episode, start event, number int) run {
	r := run{clock: c, history: h, start: start, episode: ep, number: number}
	if ep != nil && ep.ended() && !h.now.before(ep.end) {
		r.end, r.ending = ep.end, ep.ending
		if !ep.visit.none() {
			// The limit was the last day; the visit went over it.
			r.end.day = r.end.day.AddDays(1)
		}
	}
	r.presumed = ep != nil && start.moment().before(ep.start.moment()) && !c.claims(start)
	after := seek{from: start.moment(), not: start.fact}
	r.endAt(h.first(e.pack.ends, after))
	// An item that ends on the day on which it began, has ended: it ends once.
	after.past = c.scope != ScopeItem
	r.endAt(h.first(c.ends, after))
	return r
}

// startsOf returns the facts with which runs of the clock start, oldest first.
func (e *evaluation) startsOf(c *clock, h *history, ep *episode) []event {
	e.starts = e.starts[:0]
	if len(c.starts) == 0 {
		return append(e.starts, ep.start)
	}
	for i := range c.starts {
		for _, v := range h.events[c.starts[i].fact] {
			if c.starts[i].holds(v.fact) && within(v.moment(), ep) {
				e.starts = append(e.starts, v)
			}
		}
	}
	if len(c.starts) > 1 {
		slices.SortFunc(e.starts, compareEvents)
	}
	if v := e.before(c, h, ep); !v.none() && (c.claims(v) || len(e.starts) == 0) {
		e.starts = slices.Insert(e.starts, 0, v)
	}
	if c.restart == restartReplaces {
		return latest(c, e.starts)
	}
	return e.starts
}

// before returns the starting fact from before the episode that may be its own,
// such as the order that allows a removal: the first that claims to be, else the
// last. What lies before the end of the episode before, or of the record, is not.
func (e *evaluation) before(c *clock, h *history, ep *episode) event {
	var last event
	if c.before == 0 {
		return last
	}
	from := moment{day: ep.start.day.AddDays(-c.before)}
	for i := range c.starts {
		for _, v := range h.events[c.starts[i].fact] {
			at := v.moment()
			if !at.before(ep.start.moment()) || at.before(from) || at.before(ep.since) || !c.starts[i].holds(v.fact) {
				continue
			}
			if end := h.first(e.pack.ends, seek{from: at}); !end.none() && end.moment().before(ep.start.moment()) {
				continue
			}
			if c.claims(v) {
				return v
			}
			last = v
		}
	}
	return last
}

// claims says whether a starting fact from before an episode says that it is its.
func (c *clock) claims(v event) bool { return len(c.beforeWhere) > 0 && allHold(c.beforeWhere, v.fact) }

// latest returns the last start from which a term can count: a screening that
// says nothing of the priority does not undo the one before it.
func latest(c *clock, starts []event) []event {
	for i := len(starts) - 1; i > 0; i-- {
		counts := slices.ContainsFunc(c.terms, func(t term) bool {
			_, ok := t.lengthFor(starts[i].fact)
			return ok
		})
		if counts {
			return starts[i : i+1]
		}
	}
	return starts[:min(1, len(starts))]
}

func within(m moment, ep *episode) bool {
	if ep == nil {
		return true
	}
	return !m.before(ep.start.moment()) && (!ep.ended() || !ep.end.before(m))
}

// lastStart returns the latest fact of a type at or before the start of the run,
// if facts of that type start the clock: of two reports, the later screening
// belongs to the later receipt.
func (r *run) lastStart(kind int) event {
	if !slices.ContainsFunc(r.clock.starts, func(m match) bool { return m.fact == kind }) {
		return event{}
	}
	for _, v := range slices.Backward(r.history.events[kind]) {
		if !r.start.moment().before(v.moment()) {
			return v
		}
	}
	return event{}
}
