package casework

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// NoticesFor returns whom an event of a report concerns, apart from its duties.
func (r *Report) NoticesFor(e Event) []Notice {
	t := r.teller(KindReport, e)
	switch body := e.Body.(type) {
	case *Receipt:
		if r.Closed() {
			break // a call about nobody
		}
		t.tell(r.Supervisor, RoleSupervisor, NoticeApproval, "Report %s waits for screening",
			"Report %s has been received and waits for your screening decision.")
	case *ScreeningIn:
		t.tell(body.Investigator, RoleInvestigator, NoticeAssigned, "Report %s is yours",
			"Report %s was screened in as "+body.Priority+" and assigned to you. Its first-contact clock is running.")
	case *ReportAssignment:
		t.assigned(&body.Assignment, RoleInvestigator)
	case *ReportDecline:
		t.declined(&r.Record)
	case *ReportUnassignment:
		t.unassigned(&r.Record, RoleInvestigator)
	case *DutiesChanged:
		t.ladder(&r.Record, body.Changes)
	}
	return t.notices
}

// NoticesFor returns whom an event of a case concerns, apart from its duties.
func (c *Case) NoticesFor(e Event) []Notice {
	t := c.teller(KindCase, e)
	switch body := e.Body.(type) {
	case *Opening:
		t.tell(c.Worker, RoleCaseworker, NoticeAssigned, "Case %s is yours", "Case %s was opened and assigned to you.")
		t.tell(c.Supervisor, RoleSupervisor, NoticeAssigned, "Case %s was opened", "Case %s was opened in your unit.")
	case *Split:
		t.split(c, body)
	case *Branching:
		t.branched(c, body)
	case *Rejoining:
		t.rejoined(c, body)
	case *Assignment:
		t.assigned(body, RoleCaseworker)
	case *Decline:
		t.declined(&c.Record)
	case *Unassignment:
		t.unassigned(&c.Record, RoleCaseworker)
	case *PlanSubmission:
		t.tell(c.Supervisor, RoleSupervisor, NoticeApproval, "Case %s: a plan waits for you",
			"A case plan for case %s was submitted and waits for your approval.")
	case *PlanAmendment:
		t.tell(c.Supervisor, RoleSupervisor, NoticeApproval, "Case %s: an amendment waits for you",
			"An amendment of the plan of case %s was submitted and waits for your approval.")
	case *PlanReturn:
		t.tell(c.Worker, RoleCaseworker, NoticeReturned, "Case %s: the plan came back",
			"The supervisor returned the case plan of case %s with comments.")
	case *PlanApproval:
		t.tell(c.Worker, RoleCaseworker, NoticeApproved, "Case %s: the plan is approved",
			"The supervisor approved the case plan of case %s.")
	case *ClosingRequest:
		t.tell(c.Supervisor, RoleSupervisor, NoticeApproval, "Case %s: closing waits for you",
			"Closing of case %s was asked for and waits for your approval.")
	case *ClosingReturn:
		t.tell(c.Worker, RoleCaseworker, NoticeReturned, "Case %s stays open",
			"The supervisor declined to close case %s, with comments.")
	case *ClosingApproval:
		t.tell(c.Worker, RoleCaseworker, NoticeApproved, "Case %s is closed", "The supervisor closed case %s.")
	case *DutiesChanged:
		t.ladder(&c.Record, c.fresh(body.Changes))
	}
	return t.notices
}

// teller gathers the notices of one event.
type teller struct {
	kind    AggregateKind
	number  string
	event   Event
	notices []Notice
}

func (r *Record) teller(kind AggregateKind, e Event) *teller {
	return &teller{kind: kind, number: r.Number, event: e}
}

// tell adds a notice about the event itself. Nobody is told of what they did
// themselves, and a place that nobody holds is passed over.
func (t *teller) tell(recipient string, role Role, kind NoticeKind, subject, text string) {
	if recipient == "" || recipient == t.event.Actor.ID {
		return
	}
	t.add(recipient, role, kind, fmt.Sprintf("%s/%d", kind, t.event.Seq), Notice{
		Subject: fmt.Sprintf(subject, t.number),
		Text:    fmt.Sprintf(text, t.number) + " You are told because you are its " + string(role) + ".",
		Urgent:  kind.urgent(time.Time{}, t.event.RecordedAt),
		Why:     &NoticeWhy{Event: t.event.Seq, By: t.event.Actor.ID, Role: role},
	})
}

// ladder adds the notices of the rungs that the changed duties have reached.
// After downtime only the last rung speaks: a duty is told of once, as it
// stands now. What is missed for good has no later rung: its ladder ends at once,
// with all whom it would have told.
func (t *teller) ladder(r *Record, changes []DutyChange) {
	before := make(map[string]Duty, len(r.Ledger))
	for _, d := range r.Ledger {
		before[d.ID] = d
	}
	for _, c := range changes {
		d := c.Duty
		if d.Status == DutyIncurable {
			t.missed(r, before[d.ID], d)
			continue
		}
		moved := c.OldDue != "" && c.OldDue != d.Due && d.Status.Pending()
		if moved {
			t.moved(r, c)
		}
		if !d.Status.Pending() || d.Told == 0 || d.Told > len(d.Rungs) || !moved && d.Told <= before[d.ID].Told {
			continue
		}
		rung := d.Rungs[d.Told-1]
		for _, role := range rung.Tell {
			t.rung(r, role, rung.Kind, d)
		}
	}
}

