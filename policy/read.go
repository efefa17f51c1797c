package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"homeward/casework"
)

// reader turns YAML nodes into values and collects what is wrong with them,
// so that whoever writes a pack sees all of it at once.
type reader struct {
	file     string
	problems []error
}

func (r *reader) fail(n *yaml.Node, format string, args ...any) {
	r.problems = append(r.problems, &PackError{File: r.file, Line: n.Line, Reason: fmt.Sprintf(format, args...)})
}

func (r *reader) err() error { return errors.Join(r.problems...) }

// field is a key of a mapping and what reads its value.
type field struct {
	name     string
	required bool
	read     func(*yaml.Node)
}

func must(name string, read func(*yaml.Node)) field { return field{name, true, read} }
func may(name string, read func(*yaml.Node)) field  { return field{name, false, read} }

// object reads a mapping. Its fields are read in the given order, whatever the
// order in the file, so that later ones can refer to earlier ones. Unknown and
// repeated keys are refused. It says whether every value that is there could be
// read: what follows from an unread one is not worth a word.
func (r *reader) object(n *yaml.Node, what string, fields ...field) (read bool) {
	if n.Kind != yaml.MappingNode {
		r.fail(n, "%s must have keys and values", what)
		return false
	}
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		if !slices.ContainsFunc(fields, func(f field) bool { return f.name == key.Value }) {
			r.fail(key, "%s has no key %q; it has %s", what, key.Value, names(fields))
		}
		if at := find(n.Content[:i], key.Value); at != nil {
			r.fail(key, "%q is given twice, first in line %d", key.Value, at.Line)
		}
	}
	read = true
	for _, f := range fields {
		value := find(n.Content, f.name)
		if value != nil {
			before := len(r.problems)
			f.read(value)
			read = read && len(r.problems) == before
		} else if f.required {
			r.fail(n, "%s needs %q", what, f.name)
		}
	}
	return read
}

func names(fields []field) string {
	list := make([]string, 0, len(fields))
	for _, f := range fields {
		list = append(list, f.name)
	}
	return strings.Join(list, ", ")
}

func find(content []*yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(content); i += 2 {
		if content[i].Value == key {
			return content[i+1]
		}
	}
	return nil
}

func scalarAt(n *yaml.Node, key string) (string, *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		return "", nil
	}
	value := find(n.Content, key)
	if value == nil {
		return "", nil
	}
	return value.Value, value
}

// each reads a list.
func (r *reader) each(what string, read func(*yaml.Node)) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
			r.fail(n, "%s must be a list with at least one entry", what)
			return
		}
		for _, item := range n.Content {
			read(item)
		}
	}
}

// one says whether a value is one, and refuses a list.
func (r *reader) one(n *yaml.Node, what string) bool {
	if n.Kind != yaml.ScalarNode {
		r.fail(n, "one %s is asked for here, without brackets", what)
	}
	return n.Kind == yaml.ScalarNode
}

// text reads the named field: a scalar that is not empty.
func (r *reader) text(name string, to *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.ScalarNode || strings.TrimSpace(n.Value) == "" {
			r.fail(n, "%s must be a text", name)
			return
		}
		*to = n.Value
	}
}

// id reads an identifier such as "case-plan".
func (r *reader) id(to *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		r.text("id", to)(n)
		for _, c := range n.Value {
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
				r.fail(n, "%q must be of lower-case letters, digits and hyphens", n.Value)
				return
			}
		}
	}
}

func (r *reader) truth(to *bool) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if !r.one(n, "value") {
			return
		}
		if n.Value != "true" && n.Value != "false" {
			r.fail(n, "%q must be true or false", n.Value)
			return
		}
		*to = n.Value == "true"
	}
}

func (r *reader) date(to *casework.Date) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if !r.one(n, "date") {
			return
		}
		d, err := casework.ParseDate(n.Value)
		if err != nil {
			r.fail(n, "%s", err)
			return
		}
		*to = d
	}
}

// oneOf reads one of a few words.
func oneOf[T ~string](r *reader, to *T, allowed ...T) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if !r.one(n, "word") {
			return
		}
		if !slices.Contains(allowed, T(n.Value)) {
			list := make([]string, 0, len(allowed))
			for _, a := range allowed {
				list = append(list, fmt.Sprintf("%q", a))
			}
			r.fail(n, "%q must be one of %s", n.Value, strings.Join(list, ", "))
			return
		}
		*to = T(n.Value)
	}
}
