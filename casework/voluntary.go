package casework

// VoluntaryPlacement takes children into care because their parents agreed to it
// in writing. It is an episode like any other, without a court's order: federal
// payment ends after 180 days unless a court finds that the placement is in the
// child's best interests (42 USC 672(e)).
type VoluntaryPlacement struct {
	Children []string `json:"children"`
	On       Date     `json:"on"`
	// Setting is where the children were placed, one of [Settings].
	Setting string `json:"setting"`
	// ICWAInquiry is one of [ICWAInquiries] (25 CFR 23.107).
	ICWAInquiry string `json:"icwa_inquiry"`
	// JudgeCertified says that the parents consented before a judge, without which
	// the consent of an Indian child's parents is not valid (25 USC 1913(a)).
	JudgeCertified bool `json:"judge_certified,omitempty"`
	Placing

	// Agreement says what was agreed, and for how long.
	Agreement Text `json:"agreement"`
}

// voluntaryRemoval is the reason of a removal that the parents agreed to.
const voluntaryRemoval = "voluntary"

// Says tells the event in a sentence.
func (b *VoluntaryPlacement) Says() string {
	return count(len(b.Children), "child", "children") + " placed by agreement with the parents: " + b.Setting + "."
}

// Narratives returns the agreement.
func (b *VoluntaryPlacement) Narratives() []*Text { return []*Text{&b.Agreement} }

func (b *VoluntaryPlacement) happened() moment { return moment{on: b.On} }

func (b *VoluntaryPlacement) subjects() []string { return b.Children }

func (b *VoluntaryPlacement) check(k *checker) {
	k.list("children", b.Children)
	k.day("on", b.On)
	k.oneOf("setting", b.Setting, Settings()...)
	k.oneOf("icwa_inquiry", b.ICWAInquiry, ICWAInquiries()...)
	if b.ICWAInquiry != "no-reason-to-know" && !b.JudgeCertified {
		k.refuse("judge_certified", "The parents of an Indian child consent before a judge, or the agreement is not valid "+
			"(25 USC 1913). Ask the court first; in imminent danger record a removal.")
	}
	b.gate(k, b.Setting, b.On)
	k.required("agreement", string(b.Agreement))
}

func (b *VoluntaryPlacement) blockers(c *Case, id string) []Blocker {
	if child := c.child(id); child != nil && child.InCare() {
		return []Blocker{{Code: "already-in-care", Subject: id, Detail: "This child is in care already. Leave the child out, or record a move."}}
	}
	return append(c.present(id), c.goneForGood(id)...)
}

func (b *VoluntaryPlacement) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	if !c.holdsWith(b.facts(c)) {
		return InvalidField("on", "On that day the child was in care, missing, or not born yet. Correct that first if it is wrong.")
	}
	return b.prefers(c, b.Children)
}

func (b *VoluntaryPlacement) facts(c *Case) []Fact {
	var facts []Fact
	for _, id := range b.Children {
		if c.child(id).Stage == StageAftercare {
			facts = append(facts, Fact{Type: FactAftercareEnded, Subject: id, On: b.On, Reason: "re-removal"})
		}
		facts = append(facts,
			Fact{Type: FactChildRemoved, Subject: id, On: b.On, Reason: voluntaryRemoval},
			Fact{Type: FactVoluntaryAgreement, Subject: id, On: b.On})
		facts = append(facts, b.Placing.facts(Fact{Subject: id, On: b.On}, b.Setting, "")...)
	}
	return facts
}

func (b *VoluntaryPlacement) apply(c *Case, e Event) { c.record(e, b.facts(c)...) }

// VoluntaryEnd ends the agreement with the parents: the children go home, or a
// court takes over and they stay in care.
type VoluntaryEnd struct {
	Children []string `json:"children"`
	On       Date     `json:"on"`
	// Outcome is one of [VoluntaryOutcomes].
	Outcome string `json:"outcome"`
	Notes   Text   `json:"notes,omitempty"`
}

// voluntaryHome is the end of an agreement with the child at home again.
const voluntaryHome = "returned-home"

// VoluntaryOutcomes are the ways in which an agreement ends. A parent who takes it
// back gets the child back, unless a court says otherwise.
func VoluntaryOutcomes() []string { return []string{voluntaryHome, "court-custody"} }

// Says tells the event in a sentence.
func (b *VoluntaryEnd) Says() string {
	return "Agreement on the placement of " + count(len(b.Children), "child", "children") + " ended: " + b.Outcome + "."
}

// Narratives returns the notes.
func (b *VoluntaryEnd) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *VoluntaryEnd) happened() moment { return moment{on: b.On} }

func (b *VoluntaryEnd) subjects() []string { return b.Children }

func (b *VoluntaryEnd) check(k *checker) {
	k.list("children", b.Children)
	k.day("on", b.On)
	k.oneOf("outcome", b.Outcome, VoluntaryOutcomes()...)
}

func (b *VoluntaryEnd) blockers(c *Case, id string) []Blocker {
	child := c.child(id)
	if child == nil || (child.InCare() && child.Voluntary) {
		return c.present(id)
	}
	return []Blocker{{Code: "no-agreement", Subject: id, Detail: "This child is not in care by agreement with the parents. Record the agreement first, or another exit."}}
}

func (b *VoluntaryEnd) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	for _, id := range b.Children {
		if b.Outcome == voluntaryHome && !b.On.After(c.child(id).RemovedOn) {
			return InvalidField("on", "A child cannot go home before, or on, the day of the placement. Give a later day, or correct the placement.")
		}
	}
	return c.sinceLastMove(b.Children, b.On)
}

func (b *VoluntaryEnd) apply(c *Case, e Event) {
	for _, id := range b.Children {
		c.record(e, Fact{Type: FactVoluntaryEnded, Subject: id, On: b.On, Reason: b.Outcome})
		if b.Outcome == voluntaryHome {
			c.record(e,
				Fact{Type: FactEpisodeEnded, Subject: id, On: b.On, Reason: ExitReunification},
				Fact{Type: FactAftercareStarted, Subject: id, On: b.On})
		}
	}
}
