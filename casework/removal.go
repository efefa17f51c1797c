package casework

import (
	"fmt"
	"time"
)

// Removal takes children out of their home. It needs what the law asks for
// before a removal: the danger, the efforts that were made to prevent it, the
// ICWA inquiry, and that relatives were asked.
type Removal struct {
	Children []string  `json:"children"`
	At       time.Time `json:"at"`
	// Authority is one of [RemovalAuthorities].
	Authority string `json:"authority"`
	// Danger says what the imminent danger was.
	Danger Text `json:"danger"`
	// Efforts says what was done to prevent the removal (45 CFR 1356.21(b)(1)).
	Efforts Text `json:"efforts"`
	// ICWAInquiry is one of [ICWAInquiries] (25 CFR 23.107).
	ICWAInquiry string `json:"icwa_inquiry"`
	// RelativesAsked says that relatives were asked to take the children first.
	RelativesAsked bool `json:"relatives_asked"`
	// Setting is where the children were placed, one of [Settings].
	Setting string `json:"setting"`
	// The placement in detail. Removals from before [EditionNamedProviders] can be
	// without: then a clearance of the provider says later who it is.
	Placing
}

// RemovalAuthorities are the grounds on which a child may be taken.
func RemovalAuthorities() []string {
	return []string{"court-order", "law-enforcement", "exigent", "hospital-hold"}
}

// ICWAInquiries are the results of asking whether a child is an Indian child.
func ICWAInquiries() []string { return []string{"no-reason-to-know", "reason-to-know", "member"} }

// Settings are where a child in care can live.
func Settings() []string {
	return []string{
		"foster-home", "relative", "pre-adoptive", "group-home", "qrtp", "institution",
		"shelter", "hospital", "detention", "independent-living", "out-of-state",
	}
}

// Says tells the event in a sentence.
func (b *Removal) Says() string {
	return fmt.Sprintf("%s removed from home (%s), placed: %s.",
		count(len(b.Children), "child", "children"), b.Authority, b.Setting)
}

// Narratives returns the danger and the efforts.
func (b *Removal) Narratives() []*Text { return []*Text{&b.Danger, &b.Efforts} }

func (b *Removal) happened() moment { return moment{at: b.At} }

func (b *Removal) subjects() []string { return b.Children }

func (b *Removal) check(k *checker) {
	k.list("children", b.Children)
	k.instant("at", b.At)
	k.oneOf("authority", b.Authority, RemovalAuthorities()...)
	k.required("danger", string(b.Danger))
	k.required("efforts", string(b.Efforts))
	k.oneOf("icwa_inquiry", b.ICWAInquiry, ICWAInquiries()...)
	if !b.RelativesAsked {
		k.refuse("relatives_asked", "Relatives must be asked before a child is placed; say that they were.")
	}
	k.oneOf("setting", b.Setting, Settings()...)
	if b.given() {
		b.gate(k, b.Setting, DateOf(b.At.In(k.loc)))
	}
}

// blockers: one open episode of care a child.
func (b *Removal) blockers(c *Case, id string) []Blocker {
	today := DateOf(c.Now.In(c.Location()))
	if child := c.child(id); child != nil && child.InCare() && !c.overstayed(id, today) {
		return []Blocker{{Code: "already-in-care", Subject: id, Detail: "This child is in care already. Leave the child out, or record a move."}}
	}
	return append(c.present(id), c.goneForGood(id)...)
}

func (b *Removal) refuse(c *Case, cmd Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	if err := b.named(cmd, b.Setting); err != nil {
		return err
	}
	on := DateOf(b.At.In(c.Location()))
	for _, id := range b.Children {
		child := c.child(id)
		if on.Before(child.Born) {
			return InvalidField("at", "This is before a child of the removal was born. Give a later time, or leave that child out.")
		}
		if on.Before(child.ExitedOn) {
			return InvalidField("at", "This is before a child's last episode of care ended. Give a later time, or correct how that one ended.")
		}
		if child.InCare() && !c.overstayed(id, on) {
			return InvalidField("at", "The trial home visit was within its limit then, so the episode goes on. "+
				"Record the return from the trial home visit.")
		}
	}
	if !c.holdsWith(b.facts(c)) {
		return InvalidField("at", "At that time the child was missing, or the removal does not fit what is on record. "+
			"Correct that first if it is wrong.")
	}
	return b.prefers(c, b.Children)
}

func (b *Removal) facts(c *Case) []Fact {
	var facts []Fact
	for _, id := range b.Children {
		if c.child(id).Stage == StageAftercare {
			facts = append(facts, Fact{Type: FactAftercareEnded, Subject: id, At: b.At, Reason: "re-removal"})
		}
		removed := Fact{Type: FactChildRemoved, Subject: id, At: b.At}
		if c.child(id).Stage == StageTrialHome {
			// The episode before ended with the limit of the trial home visit.
			removed.Reason, removed.Until = overlongTrial, c.trialLimit(id)
		}
		facts = append(facts, removed)
		facts = append(facts, b.Placing.facts(Fact{Subject: id, At: b.At}, b.Setting, "")...)
	}
	return facts
}

func (b *Removal) apply(c *Case, e Event) { c.record(e, b.facts(c)...) }

// RelativeNotice records that relatives were sought and told of the removal
// (42 USC 671(a)(29)).
type RelativeNotice struct {
	Children []string `json:"children"`
	On       Date     `json:"on"`
	Notes    Text     `json:"notes,omitempty"`
}

// Says tells the event in a sentence.
func (b *RelativeNotice) Says() string { return "Relatives were notified of the removal." }

// Narratives returns the notes on the search.
func (b *RelativeNotice) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *RelativeNotice) happened() moment { return moment{on: b.On} }

func (b *RelativeNotice) subjects() []string { return b.Children }

func (b *RelativeNotice) check(k *checker) {
	k.list("children", b.Children)
	k.day("on", b.On)
}

func (b *RelativeNotice) blockers(c *Case, id string) []Blocker { return c.inCare(id) }

func (b *RelativeNotice) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	return c.sinceRemoval(b.Children, b.On)
}

func (b *RelativeNotice) apply(c *Case, e Event) {
	c.recordEach(e, b.Children, Fact{Type: FactRelativesNotified, On: b.On})
}
