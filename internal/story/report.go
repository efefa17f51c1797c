package story

import (
	"net/http"
	"time"

	"homeward/casework"
)

// intake: a call about two children comes in and is screened in.
func (s *scene) intake() {
	received := time.Now().In(s.zone).Add(-10 * time.Minute).Truncate(time.Second)
	a := s.do(casework.RoleHotline, "/v1/reports", body{
		"received_at": received, "timezone": s.zone.String(), "office": "north", "jurisdiction": "US-WA",
		"reporter_category": "mandated", "supervisor": s.IDs[casework.RoleSupervisor],
		"narrative": "A teacher saw bruises on both children and says that the younger one is afraid to go home.",
		"children":  []body{{"name": "Avery Example", "born": "2017-05-01"}, {"name": "Blake Example", "born": "2020-02-29"}},
		"allegations": []body{
			{"child": 0, "type": "physical-abuse"}, {"child": 1, "type": "physical-abuse"},
		},
	})
	s.report, s.outcome.Report = a.Number, a.Number
	s.record = casework.AggregateID(casework.KindReport, a.Number)
	s.say("Report %s received about two children, with two allegations.", a.Number)

	if s.named("2017-05-01", "2020-02-29"); s.err == nil {
		s.first, s.second = s.children[0], s.children[1]
	}
	s.refused(casework.RoleSupervisor, s.on("screen-in"), s.screening(), http.StatusConflict)
	s.do(casework.RoleHotline, s.on("cross-reports"), body{
		"to": casework.LawEnforcement, "at": s.now(), "agency": "county-sheriff", "means": "telephone",
	})
	s.do(casework.RoleHotline, s.on("cross-reports"), body{
		"to": casework.Prosecutor, "at": s.now(), "agency": "county-prosecutor", "means": "electronic",
	})
	s.say("Physical abuse must be passed on: police and prosecutor were told before the screening could end.")
	s.do(casework.RoleSupervisor, s.on("screen-in"), s.screening())
	s.say("Screened in as emergent: each child must be seen within 24 hours of the call.")
}

// named reads the IDs that the children of a call were given, in the order of the
// dates of birth in the call: names are the agency's, and may be told otherwise.
func (s *scene) named(births ...string) {
	var list struct {
		Items []struct {
			Child string `json:"child"`
			Born  string `json:"born"`
		} `json:"items"`
	}
	s.get(casework.RoleSupervisor, s.on("children"), &list)
	s.expect(len(list.Items) == len(births), "the report has %d children", len(list.Items))
	ids := make(map[string]string)
	for _, c := range list.Items {
		ids[c.Born] = c.Child
	}
	for _, born := range births {
		s.expect(ids[born] != "", "the report has no child who was born %s", born)
		s.children = append(s.children, ids[born])
	}
	s.outcome.Children = s.children
}

func (s *scene) screening() body {
	return body{
		"priority": "emergent", "track": "investigation", "investigator": s.IDs[casework.RoleInvestigator],
	}
}

// investigation: both children are seen, found unsafe, and the allegations are
// substantiated.
func (s *scene) investigation() {
	s.do(casework.RoleInvestigator, s.on("contact-attempts"), body{
		"victim": s.first, "at": s.now(), "outcome": "not-home", "notes": "Nobody opened. A neighbor says they are back by five.",
	})
	s.say("First visit to the home: nobody opened. An attempt is not a contact, so the clock runs on.")
	s.refused(casework.RoleInvestigator, s.on("findings"), body{
		"allegation": "a1", "result": "substantiated", "on": s.now().Format(time.DateOnly), "evidence": "None yet.",
	}, http.StatusConflict)
	s.say("A finding is refused: nobody has met the children yet.")

	s.until(s.now().Add(3 * time.Hour))
	for _, victim := range s.children {
		s.do(casework.RoleInvestigator, s.on("contacts"), body{
			"victim": victim, "at": s.now(), "place": "home", "notes": "Seen and spoken with alone.",
		})
	}
	s.say("Both children were met face to face, in time.")
	s.do(casework.RoleInvestigator, s.on("safety-assessments"), body{
		"at": s.now(), "decision": "unsafe", "notes": "Recent injuries, and the adult who caused them lives in the home.",
	})
	s.say("Safety assessment: unsafe.")
	for _, allegation := range []string{"a1", "a2"} {
		s.do(casework.RoleInvestigator, s.on("findings"), body{
			"allegation": allegation, "result": "substantiated", "on": s.now().Format(time.DateOnly),
			"evidence": "Medical examination of the same day.",
		})
	}
	s.say("Both allegations substantiated.")
}

// opening: the report becomes a case.
func (s *scene) opening() {
	then := s.now()
	a := s.do(casework.RoleSupervisor, s.on("case"), body{
		"caseworker": s.IDs[casework.RoleCaseworker], "supervisor": s.IDs[casework.RoleSupervisor], "risk": "high",
	})
	s.number, s.outcome.Case = a.Number, a.Number
	s.record = casework.AggregateID(casework.KindCase, a.Number)
	s.until(then) // the report has been moved ahead of the clock on the wall
	s.outcome.Began = s.now()
	s.say("Case %s opened and assigned. The report is closed.", a.Number)
}
