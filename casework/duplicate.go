package casework

// DuplicateClosing ends a report that tells once more what another report tells: it is
// linked with that one, and restarts none of its clocks. The worker states each
// part, because a report that differs in one of them is a subsequent report.
type DuplicateClosing struct {
	wholeRecord

	// Original is the number of the report that came first.
	Original     string `json:"original"`
	SameIncident bool   `json:"same_incident"`
	SameSubjects bool   `json:"same_subjects"`
	SameChildren bool   `json:"same_children"`
	SamePeriod   bool   `json:"same_period"`
	NothingNew   bool   `json:"nothing_new"`
	Note         Text   `json:"note"`
}

// duplicated is the disposition of a report that tells nothing new.
const duplicated = "duplicate"

// Says tells the event in a sentence.
func (b *DuplicateClosing) Says() string {
	return "Closed as a duplicate of report " + b.Original + "."
}

// Narratives returns the note on the decision.
func (b *DuplicateClosing) Narratives() []*Text { return []*Text{&b.Note} }

func (b *DuplicateClosing) check(k *checker) {
	k.opaque("original", b.Original)
	for _, part := range []struct {
		field string
		holds bool
	}{
		{"same_incident", b.SameIncident},
		{"same_subjects", b.SameSubjects},
		{"same_children", b.SameChildren},
		{"same_period", b.SamePeriod},
		{"nothing_new", b.NothingNew},
	} {
		if !part.holds {
			k.refuse(part.field, "Only the same incident, subjects, children and period, with nothing new alleged, make a duplicate. "+
				"Otherwise this is a subsequent report: screen it on its own.")
		}
	}
	k.required("note", string(b.Note))
}

// blockers: what was screened in has its own investigation, which ends on its own.
func (b *DuplicateClosing) blockers(r *Report, _ string) []Blocker { return r.screened() }

// refuse: the original is another report, and came first.
func (b *DuplicateClosing) refuse(r *Report, _ Command) error {
	if b.Original == r.Number {
		return InvalidField("original", "A report is not its own duplicate. Name the report that came first.")
	}
	return nil
}

func (b *DuplicateClosing) apply(r *Report, e Event) {
	r.Original = b.Original
	r.end(e, duplicated)
}
