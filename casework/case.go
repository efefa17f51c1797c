package casework

import "slices"

// Case is a family from opening to closing, with its children, who diverge:
// one is home while another is still in care. It is one record, so that rules
// such as "no closing while a child is in care" need nobody else's word.
type Case struct {
	Record

	// Report is the number of the report that the case came from.
	Report   string  `json:"report"`
	Children []Child `json:"children"`
	// Plans are the versions of the case plan, oldest first.
	Plans []Plan `json:"plans,omitempty"`
	// Court holds the court matters, and what is to happen in them.
	Court Court `json:"court,omitzero"`
	// PlanNumbers are the numbers that items of the plan have been given, by the
	// item above them: "goal-1.2" has had that many steps.
	PlanNumbers map[string]int `json:"plan_numbers,omitempty"`
	// Closing is the worker who asked for closing, empty while nobody has.
	Closing string `json:"closing,omitempty"`
}

// StepOpen is the step that opens a case.
const StepOpen = "case.open"

// caseSteps lists what can be done with a case, in the usual order.
func caseSteps() []Step {
	works := []Role{RoleCaseworker, RoleSupervisor}
	supervises := []Role{RoleSupervisor}
	leads := []Role{RoleSupervisor, RoleManager}
	step := func(name string, event EventType, title, path string, roles []Role, perChild bool, body func() Body) Step {
		return Step{
			Name: name, Event: event, Kind: KindCase, Title: title, Path: path,
			Roles: roles, PerSubject: perChild, New: body,
		}
	}
	return []Step{
		step(StepOpen, "case.opened", "Open a case", "", []Role{RoleSystem}, false, func() Body { return &Opening{} }),
		step("case.assign", "case.assigned", "Assign the case", "assignments", supervises, false,
			func() Body { return &Assignment{} }),
		step("child.remove", "child.removed", "Record a removal", "removals", works, true,
			func() Body { return &Removal{} }),
		step("relatives.notify", "relatives.notified", "Record that relatives were notified", "relative-notices", works,
			true, func() Body { return &RelativeNotice{} }),
		step("hearing.record", "hearing.recorded", "Record a hearing or a review", "hearings", works, true,
			func() Body { return &Hearing{} }),
		step("matter.open", "matter.opened", "Record a petition", "court-matters", works, true,
			func() Body { return &MatterOpening{} }),
		step("hearing.schedule", "hearing.scheduled", "Schedule a hearing", "hearing-dates", works, true,
			func() Body { return &HearingSchedule{} }),
		step("hearing.continue", "hearing.continued", "Record a continuance, which extends no date of the law", "continuances",
			works, false, func() Body { return &Continuance{} }),
		step("hearing.vacate", "hearing.vacated", "Take a hearing off the calendar", "vacated-hearings", works, false,
			func() Body { return &VacatedHearing{} }),
		step("court-report.file", "court-report.filed", "Record that the report for a hearing was filed", "court-reports",
			works, false, func() Body { return &CourtReportFiling{} }),
		step("order.make", "order.made", "Record a court order", "orders", works, true,
			func() Body { return &OrderMaking{} }),
		step("order.comply", "order.complied", "Record that a court order was complied with", "order-compliances", works,
			false, func() Body { return &OrderCompliance{} }),
		step("order.modify", "order.modified", "Record that the court modified an order", "modified-orders", works, false,
			func() Body { return &OrderChange{} }),
		step("order.vacate", "order.vacated", "Record that the court vacated an order", "vacated-orders", works, false,
			func() Body { return &OrderVacating{} }),
		step("service-plan.file", "service-plan.filed", "Record that the service plan was filed with the court",
			"service-plan-filings", works, true, func() Body { return &ServicePlanFiling{} }),
		step("dismissal.extend", "dismissal.extended", "Record that the court keeps the suit beyond its dismissal day",
			"dismissal-extensions", works, true, func() Body { return &DismissalExtension{} }),
		step("dismissal.notify", "dismissal.notified", "Record that the court told the parties the dismissal day",
			"dismissal-notices", works, true, func() Body { return &DismissalNotice{} }),
		step("tpr.petition", "tpr.petitioned", "Record a petition to end parental rights", "tpr-petitions", works, true,
			func() Body { return &TPRPetition{} }),
		step("tpr.decide", "tpr.decided", "Record what became of a parent's rights", "parental-rights", works, true,
			func() Body { return &TPRDecision{} }),
		step("tpr.except", "tpr.excepted", "Document why no petition to end parental rights is filed", "tpr-exceptions",
			works, true, func() Body { return &TPRException{} }),
		step("plan.submit", "plan.submitted", "Submit a case plan", "plans", works, false,
			func() Body { return &PlanSubmission{} }),
		step("plan.return", "plan.returned", "Return the case plan", "plan-returns", supervises, false,
			func() Body { return &PlanReturn{} }),
		step("plan.approve", "plan.approved", "Approve the case plan", "plan-approvals", supervises, false,
			func() Body { return &PlanApproval{} }),
		step("plan.amend", "plan.amended", "Submit an amendment of the case plan", "plan-amendments", works, false,
			func() Body { return &PlanAmendment{} }),
		step("plan.sign", "plan.signed", "Record who signed the case plan, or refused", "plan-signatures", works, false,
			func() Body { return &PlanSignature{} }),
		step("plan-step.complete", "plan-step.completed", "Record that a step of the plan is done", "plan-step-completions",
			works, false, func() Body { return &PlanStepCompletion{} }),
		step("plan-step.drop", "plan-step.dropped", "Drop a step of the plan", "plan-step-drops", supervises, false,
			func() Body { return &PlanStepDrop{} }),
		step("visit.record", "visit.recorded", "Record a visit", "visits", works, true,
			func() Body { return &Visit{} }),
		step("trial-home-visit.start", "trial-home-visit.started", "Start a trial home visit", "trial-home-visits",
			works, true, func() Body { return &TrialStart{} }),
		step("trial-home-visit.end", "trial-home-visit.ended", "Record a return from a trial home visit to care",
			"trial-home-visit-ends", works, true, func() Body { return &TrialEnd{} }),
		step("child.reunify", "child.reunified", "Record a reunification", "reunifications", works, true,
			func() Body { return &Reunification{} }),
		step("child.exit", "child.exited", "Record another exit from care", "exits", works, true,
			func() Body { return &Exit{} }),
		step("placement.move", "placement.moved", "Move a child in care", "placements", works, true,
			func() Body { return &PlacementMove{} }),
		step("provider.clear", "provider.cleared", "Record that a child's provider is cleared", "provider-clearances", works,
			true, func() Body { return &ProviderClearance{} }),
		step("health-record.give", "health-record.given", "Record that the health and education record was handed over",
			"health-records", works, true, func() Body { return &HealthRecord{} }),
		step("missing.record", "missing.recorded", "Record that a child is missing", "missing", works, true,
			func() Body { return &Missing{} }),
		step("missing.report", "missing.reported", "Record that a missing child was reported", "missing-reports", works, true,
			func() Body { return &MissingReport{} }),
		step("missing.find", "missing.found", "Record that a missing child was found", "found", works, true,
			func() Body { return &Found{} }),
		step("missing.debrief", "missing.debriefed", "Record the debriefing of a child who was missing", "debriefs", works,
			true, func() Body { return &Debrief{} }),
		step("trafficking.suspect", "trafficking.suspected", "Record information on possible trafficking",
			"trafficking-suspicions", works, true, func() Body { return &TraffickingSuspicion{} }),
		step("voluntary.place", "voluntary.placed", "Record a placement by agreement with the parents", "voluntary-placements",
			works, true, func() Body { return &VoluntaryPlacement{} }),
		step("voluntary.end", "voluntary.ended", "Record the end of an agreement with the parents", "voluntary-ends", works, true,
			func() Body { return &VoluntaryEnd{} }),
		step("qrtp.assess", "qrtp.assessed", "Record the assessment for a residential treatment program", "qrtp-assessments",
			works, true, func() Body { return &QRTPAssessment{} }),
		step("qrtp.decide", "qrtp.decided", "Record the court's decision on a residential treatment program", "qrtp-decisions",
			works, true, func() Body { return &QRTPDecision{} }),
		step("icwa.notice", "icwa.notice-received", "Record the receipt of a notice under the Indian Child Welfare Act",
			"icwa-notices", works, true, func() Body { return &ICWANotice{} }),
		step("icwa.extend", "icwa.extended", "Record a request for more time under the Indian Child Welfare Act",
			"icwa-extensions", works, true, func() Body { return &ICWAExtension{} }),
		step("transition-plan.complete", "transition-plan.completed", "Record the transition plan of a young person",
			"transition-plans", works, true, func() Body { return &TransitionPlan{} }),
		step("credit-report.receive", "credit-report.received", "Record a young person's credit report", "credit-reports", works,
			true, func() Body { return &CreditReport{} }),
		step("exit-documents.give", "exit-documents.given", "Record that the documents for the time after care were given",
			"exit-documents", works, true, func() Body { return &ExitDocuments{} }),
		step("extended-care.start", "extended-care.started", "Record that care is extended beyond 18", "extended-care", works,
			true, func() Body { return &ExtendedCare{} }),
		step("closing.request", "closing.requested", "Ask for the case to be closed", "closing-requests", works, false,
			func() Body { return &ClosingRequest{} }),
		step("closing.return", "closing.returned", "Decline to close the case", "closing-returns", supervises, false,
			func() Body { return &ClosingReturn{} }),
		step("closing.approve", "case.closed", "Close the case", "closing", supervises, false,
			func() Body { return &ClosingApproval{} }),
		step("case.correct", "case.fact-corrected", "Correct a recorded fact", "corrections", works, false,
			func() Body { return &CaseCorrection{} }),
		step(StepMoveCasePolicy, "case.policy-moved", "Move the case to another policy pack", "policy", supervises, false,
			func() Body { return &CasePolicyMove{} }),
		step("case.restrict", "case.restriction-changed", "Restrict the case to named people, or open it", "restriction",
			leads, false, func() Body { return &CaseRestriction{} }),
	}
}

