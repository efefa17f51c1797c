package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// enteredOn makes the facts of a child who entered care on a day by a finding.
func enteredOn(day string) []casework.Fact {
	return []casework.Fact{fact(casework.FactChildRemoved, day), fact(casework.FactMaltreatmentFound, day)}
}

func TestPeriodicReview_SixMonthsFromEntryThenFromTheLastHeld(t *testing.T) {
	t.Parallel()
	s := suite{pack: "us-federal@2025.1", zone: "America/Chicago", clock: "periodic-review"}
	s.run(t, []vector{
		{
			"from entry, not from removal",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10")},
			"2024-02-01",
			[]string{"1 2024-09-10 open"},
		},
		{
			"clamped to the end of February",
			enteredOn("2024-08-31"),
			"2024-09-01",
			[]string{"1 2025-02-28 open"},
		},
		{
			"clamped to leap day",
			enteredOn("2023-08-31"),
			"2023-09-01",
			[]string{"1 2024-02-29 open"},
		},
		{
			"a week before, at risk",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10")},
			"2024-09-03",
			[]string{"1 2024-09-10 at-risk"},
		},
		{
			"held early: the next counts from the date held",
			append(enteredOn("2024-03-10"), fact(casework.FactReviewHeld, "2024-08-15")),
			"2024-08-16",
			[]string{"1 2024-09-10 met 2024-08-15", "2 2025-02-15 open"},
		},
		{
			"held on the last day of a month",
			append(enteredOn("2024-03-10"), fact(casework.FactReviewHeld, "2024-08-31")),
			"2024-09-01",
			[]string{"1 2024-09-10 met 2024-08-31", "2 2025-02-28 open"},
		},
		{
			"held late: the next counts from the date held",
			append(enteredOn("2024-03-10"), fact(casework.FactReviewHeld, "2024-10-20")),
			"2024-10-21",
			[]string{"1 2024-09-10 met-late 2024-10-20", "2 2025-04-20 open"},
		},
		{
			"missed: the one after is still owed in its time",
			enteredOn("2024-03-10"),
			"2024-10-01",
			[]string{"1 2024-09-10 overdue", "2 2025-03-10 open"},
		},
		{
			"missed twice and then held: both are late, the next counts from then",
			append(enteredOn("2024-03-10"), fact(casework.FactReviewHeld, "2025-04-01")),
			"2025-04-02",
			[]string{
				"1 2024-09-10 met-late 2025-04-01", "2 2025-03-10 met-late 2025-04-01", "3 2025-10-01 open",
			},
		},
		{
			"two reviews on one day are one",
			append(enteredOn("2024-03-10"), fact(casework.FactReviewHeld, "2024-08-15"), fact(casework.FactReviewHeld, "2024-08-15")),
			"2024-08-16",
			[]string{"1 2024-09-10 met 2024-08-15", "2 2025-02-15 open"},
		},
		{
			"the date of a review is corrected: the next moves with it",
			append(enteredOn("2024-03-10"),
				fact(casework.FactReviewHeld, "2024-08-15", id("a")), fact(casework.FactReviewHeld, "2024-08-22", corrects("a"))),
			"2024-08-23",
			[]string{"1 2024-09-10 met 2024-08-22", "2 2025-02-22 open"},
		},
		{
			"in hospital when it falls due: not owed",
			append(enteredOn("2024-03-10"), fact(casework.FactPlacementStarted, "2024-09-01", setting("hospital"))),
			"2024-10-01",
			[]string{"1 2024-09-10 paused"},
		},
		{
			"back from hospital: due that day, and the schedule stays",
			append(enteredOn("2024-03-10"), fact(casework.FactPlacementStarted, "2024-09-01", setting("hospital")),
				fact(casework.FactPlacementStarted, "2024-09-20", setting("foster-home"))),
			"2024-10-01",
			[]string{"1 2024-09-20 overdue", "2 2025-03-10 open"},
		},
		{
			"in detention before it falls due, and back in time: the date stays",
			append(enteredOn("2024-03-10"), fact(casework.FactPlacementStarted, "2024-06-01", setting("detention")),
				fact(casework.FactPlacementEnded, "2024-07-01")),
			"2024-08-01",
			[]string{"1 2024-09-10 open"},
		},
		{
			"overdue before the hospital: overdue it stays",
			append(enteredOn("2024-03-10"), fact(casework.FactPlacementStarted, "2024-09-15", setting("hospital"))),
			"2024-10-01",
			[]string{"1 2024-09-10 overdue", "2 2025-03-10 paused"},
		},
		{
			"two dates fell into one long stay in hospital: owed once",
			append(enteredOn("2024-03-10"), fact(casework.FactPlacementStarted, "2024-09-01", setting("hospital")),
				fact(casework.FactPlacementStarted, "2025-04-05", setting("relative"))),
			"2025-04-05",
			[]string{"1 2025-04-05 at-risk"},
		},
		{
			"a trial home visit does not stop reviews",
			append(enteredOn("2024-03-10"), fact(casework.FactTrialHomeVisitStarted, "2024-08-01")),
			"2024-10-01",
			[]string{"1 2024-09-10 overdue", "2 2025-03-10 open"},
		},
		{
			"an absence does not stop reviews",
			append(enteredOn("2024-03-10"), fact(casework.FactChildMissing, "2024-08-01T20:00:00-05:00")),
			"2024-10-01",
			[]string{"1 2024-09-10 overdue", "2 2025-03-10 open"},
		},
		{
			"home: what was missed stays, what was to come goes",
			append(enteredOn("2024-03-10"), fact(casework.FactEpisodeEnded, "2025-01-15")),
			"2025-06-01",
			[]string{"1 2024-09-10 incurable"},
		},
		{
			"a new stay counts anew, with the numbers after those that were given",
			append(enteredOn("2024-03-10"), fact(casework.FactReviewHeld, "2024-09-01"), fact(casework.FactEpisodeEnded, "2025-01-15"),
				fact(casework.FactChildRemoved, "2025-06-01"), fact(casework.FactMaltreatmentFound, "2025-06-10")),
			"2025-06-11",
			[]string{"1 2024-09-10 met 2024-09-01", "3 2025-12-10 open"},
		},
	})
}

