package postgres

import (
	"encoding/json"

	"homeward/casework"
)

// Page is one part of a list. Next is the position to ask for the following
// part with, and empty when there is none.
type Page[T any] struct {
	Items []T
	Next  Position
}

// Position is a place in a list between two rows, by the values that the list
// is ordered by: rows that come or go elsewhere neither repeat nor hide others.
// The empty position is the beginning. Its content is nobody's business but
// this package's, and may hold IDs: the API wraps it before it gives it away.
type Position string

// The number of items of a page when none is asked for, and the most there can be.
const (
	defaultLimit = 50
	maxLimit     = 500
)

func pageSize(limit int) int {
	if limit <= 0 {
		return defaultLimit
	}
	return min(limit, maxLimit)
}

// positionOf makes the position behind a row from its ordering values.
func positionOf(keys ...any) Position {
	raw, err := json.Marshal(keys)
	if err != nil {
		return "" // Strings, numbers and times always encode.
	}
	return Position(raw)
}

// into reads the position's values into what keys point at, and leaves them
// alone at the beginning of a list. It refuses a position of another list.
func (p Position) into(keys ...any) error {
	if p == "" {
		return nil
	}
	var raw []json.RawMessage
	if err := json.Unmarshal([]byte(p), &raw); err != nil || len(raw) != len(keys) {
		return badCursor()
	}
	for i, key := range keys {
		if err := json.Unmarshal(raw[i], key); err != nil {
			return badCursor()
		}
	}
	return nil
}

func badCursor() error {
	return casework.InvalidField("cursor", "This cursor does not belong to this list. Start again without it.")
}

// paged cuts the one row too many by which a query saw that the list goes on.
func paged[T any](rows []T, limit int, position func(last T) Position) Page[T] {
	if len(rows) <= limit {
		return Page[T]{Items: rows}
	}
	rows = rows[:limit]
	return Page[T]{Items: rows, Next: position(rows[limit-1])}
}
