package postgres

import (
	"context"
	"time"

	"homeward/casework"

	"github.com/lib/pq"
)

// upsertDuties writes the duties that changed, unless later rows are there.
const upsertDuties = `
INSERT INTO duties (aggregate, id, revision, clock, subject, ref, occurrence, title, due, due_at, original_due, status,
    met_on, met_by, owner, citation, consequence, why, rungs, told, not_before, resumes_at)
SELECT s.aggregate, d.id, s.revision, d.clock, coalesce(d.subject, ''), coalesce(d.ref, ''), d.occurrence, d.title, d.due, d.due_at,
    coalesce(d.original_due, ''), d.status, coalesce(d.met_on, ''), coalesce(d.met_by, ''), d.owner, d.citation,
    coalesce(d.consequence, ''), coalesce(d.why, 'null'), coalesce(d.rungs, 'null'), coalesce(d.told, 0),
    d.not_before, d.resumes_at
FROM json_to_record($1::json -> 'summary') AS s(aggregate text, revision bigint),
    json_to_recordset($1::json -> 'duties') AS d(id text, clock text, subject text, ref text, occurrence integer, title text,
        due text, due_at timestamptz, original_due text, status text, met_on text, met_by text, owner text,
        citation text, consequence text, why json, rungs json, told integer, not_before date, resumes_at timestamptz)
ON CONFLICT (aggregate, id) DO UPDATE SET
    revision = excluded.revision, due = excluded.due, due_at = excluded.due_at, status = excluded.status,
    met_by = excluded.met_by, told = excluded.told, resumes_at = excluded.resumes_at,
    title = coalesce(nullif(excluded.title, ''), duties.title),
    owner = coalesce(nullif(excluded.owner, ''), duties.owner),
    citation = coalesce(nullif(excluded.citation, ''), duties.citation),
    original_due = CASE excluded.title WHEN '' THEN duties.original_due ELSE excluded.original_due END,
    not_before = CASE excluded.title WHEN '' THEN duties.not_before ELSE excluded.not_before END,
    met_on = CASE excluded.title WHEN '' THEN duties.met_on ELSE excluded.met_on END,
    consequence = CASE excluded.title WHEN '' THEN duties.consequence ELSE excluded.consequence END,
    why = CASE excluded.title WHEN '' THEN duties.why ELSE excluded.why END,
    rungs = CASE excluded.title WHEN '' THEN duties.rungs ELSE excluded.rungs END
WHERE duties.revision <= excluded.revision`

const dutyColumns = `d.aggregate, d.id, d.clock, d.subject, d.ref, d.occurrence, d.title, d.due, d.due_at, d.original_due,
    d.status, d.met_on, d.met_by, d.owner, d.citation, d.consequence, d.why, d.rungs, d.told,
    d.not_before, d.resumes_at`

// isPending is [casework.DutyStatus.Pending] in SQL; duties_pending has the
// same words, so that the planner can use it.
const isPending = `d.status IN ('open', 'at-risk', 'overdue')`

const dutiesByDue = `SELECT ` + dutyColumns + ` FROM duties d
WHERE ($1 = '' OR d.aggregate = $1)
    AND (NOT $2::boolean OR ` + isPending + `)
    AND (cardinality($3::text[]) = 0 OR d.status = ANY ($3))
    AND ($4::timestamptz IS NULL OR d.due_at < $4)
    AND (d.due_at, d.aggregate, d.id) > ($5::timestamptz, $6, $7)
ORDER BY d.due_at, d.aggregate, d.id LIMIT $8`

// RecordDuty is a duty with the record that it belongs to.
type RecordDuty struct {
	casework.Duty

	Aggregate string `json:"aggregate"`
}

// DutyFilter narrows [DB.Duties]. Without an Aggregate only pending duties are
// listed, whatever Pending says.
type DutyFilter struct {
	Aggregate string
	Pending   bool
	// Statuses keeps the duties in one of these; none keeps all.
	Statuses []casework.DutyStatus
	// DueBefore keeps the duties due before it; zero keeps all.
	DueBefore time.Time
	After     Position
	// Limit is the number of duties of a page: 50 by default, at most 500.
	Limit int
}

// Duties lists duties by due instant, earliest first.
func (db *DB) Duties(ctx context.Context, f DutyFilter) (Page[RecordDuty], error) {
	statement, args, err := f.byDue()
	if err != nil {
		return Page[RecordDuty]{}, err
	}
	rows, err := query(ctx, db, "list duties", statement, args, scanDuty)
	return paged(rows, pageSize(f.Limit), func(d RecordDuty) Position {
		return positionOf(d.DueAt, d.Aggregate, d.ID)
	}), err
}

func (f DutyFilter) byDue() (string, []any, error) {
	due, aggregate, id := "-infinity", "", ""
	if f.After != "" {
		var at time.Time
		if err := f.After.into(&at, &aggregate, &id); err != nil {
			return "", nil, err
		}
		due = string(pq.FormatTimestamp(at))
	}
	statuses := make(pq.StringArray, len(f.Statuses))
	for i, s := range f.Statuses {
		statuses[i] = string(s)
	}
	return dutiesByDue, []any{
		f.Aggregate, f.Pending || f.Aggregate == "", statuses, nullTime(f.DueBefore),
		due, aggregate, id, pageSize(f.Limit) + 1,
	}, nil
}

// Duty returns one duty of a record, and NotFound when there is none.
func (db *DB) Duty(ctx context.Context, aggregate, id string) (casework.Duty, error) {
	d, err := scanDuty(db.pool.QueryRowContext(ctx,
		`SELECT `+dutyColumns+` FROM duties d WHERE d.aggregate = $1 AND d.id = $2`, aggregate, id))
	return d.Duty, found("read a duty", "There is no such duty on this record.", err)
}

func scanDuty(row scanner) (RecordDuty, error) {
	var d RecordDuty
	err := row.Scan(d.columns()...)
	return d, err
}

// columns are where the values of dutyColumns go.
func (d *RecordDuty) columns() []any {
	return []any{
		&d.Aggregate, &d.ID, &d.Clock, &d.Subject, &d.Ref, &d.Occurrence, &d.Title, &d.Due,
		instant{&d.DueAt},
		&d.OriginalDue, &d.Status, &d.MetOn, &d.MetBy, &d.Owner, &d.Citation, &d.Consequence,
		document{&d.Why},
		document{&d.Rungs},
		&d.Told,
		day{&d.NotBefore},
		instant{&d.ResumesAt},
	}
}
