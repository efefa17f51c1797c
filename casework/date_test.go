package casework_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestAddMonths_ClampsToTheEndOfTheMonth(t *testing.T) {
	t.Parallel()
	tests := []struct {
		from   string
		months int
		want   string
	}{
		{"2025-08-31", 6, "2026-02-28"},
		{"2023-08-31", 6, "2024-02-29"},
		{"2025-01-31", 1, "2025-02-28"},
		{"2024-01-31", 1, "2024-02-29"},
		{"2024-02-29", 12, "2025-02-28"},
		{"2024-02-29", 48, "2028-02-29"},
		{"2025-03-31", -1, "2025-02-28"},
		{"2025-05-31", 1, "2025-06-30"},
		{"2025-12-15", 1, "2026-01-15"},
		{"2025-01-15", -1, "2024-12-15"},
		{"2025-01-21", 12, "2026-01-21"},
		{"2025-07-04", 0, "2025-07-04"},
		{"2009-02-10", 16 * 12, "2025-02-10"},
	}
	for _, test := range tests {
		require.Equal(t, test.want, day(t, test.from).AddMonths(test.months).String(), "%s %+d", test.from, test.months)
	}
}

func TestDate_AgreesWithTheCalendarOfTime(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 5_000 {
		n := rng.IntN(3_000_000) - 600_000
		want := time.Unix(0, 0).UTC().AddDate(0, 0, n)
		if want.Year() < 1 || want.Year() > 9999 {
			continue
		}
		d := casework.DateOf(want)
		year, month, dom := d.Civil()
		require.Equal(t, want.Format(time.DateOnly), d.String())
		require.Equal(t, [3]int{want.Year(), int(want.Month()), want.Day()}, [3]int{year, int(month), dom})
		require.Equal(t, want.Weekday(), d.Weekday())
		require.Equal(t, d, casework.NewDate(year, month, dom))
		require.Equal(t, d, casework.DateOf(d.Start(time.UTC)))
		require.Equal(t, d, day(t, d.String()))

		days := rng.IntN(20_000) - 10_000
		later := d.AddDays(days)
		require.Equal(t, casework.DateOf(want.AddDate(0, 0, days)), later)
		require.Equal(t, days, d.DaysUntil(later))
		require.Equal(t, days > 0, later.After(d))
		require.Equal(t, days < 0, later.Before(d))
		require.Equal(t, want.AddDate(0, 0, days).Compare(want), later.Compare(d))

		first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
		require.Equal(t, casework.DateOf(first), d.MonthStart())
		require.Equal(t, casework.DateOf(first.AddDate(0, 1, -1)), d.MonthEnd())
		require.Equal(t, first.AddDate(0, 1, -1).Day(), d.MonthDays())
		requireMonthsLater(t, d, rng.IntN(600)-300)
	}
}

// requireMonthsLater holds AddMonths to its definition: the right month, and
// the same day or that month's last.
func requireMonthsLater(t *testing.T, d casework.Date, months int) {
	t.Helper()
	year, month, dom := d.Civil()
	got := d.AddMonths(months)
	first := casework.NewDate(year, month+time.Month(months), 1)
	require.Equal(t, first, got.MonthStart(), "%s %+d", d, months)
	_, _, gotDay := got.Civil()
	require.Equal(t, min(dom, first.MonthDays()), gotDay, "%s %+d", d, months)
}

func TestDateOf_ReadsTheDayThatTheInstantShows(t *testing.T) {
	t.Parallel()
	la, err := time.LoadLocation(office)
	require.NoError(t, err)
	tests := map[string]struct {
		at   time.Time
		want string
	}{
		"an evening in the west":       {time.Date(2026, 2, 1, 3, 30, 0, 0, time.UTC).In(la), "2026-01-31"},
		"the same instant in UTC":      {time.Date(2026, 2, 1, 3, 30, 0, 0, time.UTC), "2026-02-01"},
		"the last second before 1970":  {time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC), "1969-12-31"},
		"with a part of a second":      {time.Date(1969, 12, 31, 23, 59, 59, 999, time.UTC), "1969-12-31"},
		"the first second of 1970":     {time.Unix(0, 0).UTC(), "1970-01-01"},
		"1970 in the west":             {time.Unix(0, 0).In(la), "1969-12-31"},
		"midnight of a day in 1950":    {time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC), "1950-01-01"},
		"a leap day of 1904, at night": {time.Date(1904, 2, 29, 23, 0, 0, 0, time.UTC), "1904-02-29"},
		"no instant":                   {time.Time{}, ""},
	}
	for name, test := range tests {
		require.Equal(t, test.want, casework.DateOf(test.at).String(), name)
	}
}

