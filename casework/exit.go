package casework

import (
	"fmt"
	"slices"
)

// The ways out of care, beside going home. See [AFCARSExit].
const (
	ExitReunification = "reunification"
	ExitRelative      = "relative"
	ExitAdoption      = "adoption"
	ExitEmancipation  = "emancipation"
	ExitGuardianship  = "guardianship"
	ExitRunaway       = "runaway"
	ExitDeath         = "death"
	ExitTransfer      = "transfer"
)

// ExitReasons are the ways in which [Exit] ends an episode of care. Going home is
// a [Reunification].
func ExitReasons() []string {
	return []string{
		ExitRelative, ExitAdoption, ExitEmancipation, ExitGuardianship, ExitRunaway, ExitDeath, ExitTransfer,
	}
}

// notExited is the AFCARS code of an episode that has not ended.
const notExited = 9

// AFCARSExit returns the code of an exit in AFCARS (45 CFR 1355.44(g), element
// 155), 9 where there is none. A trial home visit that went over its limit is a
// reunification there.
func AFCARSExit(reason string) int {
	code := slices.Index([]string{
		ExitReunification, ExitRelative, ExitAdoption, ExitEmancipation, ExitGuardianship, ExitRunaway, ExitDeath, ExitTransfer,
	}, reason)
	switch {
	case reason == overlongTrial:
		return 1
	case code < 0:
		return notExited
	}
	return code + 1
}

// Exit ends an episode of care in another way than going home.
type Exit struct {
	Children []string `json:"children"`
	// On is the day on which the agency's responsibility ended.
	On Date `json:"on"`
	// Reason is one of [ExitReasons].
	Reason string `json:"reason"`
	// CourtOrdered says that a court ordered it.
	CourtOrdered bool `json:"court_ordered,omitempty"`
	// RightsEnded says, for an adoption, that the rights of each parent have ended:
	// by the court, by relinquishment, or because the parent has died.
	RightsEnded bool `json:"rights_ended,omitempty"`
	// To is the opaque ID of the guardian, the relative, the adoptive home, or of
	// the agency or tribe that is responsible from now on.
	To    string `json:"to,omitempty"`
	Notes Text   `json:"notes,omitempty"`
}

// Says tells the event in a sentence.
func (b *Exit) Says() string {
	return fmt.Sprintf("%s left care: %s.", count(len(b.Children), "child", "children"), b.Reason)
}

// Narratives returns the notes.
func (b *Exit) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *Exit) happened() moment { return moment{on: b.On} }

func (b *Exit) subjects() []string { return b.Children }

func (b *Exit) check(k *checker) {
	k.list("children", b.Children)
	k.day("on", b.On)
	if b.Reason == ExitReunification {
		k.refuse("reason", "A child who goes home does not exit. Record a reunification.")
	}
	k.oneOf("reason", b.Reason, ExitReasons()...)
	if slices.Contains([]string{ExitRelative, ExitAdoption, ExitGuardianship, ExitTransfer}, b.Reason) {
		k.opaque("to", b.To)
	}
	switch {
	case b.Reason == ExitAdoption && !b.RightsEnded:
		k.refuse("rights_ended", "No child is adopted before the rights of each parent have ended. "+
			"Record a guardianship, or wait for the court.")
	case (b.Reason == ExitAdoption || b.Reason == ExitGuardianship) && !b.CourtOrdered:
		k.refuse("court_ordered", "This takes a court's order. Say that there is one; where a relative takes the child "+
			"without it, record the exit to a relative.")
	}
}

func (b *Exit) blockers(c *Case, id string) []Blocker { return c.inCare(id) }

func (b *Exit) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	for _, id := range b.Children {
		child := c.child(id)
		if !b.On.After(child.RemovedOn) {
			return InvalidField("on", "A child cannot leave care before, or on, the day of the removal. Give a later day, or correct the removal.")
		}
		if err := b.fits(c, child); err != nil {
			return err
		}
	}
	return c.sinceLastMove(b.Children, b.On)
}

// fits refuses a way out that the child's situation does not allow.
func (b *Exit) fits(c *Case, child *Child) error {
	missing := !child.Missing.IsZero()
	switch {
	case b.Reason == ExitRunaway && !missing:
		return InvalidField("reason", "Only a child who is missing is discharged as a runaway. Record that the child is missing first.")
	case missing && !slices.Contains(missingExits(), b.Reason):
		return InvalidField("reason", "This child is missing. Record that the child was found first.")
	case child.Stage == StageTrialHome && slices.Contains([]string{ExitRelative, ExitAdoption, ExitGuardianship}, b.Reason):
		return InvalidField("reason", "This child is home on trial. Record a reunification, or the return from the trial home visit first.")
	case b.Reason == ExitEmancipation:
		return b.emancipates(c, child)
	case b.Reason == ExitAdoption:
		return c.parentsHaveRights(child.ID, b.On)
	}
	return nil
}

// missingExits are the ways out of care of a child whom nobody has found.
func missingExits() []string { return []string{ExitRunaway, ExitDeath, ExitEmancipation} }

// emancipates refuses to let a minor go without a court, and anybody without the
// documents that the law wants them to have (42 USC 675(5)(I)).
func (b *Exit) emancipates(c *Case, child *Child) error {
	if !b.CourtOrdered && !child.reached(b.On, ageOfMajority) {
		return InvalidField("reason", "This child is not 18 yet. Say that a court ordered the emancipation, or record another exit.")
	}
	for _, d := range c.Pending() {
		if d.Clock == "exit-documents" && d.Subject == child.ID {
			return InvalidField("reason", "The young person has not been given the documents for the time after care. "+
				"Record that they were given first.")
		}
	}
	return nil
}

func (b *Exit) apply(c *Case, e Event) {
	for _, id := range b.Children {
		c.record(e, Fact{Type: FactEpisodeEnded, Subject: id, On: b.On, Reason: b.Reason, CourtOrdered: b.CourtOrdered})
		if b.Reason == ExitRelative || b.Reason == ExitGuardianship {
			c.record(e, Fact{Type: FactAftercareStarted, Subject: id, On: b.On})
		}
	}
}

// goneForGood blocks what cannot be done about a child who has died or who is
// another family's since an adoption.
func (c *Case) goneForGood(id string) []Blocker {
	child := c.child(id)
	if child == nil || child.InCare() || (child.ExitReason != ExitDeath && child.ExitReason != ExitAdoption) {
		return nil
	}
	return []Blocker{{
		Code: "gone-for-good", Subject: id, Detail: "This child has died, or was adopted and is a child of another family now. Correct that exit if it is wrong; otherwise leave this child out.",
	}}
}

// overlongTrial is the reason of a removal that follows a trial home visit over
// its limit, and of the end of the episode before it.
const overlongTrial = "trial-home-visit-limit"

// trialLimit returns the last day of a child's trial home visit as the policy
// pack has computed it, zero where no limit is running.
func (c *Case) trialLimit(id string) Date {
	var limit Date
	for _, d := range c.Pending() {
		if d.Clock != overlongTrial || d.Subject != id {
			continue
		}
		if due, err := ParseDate(d.Due); err == nil {
			limit = due
		}
	}
	return limit
}

// overstayed says whether a child on trial was at home for longer than the
// trial's limit by a day: a return to care is a new removal then (45 CFR 1356.21(e)).
func (c *Case) overstayed(id string, on Date) bool {
	child, limit := c.child(id), c.trialLimit(id)
	return child != nil && child.Stage == StageTrialHome && !limit.IsZero() && on.After(limit)
}
