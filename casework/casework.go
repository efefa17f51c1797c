// Package casework holds the rules of a child-welfare case: what a report and
// a case are, which commands they take, which facts follow, and what is
// refused, with the reason. It is pure: it does no I/O, reads no clock and
// draws no random number. Time, identifiers and the acting person come in as
// arguments, so that the same code decides inside a durable workflow, in an
// API that offers the next lawful steps, and in a rebuild from the event log.
package casework

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
