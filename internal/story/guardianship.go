package story

import (
	"maps"
	"time"

	"homeward/casework"
)

// Guardianship is a case in which the way home fails: the plan had a second goal
// from the start, and an aunt becomes the children's guardian.
func Guardianship() Story {
	return Story{
		Name: "guardianship", Title: "The way home fails, and an aunt becomes the guardian",
		acts: func(s *scene) []func() {
			return []func(){s.twoChildren, s.twoGoals, s.mother, s.failedTrial, s.changeOfGoal, s.rights, s.guardian, s.afterGuardianship}
		},
	}
}

// The people of the family, by opaque ID.
const (
	mother = "p-mother"
	aunt   = "p-aunt"
)

func (s *scene) twoChildren() {
	s.opened("Two children were alone for two days. The mother was found with drugs.",
		kin{"Casey Example", 9, 2}, kin{"Drew Example", 6, 5})
	s.intoCare("foster-home")
}

// twoGoals: a plan that works on the way home and on another home at once.
func (s *scene) twoGoals() {
	s.days(3)
	s.firstPlan(body{
		"content": "Home if the mother stays well; otherwise with the aunt.", "on": s.today(),
		"goals": []body{
			s.goal(s.children[0], "reunification", "guardianship"), s.goal(s.children[1], "reunification", "guardianship"),
		},
		"participants": []body{{"person": mother, "as": "parent"}, {"person": aunt, "as": "relative"}},
		"needs": []body{
			need("substance-use", "primary", "A mother who stays well.",
				body{"words": "Finishes the treatment.", "person": mother, "due": s.in(120)}),
			need("family-contact", "concurrent", "A home with the aunt, should it be needed.",
				body{"words": "Has the home study done.", "role": "caseworker", "due": s.in(90)}),
		},
	})
	s.say("Case plan approved: reunification, and guardianship worked on at the same time.")
}

// mother: the court finds neglect and orders treatment, which comes late.
func (s *scene) mother() {
	s.inMonth(1)
	s.hearing("adjudication", body{"maltreatment": true})
	order := body{
		"children": s.children, "code": "substance-treatment", "text": "The mother completes her treatment.", "on": s.today(),
		"due": s.in(170), "owes": body{"role": "parent", "id": mother},
	}
	s.wrong(s.on("orders"), order, "owes.id")
	s.say("An order binds nobody whom the case does not know.")
	known := s.do(casework.RoleCaseworker, s.on("adults"), body{"name": "Blair Example", "as": []string{"parent"}})
	order["owes"] = body{"role": "parent", "id": known.Ref}
	made := s.do(casework.RoleCaseworker, s.on("orders"), order)
	s.expect(made.Ref == "order-1", "the order is %q", made.Ref)
	for _, child := range s.children {
		s.due("periodic-review/"+child+"/1", s.tenth(7))
		s.due("permanency-hearing/"+child+"/1", s.tenth(13))
	}
	s.say("Adjudication. The court orders treatment. Reviews and hearings count from this day.")
	s.visit(s.children)
	s.inMonth(2)
	s.do(casework.RoleCaseworker, s.on("plan-step-completions"), body{
		"step": "step-2.1.1", "on": s.today(), "evidence": "The study is on file.",
	})
	s.visits(2, 5, s.children...)
	why := s.wrong(s.on("tpr-exceptions"), body{
		"children": s.children, "on": s.today(), "ground": "relative-care", "reason": "The aunt helps.",
	}, "ground")
	s.say("That a relative cares for the children cannot be claimed: %s", why)
	late := s.stands("plan-step/1/step-1.1.1", casework.DutyOverdue)
	s.told(late.ID)
	s.say("The mother's step of the plan is overdue since %s.", late.Due)
	s.inMonth(6)
	s.hearing("review", nil)
	s.do(casework.RoleCaseworker, s.on("plan-step-completions"), body{
		"step": "step-1.1.1", "on": s.today(), "evidence": "The certificate is on file.", "late_because": "waiting-list",
	})
	s.stands(late.ID, casework.DutyMetLate)
	s.do(casework.RoleCaseworker, s.on("order-compliances"), body{
		"order": made.Ref, "on": s.today(), "kind": "certificate", "evidence": "The clinic's certificate.",
	})
	s.visit(s.children)
	s.say("Review held. The mother has finished: the step late, the court's order.")
}

// failedTrial: two months at home, and back into care within the limit: the same
// episode goes on.
func (s *scene) failedTrial() {
	s.inMonth(7)
	s.do(casework.RoleCaseworker, s.on("trial-home-visits"), body{
		"children": s.children, "on": s.today(), "until": s.in(150), "safety": "Everybody in the home was assessed.",
	})
	s.visit(s.children)
	s.inStage(casework.StageTrialHome)
	s.say("Both children are home on trial.")
	s.visits(8, 9, s.children...)
	back := body{"children": s.children, "on": s.today(), "setting": "relative", "reason": "The mother relapsed and asked for help."}
	maps.Copy(back, s.cleared(aunt, "together"))
	s.do(casework.RoleCaseworker, s.on("trial-home-visit-ends"), back)
	s.inStage(casework.StageOutOfHomeCare)
	for _, child := range s.children {
		s.stands("trial-home-visit-limit/"+child+"/1", casework.DutyMet)
		s.due("permanency-hearing/"+child+"/1", s.tenth(13))
	}
	s.say("The trial failed. The children live with their aunt: the same episode of care, and the hearings keep their dates.")
}

