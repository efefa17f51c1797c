package casework

import (
	"fmt"
	"slices"
	"time"
)

// splitSteps lists how one case becomes two.
func splitSteps() []Step {
	system := []Role{RoleSystem}
	return []Step{
		caseStep(StepSplit, "case.split", "Split the case: some children get one of their own", "split", []Role{RoleSupervisor}, false,
			func() Body { return &Split{} }),
		caseStep(StepBranch, "case.branched", "Open a case for children who leave another", "", system, false,
			func() Body { return &Branching{} }),
		caseStep(StepRejoin, "case.rejoined", "Take children back whose case was not opened", "", system, false,
			func() Body { return &Rejoining{} }),
	}
}

// The steps of a split. The second opens a record, as [StepOpen] does.
const (
	StepSplit  = "case.split"
	StepBranch = "case.branch"
	StepRejoin = "case.rejoin"
)

// Split has children leave the case for one of their own, with all that concerns
// them alone. What is about those on both sides is in both cases from then on; what
// is about nobody in particular stays.
type Split struct {
	wholeRecord

	// Number is the new case's, drawn from the sequence before the step is sent.
	Number   string   `json:"number"`
	Children []string `json:"children"`
	// Persons are the adults who go with them, by opaque ID: what they are owed and
	// what the plan wants of them goes along.
	Persons []string `json:"persons,omitempty"`
	// Reason is one of [SplitReasons].
	Reason string `json:"reason"`
	Note   Text   `json:"note"`
	// Worker and Supervisor carry the new case.
	Worker     string `json:"worker"`
	Supervisor string `json:"supervisor"`
}

// SplitReasons are the codes for why one case becomes two.
func SplitReasons() []string {
	return []string{"adoption", "guardianship", "parents-separated", "siblings-apart", "safety", "other"}
}

// Departure is which children have left a case, and for which one.
type Departure struct {
	Case     string    `json:"case"`
	Children []Subject `json:"children"`
	On       Date      `json:"on"`
}

// Says tells the event in a sentence.
func (b *Split) Says() string {
	return fmt.Sprintf("Case split (%s): %s left for case %s, assigned to %s.",
		b.Reason, count(len(b.Children), "child", "children"), b.Number, b.Worker)
}

// Narratives returns why.
func (b *Split) Narratives() []*Text { return []*Text{&b.Note} }

func (b *Split) check(k *checker) {
	k.required("number", b.Number)
	k.list("children", b.Children)
	if len(b.Persons) > 0 {
		k.list("persons", b.Persons)
	}
	for i, id := range b.Persons {
		k.opaque(fmt.Sprintf("persons[%d]", i), id)
	}
	k.oneOf("reason", b.Reason, SplitReasons()...)
	k.required("note", string(b.Note))
	k.opaque("worker", b.Worker)
	k.opaque("supervisor", b.Supervisor)
	if b.Worker != "" && b.Worker == b.Supervisor {
		k.refuse("supervisor", "Nobody supervises their own case. Name another supervisor.")
	}
}

// blockers: what waits for a decision about all of the children is decided before
// they go separate ways.
func (b *Split) blockers(c *Case, _ string) []Blocker {
	var missing []Blocker
	if len(c.Children) < 2 {
		missing = append(missing, Blocker{
			Code:   "one-child",
			Detail: "This case has one child, so there is nothing to split. To give it to somebody else, assign it.",
		})
	}
	if _, ok := c.openPlan(); ok {
		missing = append(missing, Blocker{
			Code:   "plan-awaits-approval",
			Detail: "A case plan for all of the children waits for approval. Approve or return it first; each case then amends its own.",
		})
	}
	if c.Closing != "" {
		missing = append(missing, Blocker{
			Code: "closing-requested", Detail: "Closing of the whole case has been asked for. Decline that first, then split it.",
		})
	}
	return append(missing, c.underInvestigationToo()...)
}

// refuse: each child is in one case, and each case has a child.
func (b *Split) refuse(c *Case, cmd Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	if len(b.Children) == len(c.Children) {
		return InvalidField("children", "Nobody would stay behind. Leave at least one child in this case, "+
			"or assign the whole case to somebody else.")
	}
	for i, id := range b.Persons {
		if c.child(id) != nil {
			return InvalidField(fmt.Sprintf("persons[%d]", i), "This is a child of the case, and a child is in one case alone. "+
				"Name the child under children to leave, or not at all to stay.")
		}
	}
	return c.known(cmd, "persons", b.Persons...)
}

func (b *Split) apply(c *Case, e Event) {
	on := DateOf(e.RecordedAt.In(c.Location()))
	left := Departure{Case: b.Number, On: on}
	for _, id := range b.Children {
		if child := c.child(id); child != nil {
			left.Children = append(left.Children, Subject{ID: id, Born: child.Born})
		}
	}
	stays := c.side(b, false)
	stay := c.portion(stays, on)
	c.Ledger = slices.Clone(c.Ledger)
	c.Ledger = slices.DeleteFunc(c.Ledger, func(d Duty) bool {
		return stays.leaves[d.Subject] && !d.Status.Pending() && d.Status != DutyPaused
	})
	for i := range c.Ledger {
		d := &c.Ledger[i]
		if (d.Status.Pending() || d.Status == DutyPaused) && !stays.keeps(Fact{Subject: d.Subject, Ref: d.Ref}) {
			d.MovedTo = b.Number
		}
	}
	c.hold(stay)
	c.Left = append(slices.Clip(c.Left), left)
}

// side says which children and persons are on which side of a split.
func (c *Case) side(b *Split, away bool) *side {
	s := &side{away: away, leaves: map[string]bool{}, children: map[string]bool{}, items: map[string]bool{}}
	for _, id := range slices.Concat(b.Children, b.Persons) {
		s.leaves[id] = true
	}
	for _, child := range c.Children {
		s.children[child.ID] = true
	}
	return s
}

// Branch is the command that opens the case of the children who leave this one by a
// split that was recorded at an instant; c is the case as it was before that. The
// narratives in it are those of this case: whoever sends it stores them for the
// new one. Sending it twice opens one case.
func (c *Case) Branch(b *Split, by Actor, at time.Time) Command {
	on := DateOf(at.In(c.Location()))
	theirs := c.portion(c.side(b, true), on)
	theirs.unpaper()
	id := "branch/" + AggregateID(KindCase, c.Number) + "/" + b.Number
	return Command{
		ID: id, Fingerprint: id, Name: StepBranch, Actor: Actor{ID: by.ID, Role: RoleSystem},
		Body: &Branching{
			Number: b.Number, From: c.Number, On: on, Reason: b.Reason, Report: c.Report, Timezone: c.Timezone, Office: c.Office,
			Jurisdiction: c.Jurisdiction, Pack: c.Pack, Worker: b.Worker, Supervisor: b.Supervisor, Risk: c.Risk,
			Restricted: c.Restricted, Adults: c.Adults, Portion: theirs,
		},
	}
}
