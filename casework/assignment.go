package casework

import (
	"fmt"
	"strconv"
)

// Handover is how the record came to whoever carries it. The record's Worker is
// responsible from the moment of the assignment, asked or not: no clock of the
// law waits for an answer.
type Handover struct {
	// Count numbers the assignments that were asked about: "assignment-<Count>".
	Count int `json:"count,omitempty"`
	// Waiting says that the worker was asked and has not answered.
	Waiting bool `json:"waiting,omitempty"`
	// Former is who carried the record last, while nobody does.
	Former string `json:"former,omitempty"`
}

// ref names the last assignment that was asked about.
func (h Handover) ref() string { return "assignment-" + strconv.Itoa(h.Count) }

// Unassigned says whether the record is open and nobody carries it.
func (r *Record) Unassigned() bool { return r.Exists() && !r.Closed() && r.Worker == "" }

// withdrawn is the reason of an assignment that was taken back before the worker
// answered it.
const withdrawn = "withdrawn"

// DeclineReasons are the codes for why a worker declines a record.
func DeclineReasons() []string {
	return []string{"conflict-of-interest", "workload", "absence", "safety", "other"}
}

// UnassignReasons are the codes for why a record is taken from its worker.
func UnassignReasons() []string {
	return []string{"left-agency", "absence", "conflict-of-interest", "workload", "other"}
}

// Assignment gives the case to a worker and a supervisor.
type Assignment struct {
	wholeRecord

	Worker     string `json:"worker"`
	Supervisor string `json:"supervisor"`
	// Ask has the worker accept or decline. The case is theirs meanwhile.
	Ask bool `json:"ask,omitempty"`
	// From is who must still carry it, where the sender has looked; empty for anybody.
	From string `json:"from,omitempty"`
}

// ReportAssignment gives the report to an investigator and a supervisor.
type ReportAssignment struct{ Assignment }

// Says tells the event in a sentence.
func (b *Assignment) Says() string { return b.says("Case") }

// Says tells the event in a sentence.
func (b *ReportAssignment) Says() string { return b.says("Report") }

func (b *Assignment) says(what string) string {
	said := fmt.Sprintf("%s assigned to %s, supervised by %s.", what, b.Worker, b.Supervisor)
	if b.Ask {
		said += " They are asked to accept or decline."
	}
	return said
}

func (b *Assignment) check(k *checker) {
	k.opaque("worker", b.Worker)
	k.opaque("supervisor", b.Supervisor)
	if b.From != "" {
		k.opaque("from", b.From)
	}
	if b.Worker != "" && b.Worker == b.Supervisor {
		k.refuse("supervisor", "Nobody supervises their own case. Name another supervisor.")
	}
}

func (b *Assignment) blockers(*Case, string) []Blocker { return nil }

func (b *Assignment) refuse(c *Case, _ Command) error { return b.stillWith(&c.Record) }

// stillWith refuses to take a record from somebody who does not have it any more.
func (b *Assignment) stillWith(r *Record) error {
	if b.From != "" && b.From != r.Worker {
		return InvalidField("from", "Somebody else carries this record by now. Look who, then decide again.")
	}
	return nil
}

func (b *Assignment) apply(c *Case, e Event) { c.assign(e, b) }

// blockers: before screening, a report is the hotline's, and screening in names
// the investigator.
func (b *ReportAssignment) blockers(r *Report, _ string) []Blocker { return r.underInvestigation() }

func (b *ReportAssignment) refuse(r *Report, _ Command) error { return b.stillWith(&r.Record) }

func (b *ReportAssignment) apply(r *Report, e Event) { r.assign(e, &b.Assignment) }

// assign gives the record to somebody. The facts are those of the contract with
// the clocks: an assignment that nobody asked about starts none.
func (r *Record) assign(e Event, b *Assignment) {
	r.takeBack(e)
	if r.Unassigned() {
		r.record(e, Fact{Type: FactRecordAssigned, At: e.RecordedAt, Worker: b.Worker})
	}
	r.Worker, r.Supervisor, r.Handover.Former = b.Worker, b.Supervisor, ""
	if b.Ask {
		r.Handover.Count++
		r.Handover.Waiting = true
		r.record(e, Fact{Type: FactWorkerAssigned, Ref: r.Handover.ref(), At: e.RecordedAt, Worker: b.Worker})
	}
}

// takeBack ends an assignment that still waits for its answer.
func (r *Record) takeBack(e Event) {
	if r.Handover.Waiting {
		r.record(e, Fact{
			Type: FactWorkerDeclined, Ref: r.Handover.ref(), At: e.RecordedAt, Worker: r.Worker, Reason: withdrawn,
		})
		r.Handover.Waiting = false
	}
}

// release leaves the record to nobody.
func (r *Record) release(e Event, reason string) {
	r.record(e, Fact{Type: FactRecordUnassigned, At: e.RecordedAt, Worker: r.Worker, Reason: reason})
	r.Worker, r.Handover.Former = "", r.Worker
}

// Acceptance is a worker's yes to a case.
type Acceptance struct{ wholeRecord }

// ReportAcceptance is an investigator's yes to a report.
type ReportAcceptance struct{ wholeRecord }

// Says tells the event in a sentence.
func (b *Acceptance) Says() string { return "Assignment accepted." }

// Says tells the event in a sentence.
func (b *ReportAcceptance) Says() string { return "Assignment accepted." }

func (b *Acceptance) check(*checker) {}

func (b *ReportAcceptance) check(*checker) {}

func (b *Acceptance) blockers(c *Case, _ string) []Blocker { return c.asked() }

func (b *ReportAcceptance) blockers(r *Report, _ string) []Blocker { return r.asked() }

func (b *Acceptance) refuse(c *Case, cmd Command) error { return c.answers(cmd) }

func (b *ReportAcceptance) refuse(r *Report, cmd Command) error { return r.answers(cmd) }

func (b *Acceptance) apply(c *Case, e Event) { c.accept(e) }

func (b *ReportAcceptance) apply(r *Report, e Event) { r.accept(e) }

func (r *Record) accept(e Event) {
	r.record(e, Fact{Type: FactWorkerAccepted, Ref: r.Handover.ref(), At: e.RecordedAt, Worker: r.Worker})
	r.Handover.Waiting = false
}

// asked blocks an answer that nobody waits for.
func (r *Record) asked() []Blocker {
	if r.Handover.Waiting {
		return nil
	}
	return []Blocker{{Code: "no-assignment-waits", Detail: "No assignment waits for an answer. Ask the supervisor to assign the record anew."}}
}

// answers refuses an answer in somebody else's name.
func (r *Record) answers(c Command) error {
	if c.Actor.ID != r.Worker {
		return NewError(Forbidden, "Only the worker to whom it was assigned answers. The supervisor can assign it to somebody else.")
	}
	return nil
}