// changeOfGoal: the permanency hearing is continued, which extends nothing, then
// held, and the court sets another goal.
func (s *scene) changeOfGoal() {
	s.inMonth(10)
	date := s.do(casework.RoleCaseworker, s.on("hearing-dates"), body{
		"children": s.children, "type": "permanency", "at": s.tenth(12).Add(10 * time.Hour),
	})
	report := "court-report/1/" + date.Ref
	s.due(report, s.tenth(12).AddDate(0, 0, -21))
	s.visits(10, 11, s.children...)
	s.hearing("review", nil)
	s.do(casework.RoleCaseworker, s.on("court-reports"), body{"hearing": date.Ref, "on": s.today(), "content": "The report."})
	s.stands(report, casework.DutyMet)
	s.do(casework.RoleCaseworker, s.on("continuances"), body{
		"hearing": date.Ref, "to": s.tenth(12).AddDate(0, 0, 14).Add(10 * time.Hour), "reason": "court-calendar",
	})
	for _, child := range s.children {
		s.due("permanency-hearing/"+child+"/1", s.tenth(13))
	}
	s.say("The permanency hearing is put off by two weeks. Its report was filed in time, and the law's date stays.")
	s.visits(12, 12, s.children...)
	s.until(s.tenth(12).AddDate(0, 0, 14).Add(11 * time.Hour))
	s.hearing("permanency", body{"efforts_to_finalize": true, "hearing": date.Ref})
	for _, child := range s.children {
		s.stands("permanency-hearing/"+child+"/1", casework.DutyMet)
		s.stands("efforts-to-finalize-finding/"+child+"/1", casework.DutyMet)
	}
	s.do(casework.RoleCaseworker, s.on("orders"), body{
		"children": s.children, "code": "goal-change", "text": "The goal is guardianship by the aunt.", "on": s.today(),
		"goal": "guardianship", "owes": body{"role": "agency"},
	})
	s.say("Permanency hearing held in time. The court sets another goal: guardianship.")
	s.newPlan()
}

// newPlan: one with the old goal is refused while the court's order stands.
func (s *scene) newPlan() {
	plan := func(primary, concurrent string) body {
		return body{
			"content": "A home for good with the aunt.", "on": s.today(),
			"goals":        []body{s.goal(s.children[0], primary, concurrent), s.goal(s.children[1], primary, concurrent)},
			"participants": []body{{"person": aunt, "as": "caregiver"}, {"person": mother, "as": "parent"}},
			"needs": []body{need("legal", "both", "A guardian for both children.",
				body{"words": "Files the petition.", "role": "caseworker", "due": s.in(45)})},
		}
	}
	why := s.wrong(s.on("plans"), plan("reunification", "guardianship"), "goals[0].primary")
	s.say("A plan with the old goal is refused: %s", why)
	s.approved(plan("guardianship", "adoption"))
	s.say("New plan approved.")
}

// rights: after 15 of 22 months in care a petition to end the parent's rights is
// owed. The two months at home do not count, and there is a ground for none.
func (s *scene) rights() {
	s.visits(13, 13, s.children...)
	s.do(casework.RoleCaseworker, s.on("court-matters"), body{"children": s.children, "kind": "guardianship", "at": s.now()})
	s.do(casework.RoleCaseworker, s.on("plan-step-completions"), body{
		"step": "step-3.1.1", "on": s.today(), "evidence": "The petition is on file.",
	})
	atHome := int(s.tenth(9).Sub(s.tenth(7)).Round(24*time.Hour).Hours() / 24)
	for _, child := range s.children {
		s.due("tpr-petition/"+child+"/1", s.tenth(16).AddDate(0, 0, atHome))
	}
	s.do(casework.RoleCaseworker, s.on("tpr-exceptions"), body{
		"children": s.children, "on": s.today(), "ground": "relative-care", "reason": "The aunt cares for both and becomes their guardian.",
	})
	for _, child := range s.children {
		s.stands("tpr-petition/"+child+"/1", casework.DutyWaived)
	}
	s.say("No petition to end the mother's rights is filed, and why is on record: a relative cares for the children.")
}

// guardian: the court appoints the aunt.
func (s *scene) guardian() {
	s.visits(14, 14, s.children...)
	exit := body{"children": s.children, "on": s.today(), "reason": "guardianship", "to": aunt}
	s.wrong(s.on("exits"), exit, "court_ordered")
	s.heard("trial", s.children, body{"matter": "matter-1", "result": "The aunt is appointed guardian."})
	exit["court_ordered"] = true
	s.do(casework.RoleCaseworker, s.on("exits"), exit)
	s.inStage(casework.StageAftercare)
	s.say("The court appoints the aunt. Both children leave care to a guardian, and aftercare begins.")
}

// afterGuardianship: the case closes once nothing of the court's is left open.
func (s *scene) afterGuardianship() {
	s.visits(15, 17, s.children...)
	why := s.blocked(casework.RoleCaseworker, s.on("closing-requests"),
		body{"risk": "low", "reason": "Safe with the aunt."}, "order-stands")
	s.say("Three months of aftercare visits. Closing is refused: %s", why)
	s.do(casework.RoleCaseworker, s.on("order-compliances"), body{
		"order": "order-2", "on": s.today(), "kind": "court-finding", "evidence": "The appointment of the guardian.",
	})
	s.closed("Safe with the aunt, who is their guardian.")
}
