package workflows

import (
	"context"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"homeward/activities"
)

const (
	// DigestWorkflow sends the digests whose morning has come.
	DigestWorkflow = "Digests"
	// DigestSchedule is the ID of the schedule that starts it.
	DigestSchedule = "digests"
)

// digestEvery is how often it is looked whether a morning has come somewhere, and
// whether what could not be sent can be sent now: offices lie in several zones.
const digestEvery = 15 * time.Minute

// digestOffset is how long after the hour it looks, so that what was being recorded
// when the morning came is in its digest.
const digestOffset = 5 * time.Minute

// Digests sends every digest whose morning has come. What fails is tried again by the
// next run.
func (w Workflows) Digests(ctx workflow.Context) (activities.Digested, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: digestEvery, ScheduleToCloseTimeout: 2 * digestEvery, HeartbeatTimeout: time.Minute,
		Summary:     "send the digests of the morning",
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, MaximumInterval: time.Minute},
	})
	var did activities.Digested
	var acts *activities.Activities
	if err := workflow.ExecuteActivity(ctx, acts.SendDigests).Get(ctx, &did); err != nil {
		workflow.SetCurrentDetails(ctx, "**Needs attention:** the digests could not be read or recorded.")
		return did, err
	}
	workflow.SetCurrentDetails(ctx, fmt.Sprintf("%d digests sent, %d not.", did.Sent, did.Failed))
	return did, nil
}

// ScheduleDigests makes the schedule where it is missing, and otherwise brings it up
// to this release: whether it is paused stays as it is. It can be called again at any
// time.
func ScheduleDigests(ctx context.Context, c client.Client, taskQueue string) error {
	return schedule(ctx, c, client.ScheduleOptions{
		ID:            DigestSchedule,
		Spec:          client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: digestEvery, Offset: digestOffset}}},
		Action:        &client.ScheduleWorkflowAction{ID: DigestSchedule, Workflow: DigestWorkflow, TaskQueue: taskQueue},
		Overlap:       enumspb.SCHEDULE_OVERLAP_POLICY_SKIP,
		CatchupWindow: digestEvery,
	})
}
