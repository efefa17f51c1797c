package api

import (
	"encoding/base64"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"homeward/casework"
	"homeward/postgres"
)

// The sizes of a page of a list.
const (
	pageDefault = 50
	pageMax     = 200
)

// query reads the parameters of a list strictly and keeps the first refusal,
// naming the parameter.
type query struct {
	path   string
	values url.Values
	read   []string
	err    error
}

func newQuery(c *call) *query {
	values, err := url.ParseQuery(c.URL.RawQuery)
	q := &query{path: c.URL.Path, values: values}
	if err != nil {
		q.err = badRequest("", "The part of the address after the question mark cannot be read.")
	}
	return q
}

func (q *query) refuse(name, detail string) {
	if q.err == nil {
		q.err = badRequest(name, detail)
	}
}

// text returns a parameter, empty where it is not given.
func (q *query) text(name string) string {
	q.read = append(q.read, name)
	given := q.values[name]
	if len(given) == 0 {
		return ""
	}
	if len(given) > 1 || !printable(given[0], maxPlain) {
		q.refuse(name, "Give this once, as up to "+strconv.Itoa(maxPlain)+" visible ASCII characters.")
		return ""
	}
	return given[0]
}

// oneOf returns a parameter that must be one of some codes.
func (q *query) oneOf(name string, codes ...string) string {
	value := q.text(name)
	if value != "" && !slices.Contains(codes, value) {
		q.refuse(name, "Unknown code. Use one of: "+strings.Join(codes, ", ")+".")
		return ""
	}
	return value
}

// flag returns a parameter that is true or false.
func (q *query) flag(name string) bool { return q.oneOf(name, "true", "false") == "true" }

// instant returns a parameter that is a time with its zone.
func (q *query) instant(name string) time.Time {
	value := q.text(name)
	if value == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, value)
	if err != nil {
		q.refuse(name, "A time with its zone, like 2026-01-31T14:05:00Z, is expected here.")
	}
	return at
}

// limit returns the size of the page.
func (q *query) limit() int {
	value := q.text("limit")
	if value == "" {
		return pageDefault
	}
	limit, err := strconv.Atoi(value)
	if err != nil || limit < 1 || limit > pageMax {
		q.refuse("limit", "A number from 1 to "+strconv.Itoa(pageMax)+" is expected here.")
		return pageDefault
	}
	return limit
}

// done refuses parameters that nobody has asked for.
func (q *query) done() error {
	for name := range q.values {
		if !slices.Contains(q.read, name) {
			q.refuse(join("", name), "There is no such parameter. This list takes: "+strings.Join(q.read, ", ")+".")
		}
	}
	return q.err
}

// after returns the position that a cursor stands for. A cursor belongs to one
// list with one set of filters.
func (q *query) after() postgres.Position {
	// Not text: a cursor may be longer than other parameters.
	q.read = append(q.read, "cursor")
	cursor := q.values.Get("cursor")
	if cursor == "" {
		return ""
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	position, mine := strings.CutPrefix(string(raw), q.list())
	if err != nil || !mine || position == "" {
		q.err = casework.InvalidField("cursor", "This cursor does not belong to this list. Start again without it.")
		return ""
	}
	return postgres.Position(position)
}

// next returns the address of the following page, empty where there is none.
func (q *query) next(position postgres.Position) string {
	if position == "" {
		return ""
	}
	values := maps.Clone(q.values)
	values.Set("cursor", base64.RawURLEncoding.EncodeToString([]byte(q.list()+string(position))))
	return q.path + "?" + values.Encode()
}

// list names the list and its filters.
func (q *query) list() string {
	filters := maps.Clone(q.values)
	filters.Del("cursor")
	filters.Del("limit")
	return hash(q.path + "?" + filters.Encode())[:16]
}

// listView is one page of a list.
type listView[T any] struct {
	Items []T `json:"items"`
	// Next is the address of the following page.
	Next string `json:"next,omitempty"`
}

// unpaged is a list that is short enough for one page.
func unpaged[T any](items []T) listView[T] { return listView[T]{Items: append([]T{}, items...)} }

// listOf shows each row of a page.
func listOf[R, T any](q *query, page postgres.Page[R], show func(R) T) listView[T] {
	items := make([]T, len(page.Items))
	for i, row := range page.Items {
		items[i] = show(row)
	}
	return listView[T]{Items: items, Next: q.next(page.Next)}
}
