package activities_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/worker"

	"homeward/activities"
	"homeward/casework"
	"homeward/internal/fault"
	"homeward/notify"
)

func TestBackoff_ClimbsTheLadder(t *testing.T) {
	t.Parallel()
	for attempts, want := range []time.Duration{
		0, time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 12 * time.Hour,
	} {
		require.Equal(t, want, activities.Backoff(attempts))
	}
	require.Equal(t, 12*time.Hour, activities.Backoff(1000))
}

func TestDeliver_SaysWhenToTryAgain(t *testing.T) {
	t.Parallel()
	busy := &notify.Error{Channel: notify.ChannelEmail, Reason: notify.Deferred}
	patient := &notify.Error{Channel: notify.ChannelEmail, Reason: notify.Deferred, RetryAfter: 45 * time.Minute}
	for name, tc := range map[string]struct {
		attempts    []int // made before, of each delivery that is due
		failure     error
		undelivered int
		want        time.Duration
	}{
		"nothing waits":                  {nil, nil, 0, 0},
		"all delivered":                  {[]int{0, 3}, nil, 0, 0},
		"the freshest decides":           {[]int{4, 1, 2}, busy, 3, 5 * time.Minute},
		"the far side asks for rest":     {[]int{0}, patient, 1, 45 * time.Minute},
		"the ladder is longer than that": {[]int{4}, patient, 1, 6 * time.Hour},
		"another worker holds the rest":  {nil, nil, 2, time.Minute},
		"and some failed here":           {[]int{5}, busy, 2, time.Minute},
		"a full round, and more to come": {make([]int, 32), nil, 5, time.Minute},
		"a full round that failed":       {repeat(3, 32), busy, 40, 2 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box := &stubOutbox{attempts: tc.attempts, undelivered: tc.undelivered}
			send := senderFunc(func(context.Context, notify.Delivery) (notify.Receipt, error) { return notify.Receipt{}, tc.failure })
			s := newStation(t, activities.Options{
				Outbox: box, Senders: mailing(send),
			})
			result := s.deliver(t)
			require.Equal(t, tc.want, result.NextTry)
			require.Equal(t, tc.undelivered, result.Undelivered)
			require.Len(t, box.recorded, len(tc.attempts))
		})
	}
}

func TestDeliver_AttemptHasItsOwnTimeLimit(t *testing.T) {
	t.Parallel()
	box := &stubOutbox{attempts: []int{0}, undelivered: 1}
	hanging := senderFunc(func(ctx context.Context, _ notify.Delivery) (notify.Receipt, error) {
		<-ctx.Done()
		return notify.Receipt{}, fmt.Errorf("talking to jane@agency.example: %w", ctx.Err())
	})
	s := newStation(t, activities.Options{
		Outbox: box, AttemptTimeout: 10 * time.Millisecond, Senders: mailing(hanging),
	})
	require.Equal(t, time.Minute, s.deliver(t).NextTry)
	require.Equal(t, "email: timeout", box.recorded[0].Error)
	require.NotContains(t, s.logged(), "jane")
}

func TestDeliver_FailsWhenTheOutboxDoes(t *testing.T) {
	t.Parallel()
	away := casework.WrapError(casework.Unavailable, "The database does not answer.", errors.New("secret"))
	for name, box := range map[string]*stubOutbox{
		"reading":   {dueErr: away},
		"recording": {attempts: []int{0, 0}, recordErr: away},
		"counting":  {countErr: away},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := newStation(t, activities.Options{Outbox: box}).tryDeliver()
			require.Equal(t, casework.Unavailable, casework.KindOf(fault.Decode(err)))
			require.NotContains(t, err.Error(), "secret")
		})
	}
}

// stubOutbox gives out deliveries without a database.
type stubOutbox struct {
	attempts                    []int
	undelivered                 int
	dueErr, recordErr, countErr error

	mu       sync.Mutex
	recorded []activities.Attempt
}

func (o *stubOutbox) DueDeliveries(_ context.Context, _ string, limit int) ([]activities.DueDelivery, error) {
	due := make([]activities.DueDelivery, min(len(o.attempts), limit))
	for i := range due {
		n := notice(fmt.Sprint("w-", i))
		due[i] = activities.DueDelivery{
			Delivery: notify.Delivery{Notice: n, Channel: notify.ChannelEmail, Address: "jane@agency.example"},
			Attempts: o.attempts[i],
		}
	}
	return due, o.dueErr
}

func (o *stubOutbox) RecordAttempt(_ context.Context, a activities.Attempt) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.recorded = append(o.recorded, a)
	return o.recordErr
}

func (o *stubOutbox) Undelivered(context.Context, string) (int, error) {
	return o.undelivered, o.countErr
}

func repeat(value, times int) []int {
	all := make([]int, times)
	for i := range all {
		all[i] = value
	}
	return all
}

func workerOptions(ctx context.Context) worker.Options {
	return worker.Options{BackgroundActivityContext: ctx}
}
