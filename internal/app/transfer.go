package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"homeward/activities"
	"homeward/postgres"
	"homeward/workflows"
)

// NewTransfers returns the activities that move records between workers.
func NewTransfers(db *postgres.DB, temporal activities.Updater) *activities.Transfers {
	return &activities.Transfers{Store: db, Temporal: temporal, Update: workflows.UpdateOptions, Now: time.Now}
}

// resumeTransfers starts what was decided while Temporal did not answer. One that
// runs goes on as it is. Where it fails, the next worker that starts tries again.
func resumeTransfers(ctx context.Context, own parts, queue string, log *slog.Logger) {
	unsettled, err := own.db.UnsettledTransfers(ctx)
	for _, t := range unsettled {
		_, started := own.temporal.ExecuteWorkflow(ctx, workflows.TransferOptions(t, queue), workflows.TransferWorkflow,
			workflows.TransferInput{Transfer: t.ID})
		err = errors.Join(err, started)
	}
	if err != nil {
		log.ErrorContext(ctx, "transfers that are on their way could not be started", slog.Any("error", err))
	}
}
