package api

import (
	"encoding/json"
	"slices"
	"strings"

	"homeward/casework"
	"homeward/internal/access"
)

// entry is what somebody puts into a compartment. Its fields are read here and
// then encrypted; nothing else of Homeward sees them.
type entry interface {
	// check refuses what says nothing.
	check() error
	// about says whom the entry is about and which older one it supersedes.
	about() *entryHead
	// what is the kind of content, of [access.Compartment.Contents].
	what() string
	// content is what is encrypted: the fields without the head.
	content() any
}

// entryHead is what stands beside an entry in the clear.
type entryHead struct {
	// Subject is the opaque ID of the person whom it is about, never a name.
	Subject string `json:"subject,omitempty"`
	// Supersedes is the ID of the entry that was wrong.
	Supersedes string `json:"supersedes,omitempty"`
}

func (h *entryHead) about() *entryHead { return h }

// needsSubject refuses an entry that no consent could be about.
func (h *entryHead) needsSubject() error {
	if !access.IsCode(h.Subject) {
		return casework.InvalidField("subject", "Give the ID of the person whom this is about, such as p-12, and never a name.")
	}
	return nil
}

// newEntry returns an empty body for a compartment, nil for an unknown one.
func newEntry(c access.Compartment) entry {
	switch c {
	case access.Reporter:
		return &reporterEntry{}
	case access.Treatment:
		return &treatmentEntry{}
	case access.Juvenile:
		return &juvenileEntry{}
	case access.Adoption:
		return &adoptionEntry{}
	}
	return nil
}

// reporterContent is who made a report.
type reporterContent struct {
	Name    string `json:"name,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Address string `json:"address,omitempty"`
	// Relation to the family: "teacher", in words.
	Relation string `json:"relation,omitempty"`
	// Anonymous: the reporter wishes not to be named to anybody.
	Anonymous bool `json:"anonymous,omitempty"`
}

func (r reporterContent) check(path string) error {
	if r == (reporterContent{}) {
		return casework.InvalidField(path, "Give a name, a phone number, an address or a relation, or say that the reporter wishes to stay anonymous.")
	}
	return nil
}

type reporterEntry struct {
	entryHead
	reporterContent
}

func (e *reporterEntry) check() error {
	if e.Subject != "" {
		return casework.InvalidField("subject", "A reporter has no ID. Leave this out.")
	}
	return e.reporterContent.check("name")
}
func (e *reporterEntry) what() string { return access.Reporter.Contents()[0] }
func (e *reporterEntry) content() any { return e.reporterContent }

// treatmentContent is a record of treatment for substance use.
type treatmentContent struct {
	// What kind of information it is: "progress".
	What string `json:"what"`
	// Program is who treats.
	Program string        `json:"program,omitempty"`
	On      casework.Date `json:"on,omitzero"`
	Text    casework.Text `json:"text"`
}

type treatmentEntry struct {
	entryHead
	treatmentContent
}

func (e *treatmentEntry) check() error {
	known := access.Treatment.Contents()
	if !slices.Contains(known, e.What) {
		return casework.InvalidField("what", "Use one of: "+strings.Join(known, ", ")+".")
	}
	if blank(e.Text) {
		return casework.InvalidField("text", "This field is required.")
	}
	return e.needsSubject()
}
func (e *treatmentEntry) what() string { return e.What }
func (e *treatmentEntry) content() any { return e.treatmentContent }

// juvenileContent is a sealed record of a young person's offence.
type juvenileContent struct {
	Court  string        `json:"court,omitempty"`
	Docket string        `json:"docket,omitempty"`
	On     casework.Date `json:"on,omitzero"`
	Text   casework.Text `json:"text"`
}

type juvenileEntry struct {
	entryHead
	juvenileContent
}

func (e *juvenileEntry) check() error {
	if blank(e.Text) {
		return casework.InvalidField("text", "This field is required.")
	}
	return e.needsSubject()
}
func (e *juvenileEntry) what() string { return access.Juvenile.Contents()[0] }
func (e *juvenileEntry) content() any { return e.juvenileContent }

// adoptionContent links an adopted child to the family of birth.
type adoptionContent struct {
	BirthName    string        `json:"birth_name,omitempty"`
	BirthParents []string      `json:"birth_parents,omitempty"`
	Agency       string        `json:"agency,omitempty"`
	Court        string        `json:"court,omitempty"`
	On           casework.Date `json:"on,omitzero"`
	Text         casework.Text `json:"text,omitempty"`
}

type adoptionEntry struct {
	entryHead
	adoptionContent
}

func (e *adoptionEntry) check() error {
	if e.BirthName == "" && len(e.BirthParents) == 0 && blank(e.Text) {
		return casework.InvalidField("birth_name", "Give the name at birth, the parents of birth, or a text.")
	}
	return e.needsSubject()
}
func (e *adoptionEntry) what() string { return access.Adoption.Contents()[0] }
func (e *adoptionEntry) content() any { return e.adoptionContent }

func blank(t casework.Text) bool { return strings.TrimSpace(string(t)) == "" }

// sealed is what is encrypted of an entry.
type sealed struct {
	What    string          `json:"what"`
	Content json.RawMessage `json:"content"`
}

// wordsOf is the text of an entry before it is encrypted: the same for entries that
// say the same.
func wordsOf(e entry) ([]byte, error) {
	content, err := json.Marshal(e.content())
	if err != nil {
		return nil, err
	}
	return json.Marshal(sealed{What: e.what(), Content: content})
}

// namedReporter is the reporter in the body of a report. What it says shows
// nowhere by accident: it encodes as a word, so that a fingerprint of the body, a
// log or a command holds that there is a reporter and not who. A hash of a name
// and a phone number could be guessed.
type namedReporter struct{ reporterContent }

// MarshalJSON keeps the reporter out of whatever encodes the body.
func (namedReporter) MarshalJSON() ([]byte, error) { return []byte(`"sealed"`), nil }

// String keeps the reporter out of whatever prints the body.
func (namedReporter) String() string { return "[hidden]" }

// GoString keeps the reporter out of %#v.
func (namedReporter) GoString() string { return "[hidden]" }
