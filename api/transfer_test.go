package api_test

import (
	"crypto/rand"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/internal/teststack"
	"homeward/postgres"
)

// caseload is an office where an investigator carries reports, and another has room.
type caseload struct {
	*service

	stack   *teststack.Stack
	reports []report
}

func newCaseload(t *testing.T, n int) caseload {
	t.Helper()
	stack := teststack.New(t, teststack.Options{})
	for id, unit := range map[string]string{person(casework.RoleInvestigator): "n-1", "w-2": "n-1", "w-3": "n-2"} {
		testdb.Hire(t, stack.DB, postgres.Worker{
			ID: id, Role: casework.RoleInvestigator, Office: "north", Unit: unit, Supervisor: person(casework.RoleSupervisor),
		})
	}
	testdb.Hire(t, stack.DB, postgres.Worker{ID: "w-far", Role: casework.RoleInvestigator, Office: "south", Supervisor: "w-9"})
	testdb.Hire(t, stack.DB, postgres.Worker{
		ID: "w-4", Role: casework.RoleCaseworker, Office: "north", Unit: "n-1", Supervisor: person(casework.RoleSupervisor),
	})
	c := caseload{service: overStack(t, stack), stack: stack}
	for range n {
		r := takeReport(t, c.service)
		r.screenIn()
		c.reports = append(c.reports, r)
	}
	return c
}

func (c caseload) order() body {
	return body{"from": person(casework.RoleInvestigator), "to": "w-2", "reason": "left-agency"}
}

// transferred is the form of a transfer.
type transferred struct {
	ID      string
	State   casework.TransferState
	Counts  map[string]int
	Records []struct{ Record, State, Reason, Detail string }
	Links   map[string]string
}

func (c caseload) settled(path string) transferred {
	c.tb.Helper()
	var x map[string]any
	require.Eventually(c.tb, func() bool {
		x = map[string]any{}
		c.get(casework.RoleSupervisor, path).into(&x)
		return x["state"] != "moving" && x["state"] != "undoing"
	}, time.Minute, 50*time.Millisecond)
	return c.read(c.get(casework.RoleSupervisor, path))
}

func (c caseload) read(r response) transferred {
	c.tb.Helper()
	var v struct {
		transferred

		From, To, Supervisor, By, Reason string
		Ask                              bool      `json:"ask"`
		AllOrNothing                     bool      `json:"all_or_nothing"`
		DryRun                           bool      `json:"dry_run"`
		At                               time.Time `json:"at"`
		UndoBy                           string    `json:"undo_by"`
		UndoAt                           time.Time `json:"undo_at"`
		DoneAt                           time.Time `json:"done_at"`
		Records                          []struct {
			Record, Href, State, Reason, Detail string
			Attempts                            int
			At                                  time.Time
		}
	}
	r.into(&v)
	for _, i := range v.Records {
		v.transferred.Records = append(v.transferred.Records,
			struct{ Record, State, Reason, Detail string }{i.Record, i.State, i.Reason, i.Detail})
	}
	return v.transferred
}

func TestTransfer_IsPlannedThenMovedThenTakenBack(t *testing.T) {
	t.Parallel()
	c := newCaseload(t, 2)
	plan := c.post(casework.RoleSupervisor, "/v1/transfers", c.order().with(body{"dry_run": true}))
	require.Equal(t, http.StatusOK, plan.status, plan.text)
	require.Equal(t, map[string]int{"planned": 2}, c.read(plan).Counts)
	require.Empty(t, c.read(plan).ID, "a plan is not kept")

	again := request{
		method: http.MethodPost, path: "/v1/transfers", token: c.token(casework.RoleSupervisor), key: rand.Text(), body: c.order(),
	}
	first := c.ask(again)
	require.Equal(t, http.StatusCreated, first.status, first.text)
	page := first.header.Get("Location")
	x := c.settled(page)
	require.Equal(t, casework.TransferDone, x.State)
	require.Equal(t, map[string]int{"moved": 2}, x.Counts)
	for _, r := range c.reports {
		require.Contains(t, c.get(casework.RoleSupervisor, r.path).text, `"worker":"w-2"`)
	}
	second := c.ask(again)
	require.Equal(t, page, second.header.Get("Location"), "safe to send again")
	listed := func(role casework.Role, query string) []map[string]any {
		answered := c.list(role, "/v1/transfers"+query)
		return answered.Items
	}
	require.Len(t, listed(casework.RoleSupervisor, "?state=done"), 1)
	require.Equal(t, page, listed(casework.RoleSupervisor, "")[0]["links"].(map[string]any)["self"])
	require.NotContains(t, listed(casework.RoleSupervisor, "")[0], "records", "those are for who may read each")
	require.Empty(t, listed(casework.RoleSupervisor, "?state=moving"))
	elsewhere := c.ask(request{path: "/v1/transfers", token: c.tokenAt("south", "w-9", casework.RoleManager)})
	require.JSONEq(t, `{"items": []}`, elsewhere.text, "another office")
	c.get(casework.RoleCaseworker, "/v1/transfers").refused(http.StatusForbidden, casework.Forbidden, "")
	c.get(casework.RoleSupervisor, "/v1/transfers?state=lost").refused(http.StatusBadRequest, "malformed", "state")
	require.Equal(t, map[string]int{"moved": 2}, c.read(second).Counts)
	again.body = c.order().with(body{"to": "w-3"})
	c.ask(again).refused(http.StatusUnprocessableEntity, casework.Reused, "")
	c.post(casework.RoleSupervisor, page+"/retry", body{}).refused(http.StatusConflict, casework.Blocked, "")

	undone := c.post(casework.RoleSupervisor, page+"/undo", body{})
	require.Equal(t, http.StatusOK, undone.status, undone.text)
	require.Equal(t, casework.TransferUndone, c.settled(page).State)
	require.Contains(t, c.get(casework.RoleSupervisor, c.reports[0].path).text, `"worker":"`+person(casework.RoleInvestigator)+`"`)
}

