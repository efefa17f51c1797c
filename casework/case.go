package casework

import "slices"

// Case is a family from opening to closing, with its children, who diverge:
// one is home while another is still in care. It is one record, so that rules
// such as "no closing while a child is in care" need nobody else's word.
type Case struct {
	Record

	// Report is the number of the report that the case came from.
	Report string `json:"report"`
	// From is the number of the case that the children left by a split.
	From     string  `json:"from,omitempty"`
	Children []Child `json:"children"`
	// Plans are the versions of the case plan, oldest first.
	Plans []Plan `json:"plans,omitempty"`
	// Court holds the court matters, and what is to happen in them.
	Court Court `json:"court,omitzero"`
	// PlanNumbers are the numbers that items of the plan have been given, by the
	// item above them: "goal-1.2" has had that many steps.
	PlanNumbers map[string]int `json:"plan_numbers,omitempty"`
	// Referrals are the family's ways to services, by number, the first is 1.
	Referrals []Referral `json:"referrals,omitempty"`
	// Closing is the worker who asked for closing, empty while nobody has.
	Closing string `json:"closing,omitempty"`
	// Investigations are the numbers of the open reports about the family.
	Investigations []string `json:"investigations,omitempty"`
	// Entries are the numbers of events to which words can be added and which
	// recorded no fact: an attempted visit, a call.
	Entries []int `json:"entries,omitempty"`
	// ContactPlans say who is to meet whom how often, by number.
	ContactPlans []ContactPlanState `json:"contact_plans,omitempty"`
	// Rights are the notices of rights, appeals and grievances.
	Rights []Right `json:"rights,omitempty"`
	// Meetings are the meetings with their decisions, by number.
	Meetings []Meeting `json:"meetings,omitempty"`
	// Professionals are those from outside of the agency, by number.
	Professionals []Professional `json:"professionals,omitempty"`
	// Left are those who have left for a case of their own.
	Left []Departure `json:"left,omitempty"`
}

// StepOpen is the step that opens a case.
const StepOpen = "case.open"

// recordSteps lists what can be done with the record itself.
func recordSteps() []Step {
	works := []Role{RoleCaseworker, RoleSupervisor}
	supervises := []Role{RoleSupervisor}
	leads := []Role{RoleSupervisor, RoleManager}
	return []Step{
		caseStep("case.correct", "case.fact-corrected", "Correct a recorded fact", "corrections", works, false,
			func() Body { return &CaseCorrection{} }),
		caseStep(StepMoveCasePolicy, "case.policy-moved", "Move the case to another policy pack", "policy", supervises, false,
			func() Body { return &CasePolicyMove{} }),
		{
			Name: "case.reopen", Event: "case.reopened", Kind: KindCase, Title: "Reopen the case", Path: "reopening",
			Roles: supervises, Reopens: true, New: func() Body { return &CaseReopening{} },
		},
		caseStep("case.restrict", "case.restriction-changed", "Restrict the case to named people, or open it", "restriction",
			leads, false, func() Body { return &CaseRestriction{} }),
	}
}

func caseStep(name string, event EventType, title, path string, roles []Role, perChild bool, body func() Body) Step {
	return Step{
		Name: name, Event: event, Kind: KindCase, Title: title, Path: path,
		Roles: roles, PerSubject: perChild, New: body,
	}
}

// Decide says which event a command becomes, or refuses it with the reason. It
// does not change the case.
func (c *Case) Decide(cmd Command) (Event, error) { return decide(c, &c.Record, KindCase, cmd) }

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
	f.Investigations = slices.Clone(c.Investigations)
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

// ChildRows returns the children's rows, those of the ones who have left last.
func (c *Case) ChildRows() []ChildSummary {
	rows := make([]ChildSummary, len(c.Children))
	for i, child := range c.Children {
		rows[i] = ChildSummary{
			Aggregate: AggregateID(KindCase, c.Number), Child: child.ID, Born: child.Born, Stage: child.Stage,
			RemovedOn: child.RemovedOn, Setting: child.Setting, ExitedOn: child.ExitedOn, ExitReason: child.ExitReason,
		}
	}
	for _, left := range c.Left {
		for _, child := range left.Children {
			rows = append(rows, ChildSummary{
				Aggregate: AggregateID(KindCase, c.Number), Child: child.ID, Born: child.Born, Stage: StageMoved,
			})
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
			return InvalidField("children", "This child is not part of this case. Name a child of the case.")
		}
	}
	return nil
}
