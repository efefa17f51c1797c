package story

import (
	"maps"
	"slices"
	"strings"
	"time"

	"homeward/casework"
)

// kin is a child about whom a call is, and its age then.
type kin struct {
	name          string
	years, months int
}

// opened brings a call about children to an open case: screened in, every child
// met within hours, all allegations substantiated.
func (s *scene) opened(narrative string, family ...kin) {
	received := time.Now().In(s.zone).Add(-10 * time.Minute).Truncate(time.Second)
	var births []string
	var children, allegations []body
	for i, k := range family {
		// No later than the 28th, so that every year has the birthday.
		born := time.Date(received.Year()-k.years, received.Month()-time.Month(k.months), min(received.Day(), 28), 0, 0, 0, 0, s.zone)
		s.born = append(s.born, born)
		births = append(births, born.Format(time.DateOnly))
		children = append(children, body{"name": k.name, "born": births[i]})
		allegations = append(allegations, body{"child": i, "type": "neglect"})
	}
	a := s.do(casework.RoleHotline, "/v1/reports", body{
		"received_at": received, "timezone": s.zone.String(), "office": "north", "jurisdiction": "US-WA",
		"reporter_category": "mandated", "supervisor": s.IDs[casework.RoleSupervisor], "narrative": narrative,
		"children": children, "allegations": allegations,
	})
	s.report, s.outcome.Report = a.Number, a.Number
	s.record = casework.AggregateID(casework.KindReport, a.Number)
	s.named(births...)
	s.do(casework.RoleSupervisor, s.on("screen-in"), s.screening())
	s.until(s.now().Add(2 * time.Hour))
	for _, victim := range s.children {
		s.do(casework.RoleInvestigator, s.on("contacts"), body{
			"victim": victim, "at": s.now(), "place": "home", "notes": "Seen and spoken with alone.",
		})
	}
	s.do(casework.RoleInvestigator, s.on("safety-assessments"), body{
		"at": s.now(), "decision": "unsafe", "notes": "Nobody in the home can care for the children now.",
	})
	for i := range family {
		s.do(casework.RoleInvestigator, s.on("findings"), body{
			"allegation": "a" + string(rune('1'+i)), "result": "substantiated", "on": s.today(), "evidence": "Seen in the home.",
		})
	}
	s.say("Report %s about %d children: all met in time, found unsafe, every allegation substantiated.", s.report, len(family))
	s.opening()
}

// intoCare: all children are removed, the first order has its findings, and the
// relatives are told.
func (s *scene) intoCare(setting string) {
	s.do(casework.RoleCaseworker, s.on("removals"), s.placed(body{
		"children": s.children, "at": s.now(), "authority": "law-enforcement", "setting": setting,
		"danger": "The children were alone for two days.", "efforts": "No adult of the family could move in.",
		"icwa_inquiry": "no-reason-to-know", "relatives_asked": true,
	}))
	s.days(2)
	s.heard("shelter-care", s.children, body{"contrary_to_welfare": true, "efforts_to_prevent": true})
	s.days(7)
	s.do(casework.RoleCaseworker, s.on("relative-notices"), body{"children": s.children, "on": s.today()})
	for _, child := range s.children {
		s.stands("shelter-care-hearing/"+child+"/1", casework.DutyMet)
		s.stands("contrary-to-welfare-finding/"+child+"/1", casework.DutyMet)
		s.stands("efforts-to-prevent-finding/"+child+"/1", casework.DutyMet)
		s.stands("relative-notice/"+child+"/1", casework.DutyMet)
	}
	s.say("All children removed (%s). The shelter care hearing made both findings in time, and the relatives were told.", setting)
}

// approved: a plan is submitted, and the supervisor approves it the next day.
func (s *scene) approved(plan body) {
	s.do(casework.RoleCaseworker, s.on("plans"), plan)
	s.days(1)
	s.do(casework.RoleSupervisor, s.on("plan-approvals"), body{})
}

// firstPlan: the plan of the children in care is approved in time, and they are
// visited. The months of the story count from here.
func (s *scene) firstPlan(plan body) {
	s.approved(plan)
	s.planned = s.now()
	s.visit(s.children)
	for _, child := range s.children {
		s.stands("case-plan/"+child+"/1", casework.DutyMet)
	}
}

// goal is a child's part of a plan.
func (s *scene) goal(child, primary, concurrent string) body {
	return body{
		"child": child, "primary": primary, "concurrent": concurrent, "by": s.in(365), "consulted": true,
		"why": "What the child needs, and who is there for it.", "health": "Well; seen each quarter.", "education": "Stays at the school.",
	}
}

// need is a need of the family with one goal and one step of it.
func need(area, serves, words string, step body) body {
	return body{"area": area, "words": words, "goals": []body{{"words": words, "serves": serves, "steps": []body{step}}}}
}

// cleared is a provider who may take a child, and what was decided about a placement there.
func (s *scene) cleared(provider, siblings string) body {
	return body{
		"provider": provider, "cleared_until": s.in(730), "siblings": siblings, "school": "same-school",
		"icwa_preference": "not-applicable", "health_record": true,
	}
}

// placed is a removal to the home that was called that night, which gets what is known
// of the children's health with them.
func (s *scene) placed(removal body) body {
	maps.Copy(removal, s.cleared("provider-1", "together"))
	return removal
}

// inMonth moves the case to three in the afternoon of the tenth of a month, counted
// from the one in which its first plan was approved. The first is at most 53 days
// after the removal.
func (s *scene) inMonth(n int) { s.until(s.tenth(n).Add(15 * time.Hour)) }

// tenth is the tenth of a month, counted as inMonth does.
func (s *scene) tenth(n int) time.Time { return monthOf(s.planned, n).AddDate(0, 0, 9) }

// visits makes one visit to the children in each month of a stretch.
func (s *scene) visits(from, to int, children ...string) {
	for month := from; month <= to; month++ {
		s.inMonth(month)
		s.visit(children)
	}
}

// stands expects a duty to be where it should be, and returns it.
func (s *scene) stands(id string, want casework.DutyStatus) casework.Duty {
	d := s.duty(id)
	s.expect(d.Status == want, "%s, due %s, is %s instead of %s", id, d.Due, d.Status, want)
	return d
}

// due expects a duty's date.
func (s *scene) due(id string, want time.Time) {
	d := s.duty(id)
	s.expect(strings.HasPrefix(d.Due, want.Format(time.DateOnly)), "%s is due %s instead of %s", id, d.Due, want.Format(time.DateOnly))
}

// inStage expects the case to stand somewhere.
func (s *scene) inStage(want casework.Stage) {
	var record struct {
		Stage casework.Stage `json:"stage"`
	}
	s.get(casework.RoleSupervisor, "/v1/cases/"+s.number, &record)
	s.expect(record.Stage == want, "the case is %s instead of %s", record.Stage, want)
}

// blocked expects a step to be refused because something is missing, and tells what.
func (s *scene) blocked(role casework.Role, path string, b body, code string) string {
	missing := s.refused(role, path, b, 409)
	i := slices.IndexFunc(missing, func(b casework.Blocker) bool { return b.Code == code })
	s.expect(i >= 0, "%s is refused without %q: %v", path, code, missing)
	if s.err != nil {
		return ""
	}
	return missing[i].Detail
}
