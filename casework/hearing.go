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
	// Disposition is the hearing that orders what becomes of a child who was found
	// abused or neglected.
	Disposition = "disposition"
	// StatusHearing looks at the service plan early in the suit (TFC 263.201).
	StatusHearing = "status"
	// Review is the periodic review, by court or by panel (42 USC 675(5)(B)).
	Review = "review"
	// Permanency is the permanency hearing (42 USC 675(5)(C)).
	Permanency = "permanency"
	// Trial is the trial on the merits, such as that on parental rights; that it has
	// begun keeps a suit from being dismissed (TFC 263.401(a)).
	Trial = "trial"
	// Motion is a hearing on one question that has no clock of its own.
	Motion = "motion"
	// OnPapers is an order that a court made without a hearing, such as the one that
	// allows a removal.
	OnPapers = "on-papers"
)

// Hearing is a hearing or a review that was held, with what was found.
type Hearing struct {
	Children []string  `json:"children"`
	Type     string    `json:"type"`
	At       time.Time `json:"at"`
	// Body is court or panel; only a review may be a panel's.
	Body string `json:"body"`
	// Judge is who held it, in words.
	Judge Text `json:"judge,omitempty"`
	// Matter is the court matter that it was held in: "matter-1".
	Matter string `json:"matter,omitempty"`
	// Hearing is its number on the calendar: "hearing-1". Where it is left out, a
	// hearing of this type that waits for the children on that day is the one.
	Hearing string `json:"hearing,omitempty"`

	// The findings that the order makes, in so many words.
	Maltreatment      bool `json:"maltreatment,omitempty"`
	ContraryToWelfare bool `json:"contrary_to_welfare,omitempty"`
	EffortsToPrevent  bool `json:"efforts_to_prevent,omitempty"`
	EffortsToFinalize bool `json:"efforts_to_finalize,omitempty"`
	// AllowsRemoval: the order allows that the children are taken from home. The first
	// such order must say that staying is contrary to their welfare, also where it
	// comes before the removal (45 CFR 1356.21(c)).
	AllowsRemoval bool `json:"allows_removal,omitempty"`
	// EffortsNotRequired: no efforts to reunify are owed, as after aggravated
	// circumstances (42 USC 671(a)(15)(D)).
	EffortsNotRequired bool `json:"efforts_not_required,omitempty"`
	// TemporaryCustody: the agency is the child's temporary custodian from now on
	// (in Texas temporary managing conservator, TFC 263.401).
	TemporaryCustody bool `json:"temporary_custody,omitempty"`
	Result           Text `json:"result,omitempty"`
}

// HearingTypes are the codes for what kind of hearing it was.
func HearingTypes() []string {
	return []string{
		ShelterCare, Adjudication, Disposition, StatusHearing, Review, Permanency, Trial, Motion, OnPapers,
	}
}

// hearingNames are what people call the types.
func hearingNames() map[string]string {
	return map[string]string{
		ShelterCare: "Shelter care hearing", Adjudication: "Adjudication hearing", Disposition: "Disposition hearing",
		StatusHearing: "Status hearing", Review: "Six-month review", Permanency: "Permanency hearing",
		Trial: "Trial on the merits", Motion: "Hearing on a motion",
	}
}

// Says tells the event in a sentence.
func (b *Hearing) Says() string {
	if b.Type == OnPapers {
		return "Court order made without a hearing."
	}
	return hearingNames()[b.Type] + " held."
}

// Narratives returns the result and the judge in words.
func (b *Hearing) Narratives() []*Text { return []*Text{&b.Result, &b.Judge} }

func (b *Hearing) happened() moment { return moment{at: b.At} }

func (b *Hearing) subjects() []string { return b.Children }

func (b *Hearing) check(k *checker) {
	k.list("children", b.Children)
	k.oneOf("type", b.Type, HearingTypes()...)
	k.instant("at", b.At)
	k.oneOf("body", b.Body, "court", "panel")
	if b.Body == "panel" && b.Type != Review {
		k.refuse("body", "Only a review can be held by a panel; this is for a court. Say court, or record a review.")
	}
	if b.Body == "panel" && b.finds() {
		k.refuse("body", "Findings are made by a court, not by a panel. Leave them out, or say court.")
	}
	if b.EffortsNotRequired && b.EffortsToFinalize {
		k.refuse("efforts_not_required", "Efforts were found made, or found not to be required. Record which of the two the order says.")
	}
}

