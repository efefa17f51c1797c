package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestPlanStep_IsDoneInTimeOrLate(t *testing.T) {
	t.Parallel()
	c := wholePlanned(t)
	c.at(t, "2025-04-03 12:00")
	c.does(t, caseworker(), &casework.PlanStepCompletion{Step: "step-1.1.2", On: day(t, "2025-04-01"), Evidence: "text"})
	e := c.does(t, caseworker(), &casework.PlanStepCompletion{
		Step: "step-1.1.1", On: day(t, "2025-04-03"), Evidence: "text", LateBecause: "waiting-list",
	})
	require.Equal(t, "Plan step 1.1.1 done late, on 3 April 2025 (waiting-list).", e.Body.Says())
	steps := c.state.PlanSteps()
	require.Equal(t, casework.StepDone, steps["step-1.1.2"].Status)
	require.Zero(t, steps["step-1.1.2"].DaysLate)
	// Due 22 March 2025, 30 days after the plan; done 12 days after that.
	require.Equal(t, 12, steps["step-1.1.1"].DaysLate)
	require.Equal(t, "waiting-list", steps["step-1.1.1"].Reason)
	require.Equal(t, "step-1.1.1", c.facts(casework.FactPlanStepDone)[1].Ref)
}

func TestPlanStep_ThatWasNotDoneIsOwedAgain(t *testing.T) {
	t.Parallel()
	c := wholePlanned(t)
	c.does(t, caseworker(), &casework.PlanStepCompletion{Step: "step-1.1.1", On: day(t, "2025-02-20"), Evidence: "text"})
	correction := &casework.CaseCorrection{}
	correction.Fact, correction.Reason, correction.Withdraw = c.state.PlanSteps()["step-1.1.1"].Fact, "text", true
	c.does(t, caseworker(), correction)
	require.Equal(t, casework.StepPending, c.state.PlanSteps()["step-1.1.1"].Status)

	agreed := &casework.CaseCorrection{}
	agreed.Fact, agreed.Reason, agreed.Withdraw = c.state.PlanSteps()["step-1.1.2"].Fact, "text", true
	c.refuses(t, refusal{name: "an agreement", by: caseworker(), body: agreed, kind: casework.Invalid, field: "fact"})
}

func TestPlanStep_IsDroppedByTheSupervisor(t *testing.T) {
	t.Parallel()
	c := wholePlanned(t)
	drop := &casework.PlanStepDrop{Step: "step-1.1.1", Reason: "no-service", Why: "text"}
	c.refuses(t, refusal{name: "by a caseworker", by: caseworker(), body: drop, kind: casework.Forbidden})
	e := c.does(t, supervisor(), drop)
	require.Equal(t, "Plan step 1.1.1 dropped (no-service).", e.Body.Says())
	require.Equal(t, casework.StepDropped, c.state.PlanSteps()["step-1.1.1"].Status)
	require.Len(t, c.facts(casework.FactPlanStepDropped), 1)
}

func TestPlanStep_Refuses(t *testing.T) {
	t.Parallel()
	done := func(step, on string, change func(*casework.PlanStepCompletion)) *casework.PlanStepCompletion {
		b := &casework.PlanStepCompletion{Step: step, On: day(t, on), Evidence: "text"}
		change(b)
		return b
	}
	asIs := func(*casework.PlanStepCompletion) {}
	opened(t).refuses(
		t,
		refusal{
			name: "no plan", by: caseworker(), body: done("step-1.1.1", "2025-01-20", asIs), kind: casework.Blocked,
			codes: []string{"no-plan-in-force"},
		},
		refusal{
			name: "a drop without a plan", by: supervisor(), kind: casework.Blocked, codes: []string{"no-plan-in-force"},
			body: &casework.PlanStepDrop{Step: "step-1.1.1", Reason: "other", Why: "text"},
		},
	)
	planned(t, elder).refuses(
		t,
		refusal{
			name: "a plan without steps", by: caseworker(), body: done("step-1.1.1", "2025-02-20", asIs), kind: casework.Blocked,
			codes: []string{"no-open-step"},
		},
		refusal{
			name: "a drop without steps", by: supervisor(), kind: casework.Blocked, codes: []string{"no-open-step"},
			body: &casework.PlanStepDrop{Step: "step-1.1.1", Reason: "other", Why: "text"},
		},
	)
	c := wholePlanned(t)
	c.at(t, "2025-03-30 12:00")
	c.does(t, caseworker(), done("step-1.1.2", "2025-03-01", asIs))
	c.does(t, supervisor(), &casework.PlanStepDrop{Step: "step-1.2.1", Reason: "other", Why: "text"})
	invalid := func(name, field string, body casework.Body) refusal {
		return refusal{name: name, by: supervisor(), body: body, kind: casework.Invalid, field: field}
	}
	c.refuses(
		t,
		invalid("an unknown step", "step", done("step-9.9.9", "2025-03-01", asIs)),
		invalid("a goal", "step", done("goal-1.1", "2025-03-01", asIs)),
		invalid("no ref", "step", done("", "2025-03-01", asIs)),
		invalid("done already", "step", done("step-1.1.2", "2025-03-01", asIs)),
		invalid("dropped already", "step", done("step-1.2.1", "2025-03-01", asIs)),
		invalid("no day", "on", done("step-1.1.1", "2025-03-01", func(b *casework.PlanStepCompletion) { b.On = casework.Date{} })),
		invalid("tomorrow", "on", done("step-1.1.1", "2025-03-31", asIs)),
		invalid("no evidence", "evidence", done("step-1.1.1", "2025-03-01", func(b *casework.PlanStepCompletion) { b.Evidence = "" })),
		invalid("late without why", "late_because", done("step-1.1.1", "2025-03-23", asIs)),
		invalid("an unknown why", "late_because", done("step-1.1.1", "2025-03-23", func(b *casework.PlanStepCompletion) { b.LateBecause = "sloth" })),
		invalid("a why in time", "late_because", done("step-1.1.1", "2025-03-22", func(b *casework.PlanStepCompletion) { b.LateBecause = "court" })),
		invalid("a drop of what is done", "step", &casework.PlanStepDrop{Step: "step-1.1.2", Reason: "other", Why: "text"}),
		invalid("a drop of what was dropped", "step", &casework.PlanStepDrop{Step: "step-1.2.1", Reason: "other", Why: "text"}),
		invalid("a drop of an unknown step", "step", &casework.PlanStepDrop{Step: "step-9.9.9", Reason: "other", Why: "text"}),
		invalid("a drop without a reason", "reason", &casework.PlanStepDrop{Step: "step-1.1.1", Why: "text"}),
		invalid("a drop without words", "why", &casework.PlanStepDrop{Step: "step-1.1.1", Reason: "other"}),
	)
}
