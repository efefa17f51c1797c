package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestTrial_IsStillCare(t *testing.T) {
	t.Parallel()
	c := onTrial(t, elder, younger)
	require.Equal(t, casework.StageTrialHome, c.state.Stage())
	child := c.state.Children[0]
	require.True(t, child.InCare())
	require.Equal(t, day(t, "2025-08-01"), child.Trial)
	require.Equal(t, day(t, "2025-01-21"), child.RemovedOn, "the episode goes on")
	require.Empty(t, child.Setting)
	require.Len(t, c.facts(casework.FactPlacementEnded), 2)
	require.Len(t, c.facts(casework.FactTrialHomeVisitStarted), 2)
}

func TestTrial_EndsInCare(t *testing.T) {
	t.Parallel()
	c := onTrial(t, elder)
	c.does(t, caseworker(), &casework.TrialEnd{
		Children: []string{elder}, On: day(t, "2025-08-09"), Setting: "relative", Reason: "text",
	})
	child := c.state.Children[0]
	require.Equal(t, casework.StageOutOfHomeCare, child.Stage)
	require.Equal(t, "relative", child.Setting)
	require.True(t, child.Trial.IsZero())
	require.Equal(t, day(t, "2025-01-21"), child.RemovedOn, "the same episode")
	require.Len(t, c.facts(casework.FactChildRemoved), 1)
}

func TestReunification_EndsTheEpisodeAndStartsAftercare(t *testing.T) {
	t.Parallel()
	for name, from := range map[string]func(testing.TB, ...string) *caseClerk{"from trial": onTrial, "from care": planned} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := from(t, elder)
			c.at(t, "2025-11-10 12:00")
			c.does(t, caseworker(), &casework.Reunification{Children: []string{elder}, On: day(t, "2025-11-01")})
			child := c.state.Children[0]
			require.Equal(t, casework.StageAftercare, child.Stage)
			require.False(t, child.InCare())
			require.Equal(t, day(t, "2025-11-01"), child.ExitedOn)
			require.Equal(t, "reunification", child.ExitReason)
			require.True(t, child.Trial.IsZero())
			require.Len(t, c.facts(casework.FactEpisodeEnded), 1)
			require.Len(t, c.facts(casework.FactAftercareStarted), 1)
			require.Equal(t, casework.StageAftercare, c.state.Stage())
		})
	}
}

func TestSiblings_Diverge(t *testing.T) {
	t.Parallel()
	c := onTrial(t, elder)
	c.does(t, caseworker(), with(aRemoval(t, younger), func(b *casework.Removal) { b.At = clock(t, "2025-08-09 10:00") }))
	require.Equal(t, casework.StageTrialHome, c.state.Children[0].Stage)
	require.Equal(t, casework.StageOutOfHomeCare, c.state.Children[1].Stage)
	require.Equal(t, casework.StageOutOfHomeCare, c.state.Stage(), "the case is as far from home as its furthest child")

	c.does(t, caseworker(), &casework.Reunification{Children: []string{elder}, On: day(t, "2025-08-10")})
	require.Equal(t, casework.StageAftercare, c.state.Children[0].Stage)
	require.Equal(t, casework.StageOutOfHomeCare, c.state.Stage())
}

func TestTrialStart_Refuses(t *testing.T) {
	t.Parallel()
	start := &casework.TrialStart{Children: []string{elder}, On: day(t, "2025-02-19"), Safety: "text"}
	refuse := func(name, field string, change func(*casework.TrialStart)) refusal {
		return refusal{name: name, by: caseworker(), body: with(start, change), kind: casework.Invalid, field: field}
	}
	planned(t, elder).refuses(
		t,
		refusal{name: "by an investigator", by: investigator(), body: start, kind: casework.Forbidden},
		refuse("of nobody", "children", func(b *casework.TrialStart) { b.Children = nil }),
		refuse("of a stranger", "children", func(b *casework.TrialStart) { b.Children = []string{"P7"} }),
		refuse("tomorrow", "on", func(b *casework.TrialStart) { b.On = day(t, "2025-02-21") }),
		refuse("before the removal", "on", func(b *casework.TrialStart) { b.On = day(t, "2025-01-20") }),
		refuse("that ends before it begins", "until", func(b *casework.TrialStart) { b.Until = day(t, "2025-02-18") }),
		refuse("ordered without an end", "until", func(b *casework.TrialStart) { b.CourtOrdered = true }),
		refuse("without a look at the home", "safety", func(b *casework.TrialStart) { b.Safety = "" }),
		refusal{
			name: "of the child at home", by: caseworker(), kind: casework.Blocked, codes: []string{"not-in-care"},
			body: with(start, func(b *casework.TrialStart) { b.Children = []string{younger} }),
		},
	)
	early := removed(t, elder)
	early.at(t, "2025-02-20 12:00")
	early.refuses(t, refusal{
		name: "without a plan", by: caseworker(), body: start, kind: casework.Blocked, codes: []string{"no-approved-plan"},
	})
	again := planned(t, elder)
	again.at(t, "2025-03-01 12:00")
	again.does(t, caseworker(), &casework.Reunification{Children: []string{elder}, On: day(t, "2025-03-01")})
	again.at(t, "2025-05-01 12:00")
	again.does(t, caseworker(), with(aRemoval(t, elder), func(b *casework.Removal) { b.At = again.now }))
	again.refuses(t, refusal{
		name: "on the plan of an earlier episode", by: caseworker(), kind: casework.Blocked, codes: []string{"no-approved-plan"},
		body: with(start, func(b *casework.TrialStart) { b.On = day(t, "2025-05-01") }),
	})
	onTrial(t, elder).refuses(t, refusal{
		name: "twice", by: caseworker(), body: start, kind: casework.Blocked, codes: []string{"already-on-trial"},
	})
}

