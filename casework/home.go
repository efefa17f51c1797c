package casework

import "slices"

// TrialStart sends children home on trial while the agency keeps
// responsibility: still the same episode of care, for six months or as long as
// the court orders (45 CFR 1356.21(e)).
type TrialStart struct {
	Children []string `json:"children"`
	On       Date     `json:"on"`
	// Until is the planned last day; CourtOrdered says that a court set it.
	Until        Date `json:"until,omitzero"`
	CourtOrdered bool `json:"court_ordered,omitempty"`
	// Safety is the assessment of everybody in the home.
	Safety Text `json:"safety"`
}

// Says tells the event in a sentence.
func (b *TrialStart) Says() string {
	return "Trial home visit started for " + count(len(b.Children), "child", "children") + "."
}

// Narratives returns the safety assessment of the home.
func (b *TrialStart) Narratives() []*Text { return []*Text{&b.Safety} }

func (b *TrialStart) happened() moment { return moment{on: b.On} }

func (b *TrialStart) subjects() []string { return b.Children }

func (b *TrialStart) check(k *checker) {
	k.list("children", b.Children)
	k.day("on", b.On)
	if !b.Until.IsZero() && b.Until.Before(b.On) {
		k.refuse("until", "The visit cannot end before it begins. Give a later day, or leave the end out.")
	}
	if b.CourtOrdered && b.Until.IsZero() {
		k.refuse("until", "Say until when the court ordered the visit.")
	}
	k.required("safety", string(b.Safety))
}

func (b *TrialStart) blockers(c *Case, id string) []Blocker {
	missing := append(c.inCare(id), c.present(id)...)
	if child := c.child(id); child != nil && child.Stage == StageTrialHome {
		missing = append(missing, Blocker{Code: "already-on-trial", Subject: id, Detail: "This child is home on trial already. Record how that visit ended first."})
	}
	if child := c.child(id); child != nil && !c.plannedSince(child.RemovedOn) {
		missing = append(missing, Blocker{
			Code: "no-approved-plan", Subject: id, Detail: "No case plan has been approved since this child's removal. Submit one and have it approved first.",
		})
	}
	return missing
}

func (b *TrialStart) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	return c.sinceLastMove(b.Children, b.On)
}

func (b *TrialStart) apply(c *Case, e Event) {
	for _, id := range b.Children {
		c.record(e,
			Fact{Type: FactPlacementEnded, Subject: id, On: b.On, Reason: "trial-home-visit"},
			Fact{Type: FactTrialHomeVisitStarted, Subject: id, On: b.On, Until: b.Until, CourtOrdered: b.CourtOrdered})
	}
}

// TrialEnd brings children back into care from a trial home visit.
type TrialEnd struct {
	Children []string `json:"children"`
	On       Date     `json:"on"`
	Setting  string   `json:"setting"`
	// The placement in detail, as at a removal.
	Placing

	Reason Text `json:"reason"`
}

// Says tells the event in a sentence.
func (b *TrialEnd) Says() string {
	return count(len(b.Children), "child", "children") + " returned to care from a trial home visit."
}

// Narratives returns why the trial ended.
func (b *TrialEnd) Narratives() []*Text { return []*Text{&b.Reason} }

func (b *TrialEnd) happened() moment { return moment{on: b.On} }

func (b *TrialEnd) subjects() []string { return b.Children }

func (b *TrialEnd) check(k *checker) {
	k.list("children", b.Children)
	k.day("on", b.On)
	k.oneOf("setting", b.Setting, Settings()...)
	if b.given() {
		b.gate(k, b.Setting, b.On)
	}
	k.required("reason", string(b.Reason))
}

func (b *TrialEnd) blockers(c *Case, id string) []Blocker {
	if child := c.child(id); child == nil || child.Stage == StageTrialHome {
		return c.present(id)
	}
	return []Blocker{{Code: "not-on-trial", Subject: id, Detail: "This child is not on a trial home visit. Record its start first."}}
}

