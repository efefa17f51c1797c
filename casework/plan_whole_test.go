package casework_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestWholePlan_NumbersItsItemsAndOwesItsStepsOnceApproved(t *testing.T) {
	t.Parallel()
	c := removed(t, elder, younger)
	c.at(t, "2025-02-20 12:00")
	c.does(t, caseworker(), aWholePlan(t, "2025-02-20"))
	require.Empty(t, c.facts(casework.FactPlanStepAgreed), "nothing is owed before the supervisor has approved it")
	require.Equal(t, []string{
		"need-1", "goal-1.1", "step-1.1.1", "step-1.1.2", "goal-1.2", "step-1.2.1", "need-2", "goal-2.1", "step-2.1.1",
	}, refs(c.state.Plans[0].Needs))
	require.False(t, c.state.HasPlanItem("step-1.1.2"), "what is not in effect binds nothing")

	c.does(t, supervisor(), &casework.PlanApproval{})
	require.True(t, c.state.HasPlanItem("step-1.1.2"))
	require.True(t, c.state.HasPlanItem("goal-2.1"))
	require.False(t, c.state.HasPlanItem("goal-2.2"))
	owed := map[string]string{}
	for _, f := range c.facts(casework.FactPlanStepAgreed) {
		owed[f.Ref] = f.Until.String() + f.Worker
	}
	require.Equal(t, map[string]string{
		"step-1.1.1": "2025-03-22", "step-1.1.2": "2025-04-21", "step-1.2.1": "2025-04-21",
		"step-2.1.1": "2025-05-21" + caseworker().ID,
	}, owed)
}

func refs(needs []casework.PlanNeed) []string {
	var all []string
	for _, need := range needs {
		all = append(all, need.Ref)
		for _, goal := range need.Goals {
			all = append(all, goal.Ref)
			for _, step := range goal.Steps {
				all = append(all, step.Ref)
			}
		}
	}
	return all
}

// Invariant: the date of a permanency plan is that of the removal or later.
func TestInvariant_PermanencyPlanIsNotDatedBeforeTheRemoval(t *testing.T) {
	t.Parallel()
	removed(t, elder).refuses(t, refusal{
		name: "submitted", by: caseworker(), body: aWholePlan(t, "2025-01-20"), kind: casework.Invalid, field: "on",
	})
	c := opened(t)
	c.does(t, caseworker(), aWholePlan(t, "2025-01-20"))
	c.at(t, "2025-01-22 12:00")
	c.does(t, caseworker(), aRemoval(t, elder))
	c.refuses(t, refusal{
		name: "approved after a removal", by: supervisor(), body: &casework.PlanApproval{},
		kind: casework.Blocked, codes: []string{"plan-before-removal"},
	})
	c.does(t, supervisor(), &casework.PlanReturn{Comments: "text"})
	c.does(t, caseworker(), aWholePlan(t, "2025-01-21"))
	c.does(t, supervisor(), &casework.PlanApproval{})
	require.Equal(t, casework.PlanApproved, c.state.Plans[1].Status)
}

// Transition 2.2, goal set or changed: primary and concurrent at the same time,
// both with tasks.
func TestTransition_ConcurrentGoalIsWorkedOnBesideThePrimaryOne(t *testing.T) {
	t.Parallel()
	only := func(serves string) *casework.PlanSubmission {
		return with(aWholePlan(t, "2025-02-20"), func(b *casework.PlanSubmission) {
			for i := range b.Needs {
				for j := range b.Needs[i].Goals {
					b.Needs[i].Goals[j].Serves = serves
				}
			}
		})
	}
	c := removed(t, elder, younger)
	c.at(t, "2025-02-20 12:00")
	c.refuses(
		t,
		refusal{name: "the primary alone", by: caseworker(), body: only("primary"), kind: casework.Invalid, field: "needs"},
		refusal{name: "the concurrent alone", by: caseworker(), body: only("concurrent"), kind: casework.Invalid, field: "needs"},
	)
	c.does(t, caseworker(), only("both"))
	require.Equal(t, "guardianship", c.state.Plans[0].Goals[0].Concurrent)
}

