package workflows_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"homeward/casework"
	"homeward/internal/teststack"
	"homeward/workflows"
)

// raw is the record's whole state, as JSON.
func (r record) raw() string {
	r.t.Helper()
	value, err := r.Client.QueryWorkflow(r.t.Context(), r.id, "", workflows.QueryState)
	require.NoError(r.t, err)
	var state json.RawMessage
	require.NoError(r.t, value.Get(&state))
	return string(state)
}

func TestRefusal_LeavesTheStateAsItWas(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	c := openCase(t, s)
	c.remove()
	r := openReport(t, s, nil)
	for _, a := range []struct {
		record
		kind casework.AggregateKind
	}{{c, casework.KindCase}, {r.record, casework.KindReport}} {
		before, cost := a.raw(), a.cost()
		for _, step := range casework.Steps(a.kind) {
			for _, role := range []casework.Role{casework.RoleHotline, casework.RoleManager, step.Roles[0]} {
				_, err := a.Send(t.Context(), a.id, command(role, step.Name, step.New()))
				require.Error(t, err, "%s with an empty body by a %s", step.Name, role)
			}
		}
		stale := command(casework.RoleCaseworker, "visit.record", &casework.Visit{Children: []string{"p-1"}, At: a.now(), Notes: "t-3"})
		stale.Revision = 1
		_, err := a.Send(t.Context(), a.id, stale)
		require.Error(t, err)
		require.JSONEq(t, before, a.raw())
		require.Equal(t, before, a.raw(), "not even the order of a list")
		require.Equal(t, cost, a.cost(), a.eventTypes(cost.events))
	}
}

// What the caller of a step gets when it is sent again: before and after the
// record has continued as new, and with another body.
func TestCommand_SentAgainGetsItsFirstAnswer(t *testing.T) {
	t.Parallel()
	c := openCase(t, teststack.New(t, teststack.Options{}))
	c.remove()
	visit := command(casework.RoleCaseworker, "visit.record", &casework.Visit{
		Children: []string{"p-1", "p-2"}, At: c.now(), Notes: "t-3",
	})
	first, err := c.Send(t.Context(), c.id, visit)
	require.NoError(t, err)
	require.Equal(t, visit.Fingerprint, first.Fingerprint)
	other := visit
	other.Fingerprint = "another-body"
	other.Body = &casework.Visit{Children: []string{"p-1"}, At: c.now(), Notes: "t-4"}
	repeat := func() {
		for _, sent := range []casework.Command{visit, other} {
			again, err := c.insist(t.Context(), sent)
			require.NoError(t, err)
			require.Equal(t, first, again, "its fingerprint tells the API of a key that was used twice")
		}
	}
	repeat()
	require.NoError(t, c.Client.SignalWorkflow(t.Context(), c.id, "", workflows.SignalRenew, nil))
	require.Eventually(t, func() bool { return c.runs() == 2 }, 20*time.Second, 20*time.Millisecond)
	repeat()
	_, events := c.logged()
	require.Equal(t, 1, of(events, visitRecorded))
	c.agrees()
}

// Concurrent steps are decided one after the other: of two that exclude each
// other, one is taken.
func TestCommands_AtTheSameTimeAreDecidedInTurn(t *testing.T) {
	t.Parallel()
	c := openCase(t, teststack.New(t, teststack.Options{}))
	const clients = 8
	var mu sync.Mutex
	taken, blocked := 0, 0
	var group errgroup.Group
	now := c.now()
	for range clients {
		group.Go(func() error {
			_, err := c.Send(t.Context(), c.id, command(casework.RoleCaseworker, "child.remove", removal(now)))
			mu.Lock()
			defer mu.Unlock()
			switch casework.KindOf(err) { //nolint:exhaustive // anything else is a failure
			case "":
				taken++
			case casework.Blocked:
				blocked++
			default:
				return err
			}
			return nil
		})
	}
	require.NoError(t, group.Wait())
	require.Equal(t, 1, taken)
	require.Equal(t, clients-1, blocked)
	_, events := c.logged()
	require.Equal(t, 1, of(events, childRemoved))
	c.agrees()
}

// An operator's signals disturb no step, however many they are.
func TestRenewSignals_DuringCommandsLoseNothing(t *testing.T) {
	t.Parallel()
	c := openCase(t, teststack.New(t, teststack.Options{}))
	c.remove()
	const signals, clients, each = 200, 4, 15
	group, ctx := errgroup.WithContext(t.Context())
	group.Go(func() error {
		for range signals {
			if err := c.Client.SignalWorkflow(ctx, c.id, "", workflows.SignalRenew, nil); err != nil {
				return err
			}
		}
		return nil
	})
	sent := make([][]string, clients)
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
				sent[client] = append(sent[client], answer.CommandID)
			}
			return nil
		})
	}
	require.NoError(t, group.Wait())
	_, events := c.logged()
	taken := make(map[string]int)
	for _, e := range events {
		if e.Type == visitRecorded {
			taken[e.CommandID]++
		}
	}
	require.Len(t, taken, clients*each)
	for _, ids := range sent {
		for _, id := range ids {
			require.Equal(t, 1, taken[id])
		}
	}
	require.Greater(t, c.runs(), 1)
	c.agrees()
}
