package casework

import (
	"fmt"
	"slices"
	"time"
)

// The authorities to whom an allegation can have to be passed on.
const (
	LawEnforcement = "law-enforcement"
	Prosecutor     = "prosecutor"
)

// Authorities are the codes for whom a cross-report goes to.
func Authorities() []string { return []string{LawEnforcement, Prosecutor} }

// theAuthority is how people call one.
func theAuthority(code string) string {
	if code == LawEnforcement {
		return "the police"
	}
	return "the " + code
}

// ObligesCrossReport says whether an allegation of a type must be passed on to the
// police and to the prosecutor. Neglect that is not severe, the absence of a
// caretaker and a sibling at risk need not be; neither need kinds of maltreatment
// that no list names.
func ObligesCrossReport(allegation string) bool {
	return slices.Contains([]string{
		"physical-abuse", "severe-neglect", "sexual-abuse", "psychological-maltreatment", "sex-trafficking", "exploitation",
	}, allegation)
}

// CrossReport passes a report on to the police or to the prosecutor.
type CrossReport struct {
	wholeRecord

	// To is one of [Authorities].
	To string    `json:"to"`
	At time.Time `json:"at"`
	// Agency is the opaque ID of the agency that was told.
	Agency string `json:"agency"`
	// Means is one of [CrossReportMeans].
	Means string `json:"means"`
	// Reference is the number that the agency gave it, a code.
	Reference string `json:"reference,omitempty"`
	Notes     Text   `json:"notes,omitempty"`
}

// CrossReportMeans are the codes for how an authority was told.
func CrossReportMeans() []string {
	return []string{"telephone", "electronic", "fax", "in-person", "letter"}
}

// Says tells the event in a sentence.
func (b *CrossReport) Says() string {
	return fmt.Sprintf("Passed on to %s (%s).", theAuthority(b.To), b.Means)
}

// Narratives returns the notes.
func (b *CrossReport) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *CrossReport) happened() moment { return moment{at: b.At} }

func (b *CrossReport) check(k *checker) {
	k.oneOf("to", b.To, Authorities()...)
	k.instant("at", b.At)
	k.opaque("agency", b.Agency)
	k.oneOf("means", b.Means, CrossReportMeans()...)
	if b.Reference != "" {
		k.opaque("reference", b.Reference)
	}
}

func (b *CrossReport) blockers(*Report, string) []Blocker { return nil }

func (b *CrossReport) refuse(r *Report, _ Command) error { return r.sinceReceipt(b.At) }

func (b *CrossReport) apply(r *Report, e Event) {
	r.record(e, Fact{Type: FactCrossReportMade, Ref: b.To, At: b.At, Worker: e.Actor.ID})
}

// CrossReportOverruling says why an authority need not be told, though the
// allegations say that it must be.
type CrossReportOverruling struct {
	wholeRecord

	To string `json:"to"`
	// Reason is one of [OverrulingReasons].
	Reason string `json:"reason"`
	Note   Text   `json:"note"`
}

// OverrulingReasons are the codes for why a cross-report is not made.
func OverrulingReasons() []string {
	return []string{"reported-by-authority", "already-reported", "other-jurisdiction", "allegation-mistaken", "standing-agreement"}
}

// Says tells the event in a sentence.
func (b *CrossReportOverruling) Says() string {
	return fmt.Sprintf("Need not be passed on to %s: %s.", theAuthority(b.To), b.Reason)
}

// Narratives returns the note on the decision.
func (b *CrossReportOverruling) Narratives() []*Text { return []*Text{&b.Note} }

func (b *CrossReportOverruling) check(k *checker) {
	k.oneOf("to", b.To, Authorities()...)
	k.oneOf("reason", b.Reason, OverrulingReasons()...)
	k.required("note", string(b.Note))
}

func (b *CrossReportOverruling) blockers(r *Report, _ string) []Blocker {
	if len(r.owedTo()) > 0 {
		return nil
	}
	return []Blocker{{Code: "no-cross-report-owed", Detail: "Nobody is left to whom this report must be passed on."}}
}

func (b *CrossReportOverruling) refuse(r *Report, _ Command) error {
	if !slices.Contains(r.owedTo(), b.To) {
		return InvalidField("to", "This report need not be passed on to "+theAuthority(b.To)+", or has been. Leave it as it is.")
	}
	return nil
}

func (b *CrossReportOverruling) apply(r *Report, e Event) {
	r.record(e, Fact{Type: FactCrossReportOverruled, Ref: b.To, At: e.RecordedAt, Reason: b.Reason, By: e.Actor.ID})
}

// oblige records to whom the report must be passed on.
func (r *Report) oblige(e Event) {
	if !slices.ContainsFunc(r.Allegations, func(a Allegation) bool { return ObligesCrossReport(a.Type) }) {
		return
	}
	for _, to := range Authorities() {
		r.record(e, Fact{Type: FactCrossReportOwed, Ref: to, At: r.receivedAt()})
	}
}

// owedTo lists the authorities that must be told, have not been, and were not
// overruled.
func (r *Report) owedTo() []string {
	var owed []string
	for _, f := range r.current() {
		switch f.Type { //nolint:exhaustive // the other facts pass nothing on
		case FactCrossReportOwed:
			owed = append(owed, f.Ref)
		case FactCrossReportMade, FactCrossReportOverruled:
			owed = slices.DeleteFunc(owed, func(to string) bool { return to == f.Ref })
		}
	}
	return owed
}

// notPassedOn blocks a screening that would forget an authority.
func (r *Report) notPassedOn() []Blocker {
	var missing []Blocker
	for _, to := range r.owedTo() {
		missing = append(missing, Blocker{
			Code:   "cross-report-owed",
			Detail: "The allegations must be passed on to " + theAuthority(to) + ". Record that they were, or let a supervisor overrule it with a reason.",
		})
	}
	return missing
}
