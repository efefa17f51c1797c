package postgres

import (
	"context"

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
