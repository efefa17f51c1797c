package api_test

import (
	"crypto/rand"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/api"
	"homeward/casework"
	"homeward/internal/teststack"
)

// inCare is a case whose children were removed some days ago.
type inCare struct {
	*service

	tb       testing.TB
	number   string
	path     string
	children []string
}

func takeIntoCare(tb testing.TB, s *service, days int) inCare {
	tb.Helper()
	r := takeReport(tb, s)
	r.investigate()
	opened := r.post(casework.RoleSupervisor, r.path+"/case", caseOpening()).taken(http.StatusCreated)
	c := inCare{service: s, tb: tb, number: opened.Number, path: opened.Links["self"], children: r.children}
	c.do(casework.RoleCaseworker, "removals", body{
		"children": c.children, "at": c.ago(days).Format(time.RFC3339), "authority": "court-order", "danger": "Bruises.",
		"efforts": "Services were offered.", "icwa_inquiry": "no-reason-to-know", "relatives_asked": true, "setting": "relative", "provider": "provider-1", "cleared_until": "2099-01-01",
		"siblings": "together", "school": "same-school", "icwa_preference": "not-applicable",
	})
	return c
}

// ago is noon in the office some days ago.
func (c inCare) ago(days int) time.Time {
	c.tb.Helper()
	y, m, d := time.Now().In(losAngeles(c.tb)).Date()
	return time.Date(y, m, d-days, 12, 0, 0, 0, losAngeles(c.tb))
}

// day is a local day some days from now.
func (c inCare) day(days int) string { return c.ago(-days).Format(time.DateOnly) }

// do takes a step that must be accepted.
func (c inCare) do(role casework.Role, step string, b body) answer {
	c.tb.Helper()
	return c.post(role, c.path+"/"+step, b).taken(http.StatusOK)
}

// preview is the answer of a dry run.
type preview struct {
	From    string           `json:"from"`
	Pack    string           `json:"pack"`
	AsOf    time.Time        `json:"as_of"`
	Changes []map[string]any `json:"changes"`
}

func (p preview) of(tb testing.TB, duty string) map[string]any {
	tb.Helper()
	for _, change := range p.Changes {
		if change["id"] == duty {
			return change
		}
	}
	require.Fail(tb, "no change", duty)
	return nil
}

func (c inCare) dryRun(pack string) preview {
	c.tb.Helper()
	answered := c.post(casework.RoleSupervisor, c.path+"/policy", body{"pack": pack, "dry_run": true})
	require.Equal(c.tb, http.StatusOK, answered.status, answered.text)
	var p preview
	answered.into(&p)
	return p
}

// withPacks is a stack whose worker has the agency's packs, as the API has.
func withPacks(tb testing.TB) *teststack.Stack {
	tb.Helper()
	return teststack.New(tb, teststack.Options{PackFolder: morePacks})
}

func TestPolicy_DryRunShowsWhatWouldChangeAndChangesNothing(t *testing.T) {
	t.Parallel()
	stack := withPacks(t)
	c := takeIntoCare(t, overStack(t, stack), 2)
	cost := func() int64 {
		described, err := stack.Client.DescribeWorkflowExecution(t.Context(), "case-"+c.number, "")
		require.NoError(t, err)
		return described.GetWorkflowExecutionInfo().GetHistoryLength()
	}
	tag, story, texts, events := c.get(casework.RoleCaseworker, c.path).header.Get("ETag"),
		c.get(casework.RoleCaseworker, c.path+"/timeline").text, len(c.store.kept(t)), cost()

	p := c.dryRun("county@2025.1")

	first := c.children[0]
	require.Equal(t, "washington@2025.1", p.From)
	require.Equal(t, "county@2025.1", p.Pack)
	require.WithinDuration(t, time.Now(), p.AsOf, time.Minute)
	notice := p.of(t, "relative-notice/"+first+"/1")
	require.Equal(t, "moves", notice["change"])
	require.Equal(t, c.day(28), notice["old_due"], "30 days from the removal")
	require.Equal(t, c.day(18), notice["due"], "20 days from it")
	require.Equal(t, "42 USC 671(a)(29)", notice["old_citation"])
	require.Equal(t, "Made-up county code 1", notice["citation"])
	require.Equal(t, []any{"open", "open"}, []any{notice["old_status"], notice["status"]})
	require.Equal(t, "+ 20 days = "+c.day(18), notice["why"].([]any)[1])
	letter := p.of(t, "school-letter/"+first+"/1")
	require.Equal(t, "appears", letter["change"])
	require.Equal(t, c.day(3), letter["due"])
	require.NotContains(t, letter, "old_due")
	plan := p.of(t, "case-plan/"+first+"/1")
	require.Equal(t, "changes", plan["change"])
	require.Equal(t, plan["due"], plan["old_due"])
	require.Equal(t, "45 CFR 1356.21(g)(2)", plan["old_citation"])
	hearing := c.dryRun("county@2025.2").of(t, "shelter-care-hearing/"+first+"/1")
	require.Equal(t, "disappears", hearing["change"])
	require.Equal(t, "WAC 110-50-0271", hearing["old_citation"])
	require.NotContains(t, hearing, "due")

	require.Equal(t, tag, c.get(casework.RoleCaseworker, c.path).header.Get("ETag"))
	require.Equal(t, story, c.get(casework.RoleCaseworker, c.path+"/timeline").text)
	require.Len(t, c.store.kept(t), texts)
	require.Equal(t, events, cost(), "no workflow has heard of it")
}

