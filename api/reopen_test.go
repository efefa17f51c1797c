package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

func TestUnlinking_StartsTheReportAgainFromItsLog(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	first, second := takeReport(t, s), takeReport(t, s)
	closed := second.do(casework.RoleHotline, "duplicate", body{
		"original": first.number, "same_incident": true, "same_subjects": true, "same_children": true, "same_period": true,
		"nothing_new": true, "note": "CANARY-NARRATIVE",
	})
	unlink := request{
		method: http.MethodPost, path: second.path + "/unlinking", token: s.token(casework.RoleSupervisor), key: "unlink-1",
		body: body{"note": "CANARY-NARRATIVE: another child."},
	}
	open := s.ask(unlink).taken(http.StatusOK)
	require.Equal(t, casework.StageIntake, open.Stage)
	require.Greater(t, open.Revision, closed.Revision, "one log, which goes on")
	require.Equal(t, open, s.ask(unlink).taken(http.StatusOK), "sent again, it is the same answer")
	second.do(casework.RoleSupervisor, "screen-in", screeningIn())
	first.post(casework.RoleSupervisor, first.path+"/unlinking", body{"note": "CANARY-NARRATIVE"}).
		refused(http.StatusConflict, casework.Blocked, "")
}
