package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"go.temporal.io/sdk/client"

	"homeward/activities"
	"homeward/casework"
	"homeward/postgres"
	"homeward/workflows"
)

// NewSplits returns the activities that split a case.
func NewSplits(db *postgres.DB, temporal client.Client) *activities.Splits {
	return &activities.Splits{
		Store: db, Temporal: temporal, Update: workflows.UpdateOptions, Now: time.Now,
		Open: func(aggregate, queue string, c casework.Command) client.UpdateWithStartWorkflowOptions {
			return workflows.OpenOptions(temporal, aggregate, queue, c)
		},
	}
}

// resumeSplits starts what was decided while Temporal did not answer. One that runs
// goes on as it is. Where it fails, the next worker that starts tries again.
func resumeSplits(ctx context.Context, own parts, queue string, log *slog.Logger) {
	unsettled, err := own.db.UnsettledSplits(ctx)
	for _, s := range unsettled {
		_, started := own.temporal.ExecuteWorkflow(ctx, workflows.SplitOptions(s, queue), workflows.SplitWorkflow,
			workflows.SplitInput{Split: s.ID})
		err = errors.Join(err, started)
	}
	if err != nil {
		log.ErrorContext(ctx, "splits that are on their way could not be started", slog.Any("error", err))
	}
}
