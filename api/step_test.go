package api_test

import (
	"crypto/rand"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/api"
	"homeward/casework"
	"homeward/internal/teststack"
	"homeward/workflows"
)

func TestStep_SameKeyIsTakenOnce(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack)
	r := takeReport(t, s)
	r.screenIn()
	attempt := request{
		method: http.MethodPost, path: r.path + "/contact-attempts", token: s.token(casework.RoleInvestigator),
		key: rand.Text(), body: body{"victim": r.children[0], "at": justNow(), "outcome": "not-home", "notes": "CANARY-NARRATIVE"},
	}

	first := s.ask(attempt).taken(http.StatusOK)
	require.Equal(t, first, s.ask(attempt).taken(http.StatusOK))
	require.NoError(t, stack.Client.SignalWorkflow(t.Context(), "report-"+r.number, "", workflows.SignalRenew, nil))
	require.Equal(t, first, s.ask(attempt).taken(http.StatusOK), "a fresh run gives the answer of the old one")

	attempt.body = body{"victim": r.children[1], "at": justNow(), "outcome": "moved", "notes": "CANARY-NARRATIVE"}
	texts := len(s.store.kept(t))
	s.ask(attempt).refused(http.StatusUnprocessableEntity, casework.Reused, "")
	require.Len(t, s.store.kept(t), texts, "the other body's narrative is gone, the first one's is there")
}

func TestStep_SameKeyAtOnceIsTakenOnce(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack)
	r := takeReport(t, s)
	before := r.screenIn().Revision
	attempt := request{
		method: http.MethodPost, path: r.path + "/contact-attempts", token: s.token(casework.RoleInvestigator),
		key: rand.Text(), body: body{"victim": r.children[0], "at": justNow(), "outcome": "not-home", "notes": "Nobody there."},
	}
	answers := make([]response, 8)
	var senders sync.WaitGroup
	for i := range answers {
		senders.Go(func() { answers[i] = s.ask(attempt) })
	}
	senders.Wait()

	for _, answered := range answers {
		require.Equal(t, before+1, answered.taken(http.StatusOK).Revision)
	}
	require.Len(t, s.store.kept(t), 2, "the report's narrative and one note")
}

func TestStep_RecordThatMovesToAFreshRunIsWaitedFor(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack)
	r := takeReport(t, s)
	before := r.screenIn().Revision
	const senders, each = 4, 5
	var sending sync.WaitGroup
	for range senders {
		sending.Go(func() {
			for range each {
				r.do(casework.RoleInvestigator, "contact-attempts", body{"victim": r.children[0], "at": justNow(), "outcome": "moved"})
			}
		})
	}
	for range each {
		require.NoError(t, stack.Client.SignalWorkflow(t.Context(), "report-"+r.number, "", workflows.SignalRenew, nil))
	}
	sending.Wait()

	events, err := stack.DB.Events(t.Context(), "report-"+r.number, 1)
	require.NoError(t, err)
	require.Len(t, events, before+senders*each, "each was taken once")
}

func TestStep_StaleFormIsRefused(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	r := takeReport(t, s)
	screening := request{
		method: http.MethodPost, path: r.path + "/screen-out", token: s.token(casework.RoleSupervisor),
		body:   body{"reason": "not-a-child", "note": "24 years old"},
		header: http.Header{"If-Match": {s.get(casework.RoleSupervisor, r.path).header.Get("ETag")}},
	}
	r.screenIn()

	s.ask(screening).refused(http.StatusPreconditionFailed, casework.Stale, "")

	screening.path, screening.body = r.path+"/contact-attempts", body{"victim": r.children[0], "at": justNow(), "outcome": "moved"}
	screening.header = http.Header{"If-Match": {s.get(casework.RoleSupervisor, r.path).header.Get("ETag")}}
	fresh := s.ask(screening)
	fresh.taken(http.StatusOK)
	require.Equal(t, fresh.header.Get("ETag"), s.get(casework.RoleSupervisor, r.path).header.Get("ETag"))
}

func TestStep_RefusalSaysWhatIsMissingAndWhatIsLawful(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	r := takeReport(t, s)
	texts := len(s.store.kept(t))

	refused := s.post(casework.RoleSupervisor, r.path+"/findings", body{
		"allegation": "a1", "result": "substantiated", "on": "2026-01-05", "evidence": "CANARY-NARRATIVE",
	})

	p := refused.refused(http.StatusConflict, casework.Blocked, "")
	require.Equal(t, "not-screened-in", p.Missing[0].Code)
	var lawful []string
	for _, step := range p.Next {
		require.True(t, step.Ready && step.Yours)
		lawful = append(lawful, step.Href)
	}
	require.Contains(t, lawful, r.path+"/screen-in")
	require.NotContains(t, lawful, r.path+"/findings")
	require.Len(t, s.store.kept(t), texts, "a refused step leaves no narrative")
}

