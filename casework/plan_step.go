package casework

import "fmt"

// PlanStepStatus is where a step of the plan stands.
type PlanStepStatus string

// The statuses of a step. One that is late stays open until it is done or dropped.
const (
	StepPending PlanStepStatus = "open"
	StepDone    PlanStepStatus = "done"
	StepDropped PlanStepStatus = "dropped"
)

// PlanStepState is what became of a step, derived from the facts that stand.
type PlanStepState struct {
	Status PlanStepStatus `json:"status"`
	// Due is the day that was agreed last.
	Due Date `json:"due"`
	// On is the day on which it was done.
	On Date `json:"on,omitzero"`
	// DaysLate is how many days after Due it was done, and Reason why; or why it
	// was dropped.
	DaysLate int    `json:"days_late,omitempty"`
	Reason   string `json:"reason,omitempty"`
	// Fact is the ID of the fact that says so, for corrections.
	Fact string `json:"fact,omitempty"`
}

// PlanSteps returns what became of every step that was ever agreed, by its ref.
func (c *Case) PlanSteps() map[string]PlanStepState {
	steps := map[string]PlanStepState{}
	for _, f := range c.current() {
		was := steps[f.Ref]
		switch f.Type { //nolint:exhaustive // the other facts are about no step
		case FactPlanStepAgreed:
			steps[f.Ref] = PlanStepState{Status: StepPending, Due: f.Until, Fact: f.ID}
		case FactPlanStepDone:
			steps[f.Ref] = PlanStepState{
				Status: StepDone, Due: was.Due, On: f.On, DaysLate: max(0, was.Due.DaysUntil(f.On)), Reason: f.Reason, Fact: f.ID,
			}
		case FactPlanStepDropped:
			steps[f.Ref] = PlanStepState{Status: StepDropped, Due: was.Due, Reason: f.Reason, Fact: f.ID}
		}
	}
	return steps
}

// agree records what another plan in effect means for the steps that are not
// done: which are owed now, until when, and which no longer.
func (c *Case) agree(e Event, from, to []PlanNeed, why string) {
	steps, stays := c.PlanSteps(), map[string]bool{}
	for _, it := range items(to) {
		stays[it.ref] = true
		state := steps[it.ref]
		if it.step == nil || state.Status == StepDone || (state.Status == StepPending && state.Due == it.step.Due) {
			continue
		}
		c.record(e, Fact{
			Type: FactPlanStepAgreed, Ref: it.ref, At: e.RecordedAt, Until: it.step.Due, Worker: it.step.Worker,
		})
	}
	for _, it := range items(from) {
		if it.step != nil && !stays[it.ref] && steps[it.ref].Status == StepPending {
			c.record(e, Fact{Type: FactPlanStepDropped, Ref: it.ref, At: e.RecordedAt, Reason: why})
		}
	}
}

// PlanStepCompletion records that a step of the plan was done.
type PlanStepCompletion struct {
	wholeRecord

	// Step is the ref of the step: "step-1.2.3".
	Step string `json:"step"`
	On   Date   `json:"on"`
	// Evidence says what shows that it was done.
	Evidence Text `json:"evidence"`
	// LateBecause is one of [LateReasons], where it was done after its day.
	LateBecause string `json:"late_because,omitempty"`
}

// LateReasons are why a step of the plan was done late.
func LateReasons() []string {
	return []string{
		"waiting-list", "no-service", "transport", "illness", "no-contact", "agency", "court", "family-choice", "other",
	}
}

// Says tells the event in a sentence.
func (b *PlanStepCompletion) Says() string {
	if b.LateBecause != "" {
		return fmt.Sprintf("Plan %s done late, on %s (%s).", itemInWords(b.Step), b.On.Long(), b.LateBecause)
	}
	return fmt.Sprintf("Plan %s done on %s.", itemInWords(b.Step), b.On.Long())
}

// itemInWords names an item of the plan in a sentence: "step 1.2.3". What is no
// ref is not repeated.
func itemInWords(ref string) string {
	if kind := ref[:max(0, len(ref)-len(below(ref))-1)]; kind != "" && IsOpaque(ref) {
		return kind + " " + below(ref)
	}
	return "step"
}

