package postgres

import (
	"context"
	"strconv"
	"time"

	"homeward/casework"
	"homeward/internal/access"

	"github.com/lib/pq"
)

// upsertRecord writes the summary, unless a later one is there already.
const upsertRecord = `
INSERT INTO records (aggregate, kind, number, stage, revision, office, jurisdiction, timezone, pack, worker,
    supervisor, priority, risk, restricted, from_report, to_case, next_due, overdue, opened_at, closed_at, clock,
    disposition, reason, original, linked, received_at)
SELECT s.aggregate, s.kind, s.number, s.stage, s.revision, s.office, s.jurisdiction, s.timezone, s.pack, s.worker,
    s.supervisor, coalesce(s.priority, ''), coalesce(s.risk, ''), coalesce(s.restricted, false),
    coalesce(s.report, ''), coalesce(s."case", ''), s.next_due, s.overdue, s.opened_at, s.closed_at, s.now,
    coalesce(s.disposition, ''), coalesce(s.reason, ''), coalesce(s.original, ''), coalesce(s.linked, ''), s.received_at
FROM json_to_record($1::json -> 'summary') AS s(aggregate text, kind text, number bigint, stage text,
    revision bigint, office text, jurisdiction text, timezone text, pack text, worker text, supervisor text,
    priority text, risk text, restricted boolean, report text, "case" text, next_due timestamptz, overdue integer,
    opened_at timestamptz, closed_at timestamptz, now timestamptz,
    disposition text, reason text, original text, linked text, received_at timestamptz)
ON CONFLICT (aggregate) DO UPDATE SET
    stage = excluded.stage, revision = excluded.revision, office = excluded.office,
    jurisdiction = excluded.jurisdiction, timezone = excluded.timezone, pack = excluded.pack,
    worker = excluded.worker, supervisor = excluded.supervisor, priority = excluded.priority,
    risk = excluded.risk, restricted = excluded.restricted, from_report = excluded.from_report,
    to_case = excluded.to_case, next_due = excluded.next_due, overdue = excluded.overdue,
    opened_at = excluded.opened_at, closed_at = excluded.closed_at, clock = excluded.clock,
    disposition = excluded.disposition, reason = excluded.reason, original = excluded.original,
    linked = excluded.linked, received_at = excluded.received_at
WHERE records.revision <= excluded.revision`

const recordColumns = `aggregate, kind, number, stage, revision, office, jurisdiction, timezone, pack, worker,
    supervisor, priority, risk, restricted, from_report, to_case, next_due, overdue, opened_at, closed_at, clock,
    disposition, reason, original, linked, received_at`

// Conditions on parameters alone are folded away before the plan is made, so a
// filter that is not used costs nothing and one that is used finds its index.
const recordFilter = visible + `
    AND kind = $10
    AND ($11 = '' OR stage = $11) AND ($12 = '' OR office = $12) AND ($13 = '' OR worker = $13)
    AND ($14 = '' OR supervisor = $14) AND ($15 = '' OR jurisdiction = $15)
    AND ($16 = '' OR (from_report = $16 AND from_report <> ''))
    AND ($17 = '' OR (to_case = $17 AND to_case <> ''))
    AND (NOT $18::boolean OR closed_at IS NULL) AND (NOT $19::boolean OR overdue > 0)
    AND ($20::timestamptz IS NULL OR coalesce(next_due, 'infinity') < $20)
    AND ($21 = '' OR (disposition = $21 AND disposition <> '')) AND ($22 = '' OR (reason = $22 AND reason <> ''))
    AND ($23 = '' OR (original = $23 AND original <> '')) AND ($24 = '' OR (linked = $24 AND linked <> ''))
    AND ($25::timestamptz IS NULL OR received_at >= $25) AND ($26::timestamptz IS NULL OR received_at < $26)
    AND (NOT $27::boolean OR (worker = '' AND closed_at IS NULL))
    AND ($28 = '' OR EXISTS (SELECT FROM workers u WHERE u.unit = $28
        AND u.id = coalesce(nullif(records.worker, ''), records.supervisor)))`

const recordsByNumber = `SELECT ` + recordColumns + ` FROM records WHERE ` + recordFilter + `
    AND number > $29
ORDER BY number LIMIT $30`

const recordsByDue = `SELECT ` + recordColumns + ` FROM records WHERE ` + recordFilter + `
    AND (coalesce(next_due, 'infinity'), number) > ($29::timestamptz, $30)
ORDER BY coalesce(next_due, 'infinity'), number LIMIT $31`

