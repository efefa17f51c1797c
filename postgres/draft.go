package postgres

import (
	"cmp"
	"context"
	"database/sql"
	"time"

	"homeward/casework"
	"homeward/internal/audit"
)

// DraftKey names a draft: one for each person, record and kind of step.
type DraftKey struct {
	// Aggregate is the record, Author the ID of who writes, Step the name of the step.
	Aggregate, Author, Step string
}

// Draft is one version of what somebody has written and not yet sent. Body is
// personal.
type Draft struct {
	DraftKey

	// ID is unique; what is sealed is bound to it.
	ID string
	// Version counts the saves from 1.
	Version int
	// Beside says that a newer version was there when it was saved.
	Beside  bool
	Body    string
	SavedAt time.Time
}

// AnyDraft is what a caller knows who wants to save on top of whatever is there.
const AnyDraft = -1

// SaveDraft adds a version, with its line in the audit, and returns it with its
// number. known is the version that the caller had read, 0 for none. Where that is
// not the newest one, the version is kept beside it.
func (db *DB) SaveDraft(ctx context.Context, d Draft, known int, line audit.Entry) (Draft, error) {
	stored, err := db.sealText(ctx, Text{ID: d.ID, Aggregate: d.Aggregate, Author: d.Author, Body: d.Body, CreatedAt: d.SavedAt})
	if err != nil {
		return Draft{}, err
	}
	err = db.inTx(ctx, "save a draft", func(tx *sql.Tx) error {
		if err := lockDraft(ctx, tx, d.DraftKey); err != nil {
			return err
		}
		var last, newest int
		err := tx.QueryRowContext(ctx, `
SELECT coalesce(max(version), 0), coalesce(max(version) FILTER (WHERE NOT beside), 0)
FROM drafts WHERE aggregate = $1 AND author = $2 AND step = $3`, d.Aggregate, d.Author, d.Step).Scan(&last, &newest)
		if err != nil {
			return err
		}
		d.Version, d.Beside = last+1, known != AnyDraft && known != newest
		_, err = tx.ExecContext(ctx, `
INSERT INTO drafts (id, aggregate, author, step, version, beside, body, sealed, saved_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text::bytea, $9)`,
			d.ID, d.Aggregate, d.Author, d.Step, d.Version, d.Beside, stored.Body, stored.Sealed, d.SavedAt.UTC())
		if err != nil {
			return err
		}
		return auditIn(ctx, tx, line)
	})
	return d, err
}

// lockDraft lets one save of a draft follow the other.
func lockDraft(ctx context.Context, tx *sql.Tx, k DraftKey) error {
	_, err := tx.ExecContext(ctx,
		`SELECT pg_advisory_xact_lock(hashtextextended('draft/' || $1 || '/' || $2 || '/' || $3, 0))`, k.Aggregate, k.Author, k.Step)
	return err
}

// Draft returns a version of a draft, the newest one for version 0, and NotFound
// where there is none.
func (db *DB) Draft(ctx context.Context, k DraftKey, version int) (Draft, error) {
	d, sealed := Draft{DraftKey: k}, []byte(nil)
	err := db.pool.QueryRowContext(ctx, `
SELECT id, version, beside, body, sealed, saved_at FROM drafts
WHERE aggregate = $1 AND author = $2 AND step = $3 AND (version = $4 OR $4 = 0 AND NOT beside)
ORDER BY version DESC LIMIT 1`, k.Aggregate, k.Author, k.Step, version).
		Scan(&d.ID, &d.Version, &d.Beside, &d.Body, &sealed, instant{&d.SavedAt})
	if err := found("read a draft", "There is no such draft.", err); err != nil {
		return Draft{}, err
	}
	if sealed != nil {
		d.Body, err = db.openText(ctx, Text{ID: d.ID, Aggregate: k.Aggregate}, sealed)
	}
	return d, err
}

// SelectDrafts lists versions without what they say: of one step, or of all.
const SelectDrafts = `
SELECT step, id, version, beside, saved_at FROM drafts
WHERE aggregate = $1 AND author = $2 AND ($3 = '' OR step = $3) ORDER BY step, version DESC`

// Drafts lists every version of the drafts of a person in a record, the newest
// first, without what they say: of one step, or of all where the key names none.
func (db *DB) Drafts(ctx context.Context, k DraftKey) ([]Draft, error) {
	return query(ctx, db, "list drafts", SelectDrafts, []any{k.Aggregate, k.Author, k.Step}, func(from scanner) (Draft, error) {
		d := Draft{DraftKey: k}
		err := from.Scan(&d.Step, &d.ID, &d.Version, &d.Beside, instant{&d.SavedAt})
		return d, err
	})
}

// DropDraft deletes the versions of a draft up to one, all for version 0, with
// its line in the audit. It is NotFound where there is none.
func (db *DB) DropDraft(ctx context.Context, k DraftKey, upTo int, line audit.Entry) error {
	return db.inTx(ctx, "drop a draft", func(tx *sql.Tx) error {
		if err := lockDraft(ctx, tx, k); err != nil {
			return err
		}
		gone, err := tx.ExecContext(ctx, `
DELETE FROM drafts WHERE aggregate = $1 AND author = $2 AND step = $3 AND (version <= $4 OR $4 = 0)`,
			k.Aggregate, k.Author, k.Step, upTo)
		if err != nil {
			return err
		}
		if n, err := gone.RowsAffected(); err != nil || n == 0 {
			return cmp.Or(err, error(casework.NewError(casework.NotFound, "There is no such draft.")))
		}
		return auditIn(ctx, tx, line)
	})
}
