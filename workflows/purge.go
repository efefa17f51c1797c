package workflows

import (
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"homeward/activities"
)

// PurgeWorkflow destroys one record, step by step, and never gives up.
const PurgeWorkflow = "Purge"

// PurgeInput is the argument of [PurgeWorkflow].
type PurgeInput = activities.PurgeInput

// How a purge is tried again: soon where the trouble passes by itself, and every
// hour where somebody has to do something, as to release a hold.
const (
	purgeStep        = 6 * time.Minute
	purgeMaxInterval = 5 * time.Minute
	purgeRest        = time.Hour
)

// PurgeOptions returns how an approved purge is started. Started again, it goes on
// where it was, or finds that all is done.
func PurgeOptions(purge, taskQueue string) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID: "purge-" + purge, TaskQueue: taskQueue, StaticSummary: "destroys a record for good",
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}
}

// Purge destroys a record whose purge two people have decided on, and returns the
// proof. The order matters: once the secret is gone, whatever is left cannot be
// read; and the rows that know of the record go last, so that until then somebody
// sees that it is on its way. A purge cannot be canceled.
func (w Workflows) Purge(ctx workflow.Context, in activities.PurgeInput) (string, error) {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	var erasure *activities.Erasure
	if err := insist(ctx, "destroy the key", erasure.DestroySecret, in, nil); err != nil {
		return "", err
	}
	if in.Executions == 0 {
		if err := insist(ctx, "count workflow runs", erasure.CountRuns, in, &in.Executions); err != nil {
			return "", err
		}
	}
	if err := insist(ctx, "delete workflow runs", erasure.DeleteRuns, in, nil); err != nil {
		return "", err
	}
	var proof string
	if err := insist(ctx, "delete rows", erasure.EraseRecord, in, &proof); err != nil {
		return "", err
	}
	if err := insist(ctx, "look for workflow runs again", erasure.DeleteRuns, in, nil); err != nil {
		return "", err
	}
	return proof, insist(ctx, "note that it is done", erasure.FinishPurge, in, nil)
}

// insist does a step until it is done. It returns an error to continue as new, and
// none else.
func insist(ctx workflow.Context, summary string, step any, in activities.PurgeInput, result any) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: purgeStep, HeartbeatTimeout: activities.StepSilence, Summary: summary,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, MaximumInterval: purgeMaxInterval},
	})
	for {
		err := workflow.ExecuteActivity(ctx, step, in).Get(ctx, result)
		if err == nil {
			return nil
		}
		workflow.SetCurrentDetails(ctx, "**Needs attention:** to "+summary+" failed and is tried again.")
		rest := workflow.NewTimerWithOptions(ctx, purgeRest, workflow.TimerOptions{Summary: "try again to " + summary})
		if err := rest.Get(ctx, nil); err != nil {
			return err
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return workflow.NewContinueAsNewError(ctx, PurgeWorkflow, in)
		}
	}
}
