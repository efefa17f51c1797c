package casework_test

import (
	"slices"

	"homeward/casework"
)

// wholePlan keeps some of the plan in force, where there is one, and adds to it.
func (w *walk) wholePlan(c *casework.Case, on casework.Date) *casework.PlanSubmission {
	b := &casework.PlanSubmission{Content: "text", On: on, Participants: []casework.PlanParticipant{{Person: "P9", As: "parent"}}}
	for _, child := range c.Children {
		b.Goals = append(b.Goals, casework.Goal{
			Child: child.ID, Primary: "reunification", Concurrent: one(w, "", "adoption"), Why: "text", By: on.AddMonths(9),
			Consulted: true, Health: "text", Education: "text",
		})
		b.Participants = append(b.Participants, casework.PlanParticipant{Person: child.ID, As: "youth"})
	}
	steps := c.PlanSteps()
	for _, plan := range slices.Backward(c.Plans) {
		if plan.Status == casework.PlanApproved && w.rng.IntN(4) > 0 {
			b.Needs = w.pruned(plan.Needs, steps)
			break
		}
	}
	b.Needs = append(b.Needs, w.need(on))
	return b
}

// pruned leaves out what was dropped, and now and then something else.
func (w *walk) pruned(needs []casework.PlanNeed, steps map[string]casework.PlanStepState) []casework.PlanNeed {
	gone := func(s casework.PlanStep) bool {
		return steps[s.Ref].Status == casework.StepDropped || w.rng.IntN(5) == 0
	}
	var left []casework.PlanNeed
	for _, need := range needs[:min(len(needs), 3)] {
		need.Goals = slices.Clone(need.Goals)
		for i := range need.Goals {
			need.Goals[i].Steps = slices.DeleteFunc(slices.Clone(need.Goals[i].Steps), gone)
		}
		need.Goals = slices.DeleteFunc(need.Goals, func(g casework.PlanGoal) bool { return len(g.Steps) == 0 })
		if len(need.Goals) > 0 {
			left = append(left, need)
		}
	}
	return left
}

// need is a new need with up to two steps.
func (w *walk) need(on casework.Date) casework.PlanNeed {
	goal := casework.PlanGoal{Words: "text", Serves: "both"}
	for range 1 + w.rng.IntN(2) {
		goal.Steps = append(goal.Steps, casework.PlanStep{Words: "text", Role: "caseworker", Due: on.AddDays(w.rng.IntN(60))})
	}
	return casework.PlanNeed{Area: one(w, casework.NeedAreas()...), Words: "text", Goals: []casework.PlanGoal{goal}}
}

// openStep is a step that is still to be done; the first of a case where none is.
func (w *walk) openStep(c *casework.Case) string {
	var open []string
	for ref, state := range c.PlanSteps() {
		if state.Status == casework.StepPending {
			open = append(open, ref)
		}
	}
	if len(open) == 0 {
		return "step-1.1.1"
	}
	slices.Sort(open)
	return one(w, open...)
}

// signature is one of the last version that says who takes part in it.
func (w *walk) signature(c *casework.Case, on casework.Date) casework.Body {
	b := &casework.PlanSignature{Plan: "1", Signature: casework.Signature{Person: "P9", Decision: casework.Signed, On: on}}
	if numbers := casework.PlanNumbers(c.Plans); len(numbers) > 0 {
		b.Plan = numbers[len(numbers)-1]
	}
	if w.rng.IntN(3) == 0 {
		b.Decision, b.Reason = casework.Refused, one(w, casework.RefusalReasons()...)
	}
	return b
}