func TestWholePlan_AtHomeNeedsNoSectionsOfCare(t *testing.T) {
	t.Parallel()
	c := opened(t)
	c.does(t, caseworker(), with(aWholePlan(t, "2025-01-20"), func(b *casework.PlanSubmission) {
		b.Goals = slices.Clone(b.Goals)
		for i := range b.Goals {
			b.Goals[i].Health, b.Goals[i].Education = "", ""
		}
	}))
	require.Len(t, c.state.Plans, 1)
}

func TestWholePlan_Refuses(t *testing.T) {
	t.Parallel()
	c := removed(t, elder, younger)
	c.at(t, "2025-02-20 12:00")
	var cases []refusal
	refuses := func(name, field string, change func(*casework.PlanSubmission)) {
		b := aWholePlan(t, "2025-02-20")
		change(b)
		cases = append(cases, refusal{name: name, by: caseworker(), body: b, kind: casework.Invalid, field: field})
	}
	// What is asked of a plan is asked of an amendment: here of one to a short plan, so
	// that nothing stays as it was.
	amended := planned(t, elder, younger)
	amendments := func() []refusal {
		for i := range cases {
			change := casework.PlanChange{Reason: "review", Why: "text"}
			cases[i].name += ", amended"
			cases[i].body = &casework.PlanAmendment{PlanSubmission: *cases[i].body.(*casework.PlanSubmission), PlanChange: change}
		}
		return cases
	}
	goal := func(b *casework.PlanSubmission) *casework.Goal { return &b.Goals[0] }
	step := func(b *casework.PlanSubmission) *casework.PlanStep { return &b.Needs[0].Goals[0].Steps[1] }

	refuses("no day", "on", func(b *casework.PlanSubmission) { b.On = casework.Date{} })
	refuses("a day to come", "on", func(b *casework.PlanSubmission) { b.On = day(t, "2025-02-21") })
	refuses("the same goal twice", "goals[0].concurrent", func(b *casework.PlanSubmission) { goal(b).Concurrent = goal(b).Primary })
	refuses("no reason", "goals[0].why", func(b *casework.PlanSubmission) { goal(b).Why = "" })
	refuses("no expected day", "goals[0].by", func(b *casework.PlanSubmission) { goal(b).By = casework.Date{} })
	refuses("expected before the plan", "goals[0].by", func(b *casework.PlanSubmission) { goal(b).By = day(t, "2025-02-19") })
	refuses("a youth not asked", "goals[0].consulted", func(b *casework.PlanSubmission) { goal(b).Consulted = false })
	refuses("an objection of nobody", "goals[0].objects", func(b *casework.PlanSubmission) {
		goal(b).Consulted, goal(b).Objects = false, "text"
	})
	refuses("asked and not asked", "goals[0].not_consulted", func(b *casework.PlanSubmission) { goal(b).NotConsulted = "text" })
	refuses("no health section", "goals[0].health", func(b *casework.PlanSubmission) { goal(b).Health = "" })
	refuses("no education section", "goals[1].education", func(b *casework.PlanSubmission) { b.Goals[1].Education = "" })
	refuses("no participants", "participants", func(b *casework.PlanSubmission) { b.Participants = nil })
	refuses("a participant twice", "participants", func(b *casework.PlanSubmission) {
		b.Participants = append(b.Participants, b.Participants[0])
	})
	refuses("a youth left out", "participants", func(b *casework.PlanSubmission) { b.Participants = b.Participants[:1] })
	refuses("a participant by name", "participants[0].person", func(b *casework.PlanSubmission) {
		b.Participants[0].Person = "Ann Example"
	})
	refuses("an unknown part", "participants[0].as", func(b *casework.PlanSubmission) { b.Participants[0].As = "judge" })
	refuses("a youth of another family", "participants[0].person", func(b *casework.PlanSubmission) { b.Participants[0].As = "youth" })
	refuses("a caseworker chosen by the youth", "participants[0].chosen_by", func(b *casework.PlanSubmission) {
		b.Participants[0].As, b.Participants[0].ChosenBy = "caseworker", elder
	})
	refuses("chosen by a small child", "participants[0].chosen_by", func(b *casework.PlanSubmission) { b.Participants[0].ChosenBy = younger })
	refuses("a third one chosen", "participants[4].chosen_by", func(b *casework.PlanSubmission) {
		for _, id := range []string{"P10", "P11", "P12"} {
			b.Participants = append(b.Participants, casework.PlanParticipant{Person: id, As: "relative", ChosenBy: elder})
		}
	})
	refuses("no needs", "needs", func(b *casework.PlanSubmission) { b.Needs = nil })
	refuses("an unknown area", "needs[0].area", func(b *casework.PlanSubmission) { b.Needs[0].Area = "luck" })
	refuses("a need by name", "needs[0].about[0]", func(b *casework.PlanSubmission) { b.Needs[0].About = []string{"Ann Example"} })
	refuses("a need without words", "needs[0].words", func(b *casework.PlanSubmission) { b.Needs[0].Words = "" })
	refuses("a need without goals", "needs[0].goals", func(b *casework.PlanSubmission) { b.Needs[0].Goals = nil })
	refuses("a goal without words", "needs[0].goals[0].words", func(b *casework.PlanSubmission) { b.Needs[0].Goals[0].Words = "" })
	refuses("a goal without steps", "needs[0].goals[0].steps", func(b *casework.PlanSubmission) { b.Needs[0].Goals[0].Steps = nil })
	refuses("a goal that serves nothing", "needs[0].goals[0].serves", func(b *casework.PlanSubmission) { b.Needs[0].Goals[0].Serves = "luck" })
	refuses("a step without words", "needs[0].goals[0].steps[1].words", func(b *casework.PlanSubmission) { step(b).Words = "" })
	refuses("a step of nobody", "needs[0].goals[0].steps[1]", func(b *casework.PlanSubmission) { step(b).Role = "" })
	refuses("a step of two", "needs[0].goals[0].steps[1]", func(b *casework.PlanSubmission) { step(b).Worker = "w-1" })
	refuses("a step of a name", "needs[0].goals[0].steps[1].worker", func(b *casework.PlanSubmission) {
		step(b).Role, step(b).Worker = "", "Ann Example"
	})
	refuses("a step of an unknown role", "needs[0].goals[0].steps[1].role", func(b *casework.PlanSubmission) { step(b).Role = "auditor" })
	refuses("a step without a day", "needs[0].goals[0].steps[1].due", func(b *casework.PlanSubmission) { step(b).Due = casework.Date{} })
	refuses("a step due before the plan", "needs[0].goals[0].steps[1].due", func(b *casework.PlanSubmission) {
		step(b).Due = day(t, "2025-02-19")
	})
	refuses("an item that is not there", "needs[0].ref", func(b *casework.PlanSubmission) { b.Needs[0].Ref = "need-7" })
	refuses("too many needs", "needs", func(b *casework.PlanSubmission) {
		b.Needs = slices.Repeat(b.Needs[:1], 13)
	})
	refuses("too many goals", "needs", func(b *casework.PlanSubmission) {
		b.Needs[0].Goals = slices.Repeat(b.Needs[0].Goals[:1], 25)
	})
	refuses("too many steps", "needs", func(b *casework.PlanSubmission) {
		b.Needs[0].Goals[0].Steps = slices.Repeat(b.Needs[0].Goals[0].Steps, 31)
	})
	refuses("too many participants", "participants", func(b *casework.PlanSubmission) {
		for i := range 31 {
			b.Participants = append(b.Participants, casework.PlanParticipant{Person: fmt.Sprintf("P2%d", i), As: "other"})
		}
	})
	refuses("a day before the removal", "on", func(b *casework.PlanSubmission) { b.On = day(t, "2025-01-20") })
	refuses("an unknown goal", "goals[0].primary", func(b *casework.PlanSubmission) { goal(b).Primary = "happiness" })
	refuses("an unknown concurrent goal", "goals[0].concurrent", func(b *casework.PlanSubmission) { goal(b).Concurrent = "happiness" })
	refuses("no child", "goals", func(b *casework.PlanSubmission) { b.Goals = nil })
	refuses("a child left out", "goals", func(b *casework.PlanSubmission) { b.Goals = b.Goals[:1] })
	refuses("a child of another family", "goals[0].child", func(b *casework.PlanSubmission) { goal(b).Child = "P7" })
	refuses("another arrangement for a small child", "goals[1].primary", func(b *casework.PlanSubmission) {
		b.Goals[1].Primary = "another-planned-arrangement"
	})
	refuses("nothing for the primary goal", "needs", func(b *casework.PlanSubmission) { serve(b, "concurrent") })
	refuses("nothing for the concurrent goal", "needs", func(b *casework.PlanSubmission) { serve(b, "primary") })
	c.refuses(t, cases...)
	amended.refuses(t, amendments()...)
}