func TestPermanencyHearing_TwelveMonthsFromEntryThenFromTheLastHeld(t *testing.T) {
	t.Parallel()
	s := suite{pack: "us-federal@2025.1", zone: "America/Chicago", clock: "permanency-hearing"}
	s.run(t, []vector{
		{
			"finding after day 60",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10"), fact(casework.FactMaltreatmentFound, "2024-04-02")},
			"2025-03-01",
			[]string{"1 2025-03-10 open"},
		},
		{
			"finding before day 60",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10"), fact(casework.FactMaltreatmentFound, "2024-02-20")},
			"2025-01-01",
			[]string{"1 2025-02-20 open"},
		},
		{
			"entry on leap day",
			enteredOn("2024-02-29"),
			"2025-01-01",
			[]string{"1 2025-02-28 open"},
		},
		{
			"held each year",
			append(enteredOn("2024-02-29"), fact(casework.FactPermanencyHearingHeld, "2025-02-28"), fact(casework.FactPermanencyHearingHeld, "2026-02-10")),
			"2026-02-11",
			[]string{"1 2025-02-28 met 2025-02-28", "2 2026-02-28 met 2026-02-10", "3 2027-02-10 open"},
		},
		{
			"the finding on efforts is not the hearing",
			append(enteredOn("2024-03-10"), fact(casework.FactCourtOrder, "2025-03-01", effortsToFinalize)),
			"2025-03-11",
			[]string{"1 2025-03-10 overdue", "2 2026-03-10 open"},
		},
		{
			"in detention on the day",
			append(enteredOn("2024-03-10"), fact(casework.FactPlacementStarted, "2025-03-01", setting("detention"))),
			"2025-03-11",
			[]string{"1 2025-03-10 paused"},
		},
	})
}

