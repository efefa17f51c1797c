package casework

import "fmt"

// Finding is the result of the investigation of one allegation.
type Finding struct {
	wholeRecord

	Allegation string `json:"allegation"`
	// Result is one of [Findings].
	Result string `json:"result"`
	// Standard is one of [EvidenceStandards]. Where it is given, whoever was found to
	// have done it is told before the report ends.
	Standard string `json:"standard,omitempty"`
	On       Date   `json:"on"`
	Evidence Text   `json:"evidence"`
}

// Findings are the results that an allegation can have.
func Findings() []string { return []string{"substantiated", "unsubstantiated", "undetermined"} }

// Says tells the event in a sentence.
func (b *Finding) Says() string {
	return fmt.Sprintf("Finding on allegation %s: %s.", b.Allegation, b.Result)
}

// Narratives returns the evidence.
func (b *Finding) Narratives() []*Text { return []*Text{&b.Evidence} }

func (b *Finding) happened() moment { return moment{on: b.On} }

func (b *Finding) check(k *checker) {
	k.required("allegation", b.Allegation)
	k.oneOf("result", b.Result, Findings()...)
	if b.Standard != "" {
		k.oneOf("standard", b.Standard, EvidenceStandards()...)
	}
	k.day("on", b.On)
	k.required("evidence", string(b.Evidence))
}

// blockers: a finding needs the safety of the children to be known, and an
// allegation without one whose victim has been met.
func (b *Finding) blockers(r *Report, _ string) []Blocker {
	if missing := r.underInvestigation(); missing != nil {
		return missing
	}
	if r.Safety == "" {
		return []Blocker{{Code: "no-safety-assessment", Detail: "The children's safety must be assessed first."}}
	}
	var missing []Blocker
	for _, a := range r.Allegations {
		if a.Finding != "" {
			continue
		}
		if r.victim(a.Victim).reached() {
			return nil
		}
		missing = append(missing, notMet(a.Victim))
	}
	if missing == nil {
		return []Blocker{{Code: "finding-made", Detail: "Every allegation has its finding. Correct its day if that is wrong; otherwise close the report, or open a case."}}
	}
	return missing
}

// refuse: no finding on a child whom nobody has met.
func (b *Finding) refuse(r *Report, _ Command) error {
	a := r.allegation(b.Allegation)
	if a == nil {
		return InvalidField("allegation", "This report has no such allegation. Name one of this report.")
	}
	if b.On.Before(DateOf(r.receivedAt().In(r.Location()))) {
		return InvalidField("on", "This is before the report was received. Give a later day, or correct when the report was received.")
	}
	if a.Finding != "" {
		return BlockedBy("There is a finding on this allegation already.",
			Blocker{Code: "finding-made", Detail: "Each allegation has one finding, and it stands. Make the finding on another allegation."})
	}
	if !r.victim(a.Victim).reached() {
		return BlockedBy("This finding is not possible yet.", notMet(a.Victim))
	}
	return nil
}

// notMet blocks what needs a child to have been met.
func notMet(victim string) Blocker {
	return Blocker{Code: "victim-not-contacted", Subject: victim, Detail: "This child has not been met face to face. Record the contact first."}
}

func (b *Finding) apply(r *Report, e Event) {
	r.allegation(b.Allegation).Finding, r.allegation(b.Allegation).Standard = b.Result, b.Standard
	if len(r.undecided()) == 0 {
		r.record(e, Fact{Type: FactDeterminationMade, On: b.On})
	}
}

// undecided lists the allegations without a finding.
func (r *Report) undecided() []Blocker {
	var missing []Blocker
	for _, a := range r.Allegations {
		if a.Finding == "" {
			missing = append(missing, Blocker{
				Code: "finding-missing", Subject: a.Victim,
				Detail: "Allegation " + a.ID + " has no finding yet. Make it first.",
			})
		}
	}
	return missing
}
