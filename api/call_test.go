package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

func TestCall_AboutNobodyIsWrittenDownAndEnds(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	call := receipt()
	call["call"] = "wrong-number"
	delete(call, "children")
	delete(call, "allegations")
	delete(call, "narrative")
	taken := s.post(casework.RoleHotline, "/v1/reports", call).taken(http.StatusCreated)
	require.Equal(t, casework.StageClosed, taken.Stage)
	s.post(casework.RoleSupervisor, "/v1/reports/"+taken.Number+"/screen-in", screeningIn()).refused(http.StatusGone, casework.Gone, "")
}

func TestCrossReport_IsMadeBeforeAScreeningEnds(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	call := receipt()
	call["allegations"] = []body{{"child": 0, "type": "physical-abuse"}}
	taken := s.post(casework.RoleHotline, "/v1/reports", call).taken(http.StatusCreated)
	one := "/v1/reports/" + taken.Number
	s.post(casework.RoleSupervisor, one+"/screen-in", screeningIn()).refused(http.StatusConflict, casework.Blocked, "")
	s.post(casework.RoleHotline, one+"/cross-reports", body{
		"to": "law-enforcement", "at": justNow(), "agency": "county-sheriff", "means": "telephone",
	}).taken(http.StatusOK)
	s.post(casework.RoleSupervisor, one+"/cross-report-overrulings", body{
		"to": "prosecutor", "reason": "standing-agreement", "note": "The sheriff passes these on.",
	}).taken(http.StatusOK)
	s.post(casework.RoleSupervisor, one+"/screen-in", screeningIn()).taken(http.StatusOK)
}
