package postgres

import (
	"context"
	"database/sql"
	"time"

	"homeward/casework"
	"homeward/internal/audit"
)

// Hold forbids to destroy a record while it lasts: litigation, an audit, an order.
type Hold struct {
	// ID is given by the caller, so that the same hold can be placed again.
	ID     string `json:"id"`
	Record string `json:"record"`
	// Authority is a code, Reference names the order.
	Authority string `json:"authority"`
	Reference string `json:"reference"`
	// Reason is the ID of a text.
	Reason     string    `json:"reason,omitempty"`
	PlacedBy   string    `json:"placed_by"`
	PlacedAt   time.Time `json:"placed_at"`
	ReleasedBy string    `json:"released_by,omitempty"`
	ReleasedAt time.Time `json:"released_at,omitzero"`
}

const selectHolds = `
SELECT id, record, authority, reference, reason, placed_by, placed_at, released_by, released_at FROM holds `

func scanHold(row scanner) (Hold, error) {
	var h Hold
	err := row.Scan(&h.ID, &h.Record, &h.Authority, &h.Reference, &h.Reason, &h.PlacedBy, instant{&h.PlacedAt},
		&h.ReleasedBy, instant{&h.ReleasedAt})
	return h, err
}

// lockErasure lets one at a time decide whether a record is destroyed or held. It
// is given back at the end of the transaction.
func lockErasure(ctx context.Context, tx *sql.Tx, record string) error {
	_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('erasure/' || $1, 0))`, record)
	return err
}

// PlaceHold places a hold, with its line in the audit, and returns it as it is
// stored. It is Blocked where the
// record's secret is destroyed already.
func (db *DB) PlaceHold(ctx context.Context, h Hold, line audit.Entry) (Hold, error) {
	err := db.inTx(ctx, "place a hold", func(tx *sql.Tx) error {
		if err := lockErasure(ctx, tx, h.Record); err != nil {
			return err
		}
		var destroyed bool
		err := tx.QueryRowContext(ctx,
			`SELECT EXISTS (SELECT FROM keys.secrets WHERE record = $1 AND destroyed_at IS NOT NULL)`, h.Record).Scan(&destroyed)
		if err != nil {
			return err
		}
		if destroyed {
			return casework.BlockedBy("This record is being destroyed and cannot be held any more.",
				casework.Blocker{Code: "purge-begun", Detail: "Its key is destroyed already."})
		}
		placed, err := tx.ExecContext(ctx, `
INSERT INTO holds (id, record, authority, reference, reason, placed_by, placed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING`,
			h.ID, h.Record, h.Authority, h.Reference, h.Reason, h.PlacedBy, h.PlacedAt.UTC())
		if err != nil {
			return err
		}
		if h, err = scanHold(tx.QueryRowContext(ctx, selectHolds+`WHERE id = $1`, h.ID)); err != nil {
			return err
		}
		return auditChange(ctx, tx, placed, line)
	})
	return h, err
}

// ReleaseHold ends a hold of a record, with its line in the audit, and returns it;
// one that has ended stays as it is. It returns NotFound where the record has no
// such hold.
func (db *DB) ReleaseHold(ctx context.Context, record, id, by string, at time.Time, line audit.Entry) (Hold, error) {
	var h Hold
	err := db.inTx(ctx, "release a hold", func(tx *sql.Tx) error {
		released, err := tx.ExecContext(ctx, `
UPDATE holds SET released_by = $3, released_at = $4 WHERE id = $1 AND record = $2 AND released_at IS NULL`,
			id, record, by, at.UTC())
		if err != nil {
			return err
		}
		h, err = scanHold(tx.QueryRowContext(ctx, selectHolds+`WHERE id = $1 AND record = $2`, id, record))
		if err != nil {
			return found("release a hold", "This record has no such hold.", err)
		}
		return auditChange(ctx, tx, released, line)
	})
	return h, err
}

// Holds lists the holds of a record, the latest first, those that have ended, too.
func (db *DB) Holds(ctx context.Context, record string) ([]Hold, error) {
	return query(ctx, db, "list holds", selectHolds+`WHERE record = $1 ORDER BY placed_at DESC, id`, []any{record}, scanHold)
}

// heldError refuses to destroy what is held.
func heldError() error {
	return casework.BlockedBy("This record is under a legal hold and must not be destroyed.",
		casework.Blocker{Code: "legal-hold", Detail: "A legal hold has to be released first."})
}

// held says whether a hold on a record lasts.
func held(ctx context.Context, tx *sql.Tx, record string) error {
	var holds bool
	err := tx.QueryRowContext(ctx,
		`SELECT EXISTS (SELECT FROM holds WHERE record = $1 AND released_at IS NULL)`, record).Scan(&holds)
	if err == nil && holds {
		return heldError()
	}
	return err
}
