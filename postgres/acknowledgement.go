package postgres

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"homeward/casework"
	"homeward/internal/audit"

	"github.com/lib/pq"
)

// acknowledgeNotices keeps the first time, and never one before the notice was
// made: a record's clock may be ahead of the caller's.
const acknowledgeNotices = `
UPDATE notices SET acknowledged_at = greatest($3, created_at)
WHERE key = ANY($1) AND recipient = $2 AND acknowledged_at IS NULL`

// spare takes out of the outbox what its reader has read elsewhere.
const spare = `
UPDATE deliveries SET state = 'unneeded', claimed_until = NULL
WHERE notice = ANY($1) AND recipient = $2 AND state IN ('pending', 'digest')`

const acknowledgements = `
SELECT key, aggregate, acknowledged_at FROM notices WHERE key = ANY($1) AND recipient = $2 ORDER BY key`

// Acknowledgement is when a person said that they have read a notice.
type Acknowledgement struct {
	Notice string    `json:"notice"`
	At     time.Time `json:"acknowledged_at"`

	aggregate string
}

// Acknowledge puts on record that a person has read notices of theirs, with its
// line in the audit, and returns when they first said so. What waits to be sent
// of them is not sent any more; duties and the later rungs of their ladders stay
// as they are. It is all or nothing: NotFound where one of the notices is not
// there or not theirs.
func (db *DB) Acknowledge(
	ctx context.Context, person string, keys []string, at time.Time, line audit.Entry,
) (read []Acknowledgement, err error) {
	err = db.inTx(ctx, "acknowledge notices", func(tx *sql.Tx) error {
		changed, err := tx.ExecContext(ctx, acknowledgeNotices, pq.Array(keys), person, at.UTC())
		if err != nil {
			return err
		}
		if _, err = tx.ExecContext(ctx, spare, pq.Array(keys), person); err != nil {
			return err
		}
		if read, err = acknowledgedIn(ctx, tx, keys, person); err != nil {
			return err
		}
		if len(read) < len(keys) {
			return casework.NewError(casework.NotFound, "One of these notices is not there, or is not yours.")
		}
		for _, a := range read {
			if !slices.Contains(line.Records, a.aggregate) {
				line.Records = append(line.Records, a.aggregate)
			}
		}
		line.Count = len(read)
		return auditChange(ctx, tx, changed, line)
	})
	return read, err
}

func acknowledgedIn(ctx context.Context, tx *sql.Tx, keys []string, person string) (read []Acknowledgement, err error) {
	rows, err := tx.QueryContext(ctx, acknowledgements, pq.Array(keys), person)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var a Acknowledgement
		if err := rows.Scan(&a.Notice, &a.aggregate, instant{&a.At}); err != nil {
			return nil, err
		}
		read = append(read, a)
	}
	return read, rows.Err()
}
