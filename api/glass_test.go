package api_test

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"homeward/api"
	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/internal/teststack"
	"homeward/postgres"
)

// glass is the form of an emergency.
type glass struct {
	ID         string            `json:"id"`
	Record     string            `json:"record"`
	Worker     string            `json:"worker"`
	Role       string            `json:"role"`
	Purpose    string            `json:"purpose"`
	Reason     string            `json:"reason"`
	BrokenAt   time.Time         `json:"broken_at"`
	ExpiresAt  time.Time         `json:"expires_at"`
	Watched    bool              `json:"watched"`
	ReviewDue  string            `json:"review_due"`
	Overdue    bool              `json:"overdue"`
	ReviewedBy string            `json:"reviewed_by"`
	ReviewedAt time.Time         `json:"reviewed_at"`
	Finding    string            `json:"finding"`
	Note       string            `json:"note"`
	Links      map[string]string `json:"links"`
}

// night is a service whose clock the test moves.
type night struct {
	*service

	stack *teststack.Stack
	mu    sync.Mutex
	at    time.Time
}

func newNight(t *testing.T, changes ...func(*api.Options)) *night {
	t.Helper()
	n := &night{stack: teststack.New(t, teststack.Options{}), at: time.Now()}
	n.service = overStack(t, n.stack, append(changes, func(o *api.Options) { o.Now = n.now })...)
	testdb.Hire(t, n.stack.DB, postgres.Worker{
		ID: person(casework.RoleSupervisor), Role: casework.RoleSupervisor, Office: "north", Unit: "n-1", Manager: "w-leader", Name: "S",
	})
	return n
}

func (n *night) now() time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.at
}

func (n *night) is(at time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.at = at
}

// stranger is a hotline worker of another office, to whom no record belongs.
func (n *night) stranger() string { return n.tokenAt("south", "w-night", casework.RoleHotline) }

func emergencyBody() body {
	return body{"purpose": "immediate-danger", "reason": "A neighbour hears a child scream."}
}

func (n *night) breaks(r report) request {
	return request{method: http.MethodPost, path: r.path + "/break-glass", token: n.stranger(), key: rand.Text(), body: emergencyBody()}
}

func (r response) glass() glass {
	r.tb.Helper()
	require.Contains(r.tb, []int{http.StatusOK, http.StatusCreated}, r.status, r.text)
	var g glass
	r.into(&g)
	return g
}

func (n *night) list(token, path string) []glass {
	n.tb.Helper()
	answered := n.ask(request{path: path, token: token})
	require.Equal(n.tb, http.StatusOK, answered.status, answered.text)
	var page struct {
		Items []glass `json:"items"`
		Next  string  `json:"next"`
	}
	answered.into(&page)
	return page.Items
}

func TestBreakGlass_LetsSomebodyReadForFourHoursAndBeReviewed(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	r := takeReport(t, n.service)
	n.is(time.Date(2026, time.November, 21, 6, 10, 0, 0, time.UTC)) // Friday night, ten past ten, in Seattle
	reads := func() int { return n.ask(request{path: r.path, token: n.stranger()}).status }
	require.Equal(t, http.StatusNotFound, reads())
	q := n.breaks(r)
	g := n.ask(q).glass()
	require.Equal(t, http.StatusOK, reads())
	require.Equal(t, []any{"w-night", "hotline", true, "2026-11-23", false}, []any{g.Worker, g.Role, g.Watched, g.ReviewDue, g.Overdue})
	require.Equal(t, n.now().Add(4*time.Hour), g.ExpiresAt)
	require.Equal(t, g, n.ask(q).glass(), "the same key, the same answer")
	n.ask(n.breaks(r)).refused(http.StatusConflict, casework.Blocked, "")
	require.Equal(t, http.StatusForbidden, n.ask(request{path: r.path + "/glass", token: n.stranger()}).status)
	other := q
	other.body = body{"purpose": "missing-child", "reason": "Another."}
	n.ask(other).refused(http.StatusUnprocessableEntity, casework.Reused, "")
	n.is(n.now().Add(4 * time.Hour))
	require.Equal(t, http.StatusNotFound, reads(), "its time has run out")
	require.Equal(t, g, n.ask(q).glass(), "the same key buys no more time")
	require.Equal(t, http.StatusNotFound, reads())

	supervisor := n.token(casework.RoleSupervisor)
	auditor := n.token(casework.RoleAuditor)
	require.Len(t, n.list(supervisor, "/v1/reviews"), 1)
	require.Empty(t, n.list(auditor, "/v1/reviews"))
	n.is(time.Date(2026, time.November, 24, 8, 0, 0, 0, time.UTC)) // midnight after Monday
	late := n.list(auditor, "/v1/reviews")
	require.Len(t, late, 1)
	require.True(t, late[0].Overdue)
	require.Contains(t, n.ask(request{path: "/metrics"}).text, "homeward_glass_unreviewed 1\n")
	require.Contains(t, n.ask(request{path: "/metrics"}).text, "homeward_glass_overdue 1\n")
	require.Contains(t, n.ask(request{path: "/metrics"}).text, "homeward_glass_broken_total 1\n")
	narrative := n.ask(request{path: g.Links["reason"], token: supervisor})
	require.Contains(t, narrative.text, "A neighbour hears a child scream.")

	review := request{method: http.MethodPost, path: g.Links["review"], token: supervisor, key: rand.Text(), body: body{"finding": "justified", "note": "The police were sent."}}
	done := n.ask(review).glass()
	require.Equal(t, []string{"justified", person(casework.RoleSupervisor)}, []string{done.Finding, done.ReviewedBy})
	require.Equal(t, done, n.ask(review).glass())
	review.key = rand.Text()
	n.ask(review).refused(http.StatusConflict, casework.Blocked, "")
	require.Empty(t, n.list(supervisor, "/v1/reviews"))
	require.Equal(t, []glass{done}, n.list(supervisor, r.path+"/glass"))
	require.NotContains(t, n.log.String(), "neighbour")
	require.NotContains(t, n.log.String(), "police")
}

