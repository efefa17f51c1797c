package casework

import "slices"

// ServicePlanFiling records that the plan of the family's services was filed
// with the court (TFC 263.101). The plan itself is approved by its own steps.
type ServicePlanFiling struct {
	Children []string `json:"children"`
	On       Date     `json:"on"`
	Notes    Text     `json:"notes,omitempty"`
}

// Says tells the event in a sentence.
func (b *ServicePlanFiling) Says() string { return "Service plan filed with the court." }

// Narratives returns the notes.
func (b *ServicePlanFiling) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *ServicePlanFiling) happened() moment { return moment{on: b.On} }

func (b *ServicePlanFiling) subjects() []string { return b.Children }

func (b *ServicePlanFiling) check(k *checker) {
	k.list("children", b.Children)
	k.day("on", b.On)
}

func (b *ServicePlanFiling) blockers(c *Case, id string) []Blocker { return c.beforeCourt(id) }

func (b *ServicePlanFiling) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	return c.sinceCourt("on", b.Children, b.On)
}

func (b *ServicePlanFiling) apply(c *Case, e Event) {
	c.recordEach(e, b.Children, Fact{Type: FactServicePlanFiled, On: b.On})
}

// CourtReportFiling records that the report for a hearing was filed.
type CourtReportFiling struct {
	wholeRecord

	// Hearing is the number of the hearing that it is for: "hearing-1".
	Hearing string `json:"hearing"`
	On      Date   `json:"on"`
	// Content is the report, or where it is kept.
	Content Text `json:"content,omitempty"`
}

// Says tells the event in a sentence.
func (b *CourtReportFiling) Says() string { return "Court report filed for " + b.Hearing + "." }

// Narratives returns the content.
func (b *CourtReportFiling) Narratives() []*Text { return []*Text{&b.Content} }

func (b *CourtReportFiling) happened() moment { return moment{on: b.On} }

func (b *CourtReportFiling) check(k *checker) {
	k.required("hearing", b.Hearing)
	k.day("on", b.On)
}

// blockers: a report can be filed late, when its hearing has been held.
func (b *CourtReportFiling) blockers(c *Case, _ string) []Blocker {
	if slices.ContainsFunc(c.Court.Dates, CourtDate.reported) {
		return nil
	}
	return c.scheduled()
}

// reported says whether a hearing has a report: one that was vacated has none.
func (d CourtDate) reported() bool { return d.Status == "" || d.Status == courtHeld }

func (b *CourtReportFiling) refuse(c *Case, _ Command) error {
	if date := c.courtDate(b.Hearing); date == nil || !date.reported() {
		return InvalidField("hearing", "No such hearing is on the calendar or was held. Give the number of the hearing that the report is for.")
	}
	return nil
}

func (b *CourtReportFiling) apply(c *Case, e Event) {
	date := c.courtDate(b.Hearing)
	c.record(e, Fact{Type: FactCourtReportFiled, Subject: sole(date.Children), On: b.On, Ref: b.Hearing})
}

func (b *CourtReportFiling) item(*Case) string { return b.Hearing }
