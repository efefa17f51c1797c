package policy_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/policy"
)

// Friday 22 May 2026; Monday is Memorial Day and closed in Washington, where two
// working days end on Wednesday. The federal pack knows no holiday: Tuesday.
func TestWorkingDays_OfAFederalClockAreThoseOfTheState(t *testing.T) {
	t.Parallel()
	offered := fact(casework.FactWorkerAssigned, "2026-05-22T15:00:00-07:00", ref("assignment-1"))
	for pack, due := range map[string]string{"us-federal@2025.1": "2026-05-26", "washington@2025.1": "2026-05-27"} {
		d := only(t, suite{pack: pack, zone: "America/Los_Angeles", clock: "assignment-acceptance"}, "2026-05-22", offered)
		require.Equal(t, due, d.Due, pack)
		require.Equal(t, pack == "us-federal@2025.1", slices.Contains(d.Why, "no holidays are known, only weekends"))
	}
}

func TestNextWorkday_IsTheNextOneOfTheOfficeAndEndsWithItsLastSecond(t *testing.T) {
	t.Parallel()
	library, err := policy.Load()
	require.NoError(t, err)
	for name, test := range map[string]struct{ pack, zone, at, date, end string }{
		"in a week": {"washington@2025.1", "America/Los_Angeles", "2026-11-17T14:00:00-08:00", "2026-11-18", "2026-11-18T23:59:59-08:00"},
		"two at night is that day": {
			"washington@2025.1", "America/Los_Angeles", "2026-11-17T02:00:00-08:00", "2026-11-18", "2026-11-18T23:59:59-08:00",
		},
		"the office's day, not London's": {
			"washington@2025.1", "America/Los_Angeles", "2026-11-18T06:00:00Z", "2026-11-18", "2026-11-18T23:59:59-08:00",
		},
		"Friday night": {"washington@2025.1", "America/Los_Angeles", "2026-11-20T22:10:00-08:00", "2026-11-23", "2026-11-23T23:59:59-08:00"},
		"Saturday":     {"washington@2025.1", "America/Los_Angeles", "2026-11-21T03:00:00-08:00", "2026-11-23", "2026-11-23T23:59:59-08:00"},
		// Thanksgiving 26 November and the day after are closed, then comes the weekend.
		"before Thanksgiving": {"washington@2025.1", "America/Los_Angeles", "2026-11-25T20:00:00-08:00", "2026-11-30", "2026-11-30T23:59:59-08:00"},
		// The federal pack lists no holidays.
		"no calendar":      {"us-federal@2025.1", "America/New_York", "2026-11-25T20:00:00-05:00", "2026-11-26", "2026-11-26T23:59:59-05:00"},
		"no calendar, Fri": {"us-federal@2025.1", "America/New_York", "2026-11-20T20:00:00-05:00", "2026-11-23", "2026-11-23T23:59:59-05:00"},
		// 8 March 2026 has 23 hours, but is a Sunday; the Monday after is on summer time.
		"into summer time":      {"washington@2025.1", "America/Los_Angeles", "2026-03-06T23:59:59-08:00", "2026-03-09", "2026-03-09T23:59:59-07:00"},
		"past the listed years": {"washington@2025.1", "America/Los_Angeles", "2036-07-03T12:00:00-07:00", "2036-07-04", "2036-07-04T23:59:59-07:00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pack, err := library.Pack(test.pack)
			require.NoError(t, err)
			zone, err := time.LoadLocation(test.zone)
			require.NoError(t, err)
			at, err := time.Parse(time.RFC3339, test.at)
			require.NoError(t, err)
			day := pack.NextWorkday(at, zone)
			require.Equal(t, test.date, day.Date.String())
			require.Equal(t, test.end, day.End.Format(time.RFC3339))
		})
	}
}
