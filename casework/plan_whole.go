package casework

import (
	"fmt"
	"slices"
)

// The ages, in years, at which the law gives a youth a part in the plan (42 USC
// 675(1)(B) and (5)(C)(iv)), and how many members of the team a youth may choose.
const (
	consultedAge = 14
	chosenMost   = 2
)

// PlanParticipant takes part in making the plan.
type PlanParticipant struct {
	// Person is an opaque ID: a child's where it is a youth.
	Person string `json:"person"`
	// As is one of [PlanParts].
	As string `json:"as"`
	// ChosenBy is the youth who chose this member of the team (42 USC 675(5)(C)(iv)).
	ChosenBy string `json:"chosen_by,omitempty"`
}

// PlanParts are the parts that people have in making a plan.
func PlanParts() []string {
	return []string{
		"parent", "youth", partCaregiver, "relative", "attorney", "advocate", "tribe", "provider", partWorker, "other",
	}
}

// The parts that nobody has whom a youth chooses.
const (
	partCaregiver = "caregiver"
	partWorker    = "caseworker"
)

// whole says whether the plan says more than the goals of the first release: then
// it says all that the law wants.
func (b *PlanSubmission) whole() bool {
	return len(b.Needs) > 0 || len(b.Participants) > 0 || !b.On.IsZero()
}

// checkWhole looks at the form of a plan that says all that the law wants.
func (b *PlanSubmission) checkWhole(k *checker) {
	k.day("on", b.On)
	for i, g := range b.Goals {
		at := fmt.Sprintf("goals[%d].", i)
		if g.Concurrent == g.Primary {
			k.refuse(at+"concurrent", "The concurrent goal is another than the primary one. Leave it out where there is none.")
		}
		switch {
		case g.By.IsZero():
			k.refuse(at+"by", "Say by which day the goal is expected to be reached, like 2026-01-31.")
		case g.By.Before(b.On):
			k.refuse(at+"by", "The goal cannot be expected before the day of the plan. Give a later day.")
		}
		if g.Objects != "" && !g.Consulted {
			k.refuse(at+"objects", "What the child wants instead is known only where the child was consulted. Say so.")
		}
		if g.NotConsulted != "" && g.Consulted {
			k.refuse(at+"not_consulted", "The child was consulted. Leave this out.")
		}
	}
	k.some("needs", len(b.Needs), "Say what must change in the family: needs, with their goals and steps.")
	checkNeeds(k, b.Needs)
	people := make([]string, len(b.Participants))
	for i, p := range b.Participants {
		people[i] = p.Person
		at := fmt.Sprintf("participants[%d].", i)
		k.opaque(at+"person", p.Person)
		k.oneOf(at+"as", p.As, PlanParts()...)
		if p.ChosenBy != "" && (p.As == partCaregiver || p.As == partWorker) {
			k.refuse(at+"chosen_by", "A youth chooses nobody who is their caregiver or caseworker. Leave this out, or name another part.")
		}
	}
	if len(people) > 0 {
		k.list("participants", people)
	}
	k.atMost("participants", len(people), maxParticipants, "participants")
}

// refuseWhole looks at a plan that says all that the law wants against the case.
func (b *PlanSubmission) refuseWhole(c *Case) error {
	for i, g := range b.Goals {
		if err := b.refuseGoal(c, fmt.Sprintf("goals[%d].", i), g); err != nil {
			return err
		}
	}
	if err := b.refuseParticipants(c); err != nil {
		return err
	}
	if err := c.refuseItems(b.Needs, b.On); err != nil {
		return err
	}
	return b.refuseUnserved()
}

// refuseGoal wants the reasons for a child's goal, the child's own word, and for a
// child in care the two sections without which there is no case plan.
func (b *PlanSubmission) refuseGoal(c *Case, at string, g Goal) error {
	child, was := c.child(g.Child), c.lastPlan().goal(g.Child)
	if child.InCare() && b.On.Before(child.RemovedOn) {
		return InvalidField("on", "This is before a child of the plan was removed. Give the day on which the plan was made for a child in care.")
	}
	if g.Why == "" && (was.Why == "" || was.Primary != g.Primary || was.Concurrent != g.Concurrent) {
		return InvalidField(at+"why", "Say why this goal is in the child's best interest.")
	}
	if c.youth(g.Child, b.On) && !g.Consulted && g.NotConsulted == "" {
		return InvalidField(at+"consulted", "A youth of 14 and over is consulted on the plan (42 USC 675(1)(B)). "+
			"Talk with the youth first, or say in not_consulted why that was not possible.")
	}
	if !child.InCare() {
		return nil
	}
	moved := c.movedSince(g.Child, c.lastPlan())
	for _, section := range []struct {
		name        string
		now, before Text
	}{{"health", g.Health, was.Health}, {"education", g.Education, was.Education}} {
		switch {
		case section.now != "":
		case section.before == "":
			return InvalidField(at+section.name, "A child in care needs this section (42 USC 675(1)(C)). Write what is known and who finds out the rest.")
		case moved:
			return InvalidField(at+section.name, "This child has moved since the last version. Say how this section stands now.")
		}
	}
	return nil
}

