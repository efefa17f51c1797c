package policy_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/policy"
)

func TestEnteredCare_FindingOrDaySixty(t *testing.T) {
	t.Parallel()
	pack := packNamed(t, "us-federal@2025.1")
	s := suite{zone: "America/Chicago"}
	tests := []struct {
		name  string
		facts []casework.Fact
		want  policy.Entry
	}{
		{
			"a finding after day 60 comes too late to count",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10"), fact(casework.FactMaltreatmentFound, "2024-04-02")},
			policy.Entry{
				Removed: day("2024-01-10"), On: day("2024-03-10"),
				Why: []string{"child removed 2024-01-10", "no finding by day 60, so entered care 2024-03-10"},
			},
		},
		{
			"a finding before",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10"), fact(casework.FactMaltreatmentFound, "2024-02-20")},
			policy.Entry{
				Removed: day("2024-01-10"), On: day("2024-02-20"),
				Why: []string{"child removed 2024-01-10", "abuse or neglect found 2024-02-20, so entered care 2024-02-20"},
			},
		},
		{
			"a finding on day 60 itself",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10"), fact(casework.FactMaltreatmentFound, "2024-03-10")},
			policy.Entry{
				Removed: day("2024-01-10"), On: day("2024-03-10"),
				Why: []string{"child removed 2024-01-10", "abuse or neglect found 2024-03-10, so entered care 2024-03-10"},
			},
		},
		{
			"a finding from before the removal is another matter",
			[]casework.Fact{fact(casework.FactMaltreatmentFound, "2023-12-01"), fact(casework.FactChildRemoved, "2024-01-10")},
			policy.Entry{
				Removed: day("2024-01-10"), On: day("2024-03-10"),
				Why: []string{"child removed 2024-01-10", "no finding by day 60, so entered care 2024-03-10"},
			},
		},
		{
			"the first of two findings",
			[]casework.Fact{
				fact(casework.FactMaltreatmentFound, "2024-02-25"), fact(casework.FactMaltreatmentFound, "2024-02-20"),
				fact(casework.FactChildRemoved, "2024-01-10"),
			},
			policy.Entry{
				Removed: day("2024-01-10"), On: day("2024-02-20"),
				Why: []string{"child removed 2024-01-10", "abuse or neglect found 2024-02-20, so entered care 2024-02-20"},
			},
		},
		{
			"each stay has its own",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2023-01-10"), fact(casework.FactEpisodeEnded, "2023-02-10"),
				fact(casework.FactChildRemoved, "2024-01-10"), fact(casework.FactEpisodeEnded, "2024-09-10"),
			},
			policy.Entry{
				Removed: day("2024-01-10"), On: day("2024-03-10"), Ended: day("2024-09-10"),
				Why: []string{"child removed 2024-01-10", "no finding by day 60, so entered care 2024-03-10"},
			},
		},
		{
			"home and removed again on one day",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2023-01-10"), fact(casework.FactEpisodeEnded, "2024-01-10"),
				fact(casework.FactChildRemoved, "2024-01-10"),
			},
			policy.Entry{
				Removed: day("2024-01-10"), On: day("2024-03-10"),
				Why: []string{"child removed 2024-01-10", "no finding by day 60, so entered care 2024-03-10"},
			},
		},
		{
			"a removal recorded twice is one removal",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10"), fact(casework.FactChildRemoved, "2024-01-11")},
			policy.Entry{
				Removed: day("2024-01-10"), On: day("2024-03-10"),
				Why: []string{"child removed 2024-01-10", "no finding by day 60, so entered care 2024-03-10"},
			},
		},
		{
			"back from a trial home visit on its last day: the same stay",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10"),
				fact(casework.FactTrialHomeVisitStarted, "2024-08-31"), fact(casework.FactTrialHomeVisitEnded, "2025-02-28"),
			},
			policy.Entry{
				Removed: day("2024-01-10"), On: day("2024-03-10"),
				Why: []string{"child removed 2024-01-10", "no finding by day 60, so entered care 2024-03-10"},
			},
		},
		{
			"back a day after its limit: a new removal",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10"),
				fact(casework.FactTrialHomeVisitStarted, "2024-08-31"), fact(casework.FactTrialHomeVisitEnded, "2025-03-01"),
			},
			policy.Entry{
				Removed: day("2025-03-01"), On: day("2025-04-30"),
				Why: []string{
					"returned to care 2025-03-01, after the limit of the trial home visit on 2025-02-28, which is a new removal",
					"no finding by day 60, so entered care 2025-04-30",
				},
			},
		},
		{
			"back after six months under a longer order: the same stay",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10"),
				fact(casework.FactTrialHomeVisitStarted, "2024-08-31", until("2025-05-31"), courtOrdered),
				fact(casework.FactTrialHomeVisitEnded, "2025-05-31"),
			},
			policy.Entry{
				Removed: day("2024-01-10"), On: day("2024-03-10"),
				Why: []string{"child removed 2024-01-10", "no finding by day 60, so entered care 2024-03-10"},
			},
		},
		{
			"a longer plan without an order changes nothing",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10"),
				fact(casework.FactTrialHomeVisitStarted, "2024-08-31", until("2025-05-31")),
				fact(casework.FactChildRemoved, "2025-05-31"),
			},
			policy.Entry{
				Removed: day("2025-05-31"), On: day("2025-07-30"),
				Why: []string{
					"returned to care 2025-05-31, after the limit of the trial home visit on 2025-02-28, which is a new removal",
					"no finding by day 60, so entered care 2025-07-30",
				},
			},
		},
		{
			"home for good after the limit: the stay ends there",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10"),
				fact(casework.FactTrialHomeVisitStarted, "2024-08-31"),
				fact(casework.FactTrialHomeVisitEnded, "2025-04-10"), fact(casework.FactEpisodeEnded, "2025-04-10"),
			},
			policy.Entry{
				Removed: day("2024-01-10"), On: day("2024-03-10"), Ended: day("2025-04-10"),
				Why: []string{"child removed 2024-01-10", "no finding by day 60, so entered care 2024-03-10"},
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, ok := pack.EnteredCare(s.input(t, test.facts), "C1")
			require.True(t, ok)
			require.Empty(t, cmp.Diff(test.want, got, cmp.Comparer(func(a, b casework.Date) bool { return a == b })))
		})
	}
}

