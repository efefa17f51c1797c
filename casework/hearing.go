package casework

import (
	"slices"
	"time"
)

// The types of hearing and review.
const (
	// ShelterCare is the first hearing after a removal; its order must find that
	// staying home is contrary to the child's welfare (45 CFR 1356.21(c)).
	ShelterCare = "shelter-care"
	// Adjudication is the hearing at which a court finds abuse or neglect.
	Adjudication = "adjudication"
	// Review is the periodic review, by court or by panel (42 USC 675(5)(B)).
	Review = "review"
	// Permanency is the permanency hearing (42 USC 675(5)(C)).
	Permanency = "permanency"
)

// Hearing is a hearing or a review that was held, with what was found.
type Hearing struct {
	Children []string  `json:"children"`
	Type     string    `json:"type"`
	At       time.Time `json:"at"`
	// Body is court or panel; only a review may be a panel's.
	Body string `json:"body"`

	// The findings that the order makes, in so many words.
	Maltreatment      bool `json:"maltreatment,omitempty"`
	ContraryToWelfare bool `json:"contrary_to_welfare,omitempty"`
	EffortsToPrevent  bool `json:"efforts_to_prevent,omitempty"`
	EffortsToFinalize bool `json:"efforts_to_finalize,omitempty"`
	Result            Text `json:"result,omitempty"`
}

// HearingTypes are the codes for what kind of hearing it was.
func HearingTypes() []string { return []string{ShelterCare, Adjudication, Review, Permanency} }

// Says tells the event in a sentence.
func (b *Hearing) Says() string {
	names := map[string]string{
		ShelterCare: "Shelter care hearing held.", Adjudication: "Adjudication hearing held.",
		Review: "Six-month review held.", Permanency: "Permanency hearing held.",
	}
	return names[b.Type]
}

// Narratives returns the result in words.
func (b *Hearing) Narratives() []*Text { return []*Text{&b.Result} }

func (b *Hearing) happened() moment { return moment{at: b.At} }

func (b *Hearing) subjects() []string { return b.Children }

func (b *Hearing) check(k *checker) {
	k.list("children", b.Children)
	k.oneOf("type", b.Type, HearingTypes()...)
	k.instant("at", b.At)
	k.oneOf("body", b.Body, "court", "panel")
	if b.Body == "panel" && b.Type != Review {
		k.refuse("body", "Only a review can be held by a panel; this is for a court.")
	}
	if b.Body == "panel" && (b.Maltreatment || b.ContraryToWelfare || b.EffortsToPrevent || b.EffortsToFinalize) {
		k.refuse("body", "Findings are made by a court, not by a panel.")
	}
}

func (b *Hearing) blockers(c *Case, id string) []Blocker { return c.inCare(id) }

func (b *Hearing) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	return c.sinceRemoval("at", b.Children, DateOf(b.At.In(c.Location())))
}

func (b *Hearing) apply(c *Case, e Event) {
	for _, id := range b.Children {
		c.record(e, b.facts(id)...)
	}
}

// facts are what the hearing means for the clocks of one child. A finding is a
// fact of its own: a hearing can be held and the finding be missing.
func (b *Hearing) facts(id string) []Fact {
	held := map[string]FactType{
		ShelterCare: FactCustodyHearingHeld, Review: FactReviewHeld, Permanency: FactPermanencyHearingHeld,
	}
	var facts []Fact
	if t, ok := held[b.Type]; ok {
		facts = append(facts, Fact{Type: t, Subject: id, At: b.At, By: b.Body})
	}
	if b.Maltreatment {
		facts = append(facts, Fact{Type: FactMaltreatmentFound, Subject: id, At: b.At})
	}
	if b.Body == "court" {
		facts = append(facts, Fact{
			Type: FactCourtOrder, Subject: id, At: b.At, ContraryToWelfare: b.ContraryToWelfare,
			EffortsToPrevent: b.EffortsToPrevent, EffortsToFinalize: b.EffortsToFinalize,
		})
	}
	return facts
}

// sinceRemoval refuses a day before a child's removal.
func (c *Case) sinceRemoval(field string, ids []string, on Date) error {
	early := func(id string) bool { return on.Before(c.child(id).RemovedOn) }
	if slices.ContainsFunc(ids, early) {
		return InvalidField(field, "This is before the child was removed.")
	}
	return nil
}
