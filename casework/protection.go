package casework

import (
	"fmt"
	"time"
)

// Protection is what made a child safe who was found unsafe, while the danger
// itself may still be there: the child was taken into care, or the one who is
// dangerous left. How safe the children are says the next assessment.
type Protection struct {
	Victims []string  `json:"victims"`
	At      time.Time `json:"at"`
	// Measure is one of [ProtectionMeasures].
	Measure string `json:"measure"`
	Notes   Text   `json:"notes"`
}

// ProtectionMeasures are the codes for how a child was protected.
func ProtectionMeasures() []string {
	return []string{
		"removed", "police-custody", "hospital", "stays-with-relative", "threat-left-home", "protective-order", "family-moved", "other",
	}
}

// Says tells the event in a sentence.
func (b *Protection) Says() string {
	return fmt.Sprintf("%s protected: %s.", count(len(b.Victims), "child", "children"), b.Measure)
}

// Narratives returns what was done.
func (b *Protection) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *Protection) happened() moment { return moment{at: b.At} }

func (b *Protection) subjects() []string { return b.Victims }

func (b *Protection) check(k *checker) {
	k.list("victims", b.Victims)
	k.instant("at", b.At)
	k.oneOf("measure", b.Measure, ProtectionMeasures()...)
	k.required("notes", string(b.Notes))
}

func (b *Protection) blockers(r *Report, id string) []Blocker {
	if r.Safety == Unsafe {
		return nil
	}
	return []Blocker{{Code: "not-unsafe", Subject: id, Detail: "No assessment says that the children are unsafe. Assess their safety first."}}
}

func (b *Protection) refuse(r *Report, _ Command) error {
	for _, id := range b.Victims {
		if r.victim(id) == nil {
			return InvalidField("victims", "This child is not a victim in this report. Name a victim of the report.")
		}
	}
	if b.At.Before(r.unsafeSince()) {
		return InvalidField("at", "This is before the children were found unsafe. Correct the assessment first, if that was earlier.")
	}
	return nil
}

func (b *Protection) apply(r *Report, e Event) {
	r.recordEach(e, b.Victims, Fact{Type: FactSafetyResolved, At: b.At, By: b.Measure})
}

// unsafeSince is when the last assessment that says unsafe was made.
func (r *Report) unsafeSince() time.Time {
	var since time.Time
	for _, f := range r.current() {
		if f.Type == FactSafetyUnsafe {
			since = f.At
		}
	}
	return since
}
