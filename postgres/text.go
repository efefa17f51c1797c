package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"
)

// Text is a narrative: the words of a caller or a worker. Body is personal.
type Text struct {
	// ID is given by the caller, so that the same text can be saved again.
	ID string `json:"id"`
	// Aggregate is the record that it belongs to.
	Aggregate string `json:"aggregate"`
	// Author is the ID of the worker who wrote it.
	Author    string    `json:"author"`
	Body      string    `json:"body"`
	CreatedAt time.Time `json:"created_at"`
}

// insertTexts leaves a text alone whose ID is there.
const insertTexts = `
INSERT INTO texts (id, aggregate, author, body, created_at)
SELECT t.id, t.aggregate, t.author, t.body, t.created_at
FROM json_to_recordset($1::json) AS t(id text, aggregate text, author text, body text, created_at timestamptz)
ON CONFLICT (id) DO NOTHING`

// SaveTexts stores narratives. A text is never changed: one whose ID is there
// already is left as it is.
func (db *DB) SaveTexts(ctx context.Context, texts []Text) error {
	if len(texts) == 0 {
		return nil
	}
	parameter, err := asJSON(texts)
	if err != nil {
		return err
	}
	_, err = db.pool.ExecContext(ctx, insertTexts, parameter)
	return failed("save texts", err)
}

// DropTexts removes narratives whose command was refused. It must not be called
// for a text that an event refers to.
func (db *DB) DropTexts(ctx context.Context, ids []string) error {
	_, err := db.pool.ExecContext(ctx, `DELETE FROM texts WHERE id = ANY ($1)`, pq.StringArray(ids))
	return failed("drop texts", err)
}

// Texts returns the narratives with these IDs, in the order of the IDs. Those
// that are not there are left out.
func (db *DB) Texts(ctx context.Context, ids []string) ([]Text, error) {
	return query(ctx, db, "read texts", `
SELECT id, aggregate, author, body, created_at FROM texts
WHERE id = ANY ($1) ORDER BY array_position($1, id)`, []any{pq.StringArray(ids)},
		func(row scanner) (Text, error) {
			var t Text
			err := row.Scan(&t.ID, &t.Aggregate, &t.Author, &t.Body, instant{&t.CreatedAt})
			return t, err
		})
}