func (b *TrialEnd) refuse(c *Case, cmd Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	if err := b.named(cmd, b.Setting); err != nil {
		return err
	}
	for _, id := range b.Children {
		if c.overstayed(id, b.On) {
			return InvalidField("on", "The trial home visit went over its limit, "+c.trialLimit(id).Long()+". A return to care after "+
				"that is a new removal, with findings of its own (45 CFR 1356.21(e)). Record a removal.")
		}
	}
	if err := c.sinceLastMove(b.Children, b.On); err != nil || cmd.Edition < EditionPreferences {
		return err
	}
	return b.prefers(c, b.Children)
}

func (b *TrialEnd) apply(c *Case, e Event) {
	for _, id := range b.Children {
		c.record(e, Fact{Type: FactTrialHomeVisitEnded, Subject: id, On: b.On})
		c.record(e, b.facts(Fact{Subject: id, On: b.On}, b.Setting, "")...)
	}
}

// Reunification ends an episode of care: custody is back with the parents.
type Reunification struct {
	Children []string `json:"children"`
	// On is the day on which custody ended.
	On    Date `json:"on"`
	Notes Text `json:"notes,omitempty"`
}

// Says tells the event in a sentence.
func (b *Reunification) Says() string {
	return count(len(b.Children), "child", "children") + " went home for good."
}

// Narratives returns the notes.
func (b *Reunification) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *Reunification) happened() moment { return moment{on: b.On} }

func (b *Reunification) subjects() []string { return b.Children }

func (b *Reunification) check(k *checker) {
	k.list("children", b.Children)
	k.day("on", b.On)
}

func (b *Reunification) blockers(c *Case, id string) []Blocker {
	return append(c.inCare(id), c.present(id)...)
}

func (b *Reunification) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	for _, id := range b.Children {
		if !b.On.After(c.child(id).RemovedOn) {
			return InvalidField("on", "A child cannot go home before, or on, the day of the removal. Give a later day, or correct the removal.")
		}
	}
	return c.sinceLastMove(b.Children, b.On)
}

func (b *Reunification) apply(c *Case, e Event) {
	for _, id := range b.Children {
		c.record(e,
			Fact{Type: FactEpisodeEnded, Subject: id, On: b.On, Reason: "reunification"},
			Fact{Type: FactAftercareStarted, Subject: id, On: b.On})
	}
}

// sinceLastMove refuses a day before a child last came into care, went home on
// trial, came back from there, was missing or was found: spans of care do not overlap.
func (c *Case) sinceLastMove(ids []string, on Date) error { return c.sinceLastMoveAs("on", ids, on) }

// sinceLastMoveAs is sinceLastMove for a day that another field holds.
func (c *Case) sinceLastMoveAs(field string, ids []string, on Date) error {
	for _, f := range c.current() {
		if !slices.Contains(ids, f.Subject) || !on.Before(f.LocalDate(c.Location())) {
			continue
		}
		if before := moved(f.Type); before != "" {
			return InvalidField(field, before)
		}
	}
	return nil
}

// moved says before what a day lies that lies before a fact of type t; nothing
// where the fact moves no child.
func moved(t FactType) string {
	switch t { //nolint:exhaustive // the other facts move no child
	case FactChildRemoved:
		return "This is before the child was removed. Give a later day, or correct the removal."
	case FactTrialHomeVisitStarted:
		return "This is before the trial home visit began."
	case FactTrialHomeVisitEnded:
		return "This is before the child came back from the last trial home visit."
	case FactEpisodeEnded:
		return "This is before the child's last episode of care ended."
	case FactChildMissing:
		return "This is before the child was known to be missing. Give a later time, or correct since when the child is missing."
	case FactChildFound:
		return "This is before the child was found. Give a later time, or correct when the child was found."
	}
	return ""
}
