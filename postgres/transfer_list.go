package postgres

import (
	"context"
	"time"

	"homeward/casework"
)

// TransferFilter says which transfers to list: those that the viewer asked for, and those
// between people whom the viewer leads.
type TransferFilter struct {
	// Viewer is who asks, in a role and in an office and unit. Empty are nobody's.
	Viewer string
	Role   casework.Role
	Office string
	Unit   string
	// State is one of a transfer, empty for all.
	State casework.TransferState
	Limit int
	After Position
}

// led is [access.Leads] in SQL, for a worker w. A test holds the two together.
const led = `(w.id <> $1 AND CASE $2
        WHEN 'supervisor' THEN w.supervisor = $1 OR $3 <> '' AND w.office = $3 AND $4 <> '' AND w.unit = $4
        WHEN 'manager' THEN w.manager = $1 OR $3 <> '' AND w.office = $3
        ELSE false END)`

const listTransfers = selectTransfers + `
WHERE ($5 = '' OR state = $5)
    AND (by_worker = $1 OR (
        EXISTS (SELECT FROM workers w WHERE w.id = from_worker AND ` + led + `)
        AND EXISTS (SELECT FROM workers w WHERE w.id = to_worker AND ` + led + `)))
    AND (set_at, id) < ($6, $7)
ORDER BY set_at DESC, id DESC LIMIT $8`

// Transfers lists transfers without their records, the latest first.
func (db *DB) Transfers(ctx context.Context, f TransferFilter) (Page[casework.Transfer], error) {
	limit := pageSize(f.Limit)
	at, id := time.Date(9999, time.January, 1, 0, 0, 0, 0, time.UTC), ""
	if err := f.After.into(&at, &id); err != nil {
		return Page[casework.Transfer]{}, err
	}
	rows, err := query(ctx, db, "list transfers", listTransfers,
		[]any{f.Viewer, f.Role, f.Office, f.Unit, f.State, at.UTC(), id, limit + 1}, func(row scanner) (casework.Transfer, error) {
			t, _, err := scanTransfer(row)
			return t, err
		})
	return paged(rows, limit, func(t casework.Transfer) Position { return positionOf(t.At, t.ID) }), err
}
