package casework

import (
	"fmt"
	"time"
)

// Date is a day of the civil calendar, without a time and without a zone:
// what a court order or a birth certificate carries. The zero value is "no
// date". Dates compare with ==, Before and After, and are written 2006-01-02.
type Date struct {
	// n counts days from 0001-01-01, which is 1, so that zero means none.
	n int32
}

// daysToEpoch is the number of days from 0001-01-01 to 1970-01-01.
const daysToEpoch = 719162

const secondsPerDay = 24 * 60 * 60

// NewDate returns the date of a year, month and day. Values outside their
// range are carried over as in [time.Date].
func NewDate(year int, month time.Month, day int) Date {
	return DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateOf returns the date that t shows in its own location: convert t with In
// first. It is the only way from an instant to a date, because a visit at
// 19:30 in Los Angeles on 31 January is a January visit although it is
// February in UTC.
func DateOf(t time.Time) Date {
	if t.IsZero() {
		return Date{}
	}
	_, offset := t.Zone()
	secs := t.Unix() + int64(offset)
	days := secs / secondsPerDay
	if secs%secondsPerDay < 0 {
		days--
	}
	return Date{int32(days + daysToEpoch + 1)} //nolint:gosec // a date within 5.8 million years fits
}

// ParseDate reads 2006-01-02 and refuses days that no calendar has.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	d := DateOf(t)
	if err != nil || d.n <= 0 { // the first day of year 1 is taken for "no date"
		return Date{}, fmt.Errorf("%q is not a date like 2026-01-31", s)
	}
	return d, nil
}

// IsZero says whether d is "no date".
func (d Date) IsZero() bool { return d.n == 0 }

// Before says whether d comes before e.
func (d Date) Before(e Date) bool { return d.n < e.n }

// After says whether d comes after e.
func (d Date) After(e Date) bool { return d.n > e.n }

// Equal says whether d and e are the same day.
func (d Date) Equal(e Date) bool { return d.n == e.n }

// Compare orders dates: -1, 0 or +1.
func (d Date) Compare(e Date) int {
	switch {
	case d.n < e.n:
		return -1
	case d.n > e.n:
		return 1
	}
	return 0
}

// AddDays returns the date days later; earlier for negative days.
func (d Date) AddDays(days int) Date {
	return Date{d.n + int32(days)} //nolint:gosec // statutory spans are far below the range
}

// DaysUntil returns the days from d to e; negative when e is earlier.
func (d Date) DaysUntil(e Date) int { return int(e.n - d.n) }

// AddMonths returns the same day months later, clamped to the end of a shorter
// month: 31 August plus six months is 28 or 29 February, never 2 or 3 March.
func (d Date) AddMonths(months int) Date {
	y, m, day := d.Civil()
	first := monthStart(y, int(m)-1+months)
	if last := first.MonthDays(); day > last {
		day = last
	}
	return first.AddDays(day - 1)
}

// Days of the Gregorian cycle. Years are counted from 1 March, so that the leap
// day is the last of its year and every month before it has its fixed place.
const (
	daysPer400Years = 146097
	daysPer100Years = 36524
	daysPer4Years   = 1461
	daysPerYear     = 365
	// marchToJanuary is the number of days from 1 March of the year 0 to the day
	// before 0001-01-01.
	marchToJanuary = 305
)

// Civil returns the year, month and day.
func (d Date) Civil() (year int, month time.Month, day int) {
	// Package time has the same arithmetic; this is a third of its price, and a
	// child's five years ask for it thousands of times.
	days := int(d.n) + marchToJanuary
	cycle := days / daysPer400Years
	if days < 0 {
		cycle = (days - daysPer400Years + 1) / daysPer400Years
	}
	days -= cycle * daysPer400Years
	year = (days - days/(daysPer4Years-1) + days/daysPer100Years - days/(daysPer400Years-1)) / daysPerYear
	days -= daysPerYear*year + year/4 - year/100
	m := (5*days + 2) / 153
	day = days - (153*m+2)/5 + 1
	year += 400 * cycle
	if m < 10 {
		return year, time.Month(m + 3), day
	}
	return year + 1, time.Month(m - 9), day
}

// monthStart returns the first day of a month, counted from January as 0 and
// carried over into other years.
func monthStart(year, month int) Date {
	year, month = year+month/12, month%12
	if month < 0 {
		year, month = year-1, month+12
	}
	if month < 2 {
		year, month = year-1, month+12
	}
	cycle := year / 400
	if year < 0 {
		cycle = (year - 399) / 400
	}
	y := year - 400*cycle
	days := cycle*daysPer400Years + daysPerYear*y + y/4 - y/100 + (153*(month-2)+2)/5
	return Date{int32(days - marchToJanuary)} //nolint:gosec // statutory spans are far below the range
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return time.Weekday(int(d.n) % 7) }

// MonthStart returns the first day of d's month.
func (d Date) MonthStart() Date {
	_, _, day := d.Civil()
	return d.AddDays(1 - day)
}

// MonthEnd returns the last day of d's month.
func (d Date) MonthEnd() Date {
	start := d.MonthStart()
	return start.AddDays(start.MonthDays() - 1)
}

// MonthDays returns the number of days in d's month.
func (d Date) MonthDays() int {
	y, m, _ := d.Civil()
	return monthStart(y, int(m)-1).DaysUntil(monthStart(y, int(m)))
}

// Start returns the instant at which the day begins in loc. Where a zone skips
// midnight, the day begins at the first instant that it has.
func (d Date) Start(loc *time.Location) time.Time {
	y, m, day := d.Civil()
	t := time.Date(y, m, day, 0, 0, 0, 0, loc)
	if DateOf(t).Before(d) {
		t = t.Add(time.Hour)
	}
	return t
}

// End returns the last second of the day in loc: a duty due on a day is
// overdue after it.
func (d Date) End(loc *time.Location) time.Time {
	return d.AddDays(1).Start(loc).Add(-time.Second)
}

// String writes 2006-01-02, and nothing for the zero date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format(time.DateOnly)
}

// Long writes the date as people read it: 31 January 2026.
func (d Date) Long() string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format("2 January 2006")
}

// MarshalText writes 2006-01-02.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads 2006-01-02; the empty text is the zero date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

func (d Date) utc() time.Time {
	return time.Unix((int64(d.n)-1-daysToEpoch)*secondsPerDay, 0).UTC()
}
