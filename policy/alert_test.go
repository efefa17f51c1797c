package policy_test

import (
	"testing"

	"homeward/casework"
)

func TestMissingChildReport_BothWithinADay(t *testing.T) {
	t.Parallel()
	s := suite{pack: "us-federal@2025.1", zone: "America/Chicago", clock: "missing-child-report"}
	missing := fact(casework.FactChildMissing, "2025-02-03T22:15:00-06:00")
	police := fact(casework.FactMissingReported, "2025-02-03T23:00:00-06:00", to("law-enforcement"))
	s.run(t, []vector{
		{"nobody told", []casework.Fact{missing}, "2025-02-04", []string{"1 2025-02-04T22:15:00-06:00 overdue"}},
		{"only the police", []casework.Fact{missing, police}, "2025-02-04T12:00:00-06:00", []string{"1 2025-02-04T22:15:00-06:00 open"}},
		{
			"both in time",
			[]casework.Fact{missing, police, fact(casework.FactMissingReported, "2025-02-04T08:00:00-06:00", to("ncmec"))},
			"2025-02-05",
			[]string{"1 2025-02-04T22:15:00-06:00 met 2025-02-04T08:00:00-06:00"},
		},
		{
			"one of them late",
			[]casework.Fact{missing, police, fact(casework.FactMissingReported, "2025-02-05T08:00:00-06:00", to("ncmec"))},
			"2025-02-06",
			[]string{"1 2025-02-04T22:15:00-06:00 met-late 2025-02-05T08:00:00-06:00"},
		},
		{
			"missing twice, told twice",
			[]casework.Fact{
				missing, police, fact(casework.FactMissingReported, "2025-02-04T08:00:00-06:00", to("ncmec")),
				fact(casework.FactChildFound, "2025-02-06T08:00:00-06:00"), fact(casework.FactChildMissing, "2025-02-10T10:00:00-06:00"),
			},
			"2025-02-10",
			[]string{
				"1 2025-02-04T22:15:00-06:00 met 2025-02-04T08:00:00-06:00", "2 2025-02-11T10:00:00-06:00 open",
			},
		},
	})
}

func TestOutOfStateVisit_EachSixMonthsWhileThere(t *testing.T) {
	t.Parallel()
	s := suite{pack: "us-federal@2025.1", zone: "America/Chicago", clock: "out-of-state-visit"}
	removed := fact(casework.FactChildRemoved, "2024-01-10")
	s.run(t, []vector{
		{
			"each six months while there",
			[]casework.Fact{
				removed, fact(casework.FactPlacementStarted, "2024-03-31", setting("out-of-state")),
				fact(casework.FactVisitMade, "2024-08-31", inResidence),
			},
			"2024-09-01",
			[]string{"1 2024-09-30 met 2024-08-31", "2 2025-02-28 open"},
		},
		{
			"moved back",
			[]casework.Fact{
				removed, fact(casework.FactPlacementStarted, "2024-03-31", setting("out-of-state")),
				fact(casework.FactVisitMade, "2024-08-31", inResidence), fact(casework.FactPlacementStarted, "2024-12-01", setting("relative")),
			},
			"2025-09-01",
			[]string{"1 2024-09-30 met 2024-08-31"},
		},
	})
}

func TestTraffickingReport_WithinADay(t *testing.T) {
	t.Parallel()
	s := suite{pack: "us-federal@2025.1", zone: "America/Chicago", clock: "trafficking-report"}
	suspected := fact(casework.FactTraffickingSuspected, "2025-03-08T20:30:00-06:00")
	s.run(t, []vector{
		{"over the change of the clocks", []casework.Fact{suspected}, "2025-03-08T21:00:00-06:00", []string{"1 2025-03-09T21:30:00-05:00 open"}},
		{"missed", []casework.Fact{suspected}, "2025-03-10", []string{"1 2025-03-09T21:30:00-05:00 overdue"}},
		{
			"told",
			[]casework.Fact{suspected, fact(casework.FactMissingReported, "2025-03-09T21:30:00-05:00", to("law-enforcement"))},
			"2025-03-10",
			[]string{"1 2025-03-09T21:30:00-05:00 met 2025-03-09T21:30:00-05:00"},
		},
		{
			"told somebody else",
			[]casework.Fact{suspected, fact(casework.FactMissingReported, "2025-03-09T08:00:00-05:00", to("school"))},
			"2025-03-10",
			[]string{"1 2025-03-09T21:30:00-05:00 overdue"},
		},
	})
}

func TestVoluntaryPlacement_FindingWithin180Days(t *testing.T) {
	t.Parallel()
	s := suite{pack: "us-federal@2025.1", zone: "America/Chicago", clock: "voluntary-placement-finding"}
	signed := fact(casework.FactVoluntaryAgreement, "2024-01-10")
	s.run(t, []vector{
		{"over leap day", []casework.Fact{signed}, "2024-02-01", []string{"1 2024-07-08 open"}},
		{"in a plain year", []casework.Fact{fact(casework.FactVoluntaryAgreement, "2025-01-10")}, "2025-02-01", []string{"1 2025-07-09 open"}},
		{
			"found",
			[]casework.Fact{signed, fact(casework.FactCourtOrder, "2024-07-08", contraryToWelfare)},
			"2024-08-01",
			[]string{"1 2024-07-08 met 2024-07-08"},
		},
		{"home before", []casework.Fact{signed, fact(casework.FactEpisodeEnded, "2024-06-01")}, "2024-08-01", nil},
	})
}

func TestNoEffortsRequired_HearingInThirtyAndPetitionInSixtyDays(t *testing.T) {
	t.Parallel()
	removed := fact(casework.FactChildRemoved, "2024-01-10")
	found := fact(casework.FactEffortsNotRequired, "2024-01-30")
	suite{pack: "us-federal@2025.1", zone: "America/Chicago", clock: "no-efforts-permanency-hearing"}.run(t, []vector{
		{"ends on leap day", []casework.Fact{removed, found}, "2024-02-01", []string{"1 2024-02-29 open"}},
		{
			"held late",
			[]casework.Fact{removed, found, fact(casework.FactPermanencyHearingHeld, "2024-03-01")},
			"2024-03-02",
			[]string{"1 2024-02-29 met-late 2024-03-01"},
		},
		{"no such finding", []casework.Fact{removed}, "2024-02-01", nil},
	})
	suite{pack: "us-federal@2025.1", zone: "America/Chicago", clock: "no-efforts-tpr-petition"}.run(t, []vector{
		{"sixty days", []casework.Fact{removed, found}, "2024-02-01", []string{"1 2024-03-30 open"}},
		{
			"an exception is documented",
			[]casework.Fact{removed, found, fact(casework.FactTPRException, "2024-02-10")},
			"2024-05-01",
			[]string{"1 2024-03-30 waived"},
		},
	})
}
