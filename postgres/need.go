package postgres

import (
	"context"

	"homeward/casework"
)

// NeedFilter narrows [DB.UnmetNeeds]. Every zero value means "any".
type NeedFilter struct {
	// From and To are the first and last day.
	From, To casework.Date
	// Need is one of [casework.Needs], County a code.
	Need, County string
}

// NeedCount is how often there was no service for a need, without persons.
type NeedCount struct {
	Need   string `json:"need"`
	County string `json:"county"`
	// Month is like 2026-03.
	Month  string `json:"month"`
	Reason string `json:"reason"`
	Count  int    `json:"count"`
}

// unmetNeeds compares days as text, which orders them as dates.
const unmetNeeds = `
SELECT content -> 'body' ->> 'need', content -> 'body' ->> 'county', left(content -> 'body' ->> 'on', 7) AS month, content -> 'body' ->> 'reason', count(*)
FROM events
WHERE type = 'need.unmet' AND content -> 'body' ->> 'on' >= $1 AND content -> 'body' ->> 'on' <= $2
    AND ($3 = '' OR content -> 'body' ->> 'need' = $3) AND ($4 = '' OR content -> 'body' ->> 'county' = $4)
GROUP BY 1, 2, 3, 4 ORDER BY 3 DESC, 5 DESC, 1, 2, 4 LIMIT $5`

// maxCounts is far more than a state has needs and counties in some years.
const maxCounts = 10_000

// UnmetNeeds counts, from the log, the needs for which no service was found, the
// latest month first.
func (db *DB) UnmetNeeds(ctx context.Context, f NeedFilter) ([]NeedCount, error) {
	statement, args := f.statement()
	return query(ctx, db, "count needs without a service", statement, args, func(row scanner) (NeedCount, error) {
		var n NeedCount
		err := row.Scan(&n.Need, &n.County, &n.Month, &n.Reason, &n.Count)
		return n, err
	})
}

func (f NeedFilter) statement() (string, []any) {
	from, to := "0001-01-02", "9999-12-31"
	if !f.From.IsZero() {
		from = f.From.String()
	}
	if !f.To.IsZero() {
		to = f.To.String()
	}
	return unmetNeeds, []any{from, to, f.Need, f.County, maxCounts}
}
