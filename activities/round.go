package activities

import (
	"errors"
	"sync"
	"time"

	"homeward/notify"
)

// round adds up the attempts of one Deliver.
type round struct {
	// full says that there may be more that are due.
	full bool

	mu        sync.Mutex
	delivered int
	waiting   int
	rest      time.Duration
	err       error
}

// outcome is the result of an attempt, the attempts-th of its delivery.
type outcome struct {
	attempts int
	// failed is nil for a delivery.
	failed *notify.Error
}

// add counts an attempt that was recorded, or keeps the error of one that was not.
func (r *round) add(o outcome, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err != nil:
		r.err = errors.Join(r.err, err)
	case o.failed == nil:
		r.delivered++
	case !o.failed.Permanent():
		rest := max(Backoff(o.attempts), o.failed.RetryAfter)
		if r.waiting == 0 || rest < r.rest {
			r.rest = rest
		}
		r.waiting++
	}
}

// result closes the round. The shortest rest decides when to call again. Where
// more wait than failed here, they were past a full round, and have their turn
// with the next, or another worker holds them and may have died.
func (r *round) result(undelivered int) DeliverResult {
	next := r.rest
	switch {
	case undelivered == 0:
		next = 0
	case r.waiting == 0:
		next = elsewhere
	case undelivered > r.waiting && !r.full:
		next = min(next, elsewhere)
	}
	return DeliverResult{Delivered: r.delivered, Undelivered: undelivered, NextTry: next}
}
