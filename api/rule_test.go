package api_test

import (
	"crypto/rand"
	"database/sql"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/api"
	"homeward/casework"
	"homeward/internal/teststack"
)

// rule is the form of an access rule.
type rule struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind"`
	Worker    string    `json:"worker"`
	Ground    string    `json:"ground"`
	SetBy     string    `json:"set_by"`
	SetAt     time.Time `json:"set_at"`
	ExpiresAt time.Time `json:"expires_at"`
	EndedBy   string    `json:"ended_by"`
	EndedAt   time.Time `json:"ended_at"`
}

type accessView struct {
	Restricted bool   `json:"restricted"`
	Sealed     bool   `json:"sealed"`
	Worker     string `json:"worker"`
	Supervisor string `json:"supervisor"`
	Manager    string `json:"manager"`
	Rules      []rule `json:"rules"`
}

func (s *service) set(role casework.Role, path string, b body) rule {
	s.tb.Helper()
	answered := s.post(role, path, b)
	require.Equal(s.tb, http.StatusCreated, answered.status, answered.text)
	var r rule
	answered.into(&r)
	return r
}

// reads says how a person of a role gets on with a record.
func (s *service) reads(role casework.Role, id, path string) int {
	s.tb.Helper()
	return s.ask(request{path: path, token: s.tokenAt("south", id, role)}).status
}

func TestGrant_LetsSomebodyInUntilItEndsOrRunsOut(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := overStack(t, teststack.New(t, teststack.Options{}), func(o *api.Options) { o.Now = func() time.Time { return now } })
	r := takeReport(t, s)
	attorney := func() int { return s.reads(casework.RoleAttorney, "w-attorney", r.path) }
	require.Equal(t, http.StatusNotFound, attorney())

	granted := s.set(casework.RoleSupervisor, r.path+"/grants", body{
		"worker": "w-attorney", "purpose": "attorney", "expires_at": now.Add(time.Hour).Format(time.RFC3339),
	})
	require.Equal(t, "grant", granted.Kind)
	require.Equal(t, "attorney", granted.Ground)
	require.Equal(t, person(casework.RoleSupervisor), granted.SetBy)
	require.Equal(t, http.StatusOK, attorney())
	s.post(casework.RoleSupervisor, r.path+"/grants", body{"worker": "w-attorney", "purpose": "court"}).
		refused(http.StatusConflict, casework.Blocked, "")
	now = now.Add(time.Hour)
	require.Equal(t, http.StatusNotFound, attorney(), "it has run out")

	again := s.set(casework.RoleSupervisor, r.path+"/grants", body{"worker": "w-attorney", "purpose": "court"})
	require.Equal(t, http.StatusOK, attorney())
	end := r.path + "/grants/" + again.ID + "/end"
	for range 2 {
		var ended rule
		s.post(casework.RoleSupervisor, end, nil).into(&ended)
		require.Equal(t, person(casework.RoleSupervisor), ended.EndedBy)
	}
	require.Equal(t, http.StatusNotFound, attorney(), "it was ended")
	var view accessView
	s.get(casework.RoleSupervisor, r.path+"/access").into(&view)
	require.Len(t, view.Rules, 2, "what was granted once is told for ever")
	require.Equal(t, []string{granted.ID, again.ID}, []string{view.Rules[0].ID, view.Rules[1].ID})
	require.Equal(t, person(casework.RoleHotline), view.Worker)
}

func TestGrant_IsSetOnceForAKey(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	r := takeReport(t, s)
	q := request{
		method: http.MethodPost, path: r.path + "/grants", token: s.token(casework.RoleSupervisor), key: rand.Text(),
		body: body{"worker": "w-9", "purpose": "cover"},
	}
	first, second := s.ask(q), s.ask(q)
	require.Equal(t, http.StatusCreated, first.status, first.text)
	require.Equal(t, first.text, second.text)
	q.body = body{"worker": "w-10", "purpose": "cover"}
	s.ask(q).refused(http.StatusUnprocessableEntity, casework.Reused, "")
}

func TestRules_RefuseWhatCannotBe(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	r := takeReport(t, s)
	for name, c := range map[string]struct {
		path, field string
		b           body
	}{
		"no worker":  {"/grants", "worker", body{"worker": "", "purpose": "cover"}},
		"a name":     {"/grants", "worker", body{"worker": "Kim Lee", "purpose": "cover"}},
		"no purpose": {"/grants", "purpose", body{"worker": "w-9", "purpose": "curiosity"}},
		"a time that is over": {"/grants", "expires_at", body{
			"worker": "w-9", "purpose": "cover", "expires_at": "2020-01-01T00:00:00Z",
		}},
		"a conflict of nobody": {"/conflicts", "worker", body{"worker": " "}},
		"a seal without order": {"/seals", "order", body{"order": ""}},
		"a seal with a name":   {"/seals", "order", body{"order": "In re Ana Doe"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.in(t).post(casework.RoleSupervisor, r.path+c.path, c.b).refused(http.StatusUnprocessableEntity, casework.Invalid, c.field)
		})
	}
	s.post(casework.RoleSupervisor, r.path+"/grants", body{"worker": person(casework.RoleSupervisor), "purpose": "cover"}).
		refused(http.StatusForbidden, casework.Forbidden, "")
	s.post(casework.RoleSupervisor, r.path+"/grants/grant-0/end", nil).refused(http.StatusNotFound, casework.NotFound, "")
}

