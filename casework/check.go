package casework

import (
	"slices"
	"strings"
	"time"
)

// clockSkew is how far a caller's clock may run ahead of the record's before an
// instant counts as in the future.
const clockSkew = 2 * time.Minute

// earliest is the first day that any fact may carry. Older dates are slips of
// the keyboard.
func earliest() Date { return NewDate(1950, time.January, 1) }

// checker looks at the form of a body's fields and keeps the first refusal,
// naming the field by its JSON name.
type checker struct {
	now time.Time
	loc *time.Location
	err *Error
}

func (k *checker) refuse(field, detail string) {
	if k.err == nil {
		k.err = InvalidField(field, detail)
	}
}

// required refuses an empty text.
func (k *checker) required(field, value string) {
	if strings.TrimSpace(value) == "" {
		k.refuse(field, "This field is required.")
	}
}

// maxID bounds the length of an opaque ID.
const maxID = 64

// IsOpaque says whether an ID is made as those of people and places are, so that it
// can hold no sentence and stand where everybody reads it. The empty ID is.
func IsOpaque(id string) bool {
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:|"
	return len(id) <= maxID && strings.Trim(id, allowed) == ""
}

// opaque refuses an ID that is missing or that could hold a name or an address:
// IDs travel where everybody can read them.
func (k *checker) opaque(field, id string) {
	k.required(field, id)
	if !IsOpaque(id) {
		k.refuse(field, "This must be an ID of letters, digits and - _ . : | alone, of at most 64, and no name or address.")
	}
}

// oneOf refuses a code that is not in the list.
func (k *checker) oneOf(field, value string, codes ...string) {
	if !slices.Contains(codes, value) {
		k.refuse(field, "Unknown code. Use one of: "+strings.Join(codes, ", ")+".")
	}
}

// day refuses a missing date, one in the future and one before living memory.
func (k *checker) day(field string, d Date) {
	switch {
	case d.IsZero():
		k.refuse(field, "A date like 2026-01-31 is required.")
	case d.After(DateOf(k.now.In(k.loc))):
		k.refuse(field, "This date is in the future. Record it when it has happened.")
	case d.Before(earliest()):
		k.refuse(field, "This date is too long ago to be right. Give one from 1950 on.")
	}
}

// instant refuses a missing instant, one in the future and one before living memory.
func (k *checker) instant(field string, t time.Time) {
	switch {
	case t.IsZero():
		k.refuse(field, "A time with its zone, like 2026-01-31T14:05:00-08:00, is required.")
	case t.After(k.now.Add(clockSkew)):
		k.refuse(field, "This time is in the future. Record it when it has happened.")
	case DateOf(t).Before(earliest()):
		k.refuse(field, "This time is too long ago to be right. Give one from 1950 on.")
	}
}

// list refuses an empty list, empty entries and repeated ones.
func (k *checker) list(field string, values []string) {
	if len(values) == 0 {
		k.refuse(field, "Name at least one.")
	}
	for i, v := range values {
		if strings.TrimSpace(v) == "" {
			k.refuse(field, "An entry is empty. Fill it, or leave it out.")
		}
		if slices.Contains(values[:i], v) {
			k.refuse(field, "An entry stands in the list twice. Name it once.")
		}
	}
}

// moment is when the thing of a body happened: an instant, or a local day.
type moment struct {
	at time.Time
	on Date
}

// occurred says when the thing that a command records happened: its instant,
// the beginning (in UTC) of the day of a thing that has only a day, or the time
// of recording where the step is itself the act.
func occurred(c Command) time.Time {
	if t, ok := c.Body.(timed); ok {
		m := t.happened()
		if !m.at.IsZero() {
			return m.at.UTC().Truncate(time.Microsecond)
		}
		if !m.on.IsZero() {
			return m.on.Start(time.UTC)
		}
	}
	return c.Now
}
