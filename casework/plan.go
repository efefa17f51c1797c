package casework

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// planSteps lists how a plan comes about, and is carried out.
func planSteps() []Step {
	works := []Role{RoleCaseworker, RoleSupervisor}
	supervises := []Role{RoleSupervisor}
	return []Step{
		caseStep("plan.submit", "plan.submitted", "Submit a case plan", "plans", works, false,
			func() Body { return &PlanSubmission{} }),
		caseStep("plan.return", "plan.returned", "Return the case plan", "plan-returns", supervises, false,
			func() Body { return &PlanReturn{} }),
		caseStep("plan.approve", "plan.approved", "Approve the case plan", "plan-approvals", supervises, false,
			func() Body { return &PlanApproval{} }),
		caseStep("plan.amend", "plan.amended", "Submit an amendment of the case plan", "plan-amendments", works, false,
			func() Body { return &PlanAmendment{} }),
		caseStep("plan.sign", "plan.signed", "Record who signed the case plan, or refused", "plan-signatures", works, false,
			func() Body { return &PlanSignature{} }),
		caseStep("plan-step.complete", "plan-step.completed", "Record that a step of the plan is done", "plan-step-completions",
			works, false, func() Body { return &PlanStepCompletion{} }),
		caseStep("plan-step.drop", "plan-step.dropped", "Drop a step of the plan", "plan-step-drops", supervises, false,
			func() Body { return &PlanStepDrop{} }),
	}
}

// PlanStatus is where a version of the case plan stands.
type PlanStatus string

// The statuses of a plan. An approved plan is locked.
const (
	PlanSubmitted PlanStatus = "submitted"
	PlanReturned  PlanStatus = "returned"
	PlanApproved  PlanStatus = "approved"
)

// Plan is one version of the case plan. Its words are stored apart.
type Plan struct {
	// Version counts what was submitted; [PlanVersion] has the number that people use.
	Version     int        `json:"version"`
	Status      PlanStatus `json:"status"`
	Goals       []Goal     `json:"goals"`
	Content     Text       `json:"content"`
	Submitter   string     `json:"submitter"`
	SubmittedAt time.Time  `json:"submitted_at"`
	Decider     string     `json:"decider,omitempty"`
	DecidedAt   time.Time  `json:"decided_at,omitzero"`
	Comments    Text       `json:"comments,omitempty"`

	// On is the day on which the plan was made with the family.
	On Date `json:"on,omitzero"`
	// Amendment is set on a version that changes an approved one.
	Amendment *PlanChange `json:"amendment,omitempty"`
	// Needs, Participants and Signatures are kept of the version in force and of
	// the last one; those of the others are in the log (see [PlanHistory]).
	Needs        []PlanNeed        `json:"needs,omitempty"`
	Participants []PlanParticipant `json:"participants,omitempty"`
	Signatures   []Signature       `json:"signatures,omitempty"`
}

// Goal is a child's part of the plan: the permanency goal, the one that is worked
// on at the same time, and what the law wants said of the child.
type Goal struct {
	Child string `json:"child"`
	// Primary is one of [PermanencyGoals].
	Primary    string `json:"primary"`
	Concurrent string `json:"concurrent,omitempty"`
	// Why says why these goals are in the child's best interest.
	Why Text `json:"why,omitempty"`
	// By is the day by which the primary goal is expected to be reached.
	By Date `json:"by,omitzero"`
	// Consulted says that the child was asked (42 USC 675(5)(C)(iii)), Objects what
	// the child wants instead, and NotConsulted why the child was not asked.
	Consulted    bool `json:"consulted,omitempty"`
	Objects      Text `json:"objects,omitempty"`
	NotConsulted Text `json:"not_consulted,omitempty"`
	// Health and Education are the sections of 42 USC 675(1)(C).
	Health    Text `json:"health,omitempty"`
	Education Text `json:"education,omitempty"`
}

// PermanencyGoals are the goals of 42 USC 675(5)(C), best first. Another
// planned arrangement (APPLA) is for those of 16 and over.
func PermanencyGoals() []string {
	return []string{"remain-home", "reunification", "adoption", "guardianship", "relative", goalAPPLA}
}

// goalAPPLA is another planned permanent living arrangement.
const goalAPPLA = "another-planned-arrangement"

// minimumAgeAPPLA is the age, in years, from which another planned permanent
// living arrangement may be a goal (42 USC 675(5)(C)(i), 675a(a)).
const minimumAgeAPPLA = 16

// PlanSubmission puts a plan before the supervisor: the first one, a returned one
// again, or a new one in the place of another. A plan with needs is complete, and
// must say all that the law wants in it.
type PlanSubmission struct {
	wholeRecord

	Goals   []Goal `json:"goals"`
	Content Text   `json:"content"`
	// On is the day on which the plan was made with the family.
	On           Date              `json:"on,omitzero"`
	Needs        []PlanNeed        `json:"needs,omitempty"`
	Participants []PlanParticipant `json:"participants,omitempty"`
}

