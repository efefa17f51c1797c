package story

import (
	"maps"
	"net/http"
	"slices"
	"time"

	"homeward/casework"
)

// removal: both children come into care, and the first court clocks are met.
func (s *scene) removal() {
	s.do(casework.RoleCaseworker, s.on("removals"), s.placed(body{
		"children": s.children, "at": s.now(), "authority": "law-enforcement", "setting": "relative",
		"danger": "Injuries, and nobody in the home who protects the children.", "efforts": "The adult refused to leave the home.",
		"icwa_inquiry": "no-reason-to-know", "relatives_asked": true,
	}))
	s.say("Both children removed and placed with a relative. Twenty clocks now run.")
	s.refusedClosing()

	s.days(2)
	s.do(casework.RoleCaseworker, s.on("hearings"), body{
		"children": s.children, "type": "shelter-care", "at": s.now(), "body": "court",
		"contrary_to_welfare": true, "efforts_to_prevent": true, "result": "Shelter care ordered.",
	})
	s.say("Shelter care hearing, with both findings in the first order.")
	s.days(7)
	s.do(casework.RoleCaseworker, s.on("relative-notices"), body{
		"children": s.children, "on": s.today(), "notes": "Grandparents and two aunts, by letter.",
	})
	s.say("Relatives notified, within 30 days.")
}

// refusedClosing shows a refusal that says what is missing.
func (s *scene) refusedClosing() {
	missing := s.refused(casework.RoleCaseworker, s.on("closing-requests"),
		body{"risk": "low", "reason": "To see what happens."}, http.StatusConflict)
	inCare := slices.ContainsFunc(missing, func(b casework.Blocker) bool { return b.Code == "child-in-care" })
	s.expect(inCare, "the refusal does not say that a child is in care: %v", missing)
	if s.err == nil {
		s.say("Closing is refused: %s", missing[0].Detail)
	}
}

// plan: submitted, returned, submitted again, approved before day 60.
func (s *scene) plan() {
	s.days(16)
	s.visit(s.children)
	s.do(casework.RoleCaseworker, s.on("plans"), s.planBody("First draft."))
	s.say("The children were visited, and the case plan submitted.")
	s.days(2)
	s.do(casework.RoleSupervisor, s.on("plan-returns"), body{"comments": "Say who drives the children to their visits."})
	s.say("The supervisor returned it with comments.")
	s.days(3)
	s.do(casework.RoleCaseworker, s.on("plans"), s.planBody("Second draft, with the drives."))
	s.days(1)
	s.do(casework.RoleSupervisor, s.on("plan-approvals"), body{})
	s.visit(s.children) // the month can have changed
	plan := s.duty("case-plan/" + s.first + "/1")
	s.expect(plan.Status == casework.DutyMet, "the plan was approved and its duty is %s", plan.Status)
	s.say("Submitted again and approved, before %s (day 60).", plan.Due)
}

// planBody is a whole plan: what must change, by which steps, and what each child
// in care needs.
func (s *scene) planBody(content string) body {
	goal := func(child string) body {
		return body{
			"child": child, "primary": "reunification", "concurrent": "guardianship", "by": s.in(365), "consulted": true,
			"why":    "Bound to the mother, and close to the relative.",
			"health": "Well; seen by the clinic each quarter.", "education": "Stays at the old school.",
		}
	}
	return body{
		"content": content, "on": s.today(), "goals": []body{goal(s.first), goal(s.second)},
		"participants": []body{{"person": "p-mother", "as": "parent"}, {"person": "p-relative", "as": "caregiver"}},
		"needs": []body{{
			"area": "safety", "about": []string{"p-mother"}, "words": "A home without the adult who hurt the children.",
			"goals": []body{{"words": "The mother protects the children.", "serves": "both", "steps": []body{
				{"words": "Finishes the class.", "person": "p-mother", "due": s.in(120)},
				{"words": "Drives the children to their visits.", "role": "caseworker", "due": s.in(5)},
			}}},
		}},
	}
}

