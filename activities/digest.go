package activities

import (
	"context"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"

	"homeward/casework"
)

// Digests holds what can wait, until the morning of the person's office.
type Digests interface {
	// DueDigests returns at most limit digests whose morning has come, each as one
	// notice, and leases them for a minute: until their attempt is recorded or the
	// lease ends, no other call returns them. One that is sent again has the same key
	// and the same notices.
	DueDigests(ctx context.Context, now time.Time, limit int) ([]DueDelivery, error)
	// RecordDigest stores what became of an attempt for all notices of a digest, whose
	// key is the attempt's.
	RecordDigest(ctx context.Context, attempt Attempt) error
}

// Digested says what a round of digests has done.
type Digested struct {
	// Sent counts digests that were delivered, Failed those that were not.
	Sent   int `json:"sent"`
	Failed int `json:"failed"`
}

// SendDigests sends every digest whose morning has come by this machine's clock. A
// sender's failure is a result: the next round tries again. What was sent and not
// recorded is sent again, recognisable by its key.
func (a *Activities) SendDigests(ctx context.Context) (Digested, error) {
	var did Digested
	if a.digests == nil {
		return did, nil
	}
	for {
		due, err := a.digests.DueDigests(ctx, time.Now(), atOnce)
		if err != nil {
			return did, refused(ctx, "digests not read", err)
		}
		if len(due) == 0 {
			return did, nil
		}
		if err := a.sendDigests(ctx, due, &did); err != nil {
			return did, refused(ctx, "digest not recorded", err)
		}
	}
}

func (a *Activities) sendDigests(ctx context.Context, due []DueDelivery, did *Digested) error {
	var all sync.WaitGroup
	var mu sync.Mutex
	var broken error
	for _, d := range due {
		all.Go(func() {
			defer activity.RecordHeartbeat(ctx)
			sent, err := a.digest(ctx, d)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil && casework.KindOf(err) != casework.NotFound: // read in the inbox meanwhile
				broken = err
			case sent:
				did.Sent++
			default:
				did.Failed++
			}
		})
	}
	all.Wait()
	return broken
}

// digest sends one and records what became of it, as attempt does.
func (a *Activities) digest(ctx context.Context, d DueDelivery) (sent bool, err error) {
	attempt, failed := a.try(ctx, d, "digest not delivered")
	storing, cancel := context.WithTimeout(context.WithoutCancel(ctx), recording)
	defer cancel()
	a.metrics.count(d.Channel, failed)
	return failed == nil, a.digests.RecordDigest(storing, attempt)
}
