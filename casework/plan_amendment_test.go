package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestPlanAmendment_KeepsWhatItLeavesOutAndNumbersWhatIsNew(t *testing.T) {
	t.Parallel()
	c := wholePlanned(t)
	c.at(t, "2025-03-10 12:00")
	amended := kept(t, "2025-03-10")
	amended.Needs[0].Goals[0].Steps[1].Due = day(t, "2025-04-30")
	amended.Needs[0].Goals[1].Steps = []casework.PlanStep{{Words: "text-new", Role: "caseworker", Due: day(t, "2025-05-01")}}
	c.does(t, caseworker(), amended)
	require.Len(t, c.facts(casework.FactPlanStepAgreed), 4, "the plan in force is locked until the supervisor approves")
	c.does(t, supervisor(), &casework.PlanApproval{})

	now := c.state.Plans[1]
	require.Equal(t, []string{
		"need-1", "goal-1.1", "step-1.1.1", "step-1.1.2", "goal-1.2", "step-1.2.2", "need-2", "goal-2.1", "step-2.1.1",
	}, refs(now.Needs), "no number is given twice")
	require.Equal(t, casework.Text("text-s2"), now.Needs[0].Goals[0].Steps[1].Words)
	require.Equal(t, casework.Text("text-6"), now.Content)
	require.Equal(t, casework.Text("text-school"), now.Goals[1].Education)
	require.Len(t, now.Participants, 2)
	require.Equal(t, []string{"1", "1.1"}, casework.PlanNumbers(c.state.Plans))
	require.Equal(t, "review", now.Amendment.Reason)

	steps := c.state.PlanSteps()
	require.Equal(t, "2025-04-30", steps["step-1.1.2"].Due.String(), "moved")
	require.Equal(t, casework.StepDropped, steps["step-1.2.1"].Status)
	require.Equal(t, "amended", steps["step-1.2.1"].Reason)
	require.Equal(t, casework.StepPending, steps["step-1.2.2"].Status)
	require.Len(t, c.facts(casework.FactPlanStepAgreed), 6, "what did not change is not agreed again")
	require.Empty(t, c.state.Plans[0].Needs, "only the log keeps what was superseded")
}

func TestPlanAmendment_IsNumberedOnThroughReturnsAndNewPlans(t *testing.T) {
	t.Parallel()
	c := wholePlanned(t)
	submits := func(approve bool, body casework.Body) {
		c.does(t, caseworker(), body)
		if approve {
			c.does(t, supervisor(), &casework.PlanApproval{})
			return
		}
		c.does(t, supervisor(), &casework.PlanReturn{Comments: "text"})
	}
	submits(false, kept(t, "2025-02-20"))
	submits(true, kept(t, "2025-02-20"))
	submits(true, kept(t, "2025-02-20"))
	submits(false, aWholePlan(t, "2025-02-20"))
	submits(true, aWholePlan(t, "2025-02-20"))
	again := with(kept(t, "2025-02-20"), func(b *casework.PlanAmendment) {
		b.Needs = aWholePlan(t, "2025-02-20").Needs
	})
	submits(false, again)
	submits(false, aWholePlan(t, "2025-02-20"))
	submits(true, again)
	require.Equal(t, []string{"1", "1.1", "1.1", "1.2", "2", "2", "2.1", "3", "2.2"}, casework.PlanNumbers(c.state.Plans))
	require.Equal(t, "need-11", c.state.Plans[8].Needs[0].Ref, "a number is not given again, even where it was returned")
}

func TestPlanAmendment_InAnEmergencyTakesEffectAtOnceAndIsTakenBack(t *testing.T) {
	t.Parallel()
	c := wholePlanned(t)
	emergency := kept(t, "2025-02-20")
	emergency.Emergency = true
	emergency.Needs[0].Goals[0].Steps[1].Due = day(t, "2025-02-25")
	emergency.Needs = emergency.Needs[:1]
	e := c.does(t, caseworker(), emergency)
	require.Contains(t, e.Body.Says(), "Emergency")
	steps := c.state.PlanSteps()
	require.Equal(t, "2025-02-25", steps["step-1.1.2"].Due.String())
	require.Equal(t, casework.StepDropped, steps["step-2.1.1"].Status)
	submitted := c.facts(casework.FactCasePlanSubmitted)
	require.Equal(t, "emergency", submitted[len(submitted)-1].Reason)

	back := c.fork()
	back.does(t, supervisor(), &casework.PlanReturn{Comments: "text"})
	steps = back.state.PlanSteps()
	require.Equal(t, "2025-04-21", steps["step-1.1.2"].Due.String())
	require.Equal(t, casework.StepPending, steps["step-2.1.1"].Status, "the plan in force stands again")

	agreed := len(c.facts(casework.FactPlanStepAgreed))
	c.does(t, supervisor(), &casework.PlanApproval{})
	require.Len(t, c.facts(casework.FactPlanStepAgreed), agreed, "approval changes nothing that is in effect already")
}