func TestTransfer_IsTriedAgainAtOnceWhileItWaits(t *testing.T) {
	t.Parallel()
	c := newCaseload(t, 1)
	c.stack.StopWorker(t)
	page := c.post(casework.RoleSupervisor, "/v1/transfers", c.order()).header.Get("Location")
	again := c.post(casework.RoleSupervisor, page+"/retry", body{})
	require.Equal(t, http.StatusOK, again.status, again.text)
	require.Equal(t, map[string]int{"planned": 1}, c.read(again).Counts, "no worker has moved it yet")
	c.stack.StartWorker(t)
	require.Equal(t, map[string]int{"moved": 1}, c.settled(page).Counts)
}

func TestTransfer_LeavesWhatIsRestrictedAndSaysSo(t *testing.T) {
	t.Parallel()
	c := newCaseload(t, 2)
	c.reports[0].do(casework.RoleSupervisor, "restriction", body{"restricted": true, "reason": "Kin."})
	p := c.post(casework.RoleSupervisor, "/v1/transfers", c.order().with(body{"all_or_nothing": true})).
		refused(http.StatusConflict, casework.Blocked, "")
	require.Equal(t, "restricted", p.Missing[0].Code)
	require.True(t, strings.HasPrefix(p.Missing[0].Detail, "report-"+c.reports[0].number+": "))
	page := c.post(casework.RoleSupervisor, "/v1/transfers", c.order()).header.Get("Location")
	require.Equal(t, casework.TransferPartly, c.settled(page).State)
	require.Equal(t, map[string]int{"moved": 1, "refused": 1}, c.settled(page).Counts)

	// A manager of the office leads both and may not know of the restricted one.
	seen := c.read(c.get(casework.RoleManager, page))
	require.Equal(t, map[string]int{"moved": 1}, seen.Counts)

	one := c.order().with(body{"records": []string{"report-" + c.reports[0].number}})
	page = c.post(casework.RoleSupervisor, "/v1/transfers", one).header.Get("Location")
	require.Equal(t, casework.TransferDone, c.settled(page).State, "named, it goes")
}

func TestTransfer_Refuses(t *testing.T) {
	t.Parallel()
	c := newCaseload(t, 1)
	for name, r := range map[string]struct {
		role   casework.Role
		change body
		status int
		kind   casework.Kind
		field  string
	}{
		"a caseworker":                  {casework.RoleCaseworker, nil, http.StatusForbidden, casework.Forbidden, ""},
		"nobody":                        {casework.RoleSupervisor, body{"to": ""}, http.StatusUnprocessableEntity, casework.Invalid, "to"},
		"the same person":               {casework.RoleSupervisor, body{"to": person(casework.RoleInvestigator)}, http.StatusUnprocessableEntity, casework.Invalid, "to"},
		"a stranger":                    {casework.RoleSupervisor, body{"to": "w-99"}, http.StatusUnprocessableEntity, casework.Invalid, "to"},
		"from nobody":                   {casework.RoleSupervisor, body{"from": ""}, http.StatusUnprocessableEntity, casework.Invalid, "from"},
		"their own supervisor":          {casework.RoleSupervisor, body{"supervisor": "w-2"}, http.StatusUnprocessableEntity, casework.Invalid, "supervisor"},
		"no reason":                     {casework.RoleSupervisor, body{"reason": ""}, http.StatusUnprocessableEntity, casework.Invalid, "reason"},
		"somebody they do not lead":     {casework.RoleSupervisor, body{"to": "w-far"}, http.StatusForbidden, casework.Forbidden, ""},
		"no such record":                {casework.RoleSupervisor, body{"records": []string{"case-77"}}, http.StatusUnprocessableEntity, casework.Invalid, "records"},
		"what is no record":             {casework.RoleSupervisor, body{"records": []string{"77"}}, http.StatusUnprocessableEntity, casework.Invalid, "records"},
		"to somebody without the role":  {casework.RoleSupervisor, body{"to": "w-4"}, http.StatusConflict, casework.Blocked, ""},
		"from somebody who has nothing": {casework.RoleSupervisor, body{"from": "w-3"}, http.StatusConflict, casework.Blocked, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.in(t).post(r.role, "/v1/transfers", c.order().with(r.change)).refused(r.status, r.kind, r.field)
		})
	}
	page := c.post(casework.RoleSupervisor, "/v1/transfers", c.order()).header.Get("Location")
	c.get(casework.RoleCaseworker, page).refused(http.StatusForbidden, casework.Forbidden, "")
	other := c.tokenAt("south", "w-else", casework.RoleManager)
	c.ask(request{path: page, token: other}).refused(http.StatusNotFound, casework.NotFound, "")
	c.get(casework.RoleSupervisor, "/v1/transfers/none").refused(http.StatusNotFound, casework.NotFound, "")
}