// Decide says which event a command becomes, or refuses it with the reason. It
// does not change the case.
func (c *Case) Decide(cmd Command) (Event, error) { return decide(c, &c.Record, cmd) }

// Apply brings the case to an event that has been recorded, and derives the
// children's stages again from the facts.
func (c *Case) Apply(e Event) {
	switch body := e.Body.(type) {
	case *DutiesChanged:
		c.applyDuties(body.Changes)
	case stepBody[Case]:
		body.apply(c, e)
		c.derive()
	}
	c.advance(e)
}

// Fork returns a copy that can be changed without this one seeing it.
func (c *Case) Fork() *Case {
	f := *c
	f.Record = c.fork()
	f.Children = slices.Clone(c.Children)
	f.Plans = slices.Clone(c.Plans)
	return &f
}

// Stage summarises the case for people: the furthest from home that any child is.
func (c *Case) Stage() Stage {
	if c.Closed() {
		return StageClosed
	}
	for _, stage := range []Stage{StageOutOfHomeCare, StageTrialHome, StageAftercare} {
		if c.anyChild(stage) {
			return stage
		}
	}
	if c.planned() {
		return StageServices
	}
	return StagePlanning
}

// Subjects are the children, whom duties are about.
func (c *Case) Subjects() []Subject {
	subjects := make([]Subject, len(c.Children))
	for i, child := range c.Children {
		subjects[i] = Subject{ID: child.ID, Born: child.Born}
	}
	return subjects
}