func TestStep_RefusesBadRequests(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}), func(o *api.Options) { o.MaxBody = 2000 })
	r := takeReport(t, s)
	r.screenIn()
	texts := len(s.store.kept(t))
	contact := body{"victim": r.children[0], "at": justNow(), "place": "home"}
	const invalid, malformed = http.StatusUnprocessableEntity, http.StatusBadRequest
	for name, test := range map[string]struct {
		path   string
		body   any
		header http.Header
		status int
		kind   casework.Kind
		field  string
	}{
		"unknown field":       {body: contact.with(body{"nme": "CANARY"}), status: malformed, kind: "malformed", field: "nme"},
		"unknown record":      {path: "/v1/reports/7/contacts", body: contact, status: 404, kind: casework.NotFound},
		"no number":           {path: "/v1/reports/report-7/contacts", body: contact, status: 404, kind: casework.NotFound},
		"leading zero":        {path: "/v1/reports/0" + r.number + "/contacts", body: contact, status: 404, kind: casework.NotFound},
		"the other kind":      {path: "/v1/cases/" + r.number + "/contact-attempts", body: contact, status: 404, kind: casework.NotFound},
		"future":              {body: contact.with(body{"at": "2999-01-01T00:00:00Z"}), status: invalid, kind: casework.Invalid, field: "at"},
		"before the report":   {body: contact.with(body{"at": "2020-01-01T00:00:00Z"}), status: invalid, kind: casework.Invalid, field: "at"},
		"unknown code":        {body: contact.with(body{"place": "moon"}), status: invalid, kind: casework.Invalid, field: "place"},
		"somebody else":       {body: contact.with(body{"victim": "p-0"}), status: invalid, kind: casework.Invalid, field: "victim"},
		"too large":           {body: contact.with(body{"notes": strings.Repeat("x", 2000)}), status: 413, kind: casework.TooLarge},
		"not JSON":            {body: "at=now", header: http.Header{"Content-Type": {"text/plain"}}, status: 415, kind: "unsupported-media-type"},
		"no key":              {body: contact, header: http.Header{"Idempotency-Key": nil}, status: malformed, kind: "malformed", field: "Idempotency-Key"},
		"two keys":            {body: contact, header: http.Header{"Idempotency-Key": {"a", "b"}}, status: malformed, kind: "malformed", field: "Idempotency-Key"},
		"a key with spaces":   {body: contact, header: http.Header{"Idempotency-Key": {"a b"}}, status: malformed, kind: "malformed", field: "Idempotency-Key"},
		"an endless key":      {body: contact, header: http.Header{"Idempotency-Key": {strings.Repeat("k", 129)}}, status: malformed, kind: "malformed", field: "Idempotency-Key"},
		"a revision unquoted": {body: contact, header: http.Header{"If-Match": {"3"}}, status: malformed, kind: "malformed", field: "If-Match"},
		"a weak revision":     {body: contact, header: http.Header{"If-Match": {`W/"3"`}}, status: malformed, kind: "malformed", field: "If-Match"},
		"a stale revision":    {body: contact, header: http.Header{"If-Match": {`"1"`}}, status: 412, kind: casework.Stale},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.path == "" {
				test.path = r.path + "/contacts"
			}
			answered := s.in(t).ask(request{
				method: http.MethodPost, path: test.path, token: s.token(casework.RoleInvestigator), body: test.body, header: test.header,
			})
			answered.refused(test.status, test.kind, test.field)
			require.NotContains(t, answered.text, "CANARY")
		})
	}
	t.Cleanup(func() { require.Len(t, s.store.kept(t), texts, "a refused step leaves no narrative") })
}

func TestStep_ClosedRecordIsShown(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack)
	r := takeReport(t, s)
	r.do(casework.RoleSupervisor, "screen-out", body{"reason": "not-a-child", "note": "24 years old"})
	contact := body{"victim": r.children[0], "at": justNow(), "place": "home", "notes": "CANARY-NARRATIVE"}
	texts := len(s.store.kept(t))

	require.NoError(t, stack.Client.GetWorkflow(t.Context(), "report-"+r.number, "").Get(t.Context(), nil))
	p := s.post(casework.RoleSupervisor, r.path+"/contacts", contact).refused(http.StatusGone, casework.Gone, "")

	require.Equal(t, string(casework.StageScreenedOut), p.Record["stage"])
	require.Equal(t, r.number, p.Record["number"])
	require.Len(t, s.store.kept(t), texts)
}

