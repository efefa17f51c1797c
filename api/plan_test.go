package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

// wholePlan is a plan with one need, one goal and two steps.
func (c inCare) wholePlan() body {
	goal := func(child string) body {
		return body{
			"child": child, "primary": "reunification", "why": "Bound to the mother.", "by": c.day(300), "consulted": true,
			"health": "Well.", "education": "At the old school.",
		}
	}
	return body{
		"content": "Classes.", "on": c.day(0), "goals": []body{goal(c.children[0]), goal(c.children[1])},
		"participants": []body{{"person": "p-1", "as": "parent"}},
		"needs": []body{{"area": "housing", "about": []string{"p-1"}, "words": "A home.", "goals": []body{{
			"words": "Two rooms.", "steps": []body{
				{"words": "Applies for the voucher.", "person": "p-1", "due": c.day(30)},
				{"words": "Sends the letter.", "worker": "w-17", "due": c.day(10)},
			},
		}}}},
	}
}

func TestPlans_AreReadAndComparedWithTheirWords(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	c := takeIntoCare(t, overStack(t, stack), 20)
	c.do(casework.RoleCaseworker, "plans", c.wholePlan())
	c.do(casework.RoleSupervisor, "plan-returns", body{"comments": "Say who drives."})
	c.do(casework.RoleCaseworker, "plans", c.wholePlan())
	c.do(casework.RoleSupervisor, "plan-approvals", body{})
	c.do(casework.RoleCaseworker, "plan-signatures", body{"plan": "1", "person": "p-1", "decision": "signed", "on": c.day(0)})
	c.do(casework.RoleCaseworker, "plan-step-completions", body{"step": "step-2.1.2", "on": c.day(0), "evidence": "On file."})
	amended := c.wholePlan()
	delete(amended, "content")
	amended["reason"], amended["why"], amended["emergency"] = "service-changed", "The list is closed.", true
	amended["needs"] = []body{{"ref": "need-2", "area": "housing", "about": []string{"p-1"}, "goals": []body{{
		"ref": "goal-2.1", "words": "Two rooms.", "steps": []body{
			{"ref": "step-2.1.2", "worker": "w-17", "due": c.day(10)},
			{"words": "Asks the church.", "role": "caseworker", "due": c.day(20)},
		},
	}}}}
	c.do(casework.RoleCaseworker, "plan-amendments", amended)

	var told []string
	for _, row := range c.list(casework.RoleSupervisor, c.path+"/plans").Items {
		told = append(told, row["number"].(string)+" "+row["status"].(string)+" "+row["href"].(string))
	}
	require.Equal(t, []string{
		"1 returned " + c.path + "/plans/1v1", "1 approved " + c.path + "/plans/1v2", "1.1 submitted " + c.path + "/plans/1.1v3",
	}, told)

	var plan map[string]any
	c.get(casework.RoleSupervisor, c.path+"/plans/1.1").into(&plan)
	require.Equal(t, "Classes.", plan["content"], "kept")
	require.Equal(t, "The list is closed.", plan["amendment"].(map[string]any)["why"])
	need := plan["needs"].([]any)[0].(map[string]any)
	require.Equal(t, "A home.", need["words"], "kept")
	require.Equal(t, []any{"p-1"}, plan["unsigned"], "a new version is signed anew")
	steps := plan["steps"].([]any)
	require.Equal(t, "done", steps[0].(map[string]any)["status"])
	require.Equal(t, "step-2.1.3", steps[1].(map[string]any)["ref"])
	require.Equal(t, "open", steps[1].(map[string]any)["status"], "an emergency is in effect at once")
	c.get(casework.RoleSupervisor, c.path+"/plans/1v1").into(&plan)
	require.Equal(t, "Say who drives.", plan["comments"])
	c.get(casework.RoleSupervisor, c.path+"/plans/7").refused(http.StatusNotFound, casework.NotFound, "")

	var compared struct {
		From, To map[string]any
		Items    []casework.PlanDifference
	}
	c.get(casework.RoleSupervisor, c.path+"/plans/compare?from=1&to=1.1").into(&compared)
	require.Equal(t, []casework.PlanDifference{
		{Item: "step-2.1.3", Change: "added", Fields: []casework.PlanFieldChange{
			{Field: "words", To: "Asks the church.", Narrative: true}, {Field: "role", To: "caseworker"}, {Field: "due", To: c.day(20)},
		}},
		{Item: "step-2.1.1", Change: "removed", Fields: []casework.PlanFieldChange{
			{Field: "words", From: "Applies for the voucher.", Narrative: true}, {Field: "person", From: "p-1"}, {Field: "due", From: c.day(30)},
		}},
	}, compared.Items, "words that were written again as they were are no change")
	unknown := c.get(casework.RoleSupervisor, c.path+"/plans/compare?from=1&to=1.2").refused(http.StatusUnprocessableEntity, casework.Invalid, "to")
	require.Contains(t, unknown.Detail, "There are: 1, 1.1.")
	c.get(casework.RoleSupervisor, c.path+"/plans/compare").refused(http.StatusUnprocessableEntity, casework.Invalid, "from")
	c.get(casework.RoleSupervisor, c.path+"/plans/compare?since=1").refused(http.StatusBadRequest, "malformed", "since")
}

func TestPlans_OfAChildInCareAreWhole(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	c := takeIntoCare(t, overStack(t, stack), 20)
	short := body{"content": "Classes.", "goals": []body{
		{"child": c.children[0], "primary": "reunification"}, {"child": c.children[1], "primary": "reunification"},
	}}
	c.post(casework.RoleCaseworker, c.path+"/plans", short).refused(http.StatusUnprocessableEntity, casework.Invalid, "needs")
}
