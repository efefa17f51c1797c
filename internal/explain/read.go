package explain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"homeward/casework"
	"homeward/policy"
)

const (
	// maxBytes is the largest input that is read.
	maxBytes = 8 << 20
	// maxFacts is the longest list of facts. Eighteen years of a child in care
	// are about a thousand.
	maxFacts = 10_000
	// maxChildren is the longest list of children.
	maxChildren = 100
)

// reader turns an input into facts and keeps every refusal on the way.
type reader struct {
	forms   map[casework.FactType]form
	in      policy.Input
	entries []entry
	// extended is the sum of all days of extensions.
	extended int
	// torn says that a fact could not be read on which the order of the others
	// may hang, so that the order is not looked at.
	torn     bool
	refusals []Refusal
	refused  map[string]bool
}

// entry is a fact with its place in the input.
type entry struct {
	casework.Fact

	index int
}

// field names an attribute of the fact: "facts[3].at".
func (e entry) field(name string) string { return fmt.Sprintf("facts[%d].%s", e.index, name) }

// when names the attribute that says when it happened.
func (e entry) when() string {
	if e.At.IsZero() {
		return e.field("on")
	}
	return e.field("at")
}

// Read reads facts in the form of `homeward explain --facts`, which
// docs/explain.md describes: strict JSON, a time zone, one child or several,
// and what happened. What is not lawful input is returned as [Refusals], all of
// it at once; any other error means that input could not be read. What Read
// accepts can be evaluated by every pack. Corrections come out after the facts
// that they correct, wherever they stood.
func Read(input io.Reader) (policy.Input, error) {
	data, err := io.ReadAll(io.LimitReader(input, maxBytes+1))
	if err != nil {
		return policy.Input{}, fmt.Errorf("read the facts: %w", err)
	}
	r := &reader{forms: make(map[casework.FactType]form), refused: make(map[string]bool)}
	for _, f := range forms() {
		r.forms[f.fact] = f
	}
	r.document(data)
	if err := r.err(); err != nil {
		return policy.Input{}, err
	}
	return r.in, nil
}

// document reads the whole input.
func (r *reader) document(data []byte) {
	if reason := malformed(data); reason != "" {
		r.refuse(before, "input", reason)
		return
	}
	members, ok := r.object(before, "", data)
	if !ok {
		return
	}
	given := make(map[string]member)
	for _, m := range members {
		given[m.name] = m
		if !slices.Contains([]string{"timezone", "child", "children", "facts"}, m.name) {
			r.refuse(before, m.field, "is not known; an input has timezone, child or children, and facts")
		}
	}
	r.zone(given)
	r.people(given)
	r.facts(given)
	standing := r.correct()
	if r.torn || r.in.Zone == nil {
		return
	}
	for _, child := range r.in.Subjects {
		r.order(child, standing)
	}
}

// malformed says why data is not one JSON text, and nothing when it is.
func malformed(data []byte) string {
	switch {
	case len(data) > maxBytes:
		return fmt.Sprintf("is larger than %d MiB", maxBytes>>20)
	case len(bytes.TrimSpace(data)) == 0:
		return "is empty"
	case !utf8.Valid(data):
		return "is not UTF-8 text"
	}
	err := json.Unmarshal(data, new(json.RawMessage))
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		line := 1 + bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n"))
		return fmt.Sprintf("is not JSON: %s, in line %d", syntax, line)
	}
	if err != nil {
		return "is not JSON: " + err.Error()
	}
	return ""
}

// zone reads the time zone, which decides to which day an instant belongs.
func (r *reader) zone(given map[string]member) {
	m, ok := given["timezone"]
	if !ok {
		r.refuse(before, "timezone", `is missing; write "timezone": "America/Chicago"`)
		return
	}
	var name string
	if !r.value(before, m, &name) {
		return
	}
	zone, err := time.LoadLocation(name)
	if err != nil || !isIANA(name) {
		r.refuse(before, m.field, "is no IANA time zone; write one like America/Chicago")
		return
	}
	r.in.Zone = zone
}

// isIANA refuses what time.LoadLocation knows besides: the zone of this
// machine, and variants that count leap seconds.
func isIANA(name string) bool {
	local := []string{"Local", "localtime", "posixrules", "Factory"}
	return !slices.Contains(local, name) && !strings.HasPrefix(name, "posix/") && !strings.HasPrefix(name, "right/")
}

// people reads the child or the children.
func (r *reader) people(given map[string]member) {
	one, single := given["child"]
	list, several := given["children"]
	switch {
	case single && several:
		r.refuse(before, "children", "stands beside child; give one of them")
	case several:
		r.children(list)
	case single:
		r.child(one, false)
	default:
		r.in.Subjects = []policy.Subject{{ID: onlyChild}}
	}
}

// onlyChild is the ID of a child without one.
const onlyChild = "child"

func (r *reader) children(m member) {
	var list []json.RawMessage
	if m.value[0] != '[' || json.Unmarshal(m.value, &list) != nil || len(list) == 0 || len(list) > maxChildren {
		r.refuse(before, m.field, fmt.Sprintf("must be a list of 1 to %d children", maxChildren))
		return
	}
	for i, value := range list {
		r.child(member{field: fmt.Sprintf("%s[%d]", m.field, i), value: value}, true)
	}
}

// child reads one child. Only the ID of an only child may be left out.
func (r *reader) child(m member, sibling bool) {
	s := policy.Subject{}
	members, ok := r.object(before, m.field, m.value)
	for _, m := range members {
		switch m.name {
		case "id":
			ok = r.value(before, m, &s.ID) && r.opaque(m.field, s.ID) && ok
		case "born":
			r.value(before, m, &s.Born)
		default:
			r.refuse(before, m.field, "is not known; a child has id and born")
		}
	}
	switch {
	case !ok:
		// Its facts would be about nobody; one refusal is enough.
		r.torn = true
	case s.ID == "" && sibling:
		r.refuse(before, m.field+".id", "is missing; siblings are told apart by it")
	case s.ID == "":
		s.ID = onlyChild
	case slices.ContainsFunc(r.in.Subjects, func(o policy.Subject) bool { return o.ID == s.ID }):
		r.refuse(before, m.field+".id", "is the ID of another child, too")
	}
	r.in.Subjects = append(r.in.Subjects, s)
}

// opaque refuses an ID that could hold a name: it becomes part of duty IDs.
func (r *reader) opaque(field, id string) bool {
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:|"
	const most = 64
	if len(id) > most || strings.Trim(id, allowed) != "" {
		r.refuse(before, field, fmt.Sprintf("must be an ID of letters, digits and - _ . : | alone, of at most %d, and no name", most))
		return false
	}
	return true
}
