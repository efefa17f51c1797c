package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

// onRegistry is what the registry answers about a person.
func (s *service) onRegistry(token, perpetrator string) []map[string]any {
	s.tb.Helper()
	answered := s.ask(request{path: "/v1/registry?perpetrator=" + perpetrator + "&purpose=placement-check", token: token})
	require.Equal(s.tb, http.StatusOK, answered.status, answered.text)
	var list struct {
		Items []map[string]any `json:"items"`
	}
	answered.into(&list)
	return list.Items
}

func TestRegistry_ShowsAFindingUntilItIsExpungedAndTheFileStays(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	against := receipt()
	against["adults"] = []body{{"name": "Carl Doe", "as": []string{"parent"}}}
	against["allegations"] = []body{{"child": 0, "type": "medical-neglect", "adult": 0}, {"child": 1, "type": "neglect"}}
	taken := s.post(casework.RoleHotline, "/v1/reports", against).taken(http.StatusCreated)
	r := report{service: s, tb: t, number: taken.Number, path: "/v1/reports/" + taken.Number}
	for _, child := range r.listChildren(casework.RoleSupervisor) {
		id, _ := child["child"].(string)
		r.children = append(r.children, id)
	}
	perpetrator := s.listAdults(casework.RoleSupervisor, r.path)[0].Person
	r.investigate()
	supervisor := s.token(casework.RoleSupervisor)
	stranger := s.tokenFor("w-far-away", casework.RoleInvestigator)

	mine := s.onRegistry(supervisor, perpetrator)
	require.Len(t, mine, 1)
	require.Equal(t, r.path, mine[0]["report"])
	theirs := s.onRegistry(stranger, perpetrator)
	require.Len(t, theirs, 1, "a finding of another office counts")
	require.NotContains(t, theirs[0], "report", "which report it was is for those to know who may read it")
	require.Empty(t, s.onRegistry(supervisor, "person-8"))

	s.get(casework.RoleSupervisor, "/v1/registry?perpetrator="+perpetrator).refused(http.StatusBadRequest, "malformed", "purpose")
	s.get(casework.RoleSupervisor, "/v1/registry?purpose=placement-check").refused(http.StatusBadRequest, "malformed", "perpetrator")
	s.get(casework.RoleCaseworker, "/v1/registry?perpetrator="+perpetrator+"&purpose=placement-check").
		refused(http.StatusForbidden, casework.Forbidden, "")

	path := r.path + "/allegations/a1/expungement"
	word := body{"authority": "appeal", "reference": "26-A-17"}
	s.post(casework.RoleInvestigator, path, word).refused(http.StatusForbidden, casework.Forbidden, "")
	s.post(casework.RoleSupervisor, r.path+"/allegations/a9/expungement", word).refused(http.StatusNotFound, casework.NotFound, "")
	done := s.post(casework.RoleSupervisor, path, word)
	require.Equal(t, http.StatusOK, done.status, done.text)
	require.NotContains(t, done.text, "substantiated")
	require.Empty(t, s.onRegistry(supervisor, perpetrator))
	timeline := s.get(casework.RoleSupervisor, r.path+"/timeline").text
	require.Contains(t, timeline, "The finding on allegation a1 was expunged from the registry.")
	require.Contains(t, timeline, "finding.made", "the casework file stays")
}
