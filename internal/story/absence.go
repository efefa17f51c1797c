package story

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"homeward/casework"
)

// Absence is a case whose supervisor is away in the week in which everything falls
// due: a colleague of another office is told, sees, and decides in their place,
// what nobody does climbs its ladder, and on return everything goes back.
func Absence() Story {
	return Story{
		Name: "absence", Title: "The supervisor is away in the week when everything falls due",
		acts: func(s *scene) []func() {
			return []func(){s.staffed, s.hardWeek, s.coverSet, s.planWaits, s.delegated, s.overdueWeek, s.escalated, s.backAgain}
		},
	}
}

// The people of the story, beside those of the others.
func absent() person   { return person{"w-story-supervisor", casework.RoleSupervisor} }
func delegate() person { return person{"w-story-delegate", casework.RoleSupervisor} }
func manager() person  { return person{"w-story-manager", casework.RoleManager} }
func carrier() person  { return person{"w-story-caseworker", casework.RoleCaseworker} }

// staffed enters everybody into the directory. A cover that a broken-off play has
// left behind is ended.
func (s *scene) staffed() {
	s.IDs = maps.Clone(s.IDs)
	s.IDs[casework.RoleSupervisor], s.IDs[casework.RoleCaseworker] = absent().id, carrier().id
	administrator := person{"w-story-administrator", casework.RoleAdministrator}
	for _, w := range []struct {
		person
		office, name, supervisor, manager string
	}{
		{manager(), "north", "Mel Example", "", ""},
		{absent(), "north", "Sam Example", "", manager().id},
		{delegate(), "south", "Del Example", "", ""},
		{carrier(), "north", "Cam Example", absent().id, manager().id},
	} {
		s.must(administrator, http.MethodPut, "/v1/workers/"+w.id, body{
			"role": w.role, "office": w.office, "name": w.name, "supervisor": w.supervisor, "manager": w.manager,
		}, nil)
	}
	var covers struct {
		Items []struct {
			ID      string    `json:"id"`
			Absent  string    `json:"absent"`
			EndedAt time.Time `json:"ended_at"`
		} `json:"items"`
	}
	s.get(casework.RoleSupervisor, s.covers(""), &covers)
	for _, c := range covers.Items {
		if c.Absent == absent().id && c.EndedAt.IsZero() {
			s.do(casework.RoleSupervisor, s.covers("/"+c.ID+"/end"), body{})
		}
	}
}

// covers is the address of the supervisor's covers.
func (s *scene) covers(part string) string { return "/v1/workers/" + absent().id + "/covers" + part }

// hardWeek: what falls due in it, all of one case.
func (s *scene) hardWeek() {
	s.opened("Two children were alone for two days.", kin{"Indigo Example", 8, 0}, kin{"Jules Example", 4, 3})
	s.do(casework.RoleCaseworker, s.on("removals"), s.placed(body{
		"children": s.children, "at": s.now(), "authority": "law-enforcement", "setting": "foster-home",
		"danger": "Nobody was there for them.", "efforts": "No adult of the family could move in.",
		"icwa_inquiry": "no-reason-to-know", "relatives_asked": true,
	}))
	s.do(casework.RoleSupervisor, s.on("assignments"), body{
		"worker": carrier().id, "supervisor": absent().id, "ask": true,
	})
	s.say("Both children are removed. A hearing, a plan, an order and an answer of the caseworker fall due within days.")
}

// coverSet: before, the delegate must not know of the case. Nobody covers for
// themselves.
func (s *scene) coverSet() {
	s.turnedAway(delegate(), http.MethodGet, s.on("duties"), nil, http.StatusNotFound)
	cover := body{
		"delegate": absent().id, "from": time.Now().Add(-time.Minute).Format(time.RFC3339), "until": s.now().AddDate(0, 0, 30),
	}
	s.turnedAway(absent(), http.MethodPost, s.covers(""), cover, http.StatusUnprocessableEntity)
	cover["delegate"] = delegate().id
	var set struct {
		ID string `json:"id"`
	}
	s.must(absent(), http.MethodPost, s.covers(""), cover, &set)
	s.cover = set.ID
	s.must(delegate(), http.MethodGet, s.on("duties"), nil, nil)
	s.say("The supervisor goes away for 30 days. A colleague of another office covers, and sees the case from now on.")
}

// planWaits: the plan is submitted; the delegate is asked, and nobody else.
func (s *scene) planWaits() {
	s.days(1)
	s.do(casework.RoleCaseworker, s.on("plans"), s.shortTerm("First plan."))
	asked := s.toldOf(casework.NoticeApproval, "")
	s.expect(slices.Equal(asked, []string{delegate().id}), "asked to approve the plan were %v", asked)
	s.say("The plan waits for approval. The delegate is asked, and is told why.")
	s.days(1)
	s.heard("shelter-care", s.children, body{"contrary_to_welfare": true, "efforts_to_prevent": true})
	s.do(casework.RoleCaseworker, s.on("orders"), body{
		"children": s.children, "code": "provide-services", "text": "The agency provides a parent aide.", "on": s.today(),
		"due": s.in(4), "owes": body{"role": "agency"},
	})
	for _, child := range s.children {
		s.stands("shelter-care-hearing/"+child+"/1", casework.DutyMet)
	}
	s.say("Shelter care hearing held in time. The court orders a parent aide within four days.")
}

