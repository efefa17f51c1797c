package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestSafety_IsTheLastDecision(t *testing.T) {
	t.Parallel()
	c := assessed(t, casework.Unsafe)
	require.Equal(t, casework.Unsafe, c.state.Safety)
	require.Len(t, c.facts(casework.FactSafetyUnsafe), 1)

	c.does(t, investigator(), &casework.SafetyAssessment{
		At: clock(t, "2025-01-07 11:45"), Decision: casework.SafeWithPlan, Plan: "text",
	})
	require.Equal(t, casework.SafeWithPlan, c.state.Safety)
	require.Len(t, c.facts(casework.FactSafetyUnsafe), 1, "what was found stays found")
	require.Len(t, c.facts(casework.FactSafetyResolved), 1)
	require.Equal(t, casework.StageInvestigation, c.state.Stage())
}

func TestSafetyPlan_IsReviewedByTheNextAssessment(t *testing.T) {
	t.Parallel()
	c := contacted(t)
	plan := &casework.SafetyAssessment{
		At: clock(t, "2025-01-07 11:30"), Decision: casework.SafeWithPlan, Plan: "text", Adults: []string{"P8"},
		ReviewOn: day(t, "2025-02-06"),
	}
	c.refuses(
		t,
		refusal{
			name: "a plan for safe children", by: investigator(), kind: casework.Invalid, field: "decision",
			body: with(plan, func(b *casework.SafetyAssessment) { b.Decision = casework.Safe }),
		},
		refusal{
			name: "an adult with a name", by: investigator(), kind: casework.Invalid, field: "adults[0]",
			body: with(plan, func(b *casework.SafetyAssessment) { b.Adults = []string{"Aunt May"} }),
		},
		refusal{
			name: "reviewed on the same day", by: investigator(), kind: casework.Invalid, field: "review_on",
			body: with(plan, func(b *casework.SafetyAssessment) { b.ReviewOn = day(t, "2025-01-07") }),
		},
	)
	c.does(t, investigator(), plan)
	agreed := c.facts(casework.FactSafetyPlanAgreed)
	require.Len(t, agreed, 1)
	require.Equal(t, day(t, "2025-02-06"), agreed[0].Until)
	require.Empty(t, c.facts(casework.FactSafetyPlanReviewed))
	c.does(t, investigator(), &casework.SafetyAssessment{At: clock(t, "2025-01-07 11:50"), Decision: casework.Safe})
	reviewed := c.facts(casework.FactSafetyPlanReviewed)
	require.Len(t, reviewed, 1)
	require.Equal(t, agreed[0].Ref, reviewed[0].Ref)
}

func TestSafety_Refuses(t *testing.T) {
	t.Parallel()
	safe := &casework.SafetyAssessment{At: clock(t, "2025-01-06 09:20"), Decision: casework.Safe}
	received(t).refuses(t, refusal{
		name: "before screening", by: investigator(), body: safe, kind: casework.Blocked, codes: []string{"not-screened-in"},
	})
	screened(t).refuses(
		t,
		refusal{name: "unseen children", by: investigator(), body: safe, kind: casework.Blocked, codes: []string{"no-contact"}},
		refusal{name: "by a caseworker", by: caseworker(), body: safe, kind: casework.Forbidden},
	)
	contacted(t).refuses(
		t,
		refusal{
			name: "to come", by: investigator(), kind: casework.Invalid, field: "at",
			body: with(safe, func(b *casework.SafetyAssessment) { b.At = clock(t, "2025-01-08 09:00") }),
		},
		refusal{
			name: "before the call", by: investigator(), kind: casework.Invalid, field: "at",
			body: with(safe, func(b *casework.SafetyAssessment) { b.At = clock(t, "2025-01-06 08:00") }),
		},
		refusal{
			name: "unknown decision", by: investigator(), kind: casework.Invalid, field: "decision",
			body: with(safe, func(b *casework.SafetyAssessment) { b.Decision = "fine" }),
		},
		refusal{
			name: "a plan without a plan", by: investigator(), kind: casework.Invalid, field: "plan",
			body: with(safe, func(b *casework.SafetyAssessment) { b.Decision = casework.SafeWithPlan }),
		},
	)
}
