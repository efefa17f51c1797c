package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
)

// glassColumns are those of scanGlass. The record is as it stands now.
const glassColumns = `
SELECT g.id, g.aggregate, g.worker, g.role, g.purpose, g.reason, g.broken_at, g.expires_at, g.review_due, g.watched_at,
    g.reviewed_by, g.reviewed_at, g.finding, g.note, r.office, r.supervisor, r.restricted, r.timezone
FROM glass g JOIN records r ON r.aggregate = g.aggregate`

// insertGlass begins an emergency anew that nobody has watched over yet: no
// access came of the try before.
const insertGlass = `
INSERT INTO glass (id, aggregate, worker, role, purpose, reason, broken_at, expires_at, review_due)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (id) DO UPDATE SET
    broken_at = excluded.broken_at, expires_at = excluded.expires_at, review_due = excluded.review_due
WHERE glass.watched_at IS NULL AND glass.broken_at <> excluded.broken_at`

const reviewGlass = `
UPDATE glass SET reviewed_by = $2, reviewed_at = $3::timestamptz, finding = $4, note = $5,
    expires_at = CASE $4 WHEN 'not-justified' THEN least(expires_at, $3::timestamptz) ELSE expires_at END
WHERE id = $1 AND watched_at IS NOT NULL AND reviewed_at IS NULL`

// Breaking is somebody's wish to read a record in an emergency.
type Breaking struct {
	// Glass is what to write. Its ID is made from the caller's key, so that the
	// same key breaks it once; what the record says is not looked at.
	Glass casework.Glass
	// Words are the reason, as the person wrote it. They are personal.
	Words string
	// Line goes into the audit with it.
	Line audit.Entry
	// Limit is how many a person may have whose time has not run out.
	Limit int
}

// BreakGlass writes down that somebody breaks the glass, with the reason,
// the alert to those who are responsible and the line of the audit, all or nothing. It gives no
// access yet: see [DB.WatchGlass]. A key that was used before gets what it got
// then, and begins anew where no access came of it. Reused says that the key was
// used with another body, Blocked that the person has too many open, NotFound
// that there is no such record.
func (db *DB) BreakGlass(ctx context.Context, b Breaking) (casework.Glass, error) {
	g := b.Glass
	words, err := db.sealTexts(ctx, []Text{{
		ID: string(g.Reason), Aggregate: g.Record, Author: g.Worker, Body: b.Words, CreatedAt: g.BrokenAt.UTC(),
	}})
	if err != nil {
		return casework.Glass{}, err
	}
	var now casework.Glass
	err = db.inTx(ctx, "break the glass", func(tx *sql.Tx) error {
		// One after the other for each person, or the limit would not hold.
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('glass/' || $1::text, 0))`, g.Worker); err != nil {
			return err
		}
		before, err := glassIn(ctx, tx, g.ID)
		switch {
		case casework.KindOf(err) == casework.NotFound:
			err = b.refuse(ctx, tx)
		case err == nil && (before.Reason != g.Reason || before.Worker != g.Worker || before.Record != g.Record):
			err = casework.NewError(casework.Reused, "This Idempotency-Key was used before with another body. Take a new key for a new step.")
		}
		if err != nil {
			return err
		}
		now, err = b.write(ctx, tx, words)
		return err
	})
	return now, err
}

// refuse counts what the person has open.
func (b Breaking) refuse(ctx context.Context, tx *sql.Tx) error {
	var open int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM glass WHERE worker = $1 AND expires_at > $2::timestamptz`,
		b.Glass.Worker, b.Glass.BrokenAt.UTC()).Scan(&open)
	if err == nil && open >= b.Limit {
		err = casework.NewError(casework.Blocked, fmt.Sprintf(
			"You read %d records in this way already. Ask your supervisor, or wait until the time for one of them has run out.", open))
	}
	return err
}

