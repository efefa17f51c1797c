package api_test

import (
	"crypto/rand"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

// separated is a family of two children in care, the second of whom is to leave.
func separated(t *testing.T) (s *service, path string, children []string) {
	t.Helper()
	s = overStack(t, teststack.New(t, teststack.Options{}))
	r := takeReport(t, s)
	r.investigate()
	path = r.post(casework.RoleSupervisor, r.path+"/case", caseOpening()).taken(http.StatusCreated).Links["self"]
	s.post(casework.RoleCaseworker, path+"/removals", body{
		"children": r.children, "at": justNow(), "authority": "court-order", "danger": "CANARY-NARRATIVE", "efforts": "Offered.",
		"icwa_inquiry": "no-reason-to-know", "relatives_asked": true, "setting": "hospital",
	}).taken(http.StatusOK)
	s.post(casework.RoleCaseworker, path+"/plans", body{
		"content": "CANARY-NARRATIVE plan", "goals": goalsOf(r.children), "on": time.Now().In(losAngeles(t)).Format(time.DateOnly),
		"participants": []body{{"person": "p-mother", "as": "parent"}},
		"needs": []body{{"area": "housing", "words": "A home.", "goals": []body{{
			"words": "Find one.", "serves": "both", "steps": []body{{"words": "Look.", "role": "caseworker", "due": "2099-01-01"}},
		}}}},
	}).taken(http.StatusOK)
	s.post(casework.RoleSupervisor, path+"/plan-returns", body{"comments": "CANARY-NARRATIVE again"}).taken(http.StatusOK)
	return s, path, r.children
}

func goalsOf(children []string) (goals []body) {
	for _, id := range children {
		goals = append(goals, body{
			"child": id, "primary": "reunification", "concurrent": "adoption", "why": "CANARY-NARRATIVE why", "by": "2099-01-01",
			"consulted": true, "health": "Well.", "education": "At school.",
		})
	}
	return goals
}

func leaves(child string) body {
	return body{
		"children": []string{child}, "reason": "siblings-apart", "note": "CANARY-NARRATIVE split", "worker": "w-2", "supervisor": "w-3",
	}
}

// divided is the form of a split.
type divided struct {
	ID, From, To, State, Why string
	Plan                     map[string][]string
	Links                    map[string]string
}

func (s *service) divided(r response) (d divided) {
	s.tb.Helper()
	var v map[string]any
	r.into(&v)
	d.Links, d.Plan = map[string]string{}, map[string][]string{}
	text := func(name string) string { t, _ := v[name].(string); return t }
	d.ID, d.From, d.To, d.State, d.Why = text("id"), text("from"), text("to"), text("state"), text("why")
	for name, link := range v["links"].(map[string]any) {
		d.Links[name] = link.(string)
	}
	if plan, ok := v["plan"].(map[string]any); ok {
		for name, refs := range plan {
			for _, ref := range refs.([]any) {
				d.Plan[name] = append(d.Plan[name], ref.(string))
			}
		}
	}
	return d
}

func TestSplit_IsPlannedThenDoneAndShownOnBothCases(t *testing.T) {
	t.Parallel()
	s, path, children := separated(t)
	plan := s.post(casework.RoleSupervisor, path+"/split", leaves(children[1]).with(body{"dry_run": true}))
	require.Equal(t, http.StatusOK, plan.status, plan.text)
	would := s.divided(plan)
	require.Empty(t, would.ID, "a dry run is not kept")
	require.Contains(t, would.Plan["duties"], "relative-notice/"+children[1]+"/1")
	require.NotContains(t, would.Plan["duties"], "relative-notice/"+children[0]+"/1")
	require.Contains(t, would.Plan["both"], "step-1.1.1")

	again := request{
		method: http.MethodPost, path: path + "/split", token: s.token(casework.RoleSupervisor), key: rand.Text(), body: leaves(children[1]),
	}
	first := s.ask(again)
	require.Equal(t, http.StatusCreated, first.status, first.text)
	page := first.header.Get("Location")
	var done divided
	require.Eventually(t, func() bool {
		done = s.divided(s.get(casework.RoleSupervisor, page))
		return done.State == string(casework.SplitDone)
	}, time.Minute, 50*time.Millisecond)
	second := s.ask(again)
	require.Equal(t, page, second.header.Get("Location"), "safe to send again")
	again.body = leaves(children[0])
	s.ask(again).refused(http.StatusUnprocessableEntity, casework.Reused, "")

	fresh := done.Links["to"]
	require.Contains(t, s.get(casework.RoleSupervisor, fresh).text, `"worker":"w-2"`)
	for one, step := range map[string]string{path: "case.split", fresh: "case.branched"} {
		require.Contains(t, s.get(casework.RoleSupervisor, one+"/splits").text, done.ID)
		require.Contains(t, s.get(casework.RoleSupervisor, one+"/audit").text, `"part":"`+step+`"`)
	}
	var child map[string]any
	s.get(casework.RoleSupervisor, path+"/children/"+children[1]).into(&child)
	require.Equal(t, "moved", child["stage"])
	require.Equal(t, done.To, child["moved_to"])
	s.get(casework.RoleSupervisor, fresh+"/children/"+children[1]).into(&child)
	require.Equal(t, "out-of-home-care", child["stage"])
	require.NotEmpty(t, child["name"], "the person is the same")
	require.Contains(t, s.get(casework.RoleSupervisor, fresh+"/plans/1").text, "CANARY-NARRATIVE plan", "the words came along")
	s.get(casework.RoleSupervisor, fresh+"/children/"+children[0]).refused(http.StatusNotFound, casework.NotFound, "")
	found := s.post(casework.RoleSupervisor, "/v1/persons/search", body{"name": child["name"]})
	require.Contains(t, found.text, fresh, "a search finds the child in the new case")
	for _, part := range []string{"/timeline", "/court", "/referrals", "/rights", "/meetings", "/professionals", "/contact-plans", "/duties", "/plans"} {
		for _, one := range []string{path, fresh} {
			require.Equal(t, http.StatusOK, s.get(casework.RoleSupervisor, one+part).status, one+part)
		}
	}
	require.NotContains(t, s.log.String(), "CANARY")
}

func TestSplit_RefusesAtOnceWhatTheCaseRefuses(t *testing.T) {
	t.Parallel()
	s, path, children := separated(t)
	everybody := leaves(children[0])
	everybody["children"] = children
	s.post(casework.RoleSupervisor, path+"/split", everybody).refused(http.StatusUnprocessableEntity, casework.Invalid, "children")
	s.post(casework.RoleCaseworker, path+"/split", leaves(children[0])).refused(http.StatusForbidden, casework.Forbidden, "")
	s.post(casework.RoleSupervisor, path+"/conflicts", body{"worker": "w-2"}).status201(t)
	s.post(casework.RoleSupervisor, path+"/split", leaves(children[0])).refused(http.StatusUnprocessableEntity, casework.Invalid, "worker")
	require.Contains(t, s.get(casework.RoleSupervisor, path+"/splits").text, `"items":[]`)
	s.get(casework.RoleSupervisor, path+"/splits/none").refused(http.StatusNotFound, casework.NotFound, "")
}

func (r response) status201(t *testing.T) {
	t.Helper()
	require.Equal(t, http.StatusCreated, r.status, r.text)
}