func TestEffortsToFinalize_ItsOwnFindingEachTwelveMonths(t *testing.T) {
	t.Parallel()
	s := suite{pack: "us-federal@2025.1", zone: "America/Chicago", clock: "efforts-to-finalize-finding"}
	s.run(t, []vector{
		{
			"the hearing is not the finding",
			append(enteredOn("2024-03-10"), fact(casework.FactPermanencyHearingHeld, "2025-03-01"), fact(casework.FactCourtOrder, "2025-03-01")),
			"2025-03-11",
			[]string{"1 2025-03-10 overdue", "2 2026-03-10 open"},
		},
		{
			"late, and curable: the next counts from the finding",
			append(enteredOn("2024-03-10"), fact(casework.FactCourtOrder, "2025-05-31", effortsToFinalize)),
			"2025-06-01",
			[]string{"1 2025-03-10 met-late 2025-05-31", "2 2026-05-31 open"},
		},
		{
			"leap day",
			append(enteredOn("2023-03-10"), fact(casework.FactCourtOrder, "2024-02-29", effortsToFinalize)),
			"2024-03-01",
			[]string{"1 2024-03-10 met 2024-02-29", "2 2025-02-28 open"},
		},
	})
}

func TestCaseworkerVisit_OnceInEachFullCalendarMonth(t *testing.T) {
	t.Parallel()
	s := suite{pack: "us-federal@2025.1", zone: "America/Los_Angeles", clock: "caseworker-visit"}
	removed := fact(casework.FactChildRemoved, "2025-01-10")
	s.run(t, []vector{
		{
			"the month of removal asks for nothing",
			[]casework.Fact{removed},
			"2025-01-11",
			[]string{"1 2025-02-28 open"},
		},
		{
			"a removal on the first asks for that month",
			[]casework.Fact{fact(casework.FactChildRemoved, "2025-02-01")},
			"2025-02-02",
			[]string{"1 2025-02-28 open"},
		},
		{
			"leap February",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-31")},
			"2024-02-01",
			[]string{"1 2024-02-29 open"},
		},
		{
			"over new year",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-12-15")},
			"2024-12-31",
			[]string{"1 2025-01-31 open"},
		},
		{
			"at risk in the last week",
			[]casework.Fact{removed},
			"2025-02-21T00:00:00-08:00",
			[]string{"1 2025-02-28 at-risk"},
		},
		{
			"the evening of the last day is still that month, although it is the next in UTC",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-12-15"),
				fact(casework.FactVisitMade, "2025-02-01T03:30:00Z"),
			},
			"2025-02-01",
			[]string{"1 2025-01-31 met 2025-01-31", "2 2025-02-28 open"},
		},
		{
			"a visit before the first full month meets nothing",
			[]casework.Fact{removed, fact(casework.FactVisitMade, "2025-01-20")},
			"2025-02-02",
			[]string{"1 2025-02-28 open"},
		},
		{
			"many visits in a month are one",
			[]casework.Fact{
				removed, fact(casework.FactVisitMade, "2025-02-03"), fact(casework.FactVisitMade, "2025-02-10"),
				fact(casework.FactVisitMade, "2025-02-17"),
			},
			"2025-02-20",
			[]string{"1 2025-02-28 met 2025-02-03", "2 2025-03-31 open"},
		},
		{
			"thirty days apart is not the rule: the 1st of February and the 31st of March",
			[]casework.Fact{removed, fact(casework.FactVisitMade, "2025-02-01"), fact(casework.FactVisitMade, "2025-03-31")},
			"2025-04-01",
			[]string{"1 2025-02-28 met 2025-02-01", "2 2025-03-31 met 2025-03-31", "3 2025-04-30 open"},
		},
		{
			"a missed month",
			[]casework.Fact{removed, fact(casework.FactVisitMade, "2025-02-10")},
			"2025-04-01",
			[]string{"1 2025-02-28 met 2025-02-10", "2 2025-03-31 overdue", "3 2025-04-30 open"},
		},
		{
			"a missed month and the late visit, which is also that of its own month",
			[]casework.Fact{removed, fact(casework.FactVisitMade, "2025-02-10"), fact(casework.FactVisitMade, "2025-04-02")},
			"2025-04-03",
			[]string{
				"1 2025-02-28 met 2025-02-10", "2 2025-03-31 met-late 2025-04-02", "3 2025-04-30 met 2025-04-02", "4 2025-05-31 open",
			},
		},
		{
			"a visit in time that was written down a month later is in time",
			[]casework.Fact{
				removed, fact(casework.FactVisitMade, "2025-02-10"),
				fact(casework.FactVisitMade, "2025-03-31T23:59:59-07:00", recorded("2025-05-05")),
			},
			"2025-04-03",
			[]string{"1 2025-02-28 met 2025-02-10", "2 2025-03-31 met 2025-03-31", "3 2025-04-30 open"},
		},
		{
			"a trial home visit and an absence ask for visits like any month",
			[]casework.Fact{
				removed, fact(casework.FactTrialHomeVisitStarted, "2025-01-20"),
				fact(casework.FactChildMissing, "2025-02-01T08:00:00-08:00"),
			},
			"2025-03-01",
			[]string{"1 2025-02-28 overdue", "2 2025-03-31 open"},
		},
		{
			"home in the middle of a month: that month was not full",
			[]casework.Fact{removed, fact(casework.FactVisitMade, "2025-02-10"), fact(casework.FactEpisodeEnded, "2025-03-15")},
			"2025-04-03",
			[]string{"1 2025-02-28 met 2025-02-10"},
		},
		{
			"home on the last day of a month: that month was not full either",
			[]casework.Fact{removed, fact(casework.FactVisitMade, "2025-02-10"), fact(casework.FactEpisodeEnded, "2025-03-31")},
			"2025-04-03",
			[]string{"1 2025-02-28 met 2025-02-10"},
		},
		{
			"home on the first: the month before was full",
			[]casework.Fact{removed, fact(casework.FactVisitMade, "2025-02-10"), fact(casework.FactEpisodeEnded, "2025-04-01")},
			"2025-04-03",
			[]string{"1 2025-02-28 met 2025-02-10", "2 2025-03-31 incurable"},
		},
		{
			"a corrected date moves the visit to another month",
			[]casework.Fact{
				removed, fact(casework.FactVisitMade, "2025-02-28", id("a")),
				fact(casework.FactVisitMade, "2025-03-01", corrects("a")),
			},
			"2025-03-02",
			[]string{"1 2025-02-28 met-late 2025-03-01", "2 2025-03-31 met 2025-03-01", "3 2025-04-30 open"},
		},
		{
			"a second stay goes on counting",
			[]casework.Fact{
				removed, fact(casework.FactVisitMade, "2025-02-10"), fact(casework.FactEpisodeEnded, "2025-03-15"),
				fact(casework.FactChildRemoved, "2025-06-20"),
			},
			"2025-06-21",
			[]string{"1 2025-02-28 met 2025-02-10", "3 2025-07-31 open"},
		},
	})
}

func TestCaseworkerVisit_LadderIsInLocalTime(t *testing.T) {
	t.Parallel()
	s := suite{pack: "us-federal@2025.1", zone: "America/Los_Angeles"}
	in := s.input(t, []casework.Fact{fact(casework.FactChildRemoved, "2025-02-10")})
	var rungs []casework.Rung
	for _, d := range packNamed(t, s.pack).Evaluate(in, instant(t, "2025-03-01", in.Zone)) {
		if d.Clock == "caseworker-visit" {
			rungs = d.Rungs
		}
	}
	caseworker, supervisor, manager := casework.RoleCaseworker, casework.RoleSupervisor, casework.RoleManager
	require.Equal(t, []casework.Rung{
		{Kind: casework.RungAtRisk, At: instant(t, "2025-03-24T07:00:00Z", nil), Tell: []casework.Role{caseworker}},
		{Kind: casework.RungOverdue, At: instant(t, "2025-04-01T07:00:00Z", nil), Tell: []casework.Role{caseworker, supervisor}},
		{Kind: casework.RungEscalated, At: instant(t, "2025-04-08T07:00:00Z", nil), Tell: []casework.Role{manager}},
	}, rungs)
}