// write stores the reason, whose sealed form words is, the broken glass, its line in
// the audit and the alarm.
func (b Breaking) write(ctx context.Context, tx *sql.Tx, words string) (casework.Glass, error) {
	g := b.Glass
	if _, err := tx.ExecContext(ctx, insertTexts, words); err != nil {
		return g, err
	}
	broken, err := tx.ExecContext(ctx, insertGlass, g.ID, g.Record, g.Worker, g.Role, g.Purpose, g.Reason,
		g.BrokenAt.UTC(), g.ExpiresAt.UTC(), g.ReviewDue.UTC())
	if err != nil {
		return g, err
	}
	if err := auditChange(ctx, tx, broken, b.Line); err != nil {
		return g, err
	}
	if g, err = glassIn(ctx, tx, g.ID); err != nil {
		return g, err
	}
	return g, alert(ctx, tx, g, 0, g.BrokenAt)
}

// WatchGlass says that the workflow runs which sees to the review: from now on
// the person reads the record. Said again, it changes nothing.
func (db *DB) WatchGlass(ctx context.Context, id string, at time.Time) (casework.Glass, error) {
	var g casework.Glass
	err := db.inTx(ctx, "watch over broken glass", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE glass SET watched_at = $2::timestamptz WHERE id = $1 AND watched_at IS NULL`, id, at.UTC())
		if err == nil {
			g, err = glassIn(ctx, tx, id)
		}
		return err
	})
	return g, err
}

// ReviewGlass writes down what a review has come to, with its line in the audit. The same review again
// changes nothing; any other is refused as [casework.Glass.Refuse] says.
func (db *DB) ReviewGlass(ctx context.Context, r casework.GlassReview) (casework.Glass, error) {
	var g casework.Glass
	err := db.inTx(ctx, "review broken glass", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `SELECT FROM glass WHERE id = $1 FOR UPDATE`, r.Glass); err != nil {
			return err
		}
		before, err := glassIn(ctx, tx, r.Glass)
		if err == nil {
			err = before.Refuse(r)
		}
		if err != nil {
			return err
		}
		reviewed, err := tx.ExecContext(ctx, reviewGlass, r.Glass, r.By.ID, r.At.UTC(), r.Finding, r.Note)
		if err != nil {
			return err
		}
		if err := auditChange(ctx, tx, reviewed, audit.Entry{
			Actor: r.By, Action: access.ReviewGlass, Outcome: audit.Done, Record: before.Record, Part: string(r.Finding),
			Command: casework.GlassAggregate(r.Glass),
		}); err != nil {
			return err
		}
		g, err = glassIn(ctx, tx, r.Glass)
		return err
	})
	return g, err
}

// AlertGlass tells those whom a rung names that nobody has reviewed it. Said
// again it tells nobody twice, and it tells nobody of what has been reviewed.
func (db *DB) AlertGlass(ctx context.Context, id string, rung int, at time.Time) (casework.Glass, error) {
	var g casework.Glass
	err := db.inTx(ctx, "tell of broken glass", func(tx *sql.Tx) error {
		var err error
		if g, err = glassIn(ctx, tx, id); err != nil || g.Reviewed() {
			return err
		}
		return alert(ctx, tx, g, rung, at)
	})
	return g, err
}

// Glass returns one emergency, and NotFound when there is none.
func (db *DB) Glass(ctx context.Context, id string) (casework.Glass, error) {
	return noGlass(scanGlass(db.pool.QueryRowContext(ctx, glassColumns+` WHERE g.id = $1`, id)))
}

func glassIn(ctx context.Context, tx *sql.Tx, id string) (casework.Glass, error) {
	return noGlass(scanGlass(tx.QueryRowContext(ctx, glassColumns+` WHERE g.id = $1`, id)))
}

func noGlass(g casework.Glass, err error) (casework.Glass, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return g, casework.NewError(casework.NotFound, "Nobody has broken the glass of this record in that way.")
	}
	return g, failed("read broken glass", err)
}

func scanGlass(row scanner) (casework.Glass, error) {
	var g casework.Glass
	err := row.Scan(&g.ID, &g.Record, &g.Worker, &g.Role, &g.Purpose, &g.Reason, instant{&g.BrokenAt}, instant{&g.ExpiresAt},
		instant{&g.ReviewDue}, instant{&g.WatchedAt}, &g.ReviewedBy, instant{&g.ReviewedAt}, &g.Finding, &g.Note,
		&g.Office, &g.Supervisor, &g.Restricted, &g.Timezone)
	return g, err
}