func TestTrialEnd_Refuses(t *testing.T) {
	t.Parallel()
	end := &casework.TrialEnd{Children: []string{elder}, On: day(t, "2025-08-09"), Setting: "shelter", Reason: "text"}
	refuse := func(name, field string, change func(*casework.TrialEnd)) refusal {
		return refusal{name: name, by: caseworker(), body: with(end, change), kind: casework.Invalid, field: field}
	}
	onTrial(t, elder).refuses(
		t,
		refusal{name: "by a manager", by: manager(), body: end, kind: casework.Forbidden},
		refuse("of nobody", "children", func(b *casework.TrialEnd) { b.Children = nil }),
		refuse("of a stranger", "children", func(b *casework.TrialEnd) { b.Children = []string{"P7"} }),
		refuse("tomorrow", "on", func(b *casework.TrialEnd) { b.On = day(t, "2025-08-11") }),
		refuse("before it began", "on", func(b *casework.TrialEnd) { b.On = day(t, "2025-07-31") }),
		refuse("to nowhere", "setting", func(b *casework.TrialEnd) { b.Setting = "" }),
		refuse("without a reason", "reason", func(b *casework.TrialEnd) { b.Reason = "" }),
	)
	care := planned(t, elder)
	care.at(t, "2025-08-10 12:00")
	care.refuses(t, refusal{name: "of no trial", by: caseworker(), body: end, kind: casework.Blocked, codes: []string{"not-on-trial"}})
}

func TestReunification_Refuses(t *testing.T) {
	t.Parallel()
	reunion := &casework.Reunification{Children: []string{elder}, On: day(t, "2025-08-09")}
	refuse := func(name, field string, change func(*casework.Reunification)) refusal {
		return refusal{name: name, by: caseworker(), body: with(reunion, change), kind: casework.Invalid, field: field}
	}
	onTrial(t, elder).refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: reunion, kind: casework.Forbidden},
		refuse("of nobody", "children", func(b *casework.Reunification) { b.Children = nil }),
		refuse("of a stranger", "children", func(b *casework.Reunification) { b.Children = []string{"P7"} }),
		refuse("tomorrow", "on", func(b *casework.Reunification) { b.On = day(t, "2025-08-11") }),
		refuse("before the trial", "on", func(b *casework.Reunification) { b.On = day(t, "2025-07-31") }),
		refusal{
			name: "of the child at home", by: caseworker(), kind: casework.Blocked, codes: []string{"not-in-care"},
			body: with(reunion, func(b *casework.Reunification) { b.Children = []string{younger} }),
		},
	)
	removed(t, elder).refuses(t, refuse("on the day of the removal", "on", func(b *casework.Reunification) {
		b.On = day(t, "2025-01-21")
	}))
}

func TestMoves_NeverOverlap(t *testing.T) {
	t.Parallel()
	c := onTrial(t, elder)
	c.does(t, caseworker(), &casework.TrialEnd{
		Children: []string{elder}, On: day(t, "2025-08-09"), Setting: "relative", Reason: "text",
	})
	c.refuses(
		t,
		refusal{
			name: "a second trial inside the first", by: caseworker(), kind: casework.Invalid, field: "on",
			body: &casework.TrialStart{Children: []string{elder}, On: day(t, "2025-08-05"), Safety: "text"},
		},
		refusal{
			name: "home before the return to care", by: caseworker(), kind: casework.Invalid, field: "on",
			body: &casework.Reunification{Children: []string{elder}, On: day(t, "2025-08-05")},
		},
	)
	c.does(t, caseworker(), &casework.TrialStart{Children: []string{elder}, On: day(t, "2025-08-09"), Safety: "text"})
	require.Equal(t, casework.StageTrialHome, c.state.Children[0].Stage, "on the same day is lawful")
}
