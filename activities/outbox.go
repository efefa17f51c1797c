package activities

import (
	"context"
	"time"

	"homeward/notify"
)

// Outbox holds the notices of every record, with each attempt to deliver them.
type Outbox interface {
	// DueDeliveries returns at most limit deliveries of a record that are neither
	// delivered nor given up, those with the fewest attempts first, and leases
	// them for a minute: until their attempt is recorded or the lease ends, no
	// other call returns them. When to try again is the caller's word; no due
	// time is looked at.
	DueDeliveries(ctx context.Context, aggregate string, limit int) ([]DueDelivery, error)
	// RecordAttempt stores what became of an attempt and ends its lease.
	RecordAttempt(ctx context.Context, attempt Attempt) error
	// Undelivered counts the deliveries of a record that are neither delivered
	// nor given up, leased ones included.
	Undelivered(ctx context.Context, aggregate string) (int, error)
}

// DueDelivery is a delivery whose turn has come.
type DueDelivery struct {
	notify.Delivery

	// Attempts is how many were made before.
	Attempts int
}

// Attempt is what became of one try of one delivery.
type Attempt struct {
	// NoticeKey and Channel name the delivery.
	NoticeKey string
	Channel   notify.Channel
	// At is when the attempt began, by this machine's clock. An attempt that is
	// recorded twice is recognised by it.
	At        time.Time
	Delivered bool
	// Permanent says of a failure that the delivery is given up.
	Permanent bool
	// Error says why it failed, without personal data: "email: deferred (451)".
	Error string
	// Response is what the far side answered to a delivery; see [notify.Receipt].
	Response string
}

// Backoff is how long a delivery rests after a number of failed attempts: 1 and 5
// minutes, half an hour, 2 and 6 hours, then half a day each time, for as long as
// it takes. No attempt yet means no rest.
func Backoff(attempts int) time.Duration {
	switch attempts {
	case 0:
		return 0
	case 1:
		return time.Minute
	case 2:
		return 5 * time.Minute
	case 3:
		return 30 * time.Minute
	case 4:
		return 2 * time.Hour
	case 5:
		return 6 * time.Hour
	}
	return 12 * time.Hour
}
