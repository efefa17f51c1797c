package casework

import (
	"fmt"
	"slices"
	"time"
)

// StepReceive is the step that opens a report.
const StepReceive = "report.receive"

// Receipt is what the hotline worker takes down: when the call came, about
// whom, and what is alleged. Names and the caller's words are stored apart;
// who the caller is, is not part of it.
type Receipt struct {
	wholeRecord

	Number       string    `json:"number"`
	ReceivedAt   time.Time `json:"received_at"`
	Timezone     string    `json:"timezone"`
	Office       string    `json:"office"`
	Jurisdiction string    `json:"jurisdiction"`
	Pack         string    `json:"pack"`
	// ReporterCategory is a code, never an identity: "mandated", "relative", ...
	ReporterCategory string       `json:"reporter_category"`
	Narrative        Text         `json:"narrative"`
	Children         []Subject    `json:"children"`
	Allegations      []Allegation `json:"allegations"`
	Supervisor       string       `json:"supervisor"`
	Restricted       bool         `json:"restricted,omitempty"`
	// Call is one of [CallTypes], empty for a referral.
	Call string `json:"call,omitempty"`
	// CrossReports says that the report is under the rule that its allegations can
	// oblige the agency to pass it on. Those that were taken before it are not.
	CrossReports bool `json:"cross_reports,omitempty"`
	// Adults are whom the caller names beside the children, and never the caller.
	Adults []Adult `json:"adults,omitempty"`
}

// ReporterCategories are the codes for who called, without saying who.
func ReporterCategories() []string {
	return []string{"mandated", "relative", "neighbor", "self", "anonymous", "other"}
}

// Says tells the event in a sentence.
func (b *Receipt) Says() string {
	if !b.alleges() {
		return "Call received: " + b.Call + "."
	}
	return fmt.Sprintf("Report received about %s with %s.",
		count(len(b.Children), "child", "children"), count(len(b.Allegations), "allegation", "allegations"))
}

// Narratives returns the caller's words.
func (b *Receipt) Narratives() []*Text { return []*Text{&b.Narrative} }

func (b *Receipt) happened() moment { return moment{at: b.ReceivedAt} }

func (b *Receipt) opens() string { return b.Number }

func (b *Receipt) check(k *checker) {
	k.instant("received_at", b.ReceivedAt)
	if loc, err := time.LoadLocation(b.Timezone); err != nil || b.Timezone == "" || b.Timezone == "Local" {
		k.refuse("timezone", "A time zone like America/Los_Angeles is required.")
	} else {
		k.loc = loc
	}
	k.required("number", b.Number)
	k.opaque("office", b.Office)
	k.opaque("jurisdiction", b.Jurisdiction)
	k.opaque("supervisor", b.Supervisor)
	k.oneOf("reporter_category", b.ReporterCategory, ReporterCategories()...)
	b.checkCall(k)
	if !b.AboutNobody() {
		b.checkChildren(k)
	}
	b.checkAdults(k)
	if b.alleges() {
		b.checkAllegations(k)
	}
}

func (b *Receipt) checkAdults(k *checker) {
	if b.AboutNobody() && len(b.Adults) > 0 {
		k.refuse("adults", "No person belongs to a call of this kind. Take it as a referral, an update or counselling.")
	}
	for i, a := range b.Adults {
		at := fmt.Sprintf("adults[%d].", i)
		k.adult(at, a, "person")
		same := func(o Adult) bool { return o.ID == a.ID }
		if slices.ContainsFunc(b.Adults[:i], same) || slices.ContainsFunc(b.Children, func(c Subject) bool { return c.ID == a.ID }) {
			k.refuse(at+"person", "This person stands in the report twice. Name each person once.")
		}
	}
}

func (b *Receipt) checkChildren(k *checker) {
	ids := make([]string, len(b.Children))
	for i, c := range b.Children {
		ids[i] = c.ID
		if !c.Born.IsZero() {
			k.day(fmt.Sprintf("children[%d].born", i), c.Born)
		}
	}
	k.list("children", ids)
}

func (b *Receipt) checkAllegations(k *checker) {
	if len(b.Allegations) == 0 {
		k.refuse("allegations", "Name at least one allegation.")
	}
	for i, a := range b.Allegations {
		field := fmt.Sprintf("allegations[%d]", i)
		k.required(field+".id", a.ID)
		if slices.ContainsFunc(b.Allegations[:i], func(o Allegation) bool { return o.ID == a.ID }) {
			k.refuse(field+".id", "Another allegation has this ID. Give each its own.")
		}
		k.oneOf(field+".type", a.Type, AllegationTypes()...)
		if !slices.ContainsFunc(b.Children, func(c Subject) bool { return c.ID == a.Victim }) {
			k.refuse(field+".child", "This allegation is not about a child of this report. Name one of its children, or add the child.")
		}
	}
}

func (b *Receipt) blockers(*Report, string) []Blocker { return nil }

func (b *Receipt) refuse(*Report, Command) error { return nil }

func (b *Receipt) apply(r *Report, e Event) {
	r.Record = Record{
		Version: StateVersion, Kind: KindReport, Number: b.Number, Office: b.Office, Jurisdiction: b.Jurisdiction,
		Timezone: b.Timezone, Pack: b.Pack, Worker: e.Actor.ID, Supervisor: b.Supervisor,
		Restricted: b.Restricted, OpenedAt: e.RecordedAt, Answers: r.Answers,
	}
	for _, c := range b.Children {
		r.Victims = append(r.Victims, Victim{ID: c.ID, Born: c.Born})
	}
	r.Allegations = slices.Clone(b.Allegations)
	r.know(b.Adults...)
	r.record(e, Fact{Type: FactReportReceived, At: b.ReceivedAt})
	if b.CrossReports {
		r.oblige(e)
	}
	if b.AboutNobody() {
		r.end(e, b.Call)
	}
}

// count writes a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
