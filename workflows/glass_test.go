package workflows_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"homeward/activities"
	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/internal/fault"
	"homeward/internal/testdb"
	"homeward/internal/teststack"
	"homeward/notify/notifytest"
	"homeward/postgres"
	"homeward/workflows"
)

// The other people of these tests.
const (
	manager = "w-manager"
	auditor = "w-auditor"
	// dueTimer is the name of the timer of a review that is due tomorrow.
	dueTimer = "review of broken glass due "
)

// emergency is glass that was broken, with the workflow that watches over it.
type emergency struct {
	record

	glass casework.Glass
}

// breakGlass has the hotline break the glass of a record. It does not wait until
// somebody watches.
func breakGlass(t *testing.T, s *teststack.Stack, of string, change func(*casework.Glass)) emergency {
	t.Helper()
	id, now := strings.ToLower(rand.Text()), time.Now().UTC().Truncate(time.Microsecond)
	g := casework.Glass{
		ID: id, Record: of, Worker: hotline, Role: casework.RoleHotline, Purpose: casework.GlassDanger, Reason: casework.Text("t-" + id),
		BrokenAt: now, ExpiresAt: now.Add(4 * time.Hour), ReviewDue: now.Truncate(time.Second).Add(30 * time.Hour),
	}
	if change != nil {
		change(&g)
	}
	g, err := s.DB.BreakGlass(t.Context(), postgres.Breaking{Glass: g, Words: canary, Limit: 100, Line: lineOf(g)})
	require.NoError(t, err)
	return emergency{record: record{Stack: s, t: t, id: casework.GlassAggregate(id)}, glass: g}
}

// lineOf is the audit's line of an emergency.
func lineOf(g casework.Glass) audit.Entry {
	return audit.Entry{
		Actor: casework.Actor{ID: g.Worker, Role: g.Role}, Action: access.BreakGlass, Outcome: audit.Done, Record: g.Record,
		Reason: string(g.Purpose), Command: casework.GlassAggregate(g.ID),
	}
}

// watched starts the workflow and waits until it watches.
func (e emergency) watched() emergency {
	e.t.Helper()
	watched, err := e.start(e.t.Context())
	require.NoError(e.t, err)
	require.False(e.t, watched.WatchedAt.IsZero())
	return e
}

func (e emergency) start(ctx context.Context) (casework.Glass, error) {
	return glassAnswer(ctx)(e.Client.UpdateWithStartWorkflow(ctx, workflows.GlassOptions(e.Client, e.TaskQueue, e.glass.ID)))
}

func glassAnswer(ctx context.Context) func(client.WorkflowUpdateHandle, error) (casework.Glass, error) {
	return func(update client.WorkflowUpdateHandle, err error) (casework.Glass, error) {
		var g casework.Glass
		if err == nil {
			err = update.Get(ctx, &g)
		}
		return g, fault.Decode(err)
	}
}

// review sends a review by somebody.
func (e emergency) review(by, note string) (casework.Glass, error) {
	e.t.Helper()
	return glassAnswer(e.t.Context())(e.Client.UpdateWorkflow(e.t.Context(), workflows.ReviewOptions(casework.GlassReview{
		Glass: e.glass.ID, By: casework.Actor{ID: by, Role: casework.RoleSupervisor}, Finding: casework.GlassJustified,
		Note: casework.Text(note), At: time.Now(),
	}, rand.Text())))
}

// reads says whether the hotline reads the record by this glass now.
func (e emergency) reads() bool {
	e.t.Helper()
	standing, err := e.DB.Standing(e.t.Context(), hotline, e.glass.Record, time.Now())
	require.NoError(e.t, err)
	return standing.Object.Glass
}

// told waits until somebody has so many notices of a kind in their inbox.
func (e emergency) told(person string, kind casework.NoticeKind, n int) {
	e.t.Helper()
	require.Eventually(e.t, func() bool {
		page, err := e.DB.Notices(e.t.Context(), postgres.NoticeFilter{Recipient: person, Aggregate: e.glass.Record})
		require.NoError(e.t, err)
		var found int
		for _, notice := range page.Items {
			if notice.Kind == kind {
				found++
			}
		}
		return found == n
	}, 20*time.Second, 20*time.Millisecond, "%s %s %d", person, kind, n)
}

