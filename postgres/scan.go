package postgres

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"homeward/casework"
)

// instant reads a timestamptz into a time in UTC, NULL into the zero time.
type instant struct{ to *time.Time }

// Scan implements [sql.Scanner].
func (i instant) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		*i.to = time.Time{}
	case time.Time:
		*i.to = v.UTC()
	default:
		return fmt.Errorf("%T is not an instant", value)
	}
	return nil
}

// day reads a date, NULL into the zero date.
type day struct{ to *casework.Date }

// Scan implements [sql.Scanner].
func (d day) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		*d.to = casework.Date{}
	case time.Time:
		*d.to = casework.DateOf(v)
	default:
		return fmt.Errorf("%T is not a date", value)
	}
	return nil
}

// document reads a json column into the value that to points at.
type document struct{ to any }

// Scan implements [sql.Scanner].
func (d document) Scan(value any) error {
	raw, ok := value.([]byte)
	if !ok {
		return fmt.Errorf("%T is not a document", value)
	}
	return json.Unmarshal(raw, d.to)
}

// nullDay is a date as a parameter, NULL for the zero date.
func nullDay(d casework.Date) sql.Null[string] {
	return sql.Null[string]{V: d.String(), Valid: !d.IsZero()}
}

// nullTime is the parameter for t: NULL for the zero time.
func nullTime(t time.Time) sql.Null[time.Time] {
	return sql.Null[time.Time]{V: t.UTC(), Valid: !t.IsZero()}
}

// asJSON is the parameter for a json value. It is a string because the driver
// sends bytes in binary form.
func asJSON(value any) (string, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return "", inconsistent("encode a %T: %w", value, err)
	}
	return string(raw), nil
}
