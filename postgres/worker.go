package postgres

import (
	"context"
	"database/sql"

	"homeward/casework"
	"homeward/internal/audit"
)

// ChannelKind is a way to reach a person beside the inbox.
type ChannelKind string

// The kinds of channel.
const (
	ChannelEmail   ChannelKind = "email"
	ChannelWebhook ChannelKind = "webhook"
)

// Channel is an address at which a worker is told things.
type Channel struct {
	Kind ChannelKind `json:"channel"`
	// Address is personal.
	Address string `json:"address"`
	Active  bool   `json:"active"`
}

// Worker is a member of the agency's staff. The ID is opaque; the name and the
// addresses are personal.
type Worker struct {
	ID     string        `json:"id"`
	Role   casework.Role `json:"role"`
	Office string        `json:"office"`
	Unit   string        `json:"unit"`
	// Supervisor and Manager are worker IDs, empty where there is none.
	Supervisor string    `json:"supervisor,omitempty"`
	Manager    string    `json:"manager,omitempty"`
	Name       string    `json:"name"`
	Channels   []Channel `json:"channels"`
}

// WorkerFilter narrows [DB.Workers]; the zero value means all.
type WorkerFilter struct {
	Role       casework.Role
	Office     string
	Unit       string
	Supervisor string
	After      Position
	// Limit is the number of workers of a page: 50 by default, at most 500.
	Limit int
}

const selectWorkers = `
SELECT w.id, w.role, w.office, w.unit, w.supervisor, w.manager, w.name,
    (SELECT coalesce(json_agg(json_build_object('channel', c.channel, 'address', c.address, 'active', c.active)
            ORDER BY c.channel), '[]') FROM channels c WHERE c.worker = w.id)
FROM workers w`

// SaveWorker writes a worker and exactly these channels, whatever was there, with
// the line that goes into the audit.
// Notices that wait for a channel which is gone fail when they are next due.
func (db *DB) SaveWorker(ctx context.Context, w Worker, line audit.Entry) error {
	channels, err := asJSON(append([]Channel{}, w.Channels...)) // no channels are [], not null
	if err != nil {
		return err
	}
	return db.inTx(ctx, "save a worker", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `
INSERT INTO workers (id, role, office, unit, supervisor, manager, name) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (id) DO UPDATE SET role = excluded.role, office = excluded.office, unit = excluded.unit,
    supervisor = excluded.supervisor, manager = excluded.manager, name = excluded.name`,
			w.ID, w.Role, w.Office, w.Unit, w.Supervisor, w.Manager, w.Name); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM channels WHERE worker = $1`, w.ID); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
INSERT INTO channels (worker, channel, address, active)
SELECT $1, c.channel, c.address, c.active
FROM json_to_recordset($2::json) AS c(channel text, address text, active boolean)`, w.ID, channels)
		if err != nil {
			return err
		}
		return auditIn(ctx, tx, line)
	})
}

// Worker returns one worker, and NotFound when there is none.
func (db *DB) Worker(ctx context.Context, id string) (Worker, error) {
	w, err := scanWorker(db.pool.QueryRowContext(ctx, selectWorkers+` WHERE w.id = $1`, id))
	return w, found("read a worker", "There is no such worker.", err)
}

// Workers lists workers by ID.
func (db *DB) Workers(ctx context.Context, f WorkerFilter) (Page[Worker], error) {
	var id string
	if err := f.After.into(&id); err != nil {
		return Page[Worker]{}, err
	}
	rows, err := query(ctx, db, "list workers", selectWorkers+`
WHERE ($1 = '' OR w.role = $1) AND ($2 = '' OR w.office = $2) AND ($3 = '' OR w.unit = $3)
    AND ($4 = '' OR w.supervisor = $4) AND w.id > $5
ORDER BY w.id LIMIT $6`, []any{f.Role, f.Office, f.Unit, f.Supervisor, id, pageSize(f.Limit) + 1}, scanWorker)
	return paged(rows, pageSize(f.Limit), func(w Worker) Position { return positionOf(w.ID) }), err
}

func scanWorker(row scanner) (Worker, error) {
	var w Worker
	err := row.Scan(&w.ID, &w.Role, &w.Office, &w.Unit, &w.Supervisor, &w.Manager, &w.Name, document{&w.Channels})
	return w, err
}
