package casework

import "slices"

// CaseLink links a new report with a case that is open: the same family. The
// report keeps clocks of its own and gets an investigator of its own.
type CaseLink struct {
	wholeRecord

	Case string `json:"case"`
	// Carrier is the worker who carries the case.
	Carrier string `json:"carrier"`
	// PersonsMatch says that the persons were compared, and are the same family.
	PersonsMatch bool `json:"persons_match"`
	Note         Text `json:"note,omitempty"`
}

// Says tells the event in a sentence.
func (b *CaseLink) Says() string { return "Linked with case " + b.Case + ", which is open." }

// Narratives returns the note on the match.
func (b *CaseLink) Narratives() []*Text { return []*Text{&b.Note} }

func (b *CaseLink) check(k *checker) {
	k.opaque("case", b.Case)
	k.opaque("carrier", b.Carrier)
	if !b.PersonsMatch {
		k.refuse("persons_match", "Compare the persons of the report with those of the case first, and say that they are the same family.")
	}
}

func (b *CaseLink) blockers(r *Report, _ string) []Blocker {
	if r.Linked == "" {
		return nil
	}
	return []Blocker{{Code: "already-linked", Detail: "The report is linked with case " + r.Linked + " already. Leave it as it is."}}
}

// refuse: whoever carries the case does not judge it.
func (b *CaseLink) refuse(r *Report, _ Command) error {
	if r.Priority != "" && r.Worker == b.Carrier {
		return InvalidField("case", "The investigator of this report carries that case. Assign the case or the report to somebody else first.")
	}
	return nil
}

func (b *CaseLink) apply(r *Report, _ Event) { r.Linked, r.Carrier = b.Case, b.Carrier }

// independent refuses an investigator who carries the case of the family.
func (r *Report) independent(investigator string) error {
	if r.Linked == "" || investigator != r.Carrier {
		return nil
	}
	return InvalidField("investigator", "This worker carries case "+r.Linked+" of the family. "+
		"Choose an investigator who does not, or give the case to another worker and link again.")
}

// The steps that a report takes on the case that it is linked with.
const (
	StepAttachReport = "case.attach-report"
	StepSettleReport = "case.settle-report"
)

// ReportAttachment tells a case that a report about its family is open.
type ReportAttachment struct {
	wholeRecord

	Report string `json:"report"`
	// Adults are those whom the report knows by then.
	Adults []Adult `json:"adults,omitempty"`
}

// Says tells the event in a sentence.
func (b *ReportAttachment) Says() string {
	return "Report " + b.Report + " about the family was linked."
}

func (b *ReportAttachment) check(k *checker) { k.opaque("report", b.Report) }

func (b *ReportAttachment) blockers(*Case, string) []Blocker { return nil }

func (b *ReportAttachment) refuse(*Case, Command) error { return nil }

func (b *ReportAttachment) apply(c *Case, _ Event) {
	c.know(b.Adults...)
	if !slices.Contains(c.Investigations, b.Report) {
		c.Investigations = append(slices.Clip(c.Investigations), b.Report)
	}
}

// ReportSettlement tells a case that a report about its family has ended.
type ReportSettlement struct {
	wholeRecord

	// Case is the number of the case.
	Case   string `json:"case"`
	Report string `json:"report"`
	// Disposition is one of [Dispositions].
	Disposition string `json:"disposition"`
	// Adults are those whom the report knew at its end.
	Adults []Adult `json:"adults,omitempty"`
}

// Says tells the event in a sentence.
func (b *ReportSettlement) Says() string {
	return "Report " + b.Report + " about the family ended: " + b.Disposition + "."
}

func (b *ReportSettlement) check(k *checker) {
	k.opaque("report", b.Report)
	k.oneOf("disposition", b.Disposition, Dispositions()...)
}

func (b *ReportSettlement) blockers(*Case, string) []Blocker { return nil }

func (b *ReportSettlement) refuse(*Case, Command) error { return nil }

func (b *ReportSettlement) apply(c *Case, _ Event) {
	c.know(b.Adults...)
	c.Investigations = slices.DeleteFunc(slices.Clone(c.Investigations), func(id string) bool { return id == b.Report })
}

// Attachment returns the command that tells the case of a report that it is
// linked, and which adults the report knows. Sending it twice tells it once.
func (b *CaseLink) Attachment(report string, adults []Adult, by Actor) Command {
	id := "attach/" + AggregateID(KindReport, report)
	return Command{
		ID: id, Fingerprint: id, Name: StepAttachReport, Actor: Actor{ID: by.ID, Role: RoleSystem},
		Body: &ReportAttachment{Report: report, Adults: adults},
	}
}

// settlement returns the command that tells the case with which a report is linked
// that it has ended.
func (r *Report) settlement(e Event) (Command, bool) {
	if r.Linked == "" || !r.Closed() || !e.RecordedAt.Equal(r.ClosedAt) || e.Type == EventDutiesChanged {
		return Command{}, false
	}
	id := "settle/" + e.Aggregate
	return Command{
		ID: id, Fingerprint: id, Name: StepSettleReport, Actor: Actor{ID: e.Actor.ID, Role: RoleSystem},
		Body: &ReportSettlement{Case: r.Linked, Report: r.Number, Disposition: r.Disposition, Adults: r.Adults},
	}, true
}

// underInvestigationToo blocks the end of a case while a report about its family
// is open.
func (c *Case) underInvestigationToo() []Blocker {
	var missing []Blocker
	for _, id := range c.Investigations {
		missing = append(missing, Blocker{
			Code: "investigation-open", Detail: "Report " + id + " about this family is still open. It must end first.",
		})
	}
	return missing
}