func TestPolicy_MoveDoesWhatTheDryRunSaidAndIsOnTheTimeline(t *testing.T) {
	t.Parallel()
	c := takeIntoCare(t, overStack(t, withPacks(t)), 2)
	p := c.dryRun("county@2025.1")

	moved := c.do(casework.RoleSupervisor, "policy", body{"pack": "county@2025.1", "reason": "CANARY-NARRATIVE: the county decided."})

	require.Len(t, moved.Duties, len(p.Changes))
	for _, line := range moved.Duties {
		change := p.of(t, line.ID)
		require.Equal(t, change["due"], line.Due)
		require.EqualValues(t, change["status"], line.Status)
	}
	var record map[string]any
	c.get(casework.RoleCaseworker, c.path).into(&record)
	require.Equal(t, "county@2025.1", record["pack"])

	story := c.list(casework.RoleCaseworker, c.path+"/timeline").Items
	event, derived := story[len(story)-2], story[len(story)-1]
	require.Equal(t, "case.policy-moved", event["type"])
	require.Equal(t, "Moved from policy pack washington@2025.1 to county@2025.1.", event["says"])
	require.Len(t, event["narratives"], 1)
	require.Equal(t, "duties.changed", derived["type"])
	for _, one := range derived["changes"].([]any) {
		change := one.(map[string]any)
		if change["duty"] != "relative-notice/"+c.children[0]+"/1" {
			continue
		}
		require.Equal(t, c.day(28), change["old_due"])
		require.Equal(t, c.day(18), change["due"])
		require.Equal(t, "42 USC 671(a)(29)", change["old_citation"])
		require.NotEmpty(t, change["why"])
		require.Contains(t, change["says"], "moved from")
	}
}

func TestPolicy_SameKeyMovesOnce(t *testing.T) {
	t.Parallel()
	c := takeIntoCare(t, overStack(t, withPacks(t)), 2)
	move := request{
		method: http.MethodPost, path: c.path + "/policy", token: c.token(casework.RoleSupervisor), key: rand.Text(),
		body: body{"pack": "county@2025.1", "reason": "The county decided."},
	}
	first := c.ask(move).taken(http.StatusOK)
	require.Equal(t, first, c.ask(move).taken(http.StatusOK))
	c.do(casework.RoleSupervisor, "policy", body{"pack": "county@2025.2", "reason": "And again."})
	require.Equal(t, first, c.ask(move).taken(http.StatusOK), "the answer of the first time, for ever")
	var record map[string]any
	c.get(casework.RoleCaseworker, c.path).into(&record)
	require.Equal(t, "county@2025.2", record["pack"])
	move.body = body{"pack": "washington@2025.1", "reason": "The county decided."}
	c.ask(move).refused(http.StatusUnprocessableEntity, casework.Reused, "")
}