func TestConflict_ClosesTheRecordToWhoeverDeclaresItAndOnlyOthersOpenIt(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	r := takeReport(t, s)
	r.investigate()
	opened := r.post(casework.RoleSupervisor, r.path+"/case", caseOpening()).taken(http.StatusCreated)
	record := opened.Links["self"]
	require.Equal(t, http.StatusOK, s.get(casework.RoleCaseworker, record).status)

	declared := s.set(casework.RoleCaseworker, record+"/conflicts", body{"worker": person(casework.RoleCaseworker)})

	for _, path := range []string{record, record + "/timeline", r.path, record + "/access"} {
		answered := s.get(casework.RoleCaseworker, path)
		require.Contains(t, []int{http.StatusNotFound, http.StatusForbidden}, answered.status, path)
	}
	visit := body{"children": r.children, "at": justNow(), "in_residence": true, "alone_with_child": true, "notes": "x"}
	s.post(casework.RoleCaseworker, record+"/visits", visit).refused(http.StatusNotFound, casework.NotFound, "")
	require.Empty(t, s.list(casework.RoleCaseworker, "/v1/cases").Items)
	require.Empty(t, s.list(casework.RoleCaseworker, "/v1/worklist").Items)
	require.Empty(t, s.list(casework.RoleCaseworker, "/v1/notices").Items)
	s.post(casework.RoleCaseworker, record+"/conflicts/"+declared.ID+"/end", nil).refused(http.StatusForbidden, casework.Forbidden, "")

	s.post(casework.RoleSupervisor, record+"/conflicts/"+declared.ID+"/end", nil)
	require.Equal(t, http.StatusOK, s.get(casework.RoleCaseworker, record).status)
}

func TestSeal_LeavesTheRecordToNamedPeopleUntilItIsOpened(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	r := takeReport(t, s)
	sealed := s.set(casework.RoleAdministrator, r.path+"/seals", body{"order": "26-7-01234-8"})
	s.get(casework.RoleSupervisor, r.path).refused(http.StatusNotFound, casework.NotFound, "")
	s.get(casework.RoleAuditor, r.path).refused(http.StatusNotFound, casework.NotFound, "")
	var view accessView
	s.get(casework.RoleAuditor, r.path+"/access").into(&view)
	require.True(t, view.Sealed)
	s.set(casework.RoleAdministrator, r.path+"/grants", body{"worker": "w-clerk", "purpose": "court"})
	require.Equal(t, http.StatusOK, s.reads(casework.RoleCaseworker, "w-clerk", r.path))
	s.post(casework.RoleAdministrator, r.path+"/seals/"+sealed.ID+"/end", nil)
	require.Equal(t, http.StatusOK, s.get(casework.RoleSupervisor, r.path).status)
}

func TestRestriction_IsAStepThatClosesTheRecordToTheOffice(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack)
	r := takeReport(t, s)
	require.Equal(t, http.StatusOK, s.get(casework.RoleManager, r.path).status)
	r.do(casework.RoleSupervisor, "restriction", body{"restricted": true, "reason": "CANARY-NARRATIVE: the uncle works here."})
	s.get(casework.RoleManager, r.path).refused(http.StatusNotFound, casework.NotFound, "")
	require.Equal(t, http.StatusOK, s.get(casework.RoleSupervisor, r.path).status, "who carries it keeps it")
	r.do(casework.RoleSupervisor, "restriction", body{"restricted": false, "reason": "He has left."})
	require.Equal(t, http.StatusOK, s.get(casework.RoleManager, r.path).status)
}

// lines counts what is in the audit.
func lines(t *testing.T, raw *sql.DB) int {
	t.Helper()
	var n int
	require.NoError(t, raw.QueryRowContext(t.Context(), `SELECT count(*) FROM audit_lines`).Scan(&n))
	return n
}

func TestRoutes_LeaveOneLineInTheAuditForWhatWasShownAndForWhatWasRefused(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack)
	r := takeReport(t, s)
	raw, err := sql.Open("postgres", stack.DatabaseURL)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, raw.Close()) })
	y := yard{service: s, numbers: map[string]string{"report ordinary": r.number}}
	asked := 0
	for _, route := range s.routes() {
		if route.kind() == "case" {
			continue
		}
		for _, role := range casework.Roles() {
			before := lines(t, raw)
			answered := y.try(t, route, r.number, s.token(role))
			added := lines(t, raw) - before
			switch {
			case answered.status == http.StatusOK, answered.status == http.StatusForbidden,
				answered.status == http.StatusNotFound && contains(answered, "There is no such record."),
				answered.status == http.StatusNotFound && contains(answered, "There is no such person."),
				answered.status == http.StatusConflict && contains(answered, "You may read this record already."):
				require.Equal(t, 1, added, "%s %s as %s: %s", route.method, route.path, role, answered.text)
				asked++
			default:
				require.Zero(t, added, "%s %s as %s: %s", route.method, route.path, role, answered.text)
			}
		}
	}
	require.Greater(t, asked, 200)
}
