package story

import (
	"maps"
	"time"

	"homeward/casework"
)

// Siblings is a family of four who come into care on one day and leave it on four
// ways: one runs away for three weeks before going home, one comes of age, one goes
// home early, and one stays with an aunt.
func Siblings() Story {
	return Story{
		Name: "siblings", Title: "Four siblings diverge: one missing for three weeks, one turning 18",
		acts: func(s *scene) []func() {
			return []func(){
				s.fourChildren, s.planForFour, s.apart, s.runAway, s.foundAgain, s.preparing, s.comingOfAge, s.diverged, s.lastHome, s.afterFour,
			}
		},
	}
}

// The siblings, oldest first. The first is 17 and the second 15 at the call.
func (s *scene) eldest() string   { return s.children[0] }
func (s *scene) runaway() string  { return s.children[1] }
func (s *scene) third() string    { return s.children[2] }
func (s *scene) youngest() string { return s.children[3] }

const grandmother = "p-grandmother"

func (s *scene) fourChildren() {
	s.opened("Four children without food or heating; the parents have not been seen for days.",
		kin{"Ellis Example", 17, 4}, kin{"Frankie Example", 15, 6}, kin{"Gray Example", 9, 1}, kin{"Harper Example", 5, 9})
	s.intoCare("foster-home")
}

// planForFour: one plan of the family, with a goal of its own for each child. The
// two youths took part in it.
func (s *scene) planForFour() {
	s.days(3)
	plan := body{
		"content": "Three children go home or to family; the eldest learns to stand alone.", "on": s.today(),
		"goals": []body{
			s.goal(s.eldest(), "another-planned-arrangement", ""), s.goal(s.runaway(), "reunification", ""),
			s.goal(s.third(), "reunification", ""), s.goal(s.youngest(), "relative", "guardianship"),
		},
		"participants": []body{{"person": mother, "as": "parent"}, {"person": s.eldest(), "as": "youth"}},
		"needs": []body{
			need("housing", "primary", "A warm home with food in it.", body{"words": "Rents the flat.", "person": mother, "due": s.in(200)}),
			need("independent-living", "both", "The eldest can live alone.",
				body{"words": "Opens a bank account.", "person": s.eldest(), "due": s.in(200)}),
		},
	}
	why := s.wrong(s.on("plans"), plan, "participants")
	s.say("The plan is refused: %s", why)
	plan["participants"] = append(plan["participants"].([]body), body{"person": s.runaway(), "as": "youth"})
	s.firstPlan(plan)
	s.say("Case plan approved in time, with a goal for each of the four.")
}

// apart: the youngest moves to a grandmother before her checks are done.
func (s *scene) apart() {
	s.inMonth(1)
	s.hearing("adjudication", body{"maltreatment": true})
	s.visits(1, 2, s.children...)
	move := body{"children": []string{s.youngest()}, "on": s.today(), "setting": "relative", "reason": "with-relatives"}
	maps.Copy(move, s.cleared(grandmother, "apart-no-home"))
	delete(move, "cleared_until")
	why := s.wrong(s.on("placements"), move, "cleared_until")
	s.say("A placement without the checks is refused: %s", why)
	move["emergency_kin"], move["check_by"] = true, s.in(30)
	s.do(casework.RoleCaseworker, s.on("placements"), move)
	s.days(14)
	s.do(casework.RoleCaseworker, s.on("provider-clearances"), body{
		"children": []string{s.youngest()}, "on": s.today(), "provider": grandmother, "cleared_until": s.in(700),
	})
	s.say("The youngest lives with the grandmother, who was cleared two weeks later.")
}

