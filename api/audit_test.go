package api_test

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/internal/teststack"
)

// audited is a report that was taken, read, listed beside another, and refused.
func audited(t *testing.T) (r report, other string) {
	t.Helper()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack)
	r = takeReport(t, s)
	other = takeReport(t, s).number
	require.Equal(t, http.StatusOK, r.get(casework.RoleSupervisor, r.path+"/timeline").status)
	require.Equal(t, http.StatusOK, r.get(casework.RoleSupervisor, "/v1/reports").status)
	require.Equal(t, http.StatusNotFound, r.ask(request{path: r.path, token: r.tokenAt("south", "w-far", casework.RoleSupervisor)}).status)
	require.Equal(t, http.StatusNotFound, r.get(casework.RoleSupervisor, "/v1/cases/99").status)
	require.NoError(t, stack.DB.Audit(t.Context(), audit.Entry{ // an ID that a sign-in service might give
		Actor: casework.Actor{ID: "=cmd|'/c_calc'!A1", Role: casework.RoleAuditor}, Action: access.SearchAudit, Outcome: audit.Done,
	}))
	return r, other
}

func says(l []map[string]any) []string {
	all := make([]string, len(l))
	for i, line := range l {
		all[i], _ = line["says"].(string)
	}
	return all
}

func TestAudit_TellsWhoHasDoneWhat(t *testing.T) {
	t.Parallel()
	r, other := audited(t)
	name := "report " + r.number
	want := []string{
		"w-far (supervisor) was refused " + name + ": their work does not extend to it.",
		"w-supervisor (supervisor) listed reports and was shown 2 of them.",
		"w-supervisor (supervisor) read the timeline of " + name + " with the names of the people in it.",
		"w-supervisor (supervisor) read the children of " + name + " with the names of the people in it.",
		"w-hotline (hotline) took a step in " + name + ": Take a report.",
	}

	// Before the others, who would be on record themselves.
	t.Run("a record, for who leads it", func(t *testing.T) {
		s := r.in(t)
		lines := s.list(casework.RoleSupervisor, r.path+"/audit").Items
		require.Equal(t, want, says(lines))
		require.NotContains(t, s.get(casework.RoleSupervisor, r.path+"/audit").text, "report-"+other, "others may not be theirs to know of")
		require.Equal(t, []any{"report-" + r.number}, lines[1]["records"])
	})
	t.Run("a record, by outcome", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, want[:1], says(r.in(t).list(casework.RoleAuditor, r.path+"/audit?outcome=denied").Items))
	})
	t.Run("everything, for the auditor", func(t *testing.T) {
		t.Parallel()
		s := r.in(t)
		require.Subset(t, says(s.list(casework.RoleAuditor, "/v1/audit?record=report-"+r.number+"&from=2020-01-01").Items), want)
		tried := s.list(casework.RoleAuditor, "/v1/audit?worker=w-supervisor&outcome=denied&action=record.read").Items
		require.Equal(t, []string{"w-supervisor (supervisor) was refused case 99: there is no such record."}, says(tried))
		require.Equal(t, "w:w-supervisor", tried[0]["chain"], "trying numbers makes no chains")
		require.Len(t, s.all(casework.RoleAuditor, "/v1/audit?action=step.take", "1"), 2)
		mine := s.list(casework.RoleAuditor, "/v1/audit?worker=w-auditor").Items
		require.Contains(t, strings.Join(says(mine), "\n"), "w-auditor (auditor) searched the audit", "auditors are on record, too")
	})
	t.Run("nobody else", func(t *testing.T) {
		t.Parallel()
		s := r.in(t)
		for _, role := range casework.Roles() {
			if role == casework.RoleAuditor {
				continue
			}
			for _, path := range []string{"/v1/audit", "/v1/audit/head"} {
				s.get(role, path).refused(http.StatusForbidden, casework.Forbidden, "")
			}
		}
	})
	t.Run("bad questions", func(t *testing.T) {
		t.Parallel()
		s := r.in(t)
		for query, field := range map[string]string{
			"record=case-0": "record", "record=Lopez": "record", "action=look": "action", "outcome=maybe": "outcome", "from=June": "from",
			"to=2026-02-30": "to", "format=xlsx": "format", "limit=0": "limit", "name=x": "name",
		} {
			s.get(casework.RoleAuditor, "/v1/audit?"+query).refused(http.StatusBadRequest, "malformed", field)
		}
		s.get(casework.RoleAuditor, "/v1/audit?cursor=x").refused(http.StatusUnprocessableEntity, casework.Invalid, "cursor")
	})
}

func TestAudit_AsATable(t *testing.T) {
	t.Parallel()
	r, _ := audited(t)
	for name, q := range map[string]request{
		"by its address": {path: "/v1/audit?format=csv&limit=200"},
		"by a header":    {path: "/v1/audit?limit=200", header: http.Header{"Accept": {"text/csv, application/json;q=0.5"}}},
	} {
		q.token = r.token(casework.RoleAuditor)
		answered := r.ask(q)
		require.Equal(t, http.StatusOK, answered.status, name)
		require.Equal(t, "text/csv; charset=utf-8; header=present", answered.header.Get("Content-Type"))
		rows, err := csv.NewReader(strings.NewReader(answered.text)).ReadAll()
		require.NoError(t, err)
		require.Equal(t, []string{"at", "worker"}, rows[0][:2])
		text := strings.Join(rows[1], "|")
		for _, row := range rows {
			for _, cell := range row {
				require.NotRegexp(t, `^[=+@\t\r-]`, cell, "no cell is a formula")
			}
			text += strings.Join(row, "|") + "\n"
		}
		require.Contains(t, text, "|'=cmd|'/c_calc'!A1|auditor|")
		require.Contains(t, text, "read the timeline of report "+r.number+" with the names of the people in it.")
	}
	first := r.get(casework.RoleAuditor, "/v1/audit?format=csv&limit=1")
	next, rel, _ := strings.Cut(strings.TrimPrefix(first.header.Get("Link"), "<"), ">")
	require.Equal(t, `; rel="next"`, rel)
	require.Equal(t, http.StatusOK, r.get(casework.RoleAuditor, next).status)
	require.Equal(t, http.StatusOK, r.get(casework.RoleAuditor, r.path+"/audit?format=csv").status)
}

func TestAudit_HeadIsWhatVerifyAccepts(t *testing.T) {
	t.Parallel()
	r, _ := audited(t)
	answered := r.get(casework.RoleAuditor, "/v1/audit/head")
	require.Equal(t, http.StatusOK, answered.status, answered.text)
	var head struct {
		Day, At, Hash string
		Chains, Lines int
	}
	answered.into(&head)
	require.Len(t, head.Hash, 64)
	require.GreaterOrEqual(t, head.Lines, 6)
}
