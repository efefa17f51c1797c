package casework

import (
	"fmt"
	"slices"
	"time"
)

// FamilyContact is a contact of children with their parents, siblings or others
// who matter to them, or one that was to be and was not.
type FamilyContact struct {
	Children []string `json:"children"`
	// Relationship is one of [Relationships], the caseworker's own left out: that
	// is a visit.
	Relationship string        `json:"relationship"`
	With         []Participant `json:"with,omitempty"`
	At           time.Time     `json:"at"`
	Medium       string        `json:"medium,omitempty"`
	Place        string        `json:"place,omitempty"`
	Minutes      int           `json:"minutes,omitempty"`
	// Supervised says that somebody watched over it: SupervisedBy, by ID.
	Supervised   bool   `json:"supervised,omitempty"`
	SupervisedBy string `json:"supervised_by,omitempty"`
	// Attempted marks a contact that did not take place, Outcome says why: one of
	// [MissedContactOutcomes].
	Attempted bool   `json:"attempted,omitempty"`
	Outcome   string `json:"outcome,omitempty"`
	Notes     Text   `json:"notes,omitempty"`
}

// MissedContactOutcomes are the codes for why a family contact did not take place.
func MissedContactOutcomes() []string {
	return []string{
		"person-absent", "child-refused", "child-ill", "person-refused", "no-transport", "provider-cancelled", "agency-cancelled",
		"unsafe", "other",
	}
}

// Says tells the event in a sentence.
func (b *FamilyContact) Says() string {
	who := count(len(b.Children), "child", "children")
	if b.Attempted {
		return fmt.Sprintf("Contact of %s (%s) did not take place: %s.", who, b.Relationship, b.Outcome)
	}
	how := "in person"
	if b.Medium != "" && b.Medium != InPerson {
		how = "by " + b.Medium
	}
	return fmt.Sprintf("Contact of %s (%s), %s.", who, b.Relationship, how)
}

// Narratives returns the notes.
func (b *FamilyContact) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *FamilyContact) happened() moment { return moment{at: b.At} }

func (b *FamilyContact) subjects() []string { return b.Children }

func (b *FamilyContact) check(k *checker) {
	k.list("children", b.Children)
	k.oneOf("relationship", b.Relationship, slices.DeleteFunc(Relationships(), func(r string) bool { return r == relationshipWorker })...)
	k.participants("with", b.With)
	k.instant("at", b.At)
	if b.Medium != "" {
		k.oneOf("medium", b.Medium, Media()...)
	}
	if b.Place != "" {
		k.oneOf("place", b.Place, VisitPlaces()...)
	}
	k.minutes(b.Minutes)
	if b.SupervisedBy != "" {
		k.opaque("supervised_by", b.SupervisedBy)
	}
	switch {
	case b.SupervisedBy != "" && !b.Supervised:
		k.refuse("supervised", "Somebody watched over it, so set supervised, or leave out who it was.")
	case b.Attempted:
		k.oneOf("outcome", b.Outcome, MissedContactOutcomes()...)
	case b.Outcome != "":
		k.refuse("outcome", "Only a contact that did not take place has an outcome. Set attempted as well, or leave it out.")
	}
	if b.Relationship == "siblings" && len(b.Children) < 2 && len(b.With) == 0 {
		k.refuse("children", "Name the siblings who met: two children of the case or more, or the sibling under with.")
	}
}

func (b *FamilyContact) blockers(*Case, string) []Blocker { return nil }

// refuse: where a plan has the visits supervised, one that was not is not what
// was planned, and somebody must look at it.
func (b *FamilyContact) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	with := append(personsOf(b.With), b.Children...)
	for _, p := range c.ContactPlans {
		theirs := slices.ContainsFunc(b.Children, func(id string) bool { return slices.Contains(p.Children, id) })
		if p.Supervised && !b.Supervised && !b.Attempted && theirs && b.Notes == "" && p.met(b.Relationship, with, b.Medium) {
			return InvalidField("notes", fmt.Sprintf("Plan %d has these visits supervised, and this one was not. Say in the notes why.", p.Number))
		}
	}
	return nil
}

func (b *FamilyContact) apply(c *Case, e Event) {
	c.enter(e)
	if b.Attempted {
		return
	}
	f := Fact{Type: FactFamilyContactMade, At: b.At, Reason: b.Relationship, Worker: e.Actor.ID}
	c.contacted(e, f, b.Children, append(personsOf(b.With), b.Children...), b.Medium, true)
}
