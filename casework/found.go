package casework

import (
	"fmt"
	"slices"
	"time"
)

// Found records that missing children are back: where they were, or somewhere
// else. The clock of the agency's duty to seek them ends; the debriefing comes next.
type Found struct {
	Children []string  `json:"children"`
	At       time.Time `json:"at"`
	// Setting is where children in care live now, one of [Settings]; empty where
	// they came back to where they were.
	Setting string `json:"setting,omitempty"`
	Placing

	Notes Text `json:"notes,omitempty"`
}

// Says tells the event in a sentence.
func (b *Found) Says() string {
	who := count(len(b.Children), "missing child", "missing children") + " found"
	if b.Setting == "" {
		return who + "."
	}
	return fmt.Sprintf("%s, placed: %s.", who, b.Setting)
}

// Narratives returns the notes.
func (b *Found) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *Found) happened() moment { return moment{at: b.At} }

func (b *Found) subjects() []string { return b.Children }

func (b *Found) check(k *checker) {
	k.list("children", b.Children)
	k.instant("at", b.At)
	switch {
	case b.Setting != "":
		k.oneOf("setting", b.Setting, Settings()...)
		b.gate(k, b.Setting, DateOf(b.At.In(k.loc)))
	case b.given():
		k.refuse("setting", "Say where the child lives now, or leave out what is about a new placement.")
	}
}

func (b *Found) blockers(c *Case, id string) []Blocker {
	if child := c.child(id); child == nil || !child.Missing.IsZero() {
		return nil
	}
	return []Blocker{{Code: "not-missing", Subject: id, Detail: "This child is not missing. Record that the child is missing first."}}
}

func (b *Found) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	for _, id := range b.Children {
		if lost, ok := c.lastFact(id, FactChildMissing); ok && b.At.Before(lost.At) {
			return InvalidField("at", "This is before the child was known to be missing. Give a later time, or correct since when the child is missing.")
		}
		if err := b.fits(c.child(id)); err != nil {
			return err
		}
	}
	if b.Setting != "" {
		return b.prefers(c, b.Children)
	}
	return nil
}

// fits refuses a place that a child cannot come back to, and none where there is none.
func (b *Found) fits(child *Child) error {
	switch {
	case b.Setting != "" && !child.InCare():
		return InvalidField("setting", "A child of the case is not in care, and so has no placement. "+
			"Leave this out, or record the child alone; to take a child into care, record a removal.")
	case b.Setting != "" && child.Stage == StageTrialHome:
		return InvalidField("setting", "This child was home on trial. Record that the child was found, "+
			"and then the return from the trial home visit.")
	case b.Setting == "" && child.Stage == StageOutOfHomeCare && child.Setting == "":
		return InvalidField("setting", "The child's last placement has ended. Say where the child lives now.")
	}
	return nil
}

func (b *Found) apply(c *Case, e Event) {
	for _, id := range b.Children {
		housed := c.child(id).Setting != ""
		c.record(e, Fact{Type: FactChildFound, Subject: id, At: b.At})
		if b.Setting == "" {
			continue
		}
		if housed {
			c.record(e, Fact{Type: FactPlacementEnded, Subject: id, At: b.At, Reason: "missing"})
		}
		c.record(e, b.facts(Fact{Subject: id, At: b.At}, b.Setting, moveReturn)...)
	}
}

// Debrief records the talk with a child who came back: why the child left, what
// happened in the time away, and whether the child may be a victim of sex
// trafficking (42 USC 671(a)(35)(A)).
type Debrief struct {
	Children []string  `json:"children"`
	At       time.Time `json:"at"`
	// Screen is one of [TraffickingScreens].
	Screen string `json:"screen"`
	// Factors says what made the child leave, and what answers it in the placement.
	Factors Text `json:"factors"`
	// Experiences says what happened while the child was away.
	Experiences Text `json:"experiences"`
}

// screenIndicated means that a child may be a victim of sex trafficking.
const screenIndicated = "indicated"

// TraffickingScreens are the results of screening for sex trafficking.
func TraffickingScreens() []string { return []string{"not-indicated", screenIndicated} }

// Says tells the event in a sentence. Which children the screening points to is
// for the record, not for lists.
func (b *Debrief) Says() string {
	return count(len(b.Children), "child", "children") + " debriefed and screened after being missing."
}

// Narratives returns the factors and the experiences.
func (b *Debrief) Narratives() []*Text { return []*Text{&b.Factors, &b.Experiences} }

func (b *Debrief) happened() moment { return moment{at: b.At} }

func (b *Debrief) subjects() []string { return b.Children }

func (b *Debrief) check(k *checker) {
	k.list("children", b.Children)
	k.instant("at", b.At)
	k.oneOf("screen", b.Screen, TraffickingScreens()...)
	k.required("factors", string(b.Factors))
	k.required("experiences", string(b.Experiences))
}

func (b *Debrief) blockers(c *Case, id string) []Blocker {
	child := c.child(id)
	if missing := c.present(id); missing != nil || child == nil || child.DebriefOwed {
		return missing
	}
	return []Blocker{{Code: "no-debrief-owed", Subject: id, Detail: "This child has not come back from being missing, or was debriefed. Record that the child was found first."}}
}

func (b *Debrief) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	for _, id := range b.Children {
		if found, ok := c.lastFact(id, FactChildFound); ok && b.At.Before(found.At) {
			return InvalidField("at", "This is before the child was found. Give a later time, or correct when the child was found.")
		}
	}
	return nil
}

func (b *Debrief) apply(c *Case, e Event) {
	for _, id := range b.Children {
		c.record(e, Fact{Type: FactMissingDebriefed, Subject: id, At: b.At})
		if b.Screen == screenIndicated {
			c.record(e, Fact{Type: FactTraffickingSuspected, Subject: id, At: b.At})
		}
	}
}

// TraffickingSuspicion records information that children may be victims of sex
// trafficking: the police must be told within 24 hours (42 USC 671(a)(34)).
type TraffickingSuspicion struct {
	Children []string `json:"children"`
	// InformedAt is when the agency received the information.
	InformedAt time.Time `json:"informed_at"`
	Basis      Text      `json:"basis"`
}

// Says tells the event in a sentence.
func (b *TraffickingSuspicion) Says() string {
	return "Information on possible trafficking received about " + count(len(b.Children), "child", "children") + "."
}

// Narratives returns what the suspicion rests on.
func (b *TraffickingSuspicion) Narratives() []*Text { return []*Text{&b.Basis} }

func (b *TraffickingSuspicion) happened() moment { return moment{at: b.InformedAt} }

func (b *TraffickingSuspicion) subjects() []string { return b.Children }

func (b *TraffickingSuspicion) check(k *checker) {
	k.list("children", b.Children)
	k.instant("informed_at", b.InformedAt)
	k.required("basis", string(b.Basis))
}

func (b *TraffickingSuspicion) blockers(*Case, string) []Blocker { return nil }

func (b *TraffickingSuspicion) refuse(c *Case, _ Command) error { return c.theirs(b.Children) }

func (b *TraffickingSuspicion) apply(c *Case, e Event) {
	c.recordEach(e, b.Children, Fact{Type: FactTraffickingSuspected, At: b.InformedAt})
}

// factsAbout lists the current facts of a child of the given types, in the order
// in which they happened.
func (c *Case) factsAbout(id string, types ...FactType) []Fact {
	var found []Fact
	for _, f := range InOrder(c.current(), c.Location()) {
		if (f.Subject == id || f.Subject == "") && slices.Contains(types, f.Type) {
			found = append(found, f)
		}
	}
	return found
}
