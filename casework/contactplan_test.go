package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// refs lists the items of the current facts of a type.
func (c *clerk[S, P]) refs(kind casework.FactType) []string {
	var refs []string
	for _, f := range c.facts(kind) {
		refs = append(refs, f.Ref+" "+f.Subject)
	}
	return refs
}

func TestContactPlan_IsAnItemForEachChildWithItsOwnPace(t *testing.T) {
	t.Parallel()
	c := removed(t, elder, younger)
	e := c.does(t, caseworker(), aContactPlan("court", 7, elder, younger))
	require.Equal(t, "Contact of 2 children planned (parent): at least every 7 days, set by the court.", e.Body.Says())
	require.Equal(t, []string{"contact-plan-1 P1", "contact-plan-1 P2"}, c.refs(casework.FactContactPlanSet))
	f := c.facts(casework.FactContactPlanSet)[0]
	require.Equal(t, 7, f.Days)
	require.Equal(t, "court", f.By)
	require.Equal(t, day(t, "2025-01-22"), f.On, "from the day of recording where no other is given")
}

func TestFamilyContact_CountsForEveryPlanOfTheRelationship(t *testing.T) {
	t.Parallel()
	c := removed(t, elder, younger)
	c.does(t, caseworker(), aContactPlan("plan", 14, elder))
	c.does(t, caseworker(), aContactPlan("court", 7, elder, younger))
	c.does(t, caseworker(), with(aContactPlan("plan", 30, elder), func(b *casework.ContactPlan) {
		b.Relationship = "siblings"
		b.Persons = []casework.Participant{{Person: younger}}
	}))
	made := &casework.FamilyContact{
		Children: []string{elder}, Relationship: "parent", At: clock(t, "2025-01-22 10:00"), With: []casework.Participant{{Person: "p-7", Role: "parent"}},
	}
	e := c.does(t, caseworker(), made)
	require.Equal(t, "Contact of 1 child (parent), in person.", e.Body.Says())
	require.Equal(t, []string{"contact-plan-1 P1", "contact-plan-2 P1"}, c.refs(casework.FactFamilyContactMade))
	c.does(t, caseworker(), &casework.FamilyContact{
		Children: []string{elder, younger}, Relationship: "siblings", At: clock(t, "2025-01-22 11:00"), Medium: "phone",
	})
	require.Equal(t, []string{"contact-plan-1 P1", "contact-plan-2 P1", " P1", " P2"}, c.refs(casework.FactFamilyContactMade),
		"a call is on record, and no visit in person")
	c.does(t, caseworker(), with(made, func(b *casework.FamilyContact) { b.Attempted, b.Outcome = true, "person-absent" }))
	require.Len(t, c.facts(casework.FactFamilyContactMade), 4, "what did not take place meets nothing")
}

func TestFamilyContact_OfAPlanThatNamesPersonsIsWithOneOfThem(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	c.does(t, caseworker(), with(aContactPlan("court", 7, elder), func(b *casework.ContactPlan) {
		b.Persons, b.Medium = []casework.Participant{{Person: "p-7"}, {Person: "p-8"}}, "phone"
	}))
	contact := func(person, medium string) {
		c.does(t, caseworker(), &casework.FamilyContact{
			Children: []string{elder}, Relationship: "parent", At: clock(t, "2025-01-22 10:00"), Medium: medium,
			With: []casework.Participant{{Person: person}},
		})
	}
	contact("p-9", "")
	require.Equal(t, []string{" P1"}, c.refs(casework.FactFamilyContactMade))
	contact("p-8", "phone")
	contact("p-7", "")
	contact("p-7", "writing")
	require.Equal(t, []string{" P1", "contact-plan-1 P1", "contact-plan-1 P1", " P1"}, c.refs(casework.FactFamilyContactMade),
		"a nearer medium than the plan's counts, a farther one does not")
}

func TestVisit_CountsForAPlanOfTheCaseworkersVisits(t *testing.T) {
	t.Parallel()
	c := removed(t, elder, younger)
	c.does(t, caseworker(), with(aContactPlan("court", 14, elder), func(b *casework.ContactPlan) { b.Relationship = "caseworker" }))
	c.does(t, caseworker(), aVisit(t, "2025-01-22 10:00", elder, younger))
	require.Equal(t, []string{"contact-plan-1 P1"}, c.refs(casework.FactFamilyContactMade))
	require.Len(t, c.facts(casework.FactVisitMade), 2)
}

