package casework

import "slices"

// Signature is what a participant says to a version of the plan.
type Signature struct {
	Person string `json:"person"`
	// Decision is signed or refused.
	Decision string `json:"decision"`
	// Reason is one of [RefusalReasons] where it was refused, and Words what the
	// person said.
	Reason string `json:"reason,omitempty"`
	Words  Text   `json:"words,omitempty"`
	On     Date   `json:"on"`
}

// The decisions of a signature.
const (
	Signed  = "signed"
	Refused = "refused"
)

// RefusalReasons are why somebody does not sign a plan.
func RefusalReasons() []string {
	return []string{"disagrees", "advised-by-attorney", "not-reached", "not-able", "no-reason-given", "other"}
}

// PlanSignature records that a participant has signed the plan, or refused to.
// Whoever changes their mind signs again.
type PlanSignature struct {
	wholeRecord
	Signature

	// Plan is the number of the plan that was put before the person: "1.1".
	Plan string `json:"plan"`
}

// Says tells the event in a sentence.
func (b *PlanSignature) Says() string {
	if b.Decision == Refused {
		return "A participant refused to sign plan " + b.Plan + " (" + b.Reason + ")."
	}
	return "A participant signed plan " + b.Plan + "."
}

// Narratives returns what the person said.
func (b *PlanSignature) Narratives() []*Text { return []*Text{&b.Words} }

func (b *PlanSignature) happened() moment { return moment{on: b.On} }

func (b *PlanSignature) check(k *checker) {
	k.opaque("plan", b.Plan)
	k.opaque("person", b.Person)
	k.oneOf("decision", b.Decision, Signed, Refused)
	k.day("on", b.On)
	if b.Decision == Refused {
		k.oneOf("reason", b.Reason, RefusalReasons()...)
	} else if b.Reason != "" {
		k.refuse("reason", "Who signs needs no reason. Leave this out.")
	}
}

func (b *PlanSignature) blockers(c *Case, _ string) []Blocker {
	if plan := c.lastPlan(); plan.Status == PlanReturned || len(plan.Participants) == 0 {
		return []Blocker{{
			Code: "no-plan-to-sign", Detail: "No plan is there that says who takes part in it. Submit one, or submit it again.",
		}}
	}
	return nil
}

// refuse: a signature is under the words that the person was shown.
func (b *PlanSignature) refuse(c *Case, _ Command) error {
	plan, numbers := c.lastPlan(), PlanNumbers(c.Plans)
	takesPart := func(p PlanParticipant) bool { return p.Person == b.Person }
	switch number := numbers[len(numbers)-1]; {
	case b.Plan != number:
		return InvalidField("plan", "Only the last version can be signed, plan "+number+".")
	case !slices.ContainsFunc(plan.Participants, takesPart):
		return InvalidField("person", "This person does not take part in the plan. Submit or amend it with them as a participant.")
	case b.On.Before(plan.On):
		return InvalidField("on", "This is before the day of the plan. Give a later day.")
	}
	return nil
}

func (b *PlanSignature) apply(c *Case, _ Event) {
	plan := &c.Plans[len(c.Plans)-1]
	signatures := slices.DeleteFunc(slices.Clone(plan.Signatures), func(s Signature) bool { return s.Person == b.Person })
	signatures = append(signatures, b.Signature)
	plan.Signatures = signatures
}
