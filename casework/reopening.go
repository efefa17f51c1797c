package casework

import "time"

// CaseReopening takes up a closed case again, for the same family: the same record,
// with all that is in it, from a new opening date on. No clock of before runs on.
type CaseReopening struct {
	wholeRecord

	// PersonsMatch says that the persons were compared, and are the same family.
	PersonsMatch bool   `json:"persons_match"`
	Worker       string `json:"worker"`
	Supervisor   string `json:"supervisor"`
	// Risk is one of [RiskLevels].
	Risk   string `json:"risk"`
	Reason Text   `json:"reason"`
}

// Says tells the event in a sentence.
func (b *CaseReopening) Says() string { return "Case reopened, assigned to " + b.Worker + "." }

// Narratives returns why.
func (b *CaseReopening) Narratives() []*Text { return []*Text{&b.Reason} }

func (b *CaseReopening) check(k *checker) {
	if !b.PersonsMatch {
		k.refuse("persons_match", "Compare the persons with those of the case first, and say that they are the same family. "+
			"Otherwise open a new case.")
	}
	k.opaque("worker", b.Worker)
	k.opaque("supervisor", b.Supervisor)
	if b.Worker != "" && b.Worker == b.Supervisor {
		k.refuse("supervisor", "Nobody supervises their own case. Name another supervisor.")
	}
	k.oneOf("risk", b.Risk, RiskLevels()...)
	k.required("reason", string(b.Reason))
}

func (b *CaseReopening) blockers(*Case, string) []Blocker { return nil }

func (b *CaseReopening) refuse(*Case, Command) error { return nil }

func (b *CaseReopening) apply(c *Case, e Event) {
	c.ClosedAt, c.Closing, c.OpenedAt = time.Time{}, "", e.RecordedAt
	c.Worker, c.Supervisor, c.Risk = b.Worker, b.Supervisor, b.Risk
	c.record(e, Fact{Type: FactCaseOpened, On: DateOf(e.RecordedAt.In(c.Location()))})
}

// Unlinking takes back that a report was closed as a duplicate: it was wrongly
// linked, and waits for its screening as if it had never been closed. Its clocks
// run from the call on.
type Unlinking struct {
	wholeRecord

	Note Text `json:"note"`
}

// Says tells the event in a sentence.
func (b *Unlinking) Says() string {
	return "Not a duplicate after all: unlinked, and open again."
}

// Narratives returns why.
func (b *Unlinking) Narratives() []*Text { return []*Text{&b.Note} }

func (b *Unlinking) check(k *checker) { k.required("note", string(b.Note)) }

func (b *Unlinking) blockers(r *Report, _ string) []Blocker {
	if r.Original != "" {
		return nil
	}
	return []Blocker{{Code: "not-a-duplicate", Detail: "This report was not closed as a duplicate. Take what is new as a new report."}}
}

func (b *Unlinking) refuse(*Report, Command) error { return nil }

// apply withdraws the closing: it was a mistake, so no clock has stopped for it.
func (b *Unlinking) apply(r *Report, e Event) {
	r.Original, r.Disposition, r.ClosedAt = "", "", time.Time{}
	for _, f := range r.current() {
		if f.Type == FactRecordClosed {
			f.Corrects, f.Withdrawn = f.ID, true
			r.record(e, f)
		}
	}
}
