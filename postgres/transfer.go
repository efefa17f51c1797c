package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"homeward/casework"
	"homeward/internal/audit"

	"github.com/lib/pq"
)

// Carrying is an open record as far as it matters to who is to carry it next.
type Carrying struct {
	Record     string
	Kind       casework.AggregateKind
	Worker     string
	Supervisor string
	// Screened says that a report was screened in; true of every case.
	Screened   bool
	Restricted bool
	Sealed     bool
	// Conflict: the next one to carry it is related to somebody in it.
	Conflict bool
}

// Carried returns the open records that a worker carries, those alone that are
// named where any are, with what stands between them and the next one to carry
// them.
func (db *DB) Carried(ctx context.Context, from, to string, records []string) ([]Carrying, error) {
	return query(ctx, db, "list what a worker carries", selectCarrying+`
WHERE r.worker = $2 AND r.closed_at IS NULL AND ($3::text[] IS NULL OR r.aggregate = ANY ($3))
ORDER BY r.kind, r.number`, []any{to, from, nullTexts(records)}, scanCarrying)
}

const selectCarrying = `
SELECT r.aggregate, r.kind, r.worker, r.supervisor, r.kind = 'case' OR r.priority <> '', r.restricted,
    EXISTS (SELECT FROM access_rules x WHERE x.kind = 'seal' AND x.aggregate = r.aggregate AND x.ended_at IS NULL),
    EXISTS (SELECT FROM access_rules x WHERE x.kind = 'conflict' AND x.worker = $1 AND x.ended_at IS NULL
        AND x.aggregate IN (r.aggregate, 'report-' || r.from_report, 'case-' || r.to_case))
FROM records r
`

func scanCarrying(row scanner) (Carrying, error) {
	var c Carrying
	err := row.Scan(&c.Record, &c.Kind, &c.Worker, &c.Supervisor, &c.Screened, &c.Restricted, &c.Sealed, &c.Conflict)
	return c, err
}

// Hindrance is why nobody, or not this worker, is to carry the record by a transfer.
func (c Carrying) Hindrance() string {
	switch {
	case c.Conflict:
		return casework.TransferConflict
	case c.Sealed:
		return casework.TransferRestricted
	case !c.Screened:
		return casework.TransferUnscreened
	}
	return ""
}

// Hindrance is why a record cannot go to a worker now, empty where it can or where
// it is the record itself that decides.
func (db *DB) Hindrance(ctx context.Context, record, to string) (string, error) {
	carried, err := query(ctx, db, "look at a record to be moved",
		selectCarrying+`WHERE r.aggregate = $2`, []any{to, record}, scanCarrying)
	if err != nil || len(carried) == 0 {
		return "", err
	}
	return carried[0].Hindrance(), nil
}

// nullTexts is the parameter for a list that filters: NULL for none.
func nullTexts(list []string) any {
	if len(list) == 0 {
		return nil
	}
	return pq.StringArray(list)
}

const selectTransfer = selectTransfers + `WHERE id = $1`

const selectTransfers = `
SELECT id, from_worker, to_worker, supervisor, by_worker, by_role, reason, ask, all_or_nothing, state, set_at,
    undo_by, undo_role, undo_at, done_at, fingerprint
FROM transfers `

func scanTransfer(row scanner) (t casework.Transfer, fingerprint string, err error) {
	err = row.Scan(&t.ID, &t.From, &t.To, &t.Supervisor, &t.By.ID, &t.By.Role, &t.Reason, &t.Ask, &t.AllOrNothing, &t.State,
		instant{&t.At}, &t.Undo.ID, &t.Undo.Role, instant{&t.UndoAt}, instant{&t.DoneAt}, &fingerprint)
	return t, fingerprint, err
}

// querier is the pool, or a transaction.
type querier interface {
	QueryContext(ctx context.Context, statement string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, statement string, args ...any) *sql.Row
}

// readTransfer reads a transfer with its records, reports first.
func readTransfer(ctx context.Context, from querier, statement, id string) (t casework.Transfer, fingerprint string, err error) {
	if t, fingerprint, err = scanTransfer(from.QueryRowContext(ctx, statement, id)); err != nil {
		return t, "", err
	}
	rows, err := from.QueryContext(ctx, `
SELECT aggregate, supervisor, state, reason, attempts, at FROM transfer_items WHERE transfer = $1
ORDER BY split_part(aggregate, '-', 1) DESC, length(aggregate), aggregate`, id)
	if err != nil {
		return t, "", err
	}
	defer rows.Close()
	for rows.Next() {
		var i casework.TransferItem
		if err := rows.Scan(&i.Record, &i.Supervisor, &i.State, &i.Reason, &i.Attempts, instant{&i.At}); err != nil {
			return t, "", err
		}
		t.Items = append(t.Items, i)
	}
	return t, fingerprint, rows.Err()
}

// Transfer returns a transfer with its records, and NotFound where there is none.
func (db *DB) Transfer(ctx context.Context, id string) (casework.Transfer, error) {
	t, _, err := readTransfer(ctx, db.pool, selectTransfer, id)
	return t, found("read a transfer", "There is no such transfer.", err)
}

// UnsettledTransfers returns those that are not settled, at most 500.
func (db *DB) UnsettledTransfers(ctx context.Context) ([]casework.Transfer, error) {
	return query(ctx, db, "list transfers", selectTransfers+`
WHERE state IN ('moving', 'undoing') ORDER BY set_at LIMIT $1`, []any{maxLimit}, func(row scanner) (casework.Transfer, error) {
		t, _, err := scanTransfer(row)
		return t, err
	})
}

