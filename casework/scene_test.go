package casework_test

import (
	"slices"
	"testing"

	"homeward/casework"
)

// The children of the scenes. The elder turns 16 on 2025-02-10.
const (
	elder   = "P1"
	younger = "P2"
)

func theChildren(t testing.TB) []casework.Subject {
	t.Helper()
	return []casework.Subject{
		{ID: elder, Born: day(t, "2009-02-10")},
		{ID: younger, Born: day(t, "2018-06-30")},
	}
}

func aReceipt(t testing.TB) *casework.Receipt {
	t.Helper()
	return &casework.Receipt{
		Number: "1001", ReceivedAt: clock(t, "2025-01-06 09:00"), Timezone: office, Office: "north", Jurisdiction: "us",
		Pack: "us-federal/1", ReporterCategory: "mandated", Narrative: "text-1", Children: theChildren(t),
		Allegations: []casework.Allegation{
			{ID: "A1", Victim: elder, Type: "neglect", Perpetrator: "P9"},
			{ID: "A2", Victim: younger, Type: "physical-abuse"},
		},
		Supervisor: supervisor().ID,
	}
}

// received is a report half an hour after the call.
func received(t testing.TB) *reportClerk {
	t.Helper()
	c := &reportClerk{state: &casework.Report{}}
	c.at(t, "2025-01-06 09:30")
	c.does(t, hotline(), aReceipt(t))
	return c
}

func screened(t testing.TB) *reportClerk {
	t.Helper()
	c := received(t)
	c.at(t, "2025-01-06 10:00")
	c.does(t, supervisor(), &casework.ScreeningIn{
		Priority: "emergent", Track: "investigation", Investigator: investigator().ID,
	})
	return c
}

// contacted is a report on the day after the call, with both victims met.
func contacted(t testing.TB) *reportClerk {
	t.Helper()
	c := screened(t)
	c.at(t, "2025-01-07 12:00")
	for _, id := range []string{elder, younger} {
		c.does(t, investigator(), &casework.Contact{Victim: id, At: clock(t, "2025-01-07 11:00"), Place: "home"})
	}
	return c
}

func assessed(t testing.TB, decision string) *reportClerk {
	t.Helper()
	c := contacted(t)
	c.does(t, investigator(), &casework.SafetyAssessment{At: clock(t, "2025-01-07 11:30"), Decision: decision, Plan: "text-2"})
	return c
}

func found(t testing.TB, decision string) *reportClerk {
	t.Helper()
	c := assessed(t, decision)
	c.at(t, "2025-01-20 10:00")
	for _, id := range []string{"A1", "A2"} {
		c.does(t, investigator(), &casework.Finding{
			Allegation: id, Result: "substantiated", On: day(t, "2025-01-19"), Evidence: "text-3",
		})
	}
	return c
}

func anOpening(t testing.TB) *casework.Opening {
	t.Helper()
	return &casework.Opening{
		Number: "2001", Report: "1001", On: day(t, "2025-01-20"), Children: theChildren(t), Timezone: office,
		Office: "north", Jurisdiction: "us", Pack: "us-federal/1", Worker: caseworker().ID, Supervisor: supervisor().ID,
		Risk: "high",
	}
}

// opened is a case on the day of its opening.
func opened(t testing.TB) *caseClerk {
	t.Helper()
	c := &caseClerk{state: &casework.Case{}}
	c.at(t, "2025-01-20 10:00")
	c.does(t, casework.System(), anOpening(t))
	return c
}

func aRemoval(t testing.TB, children ...string) *casework.Removal {
	t.Helper()
	return &casework.Removal{
		Children: children, At: clock(t, "2025-01-21 18:30"), Authority: "court-order", Danger: "text-4", Efforts: "text-5",
		ICWAInquiry: "no-reason-to-know", RelativesAsked: true, Setting: "foster-home",
	}
}

// removed is a case at noon of 2025-01-22, with children in care since the evening before.
func removed(t testing.TB, children ...string) *caseClerk {
	t.Helper()
	c := opened(t)
	c.at(t, "2025-01-22 12:00")
	c.does(t, caseworker(), aRemoval(t, children...))
	return c
}

func aPlan() *casework.PlanSubmission {
	return &casework.PlanSubmission{
		Content: "text-6", Goals: []casework.Goal{
			{Child: elder, Primary: "reunification", Concurrent: "guardianship"},
			{Child: younger, Primary: "reunification", Concurrent: "adoption"},
		},
	}
}