// Says tells the event in a sentence.
func (b *PlanSubmission) Says() string { return "Case plan submitted for approval." }

// Narratives returns the plan's words.
func (b *PlanSubmission) Narratives() []*Text {
	texts := []*Text{&b.Content}
	for i := range b.Goals {
		g := &b.Goals[i]
		texts = append(texts, &g.Why, &g.Objects, &g.NotConsulted, &g.Health, &g.Education)
	}
	return append(texts, wordsOf(b.Needs)...)
}

func (b *PlanSubmission) check(k *checker) {
	k.required("content", string(b.Content))
	b.checkGoals(k)
	if b.whole() {
		b.checkWhole(k)
	}
}

func (b *PlanSubmission) checkGoals(k *checker) {
	ids := make([]string, len(b.Goals))
	for i, g := range b.Goals {
		ids[i] = g.Child
		field := fmt.Sprintf("goals[%d].", i)
		k.oneOf(field+"primary", g.Primary, PermanencyGoals()...)
		if g.Concurrent != "" {
			k.oneOf(field+"concurrent", g.Concurrent, PermanencyGoals()...)
		}
	}
	k.list("goals", ids)
}

func (b *PlanSubmission) blockers(c *Case, _ string) []Blocker {
	if plan, ok := c.openPlan(); ok {
		return []Blocker{{
			Code:   "plan-awaits-approval",
			Detail: fmt.Sprintf("Version %d of the plan is with the supervisor.", plan.Version),
		}}
	}
	return nil
}

// refuse: the plan is the family's, so each child has a goal in it.
func (b *PlanSubmission) refuse(c *Case, cmd Command) error {
	today := DateOf(cmd.Now.In(c.Location()))
	for i, g := range b.Goals {
		if c.child(g.Child) == nil {
			return InvalidField(fmt.Sprintf("goals[%d].child", i), "This child is not part of this case. Name a child of the case.")
		}
		born := c.child(g.Child).Born
		field, appla := "primary", g.Primary == goalAPPLA
		if !appla {
			field, appla = "concurrent", g.Concurrent == goalAPPLA
		}
		if appla && (born.IsZero() || today.Before(born.AddMonths(minimumAgeAPPLA*12))) {
			return InvalidField(fmt.Sprintf("goals[%d].%s", i, field), "Another planned arrangement is only for youth of 16 and over. Choose another goal.")
		}
		if err := c.asOrdered(fmt.Sprintf("goals[%d].primary", i), g); err != nil {
			return err
		}
	}
	if len(b.Goals) < len(c.Children) {
		return InvalidField("goals", "The plan needs a goal for every child of the case. Add those that are missing.")
	}
	inCare := slices.ContainsFunc(c.Children, Child.InCare)
	switch {
	case b.whole():
		return b.refuseWhole(c)
	case inCare && cmd.Edition >= EditionWholePlans:
		return InvalidField("needs", "The plan of a child in care is a whole plan. Give needs with goals and steps, when and with whom "+
			"it was made, and each child's health and education (42 USC 675(1)).")
	}
	return nil
}

func (b *PlanSubmission) apply(c *Case, e Event) {
	c.submitPlan(e, b, nil)
	c.record(e, Fact{Type: FactCasePlanSubmitted, At: e.RecordedAt})
}

// submitPlan adds a version, each item with its number and with the words that
// were left as they were.
func (c *Case) submitPlan(e Event, b *PlanSubmission, change *PlanChange) {
	needs, numbers := c.numbered(b.Needs)
	plan := Plan{
		Version: len(c.Plans) + 1, Status: PlanSubmitted, Goals: c.filledGoals(b), Content: b.Content,
		Submitter: e.Actor.ID, SubmittedAt: e.RecordedAt, On: b.On, Amendment: change, Needs: needs,
		Participants: b.Participants,
	}
	if last := c.lastPlan(); change != nil {
		plan.Content = cmp.Or(plan.Content, last.Content)
		if len(plan.Participants) == 0 {
			plan.Participants = last.Participants
		}
	}
	c.Plans, c.PlanNumbers = append(c.Plans, plan), numbers
	c.slimPlans()
}

// PlanReturn sends the plan back with comments.
type PlanReturn struct {
	wholeRecord

	Comments Text `json:"comments"`
}

// Says tells the event in a sentence.
func (b *PlanReturn) Says() string { return "Case plan returned with comments." }

// Narratives returns the comments.
func (b *PlanReturn) Narratives() []*Text { return []*Text{&b.Comments} }

func (b *PlanReturn) check(k *checker) { k.required("comments", string(b.Comments)) }

