package policy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/policy"
)

// BenchmarkEvaluate_FiveYearsOfOneChild holds the budget of 200 microseconds
// for a child with five years of facts under a state pack.
func BenchmarkEvaluate_FiveYearsOfOneChild(b *testing.B) {
	pack := packNamed(b, "washington@2025.1")
	in, asOf := fiveYears(b)
	b.ReportAllocs()
	for b.Loop() {
		if len(pack.Evaluate(in, asOf)) < 80 {
			b.Fatal("too few duties")
		}
	}
}

// fiveYears is a stay in care with everything that such a stay leaves behind:
// a visit each month, reviews, hearings, orders, placements, an absence and a
// trial home visit that failed.
func fiveYears(tb testing.TB) (policy.Input, time.Time) {
	tb.Helper()
	zone, err := time.LoadLocation("America/Los_Angeles")
	require.NoError(tb, err)
	removed := casework.NewDate(2020, time.January, 15)
	facts := []casework.Fact{
		{Type: casework.FactChildRemoved, On: removed},
		{Type: casework.FactCourtOrder, On: removed.AddDays(2), ContraryToWelfare: true, EffortsToPrevent: true},
		{Type: casework.FactCustodyHearingHeld, On: removed.AddDays(2)},
		{Type: casework.FactRelativesNotified, On: removed.AddDays(20)},
		{Type: casework.FactCasePlanCompleted, On: removed.AddDays(50)},
		{Type: casework.FactMaltreatmentFound, On: removed.AddDays(44)},
		{Type: casework.FactChildMissing, On: removed.AddDays(200)},
		{Type: casework.FactChildFound, On: removed.AddDays(215)},
		{Type: casework.FactTrialHomeVisitStarted, On: removed.AddDays(400), Until: removed.AddDays(550)},
		{Type: casework.FactTrialHomeVisitEnded, On: removed.AddDays(480)},
	}
	for month := range 60 {
		day := removed.AddMonths(month)
		facts = append(facts, casework.Fact{Type: casework.FactVisitMade, At: day.Start(zone).Add(19 * time.Hour), InResidence: true})
		if month%6 == 5 {
			facts = append(facts, casework.Fact{Type: casework.FactReviewHeld, On: day})
		}
		if month%12 == 11 {
			facts = append(facts,
				casework.Fact{Type: casework.FactPermanencyHearingHeld, On: day},
				casework.Fact{Type: casework.FactCourtOrder, On: day, EffortsToFinalize: true})
		}
		if month%9 == 0 {
			facts = append(facts, casework.Fact{Type: casework.FactPlacementStarted, On: day, Setting: "foster-home"})
		}
	}
	for i := range facts {
		facts[i].ID = "1." + string(rune('a'+i%26))
		facts[i].Subject = "P12"
	}
	in := policy.Input{Zone: zone, Subjects: []policy.Subject{{ID: "P12", Born: casework.NewDate(2015, time.May, 1)}}, Facts: facts}
	return in, removed.AddMonths(60).End(zone)
}
