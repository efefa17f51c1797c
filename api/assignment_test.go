package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

func TestAssignment_DeclinedShowsAsUnassignedUntilSomebodyAccepts(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	r := takeReport(t, s)
	r.screenIn()
	asked := body{"worker": "w-2", "supervisor": person(casework.RoleSupervisor), "ask": true}
	r.do(casework.RoleSupervisor, "assignments", asked)
	second := func(part string, words body) response {
		return s.ask(request{
			method: http.MethodPost, path: r.path + "/" + part, token: s.tokenFor("w-2", casework.RoleInvestigator), body: words,
		})
	}
	second("assignment-declines", body{"reason": "other"}).refused(http.StatusUnprocessableEntity, casework.Invalid, "note")
	second("assignment-declines", body{"reason": "other", "note": "CANARY-NARRATIVE"}).taken(http.StatusOK)
	unassigned := s.list(casework.RoleSupervisor, "/v1/reports?unassigned=true").Items
	require.Len(t, unassigned, 1)
	require.Equal(t, true, unassigned[0]["unassigned"])
	require.Empty(t, unassigned[0]["worker"])
	second("assignment-acceptances", body{}).refused(http.StatusNotFound, casework.NotFound, "")

	r.do(casework.RoleSupervisor, "assignments", asked)
	second("assignment-acceptances", body{}).taken(http.StatusOK)
	require.Empty(t, s.list(casework.RoleSupervisor, "/v1/reports?unassigned=true").Items)
	r.do(casework.RoleManager, "unassignments", body{"reason": "left-agency"})
	require.Len(t, s.list(casework.RoleManager, "/v1/reports?unassigned=true").Items, 1)
}
