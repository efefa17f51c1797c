package postgres

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
)

// SealedItem is an entry of a compartment. Content is encrypted; what it says is
// for the holder of the compartment's keys alone.
type SealedItem struct {
	// ID is given by the caller, so that the same entry can be saved again.
	ID string
	// Aggregate is the record that it belongs to, Subject the opaque ID of the
	// person whom it is about, empty for nobody in particular.
	Aggregate, Subject string
	// Supersedes is the ID of the entry of the same record and compartment that was
	// wrong, empty for none.
	Supersedes string
	Content    []byte
	// KeyID names the key that Content is encrypted with.
	KeyID string
	// CreatedBy is the ID of the worker who entered it.
	CreatedBy string
	CreatedAt time.Time
}

// in puts the table of a compartment into a statement. Tables are named here, and
// by nobody's request.
func in(compartment access.Compartment, statement string) (string, error) {
	if !compartment.Known() {
		return "", inconsistent("there is no compartment %q", compartment)
	}
	return strings.ReplaceAll(statement, "TABLE", "sealed."+string(compartment)), nil
}

// insertItem leaves an entry alone whose ID is there, and writes nothing that
// would supersede an entry of another record.
const insertItem = `
INSERT INTO TABLE AS i (id, aggregate, subject, supersedes, content, key_id, created_by, created_at)
SELECT $1, $2, $3, $4, $5, $6, $7, $8
WHERE $4::text = '' OR EXISTS (SELECT FROM TABLE w WHERE w.id = $4 AND w.aggregate = $2)
ON CONFLICT (id) DO NOTHING`

// SaveItem adds an entry to a compartment, with its line in the audit, and says
// whether it did: not where its ID is there already, and not where its record has
// no entry of the ID that it supersedes. It returns Blocked where that entry is
// superseded already.
func (db *DB) SaveItem(
	ctx context.Context, compartment access.Compartment, item SealedItem, line audit.Entry,
) (saved bool, err error) {
	err = db.inTx(ctx, "save an entry of a compartment", func(tx *sql.Tx) error {
		saved, err = saveItem(ctx, tx, compartment, item)
		if err != nil || !saved {
			return err
		}
		return auditIn(ctx, tx, line)
	})
	return saved, err
}

func saveItem(ctx context.Context, tx *sql.Tx, compartment access.Compartment, i SealedItem) (bool, error) {
	statement, err := in(compartment, insertItem)
	if err != nil {
		return false, err
	}
	result, err := tx.ExecContext(ctx, statement, i.ID, i.Aggregate, i.Subject, i.Supersedes, i.Content, i.KeyID,
		i.CreatedBy, i.CreatedAt.UTC())
	if violated(err, string(compartment)+"_superseded") {
		return false, casework.NewError(casework.Blocked, "This entry is superseded already. Supersede the newest one.")
	}
	if err != nil {
		return false, err
	}
	rows, err := result.RowsAffected()
	return rows == 1, err
}

const selectItems = `
SELECT id, aggregate, subject, supersedes, content, key_id, created_by, created_at
FROM TABLE WHERE aggregate = $1 ORDER BY created_at, id`

// Items returns what a compartment holds of a record, the oldest first, superseded
// entries among them.
func (db *DB) Items(ctx context.Context, compartment access.Compartment, aggregate string) ([]SealedItem, error) {
	statement, err := in(compartment, selectItems)
	if err != nil {
		return nil, err
	}
	return query(ctx, db, "read a compartment", statement, []any{aggregate}, func(row scanner) (SealedItem, error) {
		var i SealedItem
		err := row.Scan(&i.ID, &i.Aggregate, &i.Subject, &i.Supersedes, &i.Content, &i.KeyID, &i.CreatedBy,
			instant{&i.CreatedAt})
		return i, err
	})
}

// dropReporter spares the entry of a report that was opened.
const dropReporter = `
DELETE FROM sealed.reporter i
WHERE i.id = $1 AND NOT EXISTS (SELECT FROM events e WHERE e.aggregate = i.aggregate)`

// DropReporter removes who made a report that was refused, and so never was. An
// entry of a report that is there stays.
func (db *DB) DropReporter(ctx context.Context, id string) error {
	_, err := db.pool.ExecContext(ctx, dropReporter, id)
	return failed("drop the reporter of a refused report", err)
}
