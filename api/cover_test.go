package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/internal/teststack"
	"homeward/postgres"
)

func away(delegate string) body {
	return body{
		"delegate": delegate, "from": time.Now().Add(-time.Minute).Format(time.RFC3339),
		"until": time.Now().Add(time.Hour).Format(time.RFC3339),
	}
}

// A supervisor is absent: a colleague of another office sees what waits, decides
// it as nobody else could, and sees nothing any more when the supervisor is back.
func TestCover_LetsTheDelegateDecideUntilTheSupervisorIsBack(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack)
	absent := person(casework.RoleSupervisor)
	testdb.Hire(t, stack.DB, postgres.Worker{ID: absent, Role: casework.RoleSupervisor, Office: "north", Manager: "w-9"})
	testdb.Hire(t, stack.DB, postgres.Worker{ID: "w-2", Role: casework.RoleSupervisor, Office: "south"})
	testdb.Hire(t, stack.DB, postgres.Worker{ID: "w-4", Role: casework.RoleCaseworker, Office: "north"})
	early := takeReport(t, s)
	delegate := s.tokenAt("south", "w-2", casework.RoleSupervisor)
	see := func(path string) response { return s.ask(request{path: path, token: delegate}) }
	see(early.path).refused(http.StatusNotFound, casework.NotFound, "")

	covers := "/v1/workers/" + absent + "/covers"
	for _, c := range map[string]struct {
		token  string
		body   body
		status int
		kind   casework.Kind
		field  string
	}{
		"themselves":            {s.token(casework.RoleSupervisor), away(absent), 422, casework.Invalid, "delegate"},
		"a role that may not":   {s.token(casework.RoleSupervisor), away("w-4"), 422, casework.Invalid, "delegate"},
		"a stranger":            {s.token(casework.RoleSupervisor), away("w-99"), 422, casework.Invalid, "delegate"},
		"ending at once":        {s.token(casework.RoleSupervisor), away("w-2").with(body{"until": "2020-01-01T00:00:00Z"}), 422, casework.Invalid, "until"},
		"by who leads them not": {s.tokenAt("south", "w-8", casework.RoleManager), away("w-2"), 403, casework.Forbidden, ""},
		"by the delegate":       {delegate, away("w-2"), 403, casework.Forbidden, ""},
	} {
		s.in(t).ask(request{method: http.MethodPost, path: covers, token: c.token, body: c.body}).refused(c.status, c.kind, c.field)
	}
	set := s.post(casework.RoleSupervisor, covers, away("w-2"))
	require.Equal(t, http.StatusCreated, set.status, set.text)
	var cover postgres.Cover
	set.into(&cover)
	s.post(casework.RoleSupervisor, covers, away("w-2")).refused(http.StatusConflict, casework.Blocked, "")

	var listed struct{ Items []postgres.Cover }
	s.get(casework.RoleSupervisor, covers).into(&listed)
	require.Equal(t, []postgres.Cover{cover}, listed.Items)

	late := takeReport(t, s)
	require.Equal(t, http.StatusOK, see(early.path).status)
	require.Contains(t, see("/v1/reports").text, `"number":"`+late.number+`"`)
	require.Contains(t, see("/v1/notices").text, "You get this because you cover for "+absent+" (supervisor), who is absent.")
	screen := func(r report) response {
		return s.ask(request{method: http.MethodPost, path: r.path + "/screen-in", token: delegate, body: body{
			"priority": "emergent", "track": "investigation", "investigator": person(casework.RoleInvestigator),
		}})
	}
	screen(early).taken(http.StatusOK)
	require.Contains(t, see("/v1/worklist").text, `"items"`)

	ended := s.post(casework.RoleSupervisor, covers+"/"+cover.ID+"/end", body{})
	require.Equal(t, http.StatusOK, ended.status, ended.text)
	see(early.path).refused(http.StatusNotFound, casework.NotFound, "")
	screen(late).refused(http.StatusNotFound, casework.NotFound, "")
}
