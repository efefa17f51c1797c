package workflows_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/internal/teststack"
	"homeward/notify"
	"homeward/notify/notifytest"
	"homeward/postgres"
	"homeward/workflows"
)

// retryTimer is the name of the timer after which notices are tried again.
const retryTimer = "deliver notices again"

// mailing sends e-mail to a server of the test's own.
func mailing(t *testing.T, server *notifytest.Server) map[notify.Channel]notify.Sender {
	t.Helper()
	mails, err := notify.NewEmail(notify.EmailOptions{
		Host: "127.0.0.1", Port: server.Port, From: "homeward@agency.example", RootCAs: server.RootCAs,
	})
	require.NoError(t, err)
	return emailing(mails.Send)
}

// reachable gives a person an e-mail address.
func reachable(t *testing.T, db *postgres.DB, id string, role casework.Role) {
	t.Helper()
	testdb.Hire(t, db, postgres.Worker{
		ID: id, Role: role, Name: "Somebody", Office: "north",
		Channels: []postgres.Channel{{Kind: postgres.ChannelEmail, Address: id + "@agency.example", Active: true}},
	})
}

// undelivered waits until so many notices wait in the record's outbox, after an
// attempt to deliver them.
func (r record) undelivered(n int) {
	r.t.Helper()
	require.Eventually(r.t, func() bool {
		waiting, err := r.DB.Undelivered(r.t.Context(), r.id)
		return err == nil && waiting == n && (n == 0) == (r.ends().running[retryTimer] == 0)
	}, 30*time.Second, 20*time.Millisecond)
}

func TestClosedRecord_WaitsForItsNotices(t *testing.T) {
	t.Parallel()
	mails := notifytest.New(t, notifytest.Options{})
	s := teststack.New(t, teststack.Options{Senders: mailing(t, mails)})
	reachable(t, s.DB, supervisor, casework.RoleSupervisor)
	mails.Stop()
	r := openReport(t, s, nil)
	r.undelivered(1)
	require.Contains(t, r.details(), "1 notices are not delivered yet")
	r.screenOut()
	_, err := r.Send(t.Context(), r.id, command(casework.RoleSupervisor, "report.screen-in", &casework.ScreeningIn{
		Priority: "emergent", Track: "investigation", Investigator: investigator,
	}))
	require.Equal(t, casework.Gone, casework.KindOf(err))
	require.Equal(t, []string{retryTimer}, r.running(), "the law asks for nothing any more")

	mails.Start()
	_ = r.Mover.By(t.Context(), r.id, time.Hour) // the record ends on the way
	r.ended()
	require.Equal(t, []string{supervisor + "@agency.example"}, mails.Next().To)
	require.Empty(t, r.running())
}

func TestDeliverSignal_TriesAtOnce(t *testing.T) {
	t.Parallel()
	mails := notifytest.New(t, notifytest.Options{})
	s := teststack.New(t, teststack.Options{Senders: mailing(t, mails)})
	reachable(t, s.DB, supervisor, casework.RoleSupervisor)
	mails.Stop()
	r := openReport(t, s, nil)
	r.undelivered(1)
	mails.Start()
	require.NoError(t, r.Client.SignalWorkflow(t.Context(), r.id, "", workflows.SignalDeliver, nil))
	require.Equal(t, []string{supervisor + "@agency.example"}, mails.Next().To)
	r.undelivered(0)
	require.NotContains(t, r.details(), "not delivered")
	r.agrees()
}

// A step that is under way while the record moves to a fresh run leaves its
// notices to that run, which does not keep them waiting for what failed before.
func TestContinueAsNew_LosesNoNotice(t *testing.T) {
	t.Parallel()
	mails := notifytest.New(t, notifytest.Options{})
	database := &outage{}
	s := teststack.New(t, teststack.Options{Senders: mailing(t, mails), Log: meddle(database.meddle).log})
	reachable(t, s.DB, caseworker, casework.RoleCaseworker)
	reachable(t, s.DB, supervisor, casework.RoleSupervisor)
	mails.Stop()
	c := openCase(t, s)
	c.undelivered(1)
	database.away.Store(true)
	var done atomic.Bool
	go func() {
		_, err := c.Send(t.Context(), c.id, command(casework.RoleCaseworker, "plan.submit", &casework.PlanSubmission{
			Content: "t-4", Goals: []casework.Goal{{Child: "p-1", Primary: "reunification"}, {Child: "p-2", Primary: "reunification"}},
		}))
		done.Store(err == nil)
	}()
	require.Eventually(t, func() bool { return len(c.pending()) == 1 }, 20*time.Second, 20*time.Millisecond)
	require.NoError(t, c.Client.SignalWorkflow(t.Context(), c.id, "", workflows.SignalRenew, nil))
	c.drains()
	mails.Start()
	database.away.Store(false)
	require.Eventually(t, func() bool { return len(mails.Mails()) == 2 }, 20*time.Second, 20*time.Millisecond)
	require.Eventually(t, done.Load, 20*time.Second, 20*time.Millisecond)
	require.Equal(t, 2, c.runs())
	c.agrees()
}

// drains waits until the record refuses steps because it moves to a fresh run.
func (r record) drains() {
	r.t.Helper()
	require.Eventually(r.t, func() bool {
		// A step that comes before the draining waits for the one under way.
		ctx, cancel := context.WithTimeout(r.t.Context(), time.Second)
		defer cancel()
		_, err := r.Send(ctx, r.id, command(casework.RoleCaseworker, "closing.return", &casework.ClosingReturn{}))
		return casework.KindOf(err) == casework.Unavailable
	}, 20*time.Second, 20*time.Millisecond)
}

