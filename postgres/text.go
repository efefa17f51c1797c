package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"

	"homeward/casework"

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

// Cipher seals narratives, each with the secret of its record. Errors are of
// package casework.
type Cipher interface {
	// SealText returns nil where encryption is off: the words are stored plain then.
	SealText(ctx context.Context, record, text, words string) ([]byte, error)
	// OpenText returns Gone where the secret of the record was destroyed.
	OpenText(ctx context.Context, record, text string, sealed []byte) (string, error)
}

// SealTexts has every narrative sealed from now on. It must be called before the
// first narrative is saved or read; without it, they are stored plain.
func (db *DB) SealTexts(with Cipher) { db.cipher = with }

// storedText is a text as it is stored: Body is empty where Sealed is not.
type storedText struct {
	Text

	// Sealed is in the hexadecimal form of bytea.
	Sealed *string `json:"sealed,omitempty"`
}

// insertTexts leaves a text alone whose ID is there.
const insertTexts = `
INSERT INTO texts (id, aggregate, author, body, sealed, created_at)
SELECT t.id, t.aggregate, t.author, t.body, t.sealed, t.created_at
FROM json_to_recordset($1::json) AS t(id text, aggregate text, author text, body text, sealed bytea,
    created_at timestamptz)
ON CONFLICT (id) DO NOTHING`

// SaveTexts stores narratives. A text is never changed: one whose ID is there
// already is left as it is.
func (db *DB) SaveTexts(ctx context.Context, texts []Text) error {
	if len(texts) == 0 {
		return nil
	}
	parameter, err := db.sealTexts(ctx, texts)
	if err != nil {
		return err
	}
	_, err = db.pool.ExecContext(ctx, insertTexts, parameter)
	return failed("save texts", err)
}

// sealTexts is the parameter of [insertTexts].
func (db *DB) sealTexts(ctx context.Context, texts []Text) (string, error) {
	stored := make([]storedText, len(texts))
	for i, t := range texts {
		var err error
		if stored[i], err = db.sealText(ctx, t); err != nil {
			return "", err
		}
	}
	return asJSON(stored)
}

// sealText takes the words out of a text and puts what seals them in their place.
func (db *DB) sealText(ctx context.Context, t Text) (storedText, error) {
	if err := storable(t.Body); err != nil {
		return storedText{}, err
	}
	if db.cipher == nil {
		return storedText{Text: t}, nil
	}
	sealed, err := db.cipher.SealText(ctx, t.Aggregate, t.ID, t.Body)
	if err != nil || sealed == nil {
		return storedText{Text: t}, err
	}
	form := `\x` + hex.EncodeToString(sealed)
	t.Body = ""
	return storedText{t, &form}, nil
}

// storable refuses what PostgreSQL would refuse if it saw the words.
func storable(words string) error {
	if strings.ContainsRune(words, 0) || !utf8.ValidString(words) {
		return casework.NewError(casework.Invalid, sentence(casework.Invalid))
	}
	return nil
}

// CopyTexts stores narratives for another record, each sealed with that record's
// secret, and returns the new IDs by the old ones. Again, it returns the same. Those
// that are not there, or were destroyed, are left out.
func (db *DB) CopyTexts(ctx context.Context, to string, ids []string) (map[string]string, error) {
	texts, err := db.Texts(ctx, ids)
	if err != nil {
		return nil, err
	}
	copied := make(map[string]string, len(texts))
	for i := range texts {
		t := &texts[i]
		sum := sha256.Sum256([]byte(to + "/" + t.ID))
		id := hex.EncodeToString(sum[:])
		copied[t.ID], t.ID, t.Aggregate = id, id, to
	}
	return copied, db.SaveTexts(ctx, texts)
}

// DropTexts removes narratives whose command was refused. It must not be called
// for a text that an event refers to.
func (db *DB) DropTexts(ctx context.Context, ids []string) error {
	_, err := db.pool.ExecContext(ctx, `DELETE FROM texts WHERE id = ANY ($1)`, pq.StringArray(ids))
	return failed("drop texts", err)
}

// Texts returns the narratives with these IDs, in the order of the IDs. Those
// that are not there are left out, and so are those that were destroyed.
func (db *DB) Texts(ctx context.Context, ids []string) ([]Text, error) {
	type row struct {
		Text

		sealed []byte
	}
	rows, err := query(ctx, db, "read texts", `
SELECT id, aggregate, author, body, sealed, created_at FROM texts
WHERE id = ANY ($1) ORDER BY array_position($1, id)`, []any{pq.StringArray(ids)},
		func(from scanner) (row, error) {
			var r row
			err := from.Scan(&r.ID, &r.Aggregate, &r.Author, &r.Body, &r.sealed, instant{&r.CreatedAt})
			return r, err
		})
	if err != nil {
		return nil, err
	}
	var texts []Text
	for _, r := range rows {
		if r.sealed != nil {
			r.Body, err = db.openText(ctx, r.Text, r.sealed)
		}
		switch {
		case casework.KindOf(err) == casework.Gone:
			err = nil
		case err != nil:
			return nil, err
		default:
			texts = append(texts, r.Text)
		}
	}
	return texts, nil
}

func (db *DB) openText(ctx context.Context, t Text, sealed []byte) (string, error) {
	if db.cipher == nil {
		return "", inconsistent("text %s is sealed, and this process opens none", t.ID)
	}
	return db.cipher.OpenText(ctx, t.Aggregate, t.ID, sealed)
}