func TestPlanAmendment_OfAMovedChildSaysItsSectionsAnew(t *testing.T) {
	t.Parallel()
	c := wholePlanned(t)
	c.at(t, "2025-08-10 12:00")
	c.does(t, caseworker(), &casework.TrialStart{Children: []string{elder}, On: day(t, "2025-08-01"), Safety: "text"})
	c.does(t, caseworker(), &casework.TrialEnd{Children: []string{elder}, On: day(t, "2025-08-09"), Setting: "relative", Reason: "text"})
	body := kept(t, "2025-08-10")
	c.refuses(t, refusal{name: "carried over", by: caseworker(), body: body, kind: casework.Invalid, field: "goals[0].health"})
	body.Goals[0].Health, body.Goals[0].Education = "text", "text"
	c.does(t, caseworker(), body)
	require.Equal(t, casework.Text("text-health"), c.state.Plans[1].Goals[1].Health, "who has not moved keeps what was said")
}

func TestPlanAmendment_Refuses(t *testing.T) {
	t.Parallel()
	opened(t).refuses(t, refusal{
		name: "of no plan", by: caseworker(), body: kept(t, "2025-01-20"), kind: casework.Blocked, codes: []string{"no-plan-in-force"},
	})
	waiting := wholePlanned(t)
	waiting.does(t, caseworker(), kept(t, "2025-02-20"))
	waiting.refuses(t, refusal{
		name: "beside another", by: caseworker(), body: kept(t, "2025-02-20"), kind: casework.Blocked, codes: []string{"plan-awaits-approval"},
	})

	c := wholePlanned(t)
	c.does(t, caseworker(), &casework.PlanStepCompletion{Step: "step-1.1.1", On: day(t, "2025-02-20"), Evidence: "text"})
	c.does(t, supervisor(), &casework.PlanStepDrop{Step: "step-2.1.1", Reason: "not-needed", Why: "text"})
	var cases []refusal
	refuses := func(name, field string, change func(*casework.PlanAmendment)) {
		b := kept(t, "2025-02-20")
		b.Needs = b.Needs[:1]
		change(b)
		cases = append(cases, refusal{name: name, by: caseworker(), body: b, kind: casework.Invalid, field: field})
	}
	refuses("no reason code", "reason", func(b *casework.PlanAmendment) { b.Reason = "" })
	refuses("an unknown reason", "reason", func(b *casework.PlanAmendment) { b.Reason = "whim" })
	refuses("no words why", "why", func(b *casework.PlanAmendment) { b.Why = "" })
	refuses("no needs", "needs", func(b *casework.PlanAmendment) { b.Needs = nil })
	refuses("an item twice", "needs[0].goals[0].steps[1].ref", func(b *casework.PlanAmendment) {
		b.Needs[0].Goals[0].Steps[1] = b.Needs[0].Goals[0].Steps[0]
	})
	refuses("an item moved", "needs[0].goals[1].steps[1].ref", func(b *casework.PlanAmendment) {
		moved := b.Needs[0].Goals[0].Steps[1]
		b.Needs[0].Goals[0].Steps = b.Needs[0].Goals[0].Steps[:1]
		b.Needs[0].Goals[1].Steps = append(b.Needs[0].Goals[1].Steps, moved)
	})
	refuses("another day for what is done", "needs[0].goals[0].steps[0].due", func(b *casework.PlanAmendment) {
		b.Needs[0].Goals[0].Steps[0].Due = day(t, "2025-06-01")
	})
	refuses("what was dropped", "needs[1].goals[0].steps[0].ref", func(b *casework.PlanAmendment) { b.Needs = b.Needs[:2] })
	refuses("another goal without a reason", "goals[1].why", func(b *casework.PlanAmendment) { b.Goals[1].Primary = "guardianship" })
	c.refuses(t, cases...)
	c.refuses(t, refusal{name: "by the hotline", by: hotline(), body: kept(t, "2025-02-20"), kind: casework.Forbidden})
	c.does(t, supervisor(), with(kept(t, "2025-02-20"), func(b *casework.PlanAmendment) { b.Needs = b.Needs[:1] }))
	c.refuses(t, refusal{name: "one's own", by: supervisor(), body: &casework.PlanApproval{}, kind: casework.Forbidden})
}
