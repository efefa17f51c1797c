package explain

import (
	"cmp"
	"slices"
	"strings"
)

// Refusal says which part of the input cannot be, and what would be right.
type Refusal struct {
	// Field is a path like "facts[3].at"; "input" where the whole is meant.
	Field string
	// Reason continues the field to a sentence without a full stop.
	Reason string

	// fact is the index of the fact, or before for what stands ahead of them.
	fact int
}

// before sorts what is not about a fact to the front.
const before = -1

// Refusals is everything that is wrong with an input, in the order in which it
// stands there. It is the error of [Read].
type Refusals []Refusal

// Error returns one line for each refusal: "facts[3].at: has no time zone".
func (r Refusals) Error() string {
	lines := make([]string, len(r))
	for i, one := range r {
		lines[i] = one.Field + ": " + one.Reason
	}
	return strings.Join(lines, "\n")
}

// refuse notes a refusal, once for each field.
func (r *reader) refuse(fact int, field, reason string) {
	if r.refused[field] {
		return
	}
	r.refused[field] = true
	r.refusals = append(r.refusals, Refusal{Field: field, Reason: reason, fact: fact})
}

// err returns all refusals in the order of the input, nil where there are none.
func (r *reader) err() error {
	if len(r.refusals) == 0 {
		return nil
	}
	slices.SortStableFunc(r.refusals, func(a, b Refusal) int { return cmp.Compare(a.fact, b.fact) })
	return Refusals(r.refusals)
}
