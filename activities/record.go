package activities

import (
	"context"

	"homeward/casework"
)

// Record stores a transition in the event log. It is a local activity, because
// that costs no state transition of the workflow, and a regular one when the
// database has been away for longer than a workflow task may last. Recording the
// same transition again changes nothing, so it is always safe to retry.
func (a *Activities) Record(ctx context.Context, t casework.Transition) (casework.RecordResult, error) {
	result, err := a.log.Record(ctx, t)
	if err != nil {
		return casework.RecordResult{}, refused(ctx, "transition not recorded", err)
	}
	return result, nil
}

// MissedInput names a record and the first event that it has not seen.
type MissedInput struct {
	Aggregate string `json:"aggregate"`
	From      int    `json:"from"`
}

// Missed returns what the log holds and the record has not seen.
func (a *Activities) Missed(ctx context.Context, in MissedInput) ([]casework.Event, error) {
	events, err := a.log.Events(ctx, in.Aggregate, in.From)
	if err != nil {
		return nil, refused(ctx, "log not read", err)
	}
	return events, nil
}