func (b *Hearing) finds() bool {
	return b.Maltreatment || b.ContraryToWelfare || b.EffortsToPrevent || b.EffortsToFinalize || b.EffortsNotRequired ||
		b.TemporaryCustody || b.AllowsRemoval
}

func (b *Hearing) blockers(c *Case, id string) []Blocker { return c.beforeCourt(id) }

func (b *Hearing) refuse(c *Case, _ Command) error {
	if err := c.ofMatter(b.Matter, b.Children); err != nil {
		return err
	}
	if b.Hearing != "" {
		date, err := c.waiting(b.Hearing)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(b.Children, func(id string) bool { return !slices.Contains(date.Children, id) }) {
			return InvalidField("hearing", "This hearing was not called for every one of these children. Record it without its number for the others.")
		}
	}
	if b.AllowsRemoval {
		return nil // it comes before the removal, and is often written down after it
	}
	return c.sinceCourt("at", b.Children, DateOf(b.At.In(c.Location())))
}

func (b *Hearing) apply(c *Case, e Event) {
	for _, id := range b.Children {
		c.record(e, b.facts(id)...)
	}
	b.settle(c, e)
}

// settle takes the hearing off the calendar once it was held for all of its
// children.
func (b *Hearing) settle(c *Case, e Event) {
	ref := b.Hearing
	if called, ok := c.sameDay(b.Type, b.Children, b.At); ok && ref == "" {
		ref = called.Ref
	}
	if c.courtDate(ref) == nil {
		return
	}
	c.Court.Dates = slices.Clone(c.Court.Dates)
	date := c.courtDate(ref)
	heard := func(id string) bool { return slices.Contains(b.Children, id) || slices.Contains(date.Heard, id) }
	all := slices.Clone(date.Children)
	date.Heard = slices.DeleteFunc(all, func(id string) bool { return !heard(id) })
	if len(date.Heard) == len(date.Children) {
		c.settles(e, *date, b.At, courtHeld)
	}
}

func (b *Hearing) item(*Case) string { return b.Hearing }

// facts are what the hearing means for the clocks of one child. A finding is a
// fact of its own: a hearing can be held and the finding be missing.
func (b *Hearing) facts(id string) []Fact {
	held := map[string]FactType{
		ShelterCare: FactCustodyHearingHeld, Review: FactReviewHeld, Permanency: FactPermanencyHearingHeld,
		StatusHearing: FactStatusHearingHeld, Disposition: FactDisposition, Trial: FactDisposition,
	}
	var facts []Fact
	if t, ok := held[b.Type]; ok {
		facts = append(facts, Fact{Type: t, Subject: id, At: b.At, By: b.Body})
	}
	for _, f := range []struct {
		found bool
		fact  FactType
	}{
		{b.Maltreatment, FactMaltreatmentFound},
		{b.EffortsNotRequired, FactEffortsNotRequired},
		{b.TemporaryCustody, FactTemporaryCustody},
	} {
		if f.found {
			facts = append(facts, Fact{Type: f.fact, Subject: id, At: b.At})
		}
	}
	if b.Body == "court" {
		facts = append(facts, Fact{
			Type: FactCourtOrder, Subject: id, At: b.At, ContraryToWelfare: b.ContraryToWelfare,
			EffortsToPrevent: b.EffortsToPrevent, EffortsToFinalize: b.EffortsToFinalize, AllowsRemoval: b.AllowsRemoval,
		})
	}
	return facts
}

// sinceRemoval refuses a day, the field "on", before a child's removal.
func (c *Case) sinceRemoval(ids []string, on Date) error {
	early := func(id string) bool { return on.Before(c.child(id).RemovedOn) }
	if slices.ContainsFunc(ids, early) {
		return InvalidField("on", "This is before the child was removed. Give a later day, or correct the removal.")
	}
	return nil
}
