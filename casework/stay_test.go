package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// requireTiled holds that living arrangements tile an episode, with no gap and
// no overlap.
func requireTiled(t testing.TB, stay casework.Stay) {
	t.Helper()
	require.NotEmpty(t, stay.Arrangements, "a child in care lives somewhere")
	edge := stay.RemovedOn
	for i, a := range stay.Arrangements {
		require.Equal(t, edge, a.From, "arrangement %d begins where the one before it ended", i)
		require.Contains(t, casework.Arrangements(), a.Setting)
		if last := i == len(stay.Arrangements)-1; last {
			require.Equal(t, stay.EndedOn, a.Until, "the last one lasts as long as the episode")
			continue
		}
		require.False(t, a.Until.Before(a.From), "arrangement %d ends before it begins", i)
		edge = a.Until
	}
}

// requireStays holds the invariants of a child's episodes.
func requireStays(t testing.TB, c *casework.Case, now casework.Date) {
	t.Helper()
	for _, child := range c.Children {
		open := 0
		var ended casework.Date
		for i, stay := range c.Stays(child.ID, now) {
			require.Equal(t, i+1, stay.Number)
			requireTiled(t, stay)
			require.False(t, stay.RemovedOn.Before(ended), "episodes do not overlap")
			if ended = stay.EndedOn; ended.IsZero() {
				open++
			} else {
				require.True(t, ended.After(stay.RemovedOn), "an exit is after its removal")
			}
		}
		require.LessOrEqual(t, open, 1, "one open episode a child")
		require.Equal(t, child.InCare(), open == 1)
	}
}

func settings(stay casework.Stay) []string {
	var names []string
	for _, a := range stay.Arrangements {
		names = append(names, a.Setting)
	}
	return names
}

// Invariant: living arrangements tile the episode; being missing and home on
// trial are rows.
func TestInvariant_ArrangementsTileTheEpisode(t *testing.T) {
	t.Parallel()
	c := back(t, elder)
	c.at(t, "2025-06-20 12:00")
	c.does(t, caseworker(), aMove(t, "2025-04-01", "group-home", "level-of-care", elder))
	c.does(t, caseworker(), &casework.TrialStart{Children: []string{elder}, On: day(t, "2025-05-01"), Safety: "text"})
	c.does(t, caseworker(), &casework.TrialEnd{
		Children: []string{elder}, On: day(t, "2025-05-20"), Setting: "relative", Placing: aPlacing(t), Reason: "text",
	})
	c.does(t, caseworker(), &casework.Reunification{Children: []string{elder}, On: day(t, "2025-06-15")})
	stays := c.state.Stays(elder, day(t, "2025-06-20"))
	require.Len(t, stays, 1)
	requireTiled(t, stays[0])
	require.Equal(t, []string{"foster-home", "runaway", "foster-home", "group-home", "trial-home-visit", "relative"}, settings(stays[0]))
	require.Equal(t, "reunification", stays[0].Exit)
	require.Equal(t, day(t, "2025-06-15"), stays[0].EndedOn)
	require.Empty(t, c.state.Stays(younger, day(t, "2025-06-20")))
}

func TestCorrection_OfAMoveKeepsTheTiling(t *testing.T) {
	t.Parallel()
	c := planned(t, elder)
	c.at(t, "2025-06-20 12:00")
	c.does(t, caseworker(), aMove(t, "2025-04-01", "group-home", "level-of-care", elder))
	c.does(t, caseworker(), &casework.TrialStart{Children: []string{elder}, On: day(t, "2025-05-01"), Safety: "text"})
	moved := func() string { return c.factID(t, casework.FactPlacementStarted, elder) }
	c.refuses(
		t,
		refusal{
			name: "before the removal", by: caseworker(), kind: casework.Invalid, field: "on",
			body: correctsOn(moved(), day(t, "2025-01-20")),
		},
		refusal{
			name: "into the trial home visit", by: caseworker(), kind: casework.Invalid, field: "on",
			body: correctsOn(moved(), day(t, "2025-05-02")),
		},
	)
	c.does(t, caseworker(), correctsOn(moved(), day(t, "2025-04-10")))
	stay := c.state.Stays(elder, day(t, "2025-06-20"))[0]
	requireTiled(t, stay)
	require.Equal(t, day(t, "2025-04-10"), stay.Arrangements[1].From)
	c.does(t, caseworker(), withdraws(moved()))
	stay = c.state.Stays(elder, day(t, "2025-06-20"))[0]
	requireTiled(t, stay)
	require.Equal(t, []string{"foster-home", "trial-home-visit"}, settings(stay))
}

// Moves that do not count as moves (placement stability).
func TestMoves_ThatAreNone(t *testing.T) {
	t.Parallel()
	move := func(on, setting, reason, provider string) *casework.PlacementMove {
		return with(aMove(t, on, setting, reason, elder), func(b *casework.PlacementMove) { b.Provider = provider })
	}
	for name, test := range map[string]struct {
		steps []*casework.PlacementMove
		moves int
	}{
		"the first placement": {nil, 0},
		"another home":        {[]*casework.PlacementMove{move("2025-03-01", "foster-home", "safety", "provider-2")}, 1},
		"a hospital and back": {[]*casework.PlacementMove{
			{Children: []string{elder}, On: day(t, "2025-03-01"), Setting: "hospital", Reason: "hospitalization"},
			move("2025-03-20", "foster-home", "return", "provider-1"),
		}, 0},
		"detention and then another home": {[]*casework.PlacementMove{
			{Children: []string{elder}, On: day(t, "2025-03-01"), Setting: "detention", Reason: "detention"},
			move("2025-03-20", "group-home", "level-of-care", "provider-2"),
		}, 1},
		"respite of 14 days": {[]*casework.PlacementMove{
			move("2025-03-01", "foster-home", "respite", "provider-2"), move("2025-03-15", "foster-home", "return", "provider-1"),
		}, 0},
		"respite of 15 days, and back": {[]*casework.PlacementMove{
			move("2025-03-01", "foster-home", "respite", "provider-2"), move("2025-03-16", "foster-home", "return", "provider-1"),
		}, 2},
		"the license of the same home": {[]*casework.PlacementMove{
			move("2025-03-01", "pre-adoptive", "license-change", "provider-1"),
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := opened(t)
			c.at(t, "2025-01-22 12:00")
			c.does(t, caseworker(), with(aRemoval(t, elder), func(b *casework.Removal) {
				b.Placing = aPlacing(t)
				b.Provider = "provider-1"
			}))
			c.at(t, "2025-04-01 12:00")
			for _, step := range test.steps {
				c.does(t, caseworker(), step)
			}
			stay := c.state.Stays(elder, day(t, "2025-04-01"))[0]
			requireTiled(t, stay)
			require.Equal(t, test.moves, stay.Moves)
		})
	}
}

func TestMoves_AreNotCountedFromTheEighteenthBirthday(t *testing.T) {
	t.Parallel()
	c := planned(t, elder)
	c.at(t, "2027-03-01 12:00")
	for _, on := range []string{"2027-02-09", "2027-02-10"} {
		c.does(t, caseworker(), with(aMove(t, on, "group-home", "safety", elder), func(b *casework.PlacementMove) {
			b.Provider, b.ClearedUntil = "provider-"+on, day(t, "2027-12-31")
		}))
	}
	require.Equal(t, 1, c.state.Stays(elder, day(t, "2027-03-01"))[0].Moves)
}
