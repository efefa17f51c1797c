package courtdays_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/internal/courtdays"
)

// The dates are those that courts and governors published for the year.
func TestClosed_AgreesWithPublishedCalendars(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, jurisdiction string
		from, to           string
		want               []string
	}{
		{
			"California 2021, with Columbus Day and the New Year's Day of 2022", "US-CA", "2021-01-01", "2021-12-31",
			[]string{
				"2021-01-01", "2021-01-18", "2021-02-12", "2021-02-15", "2021-03-31", "2021-05-31", "2021-07-05",
				"2021-09-06", "2021-10-11", "2021-11-11", "2021-11-25", "2021-11-26", "2021-12-24", "2021-12-31",
			},
		},
		{
			"California 2022, with Native American Day in its place and no Juneteenth yet", "US-CA", "2022-01-01", "2022-12-31",
			[]string{
				"2022-01-17", "2022-02-11", "2022-02-21", "2022-03-31", "2022-05-30", "2022-07-04",
				"2022-09-05", "2022-09-23", "2022-11-11", "2022-11-24", "2022-11-25", "2022-12-26",
			},
		},
		{
			"California 2023, Lincoln Day on a Sunday and Veterans Day on a Saturday", "US-CA", "2023-01-01", "2023-12-31",
			[]string{
				"2023-01-02", "2023-01-16", "2023-02-13", "2023-02-20", "2023-03-31", "2023-05-29", "2023-06-19", "2023-07-04",
				"2023-09-04", "2023-09-22", "2023-11-10", "2023-11-23", "2023-11-24", "2023-12-25",
			},
		},
		{
			"California 2024, Cesar Chavez Day on a Sunday", "US-CA", "2024-01-01", "2024-12-31",
			[]string{
				"2024-01-01", "2024-01-15", "2024-02-12", "2024-02-19", "2024-04-01", "2024-05-27", "2024-06-19", "2024-07-04",
				"2024-09-02", "2024-09-27", "2024-11-11", "2024-11-28", "2024-11-29", "2024-12-25",
			},
		},
		{
			"California 2026, Independence Day on a Saturday", "US-CA", "2026-01-01", "2026-12-31",
			[]string{
				"2026-01-01", "2026-01-19", "2026-02-12", "2026-02-16", "2026-03-31", "2026-05-25", "2026-06-19", "2026-07-03",
				"2026-09-07", "2026-09-25", "2026-11-11", "2026-11-26", "2026-11-27", "2026-12-25",
			},
		},
		{
			"Georgia 2025, with Washington's Birthday on its own day", "US-GA", "2025-01-01", "2025-12-31",
			[]string{
				"2025-01-01", "2025-01-20", "2025-02-17", "2025-04-18", "2025-05-26", "2025-06-19", "2025-07-04",
				"2025-09-01", "2025-10-13", "2025-11-11", "2025-11-27", "2025-11-28", "2025-12-25",
			},
		},
		{
			"Georgia in the summer of 2021, before Juneteenth", "US-GA", "2021-06-01", "2021-08-31",
			[]string{"2021-07-05"},
		},
		{
			"Georgia 2027, when the Governor has not named days yet", "US-GA", "2027-03-01", "2027-11-30",
			[]string{"2027-05-31", "2027-06-18", "2027-07-05", "2027-09-06", "2027-10-11", "2027-11-11", "2027-11-25"},
		},
		{
			"Washington at the turn of 2022, New Year's Day on a Saturday", "US-WA", "2021-12-01", "2022-01-31",
			[]string{"2021-12-24", "2021-12-31", "2022-01-17"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dates, err := courtdays.Closed(c.jurisdiction)
			require.NoError(t, err)
			var got []string
			for _, d := range dates {
				if s := d.String(); c.from <= s && s <= c.to {
					got = append(got, s)
				}
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestClosed_RefusesAJurisdictionThatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	_, err := courtdays.Closed("US-XX")
	require.ErrorContains(t, err, "US-XX")
}

func TestClosed_LeavesWeekendsToTheCalendar(t *testing.T) {
	t.Parallel()
	for _, jurisdiction := range []string{"US-CA", "US-GA", "US-WA"} {
		dates, err := courtdays.Closed(jurisdiction)
		require.NoError(t, err)
		for i, d := range dates {
			require.NotContains(t, []string{"Saturday", "Sunday"}, d.Weekday().String(), d)
			require.True(t, i == 0 || dates[i-1].Before(d), "%s %s", jurisdiction, d)
		}
	}
}
