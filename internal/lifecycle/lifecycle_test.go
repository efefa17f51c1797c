package lifecycle_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"homeward/internal/lifecycle"

	"github.com/stretchr/testify/require"
)

// record remembers calls in order.
type record struct {
	mu    sync.Mutex
	calls []string
}

func (r *record) does(call string, err error) func(context.Context) error {
	return func(context.Context) error {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.calls = append(r.calls, call)
		return err
	}
}

func (r *record) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.calls)
}

func (r *record) takes(call string, length time.Duration) func(context.Context) error {
	return func(ctx context.Context) error {
		time.Sleep(length)
		return r.does(call, nil)(ctx)
	}
}

func newStack(timeout time.Duration) *lifecycle.Stack {
	return lifecycle.New(slog.New(slog.DiscardHandler), timeout)
}

func TestStop_RunsBackwardsAndOnce(t *testing.T) {
	t.Parallel()
	var calls record
	stack := newStack(time.Minute)
	for _, name := range []string{"database", "client", "server"} {
		require.NoError(t, stack.Start(t.Context(), name, calls.does("start "+name, nil), calls.does("stop "+name, nil)))
	}

	require.NoError(t, stack.Stop(t.Context()))
	require.NoError(t, stack.Stop(t.Context()))

	require.Equal(t, []string{
		"start database", "start client", "start server",
		"stop server", "stop client", "stop database",
	}, calls.all())
}

func TestStop_GivesEveryCallerTheSameResult(t *testing.T) {
	t.Parallel()
	broken, entered, release := errors.New("broken pipe"), make(chan struct{}), make(chan struct{})
	stack := newStack(time.Minute)
	require.NoError(t, stack.Start(t.Context(), "server", nil, func(context.Context) error {
		close(entered)
		<-release
		return broken
	}))

	results := make(chan error, 3)
	for range 3 {
		go func() { results <- stack.Stop(t.Context()) }()
	}
	<-entered
	require.Empty(t, results, "nobody returns before the stop is done")
	close(release)

	for range 3 {
		require.ErrorIs(t, <-results, broken)
	}
}

func TestStop_GoesOnAfterFailureAndJoinsAll(t *testing.T) {
	t.Parallel()
	var calls record
	first, second := errors.New("first"), errors.New("second")
	stack := newStack(time.Minute)
	require.NoError(t, stack.Start(t.Context(), "a", nil, calls.does("a", first)))
	require.NoError(t, stack.Start(t.Context(), "b", nil, calls.does("b", nil)))
	require.NoError(t, stack.Start(t.Context(), "c", nil, calls.does("c", second)))

	err := stack.Stop(t.Context())

	require.ErrorIs(t, err, first)
	require.ErrorIs(t, err, second)
	require.ErrorContains(t, err, "stop a: first")
	require.Equal(t, []string{"c", "b", "a"}, calls.all())
}

func TestStop_LeavesBehindWhatIgnoresTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls record
		stack := newStack(25 * time.Second)
		require.NoError(t, stack.Start(t.Context(), "database", nil, calls.takes("database", 100*time.Millisecond)))
		require.NoError(t, stack.Start(t.Context(), "deaf", nil, calls.takes("deaf", time.Hour)))
		begun := time.Now()

		err := stack.Stop(t.Context())

		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "stop deaf")
		require.Equal(t, 25*time.Second+100*time.Millisecond, time.Since(begun))
		require.Equal(t, []string{"database"}, calls.all(), "the step below still gets its turn")
		time.Sleep(time.Hour) // lets the deaf one end inside the bubble
	})
}

func TestStop_StepSeesTheSharedDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		left := make(chan time.Duration, 2)
		ask := func(ctx context.Context) error {
			deadline, ok := ctx.Deadline()
			require.True(t, ok)
			left <- time.Until(deadline)
			time.Sleep(6 * time.Second)
			return nil
		}
		stack := newStack(10 * time.Second)
		require.NoError(t, stack.Start(t.Context(), "lower", nil, ask))
		require.NoError(t, stack.Start(t.Context(), "upper", nil, ask))

		require.ErrorIs(t, stack.Stop(t.Context()), context.DeadlineExceeded)

		require.Equal(t, 10*time.Second, <-left)
		require.Equal(t, 4*time.Second, <-left)
		time.Sleep(time.Minute)
	})
}

func TestStop_WorksWhenTheContextIsDone(t *testing.T) {
	t.Parallel()
	done, cancel := context.WithCancel(t.Context())
	cancel()
	stack := newStack(time.Minute)
	require.NoError(t, stack.Start(done, "server", nil, func(ctx context.Context) error { return ctx.Err() }))

	require.NoError(t, stack.Stop(done))
}

func TestStart_RollsBackWhatWasStarted(t *testing.T) {
	t.Parallel()
	var calls record
	taken, stuck := errors.New("port taken"), errors.New("stuck")
	stack := newStack(time.Minute)
	require.NoError(t, stack.Start(t.Context(), "database", nil, calls.does("stop database", nil)))
	require.NoError(t, stack.Start(t.Context(), "client", nil, calls.does("stop client", stuck)))

	err := stack.Start(t.Context(), "server", calls.does("start server", taken), calls.does("stop server", nil))

	require.ErrorIs(t, err, taken)
	require.ErrorIs(t, err, stuck)
	require.Equal(t, []string{"start server", "stop client", "stop database"}, calls.all())
	require.NoError(t, stack.Stop(t.Context()), "nothing is left to stop")
}

func TestStart_RefusesAfterStop(t *testing.T) {
	t.Parallel()
	var calls record
	stack := newStack(time.Minute)
	require.NoError(t, stack.Stop(t.Context()))

	err := stack.Start(t.Context(), "late", calls.does("late", nil), nil)

	require.ErrorIs(t, err, lifecycle.ErrStopped)
	require.Empty(t, calls.all())
}

func TestStop_ReportsEachStep(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	stack := lifecycle.New(slog.New(slog.NewTextHandler(&log, nil)), time.Minute)
	require.NoError(t, stack.Start(t.Context(), "database", nil, func(context.Context) error { return nil }))
	require.NoError(t, stack.Start(t.Context(), "server", nil, func(context.Context) error { return errors.New("broken pipe") }))

	require.Error(t, stack.Stop(t.Context()))

	require.Contains(t, log.String(), `msg=stopped step=database`)
	require.Contains(t, log.String(), `msg="stop failed" step=server error="broken pipe"`)
}
