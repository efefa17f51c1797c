package casework

import "fmt"

// Extension gives an investigation more time, for good cause and with a
// supervisor's name. What it moves, and how far at most, is the policy pack's to
// say; the date before it is kept beside the new one.
type Extension struct {
	wholeRecord

	Days int `json:"days"`
	// Cause is one of [ExtensionCauses].
	Cause string `json:"cause"`
	Note  Text   `json:"note"`
}

// longestExtension is the number of days that no single extension exceeds, to
// catch slips of the keyboard. The law's own limit is in the policy pack.
const longestExtension = 90

// ExtensionCauses are the codes for why an investigation needs more time.
func ExtensionCauses() []string {
	return []string{
		"medical-evidence", "law-enforcement", "court-proceeding", "person-unavailable", "new-allegation", "out-of-state", "other",
	}
}

// Says tells the event in a sentence.
func (b *Extension) Says() string {
	return fmt.Sprintf("Determination extended by %s: %s.", count(b.Days, "day", "days"), b.Cause)
}

// Narratives returns why.
func (b *Extension) Narratives() []*Text { return []*Text{&b.Note} }

func (b *Extension) check(k *checker) {
	if b.Days < 1 || b.Days > longestExtension {
		k.refuse("days", fmt.Sprintf("A number of days from 1 to %d is expected here. Extend again when they are over.", longestExtension))
	}
	k.oneOf("cause", b.Cause, ExtensionCauses()...)
	k.required("note", string(b.Note))
}

func (b *Extension) blockers(r *Report, _ string) []Blocker {
	if missing := r.underInvestigation(); missing != nil {
		return missing
	}
	if r.stands(FactDeterminationMade) {
		return []Blocker{{Code: "determination-made", Detail: "Every allegation has its finding, so nothing is left to extend. Close the report, or open a case."}}
	}
	return nil
}

func (b *Extension) refuse(r *Report, c Command) error {
	if c.Actor.ID == r.Worker {
		return NewError(Forbidden, "Nobody extends their own deadline. Another supervisor must do it.")
	}
	return nil
}

func (b *Extension) apply(r *Report, e Event) {
	r.record(e, Fact{
		Type: FactDeterminationExtended, On: DateOf(e.RecordedAt.In(r.Location())), Days: b.Days, Reason: b.Cause, By: e.Actor.ID,
	})
}
