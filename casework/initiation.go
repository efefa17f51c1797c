package casework

import (
	"slices"
	"time"
)

// Initiation says how the response to a report began where it did not begin with
// a meeting: with an attempt in good faith (89 IAC 300.90(a)), with somebody who
// knows the child, with a partner who saw the child. It begins the response and is
// no contact: each victim is still to be met.
type Initiation struct {
	wholeRecord

	At time.Time `json:"at"`
	// How is one of [InitiationWays].
	How   string `json:"how"`
	Notes Text   `json:"notes"`
}

// goodFaith is the way to begin that rests on attempts which are on record.
const goodFaith = "good-faith-attempt"

// InitiationWays are the codes for how a response can begin without a meeting.
func InitiationWays() []string {
	return []string{goodFaith, "collateral-contact", "partner-response", "specialized-screening"}
}

// Says tells the event in a sentence.
func (b *Initiation) Says() string { return "Response begun: " + b.How + "." }

// Narratives returns what was done.
func (b *Initiation) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *Initiation) happened() moment { return moment{at: b.At} }

func (b *Initiation) check(k *checker) {
	k.instant("at", b.At)
	k.oneOf("how", b.How, InitiationWays()...)
	k.required("notes", string(b.Notes))
}

func (b *Initiation) blockers(r *Report, _ string) []Blocker {
	if missing := r.underInvestigation(); missing != nil {
		return missing
	}
	if r.stands(FactReportInitiated) {
		return []Blocker{{Code: "already-initiated", Detail: "The response has begun already. Correct when it did, if that was wrong."}}
	}
	return nil
}

// refuse: good faith is shown by an attempt that somebody has written down.
func (b *Initiation) refuse(r *Report, _ Command) error {
	tried := slices.ContainsFunc(r.Victims, func(v Victim) bool { return v.Attempts > 0 })
	if b.How == goodFaith && !tried {
		return InvalidField("how", "No attempt to meet a victim is on record. Record the attempt first; then it can begin the response.")
	}
	return r.sinceReceipt(b.At)
}

func (b *Initiation) apply(r *Report, e Event) {
	r.record(e, Fact{Type: FactReportInitiated, At: b.At, Worker: e.Actor.ID, By: b.How})
}

// stands says whether a fact of a type is on record and was not withdrawn.
func (r *Record) stands(t FactType) bool {
	return slices.ContainsFunc(r.current(), func(f Fact) bool { return f.Type == t })
}
