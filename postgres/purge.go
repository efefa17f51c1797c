package postgres

import (
	"context"
	"database/sql"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
)

// Purge is a request to destroy a record. One person asks, another approves.
type Purge struct {
	// ID is given by the caller, so that the same request can be sent again.
	ID     string `json:"id"`
	Record string `json:"record"`
	// Authority is a code, Reference names the order or the rule.
	Authority string `json:"authority"`
	Reference string `json:"reference"`
	// Reason is the ID of a text.
	Reason      string    `json:"reason,omitempty"`
	RequestedBy string    `json:"requested_by"`
	RequestedAt time.Time `json:"requested_at"`
	ApprovedBy  string    `json:"approved_by,omitempty"`
	ApprovedAt  time.Time `json:"approved_at,omitzero"`
	WithdrawnBy string    `json:"withdrawn_by,omitempty"`
	WithdrawnAt time.Time `json:"withdrawn_at,omitzero"`
	DoneAt      time.Time `json:"done_at,omitzero"`
}

// Samples were sealed with the secret of a record before it was destroyed, to show
// afterwards that they do not open: a payload of Temporal as it is sent, and a text.
// Both are empty where encryption was off.
type Samples struct{ Payload, Text []byte }

const selectPurges = `
SELECT id, record, authority, reference, reason, requested_by, requested_at, approved_by, approved_at,
    withdrawn_by, withdrawn_at, done_at
FROM purges `

func scanPurge(row scanner) (Purge, error) {
	var p Purge
	err := row.Scan(&p.ID, &p.Record, &p.Authority, &p.Reference, &p.Reason, &p.RequestedBy, instant{&p.RequestedAt},
		&p.ApprovedBy, instant{&p.ApprovedAt}, &p.WithdrawnBy, instant{&p.WithdrawnAt}, instant{&p.DoneAt})
	return p, err
}

// RequestPurge stores a request, with its line in the audit, and returns it as it
// is stored. It is Blocked while
// the record is open or held, and where another request for it is on its way.
func (db *DB) RequestPurge(ctx context.Context, p Purge, line audit.Entry) (Purge, error) {
	err := db.inTx(ctx, "request a purge", func(tx *sql.Tx) error {
		if err := lockErasure(ctx, tx, p.Record); err != nil {
			return err
		}
		if err := purgeable(ctx, tx, p.Record); err != nil {
			return err
		}
		var another bool
		if err := tx.QueryRowContext(ctx,
			`SELECT EXISTS (SELECT FROM purges WHERE record = $1 AND id <> $2 AND withdrawn_at IS NULL)`, p.Record, p.ID).Scan(&another); err != nil {
			return err
		}
		if another {
			return casework.BlockedBy("Somebody has asked for this already.",
				casework.Blocker{Code: "purge-requested", Detail: "A request to destroy this record is on its way."})
		}
		asked, err := tx.ExecContext(ctx, `
INSERT INTO purges (id, record, authority, reference, reason, requested_by, requested_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING`,
			p.ID, p.Record, p.Authority, p.Reference, p.Reason, p.RequestedBy, p.RequestedAt.UTC())
		if err != nil {
			return err
		}
		if p, err = scanPurge(tx.QueryRowContext(ctx, selectPurges+`WHERE id = $1`, p.ID)); err != nil {
			return err
		}
		return auditChange(ctx, tx, asked, line)
	})
	return p, err
}

// purgeable refuses to destroy what is open, held, or to be reviewed.
func purgeable(ctx context.Context, tx *sql.Tx, record string) error {
	var closed bool
	err := tx.QueryRowContext(ctx, `SELECT closed_at IS NOT NULL FROM records WHERE aggregate = $1`, record).Scan(&closed)
	if err != nil {
		return found("read a record", "There is no such record.", err)
	}
	if !closed {
		return casework.BlockedBy("Only a closed record can be destroyed.",
			casework.Blocker{Code: "record-open", Detail: "The record is open. It has to be closed first."})
	}
	var unreviewed bool
	if err := tx.QueryRowContext(ctx,
		`SELECT EXISTS (SELECT FROM glass WHERE aggregate = $1 AND reviewed_at IS NULL)`, record).Scan(&unreviewed); err != nil {
		return err
	}
	if unreviewed {
		return casework.BlockedBy("Somebody has read this record in an emergency, which is to be reviewed first.",
			casework.Blocker{Code: "glass-unreviewed", Detail: "A broken glass waits for its review."})
	}
	return held(ctx, tx, record)
}

