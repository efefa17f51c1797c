package policy

import (
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
	for !p.works(day) {
		day = day.AddDays(1)
	}
	return Workday{Date: day, End: day.End(zone)}
}

// works says whether no calendar of the pack is closed on a day.
func (p *Pack) works(day casework.Date) bool {
	if len(p.calendars) == 0 {
		return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
	}
	for _, c := range p.calendars {
		if !c.open(day) {
			return false
		}
	}
	return true
}
