package casework

import (
	"slices"
	"strings"
)

// specialSteps lists what some children alone need.
func specialSteps() []Step {
	works := []Role{RoleCaseworker, RoleSupervisor}
	return []Step{
		caseStep("voluntary.place", "voluntary.placed", "Record a placement by agreement with the parents", "voluntary-placements",
			works, true, func() Body { return &VoluntaryPlacement{} }),
		caseStep("voluntary.end", "voluntary.ended", "Record the end of an agreement with the parents", "voluntary-ends", works, true,
			func() Body { return &VoluntaryEnd{} }),
		caseStep("qrtp.assess", "qrtp.assessed", "Record the assessment for a residential treatment program", "qrtp-assessments",
			works, true, func() Body { return &QRTPAssessment{} }),
		caseStep("qrtp.decide", "qrtp.decided", "Record the court's decision on a residential treatment program", "qrtp-decisions",
			works, true, func() Body { return &QRTPDecision{} }),
		caseStep("icwa.notice", "icwa.notice-received", "Record the receipt of a notice under the Indian Child Welfare Act",
			"icwa-notices", works, true, func() Body { return &ICWANotice{} }),
		caseStep("icwa.extend", "icwa.extended", "Record a request for more time under the Indian Child Welfare Act",
			"icwa-extensions", works, true, func() Body { return &ICWAExtension{} }),
		caseStep("transition-plan.complete", "transition-plan.completed", "Record the transition plan of a young person",
			"transition-plans", works, true, func() Body { return &TransitionPlan{} }),
		caseStep("credit-report.receive", "credit-report.received", "Record a young person's credit report", "credit-reports", works,
			true, func() Body { return &CreditReport{} }),
		caseStep("exit-documents.give", "exit-documents.given", "Record that the documents for the time after care were given",
			"exit-documents", works, true, func() Body { return &ExitDocuments{} }),
		caseStep("extended-care.start", "extended-care.started", "Record that care is extended beyond 18", "extended-care", works,
			true, func() Body { return &ExtendedCare{} }),
	}
}

// TransitionPlan records the plan that a young person made for the time after
// care, with those who help (42 USC 675(5)(H)).
type TransitionPlan struct {
	Children []string `json:"children"`
	On       Date     `json:"on"`
	// YouthLed says that the young person directed it.
	YouthLed bool `json:"youth_led"`
	// HealthProxy says that the young person was told of the health-care proxy.
	HealthProxy bool `json:"health_proxy"`
	Content     Text `json:"content"`
}

// Says tells the event in a sentence.
func (b *TransitionPlan) Says() string { return "Transition plan made with the young person." }

// Narratives returns the plan.
func (b *TransitionPlan) Narratives() []*Text { return []*Text{&b.Content} }

func (b *TransitionPlan) happened() moment { return moment{on: b.On} }

func (b *TransitionPlan) subjects() []string { return b.Children }

func (b *TransitionPlan) check(k *checker) {
	k.list("children", b.Children)
	k.day("on", b.On)
	if !b.YouthLed {
		k.refuse("youth_led", "The young person directs this plan. Make it together.")
	}
	if !b.HealthProxy {
		k.refuse("health_proxy", "The plan must offer a health-care proxy. Tell the young person of it first.")
	}
	k.required("content", string(b.Content))
}

func (b *TransitionPlan) blockers(c *Case, id string) []Blocker { return c.inCare(id) }

func (b *TransitionPlan) refuse(c *Case, _ Command) error {
	return c.ofAge(b.Children, b.On, minimumAgeAPPLA)
}

func (b *TransitionPlan) apply(c *Case, e Event) {
	c.recordEach(e, b.Children, Fact{Type: FactTransitionPlan, On: b.On})
}

// CreditReport records that a young person got the yearly credit report and help
// to correct it (42 USC 675(5)(I)).
type CreditReport struct {
	Children []string `json:"children"`
	On       Date     `json:"on"`
	// Errors says that there is something to correct.
	Errors bool `json:"errors,omitempty"`
	Notes  Text `json:"notes,omitempty"`
}

// Says tells the event in a sentence.
func (b *CreditReport) Says() string { return "Credit report received." }

// Narratives returns the notes.
func (b *CreditReport) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *CreditReport) happened() moment { return moment{on: b.On} }

func (b *CreditReport) subjects() []string { return b.Children }

func (b *CreditReport) check(k *checker) {
	k.list("children", b.Children)
	k.day("on", b.On)
	if b.Errors {
		k.required("notes", string(b.Notes))
	}
}

func (b *CreditReport) blockers(c *Case, id string) []Blocker { return c.inCare(id) }

