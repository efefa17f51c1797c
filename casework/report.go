package casework

import (
	"slices"
	"time"
)

// Report is one call to the hotline, from receipt to disposition: screening,
// first contact with each victim, safety, and a finding per allegation.
type Report struct {
	Record

	// Priority is the response priority that screening set.
	Priority string `json:"priority,omitempty"`
	// Track is investigation or alternative-response.
	Track       string       `json:"track,omitempty"`
	Victims     []Victim     `json:"victims"`
	Allegations []Allegation `json:"allegations"`
	// Safety is the last safety decision, empty before the first.
	Safety string `json:"safety,omitempty"`
	// SafetyPlan is the item under which a safety plan waits for its review.
	SafetyPlan string `json:"safety_plan,omitempty"`
	// Disposition is how the report ended, empty while it has not.
	Disposition string `json:"disposition,omitempty"`
	// Case is the number of the case that the report led to.
	Case string `json:"case,omitempty"`
	// Original is the number of the report whose duplicate this one is.
	Original string `json:"original,omitempty"`
	// Reason is the code of the reason for which the report was screened out.
	Reason string `json:"reason,omitempty"`
	// Linked is the number of the open case of the same family, and Carrier the
	// worker who carried it when the report was linked with it.
	Linked  string `json:"linked,omitempty"`
	Carrier string `json:"carrier,omitempty"`
}

// Victim is a child whom a report is about.
type Victim struct {
	ID   string `json:"id"`
	Born Date   `json:"born,omitzero"`
	// Contacted says that an investigator has met the child in person;
	// attempts are not contacts.
	Contacted bool `json:"contacted,omitempty"`
	// Attempts counts the contacts that failed.
	Attempts int `json:"attempts,omitempty"`
	// Search are the attempts that say how and where.
	Search []Try `json:"search,omitempty"`
	// Excepted is the ground on which a supervisor excepted the victim from a
	// meeting, one of [ExceptionGrounds].
	Excepted string `json:"excepted,omitempty"`
	// Unlocated says that a supervisor has concluded that the victim cannot be found.
	Unlocated bool `json:"unlocated,omitempty"`
}

// Allegation is one kind of maltreatment of one victim by one person.
type Allegation struct {
	ID     string `json:"id"`
	Victim string `json:"victim"`
	// Type is one of [AllegationTypes].
	Type string `json:"type"`
	// Perpetrator is the opaque ID of the alleged perpetrator, empty if unknown.
	Perpetrator string `json:"perpetrator,omitempty"`
	// Finding is empty until it is made, then one of [Findings].
	Finding string `json:"finding,omitempty"`
	// Standard is how sure the finding is, one of [EvidenceStandards], and NoticedOn
	// the day on which the alleged perpetrator was told of it.
	Standard  string `json:"standard,omitempty"`
	NoticedOn Date   `json:"noticed_on,omitzero"`
}

// AllegationTypes are the kinds of maltreatment of the NCANDS child file, and those
// that states tell apart beside them: "neglect" is general neglect, and
// "psychological-maltreatment" is emotional abuse.
func AllegationTypes() []string {
	return []string{
		"physical-abuse", "neglect", "medical-neglect", "sexual-abuse",
		"psychological-maltreatment", "sex-trafficking", "other",
		"severe-neglect", "caretaker-absence", "exploitation", "at-risk-sibling",
	}
}

// screeningSteps lists how a report is taken, screened and given to somebody.
func screeningSteps() []Step {
	supervises := []Role{RoleSupervisor}
	leads := []Role{RoleSupervisor, RoleManager}
	return []Step{
		reportStep(StepReceive, "report.received", "Take a report", "", []Role{RoleHotline, RoleSupervisor}, false,
			func() Body { return &Receipt{} }),
		reportStep("report.screen-in", "report.screened-in", "Screen the report in", "screen-in", supervises, false,
			func() Body { return &ScreeningIn{} }),
		reportStep("report.screen-out", "report.screened-out", "Screen the report out", "screen-out", supervises, false,
			func() Body { return &ScreeningOut{} }),
		reportStep("report.assign", "report.assigned", "Assign the report", "assignments", leads, false,
			func() Body { return &ReportAssignment{} }),
		reportStep("report.accept", "report.assignment-accepted", "Accept the report", "assignment-acceptances",
			[]Role{RoleInvestigator}, false, func() Body { return &ReportAcceptance{} }),
		reportStep("report.decline", "report.assignment-declined", "Decline the report", "assignment-declines",
			[]Role{RoleInvestigator}, false, func() Body { return &ReportDecline{} }),
		reportStep("report.unassign", "report.unassigned", "Take the report from its worker", "unassignments", leads, false,
			func() Body { return &ReportUnassignment{} }),
	}
}

// meetingSteps lists how the victims of a report are met.
func meetingSteps() []Step {
	investigates := []Role{RoleInvestigator, RoleSupervisor}
	return []Step{
		reportStep("contact.attempt", "contact.attempted", "Record an attempt to meet a victim", "contact-attempts",
			investigates, true, func() Body { return &ContactAttempt{} }),
		reportStep("contact.record", "victim.contacted", "Record a face-to-face contact with a victim", "contacts",
			investigates, true, func() Body { return &Contact{} }),
	}
}

