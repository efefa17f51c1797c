package casework

import (
	"fmt"
	"slices"
	"strings"
)

// StepOfferReferral is the step that offers a service to a family.
const StepOfferReferral = "referral.offer"

// ReferralOffer offers a service to the family, who may refuse it there and then.
type ReferralOffer struct {
	wholeRecord

	On Date `json:"on"`
	// Need is one of [Needs].
	Need string `json:"need"`
	// Service is an ID of the directory; or Provider says in words who it is.
	Service  string `json:"service,omitempty"`
	Provider Text   `json:"provider,omitempty"`
	// Children are whom it is for; none means the family.
	Children []string `json:"children,omitempty"`
	// PlanStep is the open step of the plan that it serves: "step-1.2.3".
	PlanStep string `json:"plan_step,omitempty"`
	// Refused says that the family did not want it, Reason why: [ServiceRefusalReasons].
	Refused bool   `json:"refused,omitempty"`
	Reason  string `json:"reason,omitempty"`
	// FollowUp is the day by which somebody asks what became of it.
	FollowUp Date `json:"follow_up,omitzero"`
	Notes    Text `json:"notes,omitempty"`
}

// ServiceRefusalReasons are the codes for why a family does not want a service.
func ServiceRefusalReasons() []string {
	return []string{
		"not-wanted", "too-far", "no-transport", "no-childcare", "hours", "cost", "language", "culture", "privacy", "has-other-help", "other",
	}
}

// Says tells the event in a sentence.
func (b *ReferralOffer) Says() string {
	if b.Refused {
		return fmt.Sprintf("Service offered for %s; the family refused it (%s).", b.Need, b.Reason)
	}
	return fmt.Sprintf("Service offered for %s.", b.Need)
}

// Narratives returns who the provider is, and the notes.
func (b *ReferralOffer) Narratives() []*Text { return []*Text{&b.Provider, &b.Notes} }

func (b *ReferralOffer) happened() moment { return moment{on: b.On} }

func (b *ReferralOffer) check(k *checker) {
	k.day("on", b.On)
	k.oneOf("need", b.Need, Needs()...)
	switch {
	case b.Service == "" && strings.TrimSpace(string(b.Provider)) == "":
		k.refuse("service", "Name a service of the directory, or say under provider in words who it is.")
	case b.Service != "" && b.Provider != "":
		k.refuse("provider", "The directory says who provides this service. Leave the provider out.")
	case b.Service != "":
		k.opaque("service", b.Service)
	}
	if len(b.Children) > 0 {
		k.list("children", b.Children)
	}
	if b.PlanStep != "" {
		k.opaque("plan_step", b.PlanStep)
	}
	if b.Refused {
		k.oneOf("reason", b.Reason, ServiceRefusalReasons()...)
		if !b.FollowUp.IsZero() {
			k.refuse("follow_up", "What the family has refused is not followed up. Leave the day out.")
		}
		return
	}
	if b.Reason != "" {
		k.refuse("reason", "A reason is for an offer that was refused. Say that it was, or leave the reason out.")
	}
	k.followUp("follow_up", b.FollowUp)
}

func (b *ReferralOffer) blockers(*Case, string) []Blocker { return nil }

func (b *ReferralOffer) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	if b.On.Before(DateOf(c.OpenedAt.In(c.Location()))) {
		return InvalidField("on", "This is before the case was opened. Give a later day.")
	}
	if b.PlanStep != "" && !c.owesPlanStep(b.PlanStep) {
		return InvalidField("plan_step", "The plan in effect has no such open step. Leave it out, or amend the plan first.")
	}
	return nil
}

func (b *ReferralOffer) apply(c *Case, e Event) {
	r := Referral{
		Number: len(c.Referrals) + 1, Need: b.Need, Service: b.Service, Provider: b.Provider, Children: b.Children,
		PlanStep: b.PlanStep, Status: ReferralOffered, OfferedOn: b.On, On: b.On, FollowUp: b.FollowUp,
	}
	if b.Refused {
		r.Status, r.Reason = ReferralRefused, b.Reason
	} else {
		c.record(e, Fact{Type: FactReferralMade, Ref: r.ref(), On: b.On, Until: b.FollowUp})
	}
	c.Referrals = append(slices.Clip(c.Referrals), r)
}

// ReferralConsent records that the provider may be told of the family: consent that
// was given, or the authority by which it was overridden.
type ReferralConsent struct {
	wholeRecord

	Referral int  `json:"referral"`
	On       Date `json:"on"`
	// By is one of [ConsentGivers]; or of [ConsentOverriders] where Overridden.
	By         string `json:"by"`
	Overridden bool   `json:"overridden,omitempty"`
	// Reason says why consent was overridden.
	Reason Text `json:"reason,omitempty"`
}

// ConsentGivers are the codes for who can consent to a referral.
func ConsentGivers() []string { return []string{"parent", "guardian", "youth", "caregiver"} }

// ConsentOverriders are the codes for by what authority a family is referred without consent.
func ConsentOverriders() []string { return []string{"court-order", "supervisor"} }

