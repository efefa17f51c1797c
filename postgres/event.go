package postgres

import (
	"context"
	"encoding/json"

	"homeward/casework"
)

const insertEvents = `
INSERT INTO events (aggregate, seq, command_id, type, actor_id, actor_role, occurred_at, recorded_at,
    content, prev_hash, hash)
SELECT e.aggregate, e.seq, e.command_id, e.type, e.actor ->> 'id', e.actor ->> 'role', e.occurred_at, e.recorded_at,
    s.content, e.prev_hash, s.hash
FROM json_to_recordset($1::json -> 'events') AS s(content json, hash text),
    json_to_record(s.content) AS e(aggregate text, seq bigint, command_id text, type text, actor json,
        occurred_at timestamptz, recorded_at timestamptz, prev_hash text)
RETURNING seq`

// sealedEvent is an event as the log keeps it: the text that [casework.Event.Seal]
// hashed, and the hash.
type sealedEvent struct {
	Content json.RawMessage `json:"content"`
	Hash    string          `json:"hash"`
}

func seal(events []casework.Event) ([]sealedEvent, error) {
	sealed := make([]sealedEvent, len(events))
	for i, e := range events {
		hash := e.Hash
		e.Hash = ""
		content, err := json.Marshal(e)
		if err != nil {
			return nil, inconsistent("encode event %s/%d: %w", e.Aggregate, e.Seq, err)
		}
		sealed[i] = sealedEvent{content, hash}
	}
	return sealed, nil
}

// Events returns the events of a record from a seq on, in order; none for a
// record that is unknown or has no more. An event that this binary does not
// understand is an error.
func (db *DB) Events(ctx context.Context, aggregate string, from int) ([]casework.Event, error) {
	return query(ctx, db, "read events",
		`SELECT content, hash FROM events WHERE aggregate = $1 AND seq >= $2 ORDER BY seq`,
		[]any{aggregate, from}, scanEvent)
}

// Timeline returns at most limit events of a record after a seq, in order: the
// last one's Seq is where to go on.
func (db *DB) Timeline(ctx context.Context, aggregate string, after, limit int) ([]casework.Event, error) {
	return query(ctx, db, "read a timeline",
		`SELECT content, hash FROM events WHERE aggregate = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
		[]any{aggregate, after, pageSize(limit)}, scanEvent)
}

func scanEvent(row scanner) (casework.Event, error) {
	var e casework.Event
	var hash string
	err := row.Scan(document{&e}, &hash)
	e.Hash = hash
	return e, err
}
