package api_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

// draft is the form of a version.
type draft struct {
	Step    string         `json:"step"`
	Version int            `json:"version"`
	Beside  bool           `json:"beside"`
	Href    string         `json:"href"`
	Content map[string]any `json:"content"`
	header  http.Header
}

func (r response) draft() draft {
	r.tb.Helper()
	require.Equal(r.tb, http.StatusOK, r.status, r.text)
	var d struct {
		draft

		SavedAt string `json:"saved_at"`
	}
	r.into(&d)
	require.NotEmpty(r.tb, d.SavedAt)
	d.header = r.header
	return d.draft
}

// put sends somebody's draft, having read a version where one is given.
func (c inCare) put(role casework.Role, path, known string, content any) response {
	c.tb.Helper()
	header := http.Header{}
	if known != "" {
		header.Set("If-Match", known)
	}
	return c.ask(request{method: http.MethodPut, path: c.path + "/drafts/" + path, token: c.token(role), header: header, body: content})
}

func TestDrafts_KeepWhatWasWrittenUntilTheStepIsTaken(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	c := takeIntoCare(t, overStack(t, stack), 20)
	worker, visit := casework.RoleCaseworker, c.path+"/drafts/visit.record"
	notes := func(words string) body { return body{"children": c.children, "notes": words} }

	first := c.put(worker, "visit.record", "", notes("She told")).draft()
	require.Equal(t, `"1"`, first.header.Get("ETag"))
	require.Equal(t, 1, c.put(worker, "visit.record", `"1"`, notes("She told")).draft().Version, "the same again is no new version")
	require.Equal(t, 2, c.put(worker, "visit.record", `"1"`, notes("She told me")).draft().Version)
	require.Equal(t, "She told me", c.get(worker, visit).draft().Content["notes"])
	c.post(worker, c.path+"/visits", notes("She told me")).refused(http.StatusUnprocessableEntity, casework.Invalid, "at")
	require.Equal(t, "She told me", c.get(worker, visit).draft().Content["notes"], "a refused step takes no words along")

	stale := c.put(worker, "visit.record", `"1"`, notes("CANARY elsewhere"))
	require.Equal(t, http.StatusPreconditionFailed, stale.status)
	require.NotContains(t, stale.text, "CANARY", "a refusal repeats nothing")
	var conflict struct {
		Kind  casework.Kind
		Draft struct{ Newest, Kept draft }
	}
	decoded(t, stale.text, &conflict)
	require.Equal(t, casework.Stale, conflict.Kind)
	require.Equal(t, "She told me", c.get(worker, conflict.Draft.Newest.Href).draft().Content["notes"])
	require.Equal(t, "CANARY elsewhere", c.get(worker, conflict.Draft.Kept.Href).draft().Content["notes"], "both are kept")

	restored := c.put(worker, "visit.record/newest", `"2"`, body{"version": 1}).draft()
	require.Equal(t, 4, restored.Version)
	require.Equal(t, "She told", c.get(worker, visit).draft().Content["notes"])
	require.Len(t, c.list(worker, visit+"/versions").Items, 4)
	require.Len(t, c.list(worker, c.path+"/drafts").Items, 1)

	later := c.put(worker, "visit.record", "*", notes("And another thing")).draft()
	require.Equal(t, 5, later.Version)
	taken := c.ask(request{
		method: http.MethodPost, path: c.path + "/visits", token: c.token(worker), header: http.Header{"Draft": {"4"}},
		body: body{"children": c.children, "at": justNow(), "notes": "She told"},
	})
	taken.taken(http.StatusOK)
	require.Len(t, c.list(worker, visit+"/versions").Items, 1, "what was saved since stays")
	require.Equal(t, "And another thing", c.get(worker, visit).draft().Content["notes"])
	gone := c.ask(request{method: http.MethodDelete, path: visit, token: c.token(worker)})
	require.Equal(t, http.StatusOK, gone.status, gone.text)
	c.get(worker, visit).refused(http.StatusNotFound, casework.NotFound, "")
}

func TestDrafts_AreSeenByTheirAuthorAlone(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	c := takeIntoCare(t, overStack(t, stack), 20)
	c.put(casework.RoleCaseworker, "plan.submit", "", body{"content": "CANARY"}).draft()
	for _, role := range []casework.Role{casework.RoleSupervisor} {
		require.Empty(t, c.list(role, c.path+"/drafts").Items)
		c.get(role, c.path+"/drafts/plan.submit").refused(http.StatusNotFound, casework.NotFound, "")
		c.get(role, c.path+"/drafts/plan.submit/versions/1").refused(http.StatusNotFound, casework.NotFound, "")
	}
	c.get(casework.RoleAuditor, c.path+"/drafts").refused(http.StatusForbidden, casework.Forbidden, "")
	c.put(casework.RoleCaseworker, "plan.approve", "", body{}).refused(http.StatusForbidden, casework.Forbidden, "")
	require.NotContains(t, c.log.String(), "CANARY")
	trail := c.get(casework.RoleSupervisor, c.path+"/audit").text
	require.Contains(t, trail, "plan.submit:saved")
	require.NotContains(t, trail, "CANARY")
}

func TestDrafts_Refuse(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	c := takeIntoCare(t, overStack(t, stack), 20)
	worker := casework.RoleCaseworker
	c.put(worker, "visit.burn", "", body{}).refused(http.StatusNotFound, casework.NotFound, "")
	c.put(worker, "safety.assess", "", body{}).refused(http.StatusNotFound, casework.NotFound, "")
	c.put(worker, "visit.record", "", `["no object"]`).refused(http.StatusBadRequest, "malformed", "")
	c.put(worker, "visit.record", "", `{"broken"`).refused(http.StatusBadRequest, "malformed", "")
	c.put(worker, "visit.record", "3", body{}).refused(http.StatusBadRequest, "malformed", "If-Match")
	c.put(worker, "visit.record", "", body{}).draft()
	c.put(worker, "visit.record/newest", `"1"`, body{"version": 0}).refused(http.StatusUnprocessableEntity, casework.Invalid, "version")
	c.put(worker, "visit.record/newest", `"1"`, body{"version": 9}).refused(http.StatusUnprocessableEntity, casework.Invalid, "version")
	c.get(worker, c.path+"/drafts/visit.record/versions/x").refused(http.StatusNotFound, casework.NotFound, "")
	c.ask(request{
		method: http.MethodPost, path: c.path + "/visits", token: c.token(worker), header: http.Header{"Draft": {"x"}}, body: body{},
	}).refused(http.StatusBadRequest, "malformed", "Draft")
}

// decoded reads an answer of which only some fields are of interest.
func decoded(t *testing.T, text string, v any) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(text), v))
}
