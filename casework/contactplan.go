package casework

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// contactSteps lists how a child keeps in touch with its family.
func contactSteps() []Step {
	works := []Role{RoleCaseworker, RoleSupervisor}
	return []Step{
		caseStep("contact-plan.set", "contact-plan.set", "Plan how often a child meets somebody", "contact-plans", works, true,
			func() Body { return &ContactPlan{} }),
		caseStep("contact-plan.end", "contact-plan.ended", "End a plan of visits", "contact-plan-ends", works, false,
			func() Body { return &ContactPlanEnd{} }),
		caseStep("family-contact.record", "family-contact.recorded", "Record a contact with the family", "family-contacts", works,
			true, func() Body { return &FamilyContact{} }),
	}
}

// ContactPlan says how often children and somebody who matters to them are to
// meet, and how: a plan of visits. Several stand at once, for one relationship
// too; each is tracked apart, so that the strictest is due first.
type ContactPlan struct {
	Children []string `json:"children"`
	// Relationship is one of [Relationships].
	Relationship string `json:"relationship"`
	// Persons are whom the children are to meet. Where persons are named, only a
	// contact with one of them counts.
	Persons []Participant `json:"persons,omitempty"`
	// EveryDays is how many days may pass between two contacts.
	EveryDays int `json:"every_days"`
	// By says who set it: one of [ContactPlanSources].
	By string `json:"by"`
	// From is the first day, that of recording where it is left out; Until the last.
	From  Date `json:"from,omitzero"`
	Until Date `json:"until,omitzero"`
	// Medium is how they meet: in person where it is left out. Contact by a
	// nearer medium counts, by a farther one does not.
	Medium     string `json:"medium,omitempty"`
	Place      string `json:"place,omitempty"`
	Minutes    int    `json:"minutes,omitempty"`
	Supervised bool   `json:"supervised,omitempty"`
	Terms      Text   `json:"terms,omitempty"`
}

// relationshipWorker is the caseworker's own with the child.
const relationshipWorker = "caseworker"

// Relationships are the codes for whom a child has contact with.
func Relationships() []string {
	return []string{relationshipWorker, "parent", "siblings", "relative", "other"}
}

// planOfCourt is a plan of visits that a court ordered.
const planOfCourt = "court"

// ContactPlanSources are the codes for who set a plan of visits.
func ContactPlanSources() []string { return []string{"pack", planOfCourt, "plan"} }

// ContactPlanState is a plan of visits as a case keeps it.
type ContactPlanState struct {
	Number       int      `json:"number"`
	Children     []string `json:"children"`
	Relationship string   `json:"relationship"`
	Persons      []string `json:"persons,omitempty"`
	EveryDays    int      `json:"every_days"`
	By           string   `json:"by"`
	Medium       string   `json:"medium,omitempty"`
	Supervised   bool     `json:"supervised,omitempty"`
	Until        Date     `json:"until,omitzero"`
	Ended        bool     `json:"ended,omitempty"`
}

// Ref names the plan in facts: "contact-plan-2".
func (p ContactPlanState) Ref() string { return "contact-plan-" + strconv.Itoa(p.Number) }

// Says tells the event in a sentence.
func (b *ContactPlan) Says() string {
	return fmt.Sprintf("Contact of %s planned (%s): at least every %s, set by the %s.",
		count(len(b.Children), "child", "children"), b.Relationship, count(b.EveryDays, "day", "days"), b.By)
}

// Narratives returns the terms in words.
func (b *ContactPlan) Narratives() []*Text { return []*Text{&b.Terms} }

func (b *ContactPlan) subjects() []string { return b.Children }

func (b *ContactPlan) check(k *checker) {
	k.list("children", b.Children)
	k.oneOf("relationship", b.Relationship, Relationships()...)
	k.participants("persons", b.Persons)
	if b.EveryDays < 1 || b.EveryDays > 366 {
		k.refuse("every_days", "Say after how many days they are to meet again at the latest: 7 for weekly, 1 to 366.")
	}
	k.oneOf("by", b.By, ContactPlanSources()...)
	if !b.From.IsZero() && b.From.Before(earliest()) {
		k.refuse("from", "This date is too long ago to be right. Give one from 1950 on.")
	}
	if !b.Until.IsZero() && b.Until.Before(cmp.Or(b.From, DateOf(k.now.In(k.loc)))) {
		k.refuse("until", "The plan cannot end before it begins. Leave the end out where none is set.")
	}
	if b.Medium != "" {
		k.oneOf("medium", b.Medium, Media()...)
	}
	if b.Place != "" {
		k.oneOf("place", b.Place, VisitPlaces()...)
	}
	if b.Relationship == "siblings" && len(b.Children) < 2 && len(b.Persons) == 0 {
		k.refuse("children", "Name the siblings: two children of the case or more, or the sibling under persons.")
	}
	k.minutes(b.Minutes)
}

