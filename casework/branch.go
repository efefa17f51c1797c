package casework

import (
	"fmt"
	"slices"
)

// Branching opens a case for children who left another. It takes over the facts
// about them with the days on which they happened, so that every clock goes on from
// where it began, and no clock begins anew.
type Branching struct {
	wholeRecord

	Number string `json:"number"`
	// From is the number of the case that they left, On the day.
	From string `json:"from"`
	On   Date   `json:"on"`
	// Reason is one of [SplitReasons].
	Reason       string `json:"reason"`
	Report       string `json:"report"`
	Timezone     string `json:"timezone"`
	Office       string `json:"office"`
	Jurisdiction string `json:"jurisdiction"`
	Pack         string `json:"pack"`
	Worker       string `json:"worker"`
	Supervisor   string `json:"supervisor"`
	Risk         string `json:"risk"`
	Restricted   bool   `json:"restricted,omitempty"`
	// Adults are all whom the case From knows: a parent of the children who left is
	// one of the children who stayed, too.
	Adults []Adult `json:"adults,omitempty"`
	// Portion is what is theirs, with the IDs that the facts had in the case From.
	Portion Portion `json:"portion"`
}

// inherited stands before the ID of a fact that another case has recorded: fact
// "12.1" of that case is "1.12.1" here.
const inherited = "1."

// Says tells the event in a sentence.
func (b *Branching) Says() string {
	return fmt.Sprintf("Case opened from case %s (%s) for %s, assigned to %s. Their clocks go on from where they began.",
		b.From, b.Reason, count(len(b.Portion.Children), "child", "children"), b.Worker)
}

// Narratives returns every text that the children brought along.
func (b *Branching) Narratives() []*Text { return b.Portion.narratives() }

func (b *Branching) opens() string { return b.Number }

func (b *Branching) check(k *checker) {
	k.required("number", b.Number)
	k.required("from", b.From)
	k.opaque("worker", b.Worker)
	if len(b.Portion.Children) == 0 {
		k.refuse("portion.children", "Name at least one.")
	}
}

func (b *Branching) blockers(*Case, string) []Blocker { return nil }

func (b *Branching) refuse(*Case, Command) error { return nil }

func (b *Branching) apply(c *Case, e Event) {
	c.Record = Record{
		Version: StateVersion, Kind: KindCase, Number: b.Number, Office: b.Office, Jurisdiction: b.Jurisdiction,
		Timezone: b.Timezone, Pack: b.Pack, Worker: b.Worker, Supervisor: b.Supervisor, Risk: b.Risk,
		Restricted: b.Restricted, OpenedAt: e.RecordedAt, Answers: c.Answers,
	}
	c.know(b.Adults...)
	c.Report, c.From = b.Report, b.From
	portion := b.Portion
	portion.Facts = slices.Clone(portion.Facts)
	for i := range portion.Facts {
		f := &portion.Facts[i]
		f.ID = inherited + f.ID
		if f.Corrects != "" {
			f.Corrects = inherited + f.Corrects
		}
	}
	c.hold(portion)
}

// Rejoining takes children back who have left for a case that could not be opened,
// with all that went with them: as if they had never left.
type Rejoining struct {
	wholeRecord

	// Number is that of the case that was not opened.
	Number string `json:"number"`
	// Reason is why, one of the reasons of a [Splitting].
	Reason  string  `json:"reason"`
	Portion Portion `json:"portion"`
}

// Says tells the event in a sentence.
func (b *Rejoining) Says() string {
	return fmt.Sprintf("Case %s was not opened (%s): %s came back.",
		b.Number, b.Reason, count(len(b.Portion.Children), "child", "children"))
}

func (b *Rejoining) check(k *checker) {
	k.required("number", b.Number)
	k.required("reason", b.Reason)
}

func (b *Rejoining) blockers(c *Case, _ string) []Blocker {
	if len(c.Left) > 0 {
		return nil
	}
	return []Blocker{{Code: "nobody-left", Detail: "No child has left this case for another. Leave it as it is."}}
}

func (b *Rejoining) refuse(c *Case, _ Command) error {
	i := slices.IndexFunc(c.Left, func(d Departure) bool { return d.Case == b.Number })
	if i < 0 || !slices.Equal(c.Left[i].Children, b.Portion.Children) {
		return InvalidField("portion", "These are not the children who left for that case. Name those who did.")
	}
	return nil
}

func (b *Rejoining) apply(c *Case, _ Event) {
	c.Left = slices.DeleteFunc(slices.Clone(c.Left), func(d Departure) bool { return d.Case == b.Number })
	c.join(b.Portion)
}

// Rejoin is the command that takes them back; c is the case as it was before the
// split. Sending it twice takes them back once.
func (c *Case) Rejoin(b *Split, by Actor, on Date, reason string) Command {
	id := "rejoin/" + b.Number
	return Command{
		ID: id, Fingerprint: id, Name: StepRejoin, Actor: Actor{ID: by.ID, Role: RoleSystem},
		Body: &Rejoining{Number: b.Number, Reason: reason, Portion: c.portion(c.side(b, true), on)},
	}
}
