package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"homeward/casework"
	"homeward/internal/audit"

	"github.com/lib/pq"
)

// Apart says that two entries who look like one person are two, until that is undone.
// It holds IDs and codes.
type Apart struct {
	// ID is made by the caller, so that the same judgement can be sent again.
	ID string `json:"id"`
	// Person and From are the two; which of them is which means nothing.
	Person string    `json:"person"`
	From   string    `json:"from"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	// Undo is made by the caller of the undoing. It and all below are empty while the
	// judgement holds.
	Undo       string    `json:"-"`
	UndoReason string    `json:"undo_reason,omitempty"`
	UndoneBy   string    `json:"undone_by,omitempty"`
	UndoneAt   time.Time `json:"undone_at,omitzero"`
}

const selectApart = `
SELECT id, one, other, reason, told_by, told_at, undo, undo_reason, undone_by, undone_at FROM persons_apart `

func scanApart(row scanner) (Apart, error) {
	var a Apart
	err := row.Scan(&a.ID, &a.Person, &a.From, &a.Reason, &a.By, instant{&a.At}, &a.Undo, &a.UndoReason, &a.UndoneBy, instant{&a.UndoneAt})
	return a, err
}

// TellApart keeps the judgement that two entries are two people, with its line in the
// audit, and returns it as it stands. The same one again changes nothing. It is Blocked
// where the two are read as one person.
func (db *DB) TellApart(ctx context.Context, a Apart, line audit.Entry) (Apart, error) {
	err := db.inTx(ctx, "tell persons apart", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, oneMerge); err != nil {
			return err
		}
		var same bool
		if err := tx.QueryRowContext(ctx, samePerson, a.Person, a.From).Scan(&same); err != nil {
			return err
		}
		if same {
			return casework.BlockedBy("These two cannot be told apart as they stand.", casework.Blocker{
				Code: "person-merged", Subject: a.Person, Detail: "The two are read as one person. Undo the merge first, as a mistake.",
			})
		}
		told, err := tellApart(ctx, tx, a)
		if err != nil {
			return err
		}
		a, err = scanApart(tx.QueryRowContext(ctx, selectApart+`
WHERE id = $1 OR (one = least($2::text, $3::text) AND other = greatest($2::text, $3::text) AND undone_at IS NULL)
ORDER BY id = $1 DESC LIMIT 1`, a.ID, a.Person, a.From))
		if err != nil {
			return err
		}
		return auditChange(ctx, tx, told, line)
	})
	return a, err
}

// tellApart writes a judgement, unless the pair is told apart already.
func tellApart(ctx context.Context, tx *sql.Tx, a Apart) (sql.Result, error) {
	return tx.ExecContext(ctx, `
INSERT INTO persons_apart (id, one, other, reason, told_by, told_at)
SELECT $1, least($2::text, $3::text), greatest($2::text, $3::text), $4, $5, $6
WHERE NOT EXISTS (SELECT FROM persons_apart p WHERE p.id = $1)
ON CONFLICT (one, other) WHERE undone_at IS NULL DO NOTHING`, a.ID, a.Person, a.From, a.Reason, a.By, a.At.UTC())
}

// UndoApart takes a judgement back, with its line in the audit, and returns it as it
// stands. a.Undo names the request, so that it can be sent again. It is Blocked where
// the two are not told apart.
func (db *DB) UndoApart(ctx context.Context, a Apart, line audit.Entry) (Apart, error) {
	const pair = `WHERE one = least($1::text, $2::text) AND other = greatest($1::text, $2::text) AND undo = $3`
	err := db.inTx(ctx, "undo that persons were told apart", func(tx *sql.Tx) error {
		before, err := scanApart(tx.QueryRowContext(ctx, selectApart+pair, a.Person, a.From, a.Undo))
		if !errors.Is(err, sql.ErrNoRows) {
			a = before
			return err
		}
		undone, err := tx.ExecContext(ctx, `
UPDATE persons_apart SET undo = $3, undo_reason = $4, undone_by = $5, undone_at = $6
WHERE one = least($1::text, $2::text) AND other = greatest($1::text, $2::text) AND undone_at IS NULL`,
			a.Person, a.From, a.Undo, a.UndoReason, a.UndoneBy, a.UndoneAt.UTC())
		if err != nil {
			return err
		}
		after, err := scanApart(tx.QueryRowContext(ctx, selectApart+pair, a.Person, a.From, a.Undo))
		if errors.Is(err, sql.ErrNoRows) {
			return casework.BlockedBy("There is nothing to undo.",
				casework.Blocker{Code: "not-apart", Subject: a.Person, Detail: "These two were not told apart."})
		}
		if err != nil {
			return err
		}
		a = after
		return auditChange(ctx, tx, undone, line)
	})
	return a, err
}

// clusters are the entries that are one person with $1, and those that are one with $2.
const clusters = `
WITH RECURSIVE this AS (
    SELECT $1::text AS person
    UNION
    SELECT CASE WHEN m.person = c.person THEN m.survivor ELSE m.person END
    FROM this c JOIN person_merges m ON (m.person = c.person OR m.survivor = c.person) AND m.undone_at IS NULL
),
that AS (
    SELECT $2::text AS person
    UNION
    SELECT CASE WHEN m.person = c.person THEN m.survivor ELSE m.person END
    FROM that c JOIN person_merges m ON (m.person = c.person OR m.survivor = c.person) AND m.undone_at IS NULL
)`

const samePerson = clusters + ` SELECT EXISTS (SELECT FROM this JOIN that USING (person))`

// apartBetween refuses to make one person of entries that were told apart, or of
// entries that are one person with such.
func apartBetween(ctx context.Context, tx *sql.Tx, m Merge) error {
	var at time.Time
	err := tx.QueryRowContext(ctx, clusters+`
SELECT a.told_at FROM persons_apart a WHERE a.undone_at IS NULL
    AND (a.one IN (TABLE this) AND a.other IN (TABLE that) OR a.one IN (TABLE that) AND a.other IN (TABLE this))
ORDER BY a.told_at LIMIT 1`, m.Person, m.Survivor).Scan(instant{&at})
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return casework.BlockedBy("These two cannot be merged as they stand.", casework.Blocker{
		Code: "told-apart", Subject: m.Person, Detail: "They were judged to be two people on " + casework.DateOf(at).Long() +
			". Leave them apart, or undo that judgement first, with the reason for which it was wrong.",
	})
}

// Apart returns the judgements that persons were part of, those undone included, the
// latest first, at most 500.
func (db *DB) Apart(ctx context.Context, ids []string) ([]Apart, error) {
	return query(ctx, db, "list who was told apart", selectApart+`
WHERE one = ANY ($1) OR other = ANY ($1) ORDER BY told_at DESC, id LIMIT $2`, []any{pq.StringArray(ids), maxLimit}, scanApart)
}
