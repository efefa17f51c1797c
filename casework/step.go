package casework

import "slices"

// Step is one lawful kind of move: its command, the event that it becomes, who
// may take it, and what people call it.
type Step struct {
	// Name is the command's name and the Temporal Update's: "visit.record".
	Name string
	// Event is what is recorded when the step is taken.
	Event EventType
	Kind  AggregateKind
	// Title is what a person reads on a button: "Record a visit".
	Title string
	// Path is the last part of the step's API route, "visits"; empty for steps
	// that no caller takes directly.
	Path string
	// Roles may take the step.
	Roles []Role
	// PerSubject steps concern single children or victims, so whether they are
	// lawful is asked for each.
	PerSubject bool
	// Reopens steps are taken on a closed record, and on no other.
	Reopens bool
	// New returns an empty body to decode into.
	New func() Body
}

// May says whether an actor of role r may take the step. Time itself may only
// open a case, on the word of the report that asked for it.
func (s Step) May(r Role) bool {
	return slices.Contains(s.Roles, r)
}

// Steps lists every step of a kind of record, in the order of a usual case.
func Steps(kind AggregateKind) []Step {
	var steps []Step
	for _, group := range stepGroups(kind) {
		steps = append(steps, group()...)
	}
	return steps
}

// stepGroups lists the steps of a kind in groups: who looks for one step builds no
// more of them than stand before it.
func stepGroups(kind AggregateKind) []func() []Step {
	if kind == KindReport {
		return []func() []Step{screeningSteps, intakeSteps, meetingSteps, responseSteps, dispositionSteps}
	}
	return []func() []Step{
		familySteps, planSteps, careSteps, contactSteps, referralSteps, courtSteps, rightSteps, conferenceSteps, professionalSteps,
		missingSteps, specialSteps, splitSteps, closingSteps, recordSteps,
	}
}

// StepNamed finds a step by its command name.
func StepNamed(name string) (Step, bool) {
	return findStep(func(s *Step) bool { return s.Name == name }, KindCase, KindReport)
}

func findStep(is func(*Step) bool, kinds ...AggregateKind) (Step, bool) {
	for _, kind := range kinds {
		for _, group := range stepGroups(kind) {
			steps := group()
			for i := range steps {
				if is(&steps[i]) {
					return steps[i], true
				}
			}
		}
	}
	return Step{}, false
}

// newBody returns an empty body for a stored event type.
func newBody(t EventType) (Body, bool) {
	if t == EventDutiesChanged {
		return &DutiesChanged{}, true
	}
	step, known := findStep(func(s *Step) bool { return s.Event == t }, KindCase, KindReport)
	if !known {
		return nil, false
	}
	return step.New(), true
}

// stepBody is what the body of a step knows about a state of type S.
type stepBody[S any] interface {
	Body
	// check looks at the form of the fields alone.
	check(k *checker)
	// subjects names the children or victims concerned; nil for the whole record.
	subjects() []string
	// blockers says what stands between the state and this kind of step,
	// whatever the fields say. [Next] asks the same question.
	blockers(s *S, subject string) []Blocker
	// refuse looks at the fields against the state, after blockers.
	refuse(s *S, c Command) error
	// apply changes the state; it never fails, since the event has happened.
	apply(s *S, e Event)
}

// wholeRecord is embedded by bodies that concern the record as a whole.
type wholeRecord struct{}

func (wholeRecord) subjects() []string { return nil }

// decide runs the checks that every step shares, in the order that serves the
// caller best: who, whether it still can, whether it is up to date, the form,
// and then the law.
func decide[S any](s *S, r *Record, kind AggregateKind, c Command) (Event, error) {
	step, known := findStep(func(s *Step) bool { return s.Name == c.Name }, kind)
	body, fits := c.Body.(stepBody[S])
	if !known || !fits {
		return Event{}, InvalidField("name", "This kind of record has no such step. Take one of its next steps.")
	}
	if !step.May(c.Actor.Role) {
		return Event{}, &Error{Kind: Forbidden, Detail: "Your role may not take this step: " + step.Title + "."}
	}
	if err := r.admits(step, c); err != nil {
		return Event{}, err
	}
	k := &checker{now: c.Now, loc: r.Location()}
	body.check(k)
	if k.err != nil {
		return Event{}, k.err
	}
	if err := blocked(s, step, body, c.Edition); err != nil {
		return Event{}, err
	}
	if err := body.refuse(s, c); err != nil {
		return Event{}, err
	}
	return Event{
		Aggregate: AggregateID(step.Kind, r.numberFor(c)), Seq: r.Revision + 1, CommandID: c.ID, Type: step.Event,
		Actor: c.Actor, OccurredAt: occurred(c), RecordedAt: c.Now, Body: c.Body,
	}, nil
}

// opener is implemented by the bodies that open a record.
type opener interface{ opens() string }

// numberFor returns the record's number, which the opening command brings.
func (r *Record) numberFor(c Command) string {
	if o, ok := c.Body.(opener); ok {
		return o.opens()
	}
	return r.Number
}

// blocked asks a sender for what the rules that they knew ask for.
func blocked[S any](s *S, step Step, body stepBody[S], edition int) error {
	subjects := body.subjects()
	if !step.PerSubject {
		subjects = []string{""}
	}
	var missing []Blocker
	for _, subject := range subjects {
		missing = append(missing, body.blockers(s, subject)...)
	}
	missing = slices.DeleteFunc(missing, func(b Blocker) bool { return b.Since > edition })
	return BlockedBy("This step is not possible now: "+step.Title+".", missing...)
}

// timed is implemented by bodies that know when the thing itself happened.
type timed interface{ happened() moment }

// NextStep is one step with what still stands in its way, for one child or
// victim where the step is about single ones.
type NextStep struct {
	Step    string    `json:"step"`
	Title   string    `json:"title"`
	Path    string    `json:"path"`
	Subject string    `json:"subject,omitempty"`
	Roles   []Role    `json:"roles"`
	Ready   bool      `json:"ready"`
	Missing []Blocker `json:"missing,omitempty"`
}

// nextSteps asks every step of a kind whether it is lawful now.
func nextSteps[S any](s *S, kind AggregateKind, subjects []Subject) []NextStep {
	const usual = 128 // steps, those about single children several times
	next := make([]NextStep, 0, usual)
	for _, group := range stepGroups(kind) {
		for _, step := range group() {
			body, ok := step.New().(stepBody[S])
			if !ok || step.Path == "" || step.Reopens {
				continue
			}
			ask := []Subject{{}}
			if step.PerSubject {
				ask = subjects
			}
			for _, subject := range ask {
				missing := body.blockers(s, subject.ID)
				next = append(next, NextStep{
					Step: step.Name, Title: step.Title, Path: step.Path, Subject: subject.ID,
					Roles: step.Roles, Ready: len(missing) == 0, Missing: missing,
				})
			}
		}
	}
	return next
}
