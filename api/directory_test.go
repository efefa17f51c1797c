package api_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/internal/hsds"
	"homeward/internal/teststack"
	"homeward/postgres"
)

// withCounty imports a small directory.
func withCounty(t *testing.T, db *postgres.DB) {
	t.Helper()
	d, err := hsds.Open(t.Context(), "../internal/hsds/testdata/county", nil)
	require.NoError(t, err)
	_, err = db.ImportDirectory(t.Context(), postgres.DirectoryImport{Source: "county-211", Directory: d, At: time.Now()}, audit.Entry{
		Actor: casework.Actor{ID: "w-admin", Role: casework.RoleAdministrator}, Action: access.ImportDirectory, Outcome: audit.Done,
	})
	require.NoError(t, err)
}

func TestDirectory_IsSearchedByAllStaff(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack)
	withCounty(t, stack.DB)
	var list struct {
		Items []map[string]any
		Next  string
	}
	for _, role := range casework.Roles() {
		s.get(role, "/v1/directory/services?need="+url.QueryEscape("parenting classes")+
			"&near=47.61,-122.33&within=25&age=34&language=es&open_at=2026-03-03T19:00&max_fee=0&area=King+County&term=PH-6100&eligibility=parents").into(&list)
		require.Len(t, list.Items, 1, "%s", role)
		require.Equal(t, "county-211:s-1", list.Items[0]["id"])
		require.InDelta(t, 0.45, list.Items[0]["kilometers"], 0.1)
	}
	one := map[string]any{}
	href, _ := list.Items[0]["href"].(string)
	s.get(casework.RoleCaseworker, href).into(&one)
	require.Equal(t, "Two weeks", one["wait_time"])
	require.NotEmpty(t, one["imported_at"])
	s.get(casework.RoleCaseworker, "/v1/directory/services?limit=1").into(&list)
	first := list.Items[0]["id"]
	require.NotEmpty(t, list.Next)
	s.get(casework.RoleCaseworker, list.Next).into(&list)
	require.NotEqual(t, first, list.Items[0]["id"])

	for query, field := range map[string]string{
		"near=91,0": "near", "near=here": "near", "within=5": "within", "near=1,1&within=501": "within", "age=old": "age", "age=NaN": "age",
		"open_at=2026-03-03T19:00:00Z": "open_at", "max_fee=-1": "max_fee", "need=%00": "need", "colour=blue": "colour",
	} {
		s.get(casework.RoleCaseworker, "/v1/directory/services?"+query).refused(http.StatusBadRequest, "malformed", field)
	}
	for _, id := range []string{"county-211:s-99", "no%20id"} {
		s.get(casework.RoleCaseworker, "/v1/directory/services/"+id).refused(http.StatusNotFound, casework.NotFound, "")
	}
	require.NotContains(t, s.log.String(), "parenting", "a need can be a family's")
}
