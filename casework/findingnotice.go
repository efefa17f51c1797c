package casework

import "slices"

// EvidenceStandards are the codes for how sure a finding must be.
func EvidenceStandards() []string {
	return []string{"credible-evidence", "reasonable-cause", "preponderance", "clear-and-convincing"}
}

// FindingNotice tells the alleged perpetrator what was found, and how to appeal.
type FindingNotice struct {
	wholeRecord

	Allegation string `json:"allegation"`
	On         Date   `json:"on"`
	// Means is one of [NoticeMeans].
	Means string `json:"means"`
	// AppealUntil is the last day on which the person can appeal, as the notice says.
	AppealUntil Date `json:"appeal_until"`
	// AppealRights says that the notice explains how to appeal.
	AppealRights bool `json:"appeal_rights"`
	Notes        Text `json:"notes,omitempty"`
}

// NoticeMeans are the codes for how a person was told of a finding.
func NoticeMeans() []string {
	return []string{"certified-mail", "mail", "in-person", "electronic"}
}

// Says tells the event in a sentence.
func (b *FindingNotice) Says() string {
	return "Notice of the finding on allegation " + b.Allegation + " given; it can be appealed until " + b.AppealUntil.String() + "."
}

// Narratives returns the notes.
func (b *FindingNotice) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *FindingNotice) happened() moment { return moment{on: b.On} }

func (b *FindingNotice) check(k *checker) {
	k.required("allegation", b.Allegation)
	k.day("on", b.On)
	k.oneOf("means", b.Means, NoticeMeans()...)
	if !b.AppealUntil.After(b.On) {
		k.refuse("appeal_until", "Give the last day of the appeal window, as the notice says. It is after the notice.")
	}
	if !b.AppealRights {
		k.refuse("appeal_rights", "A notice of a finding must say how to appeal. Send one that does, and say so.")
	}
}

func (b *FindingNotice) blockers(r *Report, _ string) []Blocker {
	if slices.ContainsFunc(r.Allegations, Allegation.notifiable) {
		return nil
	}
	return []Blocker{{Code: "nothing-to-notify", Detail: "No finding against a person who is named waits for its notice. Make the finding first."}}
}

func (b *FindingNotice) refuse(r *Report, _ Command) error {
	a := r.allegation(b.Allegation)
	switch {
	case a == nil:
		return InvalidField("allegation", "This report has no such allegation. Name one of this report.")
	case !a.notifiable():
		return InvalidField("allegation", "This allegation has no finding yet, names nobody, or its notice was given already. Name an allegation whose notice is owed.")
	case b.On.Before(DateOf(r.receivedAt().In(r.Location()))):
		return InvalidField("on", "This is before the report was received. Give a later day, or correct when the report was received.")
	}
	return nil
}

func (b *FindingNotice) apply(r *Report, e Event) {
	r.Allegations = slices.Clone(r.Allegations)
	r.allegation(b.Allegation).NoticedOn = b.On
	r.record(e, Fact{
		Type: FactFindingNotified, Ref: "allegation-" + b.Allegation, Subject: r.allegation(b.Allegation).Victim,
		On: b.On, Until: b.AppealUntil, By: b.Means,
	})
}

// notifiable says whether a finding was made about a person who is named and has
// not been told of it.
func (a Allegation) notifiable() bool {
	return a.Finding != "" && a.Finding != unlocated && a.Perpetrator != "" && a.NoticedOn.IsZero()
}

// unnotified lists the findings against somebody of whom the person must hear
// before the report ends. Findings without a standard were made before that rule.
func (r *Report) unnotified() []Blocker {
	var missing []Blocker
	for _, a := range r.Allegations {
		if a.Standard != "" && a.Finding == Findings()[0] && a.notifiable() {
			missing = append(missing, Blocker{
				Code: "finding-notice-owed", Subject: a.Victim,
				Detail: "The person named in allegation " + a.ID + " has not been told of the finding and of the right to appeal. Give the notice first.",
			})
		}
	}
	return missing
}

// risky refuses to let a family of high risk go without services, unless that is
// overridden with a reason.
func (b *ReportClosing) risky() error {
	high := b.Risk == RiskLevels()[2] || b.Risk == RiskLevels()[3]
	if high && b.Override == "" && b.Reason != caseContinues {
		return InvalidField("override", "At this risk a case is opened. Open one, or say why not.")
	}
	return nil
}