func serve(b *casework.PlanSubmission, goal string) {
	for _, need := range b.Needs {
		for i := range need.Goals {
			need.Goals[i].Serves = goal
		}
	}
}

// A plan keeps what an earlier version has, and says of each item only once where it is.
func TestWholePlan_RefusesItemsThatWereSomewhereElse(t *testing.T) {
	t.Parallel()
	c := wholePlanned(t)
	c.at(t, "2025-03-30 12:00")
	c.does(t, caseworker(), &casework.PlanStepCompletion{Step: "step-1.1.2", On: day(t, "2025-03-01"), Evidence: "text"})
	c.does(t, supervisor(), &casework.PlanStepDrop{Step: "step-1.2.1", Reason: "other", Why: "text"})
	c.does(t, caseworker(), with(anOrder(t), func(b *casework.OrderMaking) {
		b.Children, b.Matter, b.On, b.PlanStep = []string{elder}, "", day(t, "2025-02-20"), "step-2.1.1"
	}))
	c.does(t, caseworker(), aMove(t, "2025-03-29", "group-home", "safety", younger))
	again := func(change func(*casework.PlanSubmission)) *casework.PlanSubmission {
		b := kept(t, "2025-02-20").PlanSubmission
		b.Content, b.Needs[0].Goals[1].Steps[0].Ref, b.Needs[0].Goals[1].Steps[0].Words = "text", "", "text"
		b.Goals[1].Health, b.Goals[1].Education = "text", "text"
		change(&b)
		return &b
	}
	refuse := func(name, field string, change func(*casework.PlanSubmission)) refusal {
		return refusal{name: name, by: caseworker(), body: again(change), kind: casework.Invalid, field: field}
	}
	rows := []refusal{
		refuse("a section of before the move", "goals[1].health", func(b *casework.PlanSubmission) { b.Goals[1].Health = "" }),
		refuse("an item twice", "needs[1].ref", func(b *casework.PlanSubmission) { b.Needs[1].Ref = b.Needs[0].Ref }),
		refuse("a step below another goal", "needs[0].goals[1].steps[0].ref", func(b *casework.PlanSubmission) {
			b.Needs[0].Goals[1].Steps[0].Ref = "step-1.1.1"
			b.Needs[0].Goals[0].Steps = b.Needs[0].Goals[0].Steps[1:]
		}),
		refuse("a step that was dropped", "needs[0].goals[1].steps[0].ref", func(b *casework.PlanSubmission) {
			b.Needs[0].Goals[1].Steps[0].Ref = "step-1.2.1"
		}),
		refuse("another day for what is done", "needs[0].goals[0].steps[1].due", func(b *casework.PlanSubmission) {
			b.Needs[0].Goals[0].Steps[1].Due = day(t, "2025-05-01")
		}),
		refuse("without what the court made binding", "needs", func(b *casework.PlanSubmission) {
			b.Needs[1].Goals[0].Steps = []casework.PlanStep{{Words: "text", Role: "caseworker", Due: day(t, "2025-05-01")}}
		}),
	}
	c.refuses(t, rows...)
	for i := range rows {
		rows[i].name += ", amended"
		rows[i].body = &casework.PlanAmendment{
			PlanSubmission: *rows[i].body.(*casework.PlanSubmission), PlanChange: casework.PlanChange{Reason: "review", Why: "text"},
		}
	}
	c.refuses(t, rows...)
	c.does(t, caseworker(), again(func(*casework.PlanSubmission) {}))
}

