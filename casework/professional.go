package casework

import (
	"cmp"
	"fmt"
	"slices"
)

// professionalSteps lists who works with the family from outside of the agency.
func professionalSteps() []Step {
	works := []Role{RoleCaseworker, RoleSupervisor}
	return []Step{
		caseStep(StepAddProfessional, "professional.added", "Add a professional who works with the family", "professionals", works,
			false, func() Body { return &ProfessionalAdd{} }),
		caseStep(StepChangeProfessional, "professional.changed", "Change what may be shared with a professional",
			"professional-changes", works, false, func() Body { return &ProfessionalChange{} }),
		caseStep("professional.end", "professional.ended", "Record that a professional has left", "professional-ends", works, false,
			func() Body { return &ProfessionalEnd{} }),
	}
}

// The steps in which something is agreed that may be shared.
const (
	StepAddProfessional    = "professional.add"
	StepChangeProfessional = "professional.change"
)

// ProfessionalKinds are the codes for what a professional is to the family.
func ProfessionalKinds() []string {
	return []string{
		"school", "early-childhood", "health", "dental", "mental-health", "attorney", "guardian-ad-litem", "casa", "tribe",
		"probation", "provider", "interpreter", "other",
	}
}

// Professional is somebody from outside of the agency who works with a family: a
// school, a doctor, an attorney, a tribe.
type Professional struct {
	// Number is its own within the case, from 1.
	Number int `json:"number"`
	// Kind is one of [ProfessionalKinds].
	Kind string `json:"kind"`
	// Organization, Name and Phone say who and where, in words that are stored apart.
	Organization Text `json:"organization,omitempty"`
	Name         Text `json:"name,omitempty"`
	Phone        Text `json:"phone,omitempty"`
	// Children are whom they work with, the whole family where there are none.
	Children []string `json:"children,omitempty"`
	From     Date     `json:"from"`
	// Shares say what may be shared; those that have lapsed are among them.
	Shares []Share `json:"shares,omitempty"`
	// Ended is the day on which they left, and Reason why: one of [ProfessionalEnds].
	Ended  Date   `json:"ended,omitzero"`
	Reason string `json:"reason,omitempty"`
}

// professional finds one who is still there, by number.
func (c *Case) professional(number int) (int, error) {
	i := slices.IndexFunc(c.Professionals, func(p Professional) bool { return p.Number == number })
	switch {
	case i < 0:
		return i, InvalidField("professional", "There is no professional of this number on the case. Name one that it shows, or add them first.")
	case !c.Professionals[i].Ended.IsZero():
		return i, InvalidField("professional", "They have left the case. Add them again to share anything with them.")
	}
	return i, nil
}

// attended says that there is somebody to change or to part with.
func (c *Case) attended() []Blocker {
	if slices.ContainsFunc(c.Professionals, func(p Professional) bool { return p.Ended.IsZero() }) {
		return nil
	}
	return []Blocker{{Code: "no-professional", Detail: "No professional is on this case. Add one first."}}
}

// ProfessionalAdd puts a professional on a case, with what may be shared.
type ProfessionalAdd struct {
	wholeRecord

	Kind         string   `json:"kind"`
	Organization Text     `json:"organization,omitempty"`
	Name         Text     `json:"name,omitempty"`
	Phone        Text     `json:"phone,omitempty"`
	Children     []string `json:"children,omitempty"`
	// From is the first day, that of recording where it is left out.
	From   Date    `json:"from,omitzero"`
	Shares []Share `json:"shares"`
	Notes  Text    `json:"notes,omitempty"`
	remindable
}

// Says tells the event in a sentence.
func (b *ProfessionalAdd) Says() string {
	return fmt.Sprintf("Professional added (%s): %s", b.Kind, shared(b.Shares))
}

// Sharing returns what is agreed.
func (b *ProfessionalAdd) Sharing() []Share { return b.Shares }

// Narratives returns who it is, and what was written.
func (b *ProfessionalAdd) Narratives() []*Text {
	return append(lawsOf(b.Shares), &b.Organization, &b.Name, &b.Phone, &b.Notes)
}

func lawsOf(shares []Share) []*Text {
	laws := make([]*Text, len(shares))
	for i := range shares {
		laws[i] = &shares[i].Law
	}
	return laws
}

func (b *ProfessionalAdd) check(k *checker) {
	k.oneOf("kind", b.Kind, ProfessionalKinds()...)
	if b.Organization == "" && b.Name == "" {
		k.refuse("name", "Say who it is: the person's name, the organization, or both.")
	}
	if len(b.Children) > 0 {
		k.list("children", b.Children)
	}
	if !b.From.IsZero() {
		k.day("from", b.From)
	}
	k.shares(b.Shares)
}

func (b *ProfessionalAdd) blockers(*Case, string) []Blocker { return nil }

func (b *ProfessionalAdd) refuse(c *Case, _ Command) error {
	return cmp.Or(c.theirs(b.Children), c.orderedOn(b.Shares))
}

func (b *ProfessionalAdd) apply(c *Case, e Event) {
	c.enter(e)
	c.Professionals = append(slices.Clip(c.Professionals), Professional{
		Number: len(c.Professionals) + 1, Kind: b.Kind, Organization: b.Organization, Name: b.Name, Phone: b.Phone,
		Children: b.Children, From: cmp.Or(b.From, DateOf(e.RecordedAt.In(c.Location()))), Shares: slices.Clone(b.Shares),
	})
	b.remind(c, e, len(c.Professionals), b.Shares)
}

