package explain

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"homeward/casework"
)

const (
	// firstYear and lastYear bound every date. What lies outside is a slip of
	// the keyboard.
	firstYear, lastYear = 1900, 2200
	// maxText is the longest text, in characters: all of them are codes and IDs.
	maxText = 200
	// anInstant shows how an instant is written.
	anInstant = "2025-03-08T20:30:00-06:00"
)

func inRange(d casework.Date) bool {
	year, _, _ := d.Civil()
	return year >= firstYear && year <= lastYear
}

// member is a name with its value in a JSON object. Field is the path to it.
type member struct {
	name, field string
	value       json.RawMessage
}

// object returns the members of a JSON object in their order, each name once.
// The data must be one valid JSON value.
func (r *reader) object(fact int, field string, data json.RawMessage) ([]member, bool) {
	d := json.NewDecoder(bytes.NewReader(data))
	if token, err := d.Token(); err != nil || token != json.Delim('{') {
		if field == "" {
			field = "input"
		}
		r.refuse(fact, field, "must be a JSON object, in { and }")
		return nil, false
	}
	var members []member
	for d.More() {
		token, err := d.Token()
		name, ok := token.(string)
		m := member{name: name, field: join(field, name)}
		if err != nil || !ok || d.Decode(&m.value) != nil {
			return members, false
		}
		if slices.ContainsFunc(members, func(o member) bool { return o.name == name }) {
			r.refuse(fact, m.field, "is given twice")
			continue
		}
		members = append(members, m)
	}
	return members, true
}

// join makes the path of a field. A name that could not be one of ours is not
// repeated.
func join(path, name string) string {
	ours := func(r rune) bool {
		return r == '_' || r == '-' || r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r))
	}
	if name == "" || len(name) > 40 || strings.ContainsFunc(name, func(r rune) bool { return !ours(r) }) {
		name = "?"
	}
	if path == "" {
		return name
	}
	return path + "." + name
}

// value reads a member into what into points at, and refuses what does not fit.
func (r *reader) value(fact int, m member, into any) bool {
	var reason string
	switch into := into.(type) {
	case *string:
		*into, reason = text(m.value)
	case *casework.FactType:
		var name string
		name, reason = text(m.value)
		*into = casework.FactType(name)
	case *bool:
		*into, reason = truth(m.value)
	case *int:
		*into, reason = number(m.value)
	case *casework.Date:
		*into, reason = day(m.value)
	case *time.Time:
		*into, reason = instant(m.value, r.in.Zone)
	default:
		reason = "cannot be read"
	}
	if string(m.value) == "null" {
		reason = "is null; leave it out instead"
	}
	if reason != "" {
		r.refuse(fact, m.field, reason)
	}
	return reason == ""
}

// text reads a code or an ID.
func text(data json.RawMessage) (value, reason string) {
	if data[0] != '"' || json.Unmarshal(data, &value) != nil {
		return "", "must be a text in quotes"
	}
	switch {
	case strings.TrimSpace(value) == "":
		return "", "is empty"
	case utf8.RuneCountInString(value) > maxText:
		return "", fmt.Sprintf("is longer than %d characters", maxText)
	case strings.ContainsFunc(value, func(r rune) bool { return !unicode.IsPrint(r) }):
		return "", "has a character that cannot be shown"
	}
	return value, ""
}

func truth(data json.RawMessage) (value bool, reason string) {
	if json.Unmarshal(data, &value) != nil {
		return false, "must be true or false, without quotes"
	}
	return value, ""
}

func number(data json.RawMessage) (value int, reason string) {
	value, err := strconv.Atoi(string(data))
	if err != nil {
		return 0, "must be a whole number, without quotes"
	}
	return value, ""
}

// day reads a local date.
func day(data json.RawMessage) (value casework.Date, reason string) {
	const form = "is not a date like 2025-03-08"
	var written string
	if json.Unmarshal(data, &written) != nil {
		return value, form
	}
	value, err := casework.ParseDate(written)
	switch {
	case err == nil && !inRange(value):
		return value, outOfRange()
	case err == nil:
		return value, ""
	case isDateShaped(written):
		return value, "is no day of the calendar"
	case strings.Contains(written, ":"):
		return value, "is a time and not a day; write " + `"at": "` + anInstant + `"`
	}
	return value, form
}

// instant reads a time with its zone. The facts' own zone, if it is known,
// helps to say what would be right.
func instant(data json.RawMessage, zone *time.Location) (value time.Time, reason string) {
	const form = "is not a time like " + anInstant
	var written string
	if json.Unmarshal(data, &written) != nil {
		return value, form
	}
	if value.UnmarshalText([]byte(written)) == nil {
		local := value
		if zone != nil {
			local = value.In(zone)
		}
		if !inRange(casework.DateOf(local)) {
			return value, outOfRange()
		}
		return value, ""
	}
	if _, err := casework.ParseDate(written); err == nil {
		return value, `is a day without a time; write "on": "` + written + `"`
	}
	if right, ok := withZone(written, zone); ok {
		return value, "has no time zone; write " + right
	}
	if len(written) > len(time.DateOnly) && isDateShaped(written[:len(time.DateOnly)]) {
		return value, "is no time that the clock and the calendar have, or has another form than " + anInstant
	}
	return value, form
}

// withZone completes a time that lacks its zone, by the facts' own.
func withZone(written string, zone *time.Location) (string, bool) {
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04"} {
		local, err := time.Parse(layout, written)
		switch {
		case err != nil:
		case zone == nil:
			return "one like " + anInstant, true
		default:
			y, m, d := local.Date()
			return time.Date(y, m, d, local.Hour(), local.Minute(), local.Second(), 0, zone).Format(time.RFC3339), true
		}
	}
	return "", false
}

func outOfRange() string {
	return fmt.Sprintf("lies outside the years %d to %d", firstYear, lastYear)
}

// isDateShaped says whether s looks like a date, whether or not there is one.
func isDateShaped(s string) bool {
	shape := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '0'
		}
		return r
	}, s)
	return shape == "0000-00-00"
}
