package postgres

import (
	"context"
	"database/sql"
	"time"

	"homeward/casework"
)

// digestReaders takes the zone and the law of a record of the person's own office, as
// it has them; of the record that they are told of where their office has none.
const digestReaders = `
WITH waiting AS (
    SELECT recipient, digest, min(queued_at) AS since, min(aggregate) AS aggregate FROM deliveries
    WHERE state = 'digest' AND (claimed_until IS NULL OR claimed_until <= now()) GROUP BY recipient, digest
)
SELECT w.recipient, w.digest, w.since, coalesce(o.timezone, r.timezone, ''), coalesce(o.pack, r.pack, '')
FROM waiting w LEFT JOIN workers p ON p.id = w.recipient
    LEFT JOIN LATERAL (SELECT timezone, pack FROM records WHERE office = p.office ORDER BY kind, number LIMIT 1) AS o ON true
    LEFT JOIN records r ON r.aggregate = w.aggregate
ORDER BY w.since, w.recipient, w.digest`

// bindDigest fixes which notices are in a digest, so that one that is sent again is
// the same mail, and claims them for a minute.
const bindDigest = `
WITH bound AS (
    UPDATE deliveries SET digest = $1, claimed_until = now() + interval '1 minute'
    WHERE recipient = $2 AND state = 'digest' AND (digest = $1 OR (digest = '' AND queued_at < $3))
        AND (claimed_until IS NULL OR claimed_until <= now())
    RETURNING notice, channel, recipient, attempts
)
SELECT n.key, n.aggregate, n.recipient, n.role, n.kind, n.duty, n.subject, n.body, n.created_at, coalesce(n.why, 'null'),
    b.channel, coalesce(c.address, ''), b.attempts
FROM bound b JOIN notices n ON n.key = b.notice
    LEFT JOIN channels c ON c.worker = b.recipient AND c.channel = b.channel AND c.active
ORDER BY n.created_at, n.key`

// recordDigest counts the same attempt once. After a failure the claim lasts, so that
// a mail server that is down is not asked again at once.
const recordDigest = `
UPDATE deliveries SET
    state = CASE WHEN $2 THEN 'delivered' WHEN $3 THEN 'failed' ELSE 'digest' END,
    attempts = attempts + 1, last_attempt_at = $4::timestamptz, last_error = $5, provider_id = $6,
    delivered_at = CASE WHEN $2 THEN $4::timestamptz END,
    claimed_until = CASE WHEN $2 OR $3 THEN NULL ELSE now() + interval '10 minutes' END
WHERE digest = $1 AND state = 'digest' AND last_attempt_at IS DISTINCT FROM $4`

// DigestReader is somebody for whom notices wait.
type DigestReader struct {
	Recipient string
	// Digest is the key of one that was bound and not sent yet, empty for what is new.
	Digest string
	// Since is when the first of them was queued, by the wall clock.
	Since time.Time
	// Timezone and Pack are those of the person's office.
	Timezone, Pack string
}

// DigestReaders returns everybody for whom notices wait that nobody is sending.
func (db *DB) DigestReaders(ctx context.Context) ([]DigestReader, error) {
	return query(ctx, db, "list who waits for a digest", digestReaders, nil, func(row scanner) (DigestReader, error) {
		var r DigestReader
		err := row.Scan(&r.Recipient, &r.Digest, instant{&r.Since}, &r.Timezone, &r.Pack)
		return r, err
	})
}

// BindDigest puts what waits for a person, and was queued before an instant, into the
// digest of that key, and claims it for a minute; nothing where somebody else has.
// The address is empty when the person has given the channel up since.
func (db *DB) BindDigest(ctx context.Context, key, recipient string, before time.Time) ([]DueDelivery, error) {
	return query(ctx, db, "bind a digest", bindDigest, []any{key, recipient, before.UTC()}, func(row scanner) (DueDelivery, error) {
		var d DueDelivery
		n := &d.Notice
		err := row.Scan(&n.Key, &n.Aggregate, &n.Recipient, &n.Role, &n.Kind, &n.Duty, &n.Subject, &n.Text,
			instant{&n.CreatedAt}, document{&n.Why}, &d.Channel, &d.Address, &d.Attempts)
		return d, err
	})
}

// RecordDigest records the result of an attempt for every notice of a digest, which
// NoticeKey names. It returns NotFound for a digest of which nothing waits.
func (db *DB) RecordDigest(ctx context.Context, a Attempt) error {
	return db.inTx(ctx, "record a digest", func(tx *sql.Tx) error {
		at := a.At.UTC().Truncate(time.Microsecond)
		result, err := tx.ExecContext(ctx, recordDigest, a.NoticeKey, a.Delivered, a.Permanent, at, a.Error, a.ProviderID)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); n > 0 || err != nil {
			return err
		}
		return casework.NewError(casework.NotFound, "Nothing of this digest waits.")
	})
}
