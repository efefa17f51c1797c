// Package casework holds the rules of a child-welfare case: what a report and
// a case are, which commands they take, which facts follow, and what is
// refused, with the reason. It is pure: it does no I/O, reads no clock and
// draws no random number. Time, identifiers and the acting person come in as
// arguments, so that the same code decides inside a durable workflow, in an
// API that offers the next lawful steps, and in a rebuild from the event log.
package casework

import "strings"

// AggregateKind tells the two long-lived records apart.
type AggregateKind string

// The kinds of record.
const (
	// KindReport is one call to the hotline, from receipt to disposition.
	KindReport AggregateKind = "report"
	// KindCase is one family, from opening to closing.
	KindCase AggregateKind = "case"
)

// AggregateID names a record everywhere: in the event log, as a workflow ID
// and in metrics. It is made of the kind and a number from a sequence and says
// nothing about people: "case-1002".
func AggregateID(kind AggregateKind, number string) string {
	return string(kind) + "-" + number
}

// SplitAggregate returns the kind and the number of a record by its aggregate ID,
// and whether it is that of a record.
func SplitAggregate(id string) (kind AggregateKind, number string, ok bool) {
	word, number, _ := strings.Cut(id, "-")
	kind = AggregateKind(word)
	digit := func(r rune) bool { return r >= '0' && r <= '9' }
	ok = (kind == KindReport || kind == KindCase) && number != "" && len(number) <= 18 && number[0] != '0' &&
		!strings.ContainsFunc(number, func(r rune) bool { return !digit(r) })
	return kind, number, ok
}
