package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestOpening_StartsACaseInPlanning(t *testing.T) {
	t.Parallel()
	c := opened(t)
	require.Equal(t, casework.StagePlanning, c.state.Stage())
	require.Equal(t, "case-2001", c.events[0].Aggregate)
	require.Equal(t, "Case opened from report 1001 for 2 children, assigned to w-caseworker.", c.events[0].Body.Says())
	for _, child := range c.state.Children {
		require.Equal(t, casework.StageAtHome, child.Stage)
	}
	facts := c.facts(casework.FactCaseOpened)
	require.Len(t, facts, 1)
	require.Equal(t, day(t, "2025-01-20"), facts[0].On)
}

func TestOpening_Refuses(t *testing.T) {
	t.Parallel()
	none := &caseClerk{state: &casework.Case{}, now: clock(t, "2025-01-20 10:00")}
	none.refuses(
		t,
		refusal{name: "by a person", by: supervisor(), body: anOpening(t), kind: casework.Forbidden},
		refusal{
			name: "without a number", by: casework.System(), kind: casework.Invalid, field: "number",
			body: with(anOpening(t), func(b *casework.Opening) { b.Number = "" }),
		},
		refusal{
			name: "for nobody to work on", by: casework.System(), kind: casework.Invalid, field: "worker",
			body: with(anOpening(t), func(b *casework.Opening) { b.Worker = "" }),
		},
		refusal{
			name: "without children", by: casework.System(), kind: casework.Invalid, field: "children",
			body: with(anOpening(t), func(b *casework.Opening) { b.Children = nil }),
		},
		refusal{name: "a step on nothing", by: caseworker(), body: aPlan(), kind: casework.NotFound},
	)
	opened(t).refuses(t, refusal{name: "twice", by: casework.System(), body: anOpening(t), kind: casework.Blocked})
}

func TestCase_RefusesAStaleRevision(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	cmd := c.command(t, caseworker(), aPlan())
	cmd.Revision = 1
	_, err := c.state.Decide(cmd)
	requireRefusal(t, err, casework.Stale, "")
}

func TestCase_ShowsItselfInLists(t *testing.T) {
	t.Parallel()
	c := home(t, elder)
	s := c.state.Summary()
	require.Equal(t, "case-2001", s.Aggregate)
	require.Equal(t, "1001", s.Report)
	require.Equal(t, casework.StageAftercare, s.Stage)
	require.Equal(t, []casework.ChildSummary{
		{
			Aggregate: "case-2001", Child: elder, Stage: casework.StageAftercare, Born: day(t, "2009-02-10"),
			RemovedOn: day(t, "2025-01-21"), ExitedOn: day(t, "2025-11-01"), ExitReason: "reunification",
		},
		{Aggregate: "case-2001", Child: younger, Stage: casework.StageAtHome, Born: day(t, "2018-06-30")},
	}, c.state.ChildRows())
	_, asked := c.state.Opening(c.events[0])
	require.False(t, asked, "a case opens no other record")
}
