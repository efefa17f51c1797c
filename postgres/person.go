package postgres

import (
	"context"
	"database/sql"
	"errors"

	"homeward/casework"

	"github.com/lib/pq"
)

// Person is a child, a parent or another person of a family. Everything but the
// ID is personal and is held here alone; the rest of Homeward knows the ID.
type Person struct {
	// ID is given by [DB.Reserve]: "p-123".
	ID      string        `json:"id"`
	Name    string        `json:"name"`
	Born    casework.Date `json:"born,omitzero"`
	Sex     string        `json:"sex,omitempty"`
	Address string        `json:"address,omitempty"`
	Phone   string        `json:"phone,omitempty"`
}

// addPerson numbers a person and writes nothing where the key is taken. The row of the
// key comes first, so that two requests with one key wait for each other.
const addPerson = `
WITH asked AS (
    INSERT INTO person_keys (key, aggregate, person)
    SELECT $1, $2, 'p-' || nextval('person_numbers') WHERE NOT EXISTS (SELECT FROM person_keys k WHERE k.key = $1)
    ON CONFLICT (key) DO NOTHING
    RETURNING person
),
added AS (
    INSERT INTO persons (id, name, born, sex, address, phone) SELECT person, $3, $4::date, '', '', '' FROM asked
)
SELECT person FROM asked`

// AddPerson adds a person who is about to be put on a record, and returns their ID. The
// same key gets the same ID, and adds nobody again.
func (db *DB) AddPerson(ctx context.Context, key, aggregate string, p Person) (string, error) {
	if err := storable(p.Name); err != nil {
		return "", err
	}
	var id string
	err := db.pool.QueryRowContext(ctx, addPerson, key, aggregate, p.Name, nullDay(p.Born)).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		err = db.pool.QueryRowContext(ctx, `SELECT person FROM person_keys WHERE key = $1`, key).Scan(&id)
	}
	return id, failed("add a person", err)
}

// Persons returns the persons with these IDs, in the order of the IDs. Those
// that are not there are left out.
func (db *DB) Persons(ctx context.Context, ids []string) ([]Person, error) {
	return query(ctx, db, "read persons", `
SELECT id, name, born, sex, address, phone FROM persons
WHERE id = ANY ($1) ORDER BY array_position($1, id)`, []any{pq.StringArray(ids)},
		func(row scanner) (Person, error) {
			var p Person
			err := row.Scan(&p.ID, &p.Name, day{&p.Born}, &p.Sex, &p.Address, &p.Phone)
			return p, err
		})
}
