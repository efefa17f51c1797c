package postgres

import (
	"context"
	"time"

	"homeward/casework"
)

// Retained is a finding on the registry or a closed record, as far as rules of
// retention look at it.
type Retained struct {
	Record string
	// Allegation is that of a finding; a record has none.
	Allegation string
	// Outcome is the result of a finding or the disposition of a report.
	Outcome string
	FoundOn casework.Date
	// ClosedAt is zero while the record of a finding is open.
	ClosedAt       time.Time
	Timezone, Pack string
	// Held says that a hold on the record lasts, Asked that a request for its purge is
	// on its way, Unreviewed that a broken glass waits for its review. They are of
	// records alone.
	Held, Asked, Unreviewed bool
}

// Both lists walk along a primary key, so they ask for no index of their own. A
// finding whose record is missing is listed without a pack, and not passed over.
const (
	retainedFindings = `
SELECT g.aggregate, g.allegation, g.result, g.found_on, r.closed_at, coalesce(r.timezone, ''), coalesce(r.pack, ''),
    false, false, false
FROM registry g LEFT JOIN records r ON r.aggregate = g.aggregate
WHERE g.expunged_at IS NULL AND (g.aggregate, g.allegation) > ($1, $2)
ORDER BY g.aggregate, g.allegation LIMIT $3`

	retainedRecords = `
SELECT r.aggregate, '', CASE WHEN r.kind <> 'report' THEN '' WHEN r.disposition <> '' THEN r.disposition
        WHEN r.stage = 'screened-out' THEN 'screened-out'
        WHEN r.to_case <> '' THEN 'case-opened'
        ELSE coalesce((SELECT e.content #>> '{body,reason}' FROM events e
            WHERE e.aggregate = r.aggregate AND e.type = 'report.closed' ORDER BY e.seq DESC LIMIT 1), '') END,
    NULL::date, r.closed_at, r.timezone, r.pack,
    EXISTS (SELECT FROM holds h WHERE h.record = r.aggregate AND h.released_at IS NULL),
    EXISTS (SELECT FROM purges p WHERE p.record = r.aggregate AND p.withdrawn_at IS NULL),
    EXISTS (SELECT FROM glass g WHERE g.aggregate = r.aggregate AND g.reviewed_at IS NULL)
FROM records r WHERE r.closed_at IS NOT NULL AND r.aggregate > $1
ORDER BY r.aggregate LIMIT $2`
)

func scanRetained(row scanner) (Retained, error) {
	var r Retained
	err := row.Scan(&r.Record, &r.Allegation, &r.Outcome, day{&r.FoundOn}, instant{&r.ClosedAt}, &r.Timezone, &r.Pack,
		&r.Held, &r.Asked, &r.Unreviewed)
	return r, err
}

// RetainedFindings lists the findings that are on the registry, 500 to a page.
func (db *DB) RetainedFindings(ctx context.Context, after Position) (Page[Retained], error) {
	var record, allegation string
	if err := after.into(&record, &allegation); err != nil {
		return Page[Retained]{}, err
	}
	rows, err := query(ctx, db, "list findings", retainedFindings, []any{record, allegation, maxLimit + 1}, scanRetained)
	return paged(rows, maxLimit, func(last Retained) Position { return positionOf(last.Record, last.Allegation) }), err
}

// RetainedRecords lists the closed reports and cases, 500 to a page.
func (db *DB) RetainedRecords(ctx context.Context, after Position) (Page[Retained], error) {
	var record string
	if err := after.into(&record); err != nil {
		return Page[Retained]{}, err
	}
	rows, err := query(ctx, db, "list closed records", retainedRecords, []any{record, maxLimit + 1}, scanRetained)
	return paged(rows, maxLimit, func(last Retained) Position { return positionOf(last.Record) }), err
}
