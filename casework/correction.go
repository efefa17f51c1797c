package casework

import (
	"fmt"
	"strings"
	"time"
)

// correction replaces or withdraws a recorded fact. The old one stays in the
// log; everything that hangs on it is computed again.
type correction struct {
	// Fact is the ID of the fact as the timeline shows it: "12.1".
	Fact string `json:"fact"`
	// On or At is what is right; a fact keeps its form. Both are left out where
	// the time was right and a detail was not.
	On Date      `json:"on,omitzero"`
	At time.Time `json:"at,omitzero"`
	// Withdraw says that it never happened.
	Withdraw bool `json:"withdraw,omitempty"`
	amendment
	Reason Text `json:"reason"`
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
	if b.Withdraw {
		return fmt.Sprintf("Fact %s withdrawn: it did not happen.", b.Fact)
	}
	var right []string
	switch {
	case !b.On.IsZero():
		right = append(right, "it happened on "+b.On.String())
	case !b.At.IsZero():
		right = append(right, "it happened at "+b.At.Format(time.RFC3339))
	}
	return fmt.Sprintf("Fact %s corrected: %s.", b.Fact, strings.Join(append(right, b.says()...), "; "))
}

// Narratives returns why it was wrong.
func (b *correction) Narratives() []*Text { return []*Text{&b.Reason} }

func (b *correction) revises() {}

func (b *correction) check(k *checker) {
	k.required("fact", b.Fact)
	k.required("reason", string(b.Reason))
	dated := !b.On.IsZero() || !b.At.IsZero()
	switch {
	case b.Withdraw && (dated || b.amends()):
		k.refuse("withdraw", "Withdraw the fact, or correct it, not both.")
	case b.Withdraw:
	case !dated && !b.amends():
		k.refuse("on", "Say when it really happened or what else is right, or withdraw it.")
	case !b.On.IsZero() && !b.At.IsZero():
		k.refuse("on", "Give a day or a time, not both.")
	case !b.On.IsZero():
		k.day("on", b.On)
	case !b.At.IsZero():
		k.instant("at", b.At)
	}
	b.amendment.check(k)
}

// corrected returns the facts that take the place of the old ones, or the
// refusal. What one event recorded about one child at one moment is one thing
// that happened, so its facts stay together and move together: a removal and
// the placement that began with it. A detail is that of the named fact alone.
func (b *correction) corrected(r *Record) ([]Fact, error) {
	old, ok := r.CurrentFact(b.Fact)
	if !ok {
		return nil, InvalidField("fact", "There is no such fact, or it has been corrected already. Name one that the timeline shows as it stands.")
	}
	if err := b.fits(old); err != nil {
		return nil, err
	}
	if err := b.amendment.fits(old); err != nil {
		return nil, err
	}
	var right []Fact
	for _, f := range r.current() {
		if f.Subject != old.Subject || eventOf(f.ID) != eventOf(old.ID) || f.On != old.On || !f.At.Equal(old.At) {
			continue
		}
		f.Corrects, f.Withdrawn = f.ID, b.Withdraw
		if !b.On.IsZero() || !b.At.IsZero() {
			f.On, f.At = b.On, b.At
		}
		if f.ID == old.ID {
			b.amend(&f)
		}
		right = append(right, f)
	}
	return b.find(right), nil
}

// moves says whether the correction is about the time of what happened, or
// whether it happened, and so about every fact of it.
func (b *correction) moves() bool { return b.Withdraw || !b.On.IsZero() || !b.At.IsZero() }

// fits says whether a fact's time can be corrected so, or the fact withdrawn.
func (b *correction) fits(old Fact) error {
	switch {
	case b.moves() && !aboutTheWorld(old.Type):
		return InvalidField("fact", "This records a decision or an act in the system itself. Record a new one instead.")
	case b.Withdraw:
		return withdrawable(old)
	case !b.moves():
	case old.On.IsZero() && b.At.IsZero():
		return InvalidField("at", "This fact has a time of day. Give the right one.")
	case !old.On.IsZero() && b.On.IsZero():
		return InvalidField("on", "This fact has a day without a time. Give the right one.")
	}
	return nil
}

