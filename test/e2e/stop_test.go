package e2e

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// many is how many steps are in flight when a process is stopped.
const many = 6

// inFlight sends steps side by side, each once, and returns what waits for all
// of their replies.
func inFlight(t testing.TB, c *caller, steps []step) (replies func() []reply) {
	t.Helper()
	type outcome struct {
		i     int
		reply reply
		err   error
	}
	outcomes := make(chan outcome, len(steps))
	for i, s := range steps {
		go func() {
			got, err := c.post(t.Context(), s)
			outcomes <- outcome{i, got, err}
		}()
	}
	return func() []reply {
		t.Helper()
		got := make([]reply, len(steps))
		for range steps {
			o := <-outcomes
			require.NoError(t, o.err)
			require.Equal(t, http.StatusOK, o.reply.Status, o.reply.Body)
			got[o.i] = o.reply
		}
		return got
	}
}

// received opens reports and returns them with the steps that screen them in.
func received(t testing.TB, c *caller) (deeds []deed, screenings []step) {
	t.Helper()
	for range many {
		call := receive(time.Now().Add(-time.Hour))
		got, a := c.do(t, call)
		deeds = append(deeds, deed{call, got, a.Aggregate, "report.received", a.Revision})
		screenings = append(screenings, screenIn(got.Location))
	}
	return deeds, screenings
}

// screened makes deeds of steps that were answered.
func screened(t testing.TB, steps []step, replies []reply) []deed {
	t.Helper()
	deeds := make([]deed, len(steps))
	for i, got := range replies {
		a := got.answer(t)
		deeds[i] = deed{steps[i], got, a.Aggregate, "report.screened-in", a.Revision}
	}
	return deeds
}

// stopped waits for an orderly end within the time that the process has.
func (s service) stopped(since time.Time) {
	s.t.Helper()
	require.Equal(s.t, 0, s.status())
	require.Less(s.t, time.Since(since), stopTimeout)
}

func TestStop_APIAnswersWhatItHasTaken(t *testing.T) {
	t.Parallel()
	s := newSite(t, shared(t))
	worker, api := s.startWorker(), s.startAPI()
	deeds, screenings := received(t, s.caller())

	worker.signal(syscall.SIGSTOP) // so that nothing is answered yet
	replies := inFlight(t, s.caller(), screenings)
	eventually(t, "requests to be in flight", func(ctx context.Context) error {
		// The request for the figure is one of them.
		if n := int(api.metric(ctx, "homeward_http_requests_in_flight")) - 1; n < many {
			return fmt.Errorf("%d of %d", n, many)
		}
		return nil
	})
	begun := time.Now()
	api.signal(syscall.SIGTERM)
	api.gone()
	api.alive()
	next := s.startAPIAt(freeAddress(t))
	worker.signal(syscall.SIGCONT)
	deeds = append(deeds, screened(t, screenings, replies())...)
	api.stopped(begun)

	s.address = next.url[len("http://"):]
	s.audit(deeds)
}

func TestStop_WorkerFinishesWhatItHasBegun(t *testing.T) {
	t.Parallel()
	s := newSite(t, shared(t))
	worker := s.startWorker()
	s.startAPI()
	deeds, screenings := received(t, s.caller())

	events := s.lockLog()
	replies := inFlight(t, s.caller(), screenings)
	events.awaitWriters(many)
	begun := time.Now()
	worker.signal(syscall.SIGTERM)
	worker.gone()
	worker.alive()
	events.unlock()
	deeds = append(deeds, screened(t, screenings, replies())...) // nobody else is there to have done it
	worker.stopped(begun)

	s.startWorker()
	_, a := s.caller().do(t, receive(time.Now().Add(-time.Hour)))
	deeds = append(deeds, deed{aggregate: a.Aggregate, event: "report.received", revision: a.Revision})
	s.audit(deeds)
}

func TestStop_AnotherWorkerTakesOver(t *testing.T) {
	t.Parallel()
	s := newSite(t, shared(t))
	old := s.startWorker()
	s.startAPI()
	crowd := newCrowd(t, s.caller())
	crowd.more(t, busy)
	s.startWorker()
	crowd.more(t, busy)
	begun := time.Now()
	old.signal(syscall.SIGTERM)
	old.stopped(begun)
	crowd.more(t, busy)
	s.audit(crowd.finish(t))
	require.Empty(t, crowd.doubts, "nobody noticed")
}

