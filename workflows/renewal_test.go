package workflows_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"homeward/casework"
	"homeward/internal/teststack"
	"homeward/workflows"
)

// insist sends a command until the record takes or refuses it: a record that is
// just moving to a fresh run asks to be sent it again.
func (r record) insist(ctx context.Context, c casework.Command) (casework.Answer, error) {
	for {
		answer, err := r.Send(ctx, r.id, c)
		if casework.KindOf(err) != casework.Unavailable || ctx.Err() != nil {
			return answer, err
		}
	}
}

// state asks the running workflow for its state.
func (r record) state() *casework.Case {
	r.t.Helper()
	value, err := r.Client.QueryWorkflow(r.t.Context(), r.id, "", workflows.QueryState)
	require.NoError(r.t, err)
	state := &casework.Case{}
	require.NoError(r.t, value.Get(state))
	return state
}

// logged folds the record's event log.
func (r record) logged() (*casework.Case, []casework.Event) {
	r.t.Helper()
	events, err := r.DB.Events(r.t.Context(), r.id, 1)
	require.NoError(r.t, err)
	return casework.FoldCase(events), events
}

// agrees holds the workflow's state to the log.
func (r record) agrees() {
	r.t.Helper()
	// Time can add to both between two looks, so both are looked at again.
	logged, _ := r.logged()
	running := r.state()
	for end := time.Now().Add(20 * time.Second); running.Revision != logged.Revision && time.Now().Before(end); {
		running = r.state()
		logged, _ = r.logged()
	}
	require.Equal(r.t, logged.Revision, running.Revision, "the run must reach the revision of its log; %s", r.id)
	ignore := cmp.Options{
		cmpopts.IgnoreUnexported(casework.Record{}), cmpopts.IgnoreFields(casework.Record{}, "Answers"),
		cmpopts.EquateEmpty(), cmp.AllowUnexported(casework.Date{}),
	}
	require.Empty(r.t, cmp.Diff(logged, running, ignore))
	chain, err := r.DB.VerifyChain(r.t.Context(), r.id)
	require.NoError(r.t, err)
	require.True(r.t, chain.Intact())
}

func TestContinueAsNew_LosesNothingAndDoesNothingTwice(t *testing.T) {
	t.Parallel()
	c := openCase(t, teststack.New(t, teststack.Options{Namespace: teststack.SmallLimits}))
	c.remove()
	const clients, each = 8, 30
	var answers [clients * each]casework.Answer
	var sent atomic.Int64
	group, ctx := errgroup.WithContext(t.Context())
	for client := range clients {
		group.Go(func() error {
			for i := range each {
				visit := command(casework.RoleCaseworker, "visit.record", &casework.Visit{
					Children: []string{"p-1"}, At: time.Now(), Notes: casework.Text(fmt.Sprintf("t-%d-%d", client, i)),
				})
				answer, err := c.insist(ctx, visit)
				if err != nil {
					return err
				}
				again, err := c.insist(ctx, visit) // as a caller does who has lost the answer
				if err != nil || again.Revision != answer.Revision {
					return fmt.Errorf("sent again: revision %d instead of %d: %w", again.Revision, answer.Revision, err)
				}
				answers[client*each+i] = answer
				sent.Add(1)
			}
			return nil
		})
	}
	require.NoError(t, group.Wait())
	require.EqualValues(t, clients*each, sent.Load())

	_, events := c.logged()
	visits := make(map[string]int)
	for i, e := range events {
		require.Equal(t, i+1, e.Seq)
		if e.Type == "visit.recorded" {
			visits[e.CommandID]++
		}
	}
	require.Len(t, visits, clients*each)
	for _, a := range answers {
		require.Equal(t, 1, visits[a.CommandID])
	}
	require.Greater(t, c.runs(), 3, "the limits must have made it continue as new")
	c.agrees()
}

// runs counts the runs that the record has had.
func (r record) runs() int {
	r.t.Helper()
	return len(r.Runs(r.t, r.id))
}

func TestRenewSignal_ContinuesAsNewWithTheSameTimers(t *testing.T) {
	t.Parallel()
	c := openCase(t, teststack.New(t, teststack.Options{}))
	c.remove()
	before := c.timers()
	require.NotEmpty(t, before)
	require.NoError(t, c.Client.SignalWorkflow(t.Context(), c.id, "", workflows.SignalRenew, nil))
	require.Eventually(t, func() bool { return c.runs() == 2 }, 10*time.Second, 20*time.Millisecond)
	require.Eventually(t, func() bool { return cmp.Equal(before, c.timers()) }, 10*time.Second, 20*time.Millisecond)
	c.agrees()
}

// timers lists the names of the timers that run now, as the Temporal UI shows them.
func (r record) timers() []string {
	r.t.Helper()
	return r.Timers(r.t, r.id)
}