// staffed has the supervisor of the tests led by the manager, and an auditor; mailed says
// whether they have e-mail.
func staffed(t *testing.T, s *teststack.Stack, mailed bool) {
	t.Helper()
	for id, role := range map[string]casework.Role{
		supervisor: casework.RoleSupervisor, manager: casework.RoleManager, auditor: casework.RoleAuditor,
	} {
		w := postgres.Worker{
			ID: id, Role: role, Name: "Somebody", Office: "north",
		}
		if mailed {
			w.Channels = []postgres.Channel{{Kind: postgres.ChannelEmail, Address: id + "@agency.example", Active: true}}
		}
		if id == supervisor {
			w.Manager = manager
		}
		testdb.Hire(t, s.DB, w)
	}
}

func TestGlass_IsReadableOnceWatchedAndAlarmsByRealMail(t *testing.T) {
	t.Parallel()
	mails := notifytest.New(t, notifytest.Options{})
	s := teststack.New(t, teststack.Options{Senders: mailing(t, mails), Idle: true})
	staffed(t, s, true)
	s.StartWorker(t)
	c, _ := tryOpenCase(t, s, func(b *casework.Opening) { b.Restricted = true })
	seen := len(mails.Mails())
	e := breakGlass(t, s, c.id, nil)
	require.False(t, e.reads(), "nobody watches yet")
	e.watched()
	require.True(t, e.reads())

	e.told(supervisor, casework.NoticeGlassBroken, 1)
	e.told(manager, casework.NoticeGlassBroken, 1)
	require.Eventually(t, func() bool {
		to := make(map[string]bool)
		for _, m := range mails.Mails() {
			if strings.Contains(m.Header.Get("Subject"), "was opened in an emergency") {
				to[m.To[0]] = true
			}
		}
		return len(to) == 2 && to[supervisor+"@agency.example"] && to[manager+"@agency.example"]
	}, 20*time.Second, 20*time.Millisecond, "after %d mails of the case", seen)
	due := dueTimer + e.glass.DueOn().String()
	require.Equal(t, []string{due}, e.running())
	require.Contains(t, e.details(), "| open | "+e.glass.DueOn().String()+" | Say whether it was justified |")
	require.Contains(t, e.details(), c.id)
	e.found("WorkflowType = 'Glass' AND Office = 'north' AND Supervisor = '" + supervisor + "' AND Restricted = true AND OverdueDuties = 0")
	e.found(fmt.Sprintf("NextDue <= '%s'", e.glass.ReviewDue.Format(time.RFC3339)))

	again, err := e.start(t.Context())
	require.NoError(t, err)
	require.Equal(t, e.glass.ExpiresAt, again.ExpiresAt)
	require.Equal(t, 1, e.runs(), "the same key starts nothing twice")
	for _, event := range e.Stored(t, e.id, "") {
		e.requireSealed(event)
		require.NotContains(t, event.String(), canary)
	}
	for _, event := range e.history() {
		require.NotContains(t, event.String(), canary, "not even sealed")
	}
}

func TestGlass_UnreviewedClimbsTheLadderUntilSomebodyReviews(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	staffed(t, s, false)
	e := breakGlass(t, s, openCase(t, s).id, nil).watched()
	require.NoError(t, e.Mover.To(t.Context(), e.id, e.glass.ReviewDue))
	require.NoError(t, e.Mover.Settled(t.Context(), e.id))
	e.told(supervisor, casework.NoticeGlassUnreviewed, 0)
	require.NoError(t, e.Mover.By(t.Context(), e.id, time.Minute))
	e.told(supervisor, casework.NoticeGlassUnreviewed, 1)
	e.told(manager, casework.NoticeGlassUnreviewed, 1)
	e.told(auditor, casework.NoticeGlassUnreviewed, 0)
	e.found("OverdueDuties = 1 AND NextDue IS NULL")
	require.Contains(t, e.details(), "| overdue |")
	require.Contains(t, e.running(), dueTimer+e.glass.DueOn().String()+", overdue: tell again")
	require.NoError(t, e.Mover.By(t.Context(), e.id, 48*time.Hour))
	e.told(supervisor, casework.NoticeGlassUnreviewed, 1)
	e.told(manager, casework.NoticeGlassUnreviewed, 3)
	e.told(auditor, casework.NoticeGlassUnreviewed, 2)

	_, err := e.review(supervisor, "t-late")
	require.NoError(t, err)
	e.ended()
	require.Empty(t, e.running())
	e.found("OverdueDuties = 0 AND NextDue IS NULL AND ExecutionStatus = 'Completed'")
	stored, err := s.DB.Glass(t.Context(), e.glass.ID)
	require.NoError(t, err)
	require.Equal(t, supervisor, stored.ReviewedBy)
}

