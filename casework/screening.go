package casework

import (
	"fmt"
	"slices"
)

// ScreeningIn accepts a report for a response: how fast, on which track, by whom.
type ScreeningIn struct {
	wholeRecord

	// Priority is one of [Priorities]; the policy pack gives each its hours.
	Priority     string `json:"priority"`
	Track        string `json:"track"`
	Investigator string `json:"investigator"`
	Reason       Text   `json:"reason,omitempty"`
}

// Priorities are the response priorities that packs give a number of hours:
// emergent and non-emergent, or the numbered ones of states that number them.
func Priorities() []string { return []string{"emergent", "non-emergent", "P1", "P2"} }

// Tracks are the ways to respond to an accepted report (42 USC 5106a(b)(2)(B)(v)
// allows alternative response for a child who is not at imminent risk).
func Tracks() []string { return []string{"investigation", "alternative-response"} }

// Says tells the event in a sentence.
func (b *ScreeningIn) Says() string {
	return fmt.Sprintf("Screened in as %s, for %s by %s.", b.Priority, b.Track, b.Investigator)
}

// Narratives returns the reasons of the decision.
func (b *ScreeningIn) Narratives() []*Text { return []*Text{&b.Reason} }

func (b *ScreeningIn) check(k *checker) {
	k.oneOf("priority", b.Priority, Priorities()...)
	k.oneOf("track", b.Track, Tracks()...)
	k.opaque("investigator", b.Investigator)
}

func (b *ScreeningIn) blockers(r *Report, _ string) []Blocker {
	return slices.Concat(r.screened(), r.alleged(), r.notPassedOn())
}

func (b *ScreeningIn) refuse(r *Report, _ Command) error { return r.independent(b.Investigator) }

func (b *ScreeningIn) apply(r *Report, e Event) {
	r.Priority, r.Track, r.Worker = b.Priority, b.Track, b.Investigator
	r.record(e, Fact{Type: FactReportScreened, At: e.RecordedAt, Priority: b.Priority})
}

// ScreeningOut ends a report that gives no ground for a response. It stays on
// record and can be found.
type ScreeningOut struct {
	wholeRecord

	// Reason is one of [ScreenOutReasons].
	Reason string `json:"reason"`
	Note   Text   `json:"note"`
}

// ScreenOutReasons are the codes for turning a report away.
func ScreenOutReasons() []string {
	return []string{
		"not-maltreatment", "not-a-child", "outside-jurisdiction", "insufficient-information", "referred-elsewhere",
		"information-request", "consultation", "abandoned-call", "other",
	}
}

// Says tells the event in a sentence.
func (b *ScreeningOut) Says() string { return "Screened out: " + b.Reason + "." }

// Narratives returns the note on the decision.
func (b *ScreeningOut) Narratives() []*Text { return []*Text{&b.Note} }

func (b *ScreeningOut) check(k *checker) {
	k.oneOf("reason", b.Reason, ScreenOutReasons()...)
	k.required("note", string(b.Note))
}

func (b *ScreeningOut) blockers(r *Report, _ string) []Blocker {
	return append(r.screened(), r.notPassedOn()...)
}

func (b *ScreeningOut) refuse(*Report, Command) error { return nil }

func (b *ScreeningOut) apply(r *Report, e Event) {
	r.Reason = b.Reason
	r.end(e, screenedOut)
}

// screened blocks a second screening.
func (r *Report) screened() []Blocker {
	if r.Priority != "" {
		return []Blocker{{Code: "already-screened", Detail: "The report has been screened in already. Correct its priority, or switch its track."}}
	}
	return nil
}

// end closes the report with a disposition.
func (r *Report) end(e Event, disposition string) {
	r.Disposition, r.ClosedAt = disposition, e.RecordedAt
	r.record(e, Fact{Type: FactRecordClosed, At: e.RecordedAt, Reason: disposition})
}
