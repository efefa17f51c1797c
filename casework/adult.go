package casework

import (
	"fmt"
	"slices"
	"strings"
)

// The steps that put an adult on a record.
const (
	StepAddReportAdult = "report.add-adult"
	StepAddCaseAdult   = "case.add-adult"
)

// Adult is a grown person whom a record knows, by opaque ID: a parent, a caregiver,
// somebody who is alleged to have harmed a child. Who made a report is not among
// them.
type Adult struct {
	ID string `json:"id"`
	// As says what they are to the children or in the report: some of [AdultRoles].
	As []string `json:"as"`
	// Protected says that nobody may find them by a search.
	Protected bool `json:"protected,omitempty"`
}

// AdultRoles are the codes for what an adult is to the children of a record.
func AdultRoles() []string {
	return []string{
		"parent", "step-parent", "guardian", "caregiver", "relative", "household-member", "alleged-perpetrator", "other",
	}
}

// AdultSummary is an adult's row in lists.
type AdultSummary struct {
	Aggregate string   `json:"aggregate"`
	Person    string   `json:"person"`
	As        []string `json:"as"`
	Protected bool     `json:"protected,omitempty"`
}

// Equal says whether two rows are the same.
func (a AdultSummary) Equal(b AdultSummary) bool {
	return a.Aggregate == b.Aggregate && a.Person == b.Person && slices.Equal(a.As, b.As) && a.Protected == b.Protected
}

// adding puts an adult on a record, or says what else one who is on it is.
type adding struct {
	wholeRecord

	// Person is an opaque ID.
	Person string `json:"person"`
	// As are some of [AdultRoles].
	As []string `json:"as"`
	// Protected keeps the person out of the index of persons, for good.
	Protected bool `json:"protected,omitempty"`
}

// ReportAdult puts an adult on a report.
type ReportAdult struct{ adding }

// CaseAdult puts an adult on a case.
type CaseAdult struct{ adding }

// NewAdult returns the body of the step that puts an adult on a record of a kind.
func NewAdult(kind AggregateKind, a Adult) Body {
	b := adding{Person: a.ID, As: a.As, Protected: a.Protected}
	if kind == KindReport {
		return &ReportAdult{b}
	}
	return &CaseAdult{b}
}

// Says tells the event in a sentence.
func (b *adding) Says() string {
	said := fmt.Sprintf("%s is on record as %s", b.Person, strings.Join(b.As, ", "))
	if b.Protected {
		said += ", with a protected identity"
	}
	return said + "."
}

func (b *adding) check(k *checker) { k.adult("", Adult{ID: b.Person, As: b.As}, "person") }

// adult refuses one who is nobody or nothing. id names the field of the ID.
func (k *checker) adult(at string, a Adult, id string) {
	k.opaque(at+id, a.ID)
	k.list(at+"as", a.As)
	k.codes(at+"as", a.As, AdultRoles()...)
}

// adds refuses what would change nothing, and a child.
func (b *adding) adds(r *Record, children []Subject) error {
	if slices.ContainsFunc(children, func(c Subject) bool { return c.ID == b.Person }) {
		return InvalidField("person", "This is a child of the record, who is on it already. Name a grown person.")
	}
	known, there := r.adult(b.Person)
	fresh := func(as string) bool { return !slices.Contains(known.As, as) }
	if there && !slices.ContainsFunc(b.As, fresh) && (known.Protected || !b.Protected) {
		return InvalidField("person", "This person is on record already as "+strings.Join(known.As, ", ")+
			". Say what else they are, or leave it.")
	}
	return nil
}

func (b *ReportAdult) blockers(*Report, string) []Blocker { return nil }

func (b *ReportAdult) refuse(r *Report, _ Command) error { return b.adds(&r.Record, r.Subjects()) }

func (b *ReportAdult) apply(r *Report, _ Event) {
	r.know(Adult{ID: b.Person, As: b.As, Protected: b.Protected})
}

func (b *CaseAdult) blockers(*Case, string) []Blocker { return nil }

func (b *CaseAdult) refuse(c *Case, _ Command) error { return b.adds(&c.Record, c.Subjects()) }

func (b *CaseAdult) apply(c *Case, _ Event) {
	c.know(Adult{ID: b.Person, As: b.As, Protected: b.Protected})
}

// names leads the caller to the person.
func (b *adding) names() string { return b.Person }

// adult finds an adult of the record.
func (r *Record) adult(id string) (Adult, bool) {
	i := slices.IndexFunc(r.Adults, func(a Adult) bool { return a.ID == id })
	if i < 0 {
		return Adult{}, false
	}
	return r.Adults[i], true
}

// know adds adults to those of the record. Who is there already is that and the
// other; who is protected once stays so.
func (r *Record) know(adults ...Adult) {
	all := slices.Clone(r.Adults)
	for _, a := range adults {
		i := slices.IndexFunc(all, func(o Adult) bool { return o.ID == a.ID })
		if i < 0 {
			all = append(all, a)
			continue
		}
		all[i].Protected = all[i].Protected || a.Protected
		all[i].As = slices.Clip(all[i].As)
		for _, as := range a.As {
			if !slices.Contains(all[i].As, as) {
				all[i].As = append(all[i].As, as)
			}
		}
	}
	r.Adults = all
}

// AdultRows returns the rows of the adults.
func (r *Record) AdultRows() []AdultSummary {
	rows := make([]AdultSummary, len(r.Adults))
	for i, a := range r.Adults {
		rows[i] = AdultSummary{Aggregate: AggregateID(r.Kind, r.Number), Person: a.ID, As: a.As, Protected: a.Protected}
	}
	return rows
}
