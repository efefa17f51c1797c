package postgres

import (
	"context"
	"database/sql"
	"time"

	"homeward/casework"
	"homeward/internal/audit"

	"github.com/lib/pq"
)

// Service is the account of a program: a school's intake form, a court's feed.
type Service struct {
	// ID is the subject of its tokens.
	ID string `json:"id"`
	// Purpose says in a few words what it is for. It names no person.
	Purpose string `json:"purpose"`
	// ActsAs is the role in which its steps are on record.
	ActsAs casework.Role `json:"acts_as"`
	// Steps and Actions are all that it may do, Offices whose records it sees.
	Steps   []string `json:"steps"`
	Actions []string `json:"actions"`
	Offices []string `json:"offices"`
	// Active and ExpiresAt (zero for never) end it without deleting it.
	Active    bool      `json:"active"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	SavedBy   string    `json:"saved_by"`
	SavedAt   time.Time `json:"saved_at"`
}

const serviceColumns = `id, purpose, acts_as, steps, actions, offices, active, expires_at, saved_by, saved_at`

// SaveService writes an account, whatever was there, with its line in the audit.
func (db *DB) SaveService(ctx context.Context, s Service, line audit.Entry) error {
	return db.inTx(ctx, "save a service account", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
INSERT INTO services (id, purpose, acts_as, steps, actions, offices, active, expires_at, saved_by, saved_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (id) DO UPDATE SET purpose = excluded.purpose, acts_as = excluded.acts_as, steps = excluded.steps,
    actions = excluded.actions, offices = excluded.offices, active = excluded.active, expires_at = excluded.expires_at,
    saved_by = excluded.saved_by, saved_at = excluded.saved_at`,
			s.ID, s.Purpose, s.ActsAs, pq.StringArray(s.Steps), pq.StringArray(s.Actions), pq.StringArray(s.Offices),
			s.Active, nullTime(s.ExpiresAt), s.SavedBy, s.SavedAt.UTC())
		if err != nil {
			return err
		}
		return auditIn(ctx, tx, line)
	})
}

// Service returns one account, and NotFound when there is none.
func (db *DB) Service(ctx context.Context, id string) (Service, error) {
	s, err := scanService(db.pool.QueryRowContext(ctx, `SELECT `+serviceColumns+` FROM services WHERE id = $1`, id))
	return s, found("read a service account", "There is no such account.", err)
}

// Services lists every account by ID.
func (db *DB) Services(ctx context.Context) ([]Service, error) {
	return query(ctx, db, "list service accounts", `SELECT `+serviceColumns+` FROM services ORDER BY id`, nil, scanService)
}

func scanService(row scanner) (Service, error) {
	var s Service
	err := row.Scan(&s.ID, &s.Purpose, &s.ActsAs, (*pq.StringArray)(&s.Steps), (*pq.StringArray)(&s.Actions),
		(*pq.StringArray)(&s.Offices), &s.Active, instant{&s.ExpiresAt}, &s.SavedBy, instant{&s.SavedAt})
	return s, err
}
