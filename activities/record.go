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
