package casework

import (
	"fmt"
	"slices"
	"time"
)

// referralSteps lists how a family comes to a service.
func referralSteps() []Step {
	works := []Role{RoleCaseworker, RoleSupervisor}
	return []Step{
		caseStep(StepOfferReferral, "referral.offered", "Offer a service to the family", "referrals", works, false,
			func() Body { return &ReferralOffer{} }),
		caseStep("referral.consent", "referral.consented", "Record consent to a referral", "referral-consents", works, false,
			func() Body { return &ReferralConsent{} }),
		caseStep("referral.send", "referral.sent", "Record that a referral was sent", "referral-sendings", works, false,
			func() Body { return &ReferralSending{} }),
		caseStep("referral.answer", "referral.answered", "Record the provider's answer to a referral", "referral-answers", works,
			false, func() Body { return &ReferralAnswer{} }),
		caseStep("referral.progress", "referral.progressed", "Record that a service began, was attained or ended",
			"referral-progress", works, false, func() Body { return &ReferralProgress{} }),
		caseStep("referral.follow-up", "referral.follow-up-made", "Follow up a referral", "referral-follow-ups", works, false,
			func() Body { return &ReferralFollowUp{} }),
		caseStep("referral.hand-over", "referral.handed-over", "Hand a referral over", "referral-hand-overs", works, false,
			func() Body { return &ReferralHandOver{} }),
		caseStep("referral.end", "referral.taken-back", "Take a referral back", "referral-ends", works, false,
			func() Body { return &ReferralEnd{} }),
		caseStep(StepRecordUnmetNeed, "need.unmet", "Record a need for which there is no service", "unmet-needs", works, false,
			func() Body { return &UnmetNeed{} }),
	}
}

// ReferralStatus is where a referral stands.
type ReferralStatus string

// The statuses of a referral, each one status of a FHIR Task: see [ReferralTask].
const (
	ReferralOffered      ReferralStatus = "offered"
	ReferralRefused      ReferralStatus = "refused"
	ReferralConsented    ReferralStatus = "consented"
	ReferralSent         ReferralStatus = "sent"
	ReferralReceived     ReferralStatus = "received"
	ReferralAccepted     ReferralStatus = "accepted"
	ReferralDeclined     ReferralStatus = "declined"
	ReferralWaiting      ReferralStatus = "waiting"
	ReferralAppointed    ReferralStatus = "appointed"
	ReferralStarted      ReferralStatus = "started"
	ReferralAttained     ReferralStatus = "attained"
	ReferralDiscontinued ReferralStatus = "discontinued"
	ReferralRevoked      ReferralStatus = "revoked"
)

// ReferralStatuses are all statuses, in the order of a usual referral.
func ReferralStatuses() []ReferralStatus {
	return []ReferralStatus{
		ReferralOffered, ReferralRefused, ReferralConsented, ReferralSent, ReferralReceived, ReferralAccepted, ReferralDeclined,
		ReferralWaiting, ReferralAppointed, ReferralStarted, ReferralAttained, ReferralDiscontinued, ReferralRevoked,
	}
}

// FHIRTask is the status of a FHIR Task (R4) with its business status. Where one
// status stands for several of ours, the business status tells them apart.
type FHIRTask struct {
	Status   string `json:"status"`
	Business string `json:"business_status"`
}

// ReferralTask returns the FHIR Task of a status; no two have the same.
func ReferralTask(s ReferralStatus) FHIRTask {
	return map[ReferralStatus]FHIRTask{
		ReferralOffered:      {"draft", "offered"},
		ReferralRefused:      {"cancelled", "refused-by-family"},
		ReferralConsented:    {"draft", "consented"},
		ReferralSent:         {"requested", "sent"},
		ReferralReceived:     {"received", "received"},
		ReferralAccepted:     {"accepted", "accepted"},
		ReferralDeclined:     {"rejected", "declined-by-provider"},
		ReferralWaiting:      {"on-hold", "waiting-list"},
		ReferralAppointed:    {"accepted", "appointed"},
		ReferralStarted:      {"in-progress", "started"},
		ReferralAttained:     {"completed", "attained"},
		ReferralDiscontinued: {"failed", "discontinued"},
		ReferralRevoked:      {"cancelled", "revoked-by-sender"},
	}[s]
}