// planSteps: the first step of the plan is done in time, the other late.
func (s *scene) planSteps() {
	s.do(casework.RoleCaseworker, s.on("plan-signatures"), body{
		"plan": "1", "person": "p-mother", "decision": "signed", "on": s.today(), "words": "She wants them home.",
	})
	s.do(casework.RoleCaseworker, s.on("plan-step-completions"), body{
		"step": "step-2.1.1", "on": s.today(), "evidence": "The certificate is on file.",
	})
	s.do(casework.RoleCaseworker, s.on("plan-step-completions"), body{
		"step": "step-2.1.2", "on": s.today(), "evidence": "The drives are on the calendar.", "late_because": "agency",
	})
	s.say("Both steps of the plan are done, one of them late, with the reason.")
}

// care: a visit each month but one, the adjudication, the six-month review and
// the permanency hearing.
func (s *scene) care() {
	began := s.now()
	const missed, review, again, permanency = 4, 6, 11, 12
	for month := 1; month <= permanency; month++ {
		s.until(monthOf(began, month).AddDate(0, 0, 9).Add(15 * time.Hour))
		switch month {
		case 1:
			s.hearing("adjudication", body{"maltreatment": true})
			s.say("Adjudication: the court finds maltreatment. From this day, or day 60, the children count as in foster care.")
			s.planSteps()
		case missed:
			s.missedVisit(monthOf(began, month))
			continue
		case review:
			s.hearing("review", nil)
			s.say("Six-month review held.")
		case again:
			s.hearing("review", nil)
		case permanency:
			s.hearing("permanency", body{"efforts_to_finalize": true})
			s.say("Twelve-month permanency hearing held; the goal stays reunification.")
		}
		s.visit(s.children)
	}
	s.say("Visits made each month but one.")
}

// missedVisit lets a month pass without a visit: the duty goes overdue, people
// are told, and the visit is made and recorded late.
func (s *scene) missedVisit(month time.Time) {
	id := s.visitDuty(month)
	s.until(monthOf(month, 1).Add(8 * time.Hour))
	duty := s.duty(id)
	s.expect(duty.Status == casework.DutyOverdue, "at %s the missed visit %s, due %s, is %s", s.now(), id, duty.Due, duty.Status)
	s.say("The month passed without a visit. The clock acted by itself: %s is overdue since %s.", duty.Clock, duty.Due)
	s.told(id)
	s.days(2)
	s.visit(s.children)
	duty = s.duty(id)
	s.expect(duty.Status == casework.DutyMetLate, "the late visit left %s %s", id, duty.Status)
	s.say("The visit was made late, and is recorded as late.")
	s.outcome.LateVisit = id
}

// visitDuty finds the visit duty of the first child that is due in a month.
func (s *scene) visitDuty(month time.Time) string {
	var duties struct {
		Items []casework.Duty `json:"items"`
	}
	s.get(casework.RoleCaseworker, s.on("duties?limit=200"), &duties)
	prefix := month.Format("2006-01")
	for _, d := range duties.Items {
		if d.Clock == "caseworker-visit" && d.Subject == s.first && len(d.Due) >= 7 && d.Due[:7] == prefix {
			return d.ID
		}
	}
	s.expect(false, "no visit is due in %s", prefix)
	return ""
}

// told checks that caseworker and supervisor were told of an overdue duty.
func (s *scene) told(id string) {
	var notices struct {
		Items []casework.Notice `json:"items"`
	}
	s.get(casework.RoleSupervisor, s.on("notices?limit=200"), &notices)
	for _, role := range []casework.Role{casework.RoleCaseworker, casework.RoleSupervisor} {
		s.expect(slices.ContainsFunc(notices.Items, func(n casework.Notice) bool {
			return n.Duty == id && n.Kind == casework.NoticeDutyOverdue && n.Recipient == s.IDs[role]
		}), "the %s was not told that %s is overdue", role, id)
	}
	s.say("Caseworker and supervisor were told.")
}

