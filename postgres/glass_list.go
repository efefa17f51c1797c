package postgres

import (
	"context"
	"database/sql"
	"time"

	"homeward/casework"

	"github.com/lib/pq"
)

// glassHearers are all who can be told of broken glass: not the person, and
// nobody with a conflict on the record, or on the report or case that goes with it.
const glassHearers = `
SELECT h.person, h.tier
FROM records r LEFT JOIN workers s ON s.id = r.supervisor
    CROSS JOIN LATERAL (
        SELECT r.supervisor AS person, 1 AS tier
        UNION ALL SELECT s.manager, 2
        UNION ALL SELECT w.id, 3 FROM workers w WHERE w.role = 'manager' AND w.office = r.office AND NOT r.restricted
        UNION ALL SELECT w.id, 4 FROM workers w WHERE w.role = 'auditor'
    ) h
WHERE r.aggregate = $1 AND h.person NOT IN ('', $2)
    AND NOT EXISTS (SELECT FROM access_rules x WHERE x.kind = 'conflict' AND x.worker = h.person AND x.ended_at IS NULL
        AND x.aggregate IN (r.aggregate, 'report-' || r.from_report, 'case-' || r.to_case))
ORDER BY h.tier, h.person`

// insertAlerts writes notices of a record whose deliveries belong to the
// workflow that watches: the record may be closed, and its workflow gone.
const insertAlerts = `
WITH notice AS (
    INSERT INTO notices (key, aggregate, recipient, role, kind, duty, subject, body, created_at, why)
    SELECT n.key, n.aggregate, n.recipient, n.role, n.kind, '', n.subject, n.text, n.created_at, n.why
    FROM json_to_recordset($1::json) AS n(key text, aggregate text, recipient text, role text, kind text,
        subject text, text text, created_at timestamptz, why jsonb)
    ON CONFLICT (key) DO NOTHING
    RETURNING key, recipient
)
INSERT INTO deliveries (notice, channel, aggregate, recipient, state)
SELECT n.key, c.channel, $2, n.recipient, 'pending'
FROM notice n JOIN channels c ON c.worker = n.recipient AND c.active`

// alert tells those whom a rung names.
func alert(ctx context.Context, tx *sql.Tx, g casework.Glass, rung int, at time.Time) error {
	hearers, err := hearersOf(ctx, tx, g)
	if err != nil {
		return err
	}
	notices, err := asJSON(append([]casework.Notice{}, g.Notices(rung, hearers, at.UTC())...))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, insertAlerts, notices, casework.GlassAggregate(g.ID))
	return err
}

func hearersOf(ctx context.Context, tx *sql.Tx, g casework.Glass) (hearers []casework.GlassHearer, err error) {
	rows, err := tx.QueryContext(ctx, glassHearers, g.Record, g.Worker)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var h casework.GlassHearer
		if err := rows.Scan(&h.Person, &h.Tier); err != nil {
			return nil, err
		}
		hearers = append(hearers, h)
	}
	return hearers, rows.Err()
}

// glassReviews lists what waits for a review, the earliest due first. It is
// owed by the record's supervisor and by that one's manager; once it is overdue,
// by every manager of the office as well, and auditors see it. Nobody sees what
// they broke themselves, what they have a conflict with, or a record that was
// sealed since and that they are not named for.
const glassReviews = glassColumns + `
    LEFT JOIN workers s ON s.id = r.supervisor
WHERE g.reviewed_at IS NULL AND g.watched_at IS NOT NULL AND g.worker <> $1
    AND CASE $2 WHEN 'auditor' THEN g.review_due <= $4::timestamptz - interval '1 second'
        ELSE r.supervisor = $1 OR coalesce(s.manager, '') = $1
            OR $2 = 'manager' AND r.office = $3 AND NOT r.restricted
                AND g.review_due <= $4::timestamptz - interval '1 second' END
    AND NOT EXISTS (SELECT FROM access_rules x WHERE x.kind = 'conflict' AND x.worker = $1 AND x.ended_at IS NULL
        AND x.aggregate IN (r.aggregate, 'report-' || r.from_report, 'case-' || r.to_case))
    AND ($2 = 'auditor' OR NOT EXISTS (SELECT FROM access_rules x WHERE x.kind = 'seal' AND x.aggregate = r.aggregate AND x.ended_at IS NULL)
        OR EXISTS (SELECT FROM access_rules x WHERE x.kind = 'grant' AND x.aggregate = r.aggregate AND x.worker = $1 AND x.ended_at IS NULL
            AND (x.expires_at IS NULL OR x.expires_at > $4::timestamptz)))
    AND (g.review_due, g.id) > ($5::timestamptz, $6)
ORDER BY g.review_due, g.id LIMIT $7`

