package casework

import (
	"fmt"
	"slices"
	"time"
)

// PerpetratorNaming says who is alleged to have done it, where the caller did not
// know.
type PerpetratorNaming struct {
	wholeRecord

	Allegations []string `json:"allegations"`
	// Perpetrator is an opaque ID.
	Perpetrator string `json:"perpetrator"`
	Notes       Text   `json:"notes,omitempty"`
}

// Says tells the event in a sentence.
func (b *PerpetratorNaming) Says() string {
	return fmt.Sprintf("%s named as the alleged perpetrator of %s.", b.Perpetrator,
		count(len(b.Allegations), "allegation", "allegations"))
}

// Narratives returns how that is known.
func (b *PerpetratorNaming) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *PerpetratorNaming) check(k *checker) {
	k.list("allegations", b.Allegations)
	k.opaque("perpetrator", b.Perpetrator)
}

func (b *PerpetratorNaming) blockers(r *Report, _ string) []Blocker {
	if len(r.nameless()) > 0 {
		return nil
	}
	return []Blocker{{Code: "perpetrators-named", Detail: "Every allegation without a finding names an alleged perpetrator. Record the contact with them, or the finding."}}
}

// refuse: who was found to have done something, or was named before, is not
// exchanged for another.
func (b *PerpetratorNaming) refuse(r *Report, cmd Command) error {
	if cmd.Edition >= EditionKnownPeople && !r.KnowsPerson(b.Perpetrator) {
		return InvalidField("perpetrator", "This report does not know this person. Put them on the report first "+
			"(adults), and name them then.")
	}
	for _, id := range b.Allegations {
		switch a := r.allegation(id); {
		case a == nil:
			return InvalidField("allegations", "This report has no such allegation. Name one of this report.")
		case !slices.Contains(r.nameless(), id):
			return InvalidField("allegations", "Allegation "+id+" names an alleged perpetrator or has its finding already. "+
				"Take a new report about somebody else.")
		}
	}
	return nil
}

func (b *PerpetratorNaming) apply(r *Report, _ Event) {
	r.Allegations = slices.Clone(r.Allegations)
	for _, id := range b.Allegations {
		r.allegation(id).Perpetrator = b.Perpetrator
	}
}

// KnowsPerson says whether somebody is on the report: as a child, as an adult, or as an
// alleged perpetrator from before adults were put on record.
func (r *Report) KnowsPerson(id string) bool {
	_, adult := r.adult(id)
	return adult || r.victim(id) != nil || slices.Contains(r.perpetrators(), id)
}

// nameless lists the open allegations that name no alleged perpetrator.
func (r *Report) nameless() []string {
	var ids []string
	for _, a := range r.Allegations {
		if a.Perpetrator == "" && a.Finding == "" {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

// PerpetratorContact is a meeting in person with somebody who is alleged to have
// done it, or a try.
type PerpetratorContact struct {
	wholeRecord

	Perpetrator string    `json:"perpetrator"`
	At          time.Time `json:"at"`
	// Attempted marks a try that failed: it is kept, and is not a contact.
	Attempted bool `json:"attempted,omitempty"`
	// ToldAllegations says that the person was told what is alleged, without who
	// reported it (42 USC 5106a(b)(2)(B)(xviii)).
	ToldAllegations bool `json:"told_allegations,omitempty"`
	Notes           Text `json:"notes,omitempty"`
}

// Says tells the event in a sentence.
func (b *PerpetratorContact) Says() string {
	if b.Attempted {
		return fmt.Sprintf("Tried to meet alleged perpetrator %s without success.", b.Perpetrator)
	}
	return fmt.Sprintf("Met alleged perpetrator %s in person.", b.Perpetrator)
}

// Narratives returns the notes on the meeting.
func (b *PerpetratorContact) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *PerpetratorContact) happened() moment { return moment{at: b.At} }

func (b *PerpetratorContact) check(k *checker) {
	k.opaque("perpetrator", b.Perpetrator)
	k.instant("at", b.At)
	if b.Attempted && b.ToldAllegations {
		k.refuse("told_allegations", "Nobody was met, so nobody was told. Leave this out, or record the meeting.")
	}
}

func (b *PerpetratorContact) blockers(r *Report, _ string) []Blocker { return r.underInvestigation() }

// refuse: at the first contact the person must hear what is alleged.
func (b *PerpetratorContact) refuse(r *Report, _ Command) error {
	if !slices.Contains(r.perpetrators(), b.Perpetrator) {
		return InvalidField("perpetrator", "No allegation of this report names this person. Name the alleged perpetrator first.")
	}
	if !b.Attempted && !b.ToldAllegations && !slices.Contains(r.met(), b.Perpetrator) {
		return InvalidField("told_allegations", "At the first contact the person must be told what is alleged, and not who "+
			"reported it. Say that they were told, or record the contact as attempted.")
	}
	return r.sinceReceipt(b.At)
}

// apply records a fact for the person, and one for the report once the last
// alleged perpetrator whom an allegation names has been met: one is not the other.
func (b *PerpetratorContact) apply(r *Report, e Event) {
	if b.Attempted {
		return
	}
	r.record(e, Fact{Type: FactPerpetratorMet, Ref: b.Perpetrator, At: b.At, Worker: e.Actor.ID})
	met := r.met()
	unmet := func(id string) bool { return !slices.Contains(met, id) }
	if !slices.ContainsFunc(r.perpetrators(), unmet) && !r.stands(FactPerpetratorContacted) {
		r.record(e, Fact{Type: FactPerpetratorContacted, At: b.At, Worker: e.Actor.ID})
	}
}

// perpetrators lists everybody whom an allegation names, once.
func (r *Report) perpetrators() []string {
	var ids []string
	for _, a := range r.Allegations {
		if a.Perpetrator != "" && !slices.Contains(ids, a.Perpetrator) {
			ids = append(ids, a.Perpetrator)
		}
	}
	return ids
}

// met lists the alleged perpetrators who have been met, as the facts stand.
func (r *Report) met() []string {
	var ids []string
	for _, f := range r.current() {
		if f.Type == FactPerpetratorMet {
			ids = append(ids, f.Ref)
		}
	}
	return ids
}

// unmeet takes back that the last alleged perpetrator was met where a meeting did
// not happen: then one of them has not been met yet.
func (r *Report) unmeet(e Event, right []Fact) {
	gone := func(f Fact) bool { return f.Type == FactPerpetratorMet && f.Withdrawn }
	if !slices.ContainsFunc(right, gone) {
		return
	}
	for _, f := range r.current() {
		if f.Type == FactPerpetratorContacted {
			f.Corrects, f.Withdrawn = f.ID, true
			r.record(e, f)
		}
	}
}