func TestWholePlan_SaysTheBoundThatItBreaks(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	b := aWholePlan(t, "2025-01-22")
	b.Needs = slices.Repeat(b.Needs[:1], 13)
	_, err := c.state.Decide(c.command(t, caseworker(), b))
	require.ErrorContains(t, err, "A plan holds at most 12 needs, and this one has 13.")
}

func TestWholePlan_TakesAYouthWhoCouldNotBeAsked(t *testing.T) {
	t.Parallel()
	c := removed(t, elder, younger)
	c.at(t, "2025-02-20 12:00")
	c.does(t, caseworker(), with(aWholePlan(t, "2025-02-20"), func(b *casework.PlanSubmission) {
		b.Goals[0].Consulted, b.Goals[0].NotConsulted = false, "text"
		b.Participants = b.Participants[:1]
	}))
	require.Equal(t, casework.Text("text"), c.state.Plans[0].Goals[0].NotConsulted)
}

func TestWholePlan_IsAskedOfAChildInCareByTheEditionThatKnowsIt(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	cmd := c.command(t, caseworker(), aPlan())
	_, err := c.state.Decide(cmd)
	require.NoError(t, err, "what an earlier release took is decided as it was then")
	c.refuses(t, refusal{
		name: "a short plan", by: caseworker(), body: aPlan(), kind: casework.Invalid, field: "needs", edition: casework.Edition,
	})
	cmd.Edition = casework.Edition
	cmd.Body = aWholePlan(t, "2025-01-22")
	_, err = c.state.Decide(cmd)
	require.NoError(t, err)

	atHome := opened(t)
	cmd = atHome.command(t, caseworker(), aPlan())
	cmd.Edition = casework.Edition
	_, err = atHome.state.Decide(cmd)
	require.NoError(t, err, "a family at home may have a short plan")
}

