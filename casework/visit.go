package casework

import (
	"fmt"
	"time"
)

// Visit is a caseworker's face-to-face visit with children of the case, or an
// attempt at one. Whether it was in time depends on when it was made, not on
// when it was written down.
type Visit struct {
	Children []string  `json:"children"`
	At       time.Time `json:"at"`
	// InResidence says that the visit was where the child lives (42 USC 624(f)).
	InResidence bool `json:"in_residence"`
	// Attempted marks a try that failed: it is kept, and is not a visit.
	Attempted bool `json:"attempted,omitempty"`
	// Alone says that the worker spoke with the child alone.
	Alone bool `json:"alone,omitempty"`
	Notes Text `json:"notes"`
}

// Says tells the event in a sentence.
func (b *Visit) Says() string {
	who := count(len(b.Children), "child", "children")
	if b.Attempted {
		return fmt.Sprintf("Visit to %s attempted without success.", who)
	}
	if b.InResidence {
		return fmt.Sprintf("Visit with %s, where they live.", who)
	}
	return fmt.Sprintf("Visit with %s.", who)
}

// Narratives returns the notes on the visit.
func (b *Visit) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *Visit) happened() moment { return moment{at: b.At} }

func (b *Visit) subjects() []string { return b.Children }

func (b *Visit) check(k *checker) {
	k.list("children", b.Children)
	k.instant("at", b.At)
	k.required("notes", string(b.Notes))
	if b.Attempted && b.Alone {
		k.refuse("alone", "An attempt cannot have been a talk alone with the child.")
	}
}

func (b *Visit) blockers(*Case, string) []Blocker { return nil }

func (b *Visit) refuse(c *Case, _ Command) error { return c.theirs(b.Children) }

func (b *Visit) apply(c *Case, e Event) {
	if b.Attempted {
		return
	}
	for _, id := range b.Children {
		c.record(e, Fact{
			Type: FactVisitMade, Subject: id, At: b.At, InResidence: b.InResidence, Worker: e.Actor.ID,
		})
	}
}
