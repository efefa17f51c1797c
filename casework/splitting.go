package casework

import "time"

// SplitState is where a split stands.
type SplitState string

// The states of a split.
const (
	// SplitPlanned: the children are in the case still.
	SplitPlanned SplitState = "planned"
	// SplitLeft: they have left it, and theirs is being opened.
	SplitLeft SplitState = "left"
	// SplitDone: they have a case of their own.
	SplitDone SplitState = "done"
	// SplitUndoing: theirs cannot be opened, and they are being taken back.
	SplitUndoing SplitState = "undoing"
	// SplitUndone: they are where they were.
	SplitUndone SplitState = "undone"
	// SplitRefused: the case did not let them go, and nothing has changed.
	SplitRefused SplitState = "refused"
)

// SplitDetail says why a split stands where it stands in a plain sentence, by a
// reason of a transfer or by the kind of an error.
func SplitDetail(reason string) string {
	switch reason {
	case "":
		return ""
	case TransferConflict:
		return "Whoever is to carry the new case is related to somebody in the family. Choose somebody else and split it again."
	case TransferClosed:
		return "The case was closed meanwhile."
	case string(Blocked), string(Invalid):
		return "The case has changed since, so that it cannot be split like this. Read it again, then decide."
	case string(Forbidden):
		return "Whoever asked may not split this case any more."
	}
	return "It could not be done now, and is tried again."
}

// Splitting is a split on its way: first the children leave, then their case opens,
// and where it cannot be opened they are taken back. It holds codes, dates and opaque
// IDs. Its times are by the wall clock.
type Splitting struct {
	ID string `json:"id"`
	// Case is the number of the case that is split. Split says how, and has the number
	// of the new one.
	Case  string     `json:"case"`
	Split Split      `json:"split"`
	By    Actor      `json:"by"`
	State SplitState `json:"state"`
	// Reason is why it was refused, was undone, or is tried again.
	Reason string `json:"reason,omitempty"`
	// Attempts counts the tries that failed since it came to its state.
	Attempts int       `json:"attempts,omitempty"`
	At       time.Time `json:"at"`
	DoneAt   time.Time `json:"done_at,omitzero"`
}

// SplittingAggregate names the workflow of a split.
func SplittingAggregate(id string) string { return "split-" + id }

// Record is the aggregate ID of the case that is split, Opened that of the new one.
func (s Splitting) Record() string { return AggregateID(KindCase, s.Case) }

// Opened is the aggregate ID of the case that opens.
func (s Splitting) Opened() string { return AggregateID(KindCase, s.Split.Number) }

// Settled says whether nothing is left to do.
func (s Splitting) Settled() bool {
	return s.State == SplitDone || s.State == SplitUndone || s.State == SplitRefused
}

// Command returns the step with which the children leave. Its ID follows from the
// split, so a second one is the same step.
func (s Splitting) Command() Command {
	id, body := SplittingAggregate(s.ID), s.Split
	return Command{ID: id, Fingerprint: id, Name: StepSplit, Actor: s.By, Body: &body}
}

// Passes says whether an error of a step passes by itself.
func (s Splitting) Passes(err error) bool {
	switch KindOf(err) { //nolint:exhaustive // the others stay
	case Unavailable, Unknown, TooMany, Internal, Stale, Reused:
		return true
	}
	return false
}
