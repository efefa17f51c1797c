package postgres

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"slices"

	"homeward/casework"
	"homeward/internal/audit"
	"homeward/internal/likeness"

	"github.com/lib/pq"
)

// Marker makes keyed hashes of what is known of people. A [Cipher] that is one, too,
// is used for that; without one, marks are plain hashes.
type Marker interface {
	Mark(ctx context.Context, text string) ([]byte, error)
}

// Identifier is a number by which somebody else knows a person, in the form of
// [likeness.Identifier]. It is personal, and kept as a mark alone.
type Identifier struct{ Kind, Value string }

// The kinds of marks beside those of identifiers, and the form that is made now.
const (
	markPart  = "part"
	markSound = "sound"
	markForm  = 1
	// markBatch is how many people are marked at a time.
	markBatch = 500
)

// mark is a keyed hash and what it is of.
type mark struct {
	Person string `json:"person"`
	Kind   string `json:"kind"`
	// Mark is in the hexadecimal form of bytea.
	Mark string `json:"mark"`
	raw  []byte
}

func (db *DB) mark(ctx context.Context, person, kind, text string) (mark, error) {
	var raw []byte
	var err error
	if m, ok := db.cipher.(Marker); ok {
		raw, err = m.Mark(ctx, kind+"\x00"+text)
	} else {
		sum := sha256.Sum256([]byte(kind + "\x00" + text))
		raw = sum[:]
	}
	return mark{Person: person, Kind: kind, Mark: `\x` + hex.EncodeToString(raw), raw: raw}, err
}

// marksOf are those of a name: its parts, and how they may sound.
func (db *DB) marksOf(ctx context.Context, person, name string) ([]mark, error) {
	var marks []mark
	parts := likeness.Parts(name)
	slices.Sort(parts)
	for _, part := range slices.Compact(parts) {
		one, err := db.mark(ctx, person, markPart, part)
		if err != nil {
			return nil, err
		}
		marks = append(marks, one)
		for _, sound := range likeness.Sounds(part) {
			one, err := db.mark(ctx, person, markSound, sound)
			if err != nil {
				return nil, err
			}
			marks = append(marks, one)
		}
	}
	return marks, nil
}

const insertMarks = `
INSERT INTO person_marks (person, kind, mark)
SELECT m.person, m.kind, m.mark FROM json_to_recordset($1::json) AS m(person text, kind text, mark bytea)
    JOIN persons p ON p.id = m.person -- but for those who are destroyed at this moment
ON CONFLICT DO NOTHING`

const unmarked = `SELECT id, name FROM persons WHERE marked < 1 ORDER BY id LIMIT $1`

// markPersons marks those who came since anybody searched, so that a search misses
// nobody who was added a moment ago. It can be interrupted at any point.
func (db *DB) markPersons(ctx context.Context) error {
	for {
		fresh, err := query(ctx, db, "look for new persons", unmarked,
			[]any{markBatch}, func(row scanner) (Person, error) {
				var p Person
				err := row.Scan(&p.ID, &p.Name)
				return p, err
			})
		if err != nil || len(fresh) == 0 {
			return err
		}
		marks, ids := []mark{}, make([]string, len(fresh))
		for i, p := range fresh {
			ids[i] = p.ID
			own, err := db.marksOf(ctx, p.ID, p.Name)
			if err != nil {
				return err
			}
			marks = append(marks, own...)
		}
		if err := db.keepMarks(ctx, marks, ids); err != nil {
			return err
		}
		if len(fresh) < markBatch {
			return nil
		}
	}
}

func (db *DB) keepMarks(ctx context.Context, marks []mark, ids []string) error {
	parameter, err := asJSON(marks)
	if err != nil {
		return err
	}
	return db.inTx(ctx, "mark persons", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE persons SET marked = $2 WHERE id = ANY ($1)`, pq.StringArray(ids), markForm); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, insertMarks, parameter)
		return err
	})
}

// Identify keeps marks of identifiers of a person, with the line in the audit. What is
// known already changes nothing; NotFound says that there is no such person.
func (db *DB) Identify(ctx context.Context, person string, identifiers []Identifier, line audit.Entry) error {
	var marks []mark
	for _, i := range identifiers {
		one, err := db.mark(ctx, person, i.Kind, i.Value)
		if err != nil {
			return err
		}
		marks = append(marks, one)
	}
	parameter, err := asJSON(marks)
	if err != nil {
		return err
	}
	return db.inTx(ctx, "keep identifiers", func(tx *sql.Tx) error {
		var there bool
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM persons WHERE id = $1)`, person).Scan(&there); err != nil {
			return err
		}
		if !there {
			return casework.NewError(casework.NotFound, "There is no such person.")
		}
		if _, err := tx.ExecContext(ctx, insertMarks, parameter); err != nil {
			return err
		}
		return auditIn(ctx, tx, line)
	})
}
