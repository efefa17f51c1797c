package casework

import (
	"fmt"
	"slices"
	"strings"
)

// ending is why somebody does not carry a record any more.
type ending struct {
	Reason string `json:"reason"`
	// Note says more. It is needed where the reason is "other".
	Note Text `json:"note,omitempty"`
}

// Narratives returns the note.
func (b *ending) Narratives() []*Text { return []*Text{&b.Note} }

func (b *ending) checkOf(k *checker, reasons []string) {
	k.oneOf("reason", b.Reason, reasons...)
	if b.Reason == "other" && strings.TrimSpace(string(b.Note)) == "" {
		k.refuse("note", "Say in a few words why, or name one of the other reasons.")
	}
}

// Decline is a worker's no to a case. It leaves the case to nobody.
type Decline struct {
	wholeRecord
	ending
}

// ReportDecline is an investigator's no to a report. It leaves the report to nobody.
type ReportDecline struct {
	wholeRecord
	ending
}

// NewDecline returns the body of the step that declines a record of a kind.
func NewDecline(kind AggregateKind, reason string, note Text) Body {
	if kind == KindReport {
		return &ReportDecline{ending: ending{reason, note}}
	}
	return &Decline{ending: ending{reason, note}}
}

// Says tells the event in a sentence.
func (b *Decline) Says() string { return declined(b.Reason) }

// Says tells the event in a sentence.
func (b *ReportDecline) Says() string { return declined(b.Reason) }

func declined(reason string) string {
	return fmt.Sprintf("Assignment declined (%s). Nobody carries it now.", reason)
}

func (b *Decline) check(k *checker) { b.checkOf(k, DeclineReasons()) }

func (b *ReportDecline) check(k *checker) { b.checkOf(k, DeclineReasons()) }

func (b *Decline) blockers(c *Case, _ string) []Blocker { return c.asked() }

func (b *ReportDecline) blockers(r *Report, _ string) []Blocker { return r.asked() }

func (b *Decline) refuse(c *Case, cmd Command) error { return c.answers(cmd) }

func (b *ReportDecline) refuse(r *Report, cmd Command) error { return r.answers(cmd) }

func (b *Decline) apply(c *Case, e Event) { c.decline(e, b.Reason) }

func (b *ReportDecline) apply(r *Report, e Event) { r.decline(e, b.Reason) }

func (r *Record) decline(e Event, reason string) {
	r.record(e, Fact{Type: FactWorkerDeclined, Ref: r.Handover.ref(), At: e.RecordedAt, Worker: r.Worker, Reason: reason})
	r.Handover.Waiting = false
	r.release(e, reason)
}

// Unassignment takes the case from its worker before somebody else is found.
type Unassignment struct {
	wholeRecord
	ending
}

// ReportUnassignment takes the report from its worker before somebody else is found.
type ReportUnassignment struct {
	wholeRecord
	ending
}

// NewUnassignment returns the body of the step that takes a record of a kind from
// its worker.
func NewUnassignment(kind AggregateKind, reason string, note Text) Body {
	if kind == KindReport {
		return &ReportUnassignment{ending: ending{reason, note}}
	}
	return &Unassignment{ending: ending{reason, note}}
}

// Says tells the event in a sentence.
func (b *Unassignment) Says() string { return released(b.Reason) }

// Says tells the event in a sentence.
func (b *ReportUnassignment) Says() string { return released(b.Reason) }

func released(reason string) string {
	return fmt.Sprintf("Taken from its worker (%s). Nobody carries it now.", reason)
}

func (b *Unassignment) check(k *checker) { b.checkOf(k, UnassignReasons()) }

func (b *ReportUnassignment) check(k *checker) { b.checkOf(k, UnassignReasons()) }

func (b *Unassignment) blockers(c *Case, _ string) []Blocker { return c.carried() }

func (b *ReportUnassignment) blockers(r *Report, _ string) []Blocker {
	return append(r.underInvestigation(), r.carried()...)
}

func (b *Unassignment) refuse(*Case, Command) error { return nil }

func (b *ReportUnassignment) refuse(*Report, Command) error { return nil }

func (b *Unassignment) apply(c *Case, e Event) { c.unassign(e, b.Reason) }

func (b *ReportUnassignment) apply(r *Report, e Event) { r.unassign(e, b.Reason) }

func (r *Record) unassign(e Event, reason string) {
	r.takeBack(e)
	r.release(e, reason)
}

// carried blocks what needs somebody who carries the record.
func (r *Record) carried() []Blocker {
	if r.Unassigned() {
		return []Blocker{{Code: "unassigned", Detail: "Nobody carries this record. Assign it first."}}
	}
	return nil
}

// assigned tells the worker, who may have been asked.
func (t *teller) assigned(b *Assignment, role Role) {
	text := t.noun() + " %s was assigned to you."
	if b.Ask {
		text += " Accept it, or decline it with a reason. It is yours until you do."
	}
	t.tell(b.Worker, role, NoticeAssigned, t.noun()+" %s is yours", text)
}

// declined tells the supervisor, who must find somebody else.
func (t *teller) declined(r *Record) {
	t.tell(r.Supervisor, RoleSupervisor, NoticeUnassigned, t.noun()+" %s is nobody's",
		t.noun()+" %s was declined. Nobody carries it now: assign it to somebody else.")
}

// unassigned tells the supervisor, and whoever carried the record.
func (t *teller) unassigned(r *Record, role Role) {
	t.tell(r.Supervisor, RoleSupervisor, NoticeUnassigned, t.noun()+" %s is nobody's",
		t.noun()+" %s was taken from its worker. Nobody carries it now: assign it to somebody else.")
	former := t.noun() + " %s was taken from you and waits for somebody else."
	t.tell(r.Handover.Former, role, NoticeUnassigned, t.noun()+" %s is not yours any more", former)
}

// standsIn says whether the supervisor answers for a role that nobody holds: the
// duties of an unassigned record are not told to the wind.
func (r *Record) standsIn(role Role) bool {
	return r.Unassigned() && r.Supervisor != "" && slices.Contains([]Role{RoleHotline, RoleInvestigator, RoleCaseworker}, role)
}
