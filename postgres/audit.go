package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"

	"github.com/lib/pq"
)

const appendAudit = `SELECT audit_append($1, $2::json)`

// Audit writes one line of the audit, in a transaction of its own and in one
// round trip. Nothing that the line tells of may leave before Audit has returned
// nil. A line that is not made of codes and IDs is refused as Internal.
//
// Sent again after an error, it may write the line a second time: better twice
// on record than not at all.
func (db *DB) Audit(ctx context.Context, e audit.Entry) error {
	entry, err := auditLine(e)
	if err != nil {
		return err
	}
	var seq int64
	return failed("write the audit", db.auditing.scan(ctx, db.pool, []any{e.Chain(), entry}, &seq))
}

// auditIn writes a line in the transaction of the act that it tells of, as the
// last statement and the only line there: the lock on the chain is then held for
// a moment, and no two transactions wait for each other.
func auditIn(ctx context.Context, tx executor, e audit.Entry) error {
	entry, err := auditLine(e)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, appendAudit, e.Chain(), entry)
	return failed("write the audit", err)
}

// executor is a transaction, or the pool for a statement that is its own.
type executor interface {
	ExecContext(ctx context.Context, statement string, args ...any) (sql.Result, error)
}

// auditLine is the text of a line as it is kept. The database adds the time.
func auditLine(e audit.Entry) (string, error) {
	if err := e.Check(); err != nil {
		return "", err
	}
	e.At = time.Time{}
	return asJSON(e)
}

// stepTaken is the line of a transition that a person caused, nil for one that
// time caused by itself: that is in the log, and nobody's act.
func stepTaken(t casework.Transition) (json.RawMessage, error) {
	first := t.Events[0]
	if first.Actor.Role == casework.RoleSystem {
		return nil, nil
	}
	line, err := auditLine(audit.Entry{
		Actor: first.Actor, Program: first.Actor.Role == casework.RoleService, Action: access.TakeStep,
		Outcome: audit.Done, Record: first.Aggregate, Part: string(first.Type), Command: t.CommandID,
	})
	return json.RawMessage(line), err
}

// AuditLine is a line of the audit in its place.
type AuditLine struct {
	audit.Entry

	// Day is the day in UTC on which it was written, and Seq its number in Chain
	// on that day.
	Day   casework.Date `json:"day"`
	Chain string        `json:"chain"`
	Seq   int           `json:"seq"`
}

// AuditFilter narrows [DB.AuditTrail]; every zero value means "any".
type AuditFilter struct {
	// Record keeps the lines about a record, and the lists that showed it.
	Record  string
	Actor   string
	Action  access.Action
	Outcome audit.Outcome
	// From and To are the first and the last day, in UTC.
	From, To casework.Date
	After    Position
	// Limit is the number of lines of a page: 50 by default, at most 500.
	Limit int
}

// AuditTrail lists what is on record, newest first.
func (db *DB) AuditTrail(ctx context.Context, f AuditFilter) (Page[AuditLine], error) {
	statement, args, err := f.newestFirst()
	if err != nil {
		return Page[AuditLine]{}, err
	}
	rows, err := query(ctx, db, "read the audit", statement, args, scanAuditLine)
	return paged(rows, pageSize(f.Limit), func(l AuditLine) Position {
		return positionOf(l.Day, l.At, l.Chain, l.Seq)
	}), err
}

const auditColumns = `SELECT day, at, chain, seq, entry FROM audit_lines WHERE `

// auditFilter has what every branch asks for. refused repeats the condition of
// audit_lines_refused for the planner.
const auditFilter = `($1 = '' OR actor = $1) AND ($2 = '' OR action = $2) AND ($3 = '' OR outcome = $3)
    AND ($3 IN ('', 'done') OR outcome <> 'done')
    AND day >= coalesce(nullif($4, '')::date, '-infinity') AND day <= coalesce(nullif($5, '')::date, 'infinity')
    AND ($6 = '' OR day <= $6::date AND (day, at, chain, seq) < ($6::date, $7::timestamptz, $8, $9::bigint))`

const auditNewest = ` ORDER BY day DESC, at DESC, chain DESC, seq DESC LIMIT $10`

const auditTrail = auditColumns + auditFilter + auditNewest

// In one chain the number orders the lines of a day as their time does, and so
// the order of its own index serves.
const auditOfRecord = `SELECT day, at, chain, seq, entry FROM (
    (` + auditColumns + `chain = $11 AND ` + auditFilter + ` ORDER BY day DESC, seq DESC LIMIT $10)
    UNION ALL
    (` + auditColumns + `shown @> ARRAY[$11] AND shown <> '{}' AND chain <> $11 AND ` + auditFilter + auditNewest + `)
) AS line` + auditNewest

func (f AuditFilter) newestFirst() (string, []any, error) {
	var day casework.Date
	var at time.Time
	var chain string
	var seq int
	if err := f.After.into(&day, &at, &chain, &seq); err != nil {
		return "", nil, err
	}
	args := []any{
		f.Actor, string(f.Action), string(f.Outcome), dayText(f.From), dayText(f.To),
		dayText(day), string(pq.FormatTimestamp(at)), chain, seq, pageSize(f.Limit) + 1,
	}
	if f.Record == "" {
		return auditTrail, args, nil
	}
	return auditOfRecord, append(args, f.Record), nil
}

// dayText is the parameter for a day, empty for none.
func dayText(d casework.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func scanAuditLine(row scanner) (AuditLine, error) {
	var l AuditLine
	var at time.Time
	err := row.Scan(day{&l.Day}, instant{&at}, &l.Chain, &l.Seq, document{&l.Entry})
	l.At = at
	return l, err
}