// dispositionSteps lists what a response ends with, and what can be done with the
// record itself.
func dispositionSteps() []Step {
	investigates := []Role{RoleInvestigator, RoleSupervisor}
	supervises := []Role{RoleSupervisor}
	leads := []Role{RoleSupervisor, RoleManager}
	return []Step{
		reportStep("safety.assess", "safety.assessed", "Record a safety assessment", "safety-assessments", investigates, false,
			func() Body { return &SafetyAssessment{} }),
		reportStep("finding.make", "finding.made", "Record the finding on an allegation", "findings", investigates, false,
			func() Body { return &Finding{} }),
		reportStep("report.open-case", "report.case-opened", "Open a case for the family", "case", supervises, false,
			func() Body { return &CaseRequest{} }),
		reportStep("report.close", "report.closed", "Close the report without a case", "close", supervises, false,
			func() Body { return &ReportClosing{} }),
		reportStep("report.correct", "report.fact-corrected", "Correct a recorded fact", "corrections", investigates, false,
			func() Body { return &ReportCorrection{} }),
		reportStep(StepMoveReportPolicy, "report.policy-moved", "Move the report to another policy pack", "policy", supervises,
			false, func() Body { return &ReportPolicyMove{} }),
		reportStep("report.restrict", "report.restriction-changed", "Restrict the report to named people, or open it", "restriction",
			leads, false, func() Body { return &ReportRestriction{} }),
	}
}

func reportStep(name string, event EventType, title, path string, roles []Role, perVictim bool, body func() Body) Step {
	return Step{
		Name: name, Event: event, Kind: KindReport, Title: title, Path: path,
		Roles: roles, PerSubject: perVictim, New: body,
	}
}

// Decide says which event a command becomes, or refuses it with the reason. It
// does not change the report.
func (r *Report) Decide(c Command) (Event, error) { return decide(r, &r.Record, KindReport, c) }

// Apply brings the report to an event that has been recorded.
func (r *Report) Apply(e Event) {
	switch body := e.Body.(type) {
	case *DutiesChanged:
		r.applyDuties(body.Changes)
	case stepBody[Report]:
		body.apply(r, e)
		r.derive()
	}
	r.advance(e)
}

// derive computes again from the facts that stand how fast the response must be,
// and who has been met.
func (r *Report) derive() {
	facts := r.current()
	for _, f := range facts {
		if f.Type == FactReportScreened {
			r.Priority = f.Priority
		}
	}
	for i, v := range r.Victims {
		r.Victims[i].Contacted = slices.ContainsFunc(facts, func(f Fact) bool {
			return f.Type == FactVictimContacted && f.Subject == v.ID
		})
	}
}

// Fork returns a copy that can be changed without this one seeing it.
func (r *Report) Fork() *Report {
	f := *r
	f.Record = r.fork()
	f.Victims = slices.Clone(r.Victims)
	f.Allegations = slices.Clone(r.Allegations)
	return &f
}

// Stage summarises the report for people.
func (r *Report) Stage() Stage {
	switch {
	case r.Disposition == screenedOut:
		return StageScreenedOut
	case r.Closed():
		return StageClosed
	case r.Priority != "":
		return StageInvestigation
	}
	return StageIntake
}

// Subjects are the victims, whom duties are about.
func (r *Report) Subjects() []Subject {
	subjects := make([]Subject, len(r.Victims))
	for i, v := range r.Victims {
		subjects[i] = Subject{ID: v.ID, Born: v.Born}
	}
	return subjects
}

// Next lists every step with what stands in its way; none once it is closed.
func (r *Report) Next() []NextStep {
	if r.Closed() {
		return nil
	}
	return nextSteps(r, KindReport, r.Subjects())
}

// Summary returns the report's row in lists.
func (r *Report) Summary() Summary {
	s := r.summary(KindReport, r.Stage())
	s.Priority, s.Case = r.Priority, r.Case
	s.Disposition, s.Reason, s.Original, s.Linked = r.Disposition, r.Reason, r.Original, r.Linked
	s.ReceivedAt = r.receivedAt().Truncate(time.Microsecond) // what a database keeps
	return s
}

// ChildRows returns the rows of the victims.
func (r *Report) ChildRows() []ChildSummary {
	rows := make([]ChildSummary, len(r.Victims))
	for i, v := range r.Victims {
		rows[i] = ChildSummary{
			Aggregate: AggregateID(KindReport, r.Number), Child: v.ID, Born: v.Born, Stage: r.Stage(),
		}
	}
	return rows
}

// FoldReport rebuilds a report from its events, in order.
func FoldReport(events []Event) *Report {
	r := &Report{}
	for _, e := range events {
		r.Apply(e)
	}
	return r
}

func (r *Report) victim(id string) *Victim {
	for i := range r.Victims {
		if r.Victims[i].ID == id {
			return &r.Victims[i]
		}
	}
	return nil
}

func (r *Report) allegation(id string) *Allegation {
	for i := range r.Allegations {
		if r.Allegations[i].ID == id {
			return &r.Allegations[i]
		}
	}
	return nil
}

// underInvestigation blocks what only an accepted report can have.
func (r *Report) underInvestigation() []Blocker {
	if r.Priority == "" {
		return []Blocker{{Code: "not-screened-in", Detail: "The report must be screened in first."}}
	}
	return nil
}
