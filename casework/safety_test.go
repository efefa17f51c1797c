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