func TestGlassReview_RefusedLeavesNoTraceAndTheFirstOneStands(t *testing.T) {
	t.Parallel()
	mails := notifytest.New(t, notifytest.Options{})
	s := teststack.New(t, teststack.Options{Senders: mailing(t, mails), Idle: true})
	staffed(t, s, true)
	s.StartWorker(t)
	mails.Stop()
	e := breakGlass(t, s, openCase(t, s).id, nil).watched()
	e.undelivered(2)
	before := len(e.history())
	_, err := e.review(hotline, "t-1")
	require.Equal(t, casework.Forbidden, casework.KindOf(err))
	_, err = e.review(supervisor, "")
	require.Equal(t, casework.Invalid, casework.KindOf(err))
	require.Len(t, e.history(), before)
	first, err := e.review(supervisor, "t-1")
	require.NoError(t, err)
	require.Equal(t, casework.GlassJustified, first.Finding)
	again, err := e.review(supervisor, "t-1")
	require.NoError(t, err)
	require.Equal(t, first, again)
	_, err = e.review(manager, "t-2")
	require.Equal(t, casework.Blocked, casework.KindOf(err))

	require.Contains(t, e.details(), "2 notices are not delivered yet")
	mails.Start() // the alert is still owed, though the review is made
	require.NoError(t, s.Client.SignalWorkflow(t.Context(), e.id, "", workflows.SignalDeliver, nil))
	e.ended()
	waiting, err := s.DB.Undelivered(t.Context(), e.id)
	require.NoError(t, err)
	require.Zero(t, waiting)
	_, err = e.review(manager, "t-2")
	require.Equal(t, casework.NotFound, casework.KindOf(err), "Temporal does not know it any more; the database does")
}

// Two reviews at once: one stands.
func TestGlassReview_OfTwoAtOnceTakesOne(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	e := breakGlass(t, s, openCase(t, s).id, nil).watched()
	errs := make(chan error, 2)
	for _, by := range []string{supervisor, manager} {
		go func() {
			_, err := e.review(by, "t-"+by)
			errs <- err
		}()
	}
	kinds := []casework.Kind{casework.KindOf(<-errs), casework.KindOf(<-errs)}
	require.Contains(t, kinds, casework.Kind(""))
	require.NotEqual(t, kinds[0], kinds[1])
	e.ended()
}

func TestGlass_OfAClosedRecordIsWatchedAndAlarms(t *testing.T) {
	t.Parallel()
	mails := notifytest.New(t, notifytest.Options{})
	s := teststack.New(t, teststack.Options{Senders: mailing(t, mails)})
	r := openReport(t, s, nil)
	r.screenOut()
	r.ended()
	staffed(t, s, true)
	e := breakGlass(t, s, r.id, nil).watched()
	require.True(t, e.reads())
	e.undelivered(0)
	require.Equal(t, "Report "+strings.TrimPrefix(r.id, "report-")+" was opened in an emergency", mails.Next().Header.Get("Subject"))
	_, err := e.review(supervisor, "t-1")
	require.NoError(t, err)
	e.ended()
}

// A worker that dies between the alert and the due date loses nothing: what came
// due meanwhile is told once there is one again.
func TestGlass_OutlivesItsWorker(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	staffed(t, s, false)
	e := breakGlass(t, s, openCase(t, s).id, func(g *casework.Glass) {
		g.ReviewDue = time.Now().Truncate(time.Second).Add(2 * time.Second)
	}).watched()
	e.told(supervisor, casework.NoticeGlassBroken, 1)
	s.StopWorker(t)
	require.Eventually(t, func() bool { return e.ends().fired[dueTimer+e.glass.DueOn().String()] == 1 }, 20*time.Second, 20*time.Millisecond)
	e.told(supervisor, casework.NoticeGlassUnreviewed, 0)
	s.StartWorker(t)
	e.told(supervisor, casework.NoticeGlassUnreviewed, 1)
}

// troubled fails before the database is asked.
type troubled struct {
	activities.Glass

	kind  atomic.Value
	tries atomic.Int64
}

func (b *troubled) trouble() error {
	if kind, _ := b.kind.Load().(casework.Kind); kind != "" {
		b.tries.Add(1)
		return casework.NewError(kind, "Not now.")
	}
	return nil
}

func (b *troubled) WatchGlass(ctx context.Context, id string, at time.Time) (casework.Glass, error) {
	if err := b.trouble(); err != nil {
		return casework.Glass{}, err
	}
	return b.Glass.WatchGlass(ctx, id, at)
}

func (b *troubled) AlertGlass(ctx context.Context, id string, rung int, at time.Time) (casework.Glass, error) {
	if err := b.trouble(); err != nil {
		return casework.Glass{}, err
	}
	return b.Glass.AlertGlass(ctx, id, rung, at)
}

