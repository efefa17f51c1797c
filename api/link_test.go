package api_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

func TestDuplicate_IsLinkedBothWaysAndFound(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	first, second, third := takeReport(t, s), takeReport(t, s), takeReport(t, s)
	same := body{
		"original": first.number, "same_incident": true, "same_subjects": true, "same_children": true, "same_period": true,
		"nothing_new": true, "note": "CANARY-NARRATIVE: the school called twice.",
	}
	second.post(casework.RoleHotline, second.path+"/duplicate", body{"original": "999999", "note": "CANARY-NARRATIVE"}).
		refused(http.StatusUnprocessableEntity, casework.Invalid, "original")
	closed := second.do(casework.RoleHotline, "duplicate", same)
	require.Equal(t, casework.StageClosed, closed.Stage)

	var duplicates struct {
		Items []map[string]any `json:"items"`
	}
	s.get(casework.RoleSupervisor, "/v1/reports?original="+first.number).into(&duplicates)
	require.Len(t, duplicates.Items, 1)
	require.Equal(t, second.number, duplicates.Items[0]["number"])
	links, _ := duplicates.Items[0]["links"].(map[string]any)
	require.Equal(t, first.path, links["original"])

	again := maps.Clone(same)
	again["original"] = second.number
	third.post(casework.RoleHotline, third.path+"/duplicate", again).refused(http.StatusUnprocessableEntity, casework.Invalid, "original")

	third.do(casework.RoleSupervisor, "screen-out", body{"reason": "consultation", "note": "CANARY-NARRATIVE"})
	var out struct {
		Items []map[string]any `json:"items"`
	}
	s.get(casework.RoleSupervisor, "/v1/reports?disposition=screened-out&reason=consultation&received_from=2020-01-01T00:00:00Z"+
		"&worker="+person(casework.RoleHotline)).into(&out)
	require.Len(t, out.Items, 1)
	require.Equal(t, third.number, out.Items[0]["number"])
	s.get(casework.RoleSupervisor, "/v1/reports?reason=busy").refused(http.StatusBadRequest, "malformed", "reason")
}

func TestCaseLink_ShowsTheSafetyPlanAndKeepsTheCaseOpen(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	first := takeReport(t, s)
	first.investigate()
	opened := first.post(casework.RoleSupervisor, first.path+"/case", caseOpening()).taken(http.StatusCreated)
	second := takeReport(t, s)
	link := body{"case": opened.Number, "persons_match": true}
	second.post(casework.RoleSupervisor, second.path+"/case-link", body{"case": opened.Number, "persons_match": false}).
		refused(http.StatusUnprocessableEntity, casework.Invalid, "persons_match")
	second.post(casework.RoleSupervisor, second.path+"/case-link", body{"case": "999999", "persons_match": true}).
		refused(http.StatusUnprocessableEntity, casework.Invalid, "case")
	answered := second.post(casework.RoleSupervisor, second.path+"/case-link", link)
	require.Equal(t, http.StatusOK, answered.status, answered.text)
	var view struct {
		Case   map[string]any `json:"case"`
		Safety map[string]any `json:"safety"`
	}
	require.NoError(t, json.Unmarshal([]byte(answered.text), &view))
	require.Equal(t, opened.Number, view.Case["number"])
	require.Equal(t, "unsafe", view.Safety["decision"])
	screening := screeningIn()
	screening["investigator"] = person(casework.RoleCaseworker)
	second.post(casework.RoleSupervisor, second.path+"/screen-in", screening).
		refused(http.StatusUnprocessableEntity, casework.Invalid, "investigator")
	closing := s.post(casework.RoleCaseworker, "/v1/cases/"+opened.Number+"/closing-requests", body{"risk": "low", "reason": "CANARY-NARRATIVE"})
	closing.refused(http.StatusConflict, casework.Blocked, "")
	require.Contains(t, closing.text, "investigation-open")

	second.do(casework.RoleSupervisor, "screen-out", body{"reason": "other", "note": "CANARY-NARRATIVE"})
	after := s.post(casework.RoleCaseworker, "/v1/cases/"+opened.Number+"/closing-requests", body{"risk": "low", "reason": "CANARY-NARRATIVE"})
	require.NotContains(t, after.text, "investigation-open", "the case was told that the report has ended")
}
