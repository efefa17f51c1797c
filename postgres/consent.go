package postgres

import (
	"context"
	"database/sql"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
)

// SealedConsent is a consent, a court order, or the revocation of one. Content is
// encrypted under the keys of the compartment that it opens.
type SealedConsent struct {
	// ID is given by the caller, so that the same one can be saved again.
	ID          string
	Aggregate   string
	Compartment access.Compartment
	// Revokes is the ID of the consent that is revoked, empty for a consent.
	Revokes string
	Content []byte
	// KeyID names the key that Content is encrypted with.
	KeyID string
	// CreatedBy is the ID of the worker who recorded it.
	CreatedBy string
	CreatedAt time.Time
}

// insertConsent leaves one alone whose ID is there, and revokes no consent of
// another record or compartment, and no revocation.
const insertConsent = `
INSERT INTO sealed.consents (id, aggregate, compartment, revokes, content, key_id, created_by, created_at)
SELECT $1, $2, $3, $4, $5, $6, $7, $8
WHERE $4::text = '' OR EXISTS (
    SELECT FROM sealed.consents c WHERE c.id = $4 AND c.aggregate = $2 AND c.compartment = $3 AND c.revokes = '')
ON CONFLICT (id) DO NOTHING`

// SaveConsent adds a consent or a revocation, with its line in the audit, and says
// whether it did: not where its ID is there already, and not where there is no such
// consent to revoke. It returns Blocked where that consent is revoked already.
func (db *DB) SaveConsent(ctx context.Context, c SealedConsent, line audit.Entry) (saved bool, err error) {
	err = db.inTx(ctx, "save a consent", func(tx *sql.Tx) error {
		saved, err = saveConsent(ctx, tx, c)
		if err != nil || !saved {
			return err
		}
		return auditIn(ctx, tx, line)
	})
	return saved, err
}

func saveConsent(ctx context.Context, tx *sql.Tx, c SealedConsent) (bool, error) {
	result, err := tx.ExecContext(ctx, insertConsent, c.ID, c.Aggregate, string(c.Compartment), c.Revokes, c.Content, c.KeyID,
		c.CreatedBy, c.CreatedAt.UTC())
	if violated(err, "consents_revoked") {
		return false, casework.NewError(casework.Blocked, "This has been revoked already.")
	}
	if err != nil {
		return false, err
	}
	rows, err := result.RowsAffected()
	return rows == 1, err
}

// selectConsents takes those of every compartment where $2 is empty.
const selectConsents = `
SELECT id, aggregate, compartment, revokes, content, key_id, created_by, created_at
FROM sealed.consents WHERE aggregate = $1 AND $2 IN ('', compartment) ORDER BY created_at, id`

// Consents returns the consents and revocations of a record, the oldest first:
// those of one compartment, or all of them where it is empty.
func (db *DB) Consents(
	ctx context.Context, aggregate string, compartment access.Compartment,
) ([]SealedConsent, error) {
	return query(ctx, db, "read consents", selectConsents, []any{aggregate, string(compartment)},
		func(row scanner) (SealedConsent, error) {
			var c SealedConsent
			err := row.Scan(&c.ID, &c.Aggregate, &c.Compartment, &c.Revokes, &c.Content, &c.KeyID, &c.CreatedBy,
				instant{&c.CreatedAt})
			return c, err
		})
}
