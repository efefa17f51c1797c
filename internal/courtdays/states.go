package courtdays

import (
	"fmt"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/aa"
	"github.com/rickar/cal/v2/us"
)

// holidays returns what a jurisdiction keeps. The comments of the packs say
// what each list rests on.
func holidays(jurisdiction string) ([]holiday, error) {
	switch jurisdiction {
	case "US-CA":
		return california(), nil
	case "US-GA":
		return georgia(), nil
	case "US-WA":
		return washington(), nil
	}
	return nil, fmt.Errorf("no holidays are known for %q", jurisdiction)
}

// california lists the judicial holidays of Code of Civil Procedure 135. Rule
// of Court 1.11 moves them off Saturdays and Sundays as the library does.
func california() []holiday {
	return []holiday{
		{Holiday: us.NewYear},
		{Holiday: us.MlkDay},
		{Holiday: onDate("Lincoln Day", time.February, 12)},
		{Holiday: us.PresidentsDay},
		{Holiday: onDate("Cesar Chavez Day", time.March, 31)},
		{Holiday: us.MemorialDay},
		{Holiday: us.Juneteenth, since: 2023},
		{Holiday: us.IndependenceDay},
		{Holiday: us.LaborDay},
		{Holiday: nativeAmericanDay(), since: 2022},
		{Holiday: us.ColumbusDay, until: 2021},
		{Holiday: us.VeteransDay},
		{Holiday: us.ThanksgivingDay},
		{Holiday: us.DayAfterThanksgivingDay},
		{Holiday: us.ChristmasDay},
	}
}

// georgia lists the legal holidays of O.C.G.A. 1-4-1(a): those of the federal
// government, and the two state holidays for which the Governor names a day
// each year. Since 2020 these were Good Friday and the day after Thanksgiving;
// a year whose days were not seen has none.
func georgia() []holiday {
	const lastNamed = 2025
	return []holiday{
		{Holiday: us.NewYear},
		{Holiday: us.MlkDay},
		{Holiday: us.PresidentsDay},
		{Holiday: aa.GoodFriday, until: lastNamed},
		{Holiday: us.MemorialDay},
		{Holiday: us.Juneteenth, since: 2022},
		{Holiday: us.IndependenceDay},
		{Holiday: us.LaborDay},
		{Holiday: us.ColumbusDay},
		{Holiday: us.VeteransDay},
		{Holiday: us.ThanksgivingDay},
		{Holiday: us.DayAfterThanksgivingDay, until: lastNamed},
		{Holiday: us.ChristmasDay},
	}
}

// washington lists the legal holidays of RCW 1.16.050.
func washington() []holiday {
	return []holiday{
		{Holiday: us.NewYear},
		{Holiday: us.MlkDay},
		{Holiday: us.PresidentsDay},
		{Holiday: us.MemorialDay},
		{Holiday: us.Juneteenth, since: 2022},
		{Holiday: us.IndependenceDay},
		{Holiday: us.LaborDay},
		{Holiday: us.VeteransDay},
		{Holiday: us.ThanksgivingDay},
		{Holiday: us.DayAfterThanksgivingDay},
		{Holiday: us.ChristmasDay},
	}
}

// onDate is a holiday on the same date each year, which the library does not
// have. It moves off weekends as the library's holidays do.
func onDate(name string, month time.Month, day int) *cal.Holiday {
	return &cal.Holiday{
		Name: name, Type: cal.ObservancePublic,
		Month: month, Day: day, Observed: us.IndependenceDay.Observed, Func: cal.CalcDayOfMonth,
	}
}

// nativeAmericanDay is the fourth Friday of September.
func nativeAmericanDay() *cal.Holiday {
	return &cal.Holiday{
		Name: "Native American Day", Type: cal.ObservancePublic,
		Month: time.September, Weekday: time.Friday, Offset: 4, Func: cal.CalcWeekdayOffset,
	}
}