func TestContactPlan_EndsOnceAndThatOfACourtByItsWord(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	end := func(plan int, reason string) *casework.ContactPlanEnd {
		return &casework.ContactPlanEnd{Plan: plan, On: day(t, "2025-01-22"), Reason: reason}
	}
	c.refuses(t, refusal{
		name: "where there is none", by: caseworker(), body: end(1, "other"), kind: casework.Blocked, codes: []string{"no-contact-plan"},
	})
	c.does(t, caseworker(), aContactPlan("court", 7, elder))
	c.does(t, caseworker(), aContactPlan("plan", 7, elder))
	c.refuses(
		t,
		refusal{name: "of a court, by the agency", by: caseworker(), body: end(1, "unsafe"), kind: casework.Invalid, field: "reason"},
		refusal{name: "unknown", by: caseworker(), body: end(3, "other"), kind: casework.Invalid, field: "plan"},
		refusal{name: "number nought", by: caseworker(), body: end(0, "other"), kind: casework.Invalid, field: "plan"},
		refusal{name: "for no known reason", by: caseworker(), body: end(2, "tired"), kind: casework.Invalid, field: "reason"},
		refusal{
			name: "on no day", by: caseworker(), body: &casework.ContactPlanEnd{Plan: 2, Reason: "other"}, kind: casework.Invalid, field: "on",
		},
		refusal{name: "by the hotline", by: hotline(), body: end(2, "other"), kind: casework.Forbidden},
	)
	before := c.state.Fork()
	c.does(t, caseworker(), end(2, "unsafe"))
	require.False(t, before.ContactPlans[1].Ended, "a copy is not changed")
	c.does(t, caseworker(), end(1, "court-order"))
	require.Equal(t, []string{"contact-plan-2 P1", "contact-plan-1 P1"}, c.refs(casework.FactContactPlanEnded))
	require.Equal(t, "Contact plan 1 ended: court-order.", c.events[len(c.events)-1].Body.Says())
	c.does(t, caseworker(), &casework.FamilyContact{Children: []string{elder}, Relationship: "parent", At: clock(t, "2025-01-22 10:00")})
	require.Equal(t, []string{" P1"}, c.refs(casework.FactFamilyContactMade), "an ended plan is met by nothing")
}

func TestContactPlan_Refuses(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	refuse := func(name, field string, change func(*casework.ContactPlan)) refusal {
		return refusal{name: name, by: caseworker(), body: with(aContactPlan("plan", 7, elder), change), kind: casework.Invalid, field: field}
	}
	c.refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: aContactPlan("plan", 7, elder), kind: casework.Forbidden},
		refuse("for nobody", "children", func(b *casework.ContactPlan) { b.Children = nil }),
		refuse("for a stranger", "children", func(b *casework.ContactPlan) { b.Children = []string{"P7"} }),
		refuse("of no known relationship", "relationship", func(b *casework.ContactPlan) { b.Relationship = "foe" }),
		refuse("of siblings alone", "children", func(b *casework.ContactPlan) { b.Relationship = "siblings" }),
		refuse("never", "every_days", func(b *casework.ContactPlan) { b.EveryDays = 0 }),
		refuse("once in two years", "every_days", func(b *casework.ContactPlan) { b.EveryDays = 730 }),
		refuse("by nobody", "by", func(b *casework.ContactPlan) { b.By = "" }),
		refuse("from long ago", "from", func(b *casework.ContactPlan) { b.From = day(t, "1949-01-01") }),
		refuse("ended before", "until", func(b *casework.ContactPlan) { b.Until = day(t, "2025-01-21") }),
		refuse("ended before it begins", "until", func(b *casework.ContactPlan) {
			b.From, b.Until = day(t, "2025-03-01"), day(t, "2025-02-01")
		}),
		refuse("by raven", "medium", func(b *casework.ContactPlan) { b.Medium = "raven" }),
		refuse("on the moon", "place", func(b *casework.ContactPlan) { b.Place = "moon" }),
		refuse("with nobody", "persons[0].role", func(b *casework.ContactPlan) { b.Persons = []casework.Participant{{}} }),
		refuse("for two days", "minutes", func(b *casework.ContactPlan) { b.Minutes = 2880 }),
	)
}

func TestFamilyContact_Refuses(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	c.does(t, caseworker(), with(aContactPlan("court", 7, elder), func(b *casework.ContactPlan) { b.Supervised = true }))
	made := &casework.FamilyContact{Children: []string{elder}, Relationship: "parent", At: clock(t, "2025-01-22 10:00"), Supervised: true}
	refuse := func(name, field string, change func(*casework.FamilyContact)) refusal {
		return refusal{name: name, by: caseworker(), body: with(made, change), kind: casework.Invalid, field: field}
	}
	c.refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: made, kind: casework.Forbidden},
		refuse("of nobody", "children", func(b *casework.FamilyContact) { b.Children = nil }),
		refuse("of a stranger", "children", func(b *casework.FamilyContact) { b.Children = []string{"P7"} }),
		refuse("of the caseworker, which is a visit", "relationship", func(b *casework.FamilyContact) { b.Relationship = "caseworker" }),
		refuse("of siblings alone", "children", func(b *casework.FamilyContact) { b.Relationship = "siblings" }),
		refuse("to come", "at", func(b *casework.FamilyContact) { b.At = clock(t, "2025-01-23 10:00") }),
		refuse("by raven", "medium", func(b *casework.FamilyContact) { b.Medium = "raven" }),
		refuse("on the moon", "place", func(b *casework.FamilyContact) { b.Place = "moon" }),
		refuse("of negative length", "minutes", func(b *casework.FamilyContact) { b.Minutes = -5 }),
		refuse("watched by a name", "supervised_by", func(b *casework.FamilyContact) { b.SupervisedBy = "Sam Example" }),
		refuse("watched and not supervised", "supervised", func(b *casework.FamilyContact) { b.Supervised, b.SupervisedBy = false, "w-1" }),
		refuse("missed without a reason", "outcome", func(b *casework.FamilyContact) { b.Attempted = true }),
		refuse("made, with a reason why not", "outcome", func(b *casework.FamilyContact) { b.Outcome = "unsafe" }),
		refuse("unsupervised against the plan", "notes", func(b *casework.FamilyContact) { b.Supervised = false }),
	)
	c.does(t, caseworker(), with(made, func(b *casework.FamilyContact) { b.Supervised, b.Notes = false, "text" }))
}