func (b *CreditReport) refuse(c *Case, _ Command) error {
	return c.ofAge(b.Children, b.On, ageOfCredit)
}

func (b *CreditReport) apply(c *Case, e Event) {
	c.recordEach(e, b.Children, Fact{Type: FactCreditReport, On: b.On})
}

// ExitDocuments records that a young person got every document for the time after
// care (42 USC 675(5)(I)).
type ExitDocuments struct {
	Children []string `json:"children"`
	On       Date     `json:"on"`
	// Given are the documents, all of [Documents].
	Given []string `json:"given"`
}

// Documents are those without which nobody is to leave care at 18 or later.
func Documents() []string {
	return []string{
		"birth-certificate", "social-security-card", "health-insurance", "medical-records", "identification", "proof-of-foster-care",
	}
}

// Says tells the event in a sentence.
func (b *ExitDocuments) Says() string { return "Documents for the time after care given." }

func (b *ExitDocuments) happened() moment { return moment{on: b.On} }

func (b *ExitDocuments) subjects() []string { return b.Children }

func (b *ExitDocuments) check(k *checker) {
	k.list("children", b.Children)
	k.day("on", b.On)
	k.list("given", b.Given)
	for _, d := range b.Given {
		k.oneOf("given", d, Documents()...)
	}
	lacking := slices.DeleteFunc(Documents(), func(d string) bool { return slices.Contains(b.Given, d) })
	if len(lacking) > 0 {
		k.refuse("given", "Record this once the last document is there. Still lacking: "+strings.Join(lacking, ", ")+".")
	}
}

func (b *ExitDocuments) blockers(c *Case, id string) []Blocker { return c.inCare(id) }

func (b *ExitDocuments) refuse(c *Case, _ Command) error {
	return c.ofAge(b.Children, b.On, minimumAgeAPPLA)
}

func (b *ExitDocuments) apply(c *Case, e Event) {
	c.recordEach(e, b.Children, Fact{Type: FactExitDocuments, On: b.On})
}

// ExtendedCare keeps a young person in care after the 18th birthday (42 USC 675(8)(B)).
type ExtendedCare struct {
	Children []string `json:"children"`
	On       Date     `json:"on"`
	// Until is the planned last day, not after the 21st birthday.
	Until Date `json:"until"`
	// Condition is one of [CareConditions].
	Condition string `json:"condition"`
	Agreement Text   `json:"agreement"`
}

// CareConditions are the five of 42 USC 675(8)(B)(iv), one of which must hold.
func CareConditions() []string {
	return []string{"secondary-education", "higher-education", "employment-program", "employed", "medical-condition"}
}

// Says tells the event in a sentence.
func (b *ExtendedCare) Says() string { return "Care extended until " + b.Until.String() + "." }

// Narratives returns the agreement.
func (b *ExtendedCare) Narratives() []*Text { return []*Text{&b.Agreement} }

func (b *ExtendedCare) happened() moment { return moment{on: b.On} }

func (b *ExtendedCare) subjects() []string { return b.Children }

func (b *ExtendedCare) check(k *checker) {
	k.list("children", b.Children)
	k.day("on", b.On)
	if !b.Until.After(b.On) {
		k.refuse("until", "Say until when care is extended.")
	}
	k.oneOf("condition", b.Condition, CareConditions()...)
	k.required("agreement", string(b.Agreement))
}

func (b *ExtendedCare) blockers(c *Case, id string) []Blocker { return c.inCare(id) }

// refuse: it can be agreed to before the birthday, and not beyond the 21st.
func (b *ExtendedCare) refuse(c *Case, _ Command) error {
	if err := c.ofAge(b.Children, b.On, minimumAgeAPPLA); err != nil {
		return err
	}
	for _, id := range b.Children {
		child := c.child(id)
		if !child.reached(b.Until, ageOfMajority) || b.Until.After(child.Born.AddMonths(12*ageOfLastCare)) {
			return InvalidField("until", "Care is extended to a day between the 18th and the 21st birthday. Give such a day.")
		}
	}
	return nil
}

func (b *ExtendedCare) apply(c *Case, e Event) {
	c.recordEach(e, b.Children, Fact{Type: FactExtendedCareStarted, On: b.On, Until: b.Until})
}

// ofAge refuses children of another family, and a day before the removal or before
// a child was of an age, in years.
func (c *Case) ofAge(ids []string, on Date, years int) error {
	if err := c.theirs(ids); err != nil {
		return err
	}
	for _, id := range ids {
		if !c.child(id).reached(on, years) {
			return InvalidField("on", "The child was too young for that on this day, or the date of birth is not on record. Give a later day, or leave this child out.")
		}
	}
	return c.sinceRemoval(ids, on)
}
