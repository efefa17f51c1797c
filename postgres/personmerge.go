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

// Merge says that two entries are one person: Person is read as Survivor until that
// is undone. It holds IDs and codes.
type Merge struct {
	// ID is made by the caller, so that the same merge can be sent again.
	ID       string    `json:"id"`
	Person   string    `json:"person"`
	Survivor string    `json:"survivor"`
	Reason   string    `json:"reason"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
	// Undo is made by the caller of the undoing. It and all below are empty while
	// the merge holds.
	Undo       string    `json:"-"`
	UndoReason string    `json:"undo_reason,omitempty"`
	UndoneBy   string    `json:"undone_by,omitempty"`
	UndoneAt   time.Time `json:"undone_at,omitzero"`
}

const selectMerges = `
SELECT id, person, survivor, reason, merged_by, merged_at, undo, undo_reason, undone_by, undone_at FROM person_merges `

func scanMerge(row scanner) (Merge, error) {
	var m Merge
	err := row.Scan(&m.ID, &m.Person, &m.Survivor, &m.Reason, &m.By, instant{&m.At}, &m.Undo, &m.UndoReason, &m.UndoneBy, instant{&m.UndoneAt})
	return m, err
}

// oneMerge lets merges pass one at a time, so that no two lead to each other.
const oneMerge = `SELECT pg_advisory_xact_lock(hashtextextended('person-merges', 0))`

// survivorOf follows merges from a person to the one that is read in their place.
const survivorOf = `
WITH RECURSIVE lead AS (
    SELECT m.person AS origin, m.survivor, 1 AS step FROM person_merges m WHERE m.person = ANY ($1) AND m.undone_at IS NULL
    UNION ALL
    SELECT lead.origin, m.survivor, lead.step + 1 FROM lead JOIN person_merges m ON m.person = lead.survivor AND m.undone_at IS NULL
)
SELECT DISTINCT ON (origin) origin, survivor FROM lead ORDER BY origin, step DESC`

// survivors returns who is read in the place of persons who were merged.
func (db *DB) survivors(ctx context.Context, ids []string) (map[string]string, error) {
	pairs, err := query(ctx, db, "follow merges", survivorOf, []any{pq.StringArray(ids)}, func(row scanner) ([2]string, error) {
		var pair [2]string
		err := row.Scan(&pair[0], &pair[1])
		return pair, err
	})
	lead := make(map[string]string, len(pairs))
	for _, pair := range pairs {
		lead[pair[0]] = pair[1]
	}
	return lead, err
}

// Cluster returns the IDs of all who are one person with these, and these: whom they
// are read as, and who is read as that one.
func (db *DB) Cluster(ctx context.Context, ids []string) ([]string, error) {
	lead, err := db.survivors(ctx, ids)
	if err != nil {
		return nil, err
	}
	roots := append([]string{}, ids...)
	for _, survivor := range lead {
		roots = append(roots, survivor)
	}
	return query(ctx, db, "follow merges", `
WITH RECURSIVE led AS (
    SELECT unnest($1::text[]) AS person
    UNION
    SELECT m.person FROM led JOIN person_merges m ON m.survivor = led.person AND m.undone_at IS NULL
)
SELECT person FROM led ORDER BY person`, []any{pq.StringArray(roots)}, scanText)
}

// MergePersons writes a merge with its line in the audit and returns it as it stands.
// The same one again changes nothing. It is Blocked where one of the two was merged
// already: the caller leads to whom.
func (db *DB) MergePersons(ctx context.Context, m Merge, line audit.Entry) (Merge, error) {
	err := db.inTx(ctx, "merge persons", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, oneMerge); err != nil {
			return err
		}
		before, err := scanMerge(tx.QueryRowContext(ctx, selectMerges+`WHERE id = $1`, m.ID))
		if !errors.Is(err, sql.ErrNoRows) {
			m = before
			return err
		}
		for _, merged := range []struct{ id, detail string }{
			{m.Person, "This person was merged already. Undo that first, if it was wrong."},
			{m.Survivor, "The person to merge into was merged into another one. Merge into that one instead."},
		} {
			var held bool
			if err := tx.QueryRowContext(ctx,
				`SELECT EXISTS (SELECT FROM person_merges WHERE person = $1 AND undone_at IS NULL)`, merged.id).Scan(&held); err != nil {
				return err
			}
			if held {
				return casework.BlockedBy("These two cannot be merged as they stand.",
					casework.Blocker{Code: "person-merged", Subject: merged.id, Detail: merged.detail})
			}
		}
		if err := apartBetween(ctx, tx, m); err != nil {
			return err
		}
		written, err := tx.ExecContext(ctx, `
INSERT INTO person_merges (id, person, survivor, reason, merged_by, merged_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			m.ID, m.Person, m.Survivor, m.Reason, m.By, m.At.UTC())
		if err != nil {
			return err
		}
		return auditChange(ctx, tx, written, line)
	})
	return m, err
}

// UnmergePerson undoes the merge of m.Person, with its line in the audit, and returns
// it as it stands: both are read as they were before. m.Undo names the request, so
// that it can be sent again. It is Blocked where the person is not merged. Where the
// reason is [DifferentPeople], the two are told apart from then on.
func (db *DB) UnmergePerson(ctx context.Context, m Merge, line audit.Entry) (Merge, error) {
	err := db.inTx(ctx, "undo a merge", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, oneMerge); err != nil {
			return err
		}
		before, err := scanMerge(tx.QueryRowContext(ctx, selectMerges+`WHERE person = $1 AND undo = $2`, m.Person, m.Undo))
		if !errors.Is(err, sql.ErrNoRows) {
			m = before
			return err
		}
		undone, err := tx.ExecContext(ctx, `
UPDATE person_merges SET undo = $2, undo_reason = $3, undone_by = $4, undone_at = $5 WHERE person = $1 AND undone_at IS NULL`,
			m.Person, m.Undo, m.UndoReason, m.UndoneBy, m.UndoneAt.UTC())
		if err != nil {
			return err
		}
		after, err := scanMerge(tx.QueryRowContext(ctx, selectMerges+`WHERE person = $1 AND undo = $2`, m.Person, m.Undo))
		if errors.Is(err, sql.ErrNoRows) {
			return NotMerged(m.Person)
		}
		if err != nil {
			return err
		}
		m = after
		if m.UndoReason == DifferentPeople {
			if _, err := tellApart(ctx, tx, Apart{
				ID: m.Undo, Person: m.Person, From: m.Survivor, Reason: DifferentPeople, By: m.UndoneBy, At: m.UndoneAt,
			}); err != nil {
				return err
			}
		}
		return auditChange(ctx, tx, undone, line)
	})
	return m, err
}

// DifferentPeople is the reason of an undoing that says more than that the merge was
// wrong: these are two people.
const DifferentPeople = "different-people"

// NotMerged refuses to undo what is not there.
func NotMerged(person string) error {
	return casework.BlockedBy("There is nothing to undo.",
		casework.Blocker{Code: "not-merged", Subject: person, Detail: "This person is not merged into another one."})
}

// Merges returns the merges that persons were part of, those undone included, the
// latest first, at most 500.
func (db *DB) Merges(ctx context.Context, ids []string) ([]Merge, error) {
	return query(ctx, db, "list merges", selectMerges+`
WHERE person = ANY ($1) OR survivor = ANY ($1) ORDER BY merged_at DESC, id LIMIT $2`, []any{pq.StringArray(ids), maxLimit}, scanMerge)
}
