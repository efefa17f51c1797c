package casework

import (
	"encoding/json"
	"fmt"
	"time"
)

// Command is one step that somebody wants to take on a record: who, what, when
// by the record's clock, and what the caller had read before.
type Command struct {
	// ID makes the command safe to send again: the same ID is decided once. It
	// is a hash and says nothing.
	ID string `json:"id"`
	// Fingerprint is a hash of the body; the same ID with another fingerprint
	// is refused as [Reused].
	Fingerprint string `json:"fingerprint"`
	// Name says which step: "visit.record".
	Name  string `json:"name"`
	Actor Actor  `json:"actor"`
	// Revision is the revision that the caller had read, 0 for any.
	Revision int `json:"revision,omitempty"`
	// Edition is that of the rules which the sender knew: a rule that asks for more
	// than an earlier release did asks it of this edition and later ones alone, so
	// that what was taken before is decided as it was then.
	Edition int  `json:"edition,omitempty"`
	Body    Body `json:"-"`
	// Now is set by the workflow from its own clock, never by a caller.
	Now time.Time `json:"-"`
}

// The editions of the rules. A command without one is from before there were any.
const (
	// EditionWholePlans asks for a whole plan where a child is in care.
	EditionWholePlans = 1
	// EditionPreferences asks for the order of placements of the Indian Child Welfare
	// Act also where a trial home visit ends in care (25 USC 1915(b)).
	EditionPreferences = 2
	// EditionKnownPeople asks that adults are on record before a step names them.
	EditionKnownPeople = 3
	// EditionNamedProviders asks who takes a child, at a removal and after a trial home
	// visit as at every other placement.
	EditionNamedProviders = 4
	// EditionEndedReferrals closes no case over referrals that are open.
	EditionEndedReferrals = 5
	// Edition is the newest one.
	Edition = EditionEndedReferrals
)

type commandFields Command

type commandWire struct {
	commandFields

	Body json.RawMessage `json:"body"`
}

// MarshalJSON writes the command with its body.
func (c Command) MarshalJSON() ([]byte, error) {
	body, err := json.Marshal(c.Body)
	if err != nil {
		return nil, fmt.Errorf("command %s: %w", c.Name, err)
	}
	return json.Marshal(commandWire{commandFields(c), body})
}

// UnmarshalJSON reads the command and gives its body the type that Name says.
func (c *Command) UnmarshalJSON(data []byte) error {
	var wire commandWire
	if err := json.Unmarshal(data, &wire); err != nil {
		return err
	}
	step, ok := StepNamed(wire.Name)
	if !ok {
		return InvalidField("name", "This step is not known. Use one that the record lists as its next steps.")
	}
	body := step.New()
	if err := json.Unmarshal(wire.Body, body); err != nil {
		return InvalidField("body", "The body does not fit the step. Use the fields that the API describes for it.")
	}
	*c = Command(wire.commandFields)
	c.Body = body
	return nil
}

// Answer is what a command that was carried out returns. The same command
// returns the same answer however often it is sent.
type Answer struct {
	Aggregate string `json:"aggregate"`
	CommandID string `json:"command_id"`
	// Fingerprint is that of the body which was carried out.
	Fingerprint string    `json:"fingerprint"`
	Revision    int       `json:"revision"`
	Stage       Stage     `json:"stage"`
	RecordedAt  time.Time `json:"recorded_at"`
	// Duties are those that this step created, met or moved.
	Duties []DutyLine `json:"duties,omitempty"`
	// Ref is the item that the step made or moved: "order-2".
	Ref string `json:"ref,omitempty"`
	// Advice is what the caller should know beside that, in a plain sentence.
	Advice string `json:"advice,omitempty"`
}

// DutyLine is the short form of a changed duty in an [Answer].
type DutyLine struct {
	ID     string     `json:"id"`
	Due    string     `json:"due"`
	OldDue string     `json:"old_due,omitempty"`
	Status DutyStatus `json:"status"`
}

