package postgres

import (
	"context"
	"time"

	"homeward/casework"

	"github.com/lib/pq"
)

// worklist finds the records of a person, with the roles in which the person
// owes their duties, and then the pending duties of those roles. Those of a record
// that nobody carries are its supervisor's. What a court has
// sealed, and what the person has a conflict with, is somebody else's to do.
const worklist = `
WITH mine AS (
    SELECT aggregate, number, kind, stage, restricted, from_report, to_case, ARRAY['hotline', 'investigator', 'caseworker'] AS owners
    FROM records WHERE worker = $1
    UNION ALL
    SELECT aggregate, number, kind, stage, restricted, from_report, to_case,
        CASE WHEN worker = '' THEN ARRAY['hotline', 'investigator', 'caseworker', 'supervisor'] ELSE ARRAY['supervisor'] END
    FROM records WHERE supervisor = $1
    UNION ALL
    SELECT r.aggregate, r.number, r.kind, r.stage, r.restricted, r.from_report, r.to_case, ARRAY['manager']
    FROM workers s JOIN records r ON r.supervisor = s.id WHERE s.manager = $1
    UNION ALL
    SELECT r.aggregate, r.number, r.kind, r.stage, r.restricted, r.from_report, r.to_case, ARRAY['hotline', 'investigator', 'caseworker']
    FROM covers k JOIN records r ON r.worker = k.absent AND NOT r.restricted WHERE ` + coversNow + `
    UNION ALL
    SELECT r.aggregate, r.number, r.kind, r.stage, r.restricted, r.from_report, r.to_case, ARRAY['supervisor']
    FROM covers k JOIN records r ON r.supervisor = k.absent AND NOT r.restricted WHERE ` + coversNow + `
)
SELECT ` + dutyColumns + `, m.kind, m.number, m.stage, m.restricted
FROM mine m JOIN duties d ON d.aggregate = m.aggregate
WHERE d.owner = ANY (m.owners) AND ($2 = '' OR d.owner = $2) AND ` + isPending + `
    AND ` + open + `
    AND (d.status <> 'overdue', d.due_at, d.aggregate, d.id) > ($3::boolean, $4::timestamptz, $5, $6)
ORDER BY d.status <> 'overdue', d.due_at, d.aggregate, d.id LIMIT $7`

// coversNow keeps the covers k in which the person $1 answers for somebody else today.
const coversNow = `k.delegate = $1 AND k.ended_at IS NULL AND k.from_at <= now() AND k.until_at > now()`

// open leaves out records m that are closed to the person $1 whatever else holds.
const open = `NOT EXISTS (SELECT FROM access_rules x WHERE x.kind = 'conflict' AND x.worker = $1 AND x.ended_at IS NULL
        AND x.aggregate IN (m.aggregate, 'report-' || m.from_report, 'case-' || m.to_case))
    AND NOT EXISTS (SELECT FROM access_rules x WHERE x.kind = 'seal' AND x.aggregate = m.aggregate AND x.ended_at IS NULL)`

// WorklistFilter says whose worklist [DB.Worklist] returns.
type WorklistFilter struct {
	// Worker is required.
	Worker string
	// Role keeps the duties owed in this role; empty keeps those of all.
	Role  casework.Role
	After Position
	// Limit is the number of duties of a page: 50 by default, at most 500.
	Limit int
}

// WorklistItem is a duty that a person owes, with the record it is about.
type WorklistItem struct {
	RecordDuty

	Kind       casework.AggregateKind `json:"kind"`
	Number     string                 `json:"number"`
	Stage      casework.Stage         `json:"stage"`
	Restricted bool                   `json:"restricted,omitempty"`
}

// Worklist lists the pending duties that a person owes: as the worker of a
// record, as its supervisor, or as the manager of its supervisor, and as whoever
// covers for one of the first two today. The overdue
// ones come first, then the earliest due.
func (db *DB) Worklist(ctx context.Context, f WorklistFilter) (Page[WorklistItem], error) {
	statement, args, err := f.byUrgency()
	if err != nil {
		return Page[WorklistItem]{}, err
	}
	rows, err := query(ctx, db, "read a worklist", statement, args, scanWorklistItem)
	return paged(rows, pageSize(f.Limit), func(i WorklistItem) Position {
		return positionOf(i.Status != casework.DutyOverdue, i.DueAt, i.Aggregate, i.ID)
	}), err
}

func (f WorklistFilter) byUrgency() (string, []any, error) {
	later, due, aggregate, id := false, "-infinity", "", ""
	if f.After != "" {
		var at time.Time
		if err := f.After.into(&later, &at, &aggregate, &id); err != nil {
			return "", nil, err
		}
		due = string(pq.FormatTimestamp(at))
	}
	return worklist, []any{f.Worker, f.Role, later, due, aggregate, id, pageSize(f.Limit) + 1}, nil
}

func scanWorklistItem(row scanner) (WorklistItem, error) {
	var i WorklistItem
	err := row.Scan(append(i.columns(), &i.Kind, &i.Number, &i.Stage, &i.Restricted)...)
	return i, err
}
