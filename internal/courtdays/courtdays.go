// Package courtdays knows the holidays on which courts and offices are closed,
// from a maintained holiday library. The policy packs hold the resulting dates
// as plain lists; this package makes those lists and tests check the packs
// against it. The product itself never asks it, so that an upgrade of the
// library cannot move a court day.
package courtdays

import (
	"time"

	"github.com/rickar/cal/v2"

	"homeward/casework"
)

// The years that the packs cover.
const (
	FirstYear = 2020
	LastYear  = 2035
)

// holiday is a day of the library with the years in which the jurisdiction
// keeps it.
type holiday struct {
	*cal.Holiday
	// since and until are the first and the last year; zero means no bound.
	since, until int
}

// keptIn says whether the holiday of a year is kept.
func (h holiday) keptIn(year int) bool {
	return year >= h.since && (h.until == 0 || year <= h.until)
}

// Closed returns the weekdays from FirstYear to LastYear on which the courts
// and offices of a jurisdiction are closed for a holiday, oldest first. It
// refuses a jurisdiction that it does not know.
func Closed(jurisdiction string) ([]casework.Date, error) {
	kept, err := holidays(jurisdiction)
	if err != nil {
		return nil, err
	}
	var dates []casework.Date
	last := time.Date(LastYear, time.December, 31, 0, 0, 0, 0, time.UTC)
	for day := time.Date(FirstYear, time.January, 1, 0, 0, 0, 0, time.UTC); !day.After(last); day = day.AddDate(0, 0, 1) {
		if closed(kept, day) {
			dates = append(dates, casework.DateOf(day))
		}
	}
	return dates, nil
}

// closed says whether a holiday is observed on day. New Year's Day can be
// observed in the year before.
func closed(kept []holiday, day time.Time) bool {
	if cal.IsWeekend(day) {
		return false
	}
	for _, h := range kept {
		for _, year := range []int{day.Year(), day.Year() + 1} {
			if _, observed := h.Calc(year); h.keptIn(year) && observed.Equal(cal.DayStart(day)) {
				return true
			}
		}
	}
	return false
}
