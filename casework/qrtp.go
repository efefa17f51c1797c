package casework

// QRTPAssessment records that a qualified individual assessed whether a child
// needs the qualified residential treatment program (42 USC 675a(c)(1)).
type QRTPAssessment struct {
	Children []string `json:"children"`
	On       Date     `json:"on"`
	// Result is one of [QRTPResults].
	Result string `json:"result"`
	// Independent says that the assessor works for neither the agency nor the
	// program, or that the independence was waived.
	Independent bool `json:"independent"`
	Notes       Text `json:"notes,omitempty"`
}

// QRTPResults are the results of the assessment.
func QRTPResults() []string { return []string{"needed", "family-setting"} }

// QRTPDecisions are what a court can decide on the placement.
func QRTPDecisions() []string { return []string{"approved", "disapproved"} }

// Says tells the event in a sentence.
func (b *QRTPAssessment) Says() string { return "Need of the residential treatment program assessed." }

// Narratives returns the notes.
func (b *QRTPAssessment) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *QRTPAssessment) happened() moment { return moment{on: b.On} }

func (b *QRTPAssessment) subjects() []string { return b.Children }

func (b *QRTPAssessment) check(k *checker) {
	k.list("children", b.Children)
	k.day("on", b.On)
	k.oneOf("result", b.Result, QRTPResults()...)
	if !b.Independent {
		k.refuse("independent", "The assessor must work for neither the agency nor the program, unless that is waived. "+
			"Have somebody else assess the child.")
	}
}

func (b *QRTPAssessment) blockers(c *Case, id string) []Blocker { return c.inTreatment(id) }

func (b *QRTPAssessment) refuse(c *Case, _ Command) error { return c.sinceTreatment(b.Children, b.On) }

func (b *QRTPAssessment) apply(c *Case, e Event) {
	c.recordEach(e, b.Children, Fact{Type: FactQRTPNeedAssessed, On: b.On, Reason: b.Result})
}

// QRTPDecision records that a court approved or disapproved the placement (42 USC
// 675a(c)(2)).
type QRTPDecision struct {
	Children []string `json:"children"`
	On       Date     `json:"on"`
	// Result is one of [QRTPDecisions].
	Result string `json:"result"`
	Notes  Text   `json:"notes,omitempty"`
}

// Says tells the event in a sentence.
func (b *QRTPDecision) Says() string {
	return "Placement in the residential treatment program " + b.Result + "."
}

// Narratives returns the notes.
func (b *QRTPDecision) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *QRTPDecision) happened() moment { return moment{on: b.On} }

func (b *QRTPDecision) subjects() []string { return b.Children }

func (b *QRTPDecision) check(k *checker) {
	k.list("children", b.Children)
	k.day("on", b.On)
	k.oneOf("result", b.Result, QRTPDecisions()...)
}

func (b *QRTPDecision) blockers(c *Case, id string) []Blocker { return c.inTreatment(id) }

func (b *QRTPDecision) refuse(c *Case, _ Command) error { return c.sinceTreatment(b.Children, b.On) }

func (b *QRTPDecision) apply(c *Case, e Event) {
	c.recordEach(e, b.Children, Fact{Type: FactQRTPCourtDecided, On: b.On, Reason: b.Result})
}

func (c *Case) inTreatment(id string) []Blocker {
	if child := c.child(id); child == nil || child.Setting == "qrtp" {
		return nil
	}
	return []Blocker{{
		Code: "not-in-qrtp", Subject: id, Detail: "This child is not placed in a qualified residential treatment program. Record that move first.",
	}}
}

// sinceTreatment refuses children of another family, and a day before the
// placement that is asked about.
func (c *Case) sinceTreatment(ids []string, on Date) error {
	if err := c.theirs(ids); err != nil {
		return err
	}
	for _, id := range ids {
		if f, ok := c.lastFact(id, FactPlacementStarted); ok && on.Before(f.LocalDate(c.Location())) {
			return InvalidField("on", "This is before the placement in the residential treatment program. Give a later day, or correct the placement.")
		}
	}
	return nil
}
