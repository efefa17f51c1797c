package casework

import (
	"fmt"
	"slices"
)

// maxRetained bounds, in days, how long one order can keep a suit on the docket
// beyond its dismissal day. A slip of the keyboard is longer; what the law
// allows is policy's to say.
const maxRetained = 366

// DismissalExtension records that the court keeps a suit on its docket beyond
// the day on which it would be dismissed by itself (TFC 263.401(b)).
type DismissalExtension struct {
	Children []string `json:"children"`
	// On is the day of the order.
	On Date `json:"on"`
	// Days says for how long, where the order does; the law's own length otherwise.
	Days int `json:"days,omitempty"`
	// Until is the new dismissal day, where the order sets one instead.
	Until Date `json:"until,omitzero"`
	// Reason says what the court found, such as extraordinary circumstances.
	Reason Text `json:"reason"`
}

// Says tells the event in a sentence.
func (b *DismissalExtension) Says() string {
	switch {
	case !b.Until.IsZero():
		return "The court keeps the suit until " + b.Until.String() + "."
	case b.Days > 0:
		return fmt.Sprintf("The court keeps the suit for %s more.", count(b.Days, "day", "days"))
	}
	return "The court keeps the suit beyond its dismissal day."
}

// Narratives returns the reason.
func (b *DismissalExtension) Narratives() []*Text { return []*Text{&b.Reason} }

func (b *DismissalExtension) happened() moment { return moment{on: b.On} }

func (b *DismissalExtension) subjects() []string { return b.Children }

func (b *DismissalExtension) check(k *checker) {
	k.list("children", b.Children)
	k.day("on", b.On)
	k.required("reason", string(b.Reason))
	switch {
	case b.Days != 0 && !b.Until.IsZero():
		k.refuse("until", "Give the number of days or the new dismissal day, as the order does, not both.")
	case b.Days < 0, b.Days > maxRetained:
		k.refuse("days", fmt.Sprintf("An extension has from 1 to %d days. Leave it out where the order names none.", maxRetained))
	case !b.Until.IsZero() && !b.Until.After(b.On):
		k.refuse("until", "The new dismissal day must be after the order.")
	}
}

func (b *DismissalExtension) blockers(c *Case, id string) []Blocker { return c.inCustody(id) }

func (b *DismissalExtension) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	return c.sinceCustody(b.Children, b.On)
}

func (b *DismissalExtension) apply(c *Case, e Event) {
	c.recordEach(e, b.Children, Fact{Type: FactDismissalExtended, On: b.On, Days: b.Days, Until: b.Until})
}

// DismissalNotice records that the court told the parties on which day the suit
// will be dismissed (TFC 263.401(a)).
type DismissalNotice struct {
	Children []string `json:"children"`
	On       Date     `json:"on"`
	Notes    Text     `json:"notes,omitempty"`
}

// Says tells the event in a sentence.
func (b *DismissalNotice) Says() string {
	return "The court told the parties on which day the suit will be dismissed."
}

// Narratives returns the notes.
func (b *DismissalNotice) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *DismissalNotice) happened() moment { return moment{on: b.On} }

func (b *DismissalNotice) subjects() []string { return b.Children }

func (b *DismissalNotice) check(k *checker) {
	k.list("children", b.Children)
	k.day("on", b.On)
}

func (b *DismissalNotice) blockers(c *Case, id string) []Blocker { return c.inCustody(id) }

func (b *DismissalNotice) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	return c.sinceCustody(b.Children, b.On)
}

func (b *DismissalNotice) apply(c *Case, e Event) {
	c.recordEach(e, b.Children, Fact{Type: FactDismissalNotified, On: b.On})
}

// custodySince is the day of the first order that gave the agency temporary
// custody of a child, zero where there is none.
func (c *Case) custodySince(id string) Date {
	var first Date
	for _, f := range c.current() {
		on := f.LocalDate(c.Location())
		if f.Type == FactTemporaryCustody && f.Subject == id && (first.IsZero() || on.Before(first)) {
			first = on
		}
	}
	return first
}

// inCustody blocks what belongs to a suit in which the agency has custody: no
// other suit has a dismissal day.
func (c *Case) inCustody(id string) []Blocker {
	if c.child(id) == nil || !c.custodySince(id).IsZero() {
		return nil
	}
	return []Blocker{{
		Code: "no-temporary-custody", Subject: id,
		Detail: "No order on record gives the agency temporary custody of this child. Record the hearing, or the order " +
			"on the papers, that does.",
	}}
}

func (c *Case) sinceCustody(ids []string, on Date) error {
	if slices.ContainsFunc(ids, func(id string) bool { return on.Before(c.custodySince(id)) }) {
		return InvalidField("on", "This is before the order that gave the agency temporary custody of the child. Give a later day, or correct the day of that order.")
	}
	return nil
}
