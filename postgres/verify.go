package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"iter"

	"homeward/casework"
)

// AuditCheck says what [DB.VerifyAudit] looks at, and whom it tells.
type AuditCheck struct {
	// From and To are the first and the last day, in UTC; zero for all there is.
	From, To casework.Date
	// Anchors are heads that were kept elsewhere.
	Anchors []AuditAnchor
	// Found is told of each row that is not as it was written.
	Found func(AuditFault)
	// Progress, where it is given, is told from time to time how far it is.
	Progress func(day casework.Date, lines int)
}

// AuditReport is what a check has covered. The audit is intact if Faults is 0.
type AuditReport struct {
	Days   int `json:"days"`
	Chains int `json:"chains"`
	Lines  int `json:"lines"`
	Faults int `json:"faults"`
}

// AuditFault is a row of the audit that is not as it was written: a line by its
// chain and its number, the head of a chain with the number 0, or a day without
// a chain.
type AuditFault struct {
	Day    casework.Date `json:"day"`
	Chain  string        `json:"chain,omitempty"`
	Seq    int           `json:"seq,omitempty"`
	Reason string        `json:"reason"`
}

// String names the row and says what is wrong with it.
func (f AuditFault) String() string {
	row := f.Day.String()
	if f.Chain != "" {
		row += " " + f.Chain
	}
	if f.Seq > 0 {
		row += fmt.Sprint(" ", f.Seq)
	}
	return row + ": " + f.Reason
}

// VerifyAudit computes every hash of the audit again, from the stored texts
// alone, and names each row that was changed, taken away, put in or moved. It
// goes on behind a broken one. Rows are read in batches, a day in one snapshot,
// so that lines which are written meanwhile do not disturb it.
func (db *DB) VerifyAudit(ctx context.Context, c AuditCheck) (AuditReport, error) {
	var report AuditReport
	found := func(f AuditFault) {
		report.Faults++
		c.Found(f)
	}
	days, err := query(ctx, db, "verify the audit", auditDays, []any{dayText(c.From), dayText(c.To)},
		func(row scanner) (casework.Date, error) {
			var d casework.Date
			err := row.Scan(day{&d})
			return d, err
		})
	if err != nil {
		return report, err
	}
	for _, d := range days {
		report.Days++
		check := &dayCheck{day: d, to: c.To, report: &report, found: found, progress: c.Progress}
		if err := db.inSnapshot(ctx, "verify the audit", func(tx *sql.Tx) error { return check.run(ctx, tx) }); err != nil {
			return report, err
		}
	}
	return report, db.verifyAnchors(ctx, c.Anchors, found)
}

// auditDays are the days of which there is any row. Days of lines are found by
// jumping from one to the next in the index.
const auditDays = `
WITH RECURSIVE written AS (
    SELECT (SELECT min(day) FROM audit_lines) AS day
    UNION ALL
    SELECT (SELECT min(l.day) FROM audit_lines l WHERE l.day > w.day) FROM written w WHERE w.day IS NOT NULL
)
SELECT day FROM (SELECT day FROM written UNION SELECT day FROM audit_heads UNION SELECT day FROM audit_days) AS known
WHERE day >= coalesce(nullif($1, '')::date, '-infinity') AND day <= coalesce(nullif($2, '')::date, 'infinity')
ORDER BY day`

// inSnapshot runs do in a transaction that sees one moment and changes nothing.
func (db *DB) inSnapshot(ctx context.Context, doing string, do func(tx *sql.Tx) error) error {
	tx, err := db.pool.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return failed(doing, err)
	}
	defer func() { _ = tx.Rollback() }() // There is nothing to keep.
	return failed(doing, do(tx))
}

// batch is how many rows are read at once where all are read.
const batch = 1000

// each reads the rows of a query in batches, so that neither side holds them all.
// Its name must be of no other cursor that is open in the transaction.
func each[T any](
	ctx context.Context, tx *sql.Tx, name, statement string, args []any, scan func(row scanner) (T, error),
) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		if _, err := tx.ExecContext(ctx, `DECLARE `+name+` NO SCROLL CURSOR FOR `+statement, args...); err != nil {
			yield(none, err)
			return
		}
		for {
			n, more, err := fetch(ctx, tx, name, scan, yield)
			if err != nil {
				yield(none, err)
			}
			if err != nil || !more || n < batch {
				break
			}
		}
		_, _ = tx.ExecContext(ctx, `CLOSE `+name) // A transaction that failed has closed it.
	}
}

func fetch[T any](
	ctx context.Context, tx *sql.Tx, name string, scan func(row scanner) (T, error), yield func(T, error) bool,
) (n int, more bool, err error) {
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`FETCH %d FROM %s`, batch, name))
	if err != nil {
		return 0, false, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return 0, false, err
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		return 0, false, err
	}
	_ = rows.Close() // What is done with the rows may ask the same connection.
	for _, one := range all {
		if !yield(one, nil) {
			return len(all), false, nil
		}
	}
	return len(all), true, nil
}
