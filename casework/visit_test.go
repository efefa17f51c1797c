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
	)
}
