package main

import (
	"context"
	"crypto/rand"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// The updates of the bare workflow.
const (
	bareWorkflow = "Bare"
	touch        = "touch"
	refuse       = "refuse"
)

// bareLoop is the least that a long-lived record on Temporal can be: an entity
// loop with an update that does nothing, and one that is always refused.
func bareLoop(ctx workflow.Context, count int) error {
	err := workflow.SetUpdateHandler(ctx, touch, func(workflow.Context) (int, error) {
		count++
		return count, nil
	})
	if err != nil {
		return err
	}
	no := func(workflow.Context) error { return temporal.NewApplicationError("no", "refused") }
	err = workflow.SetUpdateHandlerWithOptions(ctx, refuse, no, workflow.UpdateHandlerOptions{Validator: no})
	if err != nil {
		return err
	}
	over := func() bool {
		return workflow.GetInfo(ctx).GetContinueAsNewSuggested() && workflow.AllHandlersFinished(ctx)
	}
	if err := workflow.Await(ctx, over); err != nil {
		return err
	}
	return workflow.NewContinueAsNewError(ctx, bareWorkflow, count)
}

// newBareWorker polls as Homeward's worker does (see package worker).
func newBareWorker(c client.Client, taskQueue string) sdkworker.Worker {
	polling := sdkworker.NewPollerBehaviorAutoscaling(sdkworker.PollerBehaviorAutoscalingOptions{
		InitialNumberOfPollers: 10, MinimumNumberOfPollers: 5, MaximumNumberOfPollers: 50,
	})
	w := sdkworker.New(c, taskQueue, sdkworker.Options{
		WorkerStopTimeout: stopTimeout, WorkflowTaskPollerBehavior: polling, ActivityTaskPollerBehavior: polling,
	})
	w.RegisterWorkflowWithOptions(bareLoop, workflow.RegisterOptions{Name: bareWorkflow})
	return w
}

// openBare starts a bare workflow with its first update and returns its ID.
func (s *stage) openBare(ctx context.Context) (string, error) {
	id := "bare-" + rand.Text()
	update, err := s.plain.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: s.plain.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
			ID: id, TaskQueue: s.bareQueue,
			WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		}, bareWorkflow, 0),
		UpdateOptions: bareUpdate(id, touch),
	})
	if err != nil {
		return id, err
	}
	return id, update.Get(ctx, new(int))
}

// touchBare sends a bare workflow the update that does nothing.
func (s *stage) touchBare(ctx context.Context, id string) error {
	update, err := s.plain.UpdateWorkflow(ctx, bareUpdate(id, touch))
	if err != nil {
		return err
	}
	return update.Get(ctx, new(int))
}

// refusedBare sends the update that is refused, and returns an error if it is not.
func (s *stage) refusedBare(ctx context.Context, id string) error {
	update, err := s.plain.UpdateWorkflow(ctx, bareUpdate(id, refuse))
	if err == nil {
		err = update.Get(ctx, nil)
	}
	if isRefusal(err) {
		return nil
	}
	return notRefused(err)
}

func bareUpdate(id, name string) client.UpdateWorkflowOptions {
	return client.UpdateWorkflowOptions{
		WorkflowID: id, UpdateID: rand.Text(), UpdateName: name, WaitForStage: client.WorkflowUpdateStageCompleted,
	}
}