func TestStep_OpenRecordThatDoesNotRunIsNotCalledMissing(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack)
	r := takeReport(t, s)
	require.NoError(t, stack.Client.TerminateWorkflow(t.Context(), "report-"+r.number, "", "lost"))

	refused := s.post(casework.RoleSupervisor, r.path+"/screen-out", body{"reason": "not-a-child", "note": "24 years old"})

	refused.refused(http.StatusServiceUnavailable, casework.Unavailable, "")
	require.NotEmpty(t, refused.header.Get("Retry-After"))
}

func TestStep_NeedsTheRole(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{Idle: true}))
	for _, kind := range []casework.AggregateKind{casework.KindReport, casework.KindCase} {
		for _, step := range casework.Steps(kind) {
			for _, role := range []casework.Role{
				casework.RoleHotline, casework.RoleInvestigator, casework.RoleCaseworker, casework.RoleManager,
			} {
				if step.Path == "" || step.May(role) {
					continue
				}
				s.post(role, "/v1/"+string(kind)+"s/7/"+step.Path, body{}).refused(http.StatusForbidden, casework.Forbidden, "")
			}
		}
	}
	s.post(casework.RoleInvestigator, "/v1/reports", receipt()).refused(http.StatusForbidden, casework.Forbidden, "")
	require.Empty(t, s.store.kept(t))
}

func TestStep_NarrativesTravelAsReferences(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack)
	r := takeReport(t, s)
	r.investigate()

	events, err := stack.DB.Events(t.Context(), "report-"+r.number, 1)
	require.NoError(t, err)
	for _, e := range events {
		narrated, ok := e.Body.(casework.Narrated)
		if !ok {
			continue
		}
		for _, text := range narrated.Narratives() {
			require.NotContains(t, *text, "CANARY")
		}
	}
	require.Len(t, s.store.kept(t), 3, "the report's narrative and the evidence of two findings")
	require.NotContains(t, s.log.String(), "CANARY")
}

func TestStep_WithoutWorkerIsUnknownAndThenDone(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack, func(o *api.Options) { o.UpdateTimeout = 2 * time.Second })
	r := takeReport(t, s)
	stack.StopWorker(t)
	screening := request{
		method: http.MethodPost, path: r.path + "/screen-in", token: s.token(casework.RoleSupervisor), key: rand.Text(),
		body: body{
			"priority": "emergent", "track": "investigation", "investigator": person(casework.RoleInvestigator), "reason": "Bruises.",
		},
	}

	unknown := s.ask(screening)

	p := unknown.refused(http.StatusAccepted, casework.Unknown, "")
	require.Equal(t, p.StatusURL, unknown.header.Get("Location"))
	require.NotEmpty(t, unknown.header.Get("Retry-After"))
	var status struct {
		State   string
		Detail  string
		Answer  *answer
		Problem *problem
	}
	s.get(casework.RoleSupervisor, p.StatusURL).into(&status)
	require.Contains(t, []string{"pending", "missing"}, status.State)
	require.Equal(t, http.StatusOK, s.get(casework.RoleSupervisor, r.path+"/timeline").status, "reads need no worker")

	stack.StartWorker(t)
	require.Eventually(t, func() bool { return s.ask(screening).status == http.StatusOK }, time.Minute, time.Millisecond)
	taken := s.ask(screening).taken(http.StatusOK)
	s.get(casework.RoleSupervisor, p.StatusURL).into(&status)
	require.Equal(t, "done", status.State)
	require.Equal(t, taken, *status.Answer)
	require.Len(t, s.store.kept(t), 2, "the words were saved once")
	require.Equal(t, strconv.Quote(strconv.Itoa(taken.Revision)), s.get(casework.RoleSupervisor, r.path).header.Get("ETag"))
}

func TestCommand_UnknownOnesAreMissing(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	r := takeReport(t, s)
	id := strings.Repeat("a", 64)
	var status map[string]any

	s.get(casework.RoleSupervisor, "/v1/commands/report-"+r.number+"/"+id).into(&status)

	require.Equal(t, "missing", status["state"])
	for _, path := range []string{"report-x/" + id, "office-1/" + id, "report-1/abc", "report-1/" + strings.Repeat("g", 64)} {
		s.get(casework.RoleSupervisor, "/v1/commands/"+path).refused(http.StatusNotFound, casework.NotFound, "")
	}
}
