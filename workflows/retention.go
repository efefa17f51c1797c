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
	// RetentionWorkflow applies the rules of retention once.
	RetentionWorkflow = "Retention"
	// RetentionSchedule is the ID of the schedule that starts it every day.
	RetentionSchedule = "retention"
)

// retentionHour is the hour in UTC at which it starts: night or early morning
// everywhere in the United States.
const retentionHour = 9

// How a run is tried again, and when it leaves the rest to the next day.
const (
	retentionTry         = 6 * time.Hour
	retentionMaxInterval = time.Hour
	retentionGivesUp     = 22 * time.Hour
)

// retentionPaused is why the schedule does not run from the beginning.
const retentionPaused = "Waits for the agency: read `homeward retention due` with your counsel, then " +
	"`homeward retention schedule on`."

// Retention applies the rules of retention once, and returns what that has done. It
// fails where something could not be judged or done within a day; the next day
// begins anew.
func (w Workflows) Retention(ctx workflow.Context) (activities.Kept, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: retentionTry, ScheduleToCloseTimeout: retentionGivesUp, HeartbeatTimeout: activities.StepSilence,
		Summary:     "expunge what is due, and ask for the purges that are due",
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Minute, MaximumInterval: retentionMaxInterval},
	})
	var kept activities.Kept
	var retention *activities.Retention
	if err := workflow.ExecuteActivity(ctx, retention.ApplyRetention).Get(ctx, &kept); err != nil {
		workflow.SetCurrentDetails(ctx, "**Needs attention:** not every rule of retention could be applied within a day.")
		return kept, err
	}
	workflow.SetCurrentDetails(ctx, fmt.Sprintf("%d findings expunged, %d purges asked for, %d left as they are.",
		kept.Expunged, kept.Asked, kept.Waiting))
	return kept, nil
}

// ScheduleRetention makes the schedule, paused, where it is missing, and otherwise
// brings it up to this release: whether it is paused stays as it is. It can be
// called again at any time.
func ScheduleRetention(ctx context.Context, c client.Client, taskQueue string) error {
	return schedule(ctx, c, client.ScheduleOptions{
		ID: RetentionSchedule,
		Spec: client.ScheduleSpec{
			Calendars: []client.ScheduleCalendarSpec{{
				Hour: []client.ScheduleRange{{Start: retentionHour}}, Comment: "once a day, at night in the United States",
			}},
			Jitter: 10 * time.Minute,
		},
		Action:        &client.ScheduleWorkflowAction{ID: RetentionSchedule, Workflow: RetentionWorkflow, TaskQueue: taskQueue},
		Overlap:       enumspb.SCHEDULE_OVERLAP_POLICY_SKIP,
		CatchupWindow: 24 * time.Hour,
		Paused:        true, Note: retentionPaused,
	})
}
