package workflows_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"homeward/activities"
	"homeward/casework"
	"homeward/internal/app"
	"homeward/internal/teststack"
	"homeward/postgres"
	"homeward/worker"
	"homeward/workflows"
)

// meddle stands before the log.
type meddle func(context.Context, activities.Log, casework.Transition) (casework.RecordResult, error)

// log is the option of a stack whose log is meddled with.
func (m meddle) log(under activities.Log) activities.Log { return meddledLog{under, m} }

type meddledLog struct {
	activities.Log

	meddle meddle
}

func (l meddledLog) Record(ctx context.Context, t casework.Transition) (casework.RecordResult, error) {
	return l.meddle(ctx, l.Log, t)
}

// once meddles with the first transition that begins with an event of a type.
func once(event casework.EventType, m meddle) meddle {
	var done atomic.Bool
	return func(ctx context.Context, log activities.Log, t casework.Transition) (casework.RecordResult, error) {
		if t.Events[0].Type == event && done.CompareAndSwap(false, true) {
			return m(ctx, log, t)
		}
		return log.Record(ctx, t)
	}
}

const (
	visitRecorded casework.EventType = "visit.recorded"
	childRemoved  casework.EventType = "child.removed"
)

// of counts the events of a type.
func of(events []casework.Event, kind casework.EventType) int {
	n := 0
	for _, e := range events {
		if e.Type == kind {
			n++
		}
	}
	return n
}

// What the log has and the workflow has not heard of is found by the retry.
func TestCommit_WhoseAnswerIsLostIsFoundByTheRetry(t *testing.T) {
	t.Parallel()
	losses := map[string]meddle{
		"the answer is an error": func(ctx context.Context, log activities.Log, t casework.Transition) (casework.RecordResult, error) {
			if _, err := log.Record(ctx, t); err != nil {
				return casework.RecordResult{}, err
			}
			return casework.RecordResult{}, casework.NewError(casework.Unavailable, "The answer got lost.")
		},
		"the answer never comes": func(ctx context.Context, log activities.Log, t casework.Transition) (casework.RecordResult, error) {
			if _, err := log.Record(ctx, t); err != nil {
				return casework.RecordResult{}, err
			}
			<-ctx.Done()
			return casework.RecordResult{}, ctx.Err()
		},
		"the attempt panics": func(ctx context.Context, log activities.Log, t casework.Transition) (casework.RecordResult, error) {
			if _, err := log.Record(ctx, t); err != nil {
				return casework.RecordResult{}, err
			}
			panic("as if the worker had died")
		},
	}
	for name, loss := range losses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := openCase(t, teststack.New(t, teststack.Options{Log: once(visitRecorded, loss).log}))
			c.remove()
			c.forward(30)
			answer := c.visit()
			summary, err := c.DB.Summary(t.Context(), c.id)
			require.NoError(t, err)
			require.Equal(t, summary.Revision, answer.Revision)
			_, events := c.logged()
			require.Equal(t, 1, of(events, visitRecorded))
			c.agrees()
		})
	}
}

// behind writes to the log behind a record's back, as its own run did before
// the worker died, and then lets the transition come.
func behind(law workflows.Law, change func(casework.Command) casework.Command) meddle {
	return func(ctx context.Context, log activities.Log, t casework.Transition) (casework.RecordResult, error) {
		first := t.Events[0]
		sneaked, err := proposed(ctx, log, law, t.Summary, change(casework.Command{
			ID: t.CommandID, Fingerprint: t.Fingerprint, Name: stepOf(t.Summary.Kind, first.Type),
			Actor: first.Actor, Body: first.Body, Now: first.RecordedAt.Add(-time.Microsecond),
		}))
		if err != nil {
			return casework.RecordResult{}, err
		}
		if _, err := log.Record(ctx, sneaked); err != nil {
			return casework.RecordResult{}, err
		}
		return log.Record(ctx, t)
	}
}

// proposed is the transition of a command on what the log holds of a record.
func proposed(
	ctx context.Context, log activities.Log, law workflows.Law, s casework.Summary, c casework.Command,
) (t casework.Transition, err error) {
	db, ok := log.(*postgres.DB)
	if !ok {
		return t, errors.New("this is not the real log")
	}
	events, err := db.Events(ctx, s.Aggregate, 1)
	if err != nil {
		return t, err
	}
	if s.Kind == casework.KindReport {
		_, t, err = workflows.Propose(s.Kind, law, s.Aggregate, casework.FoldReport(events), c)
		return t, err
	}
	_, t, err = workflows.Propose(s.Kind, law, s.Aggregate, casework.FoldCase(events), c)
	return t, err
}

// stepOf is the step that an event is recorded for.
func stepOf(kind casework.AggregateKind, event casework.EventType) string {
	for _, s := range casework.Steps(kind) {
		if s.Event == event {
			return s.Name
		}
	}
	return ""
}

func same(c casework.Command) casework.Command { return c }

// another is a command of its own with the same content.
func another(c casework.Command) casework.Command {
	c.ID, c.Fingerprint = "another-command", "another-fingerprint"
	return c
}

