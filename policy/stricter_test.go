package policy_test

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/policy"
)

// Each of these changes looks stricter than the federal clock and would make it
// laxer. Loading refuses it, or the federal duty stands all the same.
func TestStatePack_CannotMakeAFederalClockLaxer(t *testing.T) {
	t.Parallel()
	removed := fact(casework.FactChildRemoved, "2025-01-10")
	for _, test := range []struct {
		name, change string
		clock        string
		born         string
		asOf         string
		facts        []casework.Fact
	}{
		{
			"a birthday long ago takes the place of the removal, and nothing is owed for it",
			"clocks:\n  - {id: case-plan, counted_from: birthday 1, length: 0 days, citation: x, source: practice, confirmed: false}",
			"case-plan", "2012-05-01", "2025-06-01",
			[]casework.Fact{removed},
		},
		{
			"an early first date and a longer interval after it",
			"clocks:\n  - {id: credit-report, counted_from: birthday 14, length: 1 month, every: 5 years, citation: x, source: practice, confirmed: false}",
			"credit-report", "2008-05-01", "2025-06-01",
			[]casework.Fact{fact(casework.FactChildRemoved, "2020-01-10")},
		},
		{
			"a shorter trial home visit begins a new stay in care, and every clock anew",
			"care: {entered_after: 60 days, trial_home_visit: 1 month, citation: x}\nclocks:\n  - {id: case-plan, length: 50 days, citation: x, source: practice, confirmed: false}",
			"permanency-hearing", "2012-05-01", "2025-04-01",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10"),
				fact(casework.FactTrialHomeVisitStarted, "2024-06-01"),
				fact(casework.FactTrialHomeVisitEnded, "2024-08-15"),
			},
		},
		{
			"counted from a report long ago, what was reported of the first absence meets the second",
			"clocks:\n  - {id: missing-child-report, counted_from: report.received, length: 1 hour, citation: x, source: practice, confirmed: false}",
			"missing-child-report", "2012-05-01", "2025-01-20",
			[]casework.Fact{
				fact(casework.FactReportReceived, "2024-01-01T10:00:00-05:00"),
				fact(casework.FactChildMissing, "2024-01-10T10:00:00-05:00"),
				fact(casework.FactMissingReported, "2024-01-10T10:30:00-05:00", to("law-enforcement")),
				fact(casework.FactMissingReported, "2024-01-10T10:30:00-05:00", to("ncmec")),
				fact(casework.FactChildFound, "2024-01-11T10:30:00-05:00"),
				fact(casework.FactChildMissing, "2025-01-10T10:00:00-05:00"),
			},
		},
		{
			"counted from the removal, a hearing before the finding meets it",
			"clocks:\n  - {id: no-efforts-permanency-hearing, counted_from: removal, length: 30 days, citation: x, source: practice, confirmed: false}",
			"no-efforts-permanency-hearing", "2012-05-01", "2025-06-01",
			[]casework.Fact{
				removed,
				fact(casework.FactPermanencyHearingHeld, "2025-02-01"),
				fact(casework.FactEffortsNotRequired, "2025-03-01"),
			},
		},
		{
			"counted from the removal, the removal itself meets it",
			"clocks:\n  - {id: trial-home-visit-limit, counted_from: removal, length: 1 month, citation: x, source: practice, confirmed: false}",
			"trial-home-visit-limit", "2012-05-01", "2025-12-01",
			[]casework.Fact{removed, fact(casework.FactTrialHomeVisitStarted, "2025-03-01")},
		},
		{
			"a month earlier, and held up by a span of the state's own",
			"spans:\n  - {id: with-kin, title: stay with kin, starts_with: [{fact: placement.started, where: {setting: relative}}], ends_with: [episode.ended]}\n" +
				"clocks:\n  - {id: tpr-petition, counted_from: entered care, length: 14 months, of: 22 months, excluding: [with-kin], citation: x, source: practice, confirmed: false}",
			"tpr-petition", "2012-05-01", "2025-12-01",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10"),
				fact(casework.FactPlacementStarted, "2025-05-05", setting("relative")),
			},
		},
		{
			"a shorter waiting time",
			"clocks:\n  - {id: icwa-notice-wait, length: 2 days, citation: x, source: practice, confirmed: false}",
			"icwa-notice-wait", "2012-05-01", "2025-06-01",
			[]casework.Fact{fact(casework.FactICWANoticeReceived, "2025-01-10"), fact(casework.FactDisposition, "2025-01-14")},
		},
		{
			"an earlier window, in which the federal act would not count",
			"clocks:\n  - {id: transition-plan, counted_from: birthday 17, length: 0 days, citation: x, source: practice, confirmed: false}",
			"transition-plan", "2008-05-01", "2026-06-01",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10"), fact(casework.FactTransitionPlan, "2025-04-15")},
		},
		{
			"an earlier date, on which the child was not in care for long enough",
			"clocks:\n  - {id: exit-documents, counted_from: birthday 17, length: 0 days, citation: x, source: practice, confirmed: false}",
			"exit-documents", "2008-05-01", "2026-06-01",
			[]casework.Fact{removed},
		},
		{
			"a pause of the state's own, which is over before the date",
			"spans:\n  - {id: with-kin, title: stay with kin, starts_with: [{fact: placement.started, where: {setting: relative}}], ends_with: [placement.ended]}\n" +
				"clocks:\n  - {id: permanency-hearing, length: 12 months, paused_during: [with-kin], citation: x, source: practice, confirmed: false}",
			"permanency-hearing", "2012-05-01", "2025-12-20",
			[]casework.Fact{
				removed,
				fact(casework.FactPlacementStarted, "2025-11-01", setting("relative")),
				fact(casework.FactPlacementEnded, "2025-12-28"),
			},
		},
		{
			"fewer days before a hearing that a court has set",
			"clocks:\n  - {id: court-report, length: stated, counted_back: 10 days, citation: x, source: practice, confirmed: false}",
			"court-report", "2012-05-01", "2025-04-01",
			[]casework.Fact{fact(casework.FactHearingScheduled, "2025-03-01", ref("hearing-1"), until("2025-05-01"))},
		},
		{
			"a later date than the one that is stated",
			"clocks:\n  - {id: court-order, length: 90 days, citation: x, source: practice, confirmed: false}",
			"court-order", "2012-05-01", "2025-04-01",
			[]casework.Fact{fact(casework.FactOrderMade, "2025-03-01", ref("order-1"), until("2025-04-20"))},
		},
		{
			"contact less often than the plan of the court says",
			"clocks:\n  - {id: family-contact, length: 20 days, citation: x, source: practice, confirmed: false}",
			"family-contact", "2012-05-01", "2025-03-10",
			[]casework.Fact{fact(casework.FactContactPlanSet, "2025-03-01", ref("contact-1"), days(7))},
		},
		{
			"a ladder that tells somebody else, once",
			"ladders:\n  - {id: silent, overdue: {tell: [hotline]}}\nclocks:\n  - {id: permanency-hearing, ladder: silent}",
			"permanency-hearing", "2012-05-01", "2025-06-01",
			[]casework.Fact{removed},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			head := "id: lax\nversion: \"2025.1\"\ntitle: Lax\njurisdiction: US-XX\nextends: us-federal@2025.1\n"
			library, err := policy.Load(fstest.MapFS{"lax.yaml": {Data: []byte(head + test.change)}})
			if err != nil {
				require.ErrorContains(t, err, "laxer")
				return
			}
			in := suite{zone: "America/New_York", born: test.born}.input(t, test.facts)
			stands := func(ref string) []casework.Duty {
				pack, err := library.Pack(ref)
				require.NoError(t, err)
				var duties []casework.Duty
				for _, d := range pack.Evaluate(in, instant(t, test.asOf, in.Zone)) {
					if d.Clock == test.clock {
						duties = append(duties, d)
					}
				}
				return duties
			}
			requireNoLaxer(t, stands("us-federal"), stands("lax"))
		})
	}
}