func TestPolicy_Refuses(t *testing.T) {
	t.Parallel()
	s := overStack(t, withPacks(t))
	c := takeIntoCare(t, s, 2)
	tag := c.get(casework.RoleCaseworker, c.path).header.Get("ETag")
	const invalid, malformed = http.StatusUnprocessableEntity, http.StatusBadRequest
	good := body{"pack": "county@2025.1", "reason": "The county decided."}
	for name, test := range map[string]struct {
		role   casework.Role
		path   string
		body   body
		header http.Header
		status int
		kind   casework.Kind
		field  string
	}{
		"the caseworker":        {role: casework.RoleCaseworker, body: good, status: http.StatusForbidden, kind: casework.Forbidden},
		"an unknown pack":       {body: good.with(body{"pack": "county@2099.1"}), status: invalid, kind: casework.Invalid, field: "pack"},
		"another state":         {body: good.with(body{"pack": "elsewhere@2025.1"}), status: invalid, kind: casework.Invalid, field: "pack"},
		"the federal floor":     {body: good.with(body{"pack": "us-federal@2025.1"}), status: invalid, kind: casework.Invalid, field: "pack"},
		"no version":            {body: good.with(body{"pack": "county"}), status: invalid, kind: casework.Invalid, field: "pack"},
		"the pack that it has":  {body: good.with(body{"pack": pack}), status: invalid, kind: casework.Invalid, field: "pack"},
		"no pack":               {body: good.with(body{"pack": nil}), status: invalid, kind: casework.Invalid, field: "pack"},
		"no reason":             {body: good.with(body{"reason": nil}), status: invalid, kind: casework.Invalid, field: "reason"},
		"an unknown field":      {body: good.with(body{"from": pack}), status: malformed, kind: "malformed", field: "from"},
		"an unknown case":       {path: "/v1/cases/7/policy", body: good, status: http.StatusNotFound, kind: casework.NotFound},
		"no key":                {body: good, header: http.Header{"Idempotency-Key": nil}, status: malformed, kind: "malformed", field: "Idempotency-Key"},
		"a stale revision":      {body: good, header: http.Header{"If-Match": {`"1"`}}, status: http.StatusPreconditionFailed, kind: casework.Stale},
		"a closed report":       {path: "/v1/reports/" + closedReport(t, s) + "/policy", body: good, status: http.StatusGone, kind: casework.Gone},
		"a name for a pack":     {body: good.with(body{"pack": "CANARY Doe@2025.1"}), status: invalid, kind: casework.Invalid, field: "pack"},
		"a pack of two lines":   {body: good.with(body{"pack": "county\n@2025.1"}), status: malformed, kind: "malformed", field: "pack"},
		"dry_run, but no truth": {body: good.with(body{"dry_run": "yes"}), status: malformed, kind: "malformed", field: "dry_run"},
	} {
		for _, dry := range []bool{false, true} {
			b := test.body
			if dry && b["dry_run"] == nil {
				b = b.with(body{"dry_run": true})
			}
			if dry && name == "no reason" {
				continue // a dry run needs none
			}
			role, path := test.role, test.path
			if role == "" {
				role = casework.RoleSupervisor
			}
			if path == "" {
				path = c.path + "/policy"
			}
			refused := s.ask(request{method: http.MethodPost, path: path, token: s.token(role), body: b, header: test.header})
			refused.tb = t
			require.Equal(t, test.status, refused.status, "%s, dry: %v: %s", name, dry, refused.text)
			refused.refused(test.status, test.kind, test.field)
			require.NotContains(t, refused.text, "CANARY")
		}
	}
	require.Equal(t, tag, c.get(casework.RoleCaseworker, c.path).header.Get("ETag"))
}

// closedReport is the number of a report that was screened out.
func closedReport(tb testing.TB, s *service) string {
	tb.Helper()
	r := takeReport(tb, s)
	r.do(casework.RoleSupervisor, "screen-out", body{"reason": "not-a-child", "note": "24 years old"})
	return r.number
}

// The API's folder was brought up to date before the worker's: nothing is lost,
// and the record lives on.
func TestPolicy_MoveWaitsForAWorkerThatHasThePack(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	c := takeIntoCare(t, overStack(t, stack), 2)
	hasty := overStack(t, stack, func(o *api.Options) { o.UpdateTimeout = time.Second })
	move := request{
		method: http.MethodPost, path: c.path + "/policy", token: hasty.token(casework.RoleSupervisor), key: rand.Text(),
		body: body{"pack": "county@2025.1", "reason": "The county decided."},
	}

	refused := hasty.ask(move)
	for refused.status == http.StatusAccepted { // the last try was still under way when the time was up
		refused = hasty.ask(move)
	}

	refused.refused(http.StatusServiceUnavailable, casework.Unavailable, "")

	c.do(casework.RoleCaseworker, "visits", body{"children": c.children, "at": justNow(), "notes": "Well."})
	c.do(casework.RoleSupervisor, "assignments", body{"worker": "w-17", "supervisor": person(casework.RoleSupervisor)})
}
