package casework

import (
	"fmt"
	"slices"
	"time"
)

// ReferralAnswer is what the provider says: taken down by a worker, or sent by the
// provider's own program. A provider may answer again: from the waiting list to an
// appointment, from one appointment to another.
type ReferralAnswer struct {
	wholeRecord

	Referral int  `json:"referral"`
	On       Date `json:"on"`
	// Answer is one of [ProviderAnswers].
	Answer ReferralStatus `json:"answer"`
	// Reason is why it was declined, one of [ReferralDeclineReasons].
	Reason string `json:"reason,omitempty"`
	// Position and Expected are where on the waiting list, and when it is their turn.
	Position int  `json:"position,omitempty"`
	Expected Date `json:"expected,omitzero"`
	// Appointment is the first one.
	Appointment time.Time `json:"appointment,omitzero"`
	// FollowUp moves the day of the next follow-up.
	FollowUp Date `json:"follow_up,omitzero"`
	Notes    Text `json:"notes,omitempty"`
}

// ProviderAnswers are what a provider can say before a service begins.
func ProviderAnswers() []ReferralStatus {
	return []ReferralStatus{ReferralReceived, ReferralAccepted, ReferralDeclined, ReferralWaiting, ReferralAppointed}
}

// ReferralDeclineReasons are the codes for why a provider does not take a family.
func ReferralDeclineReasons() []string {
	return []string{
		"not-eligible", "no-capacity", "outside-area", "no-such-service", "cannot-reach-family", "missing-documents", "language", "other",
	}
}

// Says tells the event in a sentence.
func (b *ReferralAnswer) Says() string {
	said := map[ReferralStatus]string{ //nolint:exhaustive // the others are no answer
		ReferralReceived: "received by the provider", ReferralAccepted: "accepted by the provider",
		ReferralDeclined: "declined by the provider (" + b.Reason + ")", ReferralWaiting: "put on the waiting list",
		ReferralAppointed: "given an appointment",
	}
	return fmt.Sprintf("Referral %d %s.", b.Referral, said[b.Answer])
}

// Narratives returns the notes.
func (b *ReferralAnswer) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *ReferralAnswer) happened() moment { return moment{on: b.On} }

func (b *ReferralAnswer) check(k *checker) {
	k.day("on", b.On)
	codes := make([]string, len(ProviderAnswers()))
	for i, s := range ProviderAnswers() {
		codes[i] = string(s)
	}
	k.oneOf("answer", string(b.Answer), codes...)
	b.checkDetails(k)
	if !b.FollowUp.IsZero() {
		k.followUp("follow_up", b.FollowUp)
	}
}

// checkDetails: each answer has its own details, and none of another.
func (b *ReferralAnswer) checkDetails(k *checker) {
	switch declined := b.Answer == ReferralDeclined; {
	case declined:
		k.oneOf("reason", b.Reason, ReferralDeclineReasons()...)
		if !b.FollowUp.IsZero() {
			k.refuse("follow_up", "What was declined is not followed up. Leave the day out.")
		}
	case b.Reason != "":
		k.refuse("reason", "A reason is for a referral that was declined. Put words into the notes.")
	}
	const longest = 10_000
	switch {
	case b.Answer != ReferralWaiting && b.Position != 0:
		k.refuse("position", "A position is for a waiting list. Leave it out.")
	case b.Answer != ReferralWaiting && !b.Expected.IsZero():
		k.refuse("expected", "An expected day is for a waiting list. Leave it out; an appointment has a time of its own.")
	case b.Position < 0 || b.Position > longest:
		k.refuse("position", "A place on the waiting list counts from 1. Leave it out where it is not known.")
	case !b.Expected.IsZero() && b.Expected.Before(b.On):
		k.refuse("expected", "This day was past when the provider answered. Give the one that is expected, or leave it out.")
	}
	switch {
	case b.Answer != ReferralAppointed && !b.Appointment.IsZero():
		k.refuse("appointment", "Answer \"appointed\" where there is an appointment.")
	case b.Answer == ReferralAppointed && b.Appointment.IsZero():
		k.refuse("appointment", "Say when the appointment is, like 2026-01-31T14:05:00-08:00.")
	case b.Answer == ReferralAppointed && DateOf(b.Appointment.In(k.loc)).Before(b.On):
		k.refuse("appointment", "This is before the day on which the provider answered. Give a later time.")
	}
}

func (b *ReferralAnswer) blockers(c *Case, _ string) []Blocker {
	return c.anyReferral(Blocker{Code: "no-referral-sent", Detail: "No referral waits for its provider. Send one first."}, ReferralAccepted)
}

func (b *ReferralAnswer) refuse(c *Case, _ Command) error {
	return c.movable(b.Referral, b.Answer, b.On)
}

func (b *ReferralAnswer) apply(c *Case, e Event) {
	c.refer(e, b.Referral, b.On, func(r *Referral) {
		r.Status, r.Reason, r.Position, r.Expected, r.Appointment = b.Answer, b.Reason, b.Position, b.Expected, b.Appointment
		if !b.FollowUp.IsZero() {
			r.FollowUp = b.FollowUp
		}
	})
}

