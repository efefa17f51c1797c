package casework

// ICWANotice records that a party received the notice of a proceeding under the
// Indian Child Welfare Act. What counts is the receipt, not the sending: no
// foster-care or termination hearing for ten days after it (25 USC 1912(a)).
type ICWANotice struct {
	Children []string `json:"children"`
	// On is the day of the receipt, from the return receipt.
	On Date `json:"on"`
	// By is who received it, one of [ICWAParties].
	By    string `json:"by"`
	Notes Text   `json:"notes,omitempty"`
}

// ICWAParties are those who are to have notice; the Secretary of the Interior
// where parents and tribe cannot be found.
func ICWAParties() []string { return []string{"parent", "indian-custodian", "tribe", "secretary"} }

// Says tells the event in a sentence.
func (b *ICWANotice) Says() string {
	return "Notice under the Indian Child Welfare Act received: " + b.By + "."
}

// Narratives returns the notes.
func (b *ICWANotice) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *ICWANotice) happened() moment { return moment{on: b.On} }

func (b *ICWANotice) subjects() []string { return b.Children }

func (b *ICWANotice) check(k *checker) {
	k.list("children", b.Children)
	k.day("on", b.On)
	k.oneOf("by", b.By, ICWAParties()...)
}

func (b *ICWANotice) blockers(*Case, string) []Blocker { return nil }

func (b *ICWANotice) refuse(c *Case, _ Command) error { return c.theirs(b.Children) }

func (b *ICWANotice) apply(c *Case, e Event) {
	c.recordEach(e, b.Children, Fact{Type: FactICWANoticeReceived, On: b.On, By: b.By})
}

// ICWAExtension records that a parent, the Indian custodian or the tribe asked
// for more time to prepare: up to twenty days (25 USC 1912(a)).
type ICWAExtension struct {
	Children []string `json:"children"`
	On       Date     `json:"on"`
	// By is one of [ICWAParties], but never the Secretary.
	By   string `json:"by"`
	Days int    `json:"days"`
}

// mostICWADays is the longest extension that a party can ask for, in days.
const mostICWADays = 20

// Says tells the event in a sentence.
func (b *ICWAExtension) Says() string {
	return "More time asked for under the Indian Child Welfare Act: " + count(b.Days, "day", "days") + ", " + b.By + "."
}

func (b *ICWAExtension) happened() moment { return moment{on: b.On} }

func (b *ICWAExtension) subjects() []string { return b.Children }

func (b *ICWAExtension) check(k *checker) {
	k.list("children", b.Children)
	k.day("on", b.On)
	k.oneOf("by", b.By, ICWAParties()[:3]...)
	if b.Days < 1 || b.Days > mostICWADays {
		k.refuse("days", "A party can ask for up to 20 days. Give 1 to 20.")
	}
}

func (b *ICWAExtension) blockers(*Case, string) []Blocker { return nil }

func (b *ICWAExtension) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	for _, id := range b.Children {
		if f, ok := c.firstFact(id, FactICWANoticeReceived); ok && b.On.Before(f.On) {
			return InvalidField("on", "This is before the notice was received. Give a later day, or correct when the notice was received.")
		}
	}
	return nil
}

func (b *ICWAExtension) apply(c *Case, e Event) {
	c.recordEach(e, b.Children, Fact{Type: FactICWAExtension, On: b.On, By: b.By, Days: b.Days})
}