func TestEnteredCare_NeverRemoved(t *testing.T) {
	t.Parallel()
	s := suite{zone: "America/Chicago"}
	in := s.input(t, []casework.Fact{fact(casework.FactChildRemoved, "2024-01-10", subject("C2"))})
	_, ok := packNamed(t, "us-federal@2025.1").EnteredCare(in, "C1")
	require.False(t, ok)
}

func TestTrialHomeVisitLimit_SixMonthsUnlessOrderedLonger(t *testing.T) {
	t.Parallel()
	s := suite{pack: "us-federal@2025.1", zone: "America/Chicago", clock: "trial-home-visit-limit"}
	removed := fact(casework.FactChildRemoved, "2024-01-10")
	s.run(t, []vector{
		{
			"plain",
			[]casework.Fact{removed, fact(casework.FactTrialHomeVisitStarted, "2025-01-01")},
			"2025-02-01",
			[]string{"1 2025-07-01 open"},
		},
		{
			"month end",
			[]casework.Fact{removed, fact(casework.FactTrialHomeVisitStarted, "2024-08-31")},
			"2024-09-01",
			[]string{"1 2025-02-28 open"},
		},
		{
			"leap day",
			[]casework.Fact{removed, fact(casework.FactTrialHomeVisitStarted, "2027-08-31")},
			"2027-09-01",
			[]string{"1 2028-02-29 open"},
		},
		{
			"a longer order",
			[]casework.Fact{removed, fact(casework.FactTrialHomeVisitStarted, "2025-01-01", until("2025-09-30"), courtOrdered)},
			"2025-07-15",
			[]string{"1 2025-09-30 open"},
		},
		{
			"a shorter order leaves the limit of the law",
			[]casework.Fact{removed, fact(casework.FactTrialHomeVisitStarted, "2025-01-01", until("2025-03-31"), courtOrdered)},
			"2025-02-01",
			[]string{"1 2025-07-01 open"},
		},
		{
			"a plan or a put-off hearing is no order",
			[]casework.Fact{removed, fact(casework.FactTrialHomeVisitStarted, "2025-01-01", until("2025-09-30"))},
			"2025-07-15",
			[]string{"1 2025-07-01 overdue"},
		},
		{
			"back in care in time",
			[]casework.Fact{
				removed, fact(casework.FactTrialHomeVisitStarted, "2025-01-01"),
				fact(casework.FactTrialHomeVisitEnded, "2025-07-01"),
			},
			"2025-07-15",
			[]string{"1 2025-07-01 met 2025-07-01"},
		},
		{
			"home for good in time",
			[]casework.Fact{
				removed, fact(casework.FactTrialHomeVisitStarted, "2025-01-01"),
				fact(casework.FactEpisodeEnded, "2025-06-20"),
			},
			"2025-07-15",
			[]string{"1 2025-07-01 met 2025-06-20"},
		},
		{
			"home for good, decided late",
			[]casework.Fact{
				removed, fact(casework.FactTrialHomeVisitStarted, "2025-01-01"),
				fact(casework.FactEpisodeEnded, "2025-08-20"),
			},
			"2025-09-15",
			[]string{"1 2025-07-01 met-late 2025-08-20"},
		},
		{
			"back in care after the limit: the miss stays with the stay that ended",
			[]casework.Fact{
				removed, fact(casework.FactTrialHomeVisitStarted, "2025-01-01"),
				fact(casework.FactTrialHomeVisitEnded, "2025-08-20"),
			},
			"2025-09-15",
			[]string{"1 2025-07-01 incurable"},
		},
		{
			"a longer order for the second visit does not move the first",
			[]casework.Fact{
				removed, fact(casework.FactTrialHomeVisitStarted, "2025-01-01"),
				fact(casework.FactTrialHomeVisitEnded, "2025-03-01"),
				fact(casework.FactTrialHomeVisitStarted, "2025-05-31", until("2026-01-31"), courtOrdered),
			},
			"2025-06-15",
			[]string{"1 2025-07-01 met 2025-03-01", "2 2026-01-31 open"},
		},
		{
			"a second visit has its own limit",
			[]casework.Fact{
				removed, fact(casework.FactTrialHomeVisitStarted, "2025-01-01"),
				fact(casework.FactTrialHomeVisitEnded, "2025-03-01"),
				fact(casework.FactTrialHomeVisitStarted, "2025-05-31"),
			},
			"2025-06-15",
			[]string{"1 2025-07-01 met 2025-03-01", "2 2025-11-30 open"},
		},
	})
}
