package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/app"
	"homeward/internal/teststack"
	"homeward/postgres"
)

// screenedOut receives a report and screens it out, which closes it.
func screenedOut(s *service, stack *teststack.Stack) (path, aggregate string) {
	s.tb.Helper()
	number := s.post(casework.RoleHotline, "/v1/reports", receipt()).taken(http.StatusCreated).Number
	path, aggregate = "/v1/reports/"+number, "report-"+number
	s.post(casework.RoleSupervisor, path+"/screen-out", map[string]any{
		"reason": "not-a-child", "note": "The person is 24 years old.",
	}).taken(http.StatusOK)
	require.NoError(s.tb, stack.Client.GetWorkflow(s.tb.Context(), aggregate, "").Get(s.tb.Context(), nil))
	return path, aggregate
}

func order() map[string]any {
	return map[string]any{"authority": "court-order", "reference": "26-7-01234-8", "reason": "The judge has spoken."}
}

func TestPurge_TwoPeopleDestroyARecordWhichThenIsLikeOneThatNeverWas(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack)
	path, aggregate := screenedOut(s, stack)

	s.post(casework.RoleSupervisor, path+"/purge-requests", order()).refused(http.StatusForbidden, casework.Forbidden, "")
	s.post(casework.RoleAdministrator, path+"/purge-requests", map[string]any{"authority": "whim", "reference": "x"}).
		refused(http.StatusUnprocessableEntity, casework.Invalid, "authority")
	own := s.ask(request{
		method: http.MethodPost, path: path + "/purge-requests", body: order(),
		token: s.tokenFor(person(casework.RoleSupervisor), casework.RoleAdministrator),
	})
	require.Equal(t, http.StatusCreated, own.status, own.text)
	var mine postgres.Purge
	own.into(&mine)
	refused := s.post(casework.RoleSupervisor, path+"/purge-requests/"+mine.ID+"/approval", nil).
		refused(http.StatusForbidden, casework.Forbidden, "")
	require.Contains(t, refused.Detail, "Nobody approves their own request.")
	require.Equal(t, http.StatusOK, s.post(casework.RoleAdministrator, path+"/purge-requests/"+mine.ID+"/withdrawal", nil).status)

	asked := s.ask(request{method: http.MethodPost, path: path + "/purge-requests", token: s.token(casework.RoleAdministrator), key: "k-1", body: order()})
	require.Equal(t, http.StatusCreated, asked.status, asked.text)
	again := s.ask(request{method: http.MethodPost, path: path + "/purge-requests", token: s.token(casework.RoleAdministrator), key: "k-1", body: order()})
	require.Equal(t, asked.text, again.text)
	var p postgres.Purge
	asked.into(&p)
	require.Equal(t, aggregate, p.Record)

	approval := path + "/purge-requests/" + p.ID + "/approval"
	hold := s.post(casework.RoleAdministrator, path+"/holds", map[string]any{"authority": "litigation", "reference": "26-2-17"})
	require.Equal(t, http.StatusCreated, hold.status, hold.text)
	var h postgres.Hold
	hold.into(&h)
	held := s.post(casework.RoleSupervisor, approval, nil).refused(http.StatusConflict, casework.Blocked, "")
	require.Equal(t, "legal-hold", held.Missing[0].Code)
	require.Equal(t, http.StatusOK, s.post(casework.RoleAdministrator, path+"/holds/"+h.ID+"/release", nil).status)
	for _, listed := range []string{"/holds", "/purge-requests"} {
		page := s.get(casework.RoleAdministrator, path+listed)
		require.Equal(t, http.StatusOK, page.status, page.text)
		require.Contains(t, page.text, `"authority"`, "what was asked and what is released are told")
	}
	require.Equal(t, http.StatusOK, s.post(casework.RoleSupervisor, approval, nil).status)
	require.NoError(t, stack.Client.GetWorkflow(t.Context(), "purge-"+p.ID, "").Get(t.Context(), nil))
	unknown := s.get(casework.RoleSupervisor, "/v1/reports/1").refused(http.StatusNotFound, casework.NotFound, "")
	for _, part := range []string{"", "/timeline", "/children", "/holds", "/purge-requests"} {
		gone := s.get(casework.RoleSupervisor, path+part).refused(http.StatusNotFound, casework.NotFound, "")
		require.Equal(t, unknown.Detail, gone.Detail)
	}
	s.post(casework.RoleAdministrator, path+"/purge-requests", order()).refused(http.StatusNotFound, casework.NotFound, "")
	found, err := app.Verify(t.Context(), stack.DB, stack.Client, stack.Codec, stack.Vault, stack.Namespace, aggregate)
	require.NoError(t, err)
	require.Empty(t, found.Wrong)
	require.WithinDuration(t, time.Now(), found.Tombstone.ErasedAt, time.Minute)
}

func TestPurge_LeavesOpenRecordsAlone(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	number := s.post(casework.RoleHotline, "/v1/reports", receipt()).taken(http.StatusCreated).Number
	refused := s.post(casework.RoleAdministrator, "/v1/reports/"+number+"/purge-requests", order()).
		refused(http.StatusConflict, casework.Blocked, "")
	require.Equal(t, "record-open", refused.Missing[0].Code)
}