func TestStartAndEnd_BoundTheDayInEveryZone(t *testing.T) {
	t.Parallel()
	days := map[string][]string{
		// Clocks that skip midnight.
		"America/Sao_Paulo": {"2018-11-04", "2018-02-18"},
		"Asia/Beirut":       {"2023-03-26"},
		"Africa/Cairo":      {"2023-04-28"},
		// Clocks that show midnight twice.
		"America/Havana":  {"2023-03-12", "2023-11-05"},
		"Atlantic/Azores": {"2023-10-29"},
		// Clocks that change in the small hours.
		office: {"2025-03-09", "2025-11-02"},
		// Clocks that don't change, and one of a half hour.
		"America/Phoenix": {"2025-03-09"}, "Asia/Kolkata": {"2025-03-09"}, "Australia/Lord_Howe": {"2025-04-06", "2025-10-05"},
	}
	for zone, names := range days {
		loc, err := time.LoadLocation(zone)
		require.NoError(t, err)
		for _, name := range names {
			d := day(t, name)
			for n := -2; n <= 2; n++ {
				requireBounds(t, d.AddDays(n), loc)
			}
		}
	}
	saoPaulo, err := time.LoadLocation("America/Sao_Paulo")
	require.NoError(t, err)
	require.Equal(t, "2018-11-04T01:00:00-02:00", day(t, "2018-11-04").Start(saoPaulo).Format(time.RFC3339))
	require.Equal(t, "2018-11-03T23:59:59-03:00", day(t, "2018-11-03").End(saoPaulo).Format(time.RFC3339))
}

func TestStartAndEnd_BoundEveryDayOfTwentyYears(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{
		office, "America/New_York", "America/Anchorage", "Pacific/Honolulu", "Pacific/Guam", "America/Puerto_Rico",
		"America/Sao_Paulo", "Asia/Beirut",
	} {
		loc, err := time.LoadLocation(zone)
		require.NoError(t, err)
		for d := casework.NewDate(2010, time.January, 1); d.Before(casework.NewDate(2030, time.January, 1)); d = d.AddDays(1) {
			requireBounds(t, d, loc)
		}
	}
}

// requireBounds sees that a day begins at its first second and ends at its last.
func requireBounds(t *testing.T, d casework.Date, loc *time.Location) {
	t.Helper()
	start, end := d.Start(loc), d.End(loc)
	if casework.DateOf(start) != d || casework.DateOf(end) != d ||
		!casework.DateOf(start.Add(-time.Second)).Before(d) || !casework.DateOf(end.Add(time.Second)).After(d) {
		t.Fatalf("%s in %s runs from %s to %s", d, loc, start, end)
	}
	if !end.Add(time.Second).Equal(d.AddDays(1).Start(loc)) {
		t.Fatalf("%s in %s leaves a gap before the next day", d, loc)
	}
}

func TestParseDate_RefusesWhatNoCalendarHas(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"", "2025-02-29", "2025-13-01", "2025-00-10", "2025-04-31", "2025-4-1", "01/31/2025", "2025-01-31T00:00:00Z",
		" 2025-01-31", "20250131", "0000-12-31", "0001-01-01",
	} {
		d, err := casework.ParseDate(s)
		require.Error(t, err, "%q", s)
		require.True(t, d.IsZero())
	}
}

func TestDate_TravelsAsJSON(t *testing.T) {
	t.Parallel()
	type form struct {
		On    casework.Date `json:"on"`
		Until casework.Date `json:"until,omitzero"`
	}
	data, err := json.Marshal(form{On: day(t, "2024-02-29")})
	require.NoError(t, err)
	require.JSONEq(t, `{"on":"2024-02-29"}`, string(data))
	require.Equal(t, form{On: day(t, "2024-02-29")}, reread(t, form{On: day(t, "2024-02-29")}))
	require.Equal(t, form{}, reread(t, form{}), "no date stays no date")

	var f form
	require.Error(t, json.Unmarshal([]byte(`{"on":"2025-02-30"}`), &f))
	require.Error(t, json.Unmarshal([]byte(`{"on":20250230}`), &f))
	require.NoError(t, json.Unmarshal([]byte(`{"on":""}`), &f))
	require.True(t, f.On.IsZero())
}

func TestDate_IsWrittenAsPeopleReadIt(t *testing.T) {
	t.Parallel()
	require.Equal(t, "1 March 2026", day(t, "2026-03-01").Long())
	require.Empty(t, casework.Date{}.Long())
	require.Empty(t, casework.Date{}.String())
}

func TestDate_AgreesWithThePackageTimeOnEveryDay(t *testing.T) {
	t.Parallel()
	d := casework.NewDate(1599, time.December, 31)
	for at := time.Date(1599, time.December, 31, 0, 0, 0, 0, time.UTC); at.Year() < 2410; at = at.AddDate(0, 0, 1) {
		y, m, day := d.Civil()
		if y != at.Year() || m != at.Month() || day != at.Day() {
			t.Fatalf("%d-%d-%d instead of %s", y, m, day, at.Format(time.DateOnly))
		}
		if last := at.AddDate(0, 1, -at.Day()).Day(); d.MonthDays() != last {
			t.Fatalf("%s: %d days instead of %d", d, d.MonthDays(), last)
		}
		if d.MonthStart().AddMonths(-25) != casework.NewDate(y, m-25, 1) {
			t.Fatalf("%s: 25 months before", d)
		}
		d = d.AddDays(1)
	}
}
