package postgres

import (
	"context"
	"database/sql"
	"iter"

	"homeward/casework"
)

// ReadModels is everything that lists show of one record.
type ReadModels struct {
	Summary  casework.Summary        `json:"summary"`
	Children []casework.ChildSummary `json:"children,omitempty"`
	Adults   []casework.AdultSummary `json:"adults,omitempty"`
	Duties   []casework.Duty         `json:"duties,omitempty"`
}

// ReplaceReadModels puts what was computed from the log of a record in the
// place of all that lists show of it. Rows that a later transition has written
// meanwhile stay. It returns Stale when the log has events that the summary
// does not know: read them and compute again.
func (db *DB) ReplaceReadModels(ctx context.Context, m ReadModels) error {
	parameter, err := asJSON(m)
	if err != nil {
		return err
	}
	aggregate, revision := m.Summary.Aggregate, m.Summary.Revision
	return db.inTx(ctx, "replace read models", func(tx *sql.Tx) error {
		var last int
		if err := tx.QueryRowContext(ctx,
			`SELECT coalesce(max(seq), 0) FROM events WHERE aggregate = $1`, aggregate).Scan(&last); err != nil {
			return err
		}
		if last != revision {
			return casework.NewError(casework.Stale, "The record has moved on meanwhile.")
		}
		for _, statement := range []string{
			`DELETE FROM records WHERE aggregate = $1 AND revision <= $2`,
			`DELETE FROM children WHERE aggregate = $1 AND revision <= $2`,
			`DELETE FROM adults WHERE aggregate = $1 AND revision <= $2`,
			`DELETE FROM duties WHERE aggregate = $1 AND revision <= $2`,
		} {
			if _, err := tx.ExecContext(ctx, statement, aggregate, revision); err != nil {
				return err
			}
		}
		for _, statement := range []string{upsertRecord, upsertChildren, upsertAdults, upsertDuties} {
			if _, err := tx.ExecContext(ctx, statement, parameter); err != nil {
				return err
			}
		}
		return nil
	})
}

// Aggregates goes through every record that has a log, in the order of its ID,
// whether or not the read models know it. It ends with the first error.
func (db *DB) Aggregates(ctx context.Context) iter.Seq2[string, error] {
	return pages(func(after string) ([]string, error) {
		return query(ctx, db, "list logs",
			`SELECT aggregate FROM events WHERE seq = 1 AND aggregate > $1 ORDER BY aggregate LIMIT $2`,
			[]any{after, maxLimit}, func(row scanner) (string, error) {
				var aggregate string
				err := row.Scan(&aggregate)
				return aggregate, err
			})
	}, func(last string) string { return last })
}

// OpenRecords goes through every record that is not closed, in the order of its
// ID. It ends with the first error.
func (db *DB) OpenRecords(ctx context.Context) iter.Seq2[casework.Summary, error] {
	return pages(func(after string) ([]casework.Summary, error) {
		return query(ctx, db, "list open records", `SELECT `+recordColumns+` FROM records
WHERE closed_at IS NULL AND aggregate > $1 ORDER BY aggregate LIMIT $2`, []any{after, maxLimit}, scanSummary)
	}, func(last casework.Summary) string { return last.Aggregate })
}

// pages goes through a list of unknown length, one page of maxLimit at a time,
// each starting after the key of the last item.
func pages[T any](page func(after string) ([]T, error), key func(last T) string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		after := ""
		for {
			items, err := page(after)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if len(items) < maxLimit {
				return
			}
			after = key(items[len(items)-1])
		}
	}
}
