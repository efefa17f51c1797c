package casework

import (
	"fmt"
	"slices"
	"time"
)

// ContactAttempt is a try to meet a victim that failed. It proves diligence and
// is never a contact.
type ContactAttempt struct {
	Victim string    `json:"victim"`
	At     time.Time `json:"at"`
	// Outcome is one of [AttemptOutcomes].
	Outcome string `json:"outcome"`
	// Method and Place say how and where, by [AttemptMethods] and [AttemptPlaces]:
	// both or none. An attempt without them is no part of a search.
	Method string `json:"method,omitempty"`
	Place  string `json:"place,omitempty"`
	Notes  Text   `json:"notes,omitempty"`
}

// AttemptOutcomes are the codes for why a contact failed.
func AttemptOutcomes() []string {
	return []string{"not-home", "refused", "moved", "wrong-address", "unsafe-to-enter", "other"}
}

// Says tells the event in a sentence.
func (b *ContactAttempt) Says() string {
	return fmt.Sprintf("Tried to meet victim %s without success: %s.", b.Victim, b.Outcome)
}

// Narratives returns the notes on the attempt.
func (b *ContactAttempt) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *ContactAttempt) happened() moment { return moment{at: b.At} }

func (b *ContactAttempt) subjects() []string { return []string{b.Victim} }

func (b *ContactAttempt) check(k *checker) {
	k.required("victim", b.Victim)
	k.instant("at", b.At)
	k.oneOf("outcome", b.Outcome, AttemptOutcomes()...)
	if b.Method != "" || b.Place != "" {
		k.oneOf("method", b.Method, AttemptMethods()...)
		k.oneOf("place", b.Place, AttemptPlaces()...)
	}
}

func (b *ContactAttempt) blockers(r *Report, _ string) []Blocker { return r.underInvestigation() }

func (b *ContactAttempt) refuse(r *Report, _ Command) error { return r.knows(b.Victim, b.At) }

func (b *ContactAttempt) apply(r *Report, _ Event) {
	v := r.victim(b.Victim)
	v.Attempts++
	if b.Method == "" {
		return
	}
	try := Try{On: DateOf(b.At.In(r.Location())), Method: b.Method, Place: b.Place}
	if !slices.Contains(v.Search, try) {
		v.Search = append(slices.Clip(v.Search), try)
	}
}

// Contact is the first, or a further, face-to-face meeting with a victim.
type Contact struct {
	Victim string    `json:"victim"`
	At     time.Time `json:"at"`
	// Place is one of [ContactPlaces]; the address is not part of it.
	Place string `json:"place"`
	Notes Text   `json:"notes,omitempty"`
}

// ContactPlaces are the codes for where a victim was met.
func ContactPlaces() []string {
	return []string{"home", "school", "hospital", "office", "relative", "other"}
}

// Says tells the event in a sentence.
func (b *Contact) Says() string {
	return fmt.Sprintf("Met victim %s face to face (%s).", b.Victim, b.Place)
}

// Narratives returns the notes on the meeting.
func (b *Contact) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *Contact) happened() moment { return moment{at: b.At} }

func (b *Contact) subjects() []string { return []string{b.Victim} }

func (b *Contact) check(k *checker) {
	k.required("victim", b.Victim)
	k.instant("at", b.At)
	k.oneOf("place", b.Place, ContactPlaces()...)
}

func (b *Contact) blockers(r *Report, _ string) []Blocker { return r.underInvestigation() }

func (b *Contact) refuse(r *Report, _ Command) error { return r.knows(b.Victim, b.At) }

func (b *Contact) apply(r *Report, e Event) {
	r.foundAgain(e, b.Victim)
	r.record(e, Fact{Type: FactVictimContacted, Subject: b.Victim, At: b.At, Worker: e.Actor.ID})
}

// knows refuses a victim of another report, and an instant before the call.
func (r *Report) knows(victim string, at time.Time) error {
	if r.victim(victim) == nil {
		return InvalidField("victim", "This child is not a victim in this report. Name a victim of the report.")
	}
	return r.sinceReceipt(at)
}

// sinceReceipt refuses an instant before the call.
func (r *Report) sinceReceipt(at time.Time) error { return r.sinceReceiptOn("at", at) }

// sinceReceiptOn is [Report.sinceReceipt] for a field of another name.
func (r *Report) sinceReceiptOn(field string, at time.Time) error {
	if at.Before(r.receivedAt()) {
		return InvalidField(field, "This is before the report was received. Give a later day, or correct when the report was received.")
	}
	return nil
}

// receivedAt is when the call came, as it stands after corrections.
func (r *Report) receivedAt() time.Time {
	for _, f := range r.current() {
		if f.Type == FactReportReceived {
			return f.At
		}
	}
	return time.Time{}
}
