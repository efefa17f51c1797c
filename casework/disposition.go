package casework

import "slices"

// CaseRequest ends a report by opening a case for the family.
type CaseRequest struct {
	wholeRecord

	// Number is the new case's, drawn from the sequence before the step is sent.
	Number     string `json:"number"`
	Caseworker string `json:"caseworker"`
	Supervisor string `json:"supervisor"`
	// Risk is one of [RiskLevels].
	Risk string `json:"risk"`
}

// RiskLevels are the levels of a risk assessment, lowest first.
func RiskLevels() []string { return []string{"low", "moderate", "high", "very-high"} }

// Says tells the event in a sentence.
func (b *CaseRequest) Says() string { return "Case " + b.Number + " opened." }

func (b *CaseRequest) check(k *checker) {
	k.required("number", b.Number)
	k.opaque("caseworker", b.Caseworker)
	k.opaque("supervisor", b.Supervisor)
	k.oneOf("risk", b.Risk, RiskLevels()...)
	if b.Caseworker != "" && b.Caseworker == b.Supervisor {
		k.refuse("supervisor", "Nobody supervises their own case. Name another supervisor.")
	}
}

// blockers: a family has one case.
func (b *CaseRequest) blockers(r *Report, _ string) []Blocker {
	missing := r.unfinished()
	if r.Linked != "" {
		missing = append(missing, Blocker{
			Code: "case-open", Detail: "The family's case " + r.Linked + " is open. Close the report as case-continues.",
		})
	}
	return missing
}

func (b *CaseRequest) refuse(*Report, Command) error { return nil }

func (b *CaseRequest) apply(r *Report, e Event) {
	r.Case, r.Risk = b.Number, b.Risk
	r.record(e, Fact{Type: FactInvestigationCompleted, At: e.RecordedAt})
	r.end(e, caseOpened)
}

// OpeningID is the ID of the command that opens the case of a report, by the
// report's aggregate ID: a report opens one case.
func OpeningID(report string) string { return "open/" + report }

// Opening returns the command that opens the case which this report asked
// for, and whether it asked for one; and, once it has ended, the command that tells
// so to the case with which it is linked. Sent twice, both are carried out once.
func (r *Report) Opening(e Event) (Command, bool) {
	b, ok := e.Body.(*CaseRequest)
	if !ok {
		return r.settlement(e)
	}
	return Command{
		ID: OpeningID(e.Aggregate), Fingerprint: OpeningID(e.Aggregate), Name: StepOpen,
		Actor: Actor{ID: e.Actor.ID, Role: RoleSystem},
		Body: &Opening{
			Number: b.Number, Report: r.Number, Children: r.Subjects(), Timezone: r.Timezone, Office: r.Office,
			Jurisdiction: r.Jurisdiction, Pack: r.Pack, Worker: b.Caseworker, Supervisor: b.Supervisor,
			Risk: b.Risk, Restricted: r.Restricted, On: DateOf(e.RecordedAt.In(r.Location())), Adults: r.Adults,
		},
	}, true
}

// ReportClosing ends a report without a case.
type ReportClosing struct {
	wholeRecord

	// Reason is one of [ReportClosingReasons].
	Reason string `json:"reason"`
	// Risk is one of [RiskLevels], as last assessed. From high on, Override says why
	// no case is opened.
	Risk     string `json:"risk,omitempty"`
	Override Text   `json:"override,omitempty"`
	Note     Text   `json:"note"`
}

// ReportClosingReasons are the codes for ending an investigation without a case.
func ReportClosingReasons() []string {
	return []string{"no-services-needed", "referred", "services-declined", caseContinues}
}

// caseContinues ends a report whose family has an open case, which goes on.
const caseContinues = "case-continues"

// The dispositions of a report that is not closed for a reason of its own.
const (
	screenedOut = "screened-out"
	caseOpened  = "case-opened"
)

// Dispositions are the codes for how a report can end.
func Dispositions() []string {
	return slices.Concat(ReportClosingReasons(), []string{screenedOut, caseOpened, duplicated, unlocated}, callsAboutNobody())
}

// Says tells the event in a sentence.
func (b *ReportClosing) Says() string { return "Report closed: " + b.Reason + "." }

// Narratives returns the note on the decision, and why it departs from the rule.
func (b *ReportClosing) Narratives() []*Text { return []*Text{&b.Note, &b.Override} }

func (b *ReportClosing) check(k *checker) {
	k.oneOf("reason", b.Reason, ReportClosingReasons()...)
	if b.Risk != "" {
		k.oneOf("risk", b.Risk, RiskLevels()...)
	}
	k.required("note", string(b.Note))
}

// blockers: unsafe children are not left with a closed report.
func (b *ReportClosing) blockers(r *Report, _ string) []Blocker {
	missing := r.unfinished()
	if r.Safety == Unsafe && r.Linked == "" {
		missing = append(missing, Blocker{
			Code:   "children-unsafe",
			Detail: "The last safety assessment says unsafe. Open a case, or assess again.",
		})
	}
	return missing
}

// refuse: an open case goes on, and it alone looks after unsafe children.
func (b *ReportClosing) refuse(r *Report, _ Command) error {
	switch {
	case b.Reason == caseContinues && r.Linked == "":
		return InvalidField("reason", "This report is not linked with an open case. Link it with one, or open a case.")
	case b.Reason != caseContinues && r.Safety == Unsafe:
		return InvalidField("reason", "The last safety assessment says unsafe. Close the report as case-continues, or assess again.")
	}
	return b.risky()
}

func (b *ReportClosing) apply(r *Report, e Event) {
	if b.Risk != "" {
		r.Risk = b.Risk
	}
	r.record(e, Fact{Type: FactInvestigationCompleted, At: e.RecordedAt})
	r.end(e, b.Reason)
}

// unfinished lists what an investigation still needs before it can end.
func (r *Report) unfinished() []Blocker {
	if missing := r.underInvestigation(); missing != nil {
		return missing
	}
	var missing []Blocker
	for _, v := range r.Victims {
		if !v.settled() {
			missing = append(missing, notMet(v.ID))
		}
	}
	if r.Safety == "" {
		missing = append(missing, Blocker{Code: "no-safety-assessment", Detail: "The children's safety has not been assessed. Record a safety assessment first."})
	}
	missing = append(missing, r.unnotified()...)
	if r.Track == alternativeResponse {
		return missing // it ends without a finding
	}
	return append(missing, r.undecided()...)
}