// Says tells the event in a sentence.
func (b *ReferralConsent) Says() string {
	if b.Overridden {
		return fmt.Sprintf("Referral %d goes on without consent, by authority of: %s.", b.Referral, b.By)
	}
	return fmt.Sprintf("Consent to referral %d given by: %s.", b.Referral, b.By)
}

// Narratives returns why consent was overridden.
func (b *ReferralConsent) Narratives() []*Text { return []*Text{&b.Reason} }

func (b *ReferralConsent) happened() moment { return moment{on: b.On} }

func (b *ReferralConsent) check(k *checker) {
	k.day("on", b.On)
	if b.Overridden {
		k.oneOf("by", b.By, ConsentOverriders()...)
		k.required("reason", string(b.Reason))
		return
	}
	k.oneOf("by", b.By, ConsentGivers()...)
}

func (b *ReferralConsent) blockers(c *Case, _ string) []Blocker {
	return c.anyReferral(Blocker{Code: "no-referral-offered", Detail: "No referral waits for consent. Offer a service first."}, ReferralConsented)
}

func (b *ReferralConsent) refuse(c *Case, cmd Command) error {
	if b.Overridden && cmd.Actor.Role != RoleSupervisor {
		return NewError(Forbidden, "Only a supervisor refers a family without its consent. Ask the family, or your supervisor.")
	}
	return c.movable(b.Referral, ReferralConsented, b.On)
}

func (b *ReferralConsent) apply(c *Case, e Event) {
	c.refer(e, b.Referral, b.On, func(r *Referral) {
		r.Status, r.ConsentBy, r.Overridden = ReferralConsented, b.By, b.Overridden
	})
}

// ReferralSending records that the referral went to the provider.
type ReferralSending struct {
	wholeRecord

	Referral int  `json:"referral"`
	On       Date `json:"on"`
	// By is one of [SendingWays].
	By    string `json:"by"`
	Notes Text   `json:"notes,omitempty"`
}

// SendingWays are the codes for how a referral reaches a provider.
func SendingWays() []string { return []string{"electronic", "phone", "letter", "fax", "in-person"} }

// Says tells the event in a sentence.
func (b *ReferralSending) Says() string {
	return fmt.Sprintf("Referral %d sent to the provider (%s).", b.Referral, b.By)
}

// Narratives returns the notes.
func (b *ReferralSending) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *ReferralSending) happened() moment { return moment{on: b.On} }

func (b *ReferralSending) check(k *checker) {
	k.day("on", b.On)
	k.oneOf("by", b.By, SendingWays()...)
}

func (b *ReferralSending) blockers(c *Case, _ string) []Blocker {
	return c.anyReferral(Blocker{Code: "no-referral-consented", Detail: "No referral has consent and waits to be sent. Record the consent first."}, ReferralSent)
}

func (b *ReferralSending) refuse(c *Case, _ Command) error {
	return c.movable(b.Referral, ReferralSent, b.On)
}

func (b *ReferralSending) apply(c *Case, e Event) {
	c.refer(e, b.Referral, b.On, func(r *Referral) { r.Status = ReferralSent })
}

// ReferralEnd takes a referral back before the service begins: because the family
// does not want it any more, or because the agency does not.
type ReferralEnd struct {
	wholeRecord

	Referral int  `json:"referral"`
	On       Date `json:"on"`
	// By is family or agency, Reason one of [ServiceRefusalReasons] or [RevocationReasons].
	By     string `json:"by"`
	Reason string `json:"reason"`
	Notes  Text   `json:"notes,omitempty"`
}

// RevocationReasons are the codes for why the agency takes a referral back.
func RevocationReasons() []string {
	return []string{"no-longer-needed", "service-closed", "better-service", "family-moved", "wrong-service", "wait-too-long", "recorded-in-error", "other"}
}

// Says tells the event in a sentence.
func (b *ReferralEnd) Says() string {
	if b.By == "family" {
		return fmt.Sprintf("Referral %d refused by the family (%s).", b.Referral, b.Reason)
	}
	return fmt.Sprintf("Referral %d withdrawn (%s).", b.Referral, b.Reason)
}

// Narratives returns the notes.
func (b *ReferralEnd) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *ReferralEnd) happened() moment { return moment{on: b.On} }

// becomes is what the referral is then.
func (b *ReferralEnd) becomes() ReferralStatus {
	if b.By == "family" {
		return ReferralRefused
	}
	return ReferralRevoked
}

func (b *ReferralEnd) check(k *checker) {
	k.day("on", b.On)
	k.oneOf("by", b.By, "family", "agency")
	reasons := RevocationReasons()
	if b.By == "family" {
		reasons = ServiceRefusalReasons()
	}
	k.oneOf("reason", b.Reason, reasons...)
}

func (b *ReferralEnd) blockers(c *Case, _ string) []Blocker {
	return c.anyReferral(Blocker{Code: "no-referral-to-withdraw", Detail: "No referral waits for a service to begin. Offer a service first."}, ReferralRevoked)
}

func (b *ReferralEnd) refuse(c *Case, _ Command) error {
	return c.movable(b.Referral, b.becomes(), b.On)
}

func (b *ReferralEnd) apply(c *Case, e Event) {
	c.refer(e, b.Referral, b.On, func(r *Referral) { r.Status, r.Reason = b.becomes(), b.Reason })
}
