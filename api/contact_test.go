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
