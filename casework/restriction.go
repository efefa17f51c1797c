package casework

// restriction closes a record to all but those who carry it and those who were
// named for it, or opens it again: the family of somebody on the staff, a case in
// the news.
type restriction struct {
	Restricted bool `json:"restricted"`
	Reason     Text `json:"reason"`
}

// CaseRestriction restricts a case, or ends that.
type CaseRestriction struct {
	wholeRecord
	restriction
}

// ReportRestriction restricts a report, or ends that.
type ReportRestriction struct {
	wholeRecord
	restriction
}

// NewRestriction returns the body of the step that restricts a record of a kind,
// or ends that.
func NewRestriction(kind AggregateKind, restricted bool, reason Text) Body {
	r := restriction{Restricted: restricted, Reason: reason}
	if kind == KindReport {
		return &ReportRestriction{restriction: r}
	}
	return &CaseRestriction{restriction: r}
}

// Says tells the event in a sentence.
func (b *restriction) Says() string {
	if b.Restricted {
		return "Restricted to named people."
	}
	return "No longer restricted."
}

// Narratives returns why.
func (b *restriction) Narratives() []*Text { return []*Text{&b.Reason} }

func (b *restriction) check(k *checker) { k.required("reason", string(b.Reason)) }

// changes refuses what would change nothing: somebody else was quicker.
func (b *restriction) changes(r *Record) error {
	switch {
	case b.Restricted == r.Restricted && b.Restricted:
		return InvalidField("restricted", "This record is restricted already. Leave it as it is.")
	case b.Restricted == r.Restricted:
		return InvalidField("restricted", "This record is not restricted. Leave it as it is.")
	}
	return nil
}

func (b *CaseRestriction) blockers(*Case, string) []Blocker { return nil }

func (b *CaseRestriction) refuse(c *Case, _ Command) error { return b.changes(&c.Record) }

func (b *CaseRestriction) apply(c *Case, _ Event) { c.Restricted = b.Restricted }

func (b *ReportRestriction) blockers(*Report, string) []Blocker { return nil }

func (b *ReportRestriction) refuse(r *Report, _ Command) error { return b.changes(&r.Record) }

func (b *ReportRestriction) apply(r *Report, _ Event) { r.Restricted = b.Restricted }
