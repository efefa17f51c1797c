package policy_test

import (
	"strconv"
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

// BenchmarkEvaluate_FiveYearsOfOneChildWithItems is the same stay with all that
// has a date of its own: 60 hearings with a report each, 120 orders and plan steps,
// 30 referrals with follow-ups, and contact with a parent and a sibling each week.
func BenchmarkEvaluate_FiveYearsOfOneChildWithItems(b *testing.B) {
	pack := packNamed(b, "washington@2025.1")
	in, asOf := fiveYears(b)
	in.Facts = append(in.Facts, items(casework.NewDate(2020, time.January, 15))...)
	b.ReportAllocs()
	for b.Loop() {
		if len(pack.Evaluate(in, asOf)) < 800 {
			b.Fatal("too few duties")
		}
	}
}

// items are the facts of five years about what has a date of its own.
func items(removed casework.Date) []casework.Fact {
	var facts []casework.Fact
	add := func(kind casework.FactType, ref string, on, until int) {
		f := casework.Fact{Type: kind, Ref: ref, Subject: "P12", On: removed.AddDays(on)}
		if until > 0 {
			f.Until = removed.AddDays(until)
		}
		facts = append(facts, f)
	}
	for i := range 60 {
		n, day := strconv.Itoa(i), 30*i
		add(casework.FactHearingScheduled, "hearing-"+n, day, day+60)
		add(casework.FactCourtReportFiled, "hearing-"+n, day+30, 0)
		add(casework.FactHearingSettled, "hearing-"+n, day+60, 0)
		add(casework.FactOrderMade, "order-"+n, day, day+40)
		add(casework.FactOrderComplied, "order-"+n, day+20, 0)
		add(casework.FactPlanStepAgreed, "step-"+n, day, day+90)
		add(casework.FactPlanStepDone, "step-"+n, day+80, 0)
		if i%2 == 0 {
			add(casework.FactReferralMade, "referral-"+n, day, day+7)
			add(casework.FactReferralFollowedUp, "referral-"+n, day+6, day+20)
			add(casework.FactReferralEnded, "referral-"+n, day+18, 0)
		}
	}
	for _, ref := range []string{"contact-1", "contact-2"} {
		facts = append(facts, casework.Fact{Type: casework.FactContactPlanSet, Ref: ref, Subject: "P12", On: removed, Days: 8})
		for week := range 260 {
			add(casework.FactFamilyContactMade, ref, 7*week+5, 0)
		}
	}
	return facts
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
