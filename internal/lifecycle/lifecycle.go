// Package lifecycle starts the parts of a process in order and stops them in the
// opposite order, within one deadline.
package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// ErrStopped is what Start returns once the stack has been stopped.
var ErrStopped = errors.New("already stopped")

// late is what a step still gets when the deadline has passed before its turn: enough to
// close a file or a connection.
const late = time.Second

// Stack holds what must be stopped, the last started on top. Its methods may be called
// from any goroutine; one at a time goes on.
type Stack struct {
	log     *slog.Logger
	timeout time.Duration

	mu      sync.Mutex
	steps   []step
	stopped bool
	err     error
}

type step struct {
	name string
	stop func(context.Context) error
}

// New returns an empty stack whose Stop takes timeout at most, and a second more for
// each step that the timeout left waiting. Stops are reported to log.
func New(log *slog.Logger, timeout time.Duration) *Stack {
	return &Stack{log: log, timeout: timeout}
}

// Start runs start and, when it has succeeded, keeps stop for Stop. Either may be nil.
//
// When start fails, everything that was started before is stopped and the stack is
// done; the error joins the reason with what failed while stopping.
func (s *Stack) Start(ctx context.Context, name string, start, stop func(context.Context) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return fmt.Errorf("start %s: %w", name, ErrStopped)
	}
	if start != nil {
		if err := start(ctx); err != nil {
			return errors.Join(fmt.Errorf("start %s: %w", name, err), s.unwind(ctx))
		}
	}
	if stop != nil {
		s.steps = append(s.steps, step{name, stop})
	}
	return nil
}

// Stop stops what was started, the last first. A step that fails or overruns does not
// keep the others from their turn; all failures are joined. ctx lends its values only:
// it is usually done already, which is why the process stops.
//
// Stop may be called again: it waits for the first call and returns its result.
func (s *Stack) Stop(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stopped {
		s.err = s.unwind(ctx)
	}
	return s.err
}

func (s *Stack) unwind(ctx context.Context) error {
	s.stopped = true
	ctx = context.WithoutCancel(ctx)
	deadline := time.Now().Add(s.timeout)
	var failures []error
	for _, step := range slices.Backward(s.steps) {
		begun := time.Now()
		if err := step.run(ctx, deadline); err != nil {
			failures = append(failures, fmt.Errorf("stop %s: %w", step.name, err))
			s.log.ErrorContext(ctx, "stop failed", slog.String("step", step.name), slog.Any("error", err))
			continue
		}
		s.log.InfoContext(ctx, "stopped", slog.String("step", step.name), slog.Duration("took", time.Since(begun)))
	}
	s.steps = nil
	return errors.Join(failures...)
}

// run calls stop and leaves it behind when it ignores its deadline.
func (s step) run(ctx context.Context, deadline time.Time) error {
	if soonest := time.Now().Add(late); deadline.Before(soonest) {
		deadline = soonest
	}
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- s.stop(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
