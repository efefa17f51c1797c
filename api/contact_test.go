package api_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

func TestTimeline_ShowsWhatWasAddedToAVisitBesideIt(t *testing.T) {
	t.Parallel()
	c := takeIntoCare(t, overStack(t, teststack.New(t, teststack.Options{})), 10)
	at := c.ago(5)
	c.do(casework.RoleCaseworker, "visits", body{
		"children": c.children, "at": at.Format(time.RFC3339), "in_residence": true, "place": "residence", "minutes": 40,
		"worker": "w-substitute", "others": []body{{"role": "caregiver"}}, "topics": []string{"safety"}, "notes": "All is well.",
	})
	visit := c.entry("visit.recorded")

	c.do(casework.RoleSupervisor, "addenda", body{"entry": visit["seq"], "text": "One thing was forgotten."})

	added := c.entry("contact.added-to")
	require.Equal(t, []any{added["seq"]}, c.entry("visit.recorded")["addenda"])
	require.Equal(t, visit["narratives"], c.entry("visit.recorded")["narratives"], "the entry is as it was written")
	require.Len(t, added["narratives"], 1)
	require.Equal(t, "w-supervisor", added["actor"].(map[string]any)["id"])
	c.post(casework.RoleSupervisor, c.path+"/addenda", body{"entry": added["seq"], "text": "To the words themselves."}).
		refused(http.StatusUnprocessableEntity, casework.Invalid, "entry")
}

// entry is the last line of the timeline of a type.
func (c inCare) entry(event string) map[string]any {
	c.tb.Helper()
	items := c.all(casework.RoleCaseworker, c.path+"/timeline", "200")
	for _, item := range slices.Backward(items) {
		if item["type"] == event {
			return item
		}
	}
	require.Failf(c.tb, "no such entry", "%s", event)
	return nil
}

func TestContactPlans_AreTrackedAgainstWhatCameOfThem(t *testing.T) {
	t.Parallel()
	c := takeIntoCare(t, overStack(t, teststack.New(t, teststack.Options{})), 30)
	plan := body{"children": c.children[:1], "relationship": "parent", "every_days": 14, "by": "plan"}
	c.do(casework.RoleCaseworker, "contact-plans", plan)
	c.do(casework.RoleCaseworker, "contact-plans", plan.with(body{"every_days": 7, "by": "court", "from": c.day(-20)}))
	contact := body{"children": c.children[:1], "relationship": "parent", "at": c.ago(3).Format(time.RFC3339), "notes": "They played."}
	c.do(casework.RoleCaseworker, "family-contacts", contact)
	c.do(casework.RoleCaseworker, "family-contacts", contact.with(body{"attempted": true, "outcome": "no-transport"}))

	plans := c.list(casework.RoleSupervisor, c.path+"/contact-plans").Items
	require.Len(t, plans, 2)
	require.Equal(t, false, plans[0]["strictest"])
	require.Equal(t, true, plans[1]["strictest"], "the court's seven days")
	for _, plan := range plans {
		track := plan["tracks"].([]any)[0].(map[string]any)
		require.EqualValues(t, 1, track["made"], "one contact counts for both, and what did not take place for neither")
	}
	contacts := c.list(casework.RoleSupervisor, c.path+"/contacts").Items
	require.Len(t, contacts, 2)
	require.Equal(t, "w-caseworker", contacts[0]["recorded_by"])
	require.Equal(t, "parent", contacts[0]["details"].(map[string]any)["relationship"])
	require.NotContains(t, contacts[0]["details"].(map[string]any)["notes"], "played", "words are where names are")

	c.do(casework.RoleCaseworker, "contact-plan-ends", body{"plan": 2, "on": c.day(0), "reason": "court-order"})
	plans = c.list(casework.RoleSupervisor, c.path+"/contact-plans").Items
	require.Equal(t, true, plans[0]["strictest"])
	require.Equal(t, true, plans[1]["ended"])
}
