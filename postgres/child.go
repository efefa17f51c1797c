package postgres

import (
	"context"

	"homeward/casework"
)

// upsertChildren writes the children that changed, unless later rows are there.
const upsertChildren = `
INSERT INTO children (aggregate, child, revision, stage, born, removed_on, entered_care, setting, exited_on, exit_reason)
SELECT c.aggregate, c.child, s.revision, c.stage, c.born, c.removed_on, c.entered_care, coalesce(c.setting, ''),
    c.exited_on, coalesce(c.exit_reason, '')
FROM json_to_record($1::json -> 'summary') AS s(revision bigint),
    json_to_recordset($1::json -> 'children') AS c(aggregate text, child text, stage text, born date,
        removed_on date, entered_care date, setting text, exited_on date, exit_reason text)
ON CONFLICT (aggregate, child) DO UPDATE SET
    revision = excluded.revision, stage = excluded.stage, born = excluded.born, removed_on = excluded.removed_on,
    entered_care = excluded.entered_care, setting = excluded.setting, exited_on = excluded.exited_on,
    exit_reason = excluded.exit_reason
WHERE children.revision <= excluded.revision`

// Children returns the children of a case, or the victims of a report, by ID.
// A record without any, and one that is unknown, has none.
func (db *DB) Children(ctx context.Context, aggregate string) ([]casework.ChildSummary, error) {
	return query(ctx, db, "list children", `
SELECT aggregate, child, stage, born, removed_on, entered_care, setting, exited_on, exit_reason
FROM children WHERE aggregate = $1 ORDER BY child`, []any{aggregate}, scanChild)
}

func scanChild(row scanner) (casework.ChildSummary, error) {
	var c casework.ChildSummary
	err := row.Scan(&c.Aggregate, &c.Child, &c.Stage, day{&c.Born}, day{&c.RemovedOn}, day{&c.EnteredCare},
		&c.Setting, day{&c.ExitedOn}, &c.ExitReason)
	return c, err
}
