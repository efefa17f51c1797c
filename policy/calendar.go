package policy

import (
	"slices"
	"time"

	"homeward/casework"
)

// calendar is the list of days on which a court or an office is closed. Its
// dates are explicit, so that a library upgrade cannot move a court day.
type calendar struct {
	id, title string
	// from and to bound the listed days; outside, only weekends are known.
	from, to casework.Date
	weekend  [7]bool
	closed   []casework.Date // ascending
}

// open says whether business is done on d.
func (c *calendar) open(d casework.Date) bool {
	if c.weekend[d.Weekday()] {
		return false
	}
	_, closed := slices.BinarySearchFunc(c.closed, d, casework.Date.Compare)
	return !closed
}

// next returns d, or the first open day after it.
func (c *calendar) next(d casework.Date) casework.Date {
	for !c.open(d) {
		d = d.AddDays(1)
	}
	return d
}

// covers says whether the holidays around d are known.
func (c *calendar) covers(d casework.Date) bool {
	return !d.Before(c.from) && !d.After(c.to)
}

// addOpenDays returns the nth open day after d; d itself does not count.
func (c *calendar) addOpenDays(d casework.Date, n int) casework.Date {
	for range n {
		d = c.next(d.AddDays(1))
	}
	return d
}

// addOpenHours returns the instant at which span has passed since t, with
// closed days counting for nothing. A span that is used up with an open day
// ends with its last second, not with the first of a day that may be closed.
func (c *calendar) addOpenHours(t time.Time, span time.Duration, loc *time.Location) time.Time {
	day := casework.DateOf(t.In(loc))
	if !c.open(day) {
		day = c.next(day)
		t = day.Start(loc)
	}
	for {
		midnight := day.AddDays(1).Start(loc)
		left := midnight.Sub(t)
		if span < left {
			return t.Add(span)
		}
		if span == left {
			return midnight.Add(-time.Second)
		}
		span -= left
		day = c.next(day.AddDays(1))
		t = day.Start(loc)
	}
}
