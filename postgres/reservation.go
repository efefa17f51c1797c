package postgres

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"

	"github.com/lib/pq"
)

// Reservation asks for the number of a new record.
type Reservation struct {
	// Key makes it safe to ask again: the same key always gets the same number.
	Key  string                 `json:"key"`
	Kind casework.AggregateKind `json:"kind"`
	// Fingerprint is a hash of what is to be opened.
	Fingerprint string `json:"fingerprint"`
	// Persons get an ID each. One who carries an ID is known already, and stays as
	// they are: the caller has made sure that there is such a person.
	Persons []Person `json:"persons,omitempty"`
	// Texts are saved for the new record; the aggregate they carry is ignored.
	Texts []Text `json:"-"`
	// Reporter encrypts who made the report, for the record that the number makes:
	// that is known only while the number is drawn. It comes with its line in the
	// audit. Nil where nobody is named.
	Reporter func(aggregate string) (SealedItem, audit.Entry, error) `json:"-"`
}

// Reserved is what a key got, the first time it asked.
type Reserved struct {
	// Number is that of the record: "1002".
	Number string
	// Persons are the IDs, in the order in which the persons were given.
	Persons []string
	// Fingerprint is that of the first call: where it differs from this call's,
	// the key was used for something else.
	Fingerprint string
	// New says whether this call was the first.
	New bool
}

// reserve numbers the persons first, so that the reservation can name them, and
// writes nothing where the key is taken: neither a row nor, but for a race, a
// number of the sequence.
const reserve = `
WITH asked AS (
    SELECT r.key, r.kind, r.fingerprint, r.persons
    FROM json_to_record($1::json) AS r(key text, kind text, fingerprint text, persons json)
    WHERE NOT EXISTS (SELECT FROM reservations t WHERE t.key = r.key)
),
numbered AS MATERIALIZED (
    SELECT CASE WHEN coalesce(p.id, '') = '' THEN 'p-' || nextval('person_numbers') ELSE p.id END AS id,
        coalesce(p.id, '') = '' AS fresh, p.place, p.name, p.born, p.sex, p.address, p.phone
    FROM asked, ROWS FROM (json_to_recordset(asked.persons)
        AS (id text, name text, born date, sex text, address text, phone text)) WITH ORDINALITY
        AS p(id, name, born, sex, address, phone, place)
),
reservation AS (
    INSERT INTO reservations (key, kind, number, fingerprint, persons)
    SELECT key, kind,
        CASE kind WHEN 'report' THEN nextval('report_numbers') WHEN 'case' THEN nextval('case_numbers') END,
        fingerprint, (SELECT coalesce(array_agg(id ORDER BY place), '{}') FROM numbered)
    FROM asked
    ON CONFLICT (key) DO NOTHING
    RETURNING kind, number, persons, fingerprint
),
person AS (
    INSERT INTO persons (id, name, born, sex, address, phone)
    SELECT n.id, n.name, n.born, coalesce(n.sex, ''), coalesce(n.address, ''), coalesce(n.phone, '')
    FROM reservation, numbered n WHERE n.fresh
)
SELECT number, persons, fingerprint, true FROM reservation`

const reserved = `SELECT number, persons, fingerprint, false FROM reservations WHERE key = $1`

// Reserve gives a new record its number, stores its persons and who made the report,
// and gives the persons their IDs, all at once; then it stores the narratives, which takes the number, because
// they are sealed with the record's secret. A key that has been used gets what it
// got the first time, and nothing is stored; concurrent calls with one key get one
// number. Where the narratives could not be stored, the number is not New when it
// is asked for again: the caller saves them then.
func (db *DB) Reserve(ctx context.Context, r Reservation) (Reserved, error) {
	for _, t := range r.Texts {
		if err := storable(t.Body); err != nil {
			return Reserved{}, err
		}
	}
	parameter, err := asJSON(r)
	if err != nil {
		return Reserved{}, err
	}
	first, err := db.reserveFirst(ctx, r, parameter)
	if errors.Is(err, sql.ErrNoRows) {
		first, err = scanReserved(db.pool.QueryRowContext(ctx, reserved, r.Key))
	}
	if err != nil || !first.New {
		return first, failed("reserve a number", err)
	}
	texts := slices.Clone(r.Texts)
	for i := range texts {
		texts[i].Aggregate = casework.AggregateID(r.Kind, first.Number)
	}
	return first, db.SaveTexts(ctx, texts)
}

// reserveFirst returns [sql.ErrNoRows] where the key is taken. A number without a
// reporter takes one statement, and no right to the compartment.
func (db *DB) reserveFirst(ctx context.Context, r Reservation, parameter string) (Reserved, error) {
	if r.Reporter == nil {
		return scanReserved(db.pool.QueryRowContext(ctx, reserve, parameter))
	}
	var first Reserved
	taken := false
	err := db.inTx(ctx, "reserve a number", func(tx *sql.Tx) error {
		var err error
		if first, err = scanReserved(tx.QueryRowContext(ctx, reserve, parameter)); errors.Is(err, sql.ErrNoRows) {
			taken = true
			return nil
		} else if err != nil {
			return err
		}
		item, line, err := r.Reporter(casework.AggregateID(r.Kind, first.Number))
		if err != nil {
			return err
		}
		if _, err := saveItem(ctx, tx, access.Reporter, item); err != nil {
			return err
		}
		return auditIn(ctx, tx, line)
	})
	if taken && err == nil {
		err = sql.ErrNoRows
	}
	return first, err
}

func scanReserved(row scanner) (Reserved, error) {
	var r Reserved
	err := row.Scan(&r.Number, (*pq.StringArray)(&r.Persons), &r.Fingerprint, &r.New)
	return r, err
}
