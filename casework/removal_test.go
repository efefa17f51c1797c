package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestRemoval_StartsCareForTheNamedChildren(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	require.Equal(t, casework.StageOutOfHomeCare, c.state.Stage())
	taken, left := c.state.Children[0], c.state.Children[1]
	require.Equal(t, casework.StageOutOfHomeCare, taken.Stage)
	require.True(t, taken.InCare())
	require.Equal(t, day(t, "2025-01-21"), taken.RemovedOn, "the day in the office's zone, not in UTC")
	require.Equal(t, "foster-home", taken.Setting)
	require.Equal(t, casework.StageAtHome, left.Stage, "siblings diverge")
	require.False(t, left.InCare())
	require.Len(t, c.facts(casework.FactChildRemoved), 1)
	require.Len(t, c.facts(casework.FactPlacementStarted), 1)
}

func TestRemoval_TakesAChildOutOfAftercare(t *testing.T) {
	t.Parallel()
	c := visited(t, elder)
	c.does(t, caseworker(), with(aRemoval(t, elder), func(b *casework.Removal) {
		b.At, b.Setting = clock(t, "2025-12-10 09:00"), "relative"
	}))
	child := c.state.Children[0]
	require.Equal(t, casework.StageOutOfHomeCare, child.Stage)
	require.Equal(t, day(t, "2025-12-10"), child.RemovedOn)
	require.True(t, child.ExitedOn.IsZero(), "a new episode has no exit")
	require.Zero(t, child.AftercareVisits)
	ended := c.facts(casework.FactAftercareEnded)
	require.Len(t, ended, 1)
	require.Equal(t, "re-removal", ended[0].Reason)
	require.Len(t, c.facts(casework.FactChildRemoved), 2, "both episodes stay on record")
}

func TestRemoval_Refuses(t *testing.T) {
	t.Parallel()
	c := opened(t)
	c.at(t, "2025-01-22 12:00")
	refuse := func(name, field string, change func(*casework.Removal)) refusal {
		return refusal{
			name: name, by: caseworker(), body: with(aRemoval(t, elder), change), kind: casework.Invalid, field: field,
		}
	}
	c.refuses(
		t,
		refusal{name: "by an investigator", by: investigator(), body: aRemoval(t, elder), kind: casework.Forbidden},
		refusal{name: "by a manager", by: manager(), body: aRemoval(t, elder), kind: casework.Forbidden},
		refuse("of nobody", "children", func(b *casework.Removal) { b.Children = nil }),
		refuse("of one child twice", "children", func(b *casework.Removal) { b.Children = []string{elder, elder} }),
		refuse("of a stranger", "children", func(b *casework.Removal) { b.Children = []string{"P7"} }),
		refuse("to come", "at", func(b *casework.Removal) { b.At = clock(t, "2025-01-22 12:03") }),
		refuse("of the unborn", "at", func(b *casework.Removal) { b.At = clock(t, "2009-02-09 23:00") }),
		refuse("without authority", "authority", func(b *casework.Removal) { b.Authority = "convenience" }),
		refuse("without danger", "danger", func(b *casework.Removal) { b.Danger = "" }),
		refuse("without efforts to prevent it", "efforts", func(b *casework.Removal) { b.Efforts = "" }),
		refuse("without the ICWA inquiry", "icwa_inquiry", func(b *casework.Removal) { b.ICWAInquiry = "" }),
		refuse("without asking relatives", "relatives_asked", func(b *casework.Removal) { b.RelativesAsked = false }),
		refuse("to nowhere", "setting", func(b *casework.Removal) { b.Setting = "car" }),
	)
	removed(t, elder).refuses(t, refusal{
		name: "a child in care", by: caseworker(), body: aRemoval(t, elder, younger),
		kind: casework.Blocked, codes: []string{"already-in-care"},
	})
	home(t, elder).refuses(t, refusal{
		name: "inside an episode that has ended", by: caseworker(), body: aRemoval(t, elder), kind: casework.Invalid, field: "at",
	})
}

func TestRelativeNotice_IsAFactPerChild(t *testing.T) {
	t.Parallel()
	c := removed(t, elder, younger)
	c.does(t, caseworker(), &casework.RelativeNotice{Children: []string{elder, younger}, On: day(t, "2025-01-22")})
	require.Len(t, c.facts(casework.FactRelativesNotified), 2)
	require.Equal(t, casework.StageOutOfHomeCare, c.state.Stage())
}

func TestRelativeNotice_Refuses(t *testing.T) {
	t.Parallel()
	notice := &casework.RelativeNotice{Children: []string{elder}, On: day(t, "2025-01-22")}
	opened(t).refuses(t, refusal{
		name: "at home", by: caseworker(), kind: casework.Blocked, codes: []string{"not-in-care"},
		body: with(notice, func(b *casework.RelativeNotice) { b.On = day(t, "2025-01-20") }),
	})
	removed(t, elder).refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: notice, kind: casework.Forbidden},
		refusal{
			name: "of a stranger", by: caseworker(), kind: casework.Invalid, field: "children",
			body: with(notice, func(b *casework.RelativeNotice) { b.Children = []string{"P7"} }),
		},
		refusal{
			name: "for nobody", by: caseworker(), kind: casework.Invalid, field: "children",
			body: with(notice, func(b *casework.RelativeNotice) { b.Children = nil }),
		},
		refusal{
			name: "tomorrow", by: caseworker(), kind: casework.Invalid, field: "on",
			body: with(notice, func(b *casework.RelativeNotice) { b.On = day(t, "2025-01-23") }),
		},
		refusal{
			name: "before the removal", by: caseworker(), kind: casework.Invalid, field: "on",
			body: with(notice, func(b *casework.RelativeNotice) { b.On = day(t, "2025-01-20") }),
		},
	)
}