// The largest plan that is taken, amended each quarter for five years, stays far
// below what a workflow may carry along (512 KiB, where the server begins to warn).
func TestWholePlan_OfTheLargestSizeStaysSmall(t *testing.T) {
	t.Parallel()
	c := removed(t, elder, younger)
	plan := aWholePlan(t, "2025-01-22")
	narrative := casework.Text("t-0123456789abcdef0123456789abcdef")
	for i := range plan.Goals {
		g := &plan.Goals[i]
		g.Why, g.Health, g.Education = narrative, narrative, narrative
	}
	step := casework.PlanStep{Words: narrative, Worker: "w-1234567", Due: day(t, "2025-03-01")}
	goal := casework.PlanGoal{Words: narrative, Serves: "both", Steps: slices.Repeat([]casework.PlanStep{step}, 5)}
	need := casework.PlanNeed{Area: "independent-living", Words: narrative, Goals: []casework.PlanGoal{goal}}
	plan.Needs = slices.Repeat([]casework.PlanNeed{need}, 12)
	c.does(t, caseworker(), plan)
	c.does(t, supervisor(), &casework.PlanApproval{})
	for quarter := range 20 {
		amended := &casework.PlanAmendment{
			PlanSubmission: *plan, PlanChange: casework.PlanChange{Reason: "review", Why: narrative},
		}
		amended.Needs = reread(t, c.state).Plans[quarter].Needs
		for i := range 5 {
			amended.Needs[quarter%12].Goals[0].Steps[i].Due = day(t, "2025-03-02").AddMonths(3 * quarter)
		}
		c.does(t, caseworker(), amended)
		c.does(t, supervisor(), &casework.PlanApproval{})
	}
	state, err := json.Marshal(c.state)
	require.NoError(t, err)
	event, err := json.Marshal(c.events[len(c.events)-2])
	require.NoError(t, err)
	t.Logf("state %d bytes, the event of an amendment %d bytes, %d facts", len(state), len(event), len(c.state.Facts))
	require.Less(t, len(state), 96<<10)
	require.Less(t, len(event), 16<<10)
}