func TestBreakGlass_IsForNobodyWhoReadsTheRecordOrMustNotKnowOfIt(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	r := takeReport(t, n.service)
	own := n.breaks(r)
	own.token = n.token(casework.RoleSupervisor)
	require.Equal(t, "You may read this record already.", n.ask(own).refused(http.StatusConflict, casework.Blocked, "").Detail)
	unknown := n.breaks(r)
	unknown.path = "/v1/reports/77777/break-glass"
	absent := n.ask(unknown).refused(http.StatusNotFound, casework.NotFound, "").Detail
	n.set(casework.RoleSupervisor, r.path+"/conflicts", body{"worker": "w-night"})
	require.Equal(t, absent, n.ask(n.breaks(r)).refused(http.StatusNotFound, casework.NotFound, "").Detail)
	sealed := takeReport(t, n.service)
	n.set(casework.RoleSupervisor, sealed.path+"/seals", body{"order": "26-7-01234-8"})
	require.Equal(t, absent, n.ask(n.breaks(sealed)).refused(http.StatusNotFound, casework.NotFound, "").Detail)
	auditor := n.breaks(r)
	auditor.token = n.token(casework.RoleAuditor)
	n.ask(auditor).refused(http.StatusForbidden, casework.Forbidden, "")
	open := takeReport(t, n.service)
	bad := n.breaks(open)
	bad.body = body{"purpose": "curiosity", "reason": "Well."}
	n.ask(bad).refused(http.StatusUnprocessableEntity, casework.Invalid, "purpose")
	bad.body = body{"purpose": "immediate-danger", "reason": " "}
	n.ask(bad).refused(http.StatusUnprocessableEntity, casework.Invalid, "reason")
	require.Empty(t, n.list(n.token(casework.RoleSupervisor), "/v1/reviews"))
}

func TestBreakGlass_OfAClosedAndOfARestrictedRecord(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	closed := takeReport(t, n.service)
	closed.do(casework.RoleSupervisor, "screen-out", body{"reason": "not-a-child", "note": "The person is 24 years old."})
	require.NoError(t, n.stack.Client.GetWorkflow(t.Context(), "report-"+closed.number, "").Get(t.Context(), nil))
	restricted := n.takeReport(t, body{"restricted": true})
	for _, r := range []report{closed, restricted} {
		n.ask(n.breaks(r)).glass()
		require.Equal(t, http.StatusOK, n.ask(request{path: r.path + "/timeline", token: n.stranger()}).status)
	}
}

func TestBreakGlass_HasALimitForEachPerson(t *testing.T) {
	t.Parallel()
	n := newNight(t, func(o *api.Options) { o.GlassLimit = 1 })
	first, second := takeReport(t, n.service), takeReport(t, n.service)
	n.ask(n.breaks(first)).glass()
	n.ask(n.breaks(second)).refused(http.StatusConflict, casework.Blocked, "")
	n.is(n.now().Add(4 * time.Hour))
	n.ask(n.breaks(second)).glass()
}

func TestBreakGlass_OfOneKeyAllAtOnceIsBrokenOnce(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	r := takeReport(t, n.service)
	q := n.breaks(r)
	answers := make([]glass, 6)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = n.ask(q).glass() })
	}
	all.Wait()
	for _, g := range answers {
		require.Equal(t, answers[0].ID, g.ID)
	}
	require.Len(t, n.list(n.token(casework.RoleSupervisor), r.path+"/glass"), 1)
}

// lost is a Temporal that is away until the test brings it back.
type lost struct {
	client.Client

	mu   sync.Mutex
	away bool
}

