package casework

import (
	"fmt"
	"slices"
	"time"
)

// Matter is a suit about children of the case, each of whom can have several.
type Matter struct {
	// Ref is its number within the case: "matter-1".
	Ref string `json:"ref"`
	// Kind is one of [MatterKinds].
	Kind     string   `json:"kind"`
	Children []string `json:"children"`
	// Petitioned is the local day on which it began.
	Petitioned Date `json:"petitioned"`
}

// The kinds of court matter.
const (
	// Dependency is the suit for the protection of a child (in Texas the suit
	// affecting the parent-child relationship that the department files).
	Dependency = "dependency"
	// Termination is a suit on parental rights that is apart from the first one.
	Termination = "termination"
	// GuardianshipMatter is the appointment of a guardian for a child.
	GuardianshipMatter = "guardianship"
	// AdoptionMatter is the adoption of a child.
	AdoptionMatter = "adoption"
	// Delinquency is a suit about what a young person is said to have done.
	Delinquency = "delinquency"
	// FamilyCustody is a suit between parents or relatives.
	FamilyCustody = "family-custody"
)

// MatterKinds are the codes for what a court matter is about.
func MatterKinds() []string {
	return []string{Dependency, Termination, GuardianshipMatter, AdoptionMatter, Delinquency, FamilyCustody}
}

// MatterOpening records the petition with which a court matter begins. For a
// child who was not removed it is what brings the child before the court.
type MatterOpening struct {
	Children []string `json:"children"`
	// Kind is one of [MatterKinds].
	Kind string `json:"kind"`
	// At is when the petition was filed.
	At time.Time `json:"at"`
	// Docket is the court's number and, where it helps, which court it is.
	Docket Text `json:"docket,omitempty"`
}

// Says tells the event in a sentence.
func (b *MatterOpening) Says() string {
	return fmt.Sprintf("Petition filed (%s) about %s.", b.Kind, count(len(b.Children), "child", "children"))
}

// Narratives returns the docket number.
func (b *MatterOpening) Narratives() []*Text { return []*Text{&b.Docket} }

func (b *MatterOpening) happened() moment { return moment{at: b.At} }

func (b *MatterOpening) subjects() []string { return b.Children }

func (b *MatterOpening) check(k *checker) {
	k.list("children", b.Children)
	k.oneOf("kind", b.Kind, MatterKinds()...)
	k.instant("at", b.At)
}

func (b *MatterOpening) blockers(*Case, string) []Blocker { return nil }

// refuse: the day may be before the removal, since a court can be asked first.
func (b *MatterOpening) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	on := DateOf(b.At.In(c.Location()))
	if slices.ContainsFunc(b.Children, func(id string) bool { return on.Before(c.child(id).Born) }) {
		return InvalidField("at", "This is before a child of the petition was born. Give a later time, or leave that child out.")
	}
	return nil
}

func (b *MatterOpening) apply(c *Case, e Event) {
	ref := fmt.Sprintf("matter-%d", len(c.Court.Matters)+1)
	c.Court.Matters = append(slices.Clip(c.Court.Matters), Matter{
		Ref: ref, Kind: b.Kind, Children: b.Children, Petitioned: DateOf(b.At.In(c.Location())),
	})
	if b.Kind != Dependency {
		return
	}
	c.recordEach(e, b.Children, Fact{Type: FactCustodyPetitionFiled, At: b.At, Ref: ref})
}

func (b *MatterOpening) item(c *Case) string { return c.Court.Matters[len(c.Court.Matters)-1].Ref }

// matter finds a court matter by its number.
func (c *Case) matter(ref string) (Matter, bool) {
	for _, m := range c.Court.Matters {
		if m.Ref == ref {
			return m, true
		}
	}
	return Matter{}, false
}

// ofMatter refuses children of another family, and a matter that is not there or
// not about the children. No matter at all is fine: it need not be known yet.
func (c *Case) ofMatter(ref string, ids []string) error {
	if err := c.theirs(ids); err != nil || ref == "" {
		return err
	}
	m, ok := c.matter(ref)
	if !ok {
		return InvalidField("matter", "This case has no such court matter. Record its petition first.")
	}
	if slices.ContainsFunc(ids, func(id string) bool { return !slices.Contains(m.Children, id) }) {
		return InvalidField("matter", "This court matter is not about every one of these children. Take the step for each matter by itself.")
	}
	return nil
}

// courtSince is the first day on which a court can have had to do with a child:
// that of the first removal or of the first petition, zero where there is none.
func (c *Case) courtSince(id string) Date {
	var first Date
	earlier := func(day Date) {
		if first.IsZero() || day.Before(first) {
			first = day
		}
	}
	for _, f := range c.current() {
		if f.Subject == id && (f.Type == FactChildRemoved || f.Type == FactCustodyPetitionFiled) {
			earlier(f.LocalDate(c.Location()))
		}
	}
	for _, m := range c.Court.Matters {
		if m.Kind != Dependency && slices.Contains(m.Children, id) {
			earlier(m.Petitioned)
		}
	}
	return first
}

// beforeCourt blocks what only a child with whom a court has to do can have. It
// goes on after the child's return home: what happened before may be recorded
// late, and a court can keep the child under its eyes.
func (c *Case) beforeCourt(id string) []Blocker {
	if c.child(id) == nil || !c.courtSince(id).IsZero() {
		return nil
	}
	return []Blocker{{
		Code: "not-before-court", Subject: id,
		Detail: "This child was never removed and has no court matter. Record the petition first.",
	}}
}

// sinceCourt refuses a day before a court had to do with a child.
func (c *Case) sinceCourt(field string, ids []string, on Date) error {
	if slices.ContainsFunc(ids, func(id string) bool { return on.Before(c.courtSince(id)) }) {
		return InvalidField(field, "This is before the child was removed, and before any petition on record. "+
			"If the court acted earlier, record its petition first.")
	}
	return nil
}
