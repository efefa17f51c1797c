package workflows_test

import (
	"context"
	"encoding/json"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/sdk/v1"

	"homeward/activities"
	"homeward/casework"
	"homeward/internal/teststack"
)

// outage is a database that can be away.
type outage struct {
	away  atomic.Bool
	tries atomic.Int64
}

func (o *outage) meddle(ctx context.Context, log activities.Log, t casework.Transition) (casework.RecordResult, error) {
	if o.away.Load() {
		o.tries.Add(1)
		return casework.RecordResult{}, casework.NewError(casework.Unavailable, "The database does not answer.")
	}
	return log.Record(ctx, t)
}

// pending lists the activities that the record waits for.
func (r record) pending() []string {
	r.t.Helper()
	described, err := r.Client.DescribeWorkflowExecution(r.t.Context(), r.id, "")
	require.NoError(r.t, err)
	var names []string
	for _, a := range described.GetPendingActivities() {
		names = append(names, a.GetActivityType().GetName())
	}
	return names
}

// running lists the names of the running timers as people read them.
func (r record) running() []string {
	r.t.Helper()
	var names []string
	for _, encoded := range r.timers() {
		var name string
		require.NoError(r.t, json.Unmarshal([]byte(encoded), &name))
		names = append(names, name)
	}
	return names
}

// details is what a supervisor reads about the record in the Temporal UI.
func (r record) details() string {
	r.t.Helper()
	value, err := r.Client.QueryWorkflow(r.t.Context(), r.id, "", "__temporal_workflow_metadata")
	require.NoError(r.t, err)
	var metadata sdk.WorkflowMetadata
	require.NoError(r.t, value.Get(&metadata))
	return metadata.GetCurrentDetails()
}

func TestDatabaseAway_TheCommandWaitsAndTheCaseIsAlive(t *testing.T) {
	t.Parallel()
	database := &outage{}
	c := openCase(t, teststack.New(t, teststack.Options{Log: meddle(database.meddle).log}))
	c.remove()
	before := c.state()
	database.away.Store(true)
	_, err := c.Send(t.Context(), c.id, command(casework.RoleCaseworker, "child.remove", removal(time.Now())))
	require.Equal(t, casework.Blocked, casework.KindOf(err), "refusals need no database")
	visit := command(casework.RoleCaseworker, "visit.record", &casework.Visit{
		Children: []string{"p-1", "p-2"}, At: c.now(), Notes: "t-3",
	})
	type outcome struct {
		answer casework.Answer
		err    error
	}
	answered := make(chan outcome, 1)
	go func() {
		answer, err := c.Send(t.Context(), c.id, visit)
		answered <- outcome{answer, err}
	}()
	require.Eventually(t, func() bool { return len(c.pending()) == 1 }, 20*time.Second, 50*time.Millisecond)
	require.Equal(t, []string{"Record"}, c.pending(), "the regular activity has taken over")
	require.Equal(t, before.Revision, c.state().Revision, "nothing is shown that is not recorded")
	require.GreaterOrEqual(t, database.tries.Load(), int64(3))

	database.away.Store(false)
	done := <-answered
	require.NoError(t, done.err)
	require.Equal(t, visit.ID, done.answer.CommandID)
	_, events := c.logged()
	require.Equal(t, 1, of(events, visitRecorded))
	require.Empty(t, c.pending())
	c.agrees()
}

// The clocks go on while the database is away, and act when it is back.
func TestDatabaseAway_WhatFallsDueIsRecordedWhenItIsBack(t *testing.T) {
	t.Parallel()
	database := &outage{}
	r := openReport(t, teststack.New(t, teststack.Options{Log: meddle(database.meddle).log}), ago(24*time.Hour-3*time.Second))
	database.away.Store(true)
	require.Eventually(t, func() bool { return len(r.pending()) == 1 }, 30*time.Second, 50*time.Millisecond)
	database.away.Store(false)
	r.falls("screening-decision/1", casework.DutyOverdue)
	require.Equal(t, 1, r.overdueEvents("screening-decision/1"))
	r.agrees()
}

// falls waits until PostgreSQL has a duty in a status.
func (r record) falls(duty string, status casework.DutyStatus) casework.Duty {
	r.t.Helper()
	var d casework.Duty
	require.Eventually(r.t, func() bool {
		var err error
		d, err = r.DB.Duty(r.t.Context(), r.id, duty)
		return err == nil && d.Status == status
	}, 30*time.Second, 20*time.Millisecond, "%s does not become %s", duty, status)
	return d
}

// overdueEvents counts the events by which a duty turned overdue.
func (r record) overdueEvents(duty string) int {
	r.t.Helper()
	events, err := r.DB.Events(r.t.Context(), r.id, 1)
	require.NoError(r.t, err)
	n := 0
	for _, e := range events {
		for _, c := range changes(e) {
			if c.Duty.ID == duty && c.Duty.Status == casework.DutyOverdue && c.OldStatus != casework.DutyOverdue {
				n++
			}
		}
	}
	return n
}

// changes are the changed duties of an event.
func changes(e casework.Event) []casework.DutyChange {
	if body, ok := e.Body.(*casework.DutiesChanged); ok {
		return body.Changes
	}
	return nil
}

// broken is a log that refuses for good, as with a mistake of ours.
func broken(context.Context, activities.Log, casework.Transition) (casework.RecordResult, error) {
	return casework.RecordResult{}, casework.NewError(casework.Internal, "Something went wrong on our side.")
}

func TestBrokenLog_FailsTheCommandAndNotTheCase(t *testing.T) {
	t.Parallel()
	c := openCase(t, teststack.New(t, teststack.Options{Log: once(visitRecorded, broken).log}))
	c.remove()
	require.NotContains(t, c.details(), "Needs attention")
	visit := command(casework.RoleCaseworker, "visit.record", &casework.Visit{Children: []string{"p-1"}, At: c.now(), Notes: "t-3"})
	_, err := c.Send(t.Context(), c.id, visit)
	require.Equal(t, casework.Internal, casework.KindOf(err))
	require.Contains(t, c.details(), "Needs attention", "a supervisor sees it")
	_, events := c.logged()
	require.Zero(t, of(events, visitRecorded))
	c.agrees()

	c.visit()
	require.NotContains(t, c.details(), "Needs attention", "and that it is over")
	c.agrees()
}

// What time alone does is tried again by a durable timer that says so.
func TestBrokenLog_DelaysWhatFallsDue(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{Log: once(casework.EventDutiesChanged, broken).log})
	r := openReport(t, s, ago(24*time.Hour-3*time.Second))
	require.Eventually(t, func() bool {
		return slices.Contains(r.running(), "try again: recording what has come due")
	}, 30*time.Second, 50*time.Millisecond)
	require.Contains(t, r.details(), "Needs attention")
	r.forward(1)
	r.falls("screening-decision/1", casework.DutyOverdue)
	require.Equal(t, 1, r.overdueEvents("screening-decision/1"))
	require.NotContains(t, r.details(), "Needs attention")
	r.agrees()
}