// Narratives returns the evidence.
func (b *PlanStepCompletion) Narratives() []*Text { return []*Text{&b.Evidence} }

func (b *PlanStepCompletion) happened() moment { return moment{on: b.On} }

func (b *PlanStepCompletion) check(k *checker) {
	k.opaque("step", b.Step)
	k.day("on", b.On)
	k.required("evidence", string(b.Evidence))
	if b.LateBecause != "" {
		k.oneOf("late_because", b.LateBecause, LateReasons()...)
	}
}

func (b *PlanStepCompletion) blockers(c *Case, _ string) []Blocker { return c.stepAwaits() }

func (b *PlanStepCompletion) refuse(c *Case, _ Command) error {
	step, err := c.openStep(b.Step)
	switch late := b.On.After(step.Due); {
	case err != nil:
		return err
	case late && b.LateBecause == "":
		return InvalidField("late_because", fmt.Sprintf("This step was due on %s, %s earlier. Say why it was done late.",
			step.Due.Long(), count(step.Due.DaysUntil(b.On), "day", "days")))
	case !late && b.LateBecause != "":
		return InvalidField("late_because", "This step was done in time, by "+step.Due.Long()+". Leave this out.")
	}
	return nil
}

func (b *PlanStepCompletion) apply(c *Case, e Event) {
	c.record(e, Fact{Type: FactPlanStepDone, Ref: b.Step, On: b.On, Reason: b.LateBecause})
}

// PlanStepDrop gives a step of the plan up. The plan is the supervisor's word, and
// so is this.
type PlanStepDrop struct {
	wholeRecord

	// Step is the ref of the step: "step-1.2.3".
	Step string `json:"step"`
	// Reason is one of [StepDropReasons].
	Reason string `json:"reason"`
	Why    Text   `json:"why"`
}

// StepDropReasons are why a step of the plan is given up.
func StepDropReasons() []string {
	return []string{"need-met", "not-needed", "no-service", "refused", "unsafe", "moved-away", "replaced", "other"}
}

// Says tells the event in a sentence.
func (b *PlanStepDrop) Says() string {
	return fmt.Sprintf("Plan %s dropped (%s).", itemInWords(b.Step), b.Reason)
}

// Narratives returns why.
func (b *PlanStepDrop) Narratives() []*Text { return []*Text{&b.Why} }

func (b *PlanStepDrop) check(k *checker) {
	k.opaque("step", b.Step)
	k.oneOf("reason", b.Reason, StepDropReasons()...)
	k.required("why", string(b.Why))
}

func (b *PlanStepDrop) blockers(c *Case, _ string) []Blocker { return c.stepAwaits() }

func (b *PlanStepDrop) refuse(c *Case, _ Command) error {
	if _, err := c.openStep(b.Step); err != nil {
		return err
	}
	if order, bound := c.boundStep(b.Step); bound {
		return InvalidField("step", "The court made this step binding ("+order.Ref+"). Record that it was done, or that the court "+
			"vacated the order.")
	}
	return nil
}

func (b *PlanStepDrop) apply(c *Case, e Event) {
	c.record(e, Fact{Type: FactPlanStepDropped, Ref: b.Step, At: e.RecordedAt, Reason: b.Reason})
}

// stepAwaits blocks what needs a step that is not done.
func (c *Case) stepAwaits() []Blocker {
	if c.planInEffect().Version == 0 {
		return []Blocker{c.noPlanInForce()}
	}
	for _, state := range c.PlanSteps() {
		if state.Status == StepPending {
			return nil
		}
	}
	return []Blocker{{Code: "no-open-step", Detail: "The plan has no step that is still to be done. Amend it to add one."}}
}

// openStep finds a step of the plan that is not done, or refuses it.
func (c *Case) openStep(ref string) (PlanStepState, error) {
	state := c.PlanSteps()[ref]
	switch state.Status {
	case StepDone:
		return state, InvalidField("step", "This step was done on "+state.On.Long()+". Correct that fact where it is wrong.")
	case StepDropped:
		return state, InvalidField("step", "This step was dropped. Amend the plan to take it up again.")
	case StepPending:
		return state, nil
	}
	return state, InvalidField("step", "The plan in force has no such step. Name one like step-1.2.3, as the plan shows it.")
}