// RecordFilter narrows [DB.Records]. Kind and Scope are required; every other zero
// value means "any".
type RecordFilter struct {
	Kind         casework.AggregateKind
	Stage        casework.Stage
	Office       string
	Worker       string
	Supervisor   string
	Jurisdiction string
	// Report and Case find the record at the other end of the link, by the
	// value of the summary's field of that name.
	Report string
	Case   string
	// Disposition and Reason find reports by how they ended; Original finds the
	// duplicates of a report, and Linked the reports about the family of a case.
	Disposition string
	Reason      string
	Original    string
	Linked      string
	// ReceivedFrom and ReceivedTo keep the reports whose call came in between.
	ReceivedFrom time.Time
	ReceivedTo   time.Time
	// Open leaves out closed records, Overdue those without an overdue duty.
	Open    bool
	Overdue bool
	// Unassigned keeps the open records that nobody carries.
	Unassigned bool
	// Unit keeps the records of a unit: that of the worker, and of the supervisor
	// where there is no worker.
	Unit string
	// DueBefore keeps the records whose next pending duty is due before it.
	DueBefore time.Time
	// Scope is what the viewer may see; its zero value is nothing. Now is the wall
	// clock by which what was granted runs out.
	Scope access.Scope
	Now   time.Time
	// ByDue orders by the next due date, records without one last, instead of
	// by number.
	ByDue bool
	After Position
	// Limit is the number of records of a page: 50 by default, at most 500.
	Limit int
}

// Summary returns the row of one record, and NotFound when there is none.
func (db *DB) Summary(ctx context.Context, aggregate string) (casework.Summary, error) {
	row := db.pool.QueryRowContext(ctx, `SELECT `+recordColumns+` FROM records WHERE aggregate = $1`, aggregate)
	s, err := scanSummary(row)
	return s, found("read a record", "There is no such record.", err)
}

// Records lists reports or cases.
func (db *DB) Records(ctx context.Context, f RecordFilter) (Page[casework.Summary], error) {
	list := f.byNumber
	if f.ByDue {
		list = f.byDue
	}
	statement, args, err := list()
	if err != nil {
		return Page[casework.Summary]{}, err
	}
	rows, err := query(ctx, db, "list records", statement, args, scanSummary)
	return paged(rows, pageSize(f.Limit), f.position), err
}

func (f RecordFilter) args() []any {
	return append(scopeArgs(f.Scope, f.Kind, f.Now),
		f.Kind, f.Stage, f.Office, f.Worker, f.Supervisor, f.Jurisdiction, f.Report, f.Case,
		f.Open, f.Overdue, nullTime(f.DueBefore), f.Disposition, f.Reason, f.Original, f.Linked,
		nullTime(f.ReceivedFrom), nullTime(f.ReceivedTo), f.Unassigned, f.Unit)
}

func (f RecordFilter) byNumber() (string, []any, error) {
	var number int64
	err := f.After.into(&number)
	return recordsByNumber, append(f.args(), number, pageSize(f.Limit)+1), err
}

func (f RecordFilter) byDue() (string, []any, error) {
	due, number := "-infinity", int64(0)
	if f.After != "" {
		var next time.Time
		if err := f.After.into(&next, &number); err != nil {
			return "", nil, err
		}
		due = "infinity"
		if !next.IsZero() {
			due = string(pq.FormatTimestamp(next))
		}
	}
	return recordsByDue, append(f.args(), due, number, pageSize(f.Limit)+1), nil
}

func (f RecordFilter) position(last casework.Summary) Position {
	number, err := strconv.ParseInt(last.Number, 10, 64)
	if err != nil {
		return "" // The column holds numbers alone.
	}
	if f.ByDue {
		return positionOf(last.NextDue, number)
	}
	return positionOf(number)
}

func scanSummary(row scanner) (casework.Summary, error) {
	var s casework.Summary
	err := row.Scan(&s.Aggregate, &s.Kind, &s.Number, &s.Stage, &s.Revision, &s.Office, &s.Jurisdiction,
		&s.Timezone, &s.Pack, &s.Worker, &s.Supervisor, &s.Priority, &s.Risk, &s.Restricted, &s.Report, &s.Case,
		instant{&s.NextDue}, &s.Overdue, instant{&s.OpenedAt}, instant{&s.ClosedAt}, instant{&s.Now},
		&s.Disposition, &s.Reason, &s.Original, &s.Linked, instant{&s.ReceivedAt})
	return s, err
}
