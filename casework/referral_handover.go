package casework

import (
	"fmt"
	"slices"
)

// ReferralHandOver records that a referral goes on without the agency: who looks after
// it now, and why. It stands where it is, and the case can end.
type ReferralHandOver struct {
	wholeRecord

	Referral int  `json:"referral"`
	On       Date `json:"on"`
	// To is one of [HandOverReceivers], Reason one of [HandOverReasons].
	To     string `json:"to"`
	Reason string `json:"reason"`
	// Notes say who exactly, and what was agreed.
	Notes Text `json:"notes"`
}

// HandOverReceivers are the codes for who looks after a referral from then on.
func HandOverReceivers() []string {
	return []string{"family", "provider", "other-agency", "tribe", "school", "health-plan"}
}

// HandOverReasons are the codes for why the agency does not.
func HandOverReasons() []string {
	return []string{"service-goes-on", "family-follows-up", "other-agency-responsible", "case-closing", "other"}
}

// Says tells the event in a sentence.
func (b *ReferralHandOver) Says() string {
	return fmt.Sprintf("Referral %d handed over to: %s (%s).", b.Referral, b.To, b.Reason)
}

// Narratives returns the notes.
func (b *ReferralHandOver) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *ReferralHandOver) happened() moment { return moment{on: b.On} }

func (b *ReferralHandOver) check(k *checker) {
	k.day("on", b.On)
	k.oneOf("to", b.To, HandOverReceivers()...)
	k.oneOf("reason", b.Reason, HandOverReasons()...)
	k.required("notes", string(b.Notes))
}

func (b *ReferralHandOver) blockers(c *Case, _ string) []Blocker {
	if slices.ContainsFunc(c.Referrals, Referral.open) {
		return nil
	}
	return []Blocker{{Code: "no-referral-open", Detail: "No referral is open: each has ended or was handed over."}}
}

// refuse: nobody else is told of a family that has not consented.
func (b *ReferralHandOver) refuse(c *Case, _ Command) error {
	r, err := c.referral(b.Referral)
	switch {
	case err != nil:
		return err
	case !r.open():
		return InvalidField("referral", r.stands())
	case r.Status == ReferralOffered && b.To != "family":
		return InvalidField("to", "The family has not consented to this referral, so nobody else is told of it. Record the consent "+
			"first, hand it over to the family, or withdraw it.")
	case b.On.Before(r.On):
		return InvalidField("on", "This is before the last thing that happened to the referral, on "+r.On.String()+". Give a later day.")
	}
	return nil
}

func (b *ReferralHandOver) apply(c *Case, e Event) {
	c.refer(e, b.Referral, b.On, func(r *Referral) { r.HandedOn, r.HandedTo, r.Reason = b.On, b.To, b.Reason })
}

// open says whether the agency still owes the family something about the referral.
func (r Referral) open() bool { return !r.Status.Ended() && r.HandedOn.IsZero() }

// followed says whether the agency must still look after the referral.
func (r Referral) followed() bool { return r.open() && r.Status.followed() }

// referralsOpen blocks the end of a case that leaves a family without an answer: each
// referral has ended, or somebody else looks after it, and why is on record.
func (c *Case) referralsOpen() []Blocker {
	var open []Blocker
	for _, r := range c.Referrals {
		if r.open() {
			open = append(open, Blocker{
				Code: "referral-open", Since: EditionEndedReferrals,
				Detail: r.stands() + " If it goes on without the agency, hand it over and say to whom and why (referral-hand-overs).",
			})
		}
	}
	return open
}
