package postgres

import (
	"context"
	"time"

	"homeward/casework"
)

// insertDeliveries queues the notices of the CTE notice on every channel that
// their recipients have now. What can wait is mailed with the next digest; a program
// behind a webhook is told at once.
const insertDeliveries = `
INSERT INTO deliveries (notice, channel, aggregate, recipient, state)
SELECT n.key, c.channel, n.aggregate, n.recipient,
    CASE WHEN n.urgent OR c.channel <> 'email' THEN 'pending' ELSE 'digest' END
FROM notice n JOIN channels c ON c.worker = n.recipient AND c.active
RETURNING notice, state`

// claimDeliveries takes what waits and is not claimed, and skips what another
// worker is claiming at this moment. A claim lasts a minute: longer than a
// sender may take, short enough when a worker dies with it.
const claimDeliveries = `
WITH due AS (
    SELECT notice, channel FROM deliveries
    WHERE state = 'pending' AND ($1 = '' OR aggregate = $1)
        AND (claimed_until IS NULL OR claimed_until <= now())
    ORDER BY attempts, notice, channel LIMIT $2
    FOR UPDATE SKIP LOCKED
),
claimed AS (
    UPDATE deliveries d SET claimed_until = now() + interval '1 minute'
    FROM due WHERE d.notice = due.notice AND d.channel = due.channel
    RETURNING d.notice, d.channel, d.recipient, d.attempts
)
SELECT n.key, n.aggregate, n.recipient, n.role, n.kind, n.duty, n.subject, n.body, n.created_at, n.urgent,
    d.channel, coalesce(c.address, ''), d.attempts
FROM claimed d JOIN notices n ON n.key = d.notice
    LEFT JOIN channels c ON c.worker = d.recipient AND c.channel = d.channel AND c.active
ORDER BY n.created_at, n.key, d.channel`

// recordAttempt lets a delivered notice be, whatever a late attempt says, and
// counts the same attempt once.
const recordAttempt = `
UPDATE deliveries SET
    state = CASE WHEN $3 THEN 'delivered' WHEN $4 THEN 'failed' ELSE 'pending' END,
    attempts = attempts + 1, last_attempt_at = $5::timestamptz, last_error = $6, provider_id = $7,
    delivered_at = CASE WHEN $3 THEN $5::timestamptz END, claimed_until = NULL
WHERE notice = $1 AND channel = $2 AND state <> 'delivered' AND last_attempt_at IS DISTINCT FROM $5`

// DeliveryState is where a delivery stands.
type DeliveryState string

// The states of a delivery.
const (
	// DeliveryPending waits for its first or next attempt.
	DeliveryPending DeliveryState = "pending"
	// DeliveryDelivered was taken by the provider.
	DeliveryDelivered DeliveryState = "delivered"
	// DeliveryFailed was refused for ever and is not tried again.
	DeliveryFailed DeliveryState = "failed"
	// DeliveryUnneeded is not sent any more: the notice was acknowledged.
	DeliveryUnneeded DeliveryState = "unneeded"
	// DeliveryDigest waits for the person's digest.
	DeliveryDigest DeliveryState = "digest"
)

// Delivery is what became of a notice on one channel.
type Delivery struct {
	Channel       ChannelKind   `json:"channel"`
	State         DeliveryState `json:"state"`
	Attempts      int           `json:"attempts"`
	LastAttemptAt time.Time     `json:"last_attempt_at,omitzero"`
	LastError     string        `json:"last_error,omitempty"`
	DeliveredAt   time.Time     `json:"delivered_at,omitzero"`
	// ProviderID is the name that the receiving side gave the delivery.
	ProviderID string `json:"provider_id,omitempty"`
}

// DueDelivery is a notice to be sent on one channel now.
type DueDelivery struct {
	Notice  casework.Notice
	Channel ChannelKind
	// Address is personal. It is empty when the person has given the channel
	// up since: record that as a permanent failure.
	Address string
	// Attempts counts those made before.
	Attempts int
}

// Attempt is the result of trying to send a notice on one channel.
type Attempt struct {
	NoticeKey string
	Channel   ChannelKind
	Delivered bool
	// Permanent says of a failure that another attempt would fail as well.
	Permanent bool
	// Error says why it failed, without personal data.
	Error      string
	ProviderID string
	// At is when the attempt was made. The same attempt recorded twice, by its
	// At, counts once.
	At time.Time
}

// DueDeliveries claims at most limit of the deliveries that wait, those with the
// fewest attempts first, so that one that fails does not hold up another: those
// of one record, or of all where aggregate is empty. Nobody else gets them for a
// minute, or until [DB.RecordAttempt]. When to try again is the caller's word,
// because a record's clock may be ahead of the database's.
func (db *DB) DueDeliveries(ctx context.Context, aggregate string, limit int) ([]DueDelivery, error) {
	return query(ctx, db, "claim deliveries", claimDeliveries, []any{aggregate, pageSize(limit)},
		func(row scanner) (DueDelivery, error) {
			var d DueDelivery
			n := &d.Notice
			err := row.Scan(&n.Key, &n.Aggregate, &n.Recipient, &n.Role, &n.Kind, &n.Duty, &n.Subject, &n.Text,
				instant{&n.CreatedAt}, &n.Urgent, &d.Channel, &d.Address, &d.Attempts)
			return d, err
		})
}

// RecordAttempt records the result of an attempt, gives the claim back and sets
// the time of the next one. It returns NotFound for a delivery that never was.
func (db *DB) RecordAttempt(ctx context.Context, a Attempt) error {
	const doing = "record an attempt"
	at := a.At.UTC().Truncate(time.Microsecond) // as precise as the column, or the same attempt would differ
	result, err := db.pool.ExecContext(ctx, recordAttempt,
		a.NoticeKey, a.Channel, a.Delivered, a.Permanent, at, a.Error, a.ProviderID)
	if err != nil {
		return failed(doing, err)
	}
	if n, err := result.RowsAffected(); n > 0 || err != nil {
		return failed(doing, err)
	}
	var there int
	err = db.pool.QueryRowContext(ctx,
		`SELECT 1 FROM deliveries WHERE notice = $1 AND channel = $2`, a.NoticeKey, a.Channel).Scan(&there)
	return found(doing, "There is no such delivery.", err)
}

// Undelivered counts the deliveries of a record that wait in the outbox. Those
// that have failed for ever do not.
func (db *DB) Undelivered(ctx context.Context, aggregate string) (int, error) {
	var n int
	err := db.pool.QueryRowContext(ctx,
		`SELECT count(*) FROM deliveries WHERE aggregate = $1 AND state = 'pending'`, aggregate).Scan(&n)
	return n, failed("count deliveries", err)
}
