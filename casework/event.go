package casework

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// EventType names what an event records: "visit.recorded". Names are part of
// the stored log and never change their meaning.
type EventType string

// Event is one line of the append-only log: what happened, who said so, when
// it happened and when it was recorded. A fold over a record's events, in
// order of Seq, gives its state.
type Event struct {
	Aggregate string `json:"aggregate"`
	// Seq counts the record's events from 1 without a gap. It is also the
	// record's revision.
	Seq int `json:"seq"`
	// CommandID is the command that caused it; "time/<seq>" where time did.
	CommandID string    `json:"command_id"`
	Type      EventType `json:"type"`
	Actor     Actor     `json:"actor"`
	// OccurredAt is when the thing itself happened, as far as an instant can
	// say it; RecordedAt is the record's clock when it was recorded.
	OccurredAt time.Time `json:"occurred_at"`
	RecordedAt time.Time `json:"recorded_at"`
	// Body is the typed content; its concrete type follows from Type.
	Body Body `json:"-"`
	// PrevHash and Hash chain the log: Hash covers PrevHash and the content.
	PrevHash string `json:"prev_hash"`
	Hash     string `json:"hash"`
}

// Body is the content of a command, and of the event that it becomes.
type Body interface {
	// Says tells what happened in one plain sentence without personal data.
	Says() string
}

// Revises says whether the event changes what is already on record, rather than
// adding to it: a correction, or a move to another policy pack.
func (e Event) Revises() bool {
	_, revises := e.Body.(interface{ revises() })
	return revises
}

// eventWire is the stored and travelling form of an [Event].
type eventWire struct {
	eventFields

	Body json.RawMessage `json:"body"`
}

type eventFields Event

// MarshalJSON writes the event with its body.
func (e Event) MarshalJSON() ([]byte, error) {
	body, err := json.Marshal(e.Body)
	if err != nil {
		return nil, fmt.Errorf("event %s/%d: %w", e.Aggregate, e.Seq, err)
	}
	return json.Marshal(eventWire{eventFields(e), body})
}

// UnmarshalJSON reads the event and gives its body the type that Type says. An
// unknown type is an error: a log that is only partly understood is not read.
func (e *Event) UnmarshalJSON(data []byte) error {
	var wire eventWire
	if err := json.Unmarshal(data, &wire); err != nil {
		return err
	}
	body, err := DecodeBody(wire.Type, wire.Body)
	if err != nil {
		return err
	}
	*e = Event(wire.eventFields)
	e.Body = body
	return nil
}

// DecodeBody reads the stored body of an event of type t.
func DecodeBody(t EventType, data []byte) (Body, error) {
	body, ok := newBody(t)
	if !ok {
		return nil, fmt.Errorf("unknown event type %q", t)
	}
	if err := json.Unmarshal(data, body); err != nil {
		return nil, fmt.Errorf("event type %s: %w", t, err)
	}
	return body, nil
}

// Seal sets PrevHash and Hash. The hash is the SHA-256, in hex, over the
// previous hash and the event's canonical JSON without the hash itself, so
// that a changed, missing or reordered line breaks the chain.
func (e *Event) Seal(prev string) error {
	e.PrevHash, e.Hash = prev, ""
	content, err := json.Marshal(*e)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	e.Hash = hex.EncodeToString(sum[:])
	return nil
}

// Verify says whether the event's hash fits its content and the hash before it.
func (e Event) Verify(prev string) error {
	sealed := e
	if err := sealed.Seal(prev); err != nil {
		return err
	}
	if e.PrevHash != prev || sealed.Hash != e.Hash {
		return fmt.Errorf("event %s/%d does not fit the chain", e.Aggregate, e.Seq)
	}
	return nil
}