func (l *lost) UpdateWithStartWorkflow(ctx context.Context, o client.UpdateWithStartWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.away {
		return nil, serviceerror.NewUnavailable("away")
	}
	return l.Client.UpdateWithStartWorkflow(ctx, o)
}

func (l *lost) set(away bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.away = away
}

func TestBreakGlass_WithoutTemporalGivesNoAccessAndTheSameKeyHealsIt(t *testing.T) {
	t.Parallel()
	temporal := new(lost)
	n := newNight(t, func(o *api.Options) { temporal.Client = o.Temporal.(client.Client); o.Temporal = temporal })
	r := takeReport(t, n.service)
	q := n.breaks(r)
	temporal.set(true)
	n.ask(q).refused(http.StatusServiceUnavailable, casework.Unavailable, "")
	require.Equal(t, http.StatusNotFound, n.ask(request{path: r.path, token: n.stranger()}).status)
	tried := n.list(n.token(casework.RoleSupervisor), r.path+"/glass")
	require.Len(t, tried, 1)
	require.False(t, tried[0].Watched)
	require.Empty(t, n.list(n.token(casework.RoleSupervisor), "/v1/reviews"), "nothing was read")
	temporal.set(false)
	n.is(n.now().Add(6 * time.Hour))
	g := n.ask(q).glass()
	require.Equal(t, tried[0].ID, g.ID)
	require.WithinDuration(t, n.now().Add(4*time.Hour), g.ExpiresAt, time.Second)
	require.Equal(t, http.StatusOK, n.ask(request{path: r.path, token: n.stranger()}).status)
}

func TestDecode_ShowsASupervisorWhatWatchesOverBrokenGlass(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	r := takeReport(t, n.service)
	g := n.ask(n.breaks(r)).glass()
	encrypted := stored(t, n.stack, casework.GlassAggregate(g.ID))
	var shown strings.Builder
	for _, p := range n.decode(n.token(casework.RoleSupervisor), encrypted...).payloads() {
		shown.Write(p.GetData())
	}
	require.Contains(t, shown.String(), "review of broken glass due "+g.ReviewDue)
	n.decode(n.tokenAt("south", "w-farther", casework.RoleSupervisor), encrypted...).refused(http.StatusNotFound, casework.NotFound, "")
	n.decode(n.token(casework.RoleSupervisor), sealedFor(t, teststack.Keys, "glass-none", "x")).
		refused(http.StatusNotFound, casework.NotFound, "")
}

// Temporal has lost the workflow: the review starts it again, and is made.
func TestReview_IsMadeThoughTheWorkflowIsLost(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	r := takeReport(t, n.service)
	g := n.ask(n.breaks(r)).glass()
	require.NoError(t, n.stack.Client.TerminateWorkflow(t.Context(), casework.GlassAggregate(g.ID), "", "lost"))
	done := n.post(casework.RoleSupervisor, g.Links["review"], body{"finding": "justified", "note": "The police were sent."}).glass()
	require.Equal(t, "justified", done.Finding)
	require.NoError(t, n.stack.Client.GetWorkflow(t.Context(), casework.GlassAggregate(g.ID), "").Get(t.Context(), nil))
}

func TestReview_IsForOthersWhoSeeTheRecordThemselves(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	r := takeReport(t, n.service)
	breaks := n.breaks(r)
	breaks.token = n.tokenAt("south", "w-far", casework.RoleSupervisor)
	g := n.ask(breaks).glass()
	review := request{method: http.MethodPost, path: g.Links["review"], body: body{"finding": "not-justified", "note": "There was no call."}}
	as := func(token string) response { q := review; q.token = token; return n.ask(q) }
	as(breaks.token).refused(http.StatusForbidden, casework.Forbidden, "")
	as(n.tokenAt("south", "w-farther", casework.RoleSupervisor)).refused(http.StatusNotFound, casework.NotFound, "")
	as(n.token(casework.RoleHotline)).refused(http.StatusForbidden, casework.Forbidden, "")
	elsewhere := review
	elsewhere.path, elsewhere.token = strings.Replace(g.Links["review"], g.ID, "0000", 1), n.token(casework.RoleSupervisor)
	n.ask(elsewhere).refused(http.StatusNotFound, casework.NotFound, "")
	n.ask(request{method: http.MethodPost, path: review.path, token: elsewhere.token, body: body{"finding": "well", "note": "x"}}).
		refused(http.StatusUnprocessableEntity, casework.Invalid, "finding")
	require.Equal(t, http.StatusOK, n.ask(request{path: r.path, token: breaks.token}).status)
	done := as(n.token(casework.RoleSupervisor)).glass()
	require.Equal(t, "not-justified", done.Finding)
	require.Equal(t, http.StatusNotFound, n.ask(request{path: r.path, token: breaks.token}).status, "what was left of it has ended")
}