// refuseParticipants: somebody made the plan, and each youth took part in it.
func (b *PlanSubmission) refuseParticipants(c *Case) error {
	people := b.Participants
	if len(people) == 0 {
		people = c.lastPlan().Participants
	}
	if len(people) == 0 {
		return InvalidField("participants", "Say who made the plan: the parents, the youth and whoever else took part.")
	}
	chosen := map[string]int{}
	for i, p := range people {
		at := fmt.Sprintf("participants[%d].", i)
		if p.As == "youth" && c.child(p.Person) == nil {
			return InvalidField(at+"person", "The youth of a plan is a child of this case. Use another part for somebody else.")
		}
		if p.ChosenBy == "" {
			continue
		}
		chosen[p.ChosenBy]++
		switch {
		case !c.youth(p.ChosenBy, b.On):
			return InvalidField(at+"chosen_by", "Only a child of this case of 14 and over chooses members of the team. Name such a child, or leave this out.")
		case chosen[p.ChosenBy] > chosenMost:
			return InvalidField(at+"chosen_by", "A youth chooses at most 2 members of the team. Leave this out for the others.")
		}
	}
	for _, g := range b.Goals {
		takesPart := func(p PlanParticipant) bool { return p.Person == g.Child }
		if c.youth(g.Child, b.On) && g.NotConsulted == "" && !slices.ContainsFunc(people, takesPart) {
			return InvalidField("participants", "A youth of 14 and over takes part in making the plan (42 USC 675(1)(B)). Add the youth.")
		}
	}
	return nil
}

// refuseUnserved: whoever works on two goals at once works on both.
func (b *PlanSubmission) refuseUnserved() error {
	serves := func(codes ...string) bool {
		return slices.ContainsFunc(b.Needs, func(n PlanNeed) bool {
			return slices.ContainsFunc(n.Goals, func(g PlanGoal) bool { return slices.Contains(codes, g.Serves) })
		})
	}
	if !serves("", "primary", "both") {
		return InvalidField("needs", "No goal of the plan leads to the children's primary goals. Add one with its steps.")
	}
	concurrent := slices.ContainsFunc(b.Goals, func(g Goal) bool { return g.Concurrent != "" })
	if concurrent && !serves("concurrent", "both") {
		return InvalidField("needs", "A concurrent goal is worked on, too. Let a goal of the plan serve it, with its steps.")
	}
	return nil
}

// goal returns a child's part of the plan, empty where there is none.
func (p Plan) goal(child string) Goal {
	for _, g := range p.Goals {
		if g.Child == child {
			return g
		}
	}
	return Goal{}
}

// filledGoals are the children's parts with what was left as it was.
func (c *Case) filledGoals(b *PlanSubmission) []Goal {
	if !b.whole() {
		return b.Goals
	}
	goals, last := slices.Clone(b.Goals), c.lastPlan()
	for i := range goals {
		g, was := &goals[i], last.goal(goals[i].Child)
		for _, text := range []struct {
			now    *Text
			before Text
		}{{&g.Why, was.Why}, {&g.Health, was.Health}, {&g.Education, was.Education}} {
			if *text.now == "" {
				*text.now = text.before
			}
		}
	}
	return goals
}

// youth says whether a child of the case is old enough on a day to have a part in
// the plan. A child whose age is not known is not.
func (c *Case) youth(id string, on Date) bool {
	child := c.child(id)
	return child != nil && !child.Born.IsZero() && !on.Before(child.Born.AddMonths(consultedAge*12))
}

// movedSince says whether a child came to live elsewhere after a version was
// submitted.
func (c *Case) movedSince(id string, plan Plan) bool {
	return slices.ContainsFunc(c.current(), func(f Fact) bool {
		return f.Type == FactPlacementStarted && f.Subject == id && f.Recorded.After(plan.SubmittedAt)
	})
}