func (b *ContactPlan) blockers(*Case, string) []Blocker { return nil }

func (b *ContactPlan) refuse(c *Case, _ Command) error { return c.theirs(b.Children) }

func (b *ContactPlan) apply(c *Case, e Event) {
	plan := ContactPlanState{
		Number: len(c.ContactPlans) + 1, Children: b.Children, Relationship: b.Relationship, Persons: personsOf(b.Persons),
		EveryDays: b.EveryDays, By: b.By, Medium: b.Medium, Supervised: b.Supervised, Until: b.Until,
	}
	c.ContactPlans = append(slices.Clip(c.ContactPlans), plan)
	from := cmp.Or(b.From, DateOf(e.RecordedAt.In(c.Location())))
	c.recordEach(e, b.Children, Fact{
		Type: FactContactPlanSet, Ref: plan.Ref(), On: from, Days: b.EveryDays, Until: b.Until, By: b.By,
		Reason: b.Relationship,
	})
}

func personsOf(list []Participant) []string {
	var ids []string
	for _, p := range list {
		if p.Person != "" {
			ids = append(ids, p.Person)
		}
	}
	return ids
}

// ContactPlanEnd ends a plan of visits before its time.
type ContactPlanEnd struct {
	wholeRecord

	Plan int  `json:"plan"`
	On   Date `json:"on"`
	// Reason is one of [ContactPlanEnds].
	Reason string `json:"reason"`
	Notes  Text   `json:"notes,omitempty"`
}

// ContactPlanEnds are the codes for why a plan of visits ends.
func ContactPlanEnds() []string {
	return []string{"court-order", "replaced", "unsafe", "goal-changed", "child-home", "person-unavailable", "other"}
}

// Says tells the event in a sentence.
func (b *ContactPlanEnd) Says() string {
	return fmt.Sprintf("Contact plan %d ended: %s.", b.Plan, b.Reason)
}

// Narratives returns the notes.
func (b *ContactPlanEnd) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *ContactPlanEnd) happened() moment { return moment{on: b.On} }

func (b *ContactPlanEnd) check(k *checker) {
	k.day("on", b.On)
	k.oneOf("reason", b.Reason, ContactPlanEnds()...)
}

func (b *ContactPlanEnd) blockers(c *Case, _ string) []Blocker {
	if slices.ContainsFunc(c.ContactPlans, func(p ContactPlanState) bool { return !p.Ended }) {
		return nil
	}
	return []Blocker{{Code: "no-contact-plan", Detail: "No plan of visits is in force. Set one first."}}
}

func (b *ContactPlanEnd) refuse(c *Case, _ Command) error {
	i := slices.IndexFunc(c.ContactPlans, func(p ContactPlanState) bool { return p.Number == b.Plan && !p.Ended })
	if i < 0 {
		return InvalidField("plan", "There is no such plan of visits, or it has ended already. Name one that is in force.")
	}
	if c.ContactPlans[i].By == planOfCourt && b.Reason != "court-order" && b.Reason != "child-home" {
		return InvalidField("reason", "A court ordered these visits, so it ends them: record it when the court has, with court-order. "+
			"Until then, record each visit that was not possible as attempted, with why.")
	}
	return nil
}

func (b *ContactPlanEnd) apply(c *Case, e Event) {
	c.ContactPlans = slices.Clone(c.ContactPlans)
	plan := &c.ContactPlans[b.Plan-1]
	plan.Ended = true
	c.recordEach(e, plan.Children, Fact{Type: FactContactPlanEnded, Ref: plan.Ref(), On: b.On, Reason: b.Reason})
}

// met says whether a contact of a relationship counts for the plan: with one of
// the persons whom it names, by a medium no farther than its own.
func (p ContactPlanState) met(relationship string, with []string, medium string) bool {
	far := func(medium string) int { return max(0, slices.Index(Media(), medium)) }
	named := len(p.Persons) == 0 || slices.ContainsFunc(p.Persons, func(id string) bool { return slices.Contains(with, id) })
	return !p.Ended && p.Relationship == relationship && named && far(medium) <= far(p.Medium)
}

// contacted records a contact with children for every plan that it counts for,
// and once without a plan where it counts for none and bare is set.
func (c *Case) contacted(e Event, f Fact, children, with []string, medium string, bare bool) {
	for _, id := range children {
		f.Subject = id
		planned := false
		for _, p := range c.ContactPlans {
			if slices.Contains(p.Children, id) && p.met(f.Reason, with, medium) {
				f.Ref, planned = p.Ref(), true
				c.record(e, f)
			}
		}
		if !planned && bare {
			f.Ref = ""
			c.record(e, f)
		}
	}
}
