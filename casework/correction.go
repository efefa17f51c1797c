package casework

import (
	"fmt"
	"time"
)

// correction replaces or withdraws a recorded fact. The old one stays in the
// log; everything that hangs on it is computed again.
type correction struct {
	// Fact is the ID of the fact as the timeline shows it: "12.1".
	Fact string `json:"fact"`
	// On or At is what is right; a fact keeps its form.
	On Date      `json:"on,omitzero"`
	At time.Time `json:"at,omitzero"`
	// Withdraw says that it never happened.
	Withdraw bool `json:"withdraw,omitempty"`
	Reason   Text `json:"reason"`
}

// CaseCorrection corrects a fact of a case.
type CaseCorrection struct {
	wholeRecord
	correction
}

// ReportCorrection corrects a fact of a report.
type ReportCorrection struct {
	wholeRecord
	correction
}

// Says tells the event in a sentence.
func (b *correction) Says() string {
	switch {
	case b.Withdraw:
		return fmt.Sprintf("Fact %s withdrawn: it did not happen.", b.Fact)
	case !b.On.IsZero():
		return fmt.Sprintf("Fact %s corrected: it happened on %s.", b.Fact, b.On)
	}
	return fmt.Sprintf("Fact %s corrected: it happened at %s.", b.Fact, b.At.Format(time.RFC3339))
}

// Narratives returns why it was wrong.
func (b *correction) Narratives() []*Text { return []*Text{&b.Reason} }

func (b *correction) check(k *checker) {
	k.required("fact", b.Fact)
	k.required("reason", string(b.Reason))
	if b.Withdraw {
		return
	}
	switch {
	case b.On.IsZero() && b.At.IsZero():
		k.refuse("on", "Say when it really happened, or withdraw it.")
	case !b.On.IsZero() && !b.At.IsZero():
		k.refuse("on", "Give a day or a time, not both.")
	case !b.On.IsZero():
		k.day("on", b.On)
	default:
		k.instant("at", b.At)
	}
}

// corrected returns the facts that take the place of the old ones, or the
// refusal. What one event recorded about one child at one moment is one thing
// that happened, so its facts move together: a removal and the placement that
// began with it.
func (b *correction) corrected(r *Record) ([]Fact, error) {
	old, ok := r.CurrentFact(b.Fact)
	if !ok {
		return nil, InvalidField("fact", "There is no such fact, or it has been corrected already.")
	}
	if !correctable(old.Type) {
		return nil, InvalidField("fact", "This records a decision or an act in the system itself. Record a new one instead.")
	}
	switch {
	case b.Withdraw && old.Type == FactReportReceived:
		return nil, InvalidField("withdraw", "A report that was received cannot be withdrawn. Screen it out, or close it.")
	case b.Withdraw:
	case old.On.IsZero() && b.At.IsZero():
		return nil, InvalidField("at", "This fact has a time of day. Give the right one.")
	case !old.On.IsZero() && b.On.IsZero():
		return nil, InvalidField("on", "This fact has a day without a time. Give the right one.")
	}
	var right []Fact
	for _, f := range Current(r.Facts) {
		if f.Subject != old.Subject || seqOf(f.ID) != seqOf(old.ID) || f.On != old.On || !f.At.Equal(old.At) {
			continue
		}
		f.Corrects, f.Withdrawn = f.ID, b.Withdraw
		if !b.Withdraw {
			f.On, f.At = b.On, b.At
		}
		right = append(right, f)
	}
	return right, nil
}

// field is the field that a refusal of the whole correction names.
func (b *correction) field() string {
	switch {
	case b.Withdraw:
		return "withdraw"
	case b.On.IsZero():
		return "at"
	}
	return "on"
}

// correctable says whether a fact is about the world. What was done in the
// system, such as a submission, happened when it was recorded.
func correctable(t FactType) bool {
	switch t { //nolint:exhaustive // everything else is about the world
	case FactReportScreened, FactSafetyUnsafe, FactSafetyResolved, FactDeterminationMade, FactInvestigationCompleted,
		FactCaseOpened, FactCasePlanSubmitted, FactCasePlanReturned, FactCasePlanCompleted,
		FactClosingRequested, FactClosingDecided, FactRecordClosed:
		return false
	}
	return true
}

func (b *CaseCorrection) blockers(*Case, string) []Blocker { return nil }

// refuse: the corrected story must still hold together: nobody comes home
// before, or without, having been removed.
func (b *CaseCorrection) refuse(c *Case, _ Command) error {
	right, err := b.corrected(&c.Record)
	if err != nil {
		return err
	}
	after := c.Fork()
	after.record(Event{Seq: c.Revision + 1}, right...)
	if !after.coherent() {
		return InvalidField(b.field(), "After this correction a child's removals, trial home visits and returns "+
			"would no longer follow each other. Correct the later ones first.")
	}
	return nil
}

func (b *CaseCorrection) apply(c *Case, e Event) {
	if right, err := b.corrected(&c.Record); err == nil {
		c.record(e, right...)
	}
}

func (b *ReportCorrection) blockers(*Report, string) []Blocker { return nil }

func (b *ReportCorrection) refuse(r *Report, _ Command) error {
	right, err := b.corrected(&r.Record)
	if err != nil {
		return err
	}
	after := r.Fork()
	after.record(Event{Seq: r.Revision + 1}, right...)
	for _, f := range Current(after.Facts) {
		if f.Type == FactVictimContacted && f.At.Before(after.receivedAt()) {
			return InvalidField(b.field(), "After this correction a victim would have been met before the report was received.")
		}
	}
	return nil
}

func (b *ReportCorrection) apply(r *Report, e Event) {
	if right, err := b.corrected(&r.Record); err == nil {
		r.record(e, right...)
	}
}
