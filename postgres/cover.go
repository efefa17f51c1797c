package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"homeward/casework"
	"homeward/internal/audit"
)

// Cover says who answers for somebody who is absent. Its times are by the wall clock.
type Cover struct {
	// ID is made by the caller, so that the same cover can be sent again.
	ID       string    `json:"id"`
	Absent   string    `json:"absent"`
	Delegate string    `json:"delegate"`
	From     time.Time `json:"from"`
	// Until is when it ends by itself.
	Until   time.Time `json:"until"`
	SetBy   string    `json:"set_by"`
	SetAt   time.Time `json:"set_at"`
	EndedBy string    `json:"ended_by,omitempty"`
	EndedAt time.Time `json:"ended_at,omitzero"`
}

const selectCovers = `
SELECT id, absent, delegate, from_at, until_at, set_by, set_at, ended_by, ended_at FROM covers `

func scanCover(row scanner) (Cover, error) {
	var c Cover
	err := row.Scan(&c.ID, &c.Absent, &c.Delegate, instant{&c.From}, instant{&c.Until}, &c.SetBy, instant{&c.SetAt}, &c.EndedBy, instant{&c.EndedAt})
	return c, err
}

// SetCover writes a cover with its line in the audit and returns it as it stands.
// The same one again changes nothing. Blocked says that another one overlaps.
func (db *DB) SetCover(ctx context.Context, c Cover, line audit.Entry) (Cover, error) {
	err := db.inTx(ctx, "set a cover", func(tx *sql.Tx) error {
		// One at a time for each person, so that no two overlap.
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('cover/' || $1, 0))`, c.Absent); err != nil {
			return err
		}
		var overlaps bool
		if err := tx.QueryRowContext(ctx, `
SELECT EXISTS (SELECT FROM covers WHERE absent = $1 AND id <> $2 AND ended_at IS NULL AND from_at < $4 AND until_at > $3)`,
			c.Absent, c.ID, c.From.UTC(), c.Until.UTC()).Scan(&overlaps); err != nil {
			return err
		}
		if overlaps {
			return casework.BlockedBy("Somebody covers for this person at that time already.", casework.Blocker{
				Code: "cover-overlaps", Detail: "End the other cover first, or choose days that do not overlap.",
			})
		}
		set, err := tx.ExecContext(ctx, `
INSERT INTO covers (id, absent, delegate, from_at, until_at, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (id) DO NOTHING`, c.ID, c.Absent, c.Delegate, c.From.UTC(), c.Until.UTC(), c.SetBy, c.SetAt.UTC())
		if err != nil {
			return err
		}
		if c, err = scanCover(tx.QueryRowContext(ctx, selectCovers+`WHERE id = $1`, c.ID)); err != nil {
			return err
		}
		return auditChange(ctx, tx, set, line)
	})
	return c, err
}

// EndCover ends a cover of a person before its time, with its line in the audit. It
// is NotFound where the person has no such cover. A second time changes nothing.
func (db *DB) EndCover(ctx context.Context, absent, id, by string, at time.Time, line audit.Entry) (Cover, error) {
	var c Cover
	err := db.inTx(ctx, "end a cover", func(tx *sql.Tx) error {
		ended, err := tx.ExecContext(ctx, `
UPDATE covers SET ended_by = $3, ended_at = $4 WHERE absent = $1 AND id = $2 AND ended_at IS NULL`, absent, id, by, at.UTC())
		if err != nil {
			return err
		}
		c, err = scanCover(tx.QueryRowContext(ctx, selectCovers+`WHERE absent = $1 AND id = $2`, absent, id))
		if errors.Is(err, sql.ErrNoRows) {
			return casework.NewError(casework.NotFound, "There is no such cover.")
		}
		if err != nil {
			return err
		}
		return auditChange(ctx, tx, ended, line)
	})
	return c, err
}

// Covers lists those of a person, the latest first, at most 500: for them, and by
// them for others.
func (db *DB) Covers(ctx context.Context, person string) ([]Cover, error) {
	return query(ctx, db, "list covers", selectCovers+`
WHERE absent = $1 OR delegate = $1 ORDER BY from_at DESC, id LIMIT $2`, []any{person, maxLimit}, scanCover)
}