// field is the field that a refusal of the whole correction names.
func (b *correction) field() string {
	switch {
	case b.Withdraw:
		return "withdraw"
	case !b.On.IsZero():
		return "on"
	case !b.At.IsZero():
		return "at"
	}
	return b.amendment.field()
}

// aboutTheWorld says whether a fact is about the world. What was done in the
// system, such as a submission, happened when it was recorded.
func aboutTheWorld(t FactType) bool {
	switch t { //nolint:exhaustive // everything else is about the world
	case FactReportScreened, FactInvestigationCompleted, FactCaseOpened, FactCasePlanSubmitted, FactCasePlanReturned,
		FactCasePlanCompleted, FactClosingRequested, FactClosingDecided, FactRecordClosed, FactDeterminationExtended,
		FactPlanStepAgreed, FactPlanStepDropped, FactCrossReportOwed, FactCrossReportOverruled,
		FactTrackSwitched, FactContactExcepted, FactWorkerAssigned, FactWorkerAccepted, FactWorkerDeclined,
		FactRecordUnassigned, FactRecordAssigned, FactReferralMade, FactReferralFollowedUp, FactReferralEnded,
		FactSharingAgreed, FactSharingEnded:
		return false
	}
	return true
}

// withdrawable refuses to take away what a record cannot be without.
func withdrawable(f Fact) error {
	switch f.Type { //nolint:exhaustive // everything else may never have happened
	case FactReportReceived:
		return InvalidField("withdraw", "A report that was received cannot be withdrawn. Screen it out, or close it.")
	case FactSafetyUnsafe, FactSafetyResolved, FactSafetyPlanAgreed, FactSafetyPlanReviewed:
		return InvalidField("withdraw", "A safety assessment cannot be withdrawn. Record a new one.")
	case FactContactPlanSet, FactContactPlanEnded, FactRightsNoticeOwed, FactRightsNoticeGiven, FactAppealFiled, FactAppealDecided,
		FactGrievanceFiled, FactGrievanceAnswered:
		return InvalidField("withdraw", "This is kept with its number. Correct its day, or record how it ended.")
	case FactPlanStepDone:
		if isDecision(f.Ref) {
			return InvalidField("withdraw", "A decision that was carried out stays so. Hold another meeting to decide anew.")
		}
	case FactDeterminationMade:
		return InvalidField("withdraw", "The findings stand. Correct the day on which the last one was made.")
	}
	return nil
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
	if !after.courtFits() {
		return InvalidField(b.field(), "After this correction a court order would be complied with or due, or parental rights decided, "+
			"before the order was made or the petition filed. Correct the later one first.")
	}
	if c.adoptionsFit() && !after.adoptionsFit() {
		return InvalidField(b.field(), "After this correction a child would have been adopted while a parent had rights to it. "+
			"Correct the day of the adoption first, or that on which the rights ended.")
	}
	return nil
}

func (b *CaseCorrection) apply(c *Case, e Event) {
	if right, err := b.corrected(&c.Record); err == nil {
		c.record(e, right...)
	}
}

func (b *ReportCorrection) blockers(*Report, string) []Blocker { return nil }

// refuse: what a report is about cannot have happened before the call, and its
// priority is the supervisor's to set.
func (b *ReportCorrection) refuse(r *Report, c Command) error {
	if b.Priority != "" && c.Actor.Role != RoleSupervisor {
		return NewError(Forbidden, "Only a supervisor corrects the response priority. Ask yours to.")
	}
	right, err := b.corrected(&r.Record)
	if err != nil {
		return err
	}
	after := r.Fork()
	after.record(Event{Seq: r.Revision + 1}, right...)
	call := after.receivedAt()
	for _, f := range after.current() {
		early := f.At.Before(call)
		if !f.On.IsZero() {
			early = f.On.Before(DateOf(call.In(r.Location())))
		}
		if early {
			return InvalidField(b.field(), "After this correction something would have happened before the report was received. Correct the later one first.")
		}
	}
	return nil
}

func (b *ReportCorrection) apply(r *Report, e Event) {
	if right, err := b.corrected(&r.Record); err == nil {
		r.record(e, right...)
		r.unmeet(e, right)
	}
}
