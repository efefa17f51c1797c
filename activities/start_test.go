package activities_test

import (
	"context"
	"crypto/rand"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"homeward/activities"
	"homeward/casework"
	"homeward/internal/fault"
	"homeward/internal/teststack"
)

// openInput is the argument of the workflow below.
type openInput struct {
	Open casework.Command `json:"open"`
}

// opened stands in for a case: it takes one opening, refuses a bad one and then
// ends as failed, and ends well when it is told to.
func opened(ctx workflow.Context, in openInput) error {
	var answers int
	var bad error
	open := func(_ workflow.Context, c casework.Command) (casework.Answer, error) {
		opening, ok := c.Body.(*casework.Opening)
		if !ok || opening.Worker == "" {
			bad = fault.Encode(casework.InvalidField("worker", "Name a worker."))
			return casework.Answer{}, bad
		}
		answers++
		return casework.Answer{Aggregate: in.Open.ID, CommandID: c.ID, Revision: answers}, nil
	}
	if err := workflow.SetUpdateHandler(ctx, "case.open", open); err != nil {
		return err
	}
	var end bool
	workflow.Go(ctx, func(ctx workflow.Context) { end = workflow.GetSignalChannel(ctx, "end").Receive(ctx, nil) })
	if err := workflow.Await(ctx, func() bool { return end || bad != nil }); err != nil {
		return err
	}
	return bad
}

// opener runs Start against the real server.
type opener struct {
	*station

	client  client.Client
	request activities.StartRequest
}

func newOpener(t *testing.T) *opener {
	t.Helper()
	c := teststack.Dial(t, teststack.Namespace)
	queue := "test-" + rand.Text()
	w := worker.New(c, queue, worker.Options{})
	w.RegisterWorkflowWithOptions(opened, workflow.RegisterOptions{Name: "Opened"})
	require.NoError(t, w.Start())
	t.Cleanup(w.Stop)
	o := &opener{client: c, station: newStation(t, activities.Options{Temporal: c})}
	o.request = activities.StartRequest{
		WorkflowID: "case-" + queue, WorkflowType: "Opened", TaskQueue: queue,
		Update: "case.open",
		Command: casework.Command{
			ID: "open-1", Fingerprint: "f", Name: casework.StepOpen, Actor: casework.System(),
			Body: &casework.Opening{Number: "1002", Worker: "w-17"},
		},
	}
	ctx := context.WithoutCancel(t.Context())
	t.Cleanup(func() { _ = c.TerminateWorkflow(ctx, o.request.WorkflowID, "", "test over") })
	return o
}

// start calls Start as a worker does.
func (o *opener) start() (answer casework.Answer, err error) {
	env := o.suite().NewTestActivityEnvironment()
	env.RegisterActivityWithOptions(o.acts.Start, activity.RegisterOptions{Name: "Start"})
	value, err := env.ExecuteActivity("Start", o.request)
	if err != nil {
		return answer, fault.Decode(err)
	}
	return answer, value.Get(&answer)
}

func TestStart_OpensOnceHoweverOftenItIsCalled(t *testing.T) {
	t.Parallel()
	o := newOpener(t)
	want := casework.Answer{Aggregate: "open-1", CommandID: "open-1", Revision: 1}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			got, err := o.start()
			if err != nil || got.Revision != want.Revision {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
	all.Wait()
	got, err := o.start()
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func TestStart_RefusedOpeningCanBeMended(t *testing.T) {
	t.Parallel()
	o := newOpener(t)
	good := o.request.Command
	o.request.Command.Body = &casework.Opening{Number: "1002"}
	_, err := o.start()
	require.Equal(t, casework.InvalidField("worker", "Name a worker."), err)
	require.Error(t, o.client.GetWorkflow(t.Context(), o.request.WorkflowID, "").Get(t.Context(), nil))

	o.request.Command = good
	o.request.Command.ID = "open-2"
	answer, err := o.start()
	require.NoError(t, err)
	require.Equal(t, "open-2", answer.CommandID)
}
