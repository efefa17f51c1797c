package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func aPlacing(t testing.TB) casework.Placing {
	t.Helper()
	return casework.Placing{
		Provider: "provider-7", ClearedUntil: day(t, "2025-12-31"), Siblings: "together", School: "same-school",
		Preference: "not-applicable", HealthRecord: true,
	}
}

func aMove(t testing.TB, on, setting, reason string, children ...string) *casework.PlacementMove {
	t.Helper()
	return &casework.PlacementMove{Children: children, On: day(t, on), Setting: setting, Reason: reason, Placing: aPlacing(t)}
}

// Transition: Episode -> placement / move.
func TestTransition_EpisodeToPlacementMove(t *testing.T) {
	t.Parallel()
	c := planned(t, elder, younger)
	e := c.does(t, caseworker(), aMove(t, "2025-02-19", "qrtp", "level-of-care", elder))
	require.Equal(t, "1 child moved (level-of-care), placed: qrtp.", e.Body.Says())
	child := c.state.Children[0]
	require.Equal(t, "qrtp", child.Setting)
	require.Equal(t, "provider-7", child.Provider)
	require.Equal(t, "foster-home", c.state.Children[1].Setting, "siblings diverge")
	require.Len(t, c.facts(casework.FactPlacementEnded), 1)
	started := c.facts(casework.FactPlacementStarted)
	require.Equal(t, "qrtp", started[len(started)-1].Setting, "the clocks of a residential treatment program start from it")
	require.Len(t, c.facts(casework.FactHealthRecordGiven), 1)
}

// Transition: Episode -> hospital/detention, and back.
func TestTransition_EpisodeToHospitalAndBack(t *testing.T) {
	t.Parallel()
	c := planned(t, elder)
	c.at(t, "2025-03-10 12:00")
	c.does(t, caseworker(), &casework.PlacementMove{
		Children: []string{elder}, On: day(t, "2025-03-01"), Setting: "hospital", Reason: "hospitalization",
	})
	c.does(t, caseworker(), aMove(t, "2025-03-05", "foster-home", "return", elder))
	stays := c.state.Stays(elder, day(t, "2025-03-10"))
	require.Len(t, stays, 1)
	requireTiled(t, stays[0])
	require.Equal(t, []string{"foster-home", "hospital", "foster-home"}, settings(stays[0]))
	require.Equal(t, day(t, "2025-03-01"), stays[0].Arrangements[0].Until)
	require.Equal(t, day(t, "2025-03-05"), stays[0].Arrangements[1].Until)
}

// Invariant: no placement with an uncleared provider; the emergency path with
// kin is explicit and has a follow-up of its own.
func TestInvariant_NoUnclearedProvider(t *testing.T) {
	t.Parallel()
	c := planned(t, elder)
	move := aMove(t, "2025-02-19", "relative", "with-relatives", elder)
	refuse := func(name, field string, change func(*casework.PlacementMove)) refusal {
		return refusal{name: name, by: caseworker(), body: with(move, change), kind: casework.Invalid, field: field}
	}
	c.refuses(
		t,
		refuse("no clearance", "cleared_until", func(b *casework.PlacementMove) { b.ClearedUntil = casework.Date{} }),
		refuse("a clearance that has run out", "cleared_until", func(b *casework.PlacementMove) {
			b.ClearedUntil = day(t, "2025-02-18")
		}),
		refuse("an emergency with a stranger", "emergency_kin", func(b *casework.PlacementMove) {
			b.Setting, b.EmergencyKin, b.CheckBy = "foster-home", true, day(t, "2025-03-19")
		}),
		refuse("an emergency without a follow-up", "check_by", func(b *casework.PlacementMove) { b.EmergencyKin = true }),
	)
	c.does(t, caseworker(), with(move, func(b *casework.PlacementMove) {
		b.ClearedUntil, b.EmergencyKin, b.CheckBy = casework.Date{}, true, day(t, "2025-03-19")
	}))
	owed := c.facts(casework.FactProviderCheckOwed)
	require.Len(t, owed, 1)
	require.Equal(t, day(t, "2025-03-19"), owed[0].Until)
	c.does(t, caseworker(), &casework.ProviderClearance{
		Children: []string{elder}, On: day(t, "2025-02-20"), Provider: "provider-7", ClearedUntil: day(t, "2026-02-20"),
	})
	require.Len(t, c.facts(casework.FactProviderCleared), 1)
}

