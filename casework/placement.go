package casework

import (
	"fmt"
	"slices"
)

// careSteps lists what happens between a removal and the end of care.
func careSteps() []Step {
	works := []Role{RoleCaseworker, RoleSupervisor}
	return []Step{
		caseStep("visit.record", "visit.recorded", "Record a visit", "visits", works, true,
			func() Body { return &Visit{} }),
		caseStep("contact.add-to", "contact.added-to", "Add words to a visit or a contact", "addenda", works, false,
			func() Body { return &Addendum{} }),
		caseStep("trial-home-visit.start", "trial-home-visit.started", "Start a trial home visit", "trial-home-visits",
			works, true, func() Body { return &TrialStart{} }),
		caseStep("trial-home-visit.end", "trial-home-visit.ended", "Record a return from a trial home visit to care",
			"trial-home-visit-ends", works, true, func() Body { return &TrialEnd{} }),
		caseStep("child.reunify", "child.reunified", "Record a reunification", "reunifications", works, true,
			func() Body { return &Reunification{} }),
		caseStep("child.exit", "child.exited", "Record another exit from care", "exits", works, true,
			func() Body { return &Exit{} }),
		caseStep("placement.move", "placement.moved", "Move a child in care", "placements", works, true,
			func() Body { return &PlacementMove{} }),
		caseStep("provider.clear", "provider.cleared", "Record that a child's provider is cleared", "provider-clearances", works,
			true, func() Body { return &ProviderClearance{} }),
		caseStep("health-record.give", "health-record.given", "Record that the health and education record was handed over",
			"health-records", works, true, func() Body { return &HealthRecord{} }),
	}
}

// Placing is what the law wants to know of a new placement: who the provider is
// and whether it is cleared (42 USC 671(a)(20)), and what was decided about
// siblings, school and the preferences of the Indian Child Welfare Act. A place
// outside foster care, such as a hospital, needs none of it.
type Placing struct {
	// Provider is the opaque ID of the home or facility.
	Provider string `json:"provider,omitempty"`
	// ClearedUntil is the last day for which its checks and licence are good.
	ClearedUntil Date `json:"cleared_until,omitzero"`
	// EmergencyKin places a child with a relative before the checks are done, which
	// have to be done by CheckBy.
	EmergencyKin bool `json:"emergency_kin,omitempty"`
	CheckBy      Date `json:"check_by,omitzero"`
	// Siblings is one of [SiblingReasons] (42 USC 671(a)(31)).
	Siblings string `json:"siblings,omitempty"`
	// School is one of [SchoolReasons] (42 USC 675(1)(G)).
	School string `json:"school,omitempty"`
	// Preference is one of [ICWAPreferences] (25 USC 1915(b)).
	Preference string `json:"icwa_preference,omitempty"`
	// HealthRecord says that the provider got the child's health and education
	// record (42 USC 675(5)(D)).
	HealthRecord bool `json:"health_record,omitempty"`
}

// SiblingReasons say whether siblings live together, and if not, why.
func SiblingReasons() []string {
	return []string{"together", "no-siblings-in-care", "apart-safety", "apart-needs", "apart-no-home"}
}

// SchoolReasons say whether the child stays at the same school, and if not, why.
func SchoolReasons() []string {
	return []string{"same-school", "changed-best-interest", "changed-distance", "not-enrolled"}
}

// notIndianChild says that the Indian Child Welfare Act does not apply.
const notIndianChild = "not-applicable"

// ICWAPreferences say whether the order of placements of 25 USC 1915(b) was followed.
func ICWAPreferences() []string {
	return []string{notIndianChild, "followed", "tribe-agreed", "good-cause"}
}

// providedFor says whether a setting is foster care by a provider, who has to be cleared.
func providedFor(setting string) bool {
	return !awayFromCare(setting) && setting != "independent-living"
}

// gate refuses a placement that lacks what the law wants to know.
func (p *Placing) gate(k *checker, setting string, on Date) {
	if !providedFor(setting) {
		if p.Provider != "" {
			k.opaque("provider", p.Provider)
		}
		return
	}
	k.opaque("provider", p.Provider)
	switch {
	case p.EmergencyKin && setting != "relative":
		k.refuse("emergency_kin", "Only a relative can take a child before the checks are done. "+
			"Choose a cleared provider, or a relative.")
	case p.EmergencyKin && (p.CheckBy.IsZero() || p.CheckBy.Before(on)):
		k.refuse("check_by", "Say by which day the checks of this relative will be done.")
	case !p.EmergencyKin && (p.ClearedUntil.IsZero() || p.ClearedUntil.Before(on)):
		k.refuse("cleared_until", "This provider is not cleared for that day. Have the checks done first, choose a cleared "+
			"provider, or, with a relative, record an emergency placement with the day by which the checks will be done.")
	}
	k.oneOf("siblings", p.Siblings, SiblingReasons()...)
	k.oneOf("school", p.School, SchoolReasons()...)
	k.oneOf("icwa_preference", p.Preference, ICWAPreferences()...)
}

// given says whether anything is said of the placement.
func (p *Placing) given() bool { return *p != Placing{} }

// named refuses a placement with nobody, of senders who know that rule: where a child
// lives is told without a gap, and only with a provider who is cleared (the gate).
func (p *Placing) named(cmd Command, setting string) error {
	if cmd.Edition < EditionNamedProviders || p.Provider != "" || !providedFor(setting) {
		return nil
	}
	return InvalidField("provider", "Say who takes the child, and until when that home or facility is cleared. A relative can take "+
		"a child at once: record an emergency placement (emergency_kin) with the day by which the checks will be done. "+
		"A hospital needs no provider.")
}

