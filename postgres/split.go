package postgres

import (
	"context"
	"database/sql"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"

	"github.com/lib/pq"
)

const selectSplits = `
SELECT id, aggregate, number, children, persons, reason, note, worker, supervisor, by_worker, by_role, state, why, attempts,
    set_at, done_at, fingerprint
FROM splits `

func scanSplit(row scanner) (s casework.Splitting, fingerprint string, err error) {
	var aggregate string
	b := &s.Split
	err = row.Scan(&s.ID, &aggregate, &b.Number, (*pq.StringArray)(&b.Children), (*pq.StringArray)(&b.Persons), &b.Reason,
		(*string)(&b.Note), &b.Worker, &b.Supervisor, &s.By.ID, &s.By.Role, &s.State, &s.Reason, &s.Attempts, instant{&s.At},
		instant{&s.DoneAt}, &fingerprint)
	_, s.Case, _ = casework.SplitAggregate(aggregate)
	if len(b.Persons) == 0 {
		b.Persons = nil
	}
	return s, fingerprint, err
}

func splitOnly(row scanner) (casework.Splitting, error) {
	s, _, err := scanSplit(row)
	return s, err
}

// Split returns a split, and NotFound where there is none.
func (db *DB) Split(ctx context.Context, id string) (casework.Splitting, error) {
	s, err := splitOnly(db.pool.QueryRowContext(ctx, selectSplits+`WHERE id = $1`, id))
	return s, found("read a split", "There is no such split.", err)
}

// SplitsOf returns the splits of a case and the one from which it came, oldest
// first, at most 500.
func (db *DB) SplitsOf(ctx context.Context, number string) ([]casework.Splitting, error) {
	return query(ctx, db, "list the splits of a case", selectSplits+`
WHERE aggregate = $1 OR number = $2 ORDER BY set_at, id LIMIT $3`,
		[]any{casework.AggregateID(casework.KindCase, number), number, maxLimit}, splitOnly)
}

// UnsettledSplits returns those that are not settled, at most 500.
func (db *DB) UnsettledSplits(ctx context.Context) ([]casework.Splitting, error) {
	return query(ctx, db, "list splits", selectSplits+`
WHERE state IN ('planned', 'left', 'undoing') ORDER BY set_at LIMIT $1`, []any{maxLimit}, splitOnly)
}

// PlanSplit stores a split with its line in the audit and returns it as it is
// stored. The same one again changes nothing; another under the same ID is
// [casework.Reused].
func (db *DB) PlanSplit(ctx context.Context, s casework.Splitting, fingerprint string, line audit.Entry) (casework.Splitting, error) {
	var stored casework.Splitting
	b := s.Split
	err := db.inTx(ctx, "plan a split", func(tx *sql.Tx) error {
		planned, err := tx.ExecContext(ctx, `
INSERT INTO splits (id, fingerprint, aggregate, number, children, persons, reason, note, worker, supervisor, by_worker, by_role, state, set_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (id) DO NOTHING`,
			s.ID, fingerprint, s.Record(), b.Number, pq.StringArray(b.Children), pq.StringArray(append([]string{}, b.Persons...)), b.Reason,
			string(b.Note), b.Worker, b.Supervisor, s.By.ID, s.By.Role, s.State, s.At.UTC())
		if err != nil {
			return err
		}
		var mark string
		if stored, mark, err = scanSplit(tx.QueryRowContext(ctx, selectSplits+`WHERE id = $1`, s.ID)); err != nil {
			return err
		}
		if mark != fingerprint {
			return casework.NewError(casework.Reused,
				"This Idempotency-Key was used before with another body. Take a new key for a new step.")
		}
		return auditChange(ctx, tx, planned, line)
	})
	return stored, err
}

// SaveSplit writes where a split stands. Once it is done, the audit of the new case
// says who asked for it.
func (db *DB) SaveSplit(ctx context.Context, s casework.Splitting) error {
	return db.inTx(ctx, "note where a split stands", func(tx *sql.Tx) error {
		saved, err := tx.ExecContext(ctx, `
UPDATE splits SET state = $2, why = $3, attempts = $4, done_at = $5 WHERE id = $1 AND done_at IS NULL`,
			s.ID, s.State, s.Reason, s.Attempts, nullTime(s.DoneAt))
		if err != nil || s.State != casework.SplitDone {
			return err
		}
		return auditChange(ctx, tx, saved, audit.Entry{
			Actor: s.By, Action: access.TakeStep, Outcome: audit.Done, Record: s.Opened(), Part: "case.branched", Reason: s.Split.Reason,
		})
	})
}

// ShieldSplit gives the new case, before it is there, what protects the one that is
// split: who was named for it and who must not see it, that a court has sealed it,
// and that it must not be destroyed. Again, it changes nothing.
func (db *DB) ShieldSplit(ctx context.Context, s casework.Splitting, at time.Time) error {
	return db.inTx(ctx, "protect the case of those who leave", func(tx *sql.Tx) error {
		if err := lockErasure(ctx, tx, s.Record()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
INSERT INTO access_rules (id, aggregate, kind, worker, ground, set_by, set_at, expires_at)
SELECT left(x.id, 64) || '/' || $2, $2, x.kind, x.worker, x.ground, x.set_by, $3, x.expires_at FROM access_rules x
WHERE x.aggregate = $1 AND x.ended_at IS NULL AND (x.expires_at IS NULL OR x.expires_at > $3) ON CONFLICT DO NOTHING`,
			s.Record(), s.Opened(), at.UTC())
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
INSERT INTO holds (id, record, authority, reference, reason, placed_by, placed_at)
SELECT left(h.id, 64) || '/' || $2, $2, h.authority, h.reference, '', h.placed_by, $3 FROM holds h
WHERE h.record = $1 AND h.released_at IS NULL ON CONFLICT DO NOTHING`, s.Record(), s.Opened(), at.UTC())
		return err
	})
}

// UnshieldSplit ends what protects a case that was not opened.
func (db *DB) UnshieldSplit(ctx context.Context, s casework.Splitting, at time.Time) error {
	return db.inTx(ctx, "end the protection of a case that was not opened", func(tx *sql.Tx) error {
		for _, statement := range []string{
			`UPDATE access_rules SET ended_at = $2, ended_by = set_by WHERE aggregate = $1 AND ended_at IS NULL`,
			`UPDATE holds SET released_at = $2, released_by = placed_by WHERE record = $1 AND released_at IS NULL`,
		} {
			if _, err := tx.ExecContext(ctx, statement, s.Opened(), at.UTC()); err != nil {
				return err
			}
		}
		return nil
	})
}
