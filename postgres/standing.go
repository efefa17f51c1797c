package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"homeward/casework"
	"homeward/internal/access"
)

// Standing is a record with how a person stands to it: all that access depends on.
type Standing struct {
	// Office and Unit are where the directory of workers has the person, empty
	// where it does not know them.
	Office, Unit string
	Summary      casework.Summary
	Object       access.Object
}

// standing asks everything in one round trip. A conflict holds for the report
// and for the case that came of it, whichever it was declared on.
const standing = `
SELECT coalesce(me.office, ''), coalesce(me.unit, ''), coalesce(w.unit, ''), coalesce(s.manager, ''),
    EXISTS (SELECT FROM access_rules x WHERE x.kind = 'seal' AND x.aggregate = r.aggregate AND x.ended_at IS NULL),
    EXISTS (SELECT FROM access_rules x WHERE x.kind = 'grant' AND x.aggregate = r.aggregate AND x.worker = $1 AND x.ended_at IS NULL
        AND (x.expires_at IS NULL OR x.expires_at > $3)),
    EXISTS (SELECT FROM access_rules x WHERE x.kind = 'conflict' AND x.worker = $1 AND x.ended_at IS NULL
        AND x.aggregate IN (r.aggregate, 'report-' || r.from_report, 'case-' || r.to_case)),
    EXISTS (SELECT FROM glass x WHERE x.aggregate = r.aggregate AND x.worker = $1 AND x.watched_at IS NOT NULL
        AND x.expires_at > $3),
    EXISTS (SELECT FROM covers k WHERE k.delegate = $1 AND k.ended_at IS NULL AND k.from_at <= $3 AND k.until_at > $3
        AND k.absent IN (r.worker, r.supervisor, s.manager)),
    r.aggregate, r.kind, r.number, r.stage, r.revision, r.office, r.jurisdiction, r.timezone, r.pack, r.worker,
    r.supervisor, r.priority, r.risk, r.restricted, r.from_report, r.to_case, r.next_due, r.overdue, r.opened_at,
    r.closed_at, r.clock, r.disposition, r.reason, r.original, r.linked, r.received_at
FROM records r
    LEFT JOIN workers me ON me.id = $1
    LEFT JOIN workers w ON w.id = r.worker
    LEFT JOIN workers s ON s.id = r.supervisor
WHERE r.aggregate = $2`

// Standing returns a record and how a person stands to it at an instant of the
// wall clock, and NotFound where there is no such record.
func (db *DB) Standing(ctx context.Context, person, aggregate string, now time.Time) (Standing, error) {
	var s Standing
	of := &s.Object
	row := prefixed{db.standing.row(ctx, db.pool, person, aggregate, now.UTC()), []any{
		&s.Office, &s.Unit, &of.Unit, &of.Manager, &of.Sealed, &of.Named, &of.Conflict, &of.Glass, &of.Cover,
	}}
	var err error
	s.Summary, err = scanSummary(row)
	of.Kind, of.Office, of.Restricted = s.Summary.Kind, s.Summary.Office, s.Summary.Restricted
	of.Worker, of.Supervisor = s.Summary.Worker, s.Summary.Supervisor
	return s, found("read a record", "There is no such record.", err)
}

// Place returns the office and the unit of a person, both empty where the
// directory does not know them.
func (db *DB) Place(ctx context.Context, person string) (office, unit string, err error) {
	err = db.pool.QueryRowContext(ctx, `SELECT office, unit FROM workers WHERE id = $1`, person).Scan(&office, &unit)
	if errors.Is(err, sql.ErrNoRows) {
		return "", "", nil
	}
	return office, unit, failed("look up a worker", err)
}

// prefixed is a row with columns before those that its scanner knows.
type prefixed struct {
	row    scanner
	before []any
}

// Scan implements scanner.
func (p prefixed) Scan(dest ...any) error { return p.row.Scan(append(p.before, dest...)...) }