func TestPlacementMove_Refuses(t *testing.T) {
	t.Parallel()
	move := aMove(t, "2025-02-19", "group-home", "safety", elder)
	refuse := func(name, field string, change func(*casework.PlacementMove)) refusal {
		return refusal{name: name, by: caseworker(), body: with(move, change), kind: casework.Invalid, field: field}
	}
	blocked := func(name, code string, body casework.Body) refusal {
		return refusal{name: name, by: caseworker(), body: body, kind: casework.Blocked, codes: []string{code}}
	}
	c := planned(t, elder)
	c.refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: move, kind: casework.Forbidden},
		refuse("of nobody", "children", func(b *casework.PlacementMove) { b.Children = nil }),
		refuse("of a stranger", "children", func(b *casework.PlacementMove) { b.Children = []string{"P7"} }),
		refuse("tomorrow", "on", func(b *casework.PlacementMove) { b.On = day(t, "2025-02-21") }),
		refuse("before the removal", "on", func(b *casework.PlacementMove) { b.On = day(t, "2025-01-20") }),
		refuse("to nowhere", "setting", func(b *casework.PlacementMove) { b.Setting = "car" }),
		refuse("for no reason", "reason", func(b *casework.PlacementMove) { b.Reason = "" }),
		refuse("to a hospital for safety", "reason", func(b *casework.PlacementMove) { b.Setting = "hospital" }),
		refuse("to a home for treatment", "reason", func(b *casework.PlacementMove) { b.Reason = "hospitalization" }),
		refuse("to nobody", "provider", func(b *casework.PlacementMove) { b.Provider = "" }),
		refuse("to somebody by name", "provider", func(b *casework.PlacementMove) { b.Provider = "Kim Example" }),
		refuse("without a word on siblings", "siblings", func(b *casework.PlacementMove) { b.Siblings = "" }),
		refuse("without a word on school", "school", func(b *casework.PlacementMove) { b.School = "" }),
		refuse("without the preference of the Act", "icwa_preference", func(b *casework.PlacementMove) { b.Preference = "" }),
		blocked("of the child at home", "not-in-care", with(move, func(b *casework.PlacementMove) { b.Children = []string{younger} })),
	)
	c.does(t, caseworker(), move)
	c.refuses(t, refuse("to another home for its license", "provider", func(b *casework.PlacementMove) {
		b.Reason, b.Provider = "license-change", "provider-8"
	}))
	astray(t, elder).refuses(t, blocked("of a missing child", "child-missing", move))
	onTrial(t, elder).refuses(t, blocked("from a trial home visit", "home-on-trial", move))
}

func TestPlacementMove_OfSiblingsIsAllOrNothing(t *testing.T) {
	t.Parallel()
	c := planned(t, elder)
	c.refuses(t, refusal{
		name: "one of them at home", by: caseworker(), body: aMove(t, "2025-02-19", "group-home", "safety", elder, younger),
		kind: casework.Blocked, codes: []string{"not-in-care"},
	})
	require.Equal(t, "foster-home", c.state.Children[0].Setting)
}

func TestPlacement_ThatNobodyRecordedInTimeFitsBetweenTwo(t *testing.T) {
	t.Parallel()
	c := planned(t, elder)
	c.at(t, "2025-05-01 12:00")
	c.does(t, caseworker(), aMove(t, "2025-04-01", "group-home", "level-of-care", elder))
	c.does(t, caseworker(), aMove(t, "2025-03-01", "shelter", "safety", elder))
	stay := c.state.Stays(elder, day(t, "2025-05-01"))[0]
	require.Equal(t, []string{"foster-home", "shelter", "group-home"}, settings(stay))
	requireTiled(t, stay)
	require.Equal(t, "group-home", c.state.Children[0].Setting)
}

func TestProviderClearance_NamesTheProviderOfARemoval(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	cleared := &casework.ProviderClearance{
		Children: []string{elder}, On: day(t, "2025-01-22"), Provider: "provider-1", ClearedUntil: day(t, "2026-01-22"),
	}
	refuse := func(name, field string, change func(*casework.ProviderClearance)) refusal {
		return refusal{name: name, by: caseworker(), body: with(cleared, change), kind: casework.Invalid, field: field}
	}
	c.refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: cleared, kind: casework.Forbidden},
		refuse("before the removal", "on", func(b *casework.ProviderClearance) { b.On = day(t, "2025-01-20") }),
		refuse("until yesterday", "cleared_until", func(b *casework.ProviderClearance) { b.ClearedUntil = day(t, "2025-01-21") }),
		refuse("of nobody", "provider", func(b *casework.ProviderClearance) { b.Provider = "" }),
		refusal{
			name: "of a child at home", by: caseworker(), kind: casework.Blocked, codes: []string{"not-placed"},
			body: with(cleared, func(b *casework.ProviderClearance) { b.Children = []string{younger} }),
		},
	)
	c.does(t, caseworker(), cleared)
	require.Equal(t, "provider-1", c.state.Children[0].Provider)
	c.refuses(t, refuse("of another provider", "provider", func(b *casework.ProviderClearance) { b.Provider = "provider-2" }))
	require.Equal(t, "provider-1", c.state.Stays(elder, day(t, "2025-01-22"))[0].Arrangements[0].Provider)
}

func TestHealthRecord_GoesWithEachPlacement(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	record := &casework.HealthRecord{Children: []string{elder}, On: day(t, "2025-01-22")}
	c.refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: record, kind: casework.Forbidden},
		refusal{
			name: "before the removal", by: caseworker(), kind: casework.Invalid, field: "on",
			body: with(record, func(b *casework.HealthRecord) { b.On = day(t, "2025-01-20") }),
		},
		refusal{
			name: "of a child at home", by: caseworker(), kind: casework.Blocked, codes: []string{"not-placed"},
			body: with(record, func(b *casework.HealthRecord) { b.Children = []string{younger} }),
		},
	)
	c.does(t, caseworker(), record)
	require.Len(t, c.facts(casework.FactHealthRecordGiven), 1)
}

func TestRemoval_CanNameItsPlacementAtOnce(t *testing.T) {
	t.Parallel()
	c := opened(t)
	c.at(t, "2025-01-22 12:00")
	removal := with(aRemoval(t, elder), func(b *casework.Removal) { b.Placing = aPlacing(t) })
	c.refuses(t, refusal{
		name: "with a provider who is not cleared", by: caseworker(), kind: casework.Invalid, field: "cleared_until",
		body: with(removal, func(b *casework.Removal) { b.ClearedUntil = casework.Date{} }),
	})
	c.does(t, caseworker(), removal)
	require.Equal(t, "provider-7", c.state.Children[0].Provider)
}
