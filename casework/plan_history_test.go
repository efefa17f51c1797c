package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestPlanHistory_TellsEveryVersionWhole(t *testing.T) {
	t.Parallel()
	c := wholePlanned(t)
	c.does(t, caseworker(), aSignature(t, "P9"))
	c.does(t, caseworker(), kept(t, "2025-02-20"))
	c.does(t, supervisor(), &casework.PlanReturn{Comments: "text-back"})
	c.does(t, caseworker(), kept(t, "2025-02-20"))
	c.does(t, supervisor(), &casework.PlanApproval{})
	c.does(t, caseworker(), aPlan())
	history := casework.PlanHistory(c.events)
	var told []string
	for _, v := range history {
		told = append(told, v.Number+" "+string(v.Status))
	}
	require.Equal(t, []string{"1 approved", "1.1 returned", "1.1 approved", "2 submitted"}, told)
	require.Len(t, history[0].Needs, 2, "what the case carries no longer is in the log")
	require.Len(t, history[0].Signatures, 1)
	require.Equal(t, casework.Text("text-back"), history[1].Comments)
	require.Len(t, history[1].Participants, 2)
}

func TestComparePlans_TellsByItemWhatWasAddedRemovedAndChanged(t *testing.T) {
	t.Parallel()
	c := wholePlanned(t)
	amended := kept(t, "2025-02-20")
	amended.Goals[0].Concurrent, amended.Goals[0].Why = "adoption", "text-other"
	amended.Needs[0].Goals[0].Steps[1].Due = day(t, "2025-04-30")
	amended.Needs[0].Goals[1].Steps = []casework.PlanStep{{Words: "text-new", Worker: "w-9", Due: day(t, "2025-05-01")}}
	c.does(t, caseworker(), amended)
	history := casework.PlanHistory(c.events)
	require.Equal(t, []casework.PlanDifference{
		{Item: "child P1", Change: "changed", Fields: []casework.PlanFieldChange{
			{Field: "concurrent", From: "guardianship", To: "adoption"},
			{Field: "why", From: "text-why", To: "text-other", Narrative: true},
		}},
		{Item: "step-1.1.2", Change: "changed", Fields: []casework.PlanFieldChange{
			{Field: "due", From: "2025-04-21", To: "2025-04-30"},
		}},
		{Item: "step-1.2.2", Change: "added", Fields: []casework.PlanFieldChange{
			{Field: "words", To: "text-new", Narrative: true}, {Field: "worker", To: "w-9"}, {Field: "due", To: "2025-05-01"},
		}},
		{Item: "step-1.2.1", Change: "removed", Fields: []casework.PlanFieldChange{
			{Field: "words", From: "text-s3", Narrative: true}, {Field: "role", From: "caseworker"}, {Field: "due", From: "2025-04-21"},
		}},
	}, casework.ComparePlans(history[0].Plan, history[1].Plan))
	require.Empty(t, casework.ComparePlans(history[0].Plan, history[0].Plan))
}
