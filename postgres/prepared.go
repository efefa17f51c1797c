package postgres

import (
	"context"
	"database/sql"
	"sync/atomic"
)

// prepared is a query for one row that each connection parses and plans once
// instead of every time; for the statement of [DB.Record] that is more than
// half of what it costs. It is prepared on first use, because the migrations
// may still be to run when the pool is opened.
type prepared struct {
	text string
	stmt atomic.Pointer[sql.Stmt]
}

// scan runs the query and reads its row into what dest points at.
func (p *prepared) scan(ctx context.Context, pool *sql.DB, arg any, dest ...any) error {
	if p.stmt.Load() == nil {
		stmt, err := pool.PrepareContext(ctx, p.text)
		if err != nil {
			return err
		}
		if !p.stmt.CompareAndSwap(nil, stmt) { // another call was faster
			_ = stmt.Close() //nolint:sqlclosecheck // nothing to close later on this path
		}
	}
	return p.stmt.Load().QueryRowContext(ctx, arg).Scan(dest...) //nolint:sqlclosecheck // kept as long as the pool
}
