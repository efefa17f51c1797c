package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestPlan_IsReturnedSubmittedAgainAndApproved(t *testing.T) {
	t.Parallel()
	c := removed(t, elder, younger)
	c.does(t, caseworker(), aPlan())
	c.does(t, supervisor(), &casework.PlanReturn{Comments: "text"})
	require.Equal(t, casework.PlanReturned, c.state.Plans[0].Status)
	require.Equal(t, casework.Text("text"), c.state.Plans[0].Comments)
	require.Empty(t, c.facts(casework.FactCasePlanCompleted))

	c.does(t, caseworker(), aPlan())
	c.does(t, supervisor(), &casework.PlanApproval{})
	require.Len(t, c.state.Plans, 2, "a returned version stays on record")
	approved := c.state.Plans[1]
	require.Equal(t, 2, approved.Version)
	require.Equal(t, casework.PlanApproved, approved.Status)
	require.Equal(t, caseworker().ID, approved.Submitter)
	require.Equal(t, supervisor().ID, approved.Decider)
	require.Len(t, c.facts(casework.FactCasePlanSubmitted), 2)
	require.Len(t, c.facts(casework.FactCasePlanReturned), 1)
	require.Len(t, c.facts(casework.FactCasePlanCompleted), 2, "the plan is complete for each child")
	require.Equal(t, casework.StageOutOfHomeCare, c.state.Stage())
}

func TestPlan_MovesAFamilyAtHomeIntoServices(t *testing.T) {
	t.Parallel()
	c := opened(t)
	c.plans(t)
	require.Equal(t, casework.StageServices, c.state.Stage())
}

func TestPlan_IsNeverApprovedByWhoSubmittedIt(t *testing.T) {
	t.Parallel()
	c := opened(t)
	c.does(t, supervisor(), aPlan())
	c.refuses(t, refusal{name: "own plan", by: supervisor(), body: &casework.PlanApproval{}, kind: casework.Forbidden})
	other := casework.Actor{ID: "w-other", Role: casework.RoleSupervisor}
	c.does(t, other, &casework.PlanApproval{})
	require.Equal(t, casework.PlanApproved, c.state.Plans[0].Status)
}

func TestPlan_AllowsAnotherArrangementFromSixteen(t *testing.T) {
	t.Parallel()
	primary := with(aPlan(), func(b *casework.PlanSubmission) {
		b.Goals = []casework.Goal{
			{Child: elder, Primary: "another-planned-arrangement"}, {Child: younger, Primary: "reunification"},
		}
	})
	concurrent := with(aPlan(), func(b *casework.PlanSubmission) {
		b.Goals = []casework.Goal{
			{Child: elder, Primary: "adoption", Concurrent: "another-planned-arrangement"},
			{Child: younger, Primary: "reunification"},
		}
	})
	c := removed(t, elder, younger)
	c.at(t, "2025-02-09 23:59")
	c.refuses(
		t,
		refusal{name: "the day before", by: caseworker(), body: primary, kind: casework.Invalid, field: "goals[0].primary"},
		refusal{name: "concurrent", by: caseworker(), body: concurrent, kind: casework.Invalid, field: "goals[0].concurrent"},
	)
	c.at(t, "2025-02-10 00:00")
	c.does(t, caseworker(), primary)
	require.Equal(t, "another-planned-arrangement", c.state.Plans[0].Goals[0].Primary)

	unknown := &caseClerk{state: &casework.Case{}, now: clock(t, "2025-02-10 12:00")}
	unknown.does(t, casework.System(), with(anOpening(t), func(b *casework.Opening) { b.Children[0].Born = casework.Date{} }))
	unknown.refuses(t, refusal{
		name: "an unknown age", by: caseworker(), body: primary, kind: casework.Invalid, field: "goals[0].primary",
	})
}

func TestPlan_Refuses(t *testing.T) {
	t.Parallel()
	goals := func(goals ...casework.Goal) *casework.PlanSubmission {
		return &casework.PlanSubmission{Content: "text", Goals: goals}
	}
	returned := &casework.PlanReturn{Comments: "text"}
	opened(t).refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: aPlan(), kind: casework.Forbidden},
		refusal{name: "approved by a caseworker", by: caseworker(), body: &casework.PlanApproval{}, kind: casework.Forbidden},
		refusal{name: "returned by a caseworker", by: caseworker(), body: returned, kind: casework.Forbidden},
		refusal{name: "no goals", by: caseworker(), body: goals(), kind: casework.Invalid, field: "goals"},
		refusal{
			name: "no content", by: caseworker(), kind: casework.Invalid, field: "content",
			body: with(aPlan(), func(b *casework.PlanSubmission) { b.Content = "" }),
		},
		refusal{
			name: "an unknown goal", by: caseworker(), kind: casework.Invalid, field: "goals[0].primary",
			body: goals(casework.Goal{Child: elder, Primary: "happiness"}),
		},
		refusal{
			name: "an unknown concurrent goal", by: caseworker(), kind: casework.Invalid, field: "goals[0].concurrent",
			body: goals(casework.Goal{Child: elder, Primary: "adoption", Concurrent: "happiness"}),
		},
		refusal{
			name: "a child twice", by: caseworker(), kind: casework.Invalid, field: "goals",
			body: goals(casework.Goal{Child: elder, Primary: "adoption"}, casework.Goal{Child: elder, Primary: "adoption"}),
		},
		refusal{
			name: "a stranger", by: caseworker(), kind: casework.Invalid, field: "goals[0].child",
			body: goals(casework.Goal{Child: "P7", Primary: "adoption"}),
		},
		refusal{
			name: "a child left out", by: caseworker(), kind: casework.Invalid, field: "goals",
			body: goals(casework.Goal{Child: elder, Primary: "adoption"}),
		},
		refusal{
			name: "nothing to approve", by: supervisor(), body: &casework.PlanApproval{},
			kind: casework.Blocked, codes: []string{"no-plan-submitted"},
		},
		refusal{name: "nothing to return", by: supervisor(), body: returned, kind: casework.Blocked, codes: []string{"no-plan-submitted"}},
		refusal{
			name: "no comments", by: supervisor(), body: &casework.PlanReturn{}, kind: casework.Invalid, field: "comments",
		},
	)
	waiting := opened(t)
	waiting.does(t, caseworker(), aPlan())
	waiting.refuses(t, refusal{
		name: "a second before the first is decided", by: caseworker(), body: aPlan(),
		kind: casework.Blocked, codes: []string{"plan-awaits-approval"},
	})
}
