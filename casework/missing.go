package casework

import (
	"fmt"
	"time"
)

// missingSteps lists what happens when a child is missing.
func missingSteps() []Step {
	works := []Role{RoleCaseworker, RoleSupervisor}
	return []Step{
		caseStep("missing.record", "missing.recorded", "Record that a child is missing", "missing", works, true,
			func() Body { return &Missing{} }),
		caseStep("missing.report", "missing.reported", "Record that a missing child was reported", "missing-reports", works, true,
			func() Body { return &MissingReport{} }),
		caseStep("missing.find", "missing.found", "Record that a missing child was found", "found", works, true,
			func() Body { return &Found{} }),
		caseStep("missing.debrief", "missing.debriefed", "Record the debriefing of a child who was missing", "debriefs", works,
			true, func() Body { return &Debrief{} }),
		caseStep("trafficking.suspect", "trafficking.suspected", "Record information on possible trafficking",
			"trafficking-suspicions", works, true, func() Body { return &TraffickingSuspicion{} }),
	}
}

// Missing records that children are missing. What the law counts from is the
// moment at which the agency was told, not when a child was last seen: within 24
// hours the police and the National Center for Missing and Exploited Children
// must know (42 USC 671(a)(35)(B)). It holds for children in care, and for those
// at home in an open case.
type Missing struct {
	Children []string `json:"children"`
	// InformedAt is when the agency received the information.
	InformedAt time.Time `json:"informed_at"`
	// LastSeen is the last day on which anybody is known to have seen them.
	LastSeen Date `json:"last_seen"`
	// Kind is one of [MissingKinds].
	Kind string `json:"kind"`
	// Circumstances says what is known: with whom, where to, what endangers them.
	Circumstances Text `json:"circumstances"`
}

// MissingKinds say in which way a child is missing. AFCARS tells a runaway from
// one whose whereabouts are unknown (element 120).
func MissingKinds() []string { return []string{"runaway", "abducted", "whereabouts-unknown"} }

// Says tells the event in a sentence.
func (b *Missing) Says() string {
	return fmt.Sprintf("%s missing (%s), last seen on %s.", count(len(b.Children), "child", "children"), b.Kind, b.LastSeen)
}

// Narratives returns the circumstances.
func (b *Missing) Narratives() []*Text { return []*Text{&b.Circumstances} }

func (b *Missing) happened() moment { return moment{at: b.InformedAt} }

func (b *Missing) subjects() []string { return b.Children }

func (b *Missing) check(k *checker) {
	k.list("children", b.Children)
	k.instant("informed_at", b.InformedAt)
	k.day("last_seen", b.LastSeen)
	if b.LastSeen.After(DateOf(b.InformedAt.In(k.loc))) {
		k.refuse("last_seen", "A child cannot have been seen after the agency was told that they are missing. Give an earlier day. "+
			"If the child is back, record that they were found.")
	}
	k.oneOf("kind", b.Kind, MissingKinds()...)
	k.required("circumstances", string(b.Circumstances))
}

func (b *Missing) blockers(c *Case, id string) []Blocker {
	return append(c.present(id), c.goneForGood(id)...)
}

func (b *Missing) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	return c.sinceLastMoveAs("informed_at", b.Children, DateOf(b.InformedAt.In(c.Location())))
}

func (b *Missing) apply(c *Case, e Event) {
	for _, id := range b.Children {
		if child := c.child(id); child.InCare() && awayFromCare(child.Setting) {
			// Nobody is missing and in hospital at once: what was paused goes on.
			c.record(e, Fact{Type: FactPlacementEnded, Subject: id, At: b.InformedAt, Reason: "missing"})
		}
		c.record(e, Fact{Type: FactChildMissing, Subject: id, At: b.InformedAt, Reason: b.Kind})
	}
}

// awayFromCare says whether a setting is a facility outside foster care, in
// which reviews and hearings can rest.
func awayFromCare(setting string) bool { return setting == "hospital" || setting == "detention" }

// MissingReport records that an authority was told of missing children, or of
// suspected trafficking.
type MissingReport struct {
	Children []string `json:"children"`
	// At is when they were told.
	At time.Time `json:"at"`
	// To is one of [MissingAuthorities].
	To string `json:"to"`
	// What the report held, where it could be had (42 USC 671(a)(35)(B)).
	Photo        bool `json:"photo,omitempty"`
	Description  bool `json:"description,omitempty"`
	Endangerment bool `json:"endangerment,omitempty"`
	// Notes hold the number of the report there and the officer's name.
	Notes Text `json:"notes,omitempty"`
}

// MissingAuthorities are those who must be told of a missing child: the police,
// for the national crime database, and the National Center for Missing and
// Exploited Children.
func MissingAuthorities() []string { return []string{"law-enforcement", "ncmec"} }

// Says tells the event in a sentence.
func (b *MissingReport) Says() string {
	to := "the police"
	if b.To == "ncmec" {
		to = "the National Center for Missing and Exploited Children"
	}
	return fmt.Sprintf("%s reported to %s.", count(len(b.Children), "child", "children"), to)
}

// Narratives returns the notes.
func (b *MissingReport) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *MissingReport) happened() moment { return moment{at: b.At} }

func (b *MissingReport) subjects() []string { return b.Children }

func (b *MissingReport) check(k *checker) {
	k.list("children", b.Children)
	k.instant("at", b.At)
	k.oneOf("to", b.To, MissingAuthorities()...)
}

// blockers: a child who was found before the report was made still has to be reported.
func (b *MissingReport) blockers(c *Case, id string) []Blocker {
	if child := c.child(id); child == nil || child.Alarm {
		return nil
	}
	return []Blocker{{
		Code: "nothing-to-report", Subject: id,
		Detail: "This child was neither missing nor suspected to be a victim of trafficking. Record that first.",
	}}
}

func (b *MissingReport) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	for _, id := range b.Children {
		alarm, ok := c.firstFact(id, FactChildMissing, FactTraffickingSuspected)
		if ok && b.At.Before(alarm.At) {
			return InvalidField("at", "This is before the agency itself was told. Correct that time first if it is wrong.")
		}
	}
	return nil
}

func (b *MissingReport) apply(c *Case, e Event) {
	c.recordEach(e, b.Children, Fact{Type: FactMissingReported, At: b.At, To: b.To})
}

// present blocks what cannot be done with a child who is missing.
func (c *Case) present(id string) []Blocker {
	if child := c.child(id); child == nil || child.Missing.IsZero() {
		return nil
	}
	return []Blocker{{
		Code: "child-missing", Subject: id, Detail: "This child is missing. Record that the child was found first.",
	}}
}

// firstFact returns the earliest current fact of a child of one of the types.
func (c *Case) firstFact(id string, types ...FactType) (Fact, bool) {
	facts := c.factsAbout(id, types...)
	if len(facts) == 0 {
		return Fact{}, false
	}
	return facts[0], true
}

// lastFact returns the latest current fact of a child of one of the types.
func (c *Case) lastFact(id string, types ...FactType) (Fact, bool) {
	facts := c.factsAbout(id, types...)
	if len(facts) == 0 {
		return Fact{}, false
	}
	return facts[len(facts)-1], true
}
