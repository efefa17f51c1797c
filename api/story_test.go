package api_test

import (
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// body is a JSON object.
type body map[string]any

// receipt is a report about two children, taken ten minutes ago.
func receipt() body {
	return body{
		"received_at": time.Now().Add(-10 * time.Minute).Truncate(time.Second).Format(time.RFC3339),
		"timezone":    "America/Los_Angeles", "office": "north", "jurisdiction": "us-wa", "reporter_category": "mandated",
		"narrative": "CANARY-NARRATIVE: a teacher saw bruises.", "supervisor": person(casework.RoleSupervisor),
		"children":    []body{{"name": "CANARY-NAME Ana", "born": "2016-03-02"}, {"name": "CANARY-NAME Ben"}},
		"allegations": []body{{"child": 0, "type": "medical-neglect"}, {"child": 1, "type": "neglect"}},
	}
}

// with returns the body with some fields changed, or left out where they are nil.
func (b body) with(changes body) body {
	changed := maps.Clone(b)
	for name, value := range changes {
		changed[name] = value
		if value == nil {
			delete(changed, name)
		}
	}
	return changed
}

// report is a report that was taken and screened in.
type report struct {
	*service

	tb       testing.TB
	number   string
	path     string
	children []string
}

func takeReport(tb testing.TB, s *service) report {
	tb.Helper()
	taken := s.post(casework.RoleHotline, "/v1/reports", receipt()).taken(http.StatusCreated)
	r := report{service: s, tb: tb, number: taken.Number, path: "/v1/reports/" + taken.Number}
	for _, child := range r.listChildren(casework.RoleSupervisor) {
		r.children = append(r.children, child["child"].(string))
	}
	require.Len(tb, r.children, 2)
	return r
}

func (r report) listChildren(role casework.Role) []map[string]any {
	r.tb.Helper()
	var list struct {
		Items []map[string]any `json:"items"`
	}
	r.get(role, r.path+"/children").into(&list)
	return list.Items
}

// do takes a step that must be accepted.
func (r report) do(role casework.Role, step string, b body) answer {
	r.tb.Helper()
	return r.post(role, r.path+"/"+step, b).taken(http.StatusOK)
}

func (r report) screenIn() answer {
	r.tb.Helper()
	return r.do(casework.RoleSupervisor, "screen-in", body{
		"priority": "emergent", "track": "investigation", "investigator": person(casework.RoleInvestigator),
	})
}

func justNow() string { return time.Now().Truncate(time.Second).Format(time.RFC3339) }

// investigated is a report that a case can be opened from.
func (r report) investigate() {
	r.tb.Helper()
	r.screenIn()
	for _, child := range r.children {
		r.do(casework.RoleInvestigator, "contacts", body{"victim": child, "at": justNow(), "place": "home"})
	}
	r.do(casework.RoleInvestigator, "safety-assessments", body{"at": justNow(), "decision": "unsafe"})
	for _, allegation := range []string{"a1", "a2"} {
		r.do(casework.RoleInvestigator, "findings", body{
			"allegation": allegation, "result": "substantiated", "evidence": "CANARY-NARRATIVE: bruises.",
			"on": time.Now().In(losAngeles(r.tb)).Format(time.DateOnly),
		})
	}
}

func losAngeles(tb testing.TB) *time.Location {
	tb.Helper()
	zone, err := time.LoadLocation("America/Los_Angeles")
	require.NoError(tb, err)
	return zone
}

// caseOpening is the body that opens a case from a report.
func caseOpening() body {
	return body{
		"caseworker": person(casework.RoleCaseworker), "supervisor": person(casework.RoleSupervisor), "risk": "high",
	}
}
