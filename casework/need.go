package casework

import "fmt"

// StepRecordUnmetNeed is the step that records a need for which no service was found.
const StepRecordUnmetNeed = "need.record"

// Needs are the codes for what a family can need, so that services can be found and
// what is missing can be counted.
func Needs() []string {
	return []string{
		"housing", "food", "income", "employment", "education", "childcare", "transportation", "legal", "immigration",
		"parenting", "home-visiting", "respite", "kinship-support", "mentoring", "family-time",
		"counseling", "mental-health", "substance-use", "domestic-violence", "trauma", "behavior", "development", "disability",
		"medical", "dental", "culture", "independent-living", "household-goods", "other",
	}
}

// UnmetNeed records a need for which no service was found. It moves nothing in the
// case: it is kept so that what is missing can be counted.
type UnmetNeed struct {
	wholeRecord

	On Date `json:"on"`
	// Need is one of [Needs].
	Need string `json:"need"`
	// County is a code for where the service was looked for: "us-wa-king".
	County string `json:"county"`
	// Reason is one of [UnmetReasons].
	Reason string `json:"reason"`
	// Children are whose need it is; none means the family's.
	Children []string `json:"children,omitempty"`
	// Referral is the one that came to nothing, 0 for none.
	Referral int  `json:"referral,omitempty"`
	Notes    Text `json:"notes,omitempty"`
}

// UnmetReasons are the codes for why a need is not met.
func UnmetReasons() []string {
	return []string{
		"no-service", "waiting-list", "not-eligible", "too-far", "cost", "language", "culture", "hours", "accessibility", "other",
	}
}

// Says tells the event in a sentence.
func (b *UnmetNeed) Says() string {
	return fmt.Sprintf("No service was found for a need: %s (%s).", b.Need, b.Reason)
}

// Narratives returns the notes.
func (b *UnmetNeed) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *UnmetNeed) happened() moment { return moment{on: b.On} }

func (b *UnmetNeed) check(k *checker) {
	k.day("on", b.On)
	k.oneOf("need", b.Need, Needs()...)
	k.opaque("county", b.County)
	k.oneOf("reason", b.Reason, UnmetReasons()...)
	if len(b.Children) > 0 {
		k.list("children", b.Children)
	}
}

func (b *UnmetNeed) blockers(*Case, string) []Blocker { return nil }

func (b *UnmetNeed) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	if b.Referral == 0 {
		return nil
	}
	_, err := c.referral(b.Referral)
	return err
}

func (b *UnmetNeed) apply(*Case, Event) {}