// Next lists every step with what stands in its way; none once it is closed.
func (c *Case) Next() []NextStep {
	if c.Closed() {
		return nil
	}
	return nextSteps(c, KindCase, c.Subjects())
}

// Summary returns the case's row in lists.
func (c *Case) Summary() Summary {
	s := c.summary(KindCase, c.Stage())
	s.Report = c.Report
	return s
}

// ChildRows returns the children's rows.
func (c *Case) ChildRows() []ChildSummary {
	rows := make([]ChildSummary, len(c.Children))
	for i, child := range c.Children {
		rows[i] = ChildSummary{
			Aggregate: AggregateID(KindCase, c.Number), Child: child.ID, Born: child.Born, Stage: child.Stage,
			RemovedOn: child.RemovedOn, Setting: child.Setting, ExitedOn: child.ExitedOn, ExitReason: child.ExitReason,
		}
	}
	return rows
}

// Opening returns the command that opens another record on the word of this
// one. A case opens none.
func (c *Case) Opening(Event) (Command, bool) { return Command{}, false }

// FoldCase rebuilds a case from its events, in order.
func FoldCase(events []Event) *Case {
	c := &Case{}
	for _, e := range events {
		c.Apply(e)
	}
	return c
}

func (c *Case) child(id string) *Child {
	for i := range c.Children {
		if c.Children[i].ID == id {
			return &c.Children[i]
		}
	}
	return nil
}

func (c *Case) anyChild(stage Stage) bool {
	return slices.ContainsFunc(c.Children, func(child Child) bool { return child.Stage == stage })
}

// theirs refuses children of another family.
func (c *Case) theirs(ids []string) error {
	for _, id := range ids {
		if c.child(id) == nil {
			return InvalidField("children", "This child is not part of this case.")
		}
	}
	return nil
}
