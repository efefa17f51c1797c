package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

func TestChild_TellsWhereItLived(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	r := takeReport(t, s)
	r.investigate()
	opened := r.post(casework.RoleSupervisor, r.path+"/case", caseOpening()).taken(http.StatusCreated)
	record, today := opened.Links["self"], time.Now().In(losAngeles(t)).Format(time.DateOnly)
	s.post(casework.RoleCaseworker, record+"/removals", body{
		"children": r.children[:1], "at": justNow(), "authority": "court-order", "danger": "CANARY-NARRATIVE", "efforts": "Offered.",
		"icwa_inquiry": "no-reason-to-know", "relatives_asked": true, "setting": "shelter", "provider": "provider-1", "cleared_until": "2099-01-01",
		"siblings": "together", "school": "same-school", "icwa_preference": "not-applicable",
	}).taken(http.StatusOK)
	s.post(casework.RoleCaseworker, record+"/placements", body{
		"children": r.children[:1], "on": today, "setting": "relative", "reason": "with-relatives", "provider": "provider-7",
		"emergency_kin": true, "check_by": "2099-01-01", "siblings": "together", "school": "same-school",
		"icwa_preference": "not-applicable", "notes": "CANARY-NARRATIVE",
	}).taken(http.StatusOK)
	s.post(casework.RoleCaseworker, record+"/missing", body{
		"children": r.children[:1], "informed_at": justNow(), "last_seen": today, "kind": "runaway", "circumstances": "CANARY-NARRATIVE",
	}).taken(http.StatusOK)

	var child map[string]any
	path := record + "/children/" + r.children[0]
	s.get(casework.RoleCaseworker, path).into(&child)
	require.Equal(t, "CANARY-NAME Ana", child["name"])
	require.Equal(t, today, child["missing_since"])
	require.Len(t, child["episodes"], 1)
	episode := child["episodes"].([]any)[0].(map[string]any)
	require.InDelta(t, 1, episode["moves"], 0)
	require.InDelta(t, 9, episode["afcars_exit"], 0, "still in care")
	var lived []any
	for _, a := range episode["arrangements"].([]any) {
		lived = append(lived, a.(map[string]any)["setting"])
	}
	require.Equal(t, []any{"shelter", "relative", "runaway"}, lived)
	require.NotEmpty(t, child["entered_care"].(map[string]any)["why"])
	require.NotEmpty(t, child["milestones"])

	s.get(casework.RoleCaseworker, record+"/children/p-none").refused(http.StatusNotFound, casework.NotFound, "")
	s.get(casework.RoleHotline, path).refused(http.StatusNotFound, casework.NotFound, "")
	require.NotContains(t, s.log.String(), "CANARY")
}
