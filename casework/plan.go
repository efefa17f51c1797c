package casework

import (
	"fmt"
	"slices"
	"time"
)

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
	Version     int        `json:"version"`
	Status      PlanStatus `json:"status"`
	Goals       []Goal     `json:"goals"`
	Content     Text       `json:"content"`
	Submitter   string     `json:"submitter"`
	SubmittedAt time.Time  `json:"submitted_at"`
	Decider     string     `json:"decider,omitempty"`
	DecidedAt   time.Time  `json:"decided_at,omitzero"`
	Comments    Text       `json:"comments,omitempty"`
}

// Goal is a child's permanency goal, with the goal that is worked on at the
// same time.
type Goal struct {
	Child string `json:"child"`
	// Primary is one of [PermanencyGoals].
	Primary    string `json:"primary"`
	Concurrent string `json:"concurrent,omitempty"`
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

// PlanSubmission puts a plan before the supervisor.
type PlanSubmission struct {
	wholeRecord

	Goals   []Goal `json:"goals"`
	Content Text   `json:"content"`
}

// Says tells the event in a sentence.
func (b *PlanSubmission) Says() string { return "Case plan submitted for approval." }

// Narratives returns the plan's words.
func (b *PlanSubmission) Narratives() []*Text { return []*Text{&b.Content} }

func (b *PlanSubmission) check(k *checker) {
	k.required("content", string(b.Content))
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
			return InvalidField(fmt.Sprintf("goals[%d].child", i), "This child is not part of this case.")
		}
		born := c.child(g.Child).Born
		field, appla := "primary", g.Primary == goalAPPLA
		if !appla {
			field, appla = "concurrent", g.Concurrent == goalAPPLA
		}
		if appla && (born.IsZero() || today.Before(born.AddMonths(minimumAgeAPPLA*12))) {
			return InvalidField(fmt.Sprintf("goals[%d].%s", i, field), "Another planned arrangement is only for youth of 16 and over.")
		}
	}
	if len(b.Goals) < len(c.Children) {
		return InvalidField("goals", "The plan needs a goal for every child of the case.")
	}
	return nil
}

func (b *PlanSubmission) apply(c *Case, e Event) {
	c.Plans = append(c.Plans, Plan{
		Version: len(c.Plans) + 1, Status: PlanSubmitted, Goals: b.Goals, Content: b.Content,
		Submitter: e.Actor.ID, SubmittedAt: e.RecordedAt,
	})
	c.record(e, Fact{Type: FactCasePlanSubmitted, At: e.RecordedAt})
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
	c.decidePlan(e, PlanReturned, b.Comments)
	c.record(e, Fact{Type: FactCasePlanReturned, At: e.RecordedAt})
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

func (b *PlanApproval) blockers(c *Case, _ string) []Blocker { return c.planAwaits() }

func (b *PlanApproval) refuse(c *Case, cmd Command) error {
	if plan, _ := c.openPlan(); plan.Submitter == cmd.Actor.ID {
		return NewError(Forbidden, "Nobody approves their own plan. Another supervisor must do it.")
	}
	return nil
}

func (b *PlanApproval) apply(c *Case, e Event) {
	c.decidePlan(e, PlanApproved, b.Comments)
	plan := c.Plans[len(c.Plans)-1]
	for _, g := range plan.Goals {
		c.record(e, Fact{Type: FactCasePlanCompleted, Subject: g.Child, At: e.RecordedAt})
	}
}

func (c *Case) decidePlan(e Event, status PlanStatus, comments Text) {
	plan := &c.Plans[len(c.Plans)-1]
	plan.Status, plan.Comments = status, comments
	plan.Decider, plan.DecidedAt = e.Actor.ID, e.RecordedAt
}

// openPlan returns the version that waits for the supervisor.
func (c *Case) openPlan() (Plan, bool) {
	if n := len(c.Plans); n > 0 && c.Plans[n-1].Status == PlanSubmitted {
		return c.Plans[n-1], true
	}
	return Plan{}, false
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
	return []Blocker{{Code: "no-plan-submitted", Detail: "No plan waits for approval."}}
}
