package postgres

import (
	"context"

	"homeward/casework"

	"github.com/lib/pq"
)

// upsertAdults writes the adults that changed, unless later rows are there.
const upsertAdults = `
INSERT INTO adults (aggregate, person, revision, roles, protected)
SELECT a.aggregate, a.person, s.revision, ARRAY(SELECT json_array_elements_text(a."as")), coalesce(a.protected, false)
FROM json_to_record($1::json -> 'summary') AS s(revision bigint),
    json_to_recordset($1::json -> 'adults') AS a(aggregate text, person text, "as" json, protected boolean)
ON CONFLICT (aggregate, person) DO UPDATE SET
    revision = excluded.revision, roles = excluded.roles, protected = excluded.protected
WHERE adults.revision <= excluded.revision`

// Adults returns the adults of a record, by ID, those with a protected identity
// included. A record without any, and one that is unknown, has none.
func (db *DB) Adults(ctx context.Context, aggregate string) ([]casework.AdultSummary, error) {
	return query(ctx, db, "list adults", `
SELECT aggregate, person, roles, protected FROM adults WHERE aggregate = $1 ORDER BY person`, []any{aggregate},
		func(row scanner) (casework.AdultSummary, error) {
			var a casework.AdultSummary
			err := row.Scan(&a.Aggregate, &a.Person, (*pq.StringArray)(&a.As), &a.Protected)
			return a, err
		})
}