// ReferralProgress is what became of the service: begun, attained, discontinued.
type ReferralProgress struct {
	wholeRecord

	Referral int  `json:"referral"`
	On       Date `json:"on"`
	// Progress is one of [ServiceProgress].
	Progress ReferralStatus `json:"progress"`
	// Reason is why it was discontinued, one of [DiscontinuationReasons].
	Reason string `json:"reason,omitempty"`
	// Evidence says how one knows: whom one asked, what one saw.
	Evidence Text `json:"evidence"`
}

// ServiceProgress are what a service can come to once there is a way to it.
func ServiceProgress() []ReferralStatus {
	return []ReferralStatus{ReferralStarted, ReferralAttained, ReferralDiscontinued}
}

// DiscontinuationReasons are the codes for why a service ended before it was attained.
func DiscontinuationReasons() []string {
	return []string{"family-stopped", "provider-stopped", "no-progress", "family-moved", "no-longer-needed", "service-closed", "other"}
}

// Says tells the event in a sentence.
func (b *ReferralProgress) Says() string {
	said := map[ReferralStatus]string{ //nolint:exhaustive // the others are no progress
		ReferralStarted: "the service has begun", ReferralAttained: "the service was attained",
		ReferralDiscontinued: "the service was discontinued (" + b.Reason + ")",
	}
	return fmt.Sprintf("Referral %d: %s.", b.Referral, said[b.Progress])
}

// Narratives returns the evidence.
func (b *ReferralProgress) Narratives() []*Text { return []*Text{&b.Evidence} }

func (b *ReferralProgress) happened() moment { return moment{on: b.On} }

func (b *ReferralProgress) check(k *checker) {
	k.day("on", b.On)
	if !slices.Contains(ServiceProgress(), b.Progress) {
		k.refuse("progress", "Unknown code. Use one of: started, attained, discontinued.")
	}
	switch {
	case b.Progress == ReferralDiscontinued:
		k.oneOf("reason", b.Reason, DiscontinuationReasons()...)
	case b.Reason != "":
		k.refuse("reason", "A reason is for a service that was discontinued. Put words into the evidence.")
	}
	k.required("evidence", string(b.Evidence))
}

func (b *ReferralProgress) blockers(c *Case, _ string) []Blocker {
	return c.anyReferral(Blocker{Code: "no-service-under-way", Detail: "No referral has reached a provider. Send one first."}, ServiceProgress()...)
}

func (b *ReferralProgress) refuse(c *Case, _ Command) error {
	return c.movable(b.Referral, b.Progress, b.On)
}

func (b *ReferralProgress) apply(c *Case, e Event) {
	c.refer(e, b.Referral, b.On, func(r *Referral) { r.Status, r.Reason = b.Progress, b.Reason })
}

// ReferralFollowUp records that somebody asked what became of a referral, and when
// somebody asks again.
type ReferralFollowUp struct {
	wholeRecord

	Referral int  `json:"referral"`
	On       Date `json:"on"`
	// Asked is one of [FollowUpAsked], Found one of [FollowUpFound].
	Asked string `json:"asked"`
	Found string `json:"found"`
	// Next is the day by which somebody asks again.
	Next  Date `json:"next"`
	Notes Text `json:"notes"`
}

// FollowUpAsked are the codes for whom one asked.
func FollowUpAsked() []string { return []string{"family", "provider", "both"} }

// FollowUpFound are the codes for what one heard.
func FollowUpFound() []string {
	return []string{"no-news", "in-contact", "barrier", "family-unsure", "not-reached"}
}

// Says tells the event in a sentence.
func (b *ReferralFollowUp) Says() string {
	return fmt.Sprintf("Referral %d followed up with: %s; found: %s. Next by %s.", b.Referral, b.Asked, b.Found, b.Next)
}

// Narratives returns the notes.
func (b *ReferralFollowUp) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *ReferralFollowUp) happened() moment { return moment{on: b.On} }

func (b *ReferralFollowUp) check(k *checker) {
	k.day("on", b.On)
	k.oneOf("asked", b.Asked, FollowUpAsked()...)
	k.oneOf("found", b.Found, FollowUpFound()...)
	k.followUp("next", b.Next)
	k.required("notes", string(b.Notes))
}

func (b *ReferralFollowUp) blockers(c *Case, _ string) []Blocker {
	return c.anyReferral(Blocker{Code: "no-referral-to-follow-up", Detail: "No referral waits for a service to begin. Offer a service first."}, ReferralRevoked)
}

func (b *ReferralFollowUp) refuse(c *Case, _ Command) error {
	r, err := c.referral(b.Referral)
	switch {
	case err != nil:
		return err
	case !r.followed():
		return InvalidField("referral", r.stands())
	case b.On.Before(r.OfferedOn):
		return InvalidField("on", "This is before the service was offered, on "+r.OfferedOn.String()+". Give a later day.")
	}
	return nil
}

// apply: the follow-up may be written down after the provider's answer, and is a
// fact even where the next one falls on the same day.
func (b *ReferralFollowUp) apply(c *Case, e Event) {
	if _, err := c.referral(b.Referral); err != nil {
		return // Decide let none pass.
	}
	c.Referrals = slices.Clone(c.Referrals)
	r := &c.Referrals[b.Referral-1]
	r.FollowUp = b.Next
	c.record(e, Fact{Type: FactReferralFollowedUp, Ref: r.ref(), On: b.On, Until: b.Next})
}
