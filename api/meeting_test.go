package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

// A decision is owed like a step of the plan, from the meeting until it ends.
func TestMeetings_DecisionsBecomeDutiesUntilTheyEnd(t *testing.T) {
	t.Parallel()
	c := takeIntoCare(t, overStack(t, teststack.New(t, teststack.Options{})), 30)
	parent := body{"person": "p-7", "role": "parent"}
	called := time.Now().Add(time.Hour).Truncate(time.Second)
	c.do(casework.RoleCaseworker, "meetings", body{
		"type": "family-team", "at": called.Format(time.RFC3339), "place": "office", "invited": []body{parent, {"role": "school"}},
		"agenda": "How the visits go.",
	})
	held := body{"meeting": 1, "at": c.ago(1).Format(time.RFC3339), "minutes": 80, "came": []body{parent}, "decisions": []body{
		{"what": "Find a driver.", "owner": "w-caseworker", "child": c.children[0], "due": c.day(10)},
		{"what": "Ask the school.", "owner": "w-caseworker", "due": c.day(20)},
		{"what": "Bring the papers.", "owner": "p-7", "due": c.day(5)},
	}, "notes": "Everybody spoke."}
	answered := c.do(casework.RoleCaseworker, "meetings-held", held)
	var owed []string
	for _, duty := range answered.Duties {
		owed = append(owed, duty.ID+" "+duty.Due)
	}
	require.ElementsMatch(t, []string{
		"plan-step/" + c.children[0] + "/1/meeting-1.1 " + c.day(10),
		"plan-step/1/meeting-1.2 " + c.day(20), "plan-step/1/meeting-1.3 " + c.day(5),
	}, owed)

	end := body{"meeting": 1, "decision": 1, "on": c.day(0), "result": "done", "evidence": "The driver came."}
	c.do(casework.RoleCaseworker, "decision-ends", end)
	c.do(casework.RoleCaseworker, "decision-ends", body{"meeting": 1, "decision": 2, "on": c.day(0), "result": "adopted"})
	c.do(casework.RoleSupervisor, "decision-ends", end.with(body{"decision": 3, "result": "dropped", "evidence": "They were lost."}))
	c.post(casework.RoleCaseworker, c.path+"/decision-ends", end).refused(http.StatusConflict, casework.Blocked, "")

	require.Equal(t, "met", c.duty("plan-step/" + c.children[0] + "/1/meeting-1.1")["status"])
	for _, id := range []string{"plan-step/1/meeting-1.2", "plan-step/1/meeting-1.3"} {
		require.Equal(t, "superseded", c.duty(id)["status"], id)
	}
	meetings := c.list(casework.RoleSupervisor, c.path+"/meetings").Items
	require.Len(t, meetings, 1)
	require.Equal(t, "held", meetings[0]["status"])
	var results []any
	for _, d := range meetings[0]["decisions"].([]any) {
		results = append(results, d.(map[string]any)["result"])
		require.NotContains(t, d.(map[string]any)["what"], " ", "words are where names are")
	}
	require.Equal(t, []any{"done", "adopted", "dropped"}, results)
}

func TestMeetings_AreCalledOffOrHeldAndNotBoth(t *testing.T) {
	t.Parallel()
	c := takeIntoCare(t, overStack(t, teststack.New(t, teststack.Options{})), 30)
	call := body{
		"type": "case-conference", "at": time.Now().Add(time.Hour).Format(time.RFC3339), "invited": []body{{"role": "attorney"}},
	}
	off := body{"meeting": 1, "reason": "The parent is ill."}
	c.post(casework.RoleCaseworker, c.path+"/meeting-cancellations", off).refused(http.StatusConflict, casework.Blocked, "")
	c.do(casework.RoleCaseworker, "meetings", call)
	c.do(casework.RoleCaseworker, "meeting-cancellations", off)
	held := body{"meeting": 1, "at": c.ago(1).Format(time.RFC3339), "came": []body{{"role": "attorney"}}}
	c.post(casework.RoleCaseworker, c.path+"/meetings-held", held).refused(http.StatusUnprocessableEntity, casework.Invalid, "meeting")
	delete(held, "meeting")
	c.do(casework.RoleCaseworker, "meetings-held", held.with(body{"type": "placement"}))
	c.post(casework.RoleHotline, c.path+"/meetings", call).refused(http.StatusForbidden, casework.Forbidden, "")

	var told []string
	for _, m := range c.list(casework.RoleSupervisor, c.path+"/meetings").Items {
		told = append(told, m["type"].(string)+" "+m["status"].(string))
	}
	require.Equal(t, []string{"case-conference cancelled", "placement held"}, told)
	require.Equal(t, "Meeting 1 was called off.", c.entry("meeting.cancelled")["says"])
}
