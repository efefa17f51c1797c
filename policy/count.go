package policy

import (
	"time"

	"homeward/casework"
)

// unit is what a length is counted in.
type unit string

const (
	unitHours        unit = "hours"
	unitDays         unit = "days"
	unitBusinessDays unit = "business days"
	unitJudicialDays unit = "judicial days"
	unitMonths       unit = "months"
	unitYears        unit = "years"
	// unitStated is the length of a date that the starting fact states.
	unitStated unit = "stated"
)

// counting is a named rule of how a length is counted.
type counting string

const (
	// countPlain: hours are elapsed time on the UTC line, so that 24 hours over
	// a change of the clocks are not the same wall time. Days leave out the
	// first day and include the last. Months end on the same day of the month,
	// or on the last day of a shorter one.
	countPlain counting = ""
	// countSkip leaves closed days out of an hour count.
	countSkip counting = "skip closed days"
	// countRoll counts closed days, and moves an end that falls on one to the
	// end of the next open day.
	countRoll counting = "roll to the next open day"
	// countFirstMonday moves the end of a month count to the first Monday after it.
	countFirstMonday counting = "first Monday after"
	// countMonthEnd moves the end to the last day of its calendar month.
	countMonthEnd counting = "end of the calendar month"
)

// length is a span of statute time and the rule to count it by.
type length struct {
	n        int
	unit     unit
	counting counting
	calendar *calendar
}

func (l length) isZero() bool { return l.unit == "" }

// end is when a length is over.
type end struct {
	day casework.Date
	// at is the UTC instant after which it is over.
	at time.Time
	// hour says that the end is an hour and not the end of a day.
	hour bool
}

func endOfDay(day casework.Date, loc *time.Location) end {
	return end{day: day, at: day.End(loc).UTC()}
}

// passed says whether the end lies before t. The last permitted second counts
// as in time.
func (d end) passed(t time.Time) bool { return t.Sub(d.at) >= time.Second }

// passedBy says whether the end lies before m, by day where one of them has no hour.
func (d end) passedBy(m moment) bool {
	if m.at.IsZero() || !d.hour {
		return d.day.Before(m.day)
	}
	return d.passed(m.at)
}

// after returns when the length that begins at m ends.
func (l length) after(m moment, loc *time.Location) end {
	if l.unit == unitHours {
		return l.hoursAfter(m, loc)
	}
	return endOfDay(l.dayAfter(m.day), loc)
}

func (l length) hoursAfter(m moment, loc *time.Location) end {
	start := m.instant(loc)
	hours := time.Duration(l.n) * time.Hour
	t := start.Add(hours)
	if l.counting == countSkip {
		t = l.calendar.addOpenHours(start, hours, loc)
	}
	t = t.UTC().Truncate(time.Second)
	day := casework.DateOf(t.In(loc))
	if l.counting == countRoll && !l.calendar.open(day) {
		// The hour is lost with the closed day: the whole next open one is left.
		return endOfDay(l.calendar.next(day), loc)
	}
	return end{day: day, at: t, hour: true}
}

func (l length) dayAfter(d casework.Date) casework.Date {
	switch l.unit {
	case unitBusinessDays, unitJudicialDays:
		return l.calendar.addOpenDays(d, l.n)
	case unitMonths:
		d = d.AddMonths(l.n)
	case unitYears:
		d = d.AddMonths(12 * l.n)
	case unitDays, unitHours:
		d = d.AddDays(l.n)
	case unitStated:
	}
	switch l.counting {
	case countRoll:
		return l.calendar.next(d)
	case countFirstMonday:
		return firstMondayAfter(d)
	case countMonthEnd:
		return d.MonthEnd()
	case countPlain, countSkip:
	}
	return d
}

// dayBefore returns the day from which the length ends on d, counted in
// calendar time.
func (l length) dayBefore(d casework.Date) casework.Date {
	switch l.unit {
	case unitMonths:
		return d.AddMonths(-l.n)
	case unitYears:
		return d.AddMonths(-12 * l.n)
	case unitDays, unitHours, unitBusinessDays, unitJudicialDays, unitStated:
	}
	return d.AddDays(-l.n)
}

// years returns a length in whole years, zero if it is not one.
func (l length) years() int {
	switch {
	case l.unit == unitYears:
		return l.n
	case l.unit == unitMonths && l.n%12 == 0:
		return l.n / 12
	}
	return 0
}

// elapsed returns a length in hours or days as time on the UTC line.
func (l length) elapsed() time.Duration {
	if l.unit == unitDays {
		return time.Duration(l.n) * 24 * time.Hour
	}
	return time.Duration(l.n) * time.Hour
}

// times returns the length n times as long.
func (l length) times(n int) length {
	l.n *= n
	return l
}

func firstMondayAfter(d casework.Date) casework.Date {
	days := (int(time.Monday) - int(d.Weekday()) + 7) % 7
	if days == 0 {
		days = 7
	}
	return d.AddDays(days)
}