// runAway: the second child is missing, and two authorities must know within a day
// of the call to the agency.
func (s *scene) runAway() {
	s.visits(3, 3, s.children...)
	s.until(s.tenth(3).AddDate(0, 0, 2).Add(20 * time.Hour))
	gone := []string{s.runaway()}
	s.do(casework.RoleCaseworker, s.on("missing"), body{
		"children": gone, "informed_at": s.now(), "last_seen": s.today(), "kind": "runaway",
		"circumstances": "Left school at noon with a packed bag.",
	})
	id := "missing-child-report/" + s.runaway() + "/1"
	due := s.stands(id, casework.DutyOpen).Due
	s.say("The second child is missing. Police and the national center must know by %s.", due)
	s.until(s.now().Add(2 * time.Hour))
	s.do(casework.RoleCaseworker, s.on("missing-reports"), body{"children": gone, "at": s.now(), "to": "law-enforcement"})
	s.stands(id, casework.DutyOpen)
	s.until(s.now().Add(3 * time.Hour))
	s.do(casework.RoleCaseworker, s.on("missing-reports"), body{"children": gone, "at": s.now(), "to": "ncmec"})
	s.stands(id, casework.DutyMet)
	s.say("Both were told in time: one of the two alone would not have been enough.")
	move := body{"children": gone, "on": s.today(), "setting": "group-home", "reason": "safety"}
	maps.Copy(move, s.cleared("r-group", "apart-needs"))
	s.say("A placement of the missing child is refused: %s",
		s.blocked(casework.RoleCaseworker, s.on("placements"), move, "child-missing"))
}

// foundAgain: three weeks later the child is back. The days away do not count
// towards 15 of 22 months; the other children's dates stay.
func (s *scene) foundAgain() {
	s.until(s.tenth(3).AddDate(0, 0, 2+21).Add(9 * time.Hour))
	found := body{"children": []string{s.runaway()}, "at": s.now(), "setting": "group-home"}
	maps.Copy(found, s.cleared("r-group", "apart-needs"))
	s.do(casework.RoleCaseworker, s.on("found"), found)
	s.say("Found after three weeks, and placed in a group home.")
	s.days(1)
	s.do(casework.RoleCaseworker, s.on("debriefs"), body{
		"children": []string{s.runaway()}, "at": s.now(), "screen": "not-indicated",
		"factors": "Missed the youngest.", "experiences": "Stayed with a friend.",
	})
	s.due("tpr-petition/"+s.third()+"/1", s.tenth(16))
	s.due("tpr-petition/"+s.runaway()+"/1", s.tenth(16).AddDate(0, 0, 21))
	s.due("periodic-review/"+s.runaway()+"/1", s.tenth(7))
	var child struct {
		Stays []casework.Stay `json:"episodes"`
	}
	s.get(casework.RoleCaseworker, s.on("children/"+s.runaway()), &child)
	away := 0
	for _, stay := range child.Stays {
		for _, a := range stay.Arrangements {
			if a.Setting == "runaway" {
				away += a.From.DaysUntil(a.Until)
			}
		}
	}
	s.expect(away == 21, "the child was away for %d days", away)
	s.say("Debriefed. The three weeks do not count towards 15 of 22 months in care; reviews keep their dates.")
}

// preparing: what a youth needs before the 18th birthday, and the third child's
// way home.
func (s *scene) preparing() {
	s.visits(4, 5, s.children...)
	youths := []string{s.eldest(), s.runaway()}
	s.do(casework.RoleCaseworker, s.on("credit-reports"), body{"children": youths, "on": s.today()})
	for _, child := range youths {
		s.stands("credit-report/"+child+"/1", casework.DutyMet)
	}
	s.say("Both youths have their credit reports.")
	s.visits(6, 6, s.children...)
	s.hearing("review", nil)
	for _, step := range []string{"step-1.1.1", "step-2.1.1"} {
		s.do(casework.RoleCaseworker, s.on("plan-step-completions"), body{
			"step": step, "on": s.today(), "evidence": "Seen by the caseworker.",
		})
	}
	plan := body{"children": []string{s.eldest()}, "on": s.today(), "health_proxy": true, "content": "A flat, a job, and whom to call."}
	s.wrong(s.on("transition-plans"), plan, "youth_led")
	plan["youth_led"] = true
	s.do(casework.RoleCaseworker, s.on("transition-plans"), plan)
	s.stands("transition-plan/"+s.eldest()+"/1", casework.DutyMet)
	s.do(casework.RoleCaseworker, s.on("trial-home-visits"), body{
		"children": []string{s.third()}, "on": s.today(), "until": s.in(150), "safety": "The new flat was seen.",
	})
	s.say("Review held. The eldest made a transition plan within the 90 days before 18; the third child is home on trial.")
}

