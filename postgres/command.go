package postgres

import (
	"context"

	"homeward/casework"
)

const insertCommand = `
INSERT INTO commands (aggregate, command_id, fingerprint, first_seq, last_seq, answer, recorded_at)
SELECT f.aggregate, t.command_id, t.fingerprint, f.seq, s.revision, t.answer, f.recorded_at
FROM json_to_record($1::json) AS t(command_id text, fingerprint text, answer json),
    json_to_record($1::json -> 'summary') AS s(revision bigint),
    json_to_record($1::json #> '{events,0,content}') AS f(aggregate text, seq bigint, recorded_at timestamptz)`

// Command returns the answer that a command of a record got when it was carried
// out, and NotFound when it has not been.
func (db *DB) Command(ctx context.Context, aggregate, commandID string) (casework.Answer, error) {
	var answer casework.Answer
	err := db.pool.QueryRowContext(ctx,
		`SELECT answer FROM commands WHERE aggregate = $1 AND command_id = $2`, aggregate, commandID,
	).Scan(document{&answer})
	return answer, found("read a command", "This command has not been carried out.", err)
}
