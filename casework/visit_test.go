package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestVisit_IsAFactPerChildWhenItWasMade(t *testing.T) {
	t.Parallel()
	c := removed(t, elder, younger)
	c.at(t, "2025-02-03 09:00")
	e := c.does(t, caseworker(), aVisit(t, "2025-01-31 19:30", elder, younger))
	facts := c.facts(casework.FactVisitMade)
	require.Len(t, facts, 2)
	loc := c.state.Location()
	require.Equal(t, day(t, "2025-01-31"), facts[0].LocalDate(loc), "a January visit, though February in UTC and when recorded")
	require.True(t, facts[0].InResidence)
	require.Equal(t, caseworker().ID, facts[0].Worker)
	require.Equal(t, "Visit with 2 children, where they live.", e.Body.Says())
	require.Equal(t, casework.StageOutOfHomeCare, c.state.Stage())
}

func TestVisit_AttemptIsNotAVisit(t *testing.T) {
	t.Parallel()
	c := home(t, elder)
	facts := len(c.state.Facts)
	e := c.does(t, caseworker(), &casework.Visit{
		Children: []string{elder}, At: clock(t, "2025-11-09 17:00"), Attempted: true, Notes: "text",
	})
	require.Len(t, c.state.Facts, facts)
	require.Zero(t, c.state.Children[0].AftercareVisits)
	require.Equal(t, "Visit to 1 child attempted without success.", e.Body.Says())
}

func TestVisit_IsTheFactOfWhoMadeItAndNotOfWhoWroteItDown(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	c.at(t, "2025-02-03 09:00")
	e := c.does(t, supervisor(), with(aVisit(t, "2025-01-31 19:30", elder), func(b *casework.Visit) { b.Worker = "w-substitute" }))
	require.Equal(t, "w-substitute", c.facts(casework.FactVisitMade)[0].Worker)
	require.Equal(t, supervisor().ID, e.Actor.ID)
	require.Equal(t, clock(t, "2025-01-31 19:30").UTC(), e.OccurredAt, "when it was made")
	require.Equal(t, clock(t, "2025-02-03 09:00").UTC(), e.RecordedAt, "when it was written down")
}

func TestVisit_ByTelephoneIsKeptAndMeetsNothing(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	e := c.does(t, caseworker(), &casework.Visit{
		Children: []string{elder}, At: clock(t, "2025-01-22 10:00"), Medium: "phone", Minutes: 20, Topics: []string{"education"},
		Others: []casework.Participant{{Role: "caregiver"}, {Person: "p-7", Role: "parent"}}, Notes: "text",
	})
	require.Empty(t, c.facts(casework.FactVisitMade))
	require.Equal(t, "Contact with 1 child by phone, not in person.", e.Body.Says())
	require.Equal(t, []int{e.Seq}, c.state.Entries)
}

func TestVisit_ByVideoCountsForAYouthWhoAgreed(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	c.at(t, "2027-03-01 12:00")
	c.does(t, caseworker(), &casework.Visit{
		Children: []string{elder}, At: clock(t, "2027-02-10 17:00"), Medium: casework.ByVideo, VirtualAgreed: true, Notes: "text",
	})
	require.Len(t, c.facts(casework.FactVisitMade), 1, "made on the eighteenth birthday")
}

func TestVisit_CountsAfterComingHomeOnly(t *testing.T) {
	t.Parallel()
	c := home(t, elder)
	c.does(t, caseworker(), aVisit(t, "2025-10-20 17:00", elder))
	require.Zero(t, c.state.Children[0].AftercareVisits, "made while still on trial")
	c.does(t, caseworker(), aVisit(t, "2025-11-05 17:00", elder))
	require.Equal(t, 1, c.state.Children[0].AftercareVisits)
}

func TestVisit_Refuses(t *testing.T) {
	t.Parallel()
	c := opened(t)
	refuse := func(name, field string, change func(*casework.Visit)) refusal {
		return refusal{
			name: name, by: caseworker(), body: with(aVisit(t, "2025-01-20 09:00", elder), change),
			kind: casework.Invalid, field: field,
		}
	}
	c.refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: aVisit(t, "2025-01-20 09:00", elder), kind: casework.Forbidden},
		refuse("to nobody", "children", func(b *casework.Visit) { b.Children = nil }),
		refuse("to an empty name", "children", func(b *casework.Visit) { b.Children = []string{" "} }),
		refuse("to a stranger", "children", func(b *casework.Visit) { b.Children = []string{"P7"} }),
		refuse("to come", "at", func(b *casework.Visit) { b.At = clock(t, "2025-01-21 09:00") }),
		refuse("without notes", "notes", func(b *casework.Visit) { b.Notes = "" }),
		refuse("alone with an absent child", "alone", func(b *casework.Visit) { b.Attempted, b.Alone = true, true }),
		refuse("about something, though nobody was met", "topics", func(b *casework.Visit) {
			b.Attempted, b.Topics = true, []string{"safety"}
		}),
		refuse("made, with a reason why it failed", "outcome", func(b *casework.Visit) { b.Outcome = "not-home" }),
		refuse("failed for no known reason", "outcome", func(b *casework.Visit) { b.Attempted, b.Outcome = true, "tired" }),
		refuse("by a name", "worker", func(b *casework.Visit) { b.Worker = "Sam Example" }),
		refuse("at no known place", "place", func(b *casework.Visit) { b.Place = "moon" }),
		refuse("by no known medium", "medium", func(b *casework.Visit) { b.Medium = "raven" }),
		refuse("about nothing known", "topics", func(b *casework.Visit) { b.Topics = []string{"weather"} }),
		refuse("about the same twice", "topics", func(b *casework.Visit) { b.Topics = []string{"safety", "safety"} }),
		refuse("of negative length", "minutes", func(b *casework.Visit) { b.Minutes = -1 }),
		refuse("of more than a day", "minutes", func(b *casework.Visit) { b.Minutes = 1441 }),
		refuse("with nobody else", "others[0].role", func(b *casework.Visit) { b.Others = []casework.Participant{{}} }),
		refuse("with a name", "others[0].person", func(b *casework.Visit) { b.Others = []casework.Participant{{Person: "Ann Example"}} }),
		refuse("with somebody twice", "others[1].person", func(b *casework.Visit) {
			b.Others = []casework.Participant{{Person: "p-7"}, {Person: "p-7", Role: "parent"}}
		}),
		refuse("with somebody of no known role", "others[0].role", func(b *casework.Visit) {
			b.Others = []casework.Participant{{Role: "magician"}}
		}),
		refuse("at home and not at home", "in_residence", func(b *casework.Visit) { b.InResidence, b.Place = false, "residence" }),
		refuse("at school where nobody lives", "in_residence", func(b *casework.Visit) { b.Place = "school" }),
		refuse("at home by telephone", "in_residence", func(b *casework.Visit) { b.Medium = "phone" }),
		refuse("by agreed video in person", "virtual_agreed", func(b *casework.Visit) { b.VirtualAgreed = true }),
		refuse("by video agreed by a child", "virtual_agreed", func(b *casework.Visit) {
			b.InResidence, b.Medium, b.VirtualAgreed = false, casework.ByVideo, true
		}),
	)
}