// next lists what a referral can become.
func (s ReferralStatus) next() []ReferralStatus {
	answers := []ReferralStatus{ReferralAccepted, ReferralDeclined, ReferralWaiting, ReferralAppointed}
	ends := []ReferralStatus{ReferralRefused, ReferralRevoked}
	switch s { //nolint:exhaustive // the others are its end
	case ReferralOffered:
		return append(ends, ReferralConsented)
	case ReferralConsented:
		return append(ends, ReferralSent)
	case ReferralSent:
		return slices.Concat(ends, answers, []ReferralStatus{ReferralReceived, ReferralStarted})
	case ReferralReceived, ReferralAccepted, ReferralWaiting, ReferralAppointed:
		return slices.Concat(ends, answers, []ReferralStatus{ReferralStarted})
	case ReferralStarted:
		return []ReferralStatus{ReferralAttained, ReferralDiscontinued}
	}
	return nil
}

// Ended says whether nothing more comes of the referral.
func (s ReferralStatus) Ended() bool { return len(s.next()) == 0 }

// followed says whether somebody must still look after it: until the family really
// receives the service, or nobody expects it any more.
func (s ReferralStatus) followed() bool { return !s.Ended() && s != ReferralStarted }

// Referral is a family's way to one service. What was said is stored apart.
type Referral struct {
	Number int `json:"number"`
	// Need is one of [Needs].
	Need string `json:"need"`
	// Service is of the directory; empty where Provider says in words who it is.
	Service  string `json:"service,omitempty"`
	Provider Text   `json:"provider,omitempty"`
	// Children are whom it is for; empty for the family.
	Children []string `json:"children,omitempty"`
	// PlanStep is the step of the plan that it serves: "step-1.2.3".
	PlanStep string         `json:"plan_step,omitempty"`
	Status   ReferralStatus `json:"status"`
	// OfferedOn is the day of the offer, On that of the last move.
	OfferedOn Date `json:"offered_on"`
	On        Date `json:"on"`
	// Reason is why it ended, where it has, or was handed over.
	Reason string `json:"reason,omitempty"`
	// HandedOn is the day from which on HandedTo looks after it instead of the agency.
	HandedOn Date   `json:"handed_on,omitzero"`
	HandedTo string `json:"handed_to,omitempty"`
	// ConsentBy is who consented, or by what authority consent was overridden.
	ConsentBy  string `json:"consent_by,omitempty"`
	Overridden bool   `json:"overridden,omitempty"`
	// Position and Expected are of the waiting list, Appointment of the first one.
	Position    int       `json:"position,omitempty"`
	Expected    Date      `json:"expected,omitzero"`
	Appointment time.Time `json:"appointment,omitzero"`
	// FollowUp is the day by which somebody asks again.
	FollowUp Date `json:"follow_up,omitzero"`
}

// settled is how following it up ended.
func (r Referral) settled() string {
	if !r.HandedOn.IsZero() {
		return "handed-over"
	}
	return string(r.Status)
}

// ref is the item that facts about the referral name.
func (r Referral) ref() string { return fmt.Sprintf("referral-%d", r.Number) }

