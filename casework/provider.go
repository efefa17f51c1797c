package casework

// ProviderClearance records that the checks of a provider are done, for children
// who live there: after an emergency placement with a relative, after a removal
// that named nobody, or when a clearance is renewed.
type ProviderClearance struct {
	Children []string `json:"children"`
	On       Date     `json:"on"`
	Provider string   `json:"provider"`
	// ClearedUntil is the last day for which the checks and the licence are good.
	ClearedUntil Date `json:"cleared_until"`
	Notes        Text `json:"notes,omitempty"`
}

// Says tells the event in a sentence.
func (b *ProviderClearance) Says() string {
	return "Provider cleared until " + b.ClearedUntil.String() + "."
}

// Narratives returns the notes.
func (b *ProviderClearance) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *ProviderClearance) happened() moment { return moment{on: b.On} }

func (b *ProviderClearance) subjects() []string { return b.Children }

func (b *ProviderClearance) check(k *checker) {
	k.list("children", b.Children)
	k.day("on", b.On)
	k.opaque("provider", b.Provider)
	if b.ClearedUntil.Before(b.On) {
		k.refuse("cleared_until", "A provider who is not cleared for today is not cleared. "+
			"Move the child to a cleared provider instead.")
	}
}

func (b *ProviderClearance) blockers(c *Case, id string) []Blocker { return c.placed(id) }

func (b *ProviderClearance) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	for _, id := range b.Children {
		if lives := c.child(id).Provider; lives != "" && lives != b.Provider {
			return InvalidField("provider", "This child lives with another provider. Name that one, or record the move first.")
		}
	}
	return c.sinceRemoval(b.Children, b.On)
}

func (b *ProviderClearance) apply(c *Case, e Event) {
	c.recordEach(e, b.Children, Fact{Type: FactProviderCleared, On: b.On, Provider: b.Provider})
}

// HealthRecord records that those who look after children got their health and
// education record, reviewed and brought up to date (42 USC 675(5)(D)).
type HealthRecord struct {
	Children []string `json:"children"`
	On       Date     `json:"on"`
}

// Says tells the event in a sentence.
func (b *HealthRecord) Says() string {
	return "Health and education record of " + count(len(b.Children), "child", "children") + " handed over."
}

func (b *HealthRecord) happened() moment { return moment{on: b.On} }

func (b *HealthRecord) subjects() []string { return b.Children }

func (b *HealthRecord) check(k *checker) {
	k.list("children", b.Children)
	k.day("on", b.On)
}

func (b *HealthRecord) blockers(c *Case, id string) []Blocker { return c.placed(id) }

func (b *HealthRecord) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	return c.sinceRemoval(b.Children, b.On)
}

func (b *HealthRecord) apply(c *Case, e Event) {
	c.recordEach(e, b.Children, Fact{Type: FactHealthRecordGiven, On: b.On})
}

// placed blocks what only a child in a placement can have.
func (c *Case) placed(id string) []Blocker {
	if child := c.child(id); child == nil || child.Setting != "" {
		return nil
	}
	return []Blocker{{Code: "not-placed", Subject: id, Detail: "This child lives in no placement now. Record the placement first."}}
}
