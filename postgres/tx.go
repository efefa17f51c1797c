package postgres

import (
	"context"
	"database/sql"
)

// inTx runs do in one transaction: committed when do returns nil, rolled back
// otherwise. What doing says goes into the translated error.
func (db *DB) inTx(ctx context.Context, doing string, do func(tx *sql.Tx) error) error {
	tx, err := db.pool.BeginTx(ctx, nil)
	if err != nil {
		return failed(doing, err)
	}
	if err := do(tx); err != nil {
		_ = tx.Rollback() // The first error says why; a lost connection rolls back too.
		return failed(doing, err)
	}
	return failed(doing, tx.Commit())
}

// query runs a query outside of a transaction and collects its rows through
// scan, which gets one row at a time.
func query[T any](
	ctx context.Context, db *DB, doing, statement string, args []any, scan func(row scanner) (T, error),
) ([]T, error) {
	rows, err := db.pool.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, failed(doing, err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, failed(doing, err)
		}
		all = append(all, one)
	}
	return all, failed(doing, rows.Err())
}

// scanner is a row: [sql.Row] or [sql.Rows].
type scanner interface {
	Scan(dest ...any) error
}
