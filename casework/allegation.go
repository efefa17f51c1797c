package casework

import (
	"fmt"
	"slices"
	"time"
)

// The steps by which a report grows.
const (
	StepAddAllegations  = "allegation.add"
	StepNamePerpetrator = "perpetrator.name"
)

// AllegationAdding puts allegations on a report that were learned of after the call,
// about its children or about others. They are investigated as the first ones were:
// each child is met, and each allegation has a finding of its own. Who is alleged to
// have done it is named by a [PerpetratorNaming].
type AllegationAdding struct {
	wholeRecord

	// LearnedAt is when the agency learned of it.
	LearnedAt time.Time `json:"learned_at"`
	// How says how that was, in words. Who told it does not stand here.
	How Text `json:"how"`
	// Children are those who were not on the report.
	Children    []Subject    `json:"children,omitempty"`
	Allegations []Allegation `json:"allegations"`
}

// Says tells the event in a sentence.
func (b *AllegationAdding) Says() string {
	said := count(len(b.Allegations), "allegation", "allegations") + " learned of during the response"
	if len(b.Children) > 0 {
		said += ", with " + count(len(b.Children), "child", "children") + " who had not been on the report"
	}
	return said + "."
}

// Narratives returns how it was learned.
func (b *AllegationAdding) Narratives() []*Text { return []*Text{&b.How} }

func (b *AllegationAdding) happened() moment { return moment{at: b.LearnedAt} }

// revises: what was settled for all allegations is not settled any more.
func (b *AllegationAdding) revises() {}

func (b *AllegationAdding) check(k *checker) {
	k.instant("learned_at", b.LearnedAt)
	k.required("how", string(b.How))
	ids := make([]string, len(b.Children))
	for i, c := range b.Children {
		ids[i] = c.ID
		if !c.Born.IsZero() {
			k.day(fmt.Sprintf("children[%d].born", i), c.Born)
		}
	}
	if len(ids) > 0 {
		k.list("children", ids)
	}
	if len(b.Allegations) == 0 {
		k.refuse("allegations", "Name at least one allegation.")
	}
	for i, a := range b.Allegations {
		at := fmt.Sprintf("allegations[%d].", i)
		k.opaque(at+"id", a.ID)
		if slices.ContainsFunc(b.Allegations[:i], func(o Allegation) bool { return o.ID == a.ID }) {
			k.refuse(at+"id", "Another allegation has this ID. Give this one an ID of its own.")
		}
		k.required(at+"victim", a.Victim)
		k.oneOf(at+"type", a.Type, AllegationTypes()...)
	}
}

// blockers: a call that alleges nothing becomes no report in this way.
func (b *AllegationAdding) blockers(r *Report, _ string) []Blocker { return r.alleged() }

func (b *AllegationAdding) refuse(r *Report, _ Command) error {
	for i, c := range b.Children {
		if r.victim(c.ID) != nil {
			return InvalidField(fmt.Sprintf("children[%d].person", i), "This child is on the report already. Name the child in "+
				"the allegation (victim), and leave it out here.")
		}
		if !slices.ContainsFunc(b.Allegations, func(a Allegation) bool { return a.Victim == c.ID }) {
			return InvalidField(fmt.Sprintf("children[%d].person", i), "Nothing is alleged about this child. Say what is, or leave the child out.")
		}
	}
	for i, a := range b.Allegations {
		at := fmt.Sprintf("allegations[%d].", i)
		theirs := func(o Allegation) bool {
			return o.Victim == a.Victim && o.Type == a.Type && o.Finding == "" && o.Perpetrator == ""
		}
		switch {
		case r.victim(a.Victim) == nil && !slices.ContainsFunc(b.Children, func(c Subject) bool { return c.ID == a.Victim }):
			return InvalidField(at+"victim", "This child is not on the report. Put the child under children, too.")
		case r.allegation(a.ID) != nil:
			return NewError(Stale, "Somebody has added an allegation meanwhile. Read the report again, and send yours if it is another one.")
		case slices.ContainsFunc(r.Allegations, theirs):
			return InvalidField(at+"type", "This is alleged about this child already, and nobody is named for it. Name the alleged "+
				"perpetrator of that allegation instead (perpetrators).")
		}
	}
	return r.sinceReceiptOn("learned_at", b.LearnedAt)
}

// apply takes back what was said of all allegations: that each was decided.
func (b *AllegationAdding) apply(r *Report, e Event) {
	victims := slices.Clip(r.Victims)
	for _, c := range b.Children {
		victims = append(victims, Victim{ID: c.ID, Born: c.Born})
	}
	r.Victims, r.Allegations = victims, append(slices.Clip(r.Allegations), b.Allegations...)
	for _, a := range b.Allegations {
		r.foundAgain(e, a.Victim) // a child who could not be located is looked for again
	}
	r.undecide(e)
	b.oblige(r, e)
}

// oblige records that authorities must be told of an added allegation, those whom the
// report waits to be told alone not twice.
func (b *AllegationAdding) oblige(r *Report, e Event) {
	if !slices.ContainsFunc(b.Allegations, func(a Allegation) bool { return ObligesCrossReport(a.Type) }) {
		return
	}
	owed := r.owedTo()
	for _, to := range Authorities() {
		if !slices.Contains(owed, to) {
			r.record(e, Fact{Type: FactCrossReportOwed, Ref: to, At: b.LearnedAt})
		}
	}
}

// undecide takes back that every allegation was decided.
func (r *Report) undecide(e Event) {
	for _, f := range r.current() {
		if f.Type == FactDeterminationMade {
			f.Corrects, f.Withdrawn = f.ID, true
			r.record(e, f)
		}
	}
}
