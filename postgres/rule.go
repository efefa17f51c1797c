package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"homeward/casework"
	"homeward/internal/audit"
)

// RuleKind is a kind of [AccessRule].
type RuleKind string

// The kinds of rule.
const (
	// RuleGrant names a person for a record. Ground is the purpose.
	RuleGrant RuleKind = "grant"
	// RuleConflict closes a record to a person who is related to somebody in it.
	RuleConflict RuleKind = "conflict"
	// RuleSeal closes a record by the order of a court. Ground is its reference.
	RuleSeal RuleKind = "seal"
)

// AccessRule changes who may see one record.
type AccessRule struct {
	// ID is made by the caller, so that the same rule can be sent again.
	ID        string   `json:"id"`
	Aggregate string   `json:"-"`
	Kind      RuleKind `json:"kind"`
	// Worker is whom it is about; empty for a seal.
	Worker string `json:"worker,omitempty"`
	Ground string `json:"ground,omitempty"`
	// SetBy and EndedBy are worker IDs; the times are by the wall clock.
	SetBy     string    `json:"set_by"`
	SetAt     time.Time `json:"set_at"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	EndedBy   string    `json:"ended_by,omitempty"`
	EndedAt   time.Time `json:"ended_at,omitzero"`
}

const ruleColumns = `id, aggregate, kind, worker, ground, set_by, set_at, expires_at, ended_by, ended_at`

// SetRule writes a rule with its line in the audit and returns it as it stands.
// A rule whose ID is there is left alone, and nothing more goes into the audit.
// Blocked says that such a rule holds already.
func (db *DB) SetRule(ctx context.Context, r AccessRule, line audit.Entry) (AccessRule, error) {
	const doing = "set an access rule"
	err := db.inTx(ctx, doing, func(tx *sql.Tx) error {
		// What has run out makes room, and stays on record as what it was.
		_, err := tx.ExecContext(ctx, `UPDATE access_rules SET ended_at = expires_at
WHERE aggregate = $1 AND kind = $2 AND worker = $3 AND ended_at IS NULL AND expires_at <= $4`,
			r.Aggregate, r.Kind, r.Worker, r.SetAt.UTC())
		if err != nil {
			return err
		}
		set, err := tx.ExecContext(ctx, `
INSERT INTO access_rules (id, aggregate, kind, worker, ground, set_by, set_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING`,
			r.ID, r.Aggregate, r.Kind, r.Worker, r.Ground, r.SetBy, r.SetAt.UTC(), nullTime(r.ExpiresAt))
		if violated(err, "access_rules_held") {
			return casework.NewError(casework.Blocked, "This holds already for this record. End it first to change it.")
		}
		if err != nil {
			return err
		}
		return auditChange(ctx, tx, set, line)
	})
	if err != nil {
		return AccessRule{}, err
	}
	return db.rule(ctx, r.Aggregate, r.ID)
}

// EndRule ends a rule with its line in the audit. One that has ended stays as it
// was; NotFound says that the record has no rule of this ID and kind.
func (db *DB) EndRule(ctx context.Context, r AccessRule, line audit.Entry) (AccessRule, error) {
	err := db.inTx(ctx, "end an access rule", func(tx *sql.Tx) error {
		ended, err := tx.ExecContext(ctx, `UPDATE access_rules SET ended_by = $4, ended_at = $5
WHERE aggregate = $1 AND kind = $2 AND id = $3 AND ended_at IS NULL`, r.Aggregate, r.Kind, r.ID, r.EndedBy, r.EndedAt.UTC())
		if err != nil {
			return err
		}
		return auditChange(ctx, tx, ended, line)
	})
	if err != nil {
		return AccessRule{}, err
	}
	return db.rule(ctx, r.Aggregate, r.ID)
}

// auditChange adds the line of a statement that has changed something.
func auditChange(ctx context.Context, tx *sql.Tx, changed sql.Result, line audit.Entry) error {
	n, err := changed.RowsAffected()
	if err != nil || n == 0 {
		return err
	}
	return auditIn(ctx, tx, line)
}

func (db *DB) rule(ctx context.Context, aggregate, id string) (AccessRule, error) {
	r, err := scanRule(db.pool.QueryRowContext(ctx,
		`SELECT `+ruleColumns+` FROM access_rules WHERE aggregate = $1 AND id = $2`, aggregate, id))
	if errors.Is(err, sql.ErrNoRows) {
		return AccessRule{}, casework.NewError(casework.NotFound, "There is no such rule on this record.")
	}
	return r, failed("read an access rule", err)
}

// Rules returns every rule that a record has or had, oldest first.
func (db *DB) Rules(ctx context.Context, aggregate string) ([]AccessRule, error) {
	return query(ctx, db, "list access rules",
		`SELECT `+ruleColumns+` FROM access_rules WHERE aggregate = $1 ORDER BY set_at, id`, []any{aggregate}, scanRule)
}

func scanRule(row scanner) (AccessRule, error) {
	var r AccessRule
	err := row.Scan(&r.ID, &r.Aggregate, &r.Kind, &r.Worker, &r.Ground, &r.SetBy, instant{&r.SetAt},
		instant{&r.ExpiresAt}, &r.EndedBy, instant{&r.EndedAt})
	return r, err
}
