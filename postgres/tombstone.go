package postgres

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"time"
)

// Tombstone is what is left of a record that was destroyed: who, when, on whose
// authority, and how much. It holds nothing of what the record said.
type Tombstone struct {
	Record         string         `json:"record"`
	Purge          string         `json:"purge"`
	Authority      string         `json:"authority"`
	Reference      string         `json:"reference"`
	RequestedBy    string         `json:"requested_by"`
	RequestedAt    time.Time      `json:"requested_at"`
	ApprovedBy     string         `json:"approved_by"`
	ApprovedAt     time.Time      `json:"approved_at"`
	KeyDigest      string         `json:"key_digest"`
	KeyDestroyedAt time.Time      `json:"key_destroyed_at"`
	Events         int            `json:"events"`
	FirstHash      string         `json:"first_hash"`
	LastHash       string         `json:"last_hash"`
	Deleted        map[string]int `json:"deleted"`
	// Executions is how many runs Temporal has deleted.
	Executions int       `json:"executions"`
	ErasedAt   time.Time `json:"erased_at"`
	// Proof is the SHA-256 of all this as it is stored, and Intact says that it fits.
	Proof  string `json:"-"`
	Intact bool   `json:"-"`
}

// Tombstone returns that of a record, and NotFound where the record was never
// destroyed.
func (db *DB) Tombstone(ctx context.Context, record string) (Tombstone, error) {
	var t Tombstone
	var content string
	err := db.pool.QueryRowContext(ctx,
		`SELECT content, content, proof FROM tombstones WHERE record = $1`, record).Scan(document{&t}, &content, &t.Proof)
	sum := sha256.Sum256([]byte(content))
	t.Intact = t.Proof == hex.EncodeToString(sum[:])
	return t, found("read a tombstone", "This record was not destroyed.", err)
}

// Key is what is known of the secret of a record.
type Key struct {
	// Digest is the SHA-256 of the secret, empty where the record never had one.
	Digest string
	// Held says that the secret is there, wrapped.
	Held        bool
	DestroyedAt time.Time
	DestroyedBy string
}

// Key returns what is known of the secret of a record, and NotFound where nothing is.
func (db *DB) Key(ctx context.Context, record string) (Key, error) {
	var k Key
	err := db.pool.QueryRowContext(ctx, `
SELECT digest, wrapped IS NOT NULL, destroyed_at, destroyed_by FROM keys.secrets WHERE record = $1`, record).
		Scan(&k.Digest, &k.Held, instant{&k.DestroyedAt}, &k.DestroyedBy)
	return k, found("read a secret", "This record has no secret.", err)
}

// Samples returns what was sealed with the secret of a record before it was
// destroyed.
func (db *DB) Samples(ctx context.Context, purge string) (Samples, error) {
	var s Samples
	err := db.pool.QueryRowContext(ctx,
		`SELECT sample_payload, sample_text FROM purges WHERE id = $1`, purge).Scan(&s.Payload, &s.Text)
	return s, found("read a purge", "There is no such request.", err)
}

// Remains counts the rows of a record in every table that a purge must empty, by
// table, and those reservations that name its number. It asks the catalogue which
// tables there are, so that none is forgotten. A table that may not be read is an
// error, and never empty.
func (db *DB) Remains(ctx context.Context, record string) (map[string]int, error) {
	remains := make(map[string]int)
	err := db.inTx(ctx, "look for rows", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, erasing); err != nil {
			return err
		}
		tables, err := tablesOf(ctx, tx)
		if err != nil {
			return err
		}
		for _, table := range tables {
			var n int
			// The name comes quoted from the catalogue.
			statement := `SELECT count(*) FROM ` + table + ` WHERE aggregate = $1`
			if err := tx.QueryRowContext(ctx, statement, record).Scan(&n); err != nil {
				return err
			}
			if n > 0 {
				remains[table] = n
			}
		}
		var n int
		err = tx.QueryRowContext(ctx, `
SELECT count(*) FROM reservations WHERE kind = split_part($1, '-', 1) AND number = split_part($1, '-', 2)::bigint`, record).Scan(&n)
		if n > 0 {
			remains["reservations"] = n
		}
		return err
	})
	return remains, err
}

func tablesOf(ctx context.Context, tx *sql.Tx) ([]string, error) {
	rows, err := tx.QueryContext(ctx, `SELECT purgeable()::text`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var tables []string
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			return nil, err
		}
		tables = append(tables, table)
	}
	return tables, rows.Err()
}