// home: one child after the other comes home on trial and then for good.
func (s *scene) home() {
	began := s.now()
	s.trial(s.first)
	s.until(monthOf(began, 1).AddDate(0, 0, 9).Add(15 * time.Hour))
	s.visit(s.children)
	s.trial(s.second)
	s.until(monthOf(began, 2).AddDate(0, 0, 9).Add(15 * time.Hour))
	s.visit(s.children)
	s.reunify(s.first, "The first child is home for good")
	s.until(monthOf(began, 3).AddDate(0, 0, 9).Add(15 * time.Hour))
	s.visit(s.children)
	s.reunify(s.second, "A month later the second child is home for good")
}

func (s *scene) trial(child string) {
	s.do(casework.RoleCaseworker, s.on("trial-home-visits"), body{
		"children": []string{child}, "on": s.today(), "until": s.now().AddDate(0, 4, 0).Format(time.DateOnly),
		"safety": "Everybody in the home was assessed; the adult who harmed the children has moved out.",
	})
	s.say("Trial home visit of one child started.")
}

func (s *scene) reunify(child, line string) {
	s.do(casework.RoleCaseworker, s.on("reunifications"), body{"children": []string{child}, "on": s.today()})
	s.say("%s. Aftercare begins.", line)
}

// closing: aftercare visits, the supervisor's approval, and nothing left to do.
func (s *scene) closing() {
	began := s.now()
	for month := 1; month <= 3; month++ {
		s.until(monthOf(began, month).AddDate(0, 0, 9).Add(15 * time.Hour))
		s.visit(s.children)
	}
	s.say("Three months of aftercare visits.")
	s.closed("Safe at home for months.")
}

// closed: the caseworker asks, the supervisor approves, and the case takes no
// more steps.
func (s *scene) closed(reason string) {
	s.do(casework.RoleCaseworker, s.on("closing-requests"), body{"risk": "low", "reason": reason})
	s.days(1)
	s.do(casework.RoleSupervisor, s.on("closing"), body{})
	s.outcome.Ended = s.outcome.Began
	var record struct {
		Stage    casework.Stage `json:"stage"`
		ClosedAt time.Time      `json:"closed_at"`
	}
	s.get(casework.RoleSupervisor, "/v1/cases/"+s.number, &record)
	s.expect(record.Stage == casework.StageClosed, "the case is %s", record.Stage)
	s.outcome.Ended = record.ClosedAt
	if s.err == nil {
		s.Tell(record.ClosedAt.In(s.zone), "The supervisor approved closing. No clock is left running.")
	}
	missing := s.refused(casework.RoleCaseworker, s.on("visits"), s.visitBody(s.children, record.ClosedAt), http.StatusGone)
	s.expect(missing == nil, "a closed case says what is missing: %v", missing)
}

func (s *scene) hearing(kind string, findings body) { s.heard(kind, s.children, findings) }

// heard records a hearing of a court about some of the children, just now.
func (s *scene) heard(kind string, children []string, findings body) {
	b := body{"children": children, "type": kind, "at": s.now(), "body": "court"}
	maps.Copy(b, findings)
	s.do(casework.RoleCaseworker, s.on("hearings"), b)
}

func (s *scene) visit(children []string) {
	s.do(casework.RoleCaseworker, s.on("visits"), s.visitBody(children, s.now()))
}

func (s *scene) visitBody(children []string, at time.Time) body {
	return body{
		"children": children, "at": at, "in_residence": true, "alone": true, "notes": "Seen at home and spoken with alone.",
	}
}

// days moves the case by whole days.
func (s *scene) days(n int) { s.until(s.now().AddDate(0, 0, n)) }

func (s *scene) today() string { return s.in(0) }

// in is a day some days from now.
func (s *scene) in(days int) string { return s.now().AddDate(0, 0, days).Format(time.DateOnly) }

// monthOf is the first instant of the month n months after t's.
func monthOf(t time.Time, n int) time.Time {
	return time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, t.Location())
}
