package activities

import (
	"context"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/activity"
)

// Kept is what a run of the rules of retention has done.
type Kept struct {
	// Looked counts the findings and records that were looked at.
	Looked int `json:"looked"`
	// Expunged counts findings that have left the registry, Asked purges that were
	// asked for, Waiting what is due and waits for a person.
	Expunged int `json:"expunged"`
	Asked    int `json:"asked"`
	Waiting  int `json:"waiting"`
}

// Rules applies the rules of retention of the packs to all that is kept. What is
// done stays done, so it can be called again. progress is told how many findings
// and records were looked at; on an error, what was done until then is done.
type Rules interface {
	Apply(ctx context.Context, progress func(looked int)) (Kept, error)
}

// Retention is the activity that applies the rules of retention.
type Retention struct {
	Rules Rules
}

// ApplyRetention applies every rule once. Each heartbeat says how many findings and
// records were looked at.
func (r *Retention) ApplyRetention(ctx context.Context) (Kept, error) {
	var looked atomic.Int64
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	done := make(chan struct{})
	defer close(done)
	go func() {
		for {
			select {
			case <-done:
				return
			case <-ctx.Done():
				return
			case <-ticker.C:
				activity.RecordHeartbeat(ctx, looked.Load())
			}
		}
	}()
	kept, err := r.Rules.Apply(ctx, func(n int) { looked.Store(int64(n)) })
	if err != nil {
		return kept, refused(ctx, "rules of retention not applied", err)
	}
	return kept, nil
}
