package policy

import (
	"slices"
	"time"

	"homeward/casework"
)

// Workday is a day of work, and when it is over.
type Workday struct {
	Date casework.Date
	// End is its last second in the zone that was asked for.
	End time.Time
}

// NextWorkday returns the first day of work after the local day of an instant:
// a Friday night's is Monday, where Monday is no holiday. It is a day on which
// every calendar of the pack is open, those of the packs it extends included. A
// pack without a calendar, and the years that a calendar does not list, know
// weekends alone.
func (p *Pack) NextWorkday(at time.Time, zone *time.Location) Workday {
	day := casework.DateOf(at.In(zone)).AddDays(1)
	day = p.working.next(day)
	return Workday{Date: day, End: day.End(zone)}
}

// workingDays is the calendar that each pack has by itself, for clocks that count
// the days of the record's own office. A state that takes such a clock over counts
// it by its own closed days.
const workingDays = "working-days"

// findWorkingDays joins the calendars of the pack into one, and hands it to the
// clocks that count by it.
func (p *Pack) findWorkingDays() {
	all := &calendar{id: workingDays}
	for i, c := range p.calendars {
		for day, closed := range c.weekend {
			all.weekend[day] = all.weekend[day] || closed
		}
		all.closed = append(all.closed, c.closed...)
		if i == 0 || c.from.After(all.from) {
			all.from = c.from
		}
		if i == 0 || c.to.Before(all.to) {
			all.to = c.to
		}
	}
	if len(p.calendars) == 0 {
		all.weekend[time.Saturday], all.weekend[time.Sunday] = true, true
	}
	slices.SortFunc(all.closed, casework.Date.Compare)
	all.closed = slices.Compact(all.closed)
	p.working = all
	for i := range p.clocks {
		p.clocks[i].countBy(all)
	}
}

// countBy puts the working days of a pack in the place of those of another. What
// the packs below have of the clock stays as it is.
func (c *clock) countBy(working *calendar) {
	c.terms = slices.Clone(c.terms)
	by := func(l *length) {
		if l.calendar != nil && l.calendar.id == workingDays {
			l.calendar = working
		}
	}
	for i := range c.terms {
		t := &c.terms[i]
		t.lengths = slices.Clone(t.lengths)
		for j := range t.lengths {
			by(&t.lengths[j].length)
		}
		by(&t.every)
	}
}