// stands says where the referral stands and what can be done instead.
func (r Referral) stands() string {
	says := map[ReferralStatus]string{
		ReferralOffered:      "waits for consent. Record the consent, the family's refusal, or withdraw it.",
		ReferralRefused:      "was refused by the family. If they have changed their mind, offer it again as a new referral.",
		ReferralConsented:    "has consent and was not sent yet. Record that it was sent, or withdraw it.",
		ReferralSent:         "waits for the provider. Record the provider's answer, or withdraw it.",
		ReferralReceived:     "has reached the provider. Record the provider's answer, or withdraw it.",
		ReferralAccepted:     "was accepted and has not begun. Record when the service starts, or withdraw it.",
		ReferralDeclined:     "was declined by the provider. Refer the family to another service, or record the unmet need.",
		ReferralWaiting:      "is on the waiting list. Record the provider's next answer or the start, or withdraw it.",
		ReferralAppointed:    "has an appointment and has not begun. Record the start, another appointment, or withdraw it.",
		ReferralStarted:      "has begun. Record that it was attained, or that it was discontinued and why.",
		ReferralAttained:     "was attained. Nothing is left to record; offer the service again as a new referral.",
		ReferralDiscontinued: "was discontinued. Offer the service again as a new referral.",
		ReferralRevoked:      "was withdrawn. Offer the service again as a new referral.",
	}
	if !r.HandedOn.IsZero() && !r.Status.Ended() {
		return fmt.Sprintf("Referral %d was handed over to: %s, on %s. Offer the service again as a new referral.", r.Number, r.HandedTo, r.HandedOn)
	}
	return fmt.Sprintf("Referral %d %s", r.Number, says[r.Status])
}

// referral returns one by its number.
func (c *Case) referral(number int) (Referral, error) {
	if number < 1 || number > len(c.Referrals) {
		return Referral{}, InvalidField("referral", "This case has no referral of this number. Name one that it shows, or offer the service first.")
	}
	return c.Referrals[number-1], nil
}

// movable refuses what cannot become of a referral on a day.
func (c *Case) movable(number int, to ReferralStatus, on Date) error {
	r, err := c.referral(number)
	switch {
	case err != nil:
		return err
	case !slices.Contains(r.Status.next(), to):
		return InvalidField("referral", r.stands())
	case on.Before(r.On):
		return InvalidField("on", "This is before the last thing that happened to the referral, on "+r.On.String()+". Give a later day.")
	}
	return nil
}

// anyReferral blocks a step while no referral can become one of the statuses.
func (c *Case) anyReferral(otherwise Blocker, to ...ReferralStatus) []Blocker {
	able := func(r Referral) bool {
		return slices.ContainsFunc(r.Status.next(), func(s ReferralStatus) bool { return slices.Contains(to, s) })
	}
	if slices.ContainsFunc(c.Referrals, able) {
		return nil
	}
	return []Blocker{otherwise}
}

// refer changes one referral, in a list of its own, and records what that means for
// following it up: it ends when the service is received or nobody expects it.
func (c *Case) refer(e Event, number int, on Date, change func(*Referral)) {
	if _, err := c.referral(number); err != nil {
		return // Decide let none pass.
	}
	c.Referrals = slices.Clone(c.Referrals)
	r := &c.Referrals[number-1]
	before := *r
	change(r)
	r.On = on
	if !r.followed() {
		r.FollowUp, r.Position, r.Expected, r.Appointment = Date{}, 0, Date{}, time.Time{}
	}
	switch {
	case before.followed() && !r.followed():
		c.record(e, Fact{Type: FactReferralEnded, Ref: r.ref(), On: on, Reason: r.settled()})
	case r.FollowUp != before.FollowUp:
		c.record(e, Fact{Type: FactReferralFollowedUp, Ref: r.ref(), On: on, Until: r.FollowUp})
	}
	if r.Status == ReferralAttained && c.owesPlanStep(r.PlanStep) {
		c.record(e, Fact{Type: FactPlanStepDone, Ref: r.PlanStep, On: on})
	}
}

// owesPlanStep says whether a step of the plan was agreed and is open.
func (c *Case) owesPlanStep(ref string) bool {
	return ref != "" && c.PlanSteps()[ref].Status == StepPending
}

// maxFollowUp is how many days may pass until somebody asks again.
const maxFollowUp = 60

// followUp refuses a day that is past, or so far off that the referral would be
// forgotten.
func (k *checker) followUp(field string, d Date) {
	today := DateOf(k.now.In(k.loc))
	switch {
	case d.IsZero():
		k.refuse(field, "Say on which day you will ask whether the family receives the service.")
	case d.Before(today):
		k.refuse(field, "This day is past. Give the day of the next follow-up.")
	case today.DaysUntil(d) > maxFollowUp:
		k.refuse(field, "This is more than 60 days away. Ask again before that.")
	}
}