// comingOfAge: nobody leaves care at 18 without the documents for it.
func (s *scene) comingOfAge() {
	for month := 7; s.tenth(month).Add(15 * time.Hour).Before(s.birthday()); month++ {
		s.visits(month, month, s.children...)
	}
	s.until(s.birthday().AddDate(0, 0, -1))
	leave := body{"children": []string{s.eldest()}, "on": s.today(), "reason": "emancipation"}
	s.wrong(s.on("exits"), leave, "reason")
	s.until(s.birthday())
	leave["on"] = s.today()
	s.due("exit-documents/"+s.eldest()+"/1", s.birthday())
	why := s.wrong(s.on("exits"), leave, "reason")
	s.say("The eldest is 18. Leaving care is refused: %s", why)
	s.do(casework.RoleCaseworker, s.on("exit-documents"), body{
		"children": []string{s.eldest()}, "on": s.today(), "given": casework.Documents(),
	})
	s.stands("exit-documents/"+s.eldest()+"/1", casework.DutyMet)
	s.do(casework.RoleCaseworker, s.on("exits"), leave)
	s.children = s.children[1:]
	s.say("All six documents are given, and the eldest leaves care. The case goes on for the other three.")
}

// birthday is nine in the morning of the eldest's 18th birthday.
func (s *scene) birthday() time.Time {
	born := s.born[0]
	return time.Date(born.Year()+18, born.Month(), born.Day(), 9, 0, 0, 0, s.zone)
}

// diverged: each of the four stands elsewhere, and the case where its furthest
// child does.
func (s *scene) diverged() {
	runaway, third, youngest := s.children[0], s.children[1], s.children[2]
	for month := 7; month <= 9; month++ {
		if s.tenth(month).After(s.birthday()) {
			s.visits(month, month, s.children...)
		}
	}
	s.do(casework.RoleCaseworker, s.on("exits"), body{
		"children": []string{youngest}, "on": s.today(), "reason": "relative", "to": grandmother,
	})
	s.say("The youngest leaves care: the grandmother keeps the child.")
	s.visits(10, 10, s.children...)
	s.reunify(third, "The third child is home for good")
	s.do(casework.RoleCaseworker, s.on("trial-home-visits"), body{
		"children": []string{runaway}, "on": s.today(), "until": s.in(150), "safety": "The third child does well there.",
	})
	s.standing(map[string]casework.Stage{
		s.outcome.Children[0]: casework.StageExited, runaway: casework.StageTrialHome, third: casework.StageAftercare, youngest: casework.StageAftercare,
	})
	s.inStage(casework.StageTrialHome)
	s.say("One case, four ways: out of care at 18, home on trial, home for good, and with the grandmother.")
}

// standing expects the stage of each child.
func (s *scene) standing(want map[string]casework.Stage) {
	var list struct {
		Items []casework.ChildSummary `json:"items"`
	}
	s.get(casework.RoleCaseworker, s.on("children"), &list)
	for _, c := range list.Items {
		s.expect(c.Stage == want[c.Child], "%s is %s instead of %s", c.Child, c.Stage, want[c.Child])
	}
}

// lastHome: only one child is left before the court.
func (s *scene) lastHome() {
	last := []string{s.children[0]}
	s.visits(11, 11, s.children...)
	s.heard("review", last, nil)
	s.visits(12, 12, s.children...)
	s.heard("permanency", last, body{"efforts_to_finalize": true})
	s.stands("permanency-hearing/"+last[0]+"/1", casework.DutyMet)
	s.visits(13, 13, s.children...)
	s.reunify(last[0], "The child who ran away is home for good")
}

func (s *scene) afterFour() {
	s.visits(14, 16, s.children...)
	s.say("Three months of aftercare visits to the three.")
	s.closed("Three children safe with their family, one grown up.")
}