// lockedLog keeps everybody from writing events; reading goes on.
type lockedLog struct {
	t    testing.TB
	pool *sql.DB
	tx   *sql.Tx
}

func (s *site) lockLog() *lockedLog {
	s.t.Helper()
	pool, err := sql.Open("postgres", s.DatabaseURL)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { require.NoError(s.t, pool.Close()) })
	tx, err := pool.BeginTx(s.t.Context(), nil)
	require.NoError(s.t, err)
	_, err = tx.ExecContext(s.t.Context(), `LOCK TABLE events IN EXCLUSIVE MODE`)
	require.NoError(s.t, err)
	return &lockedLog{s.t, pool, tx}
}

// awaitWriters waits until so many transactions wait to write.
func (l *lockedLog) awaitWriters(n int) {
	l.t.Helper()
	eventually(l.t, "transactions to wait for the log", func(ctx context.Context) error {
		var waiting int
		err := l.pool.QueryRowContext(ctx,
			`SELECT count(*) FROM pg_locks WHERE relation = 'events'::regclass AND NOT granted`).Scan(&waiting)
		if err == nil && waiting < n {
			err = fmt.Errorf("%d of %d", waiting, n)
		}
		return err
	})
}

func (l *lockedLog) unlock() {
	l.t.Helper()
	require.NoError(l.t, l.tx.Rollback())
}

// status is what a status URL tells.
type status struct {
	State  string  `json:"state"`
	Answer *answer `json:"answer"`
}

func TestReadsWork_WhileEveryWorkerIsDown(t *testing.T) {
	t.Parallel()
	s := newSite(t, shared(t))
	gone := s.startWorker()
	s.startAPI("HOMEWARD_UPDATE_TIMEOUT=1s")
	c := s.caller()
	call := receive(time.Now().Add(-time.Hour))
	got, a := c.do(t, call)
	deeds := []deed{{call, got, a.Aggregate, "report.received", a.Revision}}
	report := got.Location
	gone.kill()

	for _, path := range []string{
		report, report + "/children", report + "/duties", report + "/timeline", report + "/next", report + "/notices",
		"/v1/reports", "/v1/cases", "/v1/worklist", "/v1/notices",
	} {
		var page map[string]any
		require.NoError(t, c.read(t.Context(), casework.RoleSupervisor, path, &page))
		require.NotEmpty(t, page, path)
	}
	steps := []step{screenIn(report), receive(time.Now().Add(-time.Hour))}
	var pending []reply
	for _, sent := range steps {
		got, err := c.post(t.Context(), sent)
		require.NoError(t, err)
		require.Equal(t, http.StatusAccepted, got.Status, got.Body)
		require.NotEmpty(t, got.Location)
		var now status
		require.NoError(t, c.read(t.Context(), sent.role, got.Location, &now))
		require.Equal(t, "pending", now.State)
		pending = append(pending, got)
	}

	s.startWorker()
	for i, event := range []casework.EventType{"report.screened-in", "report.received"} {
		known := s.outcome(c, steps[i].role, pending[i].Location)
		again, a := c.do(t, steps[i])
		require.Equal(t, known, a, "the same key gets the answer that the status URL tells")
		deeds = append(deeds, deed{steps[i], again, a.Aggregate, event, a.Revision})
	}
	s.audit(deeds)
}

// outcome waits until a status URL tells that a step was taken.
func (s *site) outcome(c *caller, role casework.Role, url string) answer {
	s.t.Helper()
	var now status
	eventually(s.t, "the outcome at "+url, func(ctx context.Context) error {
		if err := c.read(ctx, role, url, &now); err != nil {
			return err
		}
		if now.State != "done" || now.Answer == nil {
			return errors.New("it is " + now.State)
		}
		return nil
	})
	return *now.Answer
}

func TestTwoWorkers_ShareTheWork(t *testing.T) {
	t.Parallel()
	s := newSite(t, shared(t))
	workers := []service{s.startWorker(), s.startWorker()}
	s.startAPI(hurried)
	crowd := newCrowd(t, s.caller())
	for _, w := range workers {
		eventually(t, "every worker to have worked", func(ctx context.Context) error {
			if w.metric(ctx, "temporal_workflow_task_execution_latency_count") < 10 {
				return errors.New("a worker has hardly done anything")
			}
			return nil
		})
	}
	workers[0].kill()
	crowd.more(t, busy)
	s.audit(crowd.finish(t))
}
