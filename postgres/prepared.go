package postgres

import (
	"context"
	"database/sql"
	"sync/atomic"
)

// prepared is a query for one row that each connection parses and plans once
// instead of every time; for the statement of [DB.Record] and for that of
// [DB.Standing], which every request asks, that is more than half of what it costs. It is prepared on first use, because the migrations
// may still be to run when the pool is opened.
type prepared struct {
	text string
	stmt atomic.Pointer[sql.Stmt]
}

// scan runs the query and reads its row into what dest points at.
func (p *prepared) scan(ctx context.Context, pool *sql.DB, args []any, dest ...any) error {
	return p.row(ctx, pool, args...).Scan(dest...)
}

// row runs the query. What goes wrong is said by Scan.
func (p *prepared) row(ctx context.Context, pool *sql.DB, args ...any) scanner {
	if p.stmt.Load() == nil {
		stmt, err := pool.PrepareContext(ctx, p.text)
		if err != nil {
			return failure{err}
		}
		if !p.stmt.CompareAndSwap(nil, stmt) { // another call was faster
			_ = stmt.Close() //nolint:sqlclosecheck // nothing to close later on this path
		}
	}
	return p.stmt.Load().QueryRowContext(ctx, args...) //nolint:sqlclosecheck // kept as long as the pool
}

// failure is the row of a query that did not run.
type failure struct{ err error }

// Scan implements scanner.
func (f failure) Scan(...any) error { return f.err }