// senderFunc is a sender that does what a test needs.
type senderFunc func(context.Context, notify.Delivery) (notify.Receipt, error)

func (f senderFunc) Send(ctx context.Context, d notify.Delivery) (notify.Receipt, error) {
	return f(ctx, d)
}

// emailing has a sender for e-mail alone.
func emailing(f senderFunc) map[notify.Channel]notify.Sender {
	senders := make(map[notify.Channel]notify.Sender)
	senders[notify.ChannelEmail] = f
	return senders
}

// The next try may have come while no worker ran.
func TestRun_BeginsWithTheDeliveryThatIsDue(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	reachable(t, db, supervisor, casework.RoleSupervisor)
	p := begins(t, db, "report-7003", "2026-03-02 09:10")
	renew := func() { p.env.SignalWorkflow(workflows.SignalRenew, nil) }
	p.script = []*cue{{at: p.now.Add(30 * time.Second), do: renew}}
	received := command(casework.RoleHotline, casework.StepReceive, receipt("7003", p.time("2026-03-02 09:00")))
	carried, over := performRun(p, casework.KindReport, workflows.Input[casework.Report]{Open: &received})
	require.False(t, over)
	require.Equal(t, 1, carried.Undelivered)
	require.Equal(t, 1, carried.Attempt)

	for name, next := range map[string]time.Time{"while none ran": p.now.Add(-time.Hour), "never": {}} {
		late := carried
		late.NextTry = next
		var at []time.Time
		p.senders = emailing(func(context.Context, notify.Delivery) (notify.Receipt, error) {
			at = append(at, p.env.Now())
			return notify.Receipt{}, &notify.Error{Channel: notify.ChannelEmail, Reason: notify.Unreachable}
		})
		begun := p.now
		p.script = []*cue{{at: begun.Add(30 * time.Second), do: renew}}
		_, over = performRun(p, casework.KindReport, late)
		require.False(t, over)
		require.Len(t, at, 1, name)
		require.WithinDuration(t, begun, at[0], time.Second, name)
	}
}

// A closed record does not wait for ever for somebody whose mail bounces.
func TestClosedRecord_EndsThoughANoticeCannotBeDelivered(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	reachable(t, db, supervisor, casework.RoleSupervisor)
	p := begins(t, db, "report-7004", "2026-03-02 09:10")
	attempts := 0
	p.senders = emailing(func(context.Context, notify.Delivery) (notify.Receipt, error) {
		if attempts++; attempts > 100 {
			panic("it never ends")
		}
		return notify.Receipt{}, &notify.Error{Channel: notify.ChannelEmail, Reason: notify.Unreachable}
	})
	p.step("2026-03-02 10:00", casework.RoleSupervisor, "report.screen-out",
		&casework.ScreeningOut{Reason: "not-maltreatment", Note: "t-2"})
	p.at("2026-05-02 10:00", func() { p.env.SetContinueAsNewSuggested(true) })
	received := command(casework.RoleHotline, casework.StepReceive, receipt("7004", p.time("2026-03-02 09:00")))
	require.Empty(t, perform(p, casework.KindReport, workflows.Input[casework.Report]{Open: &received}))
	require.Equal(t, 1, p.runs)
	require.True(t, p.now.Before(p.time("2026-03-12 10:00")), "it ended at %s", p.now)
	waiting, err := db.Undelivered(t.Context(), p.id)
	require.NoError(t, err)
	require.Equal(t, 1, waiting, "it stays visible")
}

// A webhook that failed for weeks does not cost anybody the news that the case is closed.
func TestClosedRecord_SendsItsLastNoticeWhateverFailedBefore(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	testdb.Hire(t, db, postgres.Worker{
		ID: caseworker, Role: casework.RoleCaseworker, Name: "Somebody", Office: "north", // a webhook waits for no digest
		Channels: []postgres.Channel{{Kind: postgres.ChannelWebhook, Address: "https://hook.example", Active: true}},
	})
	p := begins(t, db, "case-7005", "2026-03-02 09:10")
	var up atomic.Bool
	var attempts atomic.Int64
	failing := emailing(func(context.Context, notify.Delivery) (notify.Receipt, error) {
		attempts.Add(1)
		if up.Load() {
			return notify.Receipt{Response: "250 OK"}, nil
		}
		return notify.Receipt{}, &notify.Error{Channel: notify.ChannelWebhook, Reason: notify.Unreachable}
	})
	failing[notify.ChannelWebhook] = failing[notify.ChannelEmail]
	p.senders = failing
	p.at("2026-03-16 09:59", func() { up.Store(true) })
	p.step("2026-03-16 10:00", casework.RoleCaseworker, "closing.request", &casework.ClosingRequest{Risk: "low", Reason: "t-8"})
	p.step("2026-03-16 10:01", casework.RoleSupervisor, "closing.approve", &casework.ClosingApproval{})
	require.Empty(t, perform(p, casework.KindCase, workflows.Input[casework.Case]{Open: opening("7005")}))
	require.Greater(t, attempts.Load(), int64(14), "more than a closed record would wait for")
	waiting, err := db.Undelivered(t.Context(), p.id)
	require.NoError(t, err)
	require.Zero(t, waiting)
}
