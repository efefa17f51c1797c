package casework

import "fmt"

// familySteps lists what opens a case, and takes a child into care.
func familySteps() []Step {
	works := []Role{RoleCaseworker, RoleSupervisor}
	leads := []Role{RoleSupervisor, RoleManager}
	return []Step{
		caseStep(StepOpen, "case.opened", "Open a case", "", []Role{RoleSystem}, false, func() Body { return &Opening{} }),
		caseStep(StepAttachReport, "case.report-attached", "Link a report about the family", "", []Role{RoleSystem}, false,
			func() Body { return &ReportAttachment{} }),
		caseStep(StepSettleReport, "case.report-settled", "Record that a report about the family has ended", "", []Role{RoleSystem},
			false, func() Body { return &ReportSettlement{} }),
		caseStep(StepAddCaseAdult, "case.adult-added", "Put an adult on the case", "adults", works, false,
			func() Body { return &CaseAdult{} }),
		caseStep("case.assign", "case.assigned", "Assign the case", "assignments", leads, false,
			func() Body { return &Assignment{} }),
		caseStep("case.accept", "case.assignment-accepted", "Accept the case", "assignment-acceptances",
			[]Role{RoleCaseworker}, false, func() Body { return &Acceptance{} }),
		caseStep("case.decline", "case.assignment-declined", "Decline the case", "assignment-declines",
			[]Role{RoleCaseworker}, false, func() Body { return &Decline{} }),
		caseStep("case.unassign", "case.unassigned", "Take the case from its worker", "unassignments", leads, false,
			func() Body { return &Unassignment{} }),
		caseStep("child.remove", "child.removed", "Record a removal", "removals", works, true,
			func() Body { return &Removal{} }),
		caseStep("relatives.notify", "relatives.notified", "Record that relatives were notified", "relative-notices", works,
			true, func() Body { return &RelativeNotice{} }),
	}
}

// Opening opens a case on the word of a report.
type Opening struct {
	wholeRecord

	Number       string    `json:"number"`
	Report       string    `json:"report"`
	On           Date      `json:"on"`
	Children     []Subject `json:"children"`
	Timezone     string    `json:"timezone"`
	Office       string    `json:"office"`
	Jurisdiction string    `json:"jurisdiction"`
	Pack         string    `json:"pack"`
	Worker       string    `json:"worker"`
	Supervisor   string    `json:"supervisor"`
	Risk         string    `json:"risk"`
	Restricted   bool      `json:"restricted,omitempty"`
	// Adults are those whom the report knows.
	Adults []Adult `json:"adults,omitempty"`
}

// Says tells the event in a sentence.
func (b *Opening) Says() string {
	return fmt.Sprintf("Case opened from report %s for %s, assigned to %s.",
		b.Report, count(len(b.Children), "child", "children"), b.Worker)
}

func (b *Opening) opens() string { return b.Number }

func (b *Opening) check(k *checker) {
	k.required("number", b.Number)
	k.opaque("worker", b.Worker)
	if len(b.Children) == 0 {
		k.refuse("children", "Name at least one.")
	}
}

func (b *Opening) blockers(*Case, string) []Blocker { return nil }

func (b *Opening) refuse(*Case, Command) error { return nil }

func (b *Opening) apply(c *Case, e Event) {
	c.Record = Record{
		Version: StateVersion, Kind: KindCase, Number: b.Number, Office: b.Office, Jurisdiction: b.Jurisdiction,
		Timezone: b.Timezone, Pack: b.Pack, Worker: b.Worker, Supervisor: b.Supervisor, Risk: b.Risk,
		Restricted: b.Restricted, OpenedAt: e.RecordedAt, Answers: c.Answers,
	}
	c.Report = b.Report
	c.know(b.Adults...)
	for _, child := range b.Children {
		c.Children = append(c.Children, Child{ID: child.ID, Born: child.Born})
	}
	c.record(e, Fact{Type: FactCaseOpened, On: b.On})
}
