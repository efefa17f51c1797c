package casework

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
	for _, id := range b.Children {
		c.record(e, Fact{Type: FactServicePlanFiled, Subject: id, On: b.On})
	}
}
