package postgres

import (
	"context"
	"database/sql"
	"time"

	"homeward/casework"
	"homeward/internal/audit"
)

// RegistryEntry is a finding as background checks see it. An expunged one says
// nothing of what was found.
type RegistryEntry struct {
	// Report is the aggregate ID of the report.
	Report     string `json:"report"`
	Allegation string `json:"allegation"`
	// Perpetrator is an opaque ID, empty where it was unknown.
	Perpetrator string        `json:"perpetrator,omitempty"`
	Type        string        `json:"type,omitempty"`
	Result      string        `json:"result,omitempty"`
	FoundOn     casework.Date `json:"found_on,omitzero"`
	ExpungedBy  string        `json:"expunged_by,omitempty"`
	ExpungedAt  time.Time     `json:"expunged_at,omitzero"`
	Authority   string        `json:"authority,omitempty"`
	Reference   string        `json:"reference,omitempty"`
}

// selectRegistry takes the kind of an allegation that was added after the call from the
// event that added it: the row has that of the call alone.
const selectRegistry = `
SELECT aggregate, allegation, perpetrator,
    CASE WHEN type <> '' OR expunged_at IS NOT NULL THEN type ELSE coalesce((
        SELECT l.type FROM events e, json_to_recordset(e.content #> '{body,allegations}') AS l(id text, type text)
        WHERE e.aggregate = registry.aggregate AND e.type = 'allegation.added' AND l.id = registry.allegation LIMIT 1), '') END,
    result, found_on, expunged_by, expunged_at, authority, reference
FROM registry `

func scanRegistry(row scanner) (RegistryEntry, error) {
	var e RegistryEntry
	err := row.Scan(&e.Report, &e.Allegation, &e.Perpetrator, &e.Type, &e.Result, day{&e.FoundOn}, &e.ExpungedBy,
		instant{&e.ExpungedAt}, &e.Authority, &e.Reference)
	return e, err
}

// Registry returns the findings on a person that are on the registry, the latest
// first, at most 500. An empty ID is nobody's.
func (db *DB) Registry(ctx context.Context, perpetrator string) ([]RegistryEntry, error) {
	return query(ctx, db, "read the registry", selectRegistry+`
WHERE perpetrator = $1 AND perpetrator <> '' AND expunged_at IS NULL ORDER BY found_on DESC, aggregate, allegation LIMIT $2`,
		[]any{perpetrator, maxLimit}, scanRegistry)
}

// Expunged returns what was expunged of a report.
func (db *DB) Expunged(ctx context.Context, report string) ([]RegistryEntry, error) {
	return query(ctx, db, "read the registry", selectRegistry+`
WHERE aggregate = $1 AND expunged_at IS NOT NULL ORDER BY expunged_at, allegation`, []any{report}, scanRegistry)
}

// Expunge takes the finding on an allegation out of the registry, with its line in
// the audit: nothing of what was found is left there. The report stays as it is. It
// returns the entry as it stands; one that was expunged before stays so, and
// NotFound says that there is no finding on such an allegation.
func (db *DB) Expunge(ctx context.Context, e RegistryEntry, line audit.Entry) (RegistryEntry, error) {
	err := db.inTx(ctx, "expunge a finding", func(tx *sql.Tx) error {
		changed, err := tx.ExecContext(ctx, `
UPDATE registry SET perpetrator = '', type = '', result = '', found_on = NULL, expunged_by = $3, expunged_at = $4,
    authority = $5, reference = $6
WHERE aggregate = $1 AND allegation = $2 AND expunged_at IS NULL`,
			e.Report, e.Allegation, e.ExpungedBy, e.ExpungedAt.UTC(), e.Authority, e.Reference)
		if err != nil {
			return err
		}
		e, err = scanRegistry(tx.QueryRowContext(ctx, selectRegistry+`WHERE aggregate = $1 AND allegation = $2`, e.Report, e.Allegation))
		if err != nil {
			return found("read the registry", "There is no finding on such an allegation of this report.", err)
		}
		return auditChange(ctx, tx, changed, line)
	})
	return e, err
}
