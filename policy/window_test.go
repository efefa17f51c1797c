package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestTPRPetition_FifteenOfTheMostRecentTwentyTwoMonths(t *testing.T) {
	t.Parallel()
	s := suite{pack: "us-federal@2025.1", zone: "America/Chicago", clock: "tpr-petition"}
	s.run(t, []vector{
		{
			"one stay: the end of the fifteenth month from entry",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10"), fact(casework.FactMaltreatmentFound, "2024-04-02")},
			"2025-03-01",
			[]string{"1 2025-06-10 open"},
		},
		{
			"the fifteenth month ends in February",
			enteredOn("2024-11-30"),
			"2025-03-01",
			[]string{"1 2026-02-28 open"},
		},
		{
			"entry on leap day",
			enteredOn("2024-02-29"),
			"2025-03-01",
			[]string{"1 2025-05-29 open"},
		},
		{
			"181 days of trial home visit put it off by 181 days",
			append(enteredOn("2024-03-10"),
				fact(casework.FactTrialHomeVisitStarted, "2025-01-01", until("2025-06-30")), fact(casework.FactTrialHomeVisitEnded, "2025-07-01")),
			"2025-08-01",
			[]string{"1 2025-12-08 open"},
		},
		{
			"a trial home visit that ended early counts as long as it lasted: 31 days",
			append(enteredOn("2024-03-10"),
				fact(casework.FactTrialHomeVisitStarted, "2025-01-01", until("2025-06-30")), fact(casework.FactTrialHomeVisitEnded, "2025-02-01")),
			"2025-02-02",
			[]string{"1 2025-07-11 open"},
		},
		{
			"during a trial home visit: paused, with the date that its planned end gives",
			append(enteredOn("2024-03-10"), fact(casework.FactTrialHomeVisitStarted, "2025-01-01", until("2025-06-30"), courtOrdered)),
			"2025-03-01",
			[]string{"1 2025-12-08 paused"},
		},
		{
			"a plan beyond six months without an order: only the six months are left out, 182 days",
			append(enteredOn("2024-03-10"), fact(casework.FactTrialHomeVisitStarted, "2025-01-01", until("2025-09-30"))),
			"2025-08-01",
			[]string{"1 2025-12-09 open"},
		},
		{
			"five days of absence put it off by five",
			append(enteredOn("2024-03-10"),
				fact(casework.FactChildMissing, "2024-12-30T22:00:00-06:00"), fact(casework.FactChildFound, "2025-01-04T06:00:00-06:00")),
			"2025-02-01",
			[]string{"1 2025-06-15 open"},
		},
		{
			"still missing: paused, not before the date without the absence",
			append(enteredOn("2024-03-10"), fact(casework.FactChildMissing, "2024-12-30T22:00:00-06:00")),
			"2025-07-01",
			[]string{"1 2025-06-10 paused"},
		},
		{
			"missing during a trial home visit: each day is left out once",
			append(enteredOn("2024-03-10"),
				fact(casework.FactTrialHomeVisitStarted, "2025-01-01"), fact(casework.FactChildMissing, "2025-01-20"),
				fact(casework.FactChildFound, "2025-02-05"), fact(casework.FactTrialHomeVisitEnded, "2025-02-01")),
			"2025-02-06",
			[]string{"1 2025-07-15 open"},
		},
		{
			"missing after it was overdue: overdue it stays",
			append(enteredOn("2024-03-10"), fact(casework.FactChildMissing, "2025-06-20")),
			"2025-07-01",
			[]string{"1 2025-06-10 overdue"},
		},
		{
			"a hospital stay counts",
			append(enteredOn("2024-03-10"),
				fact(casework.FactPlacementStarted, "2024-06-01", setting("hospital")), fact(casework.FactPlacementEnded, "2024-08-01")),
			"2025-03-01",
			[]string{"1 2025-06-10 open"},
		},
		{
			"183 days of an earlier stay inside the window: 275 more are enough",
			append(enteredOn("2022-06-10"),
				fact(casework.FactEpisodeEnded, "2022-12-10"),
				fact(casework.FactChildRemoved, "2023-03-01"), fact(casework.FactMaltreatmentFound, "2023-03-01")),
			"2023-04-01",
			[]string{"2 2023-12-01 open"},
		},
		{
			// 243 days before and 215 now would make 458 on 2024-01-02, but by
			// then the window has left 51 of the old ones behind, and each new
			// day costs an old one until the old stay is out on 2024-07-10.
			"the window slides over an earlier stay: the count stands still for months",
			append(enteredOn("2022-01-10"),
				fact(casework.FactEpisodeEnded, "2022-09-10"),
				fact(casework.FactChildRemoved, "2023-06-01"), fact(casework.FactMaltreatmentFound, "2023-06-01")),
			"2023-07-01",
			[]string{"2 2024-09-01 open"},
		},
		{
			"time at home between removal and entry into care does not count: a stay of 50 days adds nothing",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2023-01-10"), fact(casework.FactEpisodeEnded, "2023-03-01"),
				fact(casework.FactChildRemoved, "2024-01-10"), fact(casework.FactMaltreatmentFound, "2024-03-10"),
			},
			"2024-04-01",
			[]string{"2 2025-06-10 open"},
		},
		{
			"filed in time",
			append(enteredOn("2024-03-10"), fact(casework.FactTPRPetitionFiled, "2025-06-10")),
			"2025-07-01",
			[]string{"1 2025-06-10 met 2025-06-10"},
		},
		{
			"filed late",
			append(enteredOn("2024-03-10"), fact(casework.FactTPRPetitionFiled, "2025-06-11")),
			"2025-07-01",
			[]string{"1 2025-06-10 met-late 2025-06-11"},
		},
		{
			"an exception is documented",
			append(enteredOn("2024-03-10"), fact(casework.FactTPRException, "2025-05-01")),
			"2025-07-01",
			[]string{"1 2025-06-10 waived"},
		},
		{
			"at risk thirty days before",
			enteredOn("2024-03-10"),
			"2025-05-11",
			[]string{"1 2025-06-10 at-risk"},
		},
		{
			"home before: nobody owes it",
			append(enteredOn("2024-03-10"), fact(casework.FactEpisodeEnded, "2025-06-10")),
			"2025-07-01", nil,
		},
		{
			"a corrected removal",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10", id("a")),
				fact(casework.FactChildRemoved, "2024-01-08", corrects("a")),
			},
			"2025-03-01",
			[]string{"1 2025-06-08 open"},
		},
	})
}

func TestTPRPetition_ReasonGivesTheCountAndTheWindow(t *testing.T) {
	t.Parallel()
	s := suite{zone: "America/Chicago"}
	in := s.input(t, []casework.Fact{
		fact(casework.FactChildRemoved, "2024-01-10"),
		fact(casework.FactTrialHomeVisitStarted, "2025-01-01", until("2025-06-30"), courtOrdered),
	})
	for _, d := range packNamed(t, "us-federal@2025.1").Evaluate(in, instant(t, "2025-03-01", in.Zone)) {
		if d.Clock == "tpr-petition" {
			require.Equal(t, []string{
				"child removed 2024-01-10",
				"no finding by day 60, so entered care 2024-03-10",
				"15 months of the 22 months from 2024-02-09: 457 days in care, 181 days not counted",
				"= 2025-12-08",
				"no day counts during trial home visit from 2025-01-01 to 2025-06-30",
			}, d.Why)
			return
		}
	}
	require.Fail(t, "no duty")
}