func TestRunThatIsBehindItsLog_CatchesUp(t *testing.T) {
	t.Parallel()
	law := current(t).Law

	t.Run("and answers what the log answered, for the same command", func(t *testing.T) {
		t.Parallel()
		c := openCase(t, teststack.New(t, teststack.Options{Log: once(childRemoved, behind(law, same)).log}))
		answer := c.remove()
		logged, events := c.logged()
		require.Equal(t, 1, of(events, childRemoved))
		require.Equal(t, logged.Revision, answer.Revision)
		first, err := c.DB.Command(t.Context(), c.id, answer.CommandID)
		require.NoError(t, err)
		require.Equal(t, first, answer)
		require.NotEmpty(t, c.timers(), "the duties that it has missed have their timers")
		c.agrees()
	})

	t.Run("and decides again, after another command", func(t *testing.T) {
		t.Parallel()
		c := openCase(t, teststack.New(t, teststack.Options{Log: once(visitRecorded, behind(law, another)).log}))
		c.remove()
		answer := c.visit()
		logged, events := c.logged()
		require.Equal(t, 2, of(events, visitRecorded))
		require.Equal(t, logged.Revision, answer.Revision)
		c.agrees()
	})

	t.Run("and refuses what is no longer lawful", func(t *testing.T) {
		t.Parallel()
		c := openCase(t, teststack.New(t, teststack.Options{Log: once(childRemoved, behind(law, another)).log}))
		_, err := c.Send(t.Context(), c.id, command(casework.RoleCaseworker, "child.remove", removal(c.now())))
		require.Equal(t, casework.Blocked, casework.KindOf(err))
		_, events := c.logged()
		require.Equal(t, 1, of(events, childRemoved))
		c.visit()
		c.agrees()
	})
}

func removal(now time.Time) *casework.Removal {
	return &casework.Removal{
		Children: []string{"p-1", "p-2"}, At: now.Add(-time.Hour), Authority: "court-order", Danger: "t-1", Efforts: "t-2",
		ICWAInquiry: "no-reason-to-know", RelativesAsked: true, Setting: "foster-home",
	}
}

// The worker dies between the commit and the answer, in earnest: it is stopped
// without patience, and another one takes over.
func TestCommand_OutlivesTheWorkerThatRecordedIt(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{Idle: true})
	recorded := make(chan struct{})
	dying := once(visitRecorded, func(ctx context.Context, log activities.Log, t casework.Transition) (casework.RecordResult, error) {
		_, err := log.Record(ctx, t)
		close(recorded)
		<-ctx.Done()
		return casework.RecordResult{}, err
	})
	mortal := newWorker(t, s, worker.Options{}, dying)
	c := openCase(t, s)
	c.remove()
	visit := command(casework.RoleCaseworker, "visit.record", &casework.Visit{
		Children: []string{"p-1", "p-2"}, At: c.now(), InResidence: true, Notes: "t-3",
	})
	answered := make(chan casework.Answer, 1)
	go func() {
		answer, _ := c.Send(t.Context(), c.id, visit)
		answered <- answer
	}()
	<-recorded
	require.NoError(t, mortal.Stop(t.Context()))
	s.StartWorker(t)

	answer := <-answered
	logged, events := c.logged()
	require.Equal(t, 1, of(events, visitRecorded))
	require.Equal(t, visit.ID, answer.CommandID)
	require.Equal(t, logged.Revision, answer.Revision)
	c.agrees()
}

// newWorker starts a worker of a test's own on a stack's task queue.
func newWorker(t *testing.T, s *teststack.Stack, o worker.Options, m meddle) *worker.Worker {
	t.Helper()
	var log activities.Log = s.DB
	if m != nil {
		log = m.log(log)
	}
	acts, err := activities.New(activities.Options{
		Log: log, Outbox: app.NewOutbox(s.DB), Glass: s.DB, Temporal: s.Client, Metrics: prometheus.NewRegistry(),
	})
	require.NoError(t, err)
	o.Client, o.TaskQueue, o.Workflows, o.Activities = s.Client, s.TaskQueue, current(t), acts
	w, err := worker.New(o)
	require.NoError(t, err)
	require.NoError(t, w.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, w.Stop(context.WithoutCancel(t.Context()))) })
	return w
}

// A report asks for its case, and the worker dies before it could be opened.
func TestCase_IsOpenedThoughTheReportHeardNoAnswer(t *testing.T) {
	t.Parallel()
	lost := once("report.case-opened", behind(current(t).Law, same))
	r := openReport(t, teststack.New(t, teststack.Options{Log: lost.log}), nil)
	r.investigate()
	number := r.Number(t, casework.KindCase)
	r.do(casework.RoleSupervisor, "report.open-case", &casework.CaseRequest{
		Number: number, Caseworker: caseworker, Supervisor: supervisor, Risk: "high",
	})
	r.ended()
	_, events := r.logged()
	require.Equal(t, 1, of(events, "report.case-opened"))
	c := record{Stack: r.Stack, t: t, id: casework.AggregateID(casework.KindCase, number)}
	c.visit()
	c.agrees()
}

// A command that is older than what a run remembers is answered from the log.
func TestCommand_IsAnsweredOnceHoweverLateItIsSentAgain(t *testing.T) {
	t.Parallel()
	c := openCase(t, teststack.New(t, teststack.Options{}))
	c.remove()
	first := command(casework.RoleCaseworker, "visit.record", &casework.Visit{
		Children: []string{"p-1"}, At: c.now(), Notes: "t-3",
	})
	answer, err := c.Send(t.Context(), c.id, first)
	require.NoError(t, err)
	for range 55 { // more than a run remembers
		c.visit()
	}
	require.NoError(t, c.Client.SignalWorkflow(t.Context(), c.id, "", workflows.SignalRenew, nil))
	require.Eventually(t, func() bool { return c.runs() == 2 }, 20*time.Second, 20*time.Millisecond)
	before := c.revision()
	again, err := c.insist(t.Context(), first)
	require.NoError(t, err)
	require.Equal(t, answer, again)
	require.Equal(t, before, c.revision())
	c.agrees()
}