func (b *troubled) ReviewGlass(ctx context.Context, r casework.GlassReview) (casework.Glass, error) {
	if err := b.trouble(); err != nil {
		return casework.Glass{}, err
	}
	return b.Glass.ReviewGlass(ctx, r)
}

func TestGlass_GivesNoAccessWhileTheDatabaseCannotSayThatItIsWatched(t *testing.T) {
	t.Parallel()
	book := new(troubled)
	s := teststack.New(t, teststack.Options{Glass: func(g activities.Glass) activities.Glass { book.Glass = g; return book }})
	e := breakGlass(t, s, openCase(t, s).id, nil)
	book.kind.Store(casework.Unavailable)
	answered := make(chan error, 1)
	go func() { _, err := e.start(t.Context()); answered <- err }()
	require.Eventually(t, func() bool { return book.tries.Load() > 4 }, 20*time.Second, 20*time.Millisecond)
	require.False(t, e.reads())
	require.Empty(t, answered)
	book.kind.Store(casework.Kind(""))
	require.NoError(t, <-answered)
	require.True(t, e.reads())
}

// No failure ends it: it is shown, and tried again.
func TestGlass_NeverDiesOfAFailedActivity(t *testing.T) {
	t.Parallel()
	book := new(troubled)
	s := teststack.New(t, teststack.Options{Glass: func(g activities.Glass) activities.Glass { book.Glass = g; return book }})
	staffed(t, s, false)
	book.kind.Store(casework.Internal)
	e := breakGlass(t, s, openCase(t, s).id, nil)
	_, err := s.Client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: e.id, TaskQueue: s.TaskQueue},
		workflows.GlassWorkflow, workflows.GlassInput{Glass: e.glass.ID})
	require.NoError(t, err)
	require.Eventually(t, func() bool { return strings.Contains(e.details(), "Needs attention:** watching failed") }, 20*time.Second, 20*time.Millisecond)
	book.kind.Store(casework.Kind(""))
	require.NoError(t, e.Mover.By(t.Context(), e.id, 2*time.Minute))
	e.watched()

	book.kind.Store(casework.Internal)
	_, err = e.review(supervisor, "t-1")
	require.Equal(t, casework.Internal, casework.KindOf(err))
	require.Contains(t, e.details(), "Needs attention:** recording a review failed")
	require.NoError(t, e.Mover.To(t.Context(), e.id, e.glass.ReviewDue.Add(time.Second)))
	require.Eventually(t, func() bool { return strings.Contains(e.details(), "telling that the review is overdue failed") }, 20*time.Second, 20*time.Millisecond)
	book.kind.Store(casework.Kind(""))
	require.NoError(t, e.Mover.By(t.Context(), e.id, 2*time.Minute))
	e.told(supervisor, casework.NoticeGlassUnreviewed, 1)
	require.NotContains(t, e.details(), "Needs attention")
	_, err = e.review(supervisor, "t-1")
	require.NoError(t, err)
	e.ended()
}

func TestGlass_ContinuesAsNewWithTheSameTimerAndTellsNothingTwice(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	staffed(t, s, false)
	e := breakGlass(t, s, openCase(t, s).id, nil).watched()
	require.NoError(t, e.Mover.To(t.Context(), e.id, e.glass.ReviewDue.Add(25*time.Hour)))
	e.told(manager, casework.NoticeGlassUnreviewed, 2)
	before := dueTimer + e.glass.DueOn().String() + ", overdue: tell again"
	require.Contains(t, e.running(), before)
	require.NoError(t, s.Client.SignalWorkflow(t.Context(), e.id, "", workflows.SignalRenew, nil))
	require.Eventually(t, func() bool { return e.runs() == 2 }, 20*time.Second, 20*time.Millisecond)
	require.NoError(t, e.Mover.Settled(t.Context(), e.id))
	require.Contains(t, e.running(), before)
	e.told(manager, casework.NoticeGlassUnreviewed, 2)
	e.found("OverdueDuties = 1 AND ExecutionStatus = 'Running'")
	_, err := e.review(supervisor, "t-1")
	require.NoError(t, err)
	e.ended()
}

// What nobody has on record gives no access and waits for no review.
func TestGlass_ThatIsNotOnRecordEnds(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	e := emergency{record: record{Stack: s, t: t, id: casework.GlassAggregate("none")}, glass: casework.Glass{ID: rand.Text()}}
	_, err := e.start(t.Context())
	require.Equal(t, casework.NotFound, casework.KindOf(err))
	e.id = casework.GlassAggregate(e.glass.ID)
	e.ended()
	events := e.history()
	require.Equal(t, enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, events[len(events)-1].GetEventType())
}