func (b *ProfessionalAdd) item(c *Case) string { return professionalRef(len(c.Professionals)) }

// professionalRef names a professional in answers: "professional-2".
func professionalRef(number int) string { return fmt.Sprintf("professional-%d", number) }

// ProfessionalChange changes who somebody is, whom they work with or what may be
// shared; what is left out stays.
type ProfessionalChange struct {
	wholeRecord

	// Professional is the number.
	Professional int      `json:"professional"`
	Organization Text     `json:"organization,omitempty"`
	Name         Text     `json:"name,omitempty"`
	Phone        Text     `json:"phone,omitempty"`
	Children     []string `json:"children,omitempty"`
	// Shares take the place of all that was agreed before.
	Shares []Share `json:"shares,omitempty"`
	Why    Text    `json:"why"`
	remindable
}

// Says tells the event in a sentence.
func (b *ProfessionalChange) Says() string {
	if len(b.Shares) == 0 {
		return fmt.Sprintf("Professional %d changed.", b.Professional)
	}
	return fmt.Sprintf("Professional %d changed: %s", b.Professional, shared(b.Shares))
}

// Sharing returns what is agreed now.
func (b *ProfessionalChange) Sharing() []Share { return b.Shares }

// Narratives returns who it is now, and why.
func (b *ProfessionalChange) Narratives() []*Text {
	return append(lawsOf(b.Shares), &b.Organization, &b.Name, &b.Phone, &b.Why)
}

func (b *ProfessionalChange) check(k *checker) {
	if b.Organization == "" && b.Name == "" && b.Phone == "" && len(b.Children) == 0 && len(b.Shares) == 0 {
		k.refuse("shares", "Say what has changed: who it is, whom they work with, or what may be shared.")
	}
	if len(b.Children) > 0 {
		k.list("children", b.Children)
	}
	if len(b.Shares) > 0 {
		k.shares(b.Shares)
	}
	k.required("why", string(b.Why))
}

func (b *ProfessionalChange) blockers(c *Case, _ string) []Blocker { return c.attended() }

func (b *ProfessionalChange) refuse(c *Case, _ Command) error {
	_, err := c.professional(b.Professional)
	return cmp.Or(err, c.theirs(b.Children), c.orderedOn(b.Shares))
}

func (b *ProfessionalChange) apply(c *Case, e Event) {
	c.enter(e)
	i, err := c.professional(b.Professional)
	if err != nil {
		return
	}
	c.Professionals = slices.Clone(c.Professionals)
	p := &c.Professionals[i]
	p.Organization, p.Name, p.Phone = cmp.Or(b.Organization, p.Organization), cmp.Or(b.Name, p.Name), cmp.Or(b.Phone, p.Phone)
	if len(b.Children) > 0 {
		p.Children = b.Children
	}
	if len(b.Shares) > 0 {
		p.Shares = slices.Clone(b.Shares)
		b.remind(c, e, b.Professional, b.Shares)
	}
}

func (b *ProfessionalChange) item(*Case) string { return professionalRef(b.Professional) }

// ProfessionalEnd records that a professional has left; nothing may be shared with
// them from then on.
type ProfessionalEnd struct {
	wholeRecord

	// Professional is the number.
	Professional int  `json:"professional"`
	On           Date `json:"on"`
	// Reason is one of [ProfessionalEnds].
	Reason string `json:"reason"`
	Notes  Text   `json:"notes,omitempty"`
}

// ProfessionalEnds are the codes for why a professional has left.
func ProfessionalEnds() []string {
	return []string{"moved", "replaced", "work-done", "child-home", "court-order", "consent-revoked", "recorded-in-error", "other"}
}

// Says tells the event in a sentence.
func (b *ProfessionalEnd) Says() string {
	return fmt.Sprintf("Professional %d has left: %s.", b.Professional, b.Reason)
}

// Narratives returns the notes.
func (b *ProfessionalEnd) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *ProfessionalEnd) happened() moment { return moment{on: b.On} }

func (b *ProfessionalEnd) check(k *checker) {
	k.day("on", b.On)
	k.oneOf("reason", b.Reason, ProfessionalEnds()...)
}

func (b *ProfessionalEnd) blockers(c *Case, _ string) []Blocker { return c.attended() }

func (b *ProfessionalEnd) refuse(c *Case, _ Command) error {
	i, err := c.professional(b.Professional)
	if err == nil && b.On.Before(c.Professionals[i].From) {
		return InvalidField("on", "They were not there yet on this day. Say when they left.")
	}
	return err
}

// apply keeps what was shared out of the state: the log has it.
func (b *ProfessionalEnd) apply(c *Case, e Event) {
	if i, err := c.professional(b.Professional); err == nil {
		c.Professionals = slices.Clone(c.Professionals)
		p := &c.Professionals[i]
		p.Ended, p.Reason, p.Shares = b.On, b.Reason, nil
		c.endSharing(e, b.Professional)
	}
}

func (b *ProfessionalEnd) item(*Case) string { return professionalRef(b.Professional) }
