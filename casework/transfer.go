package casework

import (
	"cmp"
	"slices"
	"time"
)

// TransferState is where a transfer of records stands.
type TransferState string

// The states of a transfer.
const (
	// TransferMoving: records are being moved, or tried again.
	TransferMoving TransferState = "moving"
	// TransferUndoing: what was moved goes back.
	TransferUndoing TransferState = "undoing"
	// TransferDone: every record was moved.
	TransferDone TransferState = "done"
	// TransferPartly: some records were moved, and each other one says why not.
	TransferPartly TransferState = "done-in-part"
	// TransferUndone: everything that could go back went back.
	TransferUndone TransferState = "undone"
)

// TransferStates are the states of a transfer, in the order of a usual one.
func TransferStates() []TransferState {
	return []TransferState{TransferMoving, TransferDone, TransferPartly, TransferUndoing, TransferUndone}
}

// ItemState is where one record of a transfer stands.
type ItemState string

// The states of one record.
const (
	ItemPlanned ItemState = "planned"
	ItemMoved   ItemState = "moved"
	// ItemRefused: it stays where it is, and trying again would not help.
	ItemRefused ItemState = "refused"
	// ItemFailed: it stays where it is for now, and is tried again.
	ItemFailed ItemState = "failed"
	ItemUndone ItemState = "undone"
	// ItemKept: it was to go back and could not.
	ItemKept ItemState = "kept"
)

// The reasons for which a record stays where it is, beside the kinds of error.
const (
	// TransferConflict: the one who is to carry it is related to somebody in it.
	TransferConflict = "conflict-of-interest"
	// TransferRestricted: it is for named people, so somebody decides on it by itself.
	TransferRestricted = "restricted"
	// TransferNotYours: the one who transfers may not assign it.
	TransferNotYours = "not-yours"
	// TransferWrongRole: the one who is to carry it has not the role for it.
	TransferWrongRole = "wrong-role"
	// TransferUnscreened: a report is the hotline's until it is screened in.
	TransferUnscreened = "not-screened-in"
	// TransferMovedOn: somebody else carries it by now.
	TransferMovedOn = "moved-on"
	// TransferClosed: it was closed meanwhile.
	TransferClosed = "closed"
	// TransferStopped: the transfer was undone before its turn came.
	TransferStopped = "stopped"
)

// TransferReasons are the codes for why records go to somebody else.
func TransferReasons() []string {
	return []string{"left-agency", "absence", "workload", "family-moved", "reorganisation", "conflict-of-interest", "other"}
}

// TransferDetail says a reason in a plain sentence.
func TransferDetail(reason string) string {
	switch reason {
	case "":
		return ""
	case TransferConflict:
		return "Whoever is to carry it is related to somebody in it. Choose somebody else for this record."
	case TransferRestricted:
		return "It is restricted to named people. Assign it by itself, if that is right."
	case TransferNotYours:
		return "It is not yours to assign. Its own supervisor or manager can."
	case TransferWrongRole:
		return "Reports need an investigator and cases a caseworker. Choose somebody of that role."
	case TransferUnscreened:
		return "This report has not been screened. Screening names the investigator."
	case TransferMovedOn:
		return "Somebody else carries it by now."
	case TransferClosed:
		return "It was closed meanwhile."
	case TransferStopped:
		return "The transfer was undone before its turn came."
	}
	return "It could not be moved now, and is tried again."
}

// Transfer moves one record, or all that somebody carries, to somebody else. It
// holds codes, dates and opaque IDs. Its times are by the wall clock.
type Transfer struct {
	ID string `json:"id"`
	// From carried the records and To is to carry them, supervised by Supervisor.
	From       string `json:"from"`
	To         string `json:"to"`
	Supervisor string `json:"supervisor"`
	// By asked for it; Reason is one of [TransferReasons].
	By     Actor  `json:"by"`
	Reason string `json:"reason"`
	// Ask has To accept or decline each record.
	Ask bool `json:"ask,omitempty"`
	// AllOrNothing takes back what was moved where one record stays.
	AllOrNothing bool          `json:"all_or_nothing,omitempty"`
	State        TransferState `json:"state"`
	At           time.Time     `json:"at"`
	// Undo is who asked to take everything back, and when.
	Undo   Actor     `json:"undo,omitzero"`
	UndoAt time.Time `json:"undo_at,omitzero"`
	DoneAt time.Time `json:"done_at,omitzero"`

	Items []TransferItem `json:"items"`
}