// prefers refuses to say that the Indian Child Welfare Act does not apply to a
// child about whom a tribe or a parent has had notice under it.
func (p *Placing) prefers(c *Case, ids []string) error {
	for _, id := range ids {
		if _, noticed := c.firstFact(id, FactICWANoticeReceived); noticed && p.Preference == notIndianChild {
			return InvalidField("icwa_preference", "Notice under the Indian Child Welfare Act was received for this child. "+
				"Say whether the order of placements was followed, or why not.")
		}
	}
	return nil
}

// facts are what a placement in a setting means, at the time of f.
func (p *Placing) facts(f Fact, setting, reason string) []Fact {
	f.Setting, f.Provider, f.Reason, f.Type = setting, p.Provider, reason, FactPlacementStarted
	facts := []Fact{f}
	add := func(t FactType, until Date) {
		facts = append(facts, Fact{Type: t, Subject: f.Subject, On: f.On, At: f.At, Until: until})
	}
	if p.EmergencyKin && providedFor(setting) {
		add(FactProviderCheckOwed, p.CheckBy)
	}
	if p.HealthRecord && providedFor(setting) {
		add(FactHealthRecordGiven, Date{})
	}
	return facts
}

// The reasons of a move that count for nothing: the child's placement is the
// same before and after, or the place is none.
const (
	moveRespite  = "respite"
	moveReturn   = "return"
	moveLicense  = "license-change"
	moveHospital = "hospitalization"
	moveDetained = "detention"
)

// PlacementMove moves children in care to another place: to another provider, to
// a hospital or into detention, and back.
type PlacementMove struct {
	Children []string `json:"children"`
	On       Date     `json:"on"`
	// Setting is where the children live from then on, one of [Settings].
	Setting string `json:"setting"`
	// Reason is one of [MoveReasons].
	Reason string `json:"reason"`
	Placing

	Notes Text `json:"notes,omitempty"`
}

// MoveReasons say why a child is moved. Respite, a hospital, detention, the way
// back from there and a change of the same home's license are not moves in the
// sense of placement stability.
func MoveReasons() []string {
	return []string{
		"permanency", "closer-to-family", "with-siblings", "with-relatives", "less-restrictive", "level-of-care", "provider-asked",
		"child-asked", "safety", "provider-closed", moveRespite, moveReturn, moveLicense, moveHospital, moveDetained,
	}
}

// Says tells the event in a sentence.
func (b *PlacementMove) Says() string {
	return fmt.Sprintf("%s moved (%s), placed: %s.", count(len(b.Children), "child", "children"), b.Reason, b.Setting)
}

// Narratives returns the notes.
func (b *PlacementMove) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *PlacementMove) happened() moment { return moment{on: b.On} }

func (b *PlacementMove) subjects() []string { return b.Children }

func (b *PlacementMove) check(k *checker) {
	k.list("children", b.Children)
	k.day("on", b.On)
	k.oneOf("setting", b.Setting, Settings()...)
	k.oneOf("reason", b.Reason, MoveReasons()...)
	for setting, reason := range map[string]string{"hospital": moveHospital, "detention": moveDetained} {
		if (b.Setting == setting) != (b.Reason == reason) {
			k.refuse("reason", "The reason and the setting do not fit: "+moveHospital+" is to a hospital, "+moveDetained+
				" to detention, and nothing else is. Change one of them.")
		}
	}
	b.gate(k, b.Setting, b.On)
}

func (b *PlacementMove) blockers(c *Case, id string) []Blocker {
	missing := append(c.inCare(id), c.present(id)...)
	if child := c.child(id); child != nil && child.Stage == StageTrialHome {
		missing = append(missing, Blocker{
			Code: "home-on-trial", Subject: id,
			Detail: "This child is home on trial. Record the return from the trial home visit, with the new setting, instead.",
		})
	}
	return missing
}

func (b *PlacementMove) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	if err := b.prefers(c, b.Children); err != nil {
		return err
	}
	if b.Reason == moveLicense && slices.ContainsFunc(b.Children, func(id string) bool { return !b.sameHome(c.child(id)) }) {
		return InvalidField("provider", "A change of license is one of the home in which the child lives. "+
			"Name that provider, or give another reason for the move.")
	}
	if !c.holdsWith(b.facts(c)) {
		return InvalidField("on", "On that day the child was not in this episode of care, was missing, or was home on trial. "+
			"Correct that first if it is wrong.")
	}
	return nil
}

// sameHome says whether a child stays with the provider; one whose provider was
// never named may.
func (b *PlacementMove) sameHome(child *Child) bool {
	return child.Provider == "" || child.Provider == b.Provider
}

func (b *PlacementMove) facts(c *Case) []Fact {
	var facts []Fact
	for _, id := range b.Children {
		if c.child(id).Setting != "" {
			facts = append(facts, Fact{Type: FactPlacementEnded, Subject: id, On: b.On, Reason: b.Reason})
		}
		facts = append(facts, b.Placing.facts(Fact{Subject: id, On: b.On}, b.Setting, b.Reason)...)
	}
	return facts
}

func (b *PlacementMove) apply(c *Case, e Event) { c.record(e, b.facts(c)...) }

// holdsWith says whether each child's story would hold together with more facts.
func (c *Case) holdsWith(facts []Fact) bool {
	after := c.Fork()
	after.record(Event{Seq: c.Revision + 1}, facts...)
	return after.coherent()
}