const glassOfRecord = glassColumns + `
WHERE g.aggregate = $1 AND (g.broken_at, g.id) < ($2::timestamptz, $3)
ORDER BY g.broken_at DESC, g.id DESC LIMIT $4`

// ReviewFilter says whose list [DB.Reviews] returns.
type ReviewFilter struct {
	// Worker, Role and Office are the caller's; Office is that of the directory.
	Worker string
	Role   casework.Role
	Office string
	// Now is the wall clock.
	Now   time.Time
	After Position
	// Limit is the number of reviews of a page: 50 by default, at most 500.
	Limit int
}

func (f ReviewFilter) byDue() (string, []any, error) {
	due, id := "-infinity", ""
	if f.After != "" {
		var at time.Time
		if err := f.After.into(&at, &id); err != nil {
			return "", nil, err
		}
		due = string(pq.FormatTimestamp(at))
	}
	return glassReviews, []any{f.Worker, f.Role, f.Office, f.Now.UTC(), due, id, pageSize(f.Limit) + 1}, nil
}

// Reviews lists what a person has to review, overdue first; for an auditor,
// what nobody has reviewed in time.
func (db *DB) Reviews(ctx context.Context, f ReviewFilter) (Page[casework.Glass], error) {
	statement, args, err := f.byDue()
	if err != nil {
		return Page[casework.Glass]{}, err
	}
	rows, err := query(ctx, db, "list reviews", statement, args, scanGlass)
	return paged(rows, pageSize(f.Limit), func(g casework.Glass) Position { return positionOf(g.ReviewDue, g.ID) }), err
}

// GlassFilter narrows [DB.BrokenGlass] to a record.
type GlassFilter struct {
	Record string
	After  Position
	// Limit is the number of rows of a page: 50 by default, at most 500.
	Limit int
}

func (f GlassFilter) newestFirst() (string, []any, error) {
	broken, id := "infinity", ""
	if f.After != "" {
		var at time.Time
		if err := f.After.into(&at, &id); err != nil {
			return "", nil, err
		}
		broken = string(pq.FormatTimestamp(at))
	}
	return glassOfRecord, []any{f.Record, broken, id, pageSize(f.Limit) + 1}, nil
}

// BrokenGlass lists who has broken the glass of a record, the latest first.
func (db *DB) BrokenGlass(ctx context.Context, f GlassFilter) (Page[casework.Glass], error) {
	statement, args, err := f.newestFirst()
	if err != nil {
		return Page[casework.Glass]{}, err
	}
	rows, err := query(ctx, db, "list broken glass", statement, args, scanGlass)
	return paged(rows, pageSize(f.Limit), func(g casework.Glass) Position { return positionOf(g.BrokenAt, g.ID) }), err
}

// UnreviewedGlass counts what waits for a review, and how much of that is
// overdue at an instant of the wall clock.
func (db *DB) UnreviewedGlass(ctx context.Context, now time.Time) (waiting, overdue int, err error) {
	err = db.pool.QueryRowContext(ctx, `
SELECT count(*), count(*) FILTER (WHERE review_due <= $1::timestamptz - interval '1 second')
FROM glass WHERE reviewed_at IS NULL AND watched_at IS NOT NULL`, now.UTC()).Scan(&waiting, &overdue)
	return waiting, overdue, failed("count reviews", err)
}