func (b *PlanReturn) blockers(c *Case, _ string) []Blocker { return c.planAwaits() }

func (b *PlanReturn) refuse(*Case, Command) error { return nil }

func (b *PlanReturn) apply(c *Case, e Event) {
	was := c.planInEffect()
	c.decidePlan(e, PlanReturned, b.Comments)
	c.record(e, Fact{Type: FactCasePlanReturned, At: e.RecordedAt})
	c.agree(e, was.Needs, c.planInEffect().Needs, "returned")
}

// PlanApproval approves the plan. Nobody approves their own.
type PlanApproval struct {
	wholeRecord

	Comments Text `json:"comments,omitempty"`
}

// Says tells the event in a sentence.
func (b *PlanApproval) Says() string { return "Case plan approved." }

// Narratives returns the comments.
func (b *PlanApproval) Narratives() []*Text { return []*Text{&b.Comments} }

func (b *PlanApproval) check(*checker) {}

// blockers: the plan of a child in care is made after the removal.
func (b *PlanApproval) blockers(c *Case, _ string) []Blocker {
	missing := c.planAwaits()
	plan, _ := c.openPlan()
	for _, child := range c.Children {
		if child.InCare() && !plan.On.IsZero() && plan.On.Before(child.RemovedOn) {
			missing = append(missing, Blocker{
				Code: "plan-before-removal", Subject: child.ID,
				Detail: "The plan was made before this child was removed. Return it, so that it can be made for a child in care.",
			})
		}
	}
	return missing
}

func (b *PlanApproval) refuse(c *Case, cmd Command) error {
	if plan, _ := c.openPlan(); plan.Submitter == cmd.Actor.ID {
		return NewError(Forbidden, "Nobody approves their own plan. Another supervisor must do it.")
	}
	return nil
}

func (b *PlanApproval) apply(c *Case, e Event) {
	was := c.planInEffect()
	c.decidePlan(e, PlanApproved, b.Comments)
	plan, why := c.lastPlan(), "amended"
	if plan.Amendment == nil {
		why = "replaced"
	}
	for _, g := range plan.Goals {
		c.record(e, Fact{Type: FactCasePlanCompleted, Subject: g.Child, At: e.RecordedAt})
	}
	c.agree(e, was.Needs, plan.Needs, why)
	c.slimPlans()
}

func (c *Case) decidePlan(e Event, status PlanStatus, comments Text) {
	plan := &c.Plans[len(c.Plans)-1]
	plan.Status, plan.Comments = status, comments
	plan.Decider, plan.DecidedAt = e.Actor.ID, e.RecordedAt
}

// openPlan returns the version that waits for the supervisor.
func (c *Case) openPlan() (Plan, bool) {
	plan := c.lastPlan()
	if plan.Status == PlanSubmitted {
		return plan, true
	}
	return Plan{}, false
}

// lastPlan returns the version that was submitted last, empty where none was.
func (c *Case) lastPlan() Plan {
	if n := len(c.Plans); n > 0 {
		return c.Plans[n-1]
	}
	return Plan{}
}

// planInForce returns the version that was approved last, empty where none was.
func (c *Case) planInForce() Plan {
	for _, plan := range slices.Backward(c.Plans) {
		if plan.Status == PlanApproved {
			return plan
		}
	}
	return Plan{}
}

// planInEffect returns the version that people work by: the one in force, or an
// emergency amendment that waits for the supervisor.
func (c *Case) planInEffect() Plan {
	if plan, ok := c.openPlan(); ok && plan.Amendment != nil && plan.Amendment.Emergency {
		return plan
	}
	return c.planInForce()
}

// slimPlans leaves out what only the log keeps of versions that are neither in
// force nor the last: a case of many years carries no old plans along.
func (c *Case) slimPlans() {
	force := c.planInForce().Version
	for i := range len(c.Plans) - 1 {
		if plan := &c.Plans[i]; plan.Version != force {
			plan.Needs, plan.Participants, plan.Signatures = nil, nil, nil
		}
	}
}

// planned says whether a version of the plan has ever been approved.
func (c *Case) planned() bool { return c.plannedSince(Date{}) }

// plannedSince says whether one has been approved on or after a day: a plan of an
// earlier episode of care says nothing about this one.
func (c *Case) plannedSince(day Date) bool {
	return slices.ContainsFunc(c.Plans, func(p Plan) bool {
		return p.Status == PlanApproved && !DateOf(p.DecidedAt.In(c.Location())).Before(day)
	})
}

func (c *Case) planAwaits() []Blocker {
	if _, ok := c.openPlan(); ok {
		return nil
	}
	return []Blocker{{Code: "no-plan-submitted", Detail: "No plan waits for approval. Submit one first."}}
}