// TransferItem is one record of a transfer.
type TransferItem struct {
	// Record is its aggregate ID.
	Record string `json:"record"`
	// Supervisor supervised it before.
	Supervisor string    `json:"supervisor"`
	State      ItemState `json:"state"`
	// Reason is why it stays: one of the reasons of a transfer, or the kind of an error.
	Reason string `json:"reason,omitempty"`
	// Attempts counts the tries that failed.
	Attempts int       `json:"attempts,omitempty"`
	At       time.Time `json:"at,omitzero"`
}

// TransferAggregate names the workflow of a transfer.
func TransferAggregate(id string) string { return "transfer-" + id }

// Count returns how many records are in a state.
func (t Transfer) Count(states ...ItemState) int {
	n := 0
	for _, i := range t.Items {
		if slices.Contains(states, i.State) {
			n++
		}
	}
	return n
}

// Records lists the records.
func (t Transfer) Records() []string {
	records := make([]string, len(t.Items))
	for i, item := range t.Items {
		records[i] = item.Record
	}
	return records
}

// Undoing says whether what was moved is to go back: somebody asked for it, or it
// was to be all or nothing and one record stays.
func (t Transfer) Undoing() bool {
	return !t.UndoAt.IsZero() || t.AllOrNothing && t.Count(ItemRefused) > 0
}

// Next returns the records that are to be moved, or moved back, now.
func (t Transfer) Next() []TransferItem {
	var next []TransferItem
	for _, i := range t.Items {
		waiting := i.State == ItemPlanned || i.State == ItemFailed
		if t.Undoing() {
			waiting = i.State == ItemMoved
		}
		if waiting {
			next = append(next, i)
		}
	}
	return next
}

// Outcome is the state that the records are in together.
func (t Transfer) Outcome() TransferState {
	switch {
	case t.Undoing() && t.Count(ItemMoved) > 0:
		return TransferUndoing
	case t.Undoing():
		return TransferUndone
	case t.Count(ItemPlanned, ItemFailed) > 0:
		return TransferMoving
	case t.Count(ItemMoved) < len(t.Items):
		return TransferPartly
	}
	return TransferDone
}

// Settled says whether nothing is left to do.
func (t Transfer) Settled() bool {
	return t.State == TransferDone || t.State == TransferPartly || t.State == TransferUndone
}

// Command returns the step that moves a record, or moves it back. Its ID follows
// from the transfer and the record, so a second one is the same step.
func (t Transfer) Command(i TransferItem) (Command, error) {
	kind, _, ok := SplitAggregate(i.Record)
	if !ok {
		return Command{}, InvalidField("record", "There is no such record.")
	}
	what, by := "move", t.By
	b := Assignment{Worker: t.To, Supervisor: t.Supervisor, From: t.From, Ask: t.Ask}
	if t.Undoing() {
		what, by = "undo", t.Undo
		if by.ID == "" {
			by = t.By
		}
		b = Assignment{Worker: t.From, Supervisor: cmp.Or(i.Supervisor, t.Supervisor), From: t.To}
	}
	id := TransferAggregate(t.ID) + "/" + what
	c := Command{ID: id, Fingerprint: id, Name: "case.assign", Actor: by, Body: &b}
	if kind == KindReport {
		c.Name, c.Body = "report.assign", &ReportAssignment{Assignment: b}
	}
	return c, nil
}

// Refused is the reason for which a record stays, after an error of the step; the
// second value is false for an error that passes by itself.
func (t Transfer) Refused(err error) (reason string, final bool) {
	kind := KindOf(err)
	switch kind { //nolint:exhaustive // the others keep their name
	case Unavailable, Unknown, TooMany, Internal, Stale:
		return string(kind), false
	case Gone, NotFound:
		return TransferClosed, true
	case Invalid:
		return TransferMovedOn, true
	case Blocked:
		return TransferUnscreened, true
	case Forbidden:
		return TransferNotYours, true
	}
	return string(kind), true
}

// RefuseUndo says why a transfer cannot be undone. Asked twice it is none the worse.
func (t Transfer) RefuseUndo() error {
	if t.Count(ItemMoved, ItemPlanned, ItemFailed) == 0 && !t.Undoing() {
		return NewError(Blocked, "Nothing was moved, so there is nothing to undo. Leave it, or transfer the records anew.")
	}
	return nil
}
