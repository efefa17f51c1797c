package casework

import (
	"fmt"
	"slices"
	"strconv"
)

// Addendum adds words to a visit or a contact that is on record. The entry
// itself is never edited: what was added stands beside it, with its own author
// and time.
type Addendum struct {
	wholeRecord

	// Entry is the number of the entry as the timeline shows it.
	Entry int  `json:"entry"`
	Words Text `json:"text"`
}

// Says tells the event in a sentence.
func (b *Addendum) Says() string { return fmt.Sprintf("Words added to entry %d.", b.Entry) }

// Narratives returns what was added.
func (b *Addendum) Narratives() []*Text { return []*Text{&b.Words} }

func (b *Addendum) check(k *checker) {
	if b.Entry < 1 {
		k.refuse("entry", "Give the number of the entry as the timeline shows it: 12.")
	}
	k.required("text", string(b.Words))
}

func (b *Addendum) blockers(c *Case, _ string) []Blocker {
	if len(c.Entries) > 0 || slices.ContainsFunc(c.Facts, noted) {
		return nil
	}
	return []Blocker{{Code: "nothing-noted", Detail: "No visit or contact is on record yet that words could be added to. Record it first."}}
}

func (b *Addendum) refuse(c *Case, _ Command) error {
	if c.hasEntry(b.Entry) {
		return nil
	}
	return InvalidField("entry", "This entry is no visit, contact or meeting. Correct a fact with a correction, "+
		"or name the entry of a visit as the timeline shows it.")
}

func (b *Addendum) apply(*Case, Event) {}

// noted says whether a fact was recorded with notes to which words can be added.
func noted(f Fact) bool { return f.Type == FactVisitMade && f.Corrects == "" }

// hasEntry says whether words can be added to an event, by its number.
func (c *Case) hasEntry(seq int) bool {
	return slices.Contains(c.Entries, seq) ||
		slices.ContainsFunc(c.Facts, func(f Fact) bool { return noted(f) && eventOf(f.ID) == strconv.Itoa(seq) })
}

// enter keeps the number of an event that records no fact of its own and to
// which words can be added.
func (c *Case) enter(e Event) { c.Entries = append(slices.Clip(c.Entries), e.Seq) }