// ApprovePurge approves a request and returns it. Nobody approves their own: that
// is Forbidden. It is Blocked where the record is held or the request was withdrawn,
// and NotFound where the record has no such request. A second approval by the same
// person changes nothing.
func (db *DB) ApprovePurge(ctx context.Context, record, id, by string, at time.Time, line audit.Entry) (Purge, error) {
	return db.decidePurge(ctx, record, id, func(tx *sql.Tx, p Purge) error {
		switch {
		case p.RequestedBy == by:
			return casework.NewError(casework.Forbidden, "Nobody approves their own request. Another person must do it.")
		case !p.WithdrawnAt.IsZero():
			return casework.BlockedBy("This request was withdrawn.",
				casework.Blocker{Code: "purge-withdrawn", Detail: "Ask again, if the record is to be destroyed."})
		case !p.ApprovedAt.IsZero():
			return nil
		}
		if err := purgeable(ctx, tx, record); err != nil {
			return err
		}
		changed, err := tx.ExecContext(ctx, `UPDATE purges SET approved_by = $2, approved_at = $3 WHERE id = $1`, id, by, at.UTC())
		if err != nil {
			return err
		}
		return auditChange(ctx, tx, changed, line)
	})
}

// WithdrawPurge takes a request back, or declines it. It is Blocked once the request
// is approved.
func (db *DB) WithdrawPurge(ctx context.Context, record, id, by string, at time.Time, line audit.Entry) (Purge, error) {
	return db.decidePurge(ctx, record, id, func(tx *sql.Tx, p Purge) error {
		switch {
		case !p.ApprovedAt.IsZero():
			return casework.BlockedBy("This request was approved already.",
				casework.Blocker{Code: "purge-approved", Detail: "The record is being destroyed."})
		case !p.WithdrawnAt.IsZero():
			return nil
		}
		changed, err := tx.ExecContext(ctx, `UPDATE purges SET withdrawn_by = $2, withdrawn_at = $3 WHERE id = $1`, id, by, at.UTC())
		if err != nil {
			return err
		}
		return auditChange(ctx, tx, changed, line)
	})
}

func (db *DB) decidePurge(ctx context.Context, record, id string, decide func(*sql.Tx, Purge) error) (Purge, error) {
	var p Purge
	err := db.inTx(ctx, "decide on a purge", func(tx *sql.Tx) error {
		if err := lockErasure(ctx, tx, record); err != nil {
			return err
		}
		read := func() error {
			var err error
			p, err = scanPurge(tx.QueryRowContext(ctx, selectPurges+`WHERE id = $1 AND record = $2`, id, record))
			return found("read a purge", "There is no such request on this record.", err)
		}
		if err := read(); err != nil {
			return err
		}
		if err := decide(tx, p); err != nil {
			return err
		}
		return read()
	})
	return p, err
}

// Purges lists the requests to destroy a record, the latest first.
func (db *DB) Purges(ctx context.Context, record string) ([]Purge, error) {
	return query(ctx, db, "list purges", selectPurges+`WHERE record = $1 ORDER BY requested_at DESC, id`, []any{record}, scanPurge)
}

// UnfinishedPurges lists the requests that are approved and not done, at most 500.
func (db *DB) UnfinishedPurges(ctx context.Context) ([]Purge, error) {
	return query(ctx, db, "list purges",
		selectPurges+`WHERE approved_at IS NOT NULL AND done_at IS NULL ORDER BY approved_at LIMIT $1`, []any{maxLimit}, scanPurge)
}

