package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/api"
	"homeward/casework"
	"homeward/internal/teststack"
)

func contains(r response, text string) bool { return strings.Contains(r.text, text) }

// account writes the account of a program, as an administrator.
func (s *service) account(id string, b body) response {
	s.tb.Helper()
	return s.ask(request{method: http.MethodPut, path: "/v1/services/" + id, token: s.token(casework.RoleAdministrator), body: b})
}

func TestService_TakesTheStepsOfItsAccountAndNoOthers(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := overStack(t, teststack.New(t, teststack.Options{}), func(o *api.Options) { o.Now = func() time.Time { return now } })
	program := s.tokenAt("", "svc-intake", casework.RoleService)
	send := func() response {
		return s.ask(request{method: http.MethodPost, path: "/v1/reports", token: program, body: receipt()})
	}
	send().refused(http.StatusForbidden, casework.Forbidden, "")

	account := body{"purpose": "Intake form of the schools", "acts_as": "hotline", "steps": []string{"report.receive"}, "active": true}
	require.Equal(t, http.StatusOK, s.account("svc-intake", account).status)
	taken := send().taken(http.StatusCreated)
	path := "/v1/reports/" + taken.Number
	var view accessView
	s.get(casework.RoleSupervisor, path+"/access").into(&view)
	require.Equal(t, "svc-intake", view.Worker)
	for _, other := range []string{path, path + "/timeline", "/v1/reports", "/v1/worklist", "/v1/workers", "/v1/services"} {
		s.ask(request{path: other, token: program}).refused(http.StatusForbidden, casework.Forbidden, "")
	}

	require.Equal(t, http.StatusOK, s.account("svc-intake", account.with(body{
		"actions": []string{"record.read"}, "offices": []string{"north"}, "expires_at": now.Add(time.Hour).Format(time.RFC3339),
	})).status)
	require.Equal(t, http.StatusOK, s.ask(request{path: path, token: program}).status)
	require.Empty(t, s.ask(request{path: path + "/children", token: program}).names(t), "names are not named")
	now = now.Add(time.Hour)
	send().refused(http.StatusForbidden, casework.Forbidden, "")
	require.Equal(t, http.StatusOK, s.account("svc-intake", account.with(body{"active": false})).status)
	send().refused(http.StatusForbidden, casework.Forbidden, "")
	require.Len(t, s.list(casework.RoleAdministrator, "/v1/services").Items, 1)
}

func (r response) names(t *testing.T) []string {
	t.Helper()
	require.Equal(t, http.StatusOK, r.status, r.text)
	var list struct {
		Items []map[string]any `json:"items"`
	}
	r.into(&list)
	var names []string
	for _, item := range list.Items {
		if name, ok := item["name"].(string); ok {
			names = append(names, name)
		}
	}
	return names
}

func TestService_RefusesAccountsThatNoProgramMayHave(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{Idle: true}))
	good := body{"purpose": "Court feed", "acts_as": "caseworker", "steps": []string{"hearing.record"}, "active": true}
	for field, change := range map[string]body{
		"purpose": {"purpose": " "},
		"acts_as": {"acts_as": "administrator"},
		"steps":   {"steps": []string{"plan.approve"}},
		"actions": {"actions": []string{"audit.search"}},
	} {
		s.account("svc", good.with(change)).refused(http.StatusUnprocessableEntity, casework.Invalid, field)
	}
	s.account("svc", good.with(body{"steps": nil})).refused(http.StatusUnprocessableEntity, casework.Invalid, "steps")
	s.ask(request{method: http.MethodPut, path: "/v1/services/svc", token: s.token(casework.RoleSupervisor), body: good}).
		refused(http.StatusForbidden, casework.Forbidden, "")
}