// aWholePlan is what the law wants of a plan, made on a day for the family of the
// scenes: two needs, three goals, four steps.
func aWholePlan(t testing.TB, on string) *casework.PlanSubmission {
	t.Helper()
	made := day(t, on)
	step := func(words casework.Text, days int) casework.PlanStep {
		return casework.PlanStep{Words: words, Role: "caseworker", Due: made.AddDays(days)}
	}
	byMother := step("text-s1", 30)
	byMother.Role, byMother.Person = "", "P9"
	byWorker := step("text-s4", 90)
	byWorker.Role, byWorker.Worker = "", caseworker().ID
	plan := aPlan()
	plan.On = made
	for i := range plan.Goals {
		g := &plan.Goals[i]
		g.Why, g.By, g.Consulted, g.Health, g.Education = "text-why", made.AddMonths(12), true, "text-health", "text-school"
	}
	plan.Participants = []casework.PlanParticipant{{Person: "P9", As: "parent"}, {Person: elder, As: "youth"}}
	plan.Needs = []casework.PlanNeed{
		{Area: "housing", Words: "text-n1", Goals: []casework.PlanGoal{
			{Words: "text-g1", Serves: "both", Steps: []casework.PlanStep{byMother, step("text-s2", 60)}},
			{Words: "text-g2", Steps: []casework.PlanStep{step("text-s3", 60)}},
		}},
		{Area: "parenting", About: []string{"P9"}, Words: "text-n2", Goals: []casework.PlanGoal{
			{Words: "text-g3", Serves: "concurrent", Steps: []casework.PlanStep{byWorker}},
		}},
	}
	return plan
}

// kept is an amendment of the whole plan of the scenes that leaves all of it as it
// is, for the test to change.
func kept(t testing.TB, on string) *casework.PlanAmendment {
	t.Helper()
	b := &casework.PlanAmendment{
		PlanSubmission: *aWholePlan(t, on), PlanChange: casework.PlanChange{Reason: "review", Why: "text-amended"},
	}
	b.Content, b.Participants = "", nil
	for i := range b.Goals {
		b.Goals[i].Why, b.Goals[i].Health, b.Goals[i].Education = "", "", ""
	}
	first := casework.FoldCase(wholePlanned(t).events).Plans[0].Needs
	b.Needs = slices.Clone(first)
	for i := range b.Needs {
		need := &b.Needs[i]
		need.Words, need.Goals = "", slices.Clone(need.Goals)
		for j := range need.Goals {
			goal := &need.Goals[j]
			goal.Words, goal.Steps = "", slices.Clone(goal.Steps)
			for n := range goal.Steps {
				goal.Steps[n].Words = ""
			}
		}
	}
	return b
}

// wholePlanned is a case on 2025-02-20 with both children in care and a whole plan
// of that day that is in force.
func wholePlanned(t testing.TB) *caseClerk {
	t.Helper()
	c := removed(t, elder, younger)
	c.at(t, "2025-02-20 12:00")
	c.does(t, caseworker(), aWholePlan(t, "2025-02-20"))
	c.does(t, supervisor(), &casework.PlanApproval{})
	return c
}

func (c *clerk[S, P]) plans(t testing.TB) {
	t.Helper()
	c.does(t, caseworker(), aPlan())
	c.does(t, supervisor(), &casework.PlanApproval{})
}

// planned is a case on 2025-02-20 with children in care and an approved plan.
func planned(t testing.TB, children ...string) *caseClerk {
	t.Helper()
	c := removed(t, children...)
	c.at(t, "2025-02-20 12:00")
	c.plans(t)
	return c
}

// onTrial is a case on 2025-08-10, the children at home on trial since 2025-08-01.
func onTrial(t testing.TB, children ...string) *caseClerk {
	t.Helper()
	c := planned(t, children...)
	c.at(t, "2025-08-10 12:00")
	c.does(t, caseworker(), &casework.TrialStart{Children: children, On: day(t, "2025-08-01"), Safety: "text-7"})
	return c
}

// home is a case on 2025-11-10, the children home for good since 2025-11-01.
func home(t testing.TB, children ...string) *caseClerk {
	t.Helper()
	c := onTrial(t, children...)
	c.at(t, "2025-11-10 12:00")
	c.does(t, caseworker(), &casework.Reunification{Children: children, On: day(t, "2025-11-01")})
	return c
}

func aVisit(t testing.TB, wall string, children ...string) *casework.Visit {
	t.Helper()
	return &casework.Visit{Children: children, At: clock(t, wall), InResidence: true, Notes: "text-8"}
}

// visited is a case on 2025-12-10, each child visited since coming home.
func visited(t testing.TB, children ...string) *caseClerk {
	t.Helper()
	c := home(t, children...)
	c.at(t, "2025-12-10 12:00")
	c.does(t, caseworker(), aVisit(t, "2025-12-09 17:00", children...))
	return c
}

// closed is a case closed on 2025-12-12.
func closed(t testing.TB, children ...string) *caseClerk {
	t.Helper()
	c := visited(t, children...)
	c.at(t, "2025-12-12 12:00")
	c.does(t, caseworker(), &casework.ClosingRequest{Risk: "low", Reason: "text-9"})
	c.does(t, supervisor(), &casework.ClosingApproval{})
	return c
}

// with returns a copy of a body after a change to it.
func with[B any](body *B, change func(*B)) *B {
	b := *body
	change(&b)
	return &b
}