// Transition is everything that one step, or the passing of time, changes. It
// is recorded in one transaction, or not at all.
type Transition struct {
	// CommandID and Fingerprint guard against a second recording.
	CommandID   string  `json:"command_id"`
	Fingerprint string  `json:"fingerprint"`
	Answer      Answer  `json:"answer"`
	Events      []Event `json:"events"`
	// Summary is the record's row in lists, complete.
	Summary Summary `json:"summary"`
	// Children are the rows that changed.
	Children []ChildSummary `json:"children,omitempty"`
	// Adults are the rows that changed.
	Adults []AdultSummary `json:"adults,omitempty"`
	// Duties are the rows that changed, complete.
	Duties []Duty `json:"duties,omitempty"`
	// Notices go to the outbox; those whose key is there already are left alone.
	Notices []Notice `json:"notices,omitempty"`
}

// RecordOutcome says what became of a [Transition].
type RecordOutcome string

// The outcomes of recording. None of them is a failure: failures are errors.
const (
	// Recorded: the transition is in the log (now, or by an earlier attempt of
	// this same transition).
	Recorded RecordOutcome = "recorded"
	// Duplicate: this command was carried out before; Answer is what it said.
	Duplicate RecordOutcome = "duplicate"
	// Behind: the log holds events that the caller has not applied yet, because
	// a worker died after recording them. Events are those, in order; Answer is
	// set where this command is among them.
	Behind RecordOutcome = "behind"
)

// RecordResult is the answer of the log to a [Transition].
type RecordResult struct {
	Outcome RecordOutcome `json:"outcome"`
	// Answer is nil where the transition was recorded: its own holds, and would be
	// kept in the history a second time.
	Answer *Answer `json:"answer,omitempty"`
	Events []Event `json:"events,omitempty"`
	// Undelivered is the number of notices of this record that wait in the outbox.
	Undelivered int `json:"undelivered,omitempty"`
}

// Summary is the row by which a record stands in lists and searches. It holds
// nothing personal.
type Summary struct {
	Aggregate    string        `json:"aggregate"`
	Kind         AggregateKind `json:"kind"`
	Number       string        `json:"number"`
	Stage        Stage         `json:"stage"`
	Revision     int           `json:"revision"`
	Office       string        `json:"office"`
	Jurisdiction string        `json:"jurisdiction"`
	Timezone     string        `json:"timezone"`
	// Pack is the policy pack and version that the record is pinned to.
	Pack       string `json:"pack"`
	Worker     string `json:"worker"`
	Supervisor string `json:"supervisor"`
	Priority   string `json:"priority,omitempty"`
	Risk       string `json:"risk,omitempty"`
	Restricted bool   `json:"restricted,omitempty"`
	// Report is the report that a case came from; Case the case that a report led to.
	Report string `json:"report,omitempty"`
	Case   string `json:"case,omitempty"`
	// Disposition is how a report ended, one of [Dispositions], and Reason the code
	// of the reason for which it was screened out.
	Disposition string `json:"disposition,omitempty"`
	Reason      string `json:"reason,omitempty"`
	// Original is the report whose duplicate this one is; Linked the open case of
	// the family that it is about.
	Original string `json:"original,omitempty"`
	Linked   string `json:"linked,omitempty"`
	// ReceivedAt is when the call of a report came, zero for a case.
	ReceivedAt time.Time `json:"received_at,omitzero"`
	// NextDue is the earliest due instant of a pending duty, zero for none.
	NextDue  time.Time `json:"next_due,omitzero"`
	Overdue  int       `json:"overdue"`
	OpenedAt time.Time `json:"opened_at"`
	ClosedAt time.Time `json:"closed_at,omitzero"`
	// Now is the record's clock when it was last recorded.
	Now time.Time `json:"now"`
}

// ChildSummary is a child's (or, on a report, a victim's) row in lists.
type ChildSummary struct {
	Aggregate   string `json:"aggregate"`
	Child       string `json:"child"`
	Stage       Stage  `json:"stage"`
	Born        Date   `json:"born,omitzero"`
	RemovedOn   Date   `json:"removed_on,omitzero"`
	EnteredCare Date   `json:"entered_care,omitzero"`
	Setting     string `json:"setting,omitempty"`
	ExitedOn    Date   `json:"exited_on,omitzero"`
	ExitReason  string `json:"exit_reason,omitempty"`
}
