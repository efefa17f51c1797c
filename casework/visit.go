package casework

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Visit is a caseworker's visit with children of the case, or an attempt at
// one. Whether it was in time depends on when it was made, not on when it was
// written down: the event has both times.
type Visit struct {
	Children []string  `json:"children"`
	At       time.Time `json:"at"`
	// InResidence says that the visit was where the child lives (42 USC 624(f)).
	InResidence bool `json:"in_residence"`
	// Attempted marks a try that failed: it is kept, and is not a visit.
	Attempted bool `json:"attempted,omitempty"`
	// Outcome says why an attempt failed: one of [AttemptOutcomes].
	Outcome string `json:"outcome,omitempty"`
	// Alone says that the worker spoke with the child alone.
	Alone bool `json:"alone,omitempty"`
	// Worker is who made the visit, where that is not who writes it down.
	Worker string `json:"worker,omitempty"`
	// Others took part beside the worker and the children.
	Others []Participant `json:"others,omitempty"`
	// Place is one of [VisitPlaces]; the address is not part of it.
	Place string `json:"place,omitempty"`
	// Medium is one of [Media], in person where it is left out. What is not in
	// person is kept and is not a visit, unless VirtualAgreed.
	Medium string `json:"medium,omitempty"`
	// VirtualAgreed says that the youth, of 18 or over, agreed to be visited by
	// video (42 USC 622(b)(17) as amended by P.L. 118-258).
	VirtualAgreed bool `json:"virtual_agreed,omitempty"`
	Minutes       int  `json:"minutes,omitempty"`
	// Topics are codes of [VisitTopics].
	Topics []string `json:"topics,omitempty"`
	Notes  Text     `json:"notes"`
}

// The media of a visit or a contact.
const (
	InPerson = "in-person"
	ByVideo  = "video"
)

// Media are the codes for how people met.
func Media() []string { return []string{InPerson, ByVideo, "phone", "writing"} }

// placeResidence is where the child lives, whatever kind of home that is.
const placeResidence = "residence"

// VisitPlaces are the codes for where a child was visited.
func VisitPlaces() []string {
	return []string{
		placeResidence, "parent-home", "relative-home", "school", "office", "court", "hospital", "detention", "provider",
		"community", "other",
	}
}

// VisitTopics are the codes for what was spoken about. A visit is to be planned
// and substantive: safety, permanency and well-being (42 USC 622(b)(17)).
func VisitTopics() []string {
	return []string{
		"safety", "permanency-plan", "family-contact", "placement", "health", "mental-health", "education", "services",
		"court", "rights", "child-wishes", "independence", "other",
	}
}

// adult is the age, in years, at which a youth can agree to be visited by video.
const adult = 18

// Says tells the event in a sentence.
func (b *Visit) Says() string {
	who := count(len(b.Children), "child", "children")
	switch {
	case b.Attempted:
		return fmt.Sprintf("Visit to %s attempted without success.", who)
	case !b.inPerson():
		return fmt.Sprintf("Contact with %s by %s, not in person.", who, b.Medium)
	case b.InResidence:
		return fmt.Sprintf("Visit with %s, where they live.", who)
	}
	return fmt.Sprintf("Visit with %s.", who)
}

// Narratives returns the notes on the visit.
func (b *Visit) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *Visit) happened() moment { return moment{at: b.At} }

func (b *Visit) subjects() []string { return b.Children }

func (b *Visit) inPerson() bool { return b.Medium == "" || b.Medium == InPerson }

// counts says whether the visit is one before the law.
func (b *Visit) counts() bool { return !b.Attempted && (b.inPerson() || b.VirtualAgreed) }

func (b *Visit) check(k *checker) {
	k.list("children", b.Children)
	k.instant("at", b.At)
	k.required("notes", string(b.Notes))
	k.participants("others", b.Others)
	k.minutes(b.Minutes)
	k.codes("topics", b.Topics, VisitTopics()...)
	if b.Worker != "" {
		k.opaque("worker", b.Worker)
	}
	if b.Place != "" {
		k.oneOf("place", b.Place, VisitPlaces()...)
	}
	if b.Medium != "" {
		k.oneOf("medium", b.Medium, Media()...)
	}
	b.checkAttempt(k)
	b.checkPlace(k)
}

func (b *Visit) checkAttempt(k *checker) {
	switch {
	case b.Attempted && b.Alone:
		k.refuse("alone", "An attempt cannot have been a talk alone with the child. Leave alone out, or record the visit that was made.")
	case b.Attempted && len(b.Topics) > 0:
		k.refuse("topics", "Nothing was spoken about in an attempt. Leave the topics out, or record the visit that was made.")
	case b.Outcome != "" && !b.Attempted:
		k.refuse("outcome", "Only an attempt has an outcome. Set attempted as well, or leave the outcome out.")
	case b.Outcome != "":
		k.oneOf("outcome", b.Outcome, AttemptOutcomes()...)
	}
}

func (b *Visit) checkPlace(k *checker) {
	elsewhere := []string{"school", "office", "court", "provider", "community"}
	switch {
	case b.Place == placeResidence && !b.InResidence:
		k.refuse("in_residence", "The place is where the child lives, so set in_residence, or give another place.")
	case b.InResidence && slices.Contains(elsewhere, b.Place):
		k.refuse("in_residence", "No child lives at such a place. Leave in_residence out, or give the place as residence.")
	case b.InResidence && !b.inPerson():
		k.refuse("in_residence", "A visit where the child lives is made in person. Leave in_residence out, or the medium.")
	case b.VirtualAgreed && b.Medium != ByVideo:
		k.refuse("virtual_agreed", "This is about visits by video. Give video as the medium, or leave it out.")
	}
}

func (b *Visit) blockers(*Case, string) []Blocker { return nil }

func (b *Visit) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	on := DateOf(b.At.In(c.Location()))
	for _, id := range b.Children {
		born := c.child(id).Born
		if b.VirtualAgreed && (born.IsZero() || on.Before(born.AddMonths(adult*12))) {
			return InvalidField("virtual_agreed", "Only a youth of 18 or over can agree to be visited by video. "+
				"Record it without: it is kept as a contact, and a visit in person is still owed.")
		}
	}
	return nil
}

func (b *Visit) apply(c *Case, e Event) {
	if !b.counts() {
		c.enter(e)
		return
	}
	c.recordEach(e, b.Children, Fact{
		Type: FactVisitMade, At: b.At, InResidence: b.InResidence, Worker: cmp.Or(b.Worker, e.Actor.ID),
	})
	f := Fact{Type: FactFamilyContactMade, At: b.At, Reason: relationshipWorker, Worker: cmp.Or(b.Worker, e.Actor.ID)}
	c.contacted(e, f, b.Children, []string{f.Worker}, b.Medium, false)
}
