package casework

import (
	"slices"
	"strconv"
)

// alternativeResponse is the track without a finding.
const alternativeResponse = "alternative-response"

// TrackSwitch turns an alternative response into an investigation, because a danger
// has come to light that an alternative response is not for (42 USC
// 5106a(b)(2)(B)(v)). What is owed from then on, and from which day, is the policy
// pack's to say.
type TrackSwitch struct {
	wholeRecord

	// Danger is what is new.
	Danger Text `json:"danger"`
	// Priority and Investigator are left out where they stay as they were.
	Priority     string `json:"priority,omitempty"`
	Investigator string `json:"investigator,omitempty"`
}

// Says tells the event in a sentence.
func (b *TrackSwitch) Says() string {
	return "Switched from alternative response to an investigation."
}

// Narratives returns the danger.
func (b *TrackSwitch) Narratives() []*Text { return []*Text{&b.Danger} }

func (b *TrackSwitch) check(k *checker) {
	k.required("danger", string(b.Danger))
	if b.Priority != "" {
		k.oneOf("priority", b.Priority, Priorities()...)
	}
	if b.Investigator != "" {
		k.opaque("investigator", b.Investigator)
	}
}

func (b *TrackSwitch) blockers(r *Report, _ string) []Blocker {
	if r.Track == alternativeResponse {
		return nil
	}
	return []Blocker{{Code: "not-alternative-response", Detail: "Only an alternative response can be switched to an investigation. Leave the track as it is."}}
}

func (b *TrackSwitch) refuse(r *Report, _ Command) error {
	if b.Investigator == "" {
		return nil
	}
	return r.independent(b.Investigator)
}

func (b *TrackSwitch) apply(r *Report, e Event) {
	r.Track = Tracks()[0]
	if b.Investigator != "" {
		r.Worker = b.Investigator
	}
	if b.Priority != "" {
		r.record(e, Fact{Type: FactReportScreened, At: e.RecordedAt, Priority: b.Priority})
	}
	r.record(e, Fact{Type: FactTrackSwitched, At: e.RecordedAt, To: r.Track, By: e.Actor.ID})
}

// What a search for a child must consist of before a supervisor can conclude that
// the child cannot be located: attempts on several days, by several methods, at
// several places.
const (
	searchDays    = 3
	searchMethods = 3
	searchPlaces  = 2
)

// Try is one documented attempt to find a victim.
type Try struct {
	On     Date   `json:"on"`
	Method string `json:"method"`
	Place  string `json:"place"`
}

// AttemptMethods are the codes for how somebody was sought.
func AttemptMethods() []string {
	return []string{"visit", "telephone", "letter", "relative", "neighbor", "school", "records", "police"}
}

// AttemptPlaces are the codes for where somebody was sought; the address is not
// part of it.
func AttemptPlaces() []string {
	return append(ContactPlaces(), "former-home", "workplace", "nowhere")
}

// UnableToLocate concludes that victims cannot be found after a documented search.
// It is no finding on whether they were harmed.
type UnableToLocate struct {
	Victims []string `json:"victims"`
	On      Date     `json:"on"`
	Note    Text     `json:"note"`
}

// unlocated is the result of an allegation whose victim cannot be found, and the
// disposition of a report none of whose victims can.
const unlocated = "unable-to-locate"

// Says tells the event in a sentence.
func (b *UnableToLocate) Says() string {
	return count(len(b.Victims), "child", "children") + " could not be located after a documented search."
}

// Narratives returns the note on the search.
func (b *UnableToLocate) Narratives() []*Text { return []*Text{&b.Note} }

func (b *UnableToLocate) happened() moment { return moment{on: b.On} }

func (b *UnableToLocate) subjects() []string { return b.Victims }

func (b *UnableToLocate) check(k *checker) {
	k.list("victims", b.Victims)
	k.day("on", b.On)
	k.required("note", string(b.Note))
}

// blockers: nobody is given up who was met, and nobody who was not sought.
func (b *UnableToLocate) blockers(r *Report, id string) []Blocker {
	if missing := r.underInvestigation(); missing != nil {
		return missing
	}
	v := r.victim(id)
	switch {
	case v == nil:
		return nil
	case v.settled():
		return []Blocker{{Code: "victim-settled", Subject: id, Detail: "This child was met, is excepted, or was given up already. Leave this child out."}}
	}
	return v.unsought()
}

func (b *UnableToLocate) refuse(r *Report, _ Command) error {
	for _, id := range b.Victims {
		if r.victim(id) == nil {
			return InvalidField("victims", "This child is not a victim in this report. Name a victim of the report.")
		}
	}
	if b.On.Before(DateOf(r.receivedAt().In(r.Location()))) {
		return InvalidField("on", "This is before the report was received. Give a later day, or correct when the report was received.")
	}
	return nil
}

