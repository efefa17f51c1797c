package postgres

import (
	"context"
	"database/sql"
	"time"

	"homeward/casework"
	"homeward/internal/codec"
)

// secretRow is the secret of a record as it is stored.
type secretRow struct {
	record string
	codec.Wrapped

	destroyed sql.NullTime
}

func scanSecret(row scanner) (secretRow, error) {
	var s secretRow
	err := row.Scan(&s.record, &s.Key, &s.Sealed, &s.Digest, &s.destroyed)
	return s, err
}

// Secret returns the secret of a record, NotFound where it has none, and Gone where
// it was destroyed.
func (db *DB) Secret(ctx context.Context, record string) (codec.Wrapped, error) {
	s, err := scanSecret(db.pool.QueryRowContext(ctx,
		`SELECT record, ring_key, wrapped, digest, destroyed_at FROM keys.secrets WHERE record = $1`, record))
	if err := found("read a secret", "This record has no secret.", err); err != nil {
		return codec.Wrapped{}, err
	}
	if s.destroyed.Valid {
		return codec.Wrapped{}, casework.NewError(casework.Gone, "The secret of this record was destroyed.")
	}
	return s.Wrapped, nil
}

// KeepSecret stores the secret of a record unless it has one, and returns the one
// that it has then. Gone says that it was destroyed: it never gets another.
func (db *DB) KeepSecret(ctx context.Context, record string, w codec.Wrapped, at time.Time) (codec.Wrapped, error) {
	_, err := db.pool.ExecContext(ctx, `
INSERT INTO keys.secrets (record, ring_key, wrapped, digest, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (record) DO NOTHING`, record, w.Key, w.Sealed, w.Digest, at.UTC())
	if err != nil {
		return codec.Wrapped{}, failed("keep a secret", err)
	}
	return db.Secret(ctx, record)
}

// OldSecrets returns secrets that another key than this has wrapped, by record: at
// most limit, those after a record.
func (db *DB) OldSecrets(ctx context.Context, key, after string, limit int) (map[string]codec.Wrapped, error) {
	rows, err := query(ctx, db, "list secrets", `
SELECT record, ring_key, wrapped, digest, destroyed_at FROM keys.secrets
WHERE destroyed_at IS NULL AND ring_key <> $1 AND record > $2 ORDER BY record LIMIT $3`,
		[]any{key, after, limit}, scanSecret)
	old := make(map[string]codec.Wrapped, len(rows))
	for _, row := range rows {
		old[row.record] = row.Wrapped
	}
	return old, err
}

// RewrapSecret puts a secret in the place of the same one wrapped by the key from.
// One that was destroyed or wrapped again meanwhile stays as it is.
func (db *DB) RewrapSecret(ctx context.Context, record, from string, w codec.Wrapped) error {
	_, err := db.pool.ExecContext(ctx, `
UPDATE keys.secrets SET ring_key = $3, wrapped = $4
WHERE record = $1 AND ring_key = $2 AND digest = $5 AND destroyed_at IS NULL`,
		record, from, w.Key, w.Sealed, w.Digest)
	return failed("wrap a secret again", err)
}

// SecretKeys counts the secrets that each key of the ring has wrapped.
func (db *DB) SecretKeys(ctx context.Context) (map[string]int, error) {
	type wrapped struct {
		key   string
		count int
	}
	rows, err := query(ctx, db, "count secrets", `
SELECT ring_key, count(*) FROM keys.secrets WHERE destroyed_at IS NULL GROUP BY ring_key`, nil,
		func(row scanner) (wrapped, error) {
			var w wrapped
			err := row.Scan(&w.key, &w.count)
			return w, err
		})
	keys := make(map[string]int, len(rows))
	for _, row := range rows {
		keys[row.key] = row.count
	}
	return keys, err
}