// requireNoLaxer holds that what is missed under the floor is missed under the
// state's pack, that what is pending is pending and due no later, and that
// everybody who is told is told no later.
func requireNoLaxer(t *testing.T, floor, state []casework.Duty) {
	t.Helper()
	require.NotEmpty(t, floor)
	missed := func(duties []casework.Duty) (n int) {
		for _, d := range duties {
			if d.Status == casework.DutyOverdue || d.Status == casework.DutyIncurable || d.Status == casework.DutyMetLate {
				n++
			}
		}
		return n
	}
	require.GreaterOrEqual(t, missed(state), missed(floor), "missed under the floor:\n%v\nunder the state's pack:\n%v", floor, state)
	for _, f := range floor {
		if !f.Status.Pending() {
			continue
		}
		told := make(map[casework.Role]time.Time)
		for _, s := range state {
			if !s.Status.Pending() || s.DueAt.After(f.DueAt) {
				continue
			}
			for _, rung := range s.Rungs {
				for _, role := range rung.Tell {
					if at, ok := told[role]; !ok || rung.At.Before(at) {
						told[role] = rung.At
					}
				}
			}
		}
		for _, rung := range f.Rungs {
			for _, role := range rung.Tell {
				at, ok := told[role]
				require.True(t, ok, "%s is told of %s, due %s, under the floor only", role, f.ID, f.Due)
				require.False(t, at.After(rung.At), "%s is told of %s later", role, f.ID)
			}
		}
	}
}