// apply ends the report where no victim is left.
func (b *UnableToLocate) apply(r *Report, e Event) {
	r.Allegations = slices.Clone(r.Allegations)
	for _, id := range b.Victims {
		r.victim(id).Unlocated = true
		for i, a := range r.Allegations {
			if a.Victim == id && a.Finding == "" {
				r.Allegations[i].Finding = unlocated
			}
		}
	}
	if len(r.undecided()) == 0 {
		r.record(e, Fact{Type: FactDeterminationMade, On: b.On, Reason: unlocated})
	}
	if !slices.ContainsFunc(r.Victims, func(v Victim) bool { return !v.Unlocated }) {
		r.record(e, Fact{Type: FactInvestigationCompleted, At: e.RecordedAt})
		r.end(e, unlocated)
	}
}

// settled says whether no contact with the victim is owed any more.
func (v Victim) settled() bool { return v.Contacted || v.Excepted != "" || v.Unlocated }

// reached says whether the investigation knows about the victim what a finding
// needs: a meeting, or an approved exception from it.
func (v Victim) reached() bool { return v.Contacted || v.Excepted != "" }

// unsought lists what is still missing of a documented search.
func (v Victim) unsought() []Blocker {
	count := func(part func(Try) string) int {
		var seen []string
		for _, t := range v.Search {
			if !slices.Contains(seen, part(t)) {
				seen = append(seen, part(t))
			}
		}
		return len(seen)
	}
	days := count(func(t Try) string { return t.On.String() })
	methods := count(func(t Try) string { return t.Method })
	places := count(func(t Try) string { return t.Place })
	if days >= searchDays && methods >= searchMethods && places >= searchPlaces {
		return nil
	}
	return []Blocker{{
		Code: "search-incomplete", Subject: v.ID,
		Detail: "A search needs attempts on 3 days, by 3 methods, at 2 places; so far it has " +
			strconv.Itoa(days) + ", " + strconv.Itoa(methods) + " and " + strconv.Itoa(places) + ". Record each attempt with its method and place.",
	}}
}

// foundAgain takes back that a victim could not be located, once somebody has met
// the child: the allegations are to be decided after all.
func (r *Report) foundAgain(e Event, id string) {
	v := r.victim(id)
	if !v.Unlocated {
		return
	}
	v.Unlocated = false
	r.Allegations = slices.Clone(r.Allegations)
	for i, a := range r.Allegations {
		if a.Victim == id && a.Finding == unlocated {
			r.Allegations[i].Finding = ""
		}
	}
	r.undecide(e)
}

// ContactException lets an investigation go on without a meeting with a victim: by
// a supervisor, on one of few grounds.
type ContactException struct {
	Victim string `json:"victim"`
	// Ground is one of [ExceptionGrounds].
	Ground string `json:"ground"`
	Note   Text   `json:"note"`
}

// ExceptionGrounds are the codes for why a victim need not be met.
func ExceptionGrounds() []string {
	return []string{"deceased", "out-of-state", "court-order", "medical", "met-by-partner"}
}

// Says tells the event in a sentence.
func (b *ContactException) Says() string {
	return "Victim " + b.Victim + " need not be met: " + b.Ground + "."
}

// Narratives returns the note on the decision.
func (b *ContactException) Narratives() []*Text { return []*Text{&b.Note} }

func (b *ContactException) subjects() []string { return []string{b.Victim} }

func (b *ContactException) check(k *checker) {
	k.required("victim", b.Victim)
	k.oneOf("ground", b.Ground, ExceptionGrounds()...)
	k.required("note", string(b.Note))
}

func (b *ContactException) blockers(r *Report, id string) []Blocker {
	if missing := r.underInvestigation(); missing != nil {
		return missing
	}
	if v := r.victim(id); v != nil && v.settled() {
		return []Blocker{{Code: "victim-settled", Subject: id, Detail: "This child was met, is excepted, or was given up already. Leave this child out."}}
	}
	return nil
}

// refuse: nobody approves an exception from their own duty.
func (b *ContactException) refuse(r *Report, c Command) error {
	if r.victim(b.Victim) == nil {
		return InvalidField("victim", "This child is not a victim in this report. Name a victim of the report.")
	}
	if c.Actor.ID == r.Worker {
		return NewError(Forbidden, "Nobody excepts themselves from a contact. Another supervisor must do it.")
	}
	return nil
}

func (b *ContactException) apply(r *Report, e Event) {
	r.victim(b.Victim).Excepted = b.Ground
	r.record(e, Fact{Type: FactContactExcepted, Subject: b.Victim, At: e.RecordedAt, Reason: b.Ground, By: e.Actor.ID})
}