// moved tells the one who owes a duty that its date has changed, unless they
// changed it themselves.
func (t *teller) moved(r *Record, c DutyChange) {
	d := c.Duty
	recipient, why := t.answerable(r, d.Owner)
	if recipient == "" || recipient == t.event.Actor.ID {
		return
	}
	text := fmt.Sprintf("The duty \u201c%s\u201d was due %s and is now due %s. Why this date: %s (%s). %s",
		d.name(), inWords(c.OldDue), inWords(d.Due), strings.Join(d.Why, "; "), d.Citation, why)
	t.add(recipient, d.Owner, NoticeDutyMoved, fmt.Sprintf("%s/%s/moved/%d", d.ID, d.Due, t.event.Seq), Notice{
		Duty: d.ID, Subject: fmt.Sprintf("%s: new date: %s", t.title(), d.name()), Text: text,
		Urgent: NoticeDutyMoved.urgent(d.DueAt, t.event.RecordedAt), Why: d.because(d.Owner),
	})
}

// missed tells of a duty that cannot be made up any more. was is the duty before;
// what was overdue has been told of, and has ended with what required it.
func (t *teller) missed(r *Record, was, d Duty) {
	if was.Status == DutyOverdue || was.Status == DutyIncurable {
		return
	}
	roles := []Role{d.Owner, RoleSupervisor}
	if len(was.Rungs) > 0 {
		roles, d.Rungs, d.Told = nil, was.Rungs, 0
		for n, rung := range was.Rungs {
			if rung.Kind != RungAtRisk {
				d.Told = cmp.Or(d.Told, n+1)
				roles = append(roles, rung.Tell...)
			}
		}
	}
	for _, role := range roles {
		t.rung(r, role, RungOverdue, d)
	}
}

func (t *teller) rung(r *Record, role Role, kind RungKind, d Duty) {
	kinds := map[RungKind]NoticeKind{
		RungAtRisk: NoticeDutyAtRisk, RungOverdue: NoticeDutyOverdue, RungEscalated: NoticeDutyEscalated,
	}
	subject := fmt.Sprintf("%s: due soon: %s", t.title(), d.name())
	text := fmt.Sprintf("The duty \u201c%s\u201d is due %s.", d.name(), inWords(d.Due))
	if kind != RungAtRisk {
		subject = fmt.Sprintf("%s: overdue: %s", t.title(), d.name())
		text = fmt.Sprintf("The duty \u201c%s\u201d was due %s and is overdue.", d.name(), inWords(d.Due))
	}
	if d.Status == DutyIncurable {
		subject = fmt.Sprintf("%s: missed: %s", t.title(), d.name())
		text = fmt.Sprintf("The duty \u201c%s\u201d was due %s, was missed, and cannot be made up.", d.name(), inWords(d.Due))
	}
	recipient, why := t.answerable(r, role)
	text += fmt.Sprintf(" Why this date: %s (%s). %s", strings.Join(d.Why, "; "), d.Citation, why)
	n := Notice{
		Duty: d.ID, Subject: subject, Text: text, Urgent: kinds[kind].urgent(d.DueAt, t.event.RecordedAt), Why: d.because(role),
	}
	if d.Told > 0 && d.Told <= len(d.Rungs) {
		n.Why.Rung, n.Why.Rungs, n.Why.At = d.Told, len(d.Rungs), d.Rungs[d.Told-1].At
	}
	if role == RoleManager {
		n.ManagerOf = r.Supervisor
	}
	if recipient != "" || n.ManagerOf != "" {
		t.add(recipient, role, kinds[kind], fmt.Sprintf("%s/%s/%s/%d", d.ID, d.Due, kind, d.Told), n)
	}
}

// answerable returns who is told what concerns a role, and why it is they: the
// supervisor where nobody carries the record.
func (t *teller) answerable(r *Record, role Role) (recipient, why string) {
	if r.standsIn(role) {
		return r.Supervisor, "You are told because nobody carries " + t.record() + " and you supervise it."
	}
	return r.holder(role), fmt.Sprintf("You are told because you are the %s of %s.", role, t.record())
}

// because is why somebody is told of the duty in a role.
func (d Duty) because(role Role) *NoticeWhy {
	return &NoticeWhy{Title: d.name(), Due: d.Due, Citation: d.Citation, Steps: d.Why, Consequence: d.Consequence, Role: role}
}

// record names the record within a sentence, title at its beginning.
func (t *teller) record() string { return string(t.kind) + " " + t.number }

func (t *teller) title() string { return t.noun() + " " + t.number }

func (t *teller) noun() string { return strings.ToUpper(string(t.kind[:1])) + string(t.kind[1:]) }

// add completes a notice. Its key says what happened, so that the same thing
// told again is the same notice.
func (t *teller) add(recipient string, role Role, kind NoticeKind, what string, n Notice) {
	n.Aggregate = AggregateID(t.kind, t.number)
	n.Key = n.Aggregate + "/" + what + "/" + cmp.Or(recipient, string(role))
	if slices.ContainsFunc(t.notices, func(o Notice) bool { return o.Key == n.Key }) {
		return // who holds two roles is told once
	}
	n.Recipient, n.Role, n.Kind = recipient, role, kind
	n.CreatedAt = t.event.RecordedAt.UTC().Truncate(time.Microsecond)
	t.notices = append(t.notices, n)
}

// holder returns who holds a role on the record.
func (r *Record) holder(role Role) string {
	switch role { //nolint:exhaustive // nobody else holds a role on a record
	case RoleSupervisor:
		return r.Supervisor
	case RoleHotline, RoleInvestigator, RoleCaseworker:
		return r.Worker
	}
	return ""
}
