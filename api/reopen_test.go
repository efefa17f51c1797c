package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
	"homeward/workflows"
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

func TestReopening_IsTheSameCaseWithOneLog(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack)
	r := takeReport(t, s)
	r.investigate()
	opened := r.post(casework.RoleSupervisor, r.path+"/case", caseOpening()).taken(http.StatusCreated)
	one := "/v1/cases/" + opened.Number
	again := body{
		"persons_match": true, "worker": person(casework.RoleCaseworker), "supervisor": person(casework.RoleSupervisor), "risk": "high",
		"reason": "CANARY-NARRATIVE: a new report.",
	}
	s.post(casework.RoleSupervisor, one+"/reopening", again).refused(http.StatusConflict, casework.Blocked, "")
	s.post(casework.RoleCaseworker, one+"/closing-requests", body{"risk": "low", "reason": "CANARY-NARRATIVE"}).taken(http.StatusOK)
	closed := s.post(casework.RoleSupervisor, one+"/closing", body{}).taken(http.StatusOK)
	require.Equal(t, casework.StageClosed, closed.Stage)

	second := takeReport(t, s)
	link := body{"case": opened.Number, "persons_match": true}
	second.post(casework.RoleSupervisor, second.path+"/case-link", link).refused(http.StatusUnprocessableEntity, casework.Invalid, "case")
	open := s.post(casework.RoleSupervisor, one+"/reopening", again).taken(http.StatusOK)
	require.Equal(t, casework.StagePlanning, open.Stage)
	require.Greater(t, open.Revision, closed.Revision)
	require.NoError(t, stack.Client.SignalWorkflow(t.Context(), "case-"+opened.Number, "", workflows.SignalRenew, nil))
	linked := second.post(casework.RoleSupervisor, second.path+"/case-link", link)
	require.Equal(t, http.StatusOK, linked.status, linked.text)
	s.post(casework.RoleCaseworker, one+"/closing-requests", body{"risk": "low", "reason": "CANARY-NARRATIVE"}).
		refused(http.StatusConflict, casework.Blocked, "")
}