// PlanTransfer stores a transfer with its line in the audit and returns it as it
// is stored. The same one again changes nothing; another under the same ID is
// [casework.Reused].
func (db *DB) PlanTransfer(ctx context.Context, t casework.Transfer, fingerprint string, line audit.Entry) (casework.Transfer, error) {
	items, err := asJSON(t.Items)
	if err != nil {
		return t, err
	}
	var stored casework.Transfer
	err = db.inTx(ctx, "plan a transfer", func(tx *sql.Tx) error {
		planned, err := tx.ExecContext(ctx, `
INSERT INTO transfers (id, fingerprint, from_worker, to_worker, supervisor, by_worker, by_role, reason, ask, all_or_nothing, state, set_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (id) DO NOTHING`,
			t.ID, fingerprint, t.From, t.To, t.Supervisor, t.By.ID, t.By.Role, t.Reason, t.Ask, t.AllOrNothing, t.State, t.At.UTC())
		if err != nil {
			return err
		}
		n, err := planned.RowsAffected()
		if err != nil {
			return err
		}
		if n > 0 {
			if _, err := tx.ExecContext(ctx, `
INSERT INTO transfer_items (transfer, aggregate, supervisor, state, reason, attempts)
SELECT $1, i.record, i.supervisor, i.state, coalesce(i.reason, ''), 0
FROM json_to_recordset($2::json) AS i(record text, supervisor text, state text, reason text)`, t.ID, items); err != nil {
				return err
			}
		}
		var mark string
		if stored, mark, err = readTransfer(ctx, tx, selectTransfer, t.ID); err != nil {
			return err
		}
		if mark != fingerprint {
			return casework.NewError(casework.Reused,
				"This Idempotency-Key was used before with another body. Take a new key for a new step.")
		}
		return auditChange(ctx, tx, planned, line)
	})
	return stored, err
}

// SaveTransferItem writes where one record of a transfer stands.
func (db *DB) SaveTransferItem(ctx context.Context, transfer string, i casework.TransferItem) error {
	_, err := db.pool.ExecContext(ctx, `
UPDATE transfer_items SET state = $3, reason = $4, attempts = $5, at = $6 WHERE transfer = $1 AND aggregate = $2`,
		transfer, i.Record, i.State, i.Reason, i.Attempts, nullTime(i.At))
	return failed("note where a record of a transfer stands", err)
}

// changeTransfer changes a transfer as it is stored, with its records.
func (db *DB) changeTransfer(
	ctx context.Context, id, doing string, change func(tx *sql.Tx, t *casework.Transfer) error,
) (casework.Transfer, error) {
	var t casework.Transfer
	err := db.inTx(ctx, doing, func(tx *sql.Tx) error {
		var err error
		t, _, err = readTransfer(ctx, tx, selectTransfer+` FOR UPDATE`, id)
		if errors.Is(err, sql.ErrNoRows) {
			return casework.NewError(casework.NotFound, "There is no such transfer.")
		}
		if err != nil {
			return err
		}
		return change(tx, &t)
	})
	return t, err
}

// SettleTransfer brings the state of a transfer up to that of its records, and
// returns it. What was not moved before it was undone stays.
func (db *DB) SettleTransfer(ctx context.Context, id string, at time.Time) (casework.Transfer, error) {
	return db.changeTransfer(ctx, id, "settle a transfer", func(tx *sql.Tx, t *casework.Transfer) error {
		if t.Undoing() {
			if _, err := tx.ExecContext(ctx, `
UPDATE transfer_items SET state = $2, reason = $3 WHERE transfer = $1 AND state IN ('planned', 'failed')`,
				id, casework.ItemRefused, casework.TransferStopped); err != nil {
				return err
			}
			for i, item := range t.Items {
				if item.State == casework.ItemPlanned || item.State == casework.ItemFailed {
					t.Items[i].State, t.Items[i].Reason = casework.ItemRefused, casework.TransferStopped
				}
			}
		}
		t.State = t.Outcome()
		if t.Settled() {
			t.DoneAt = at.UTC()
		}
		_, err := tx.ExecContext(ctx, `UPDATE transfers SET state = $2, done_at = $3 WHERE id = $1`, id, t.State, nullTime(t.DoneAt))
		return err
	})
}

// UndoTransfer notes who asked to take everything back, with the line in the audit.
// A second time it changes nothing.
func (db *DB) UndoTransfer(ctx context.Context, id string, by casework.Actor, at time.Time, line audit.Entry) (casework.Transfer, error) {
	return db.changeTransfer(ctx, id, "undo a transfer", func(tx *sql.Tx, t *casework.Transfer) error {
		if err := t.RefuseUndo(); err != nil {
			return err
		}
		if !t.UndoAt.IsZero() || t.State == casework.TransferUndone {
			return nil
		}
		t.Undo, t.UndoAt, t.DoneAt, t.State = by, at.UTC(), time.Time{}, casework.TransferUndoing
		if _, err := tx.ExecContext(ctx, `
UPDATE transfers SET undo_by = $2, undo_role = $3, undo_at = $4, done_at = NULL, state = $5 WHERE id = $1`,
			id, by.ID, by.Role, t.UndoAt, t.State); err != nil {
			return err
		}
		return auditIn(ctx, tx, line)
	})
}
