// Package e2e tests the product as it is run: its own program, as a worker and
// an API that talk over real sockets to a real Temporal and a real PostgreSQL,
// so that each of them can be killed while people work.
package e2e

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	// patience is how long a test waits for what should come soon.
	patience = 90 * time.Second
	// pause lies between two looks at what is waited for.
	pause = 25 * time.Millisecond
)

// eventually waits until check succeeds and otherwise fails with its last word.
func eventually(t testing.TB, what string, check func(ctx context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	require.NoError(t, insist(ctx, what, check))
}

// insist calls check until it succeeds or ctx ends.
func insist(ctx context.Context, what string, check func(ctx context.Context) error) error {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	var last error
	for {
		err := check(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() == nil || last == nil {
			last = err // not merely that the time is up
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", what, last)
		case <-tick.C:
		}
	}
}

// until waits for an instant of the wall clock.
func until(t testing.TB, at time.Time) {
	t.Helper()
	select {
	case <-time.After(time.Until(at)):
	case <-t.Context().Done():
		t.Fatal("the test ended while it waited for " + at.String())
	}
}