// Purge returns a request, and NotFound where there is none.
func (db *DB) Purge(ctx context.Context, id string) (Purge, error) {
	p, err := scanPurge(db.pool.QueryRowContext(ctx, selectPurges+`WHERE id = $1`, id))
	return p, found("read a purge", "There is no such request.", err)
}

// DestroySecret destroys the secret of the record of an approved purge, so that it
// has none for ever, and keeps the samples. Called again it changes nothing. It is
// Blocked while the record is held.
func (db *DB) DestroySecret(ctx context.Context, purge string, s Samples, at time.Time) error {
	return db.inTx(ctx, "destroy a secret", func(tx *sql.Tx) error {
		p, err := scanPurge(tx.QueryRowContext(ctx, selectPurges+`WHERE id = $1`, purge))
		if err != nil {
			return found("read a purge", "There is no such request.", err)
		}
		if err := lockErasure(ctx, tx, p.Record); err != nil {
			return err
		}
		var destroyed bool
		err = tx.QueryRowContext(ctx,
			`SELECT EXISTS (SELECT FROM keys.secrets WHERE record = $1 AND destroyed_at IS NOT NULL)`, p.Record).Scan(&destroyed)
		if err != nil || destroyed {
			return err
		}
		if err := held(ctx, tx, p.Record); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `
UPDATE purges SET sample_payload = $2, sample_text = $3 WHERE id = $1`, purge, s.Payload, s.Text); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
INSERT INTO keys.secrets (record, ring_key, wrapped, digest, created_at, destroyed_at, destroyed_by, authority)
VALUES ($1, '', NULL, '', $2, $2, $3, $4)
ON CONFLICT (record) DO UPDATE SET wrapped = NULL, destroyed_at = excluded.destroyed_at,
    destroyed_by = excluded.destroyed_by, authority = excluded.authority`, p.Record, at.UTC(), purge, p.Authority)
		if err != nil {
			return err
		}
		return auditIn(ctx, tx, p.line("key-destroyed"))
	})
}

// line is that of the audit for what is done on the word of who has approved it.
func (p Purge) line(part string) audit.Entry {
	return audit.Entry{
		Actor: casework.Actor{ID: p.ApprovedBy, Role: casework.RoleSystem}, Action: access.ApprovePurge, Outcome: audit.Done,
		Record: p.Record, Part: part, Command: p.ID,
	}
}

// erasing is how long the rows of one record may take: some tables have no index
// by record, because nothing else asks them so.
const erasing = `SET LOCAL statement_timeout = '5min'`

// EraseRecord deletes every row of the record of a purge whose secret is destroyed,
// leaves a tombstone, and returns its proof. executions is how many runs Temporal
// has deleted. Called again it returns the same proof.
func (db *DB) EraseRecord(ctx context.Context, purge string, executions int, at time.Time) (proof string, err error) {
	err = db.inTx(ctx, "erase a record", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, erasing); err != nil {
			return err
		}
		p, err := scanPurge(tx.QueryRowContext(ctx, selectPurges+`WHERE id = $1`, purge))
		if err != nil {
			return found("read a purge", "There is no such request.", err)
		}
		var before bool
		err = tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM tombstones WHERE record = $1)`, p.Record).Scan(&before)
		if err != nil {
			return err
		}
		err = tx.QueryRowContext(ctx, `SELECT erase_record($1, $2, $3)`, purge, executions, at.UTC()).Scan(&proof)
		if err != nil || before {
			return err
		}
		return auditIn(ctx, tx, p.line("rows-erased"))
	})
	return proof, err
}

// FinishPurge notes that nothing is left of the record anywhere.
func (db *DB) FinishPurge(ctx context.Context, purge string, at time.Time) error {
	_, err := db.pool.ExecContext(ctx, `UPDATE purges SET done_at = $2 WHERE id = $1 AND done_at IS NULL`, purge, at.UTC())
	return failed("finish a purge", err)
}