func (s *scene) shortTerm(content string) body {
	return body{
		"content": content, "on": s.today(), "participants": []body{{"person": mother, "as": "parent"}},
		"goals": []body{s.goal(s.children[0], "reunification", ""), s.goal(s.children[1], "reunification", "")},
		"needs": []body{need("parenting", "primary", "Somebody is always there.",
			body{"words": "Names two sitters.", "person": mother, "due": s.in(60)})},
	}
}

// delegated: the duty is on the delegate's worklist; the caseworker cannot decide
// it, and the delegate does.
func (s *scene) delegated() {
	s.days(1)
	var list struct {
		Items []struct {
			Clock  string `json:"clock"`
			Record struct {
				Aggregate string `json:"aggregate"`
			} `json:"record"`
		} `json:"items"`
	}
	s.must(delegate(), http.MethodGet, "/v1/worklist?limit=200", nil, &list)
	waits := false
	for _, d := range list.Items {
		waits = waits || d.Clock == "plan-approval" && d.Record.Aggregate == s.record
	}
	s.expect(waits, "the approval is not on the delegate's worklist")
	s.turnedAway(carrier(), http.MethodPost, s.on("plan-approvals"), body{}, http.StatusForbidden)
	s.must(delegate(), http.MethodPost, s.on("plan-approvals"), body{}, nil)
	s.stands("plan-approval/1", casework.DutyMet)
	for _, child := range s.children {
		s.stands("case-plan/"+child+"/1", casework.DutyMet)
	}
	s.say("The delegate approved the plan in time, in their own name.")
}

// The two duties that nobody does.
const (
	anOrder  = "court-order/1/order-1"
	anAnswer = "assignment-acceptance/1/assignment-1"
)

// overdueWeek: what was missed is told to the delegate in the supervisor's place.
func (s *scene) overdueWeek() {
	s.days(5)
	for _, id := range []string{anOrder, anAnswer} {
		s.stands(id, casework.DutyOverdue)
		told := s.toldOf(casework.NoticeDutyOverdue, id)
		s.expect(slices.Equal(told, []string{carrier().id, delegate().id}), "told that %s is overdue were %v", id, told)
	}
	s.say("The court's order and the caseworker's answer are overdue. Caseworker and delegate were told; the supervisor was not.")
}

// escalated: each ladder goes on to the manager on its day.
func (s *scene) escalated() {
	s.days(8)
	for _, id := range []string{anOrder, anAnswer} {
		told := s.toldOf(casework.NoticeDutyEscalated, id)
		s.expect(slices.Equal(told, []string{manager().id}), "%s was escalated to %v", id, told)
	}
	s.say("Still nobody has acted: both ladders have reached the manager.")
	s.do(casework.RoleCaseworker, s.on("assignment-acceptances"), body{})
	s.do(casework.RoleCaseworker, s.on("order-compliances"), body{
		"order": "order-1", "on": s.today(), "kind": "letter", "evidence": "The aide has begun.",
	})
	for _, id := range []string{anOrder, anAnswer} {
		s.stands(id, casework.DutyMetLate)
	}
	s.say("The caseworker accepts, and the aide has begun: both late, and recorded as late.")
}

// backAgain: the supervisor is back before the 30 days are over.
func (s *scene) backAgain() {
	s.do(casework.RoleSupervisor, s.covers("/"+s.cover+"/end"), body{})
	s.turnedAway(delegate(), http.MethodGet, s.on("duties"), nil, http.StatusNotFound)
	change := s.shortTerm("With the aide.")
	change["reason"], change["why"] = "service-changed", "The aide has begun."
	s.do(casework.RoleCaseworker, s.on("plan-amendments"), change)
	asked := s.toldOf(casework.NoticeApproval, "")
	s.expect(slices.Equal(asked, []string{delegate().id, absent().id}), "asked to approve were %v", asked)
	s.turnedAway(delegate(), http.MethodPost, s.on("plan-approvals"), body{}, http.StatusNotFound)
	s.days(1)
	s.do(casework.RoleSupervisor, s.on("plan-approvals"), body{})
	s.stands("plan-approval/2", casework.DutyMet)
	s.outcome.Ended = s.now()
	s.say("The supervisor is back early. The amendment is theirs to approve, and the case is closed to the delegate again.")
}

// toldOf lists who was told of something about the record, first first, or by ID
// where it is about a duty. Whoever stands in for the supervisor is told so.
func (s *scene) toldOf(kind casework.NoticeKind, duty string) []string {
	var notices struct {
		Items []casework.Notice `json:"items"`
	}
	s.get(casework.RoleSupervisor, s.on("notices?limit=200"), &notices)
	var told []string
	for _, n := range slices.Backward(notices.Items) {
		if n.Kind != kind || duty != "" && n.Duty != duty {
			continue
		}
		told = append(told, n.Recipient)
		stands := strings.Contains(n.Text, "You get this because you cover for "+absent().id+" (supervisor), who is absent.")
		s.expect(stands == (n.Recipient == delegate().id), "%s was told: %s", n.Recipient, n.Text)
	}
	if duty != "" {
		slices.Sort(told) // several were told at once
	}
	return told
}
