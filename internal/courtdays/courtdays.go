// Package courtdays knows the holidays on which courts and offices are closed,
// from a maintained holiday library. The policy packs hold the resulting dates
// as plain lists; this package makes those lists and tests check the packs
// against it. The product itself never asks it, so that an upgrade of the
// library cannot move a court day.
package courtdays

import (
	"fmt"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/us"

	"homeward/casework"
)

// The years that the packs cover.
const (
	FirstYear = 2020
	LastYear  = 2035
)

// holiday is a day of the library with the first year in which the
// jurisdiction kept it.
type holiday struct {
	*cal.Holiday
	since int
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
			if year < h.since {
				continue
			}
			if _, observed := h.Calc(year); observed.Equal(cal.DayStart(day)) {
				return true
			}
		}
	}
	return false
}

func holidays(jurisdiction string) ([]holiday, error) {
	if jurisdiction != "US-WA" {
		return nil, fmt.Errorf("no holidays are known for %q", jurisdiction)
	}
	return []holiday{ // RCW 1.16.050
		{us.NewYear, 0},
		{us.MlkDay, 0},
		{us.PresidentsDay, 0},
		{us.MemorialDay, 0},
		{us.Juneteenth, 2022},
		{us.IndependenceDay, 0},
		{us.LaborDay, 0},
		{us.VeteransDay, 0},
		{us.ThanksgivingDay, 0},
		{us.DayAfterThanksgivingDay, 0},
		{us.ChristmasDay, 0},
	}, nil
}
