package casework

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// join takes a portion back into the case that it was of: what the two sides hold
// of one item is one item again.
func (c *Case) join(p Portion) {
	children := make([]Subject, 0, len(c.Children)+len(p.Children))
	for _, child := range c.Children {
		children = append(children, Subject{ID: child.ID, Born: child.Born})
	}
	c.hold(Portion{
		Children: append(children, p.Children...), Facts: joinFacts(c.Facts, p.Facts), Plans: joinPlans(c.Plans, p.Plans),
		PlanNumbers: c.PlanNumbers, Court: joinCourt(c.Court, p.Court),
		Referrals: joinEach(c.Referrals, p.Referrals, func(a, b *Referral) {
			switch {
			case a.Reason == elsewhere:
				step := a.PlanStep
				*a = *b
				a.PlanStep = cmp.Or(a.PlanStep, step)
			case b.Reason != elsewhere:
				a.Children, a.PlanStep = union(a.Children, b.Children), cmp.Or(a.PlanStep, b.PlanStep)
			}
		}),
		ContactPlans: joinEach(c.ContactPlans, p.ContactPlans, func(a, b *ContactPlanState) {
			switch {
			case len(a.Children) == 0:
				*a = *b
			case len(b.Children) > 0:
				a.Children = union(a.Children, b.Children)
				a.Persons = slices.DeleteFunc(slices.Clone(a.Persons), func(id string) bool { return slices.Contains(a.Children, id) })
			}
		}),
		Rights: joinEach(c.Rights, p.Rights, func(a, b *Right) {
			if a.Result == elsewhere {
				*a = *b
			}
		}),
		Meetings: joinEach(c.Meetings, p.Meetings, func(a, b *Meeting) {
			a.Decisions = joinEach(a.Decisions, b.Decisions, func(a, b *MeetingDecision) {
				if a.Result == elsewhere {
					*a = *b
				}
			})
		}),
		Professionals: joinEach(c.Professionals, p.Professionals, func(a, b *Professional) {
			switch {
			case a.Reason == elsewhere:
				*a = *b
			case b.Reason != elsewhere:
				a.Children = union(a.Children, b.Children)
			}
		}),
	})
}

// joinEach joins two lists whose items stand for each other by their place. The
// first may have grown since.
func joinEach[T any](mine, theirs []T, join func(a, b *T)) []T {
	joined := slices.Clone(mine)
	for i := range min(len(joined), len(theirs)) {
		join(&joined[i], &theirs[i])
	}
	return joined
}

// joinFacts puts facts into the order in which they were recorded, each once.
func joinFacts(mine, theirs []Fact) []Fact {
	known := make(map[string]bool, len(mine))
	for _, f := range mine {
		known[f.ID] = true
	}
	joined := slices.Clone(mine)
	for _, f := range theirs {
		if !known[f.ID] {
			joined = append(joined, f)
		}
	}
	slices.SortStableFunc(joined, func(a, b Fact) int { return compareIDs(a.ID, b.ID) })
	return joined
}

// compareIDs orders IDs of facts by the numbers in them: "9.2" before "10.1".
func compareIDs(a, b string) int {
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			return 0
		}
		return n
	}
	return slices.CompareFunc(strings.Split(a, "."), strings.Split(b, "."), func(x, y string) int {
		return cmp.Compare(number(x), number(y))
	})
}

func joinPlans(mine, theirs []Plan) []Plan {
	return joinEach(mine, theirs, func(a, b *Plan) {
		a.Goals = append(slices.Clip(a.Goals), b.Goals...)
		for _, p := range b.Participants {
			if !slices.ContainsFunc(a.Participants, func(o PlanParticipant) bool { return o.Person == p.Person }) {
				a.Participants = append(slices.Clip(a.Participants), p)
			}
		}
		a.Signatures = joinSignatures(a.Signatures, b.Signatures)
		for _, n := range b.Needs {
			i := slices.IndexFunc(a.Needs, func(o PlanNeed) bool { return o.Ref == n.Ref })
			if i < 0 {
				a.Needs = append(slices.Clip(a.Needs), n)
				continue
			}
			a.Needs = slices.Clone(a.Needs)
			a.Needs[i].About = union(a.Needs[i].About, n.About)
		}
		slices.SortStableFunc(a.Needs, func(x, y PlanNeed) int { return compareIDs(below(x.Ref), below(y.Ref)) })
	})
}

func joinSignatures(mine, theirs []Signature) []Signature {
	joined := slices.Clone(mine)
	for _, g := range theirs {
		if !slices.ContainsFunc(joined, func(o Signature) bool { return o.Person == g.Person }) {
			joined = append(joined, g)
		}
	}
	return joined
}

func joinCourt(mine, theirs Court) Court {
	return Court{
		Matters: joinEach(mine.Matters, theirs.Matters, func(a, b *Matter) { a.Children = union(a.Children, b.Children) }),
		Dates: joinEach(mine.Dates, theirs.Dates, func(a, b *CourtDate) {
			a.Children, a.Heard = union(a.Children, b.Children), union(a.Heard, b.Heard)
		}),
		Orders: joinEach(mine.Orders, theirs.Orders, func(a, b *Order) {
			a.Children, a.PlanStep = union(a.Children, b.Children), cmp.Or(a.PlanStep, b.PlanStep)
		}),
	}
}

// union lists what is in either list, in their order.
func union(a, b []string) []string {
	all := slices.Clone(a)
	for _, id := range b {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}
