package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

// listedAdult is one adult of an answer.
type listedAdult struct {
	Aggregate string   `json:"aggregate"`
	Person    string   `json:"person"`
	Name      string   `json:"name"`
	As        []string `json:"as"`
	Protected bool     `json:"protected"`
	Href      string   `json:"href"`
}

func (s *service) listAdults(role casework.Role, record string) []listedAdult {
	s.tb.Helper()
	answered := s.get(role, record+"/adults")
	require.Equal(s.tb, http.StatusOK, answered.status, answered.text)
	var list struct {
		Items []listedAdult `json:"items"`
	}
	answered.into(&list)
	return list.Items
}

// withParents is a report that names both parents, one as who has done it.
func withParents() body {
	return receipt().with(body{
		"adults": []body{
			{"name": "Rosa Gómez", "born": "1990-05-06", "as": []string{"parent"}},
			{"name": "Peter Schmidt", "as": []string{"step-parent"}},
		},
		"allegations": []body{{"child": 0, "type": "medical-neglect", "adult": 1}, {"child": 1, "type": "neglect"}},
		"reporter":    body{"name": "Wilhelmina Busybody", "relation": "neighbor"},
	})
}

func TestAdults_AreFoundLikeChildrenAndTheReporterNever(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	hotline, far := s.token(casework.RoleHotline), s.tokenAt("south", "w-far", casework.RoleSupervisor)
	taken := s.post(casework.RoleHotline, "/v1/reports", withParents()).taken(http.StatusCreated)
	path := "/v1/reports/" + taken.Number
	adults := s.listAdults(casework.RoleSupervisor, path)
	require.Len(t, adults, 2)
	mother, stepfather := adults[0], adults[1]
	require.Equal(t, "Rosa Gómez", mother.Name)
	require.Equal(t, []string{"step-parent", "alleged-perpetrator"}, stepfather.As)
	require.Contains(t, s.get(casework.RoleSupervisor, path+"/timeline").text, "Peter Schmidt", "names stand beside the IDs")

	asked := body{"name": "rosa gomez", "born": "1990-05-06"}
	hits := s.look(hotline, asked)
	require.Len(t, hits, 1)
	require.Equal(t, mother.Person, hits[0].Person)
	require.Equal(t, []string{path}, hits[0].Records)
	require.Empty(t, s.look(far, asked), "another office")
	require.Empty(t, s.look(hotline, body{"name": "Wilhelmina Busybody"}), "who made the report is in no index")

	t.Run("who is found is taken, and not added again", func(t *testing.T) {
		s := s.in(t)
		again := s.post(casework.RoleHotline, "/v1/reports", receipt().with(body{
			"adults":      []body{{"person": mother.Person, "as": []string{"parent"}}},
			"allegations": []body{{"child": 0, "type": "neglect", "perpetrator": stepfather.Person}},
		})).taken(http.StatusCreated)
		known := s.listAdults(casework.RoleSupervisor, "/v1/reports/"+again.Number)
		require.Len(t, known, 2)
		require.Equal(t, mother.Person, known[0].Person)
		require.Equal(t, []string{"alleged-perpetrator"}, known[1].As)
		require.Len(t, s.look(hotline, asked), 1, "nobody was added")
	})
	t.Run("entered twice, they are merged and unmerged", func(t *testing.T) {
		s := s.in(t)
		twin := s.post(casework.RoleHotline, path+"/adults", body{"name": "Roza Gomes", "born": "1990-06-05", "as": []string{"caregiver"}}).taken(http.StatusOK)
		require.NotEmpty(t, twin.Ref)
		duplicates := s.get(casework.RoleSupervisor, "/v1/persons/"+twin.Ref+"/duplicates").people()
		require.Len(t, duplicates, 1)
		require.Equal(t, mother.Person, duplicates[0].Person)
		merged := s.post(casework.RoleSupervisor, "/v1/persons/"+twin.Ref+"/merge", body{"into": mother.Person, "reason": "entered-twice"})
		require.Equal(t, http.StatusCreated, merged.status, merged.text)
		s.post(casework.RoleHotline, path+"/adults", body{"person": twin.Ref, "as": []string{"guardian"}}).taken(http.StatusOK)
		undone := s.post(casework.RoleSupervisor, "/v1/persons/"+twin.Ref+"/unmerge", body{"reason": "different-people"})
		require.Equal(t, http.StatusOK, undone.status, undone.text)
	})
	t.Run("a restricted record hides its adults", func(t *testing.T) {
		s := s.in(t)
		colleague := s.tokenFor("w-colleague", casework.RoleHotline)
		require.Len(t, s.look(colleague, body{"name": "Peter Schmidt"}), 1)
		other := s.post(casework.RoleHotline, "/v1/reports", receipt().with(body{
			"adults": []body{{"name": "Quirin Zwick", "as": []string{"parent"}}},
		})).taken(http.StatusCreated)
		hidden := s.listAdults(casework.RoleSupervisor, "/v1/reports/"+other.Number)[0]
		closed := s.post(casework.RoleSupervisor, "/v1/reports/"+other.Number+"/restriction", body{"restricted": true, "reason": "Staff."})
		require.Equal(t, http.StatusOK, closed.status, closed.text)
		require.Empty(t, s.look(colleague, body{"name": "Quirin Zwick"}))
		s.ask(request{path: hidden.Href, token: colleague}).refused(http.StatusNotFound, casework.NotFound, "")
	})
}

func TestAdults_OfAProtectedIdentityAreFoundByNobody(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	taken := s.post(casework.RoleHotline, "/v1/reports", withParents()).taken(http.StatusCreated)
	path := "/v1/reports/" + taken.Number
	nameless := s.post(casework.RoleHotline, path+"/adults", body{"protected": true, "as": []string{"parent"}}).taken(http.StatusOK)
	s.get(casework.RoleSupervisor, "/v1/persons/"+nameless.Ref).refused(http.StatusNotFound, casework.NotFound, "")
	s.post(casework.RoleHotline, path+"/adults", body{"person": nameless.Ref, "as": []string{"caregiver"}}).taken(http.StatusOK)

	supervisor := s.token(casework.RoleSupervisor)
	require.Len(t, s.look(supervisor, body{"name": "Rosa Gomez"}), 1)
	mother := s.listAdults(casework.RoleSupervisor, path)[0]
	s.post(casework.RoleHotline, path+"/adults", body{"person": mother.Person, "as": []string{"parent"}, "protected": true}).taken(http.StatusOK)
	require.Empty(t, s.look(supervisor, body{"name": "Rosa Gomez"}), "from now on")
	for _, one := range s.listAdults(casework.RoleSupervisor, path) {
		require.Equal(t, one.Protected, one.Name == "" && one.Href == "", one.Person)
	}
}

func TestAdults_AreAddedOnceForAKeyAndRefused(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	taken := s.post(casework.RoleHotline, "/v1/reports", withParents()).taken(http.StatusCreated)
	path := "/v1/reports/" + taken.Number
	wish := request{
		method: http.MethodPost, path: path + "/adults", token: s.token(casework.RoleHotline), key: "k-1",
		body: body{"name": "Dora Doe", "as": []string{"relative"}},
	}
	first := s.ask(wish).taken(http.StatusOK)
	require.Equal(t, first.Ref, s.ask(wish).taken(http.StatusOK).Ref)
	require.Len(t, s.listAdults(casework.RoleSupervisor, path), 3)

	for name, c := range map[string]struct {
		path        string
		body        body
		field, says string
	}{
		"known, with a name":     {path + "/adults", body{"person": first.Ref, "name": "Dora", "as": []string{"parent"}}, "person", "keeps name"},
		"protected, with a name": {path + "/adults", body{"protected": true, "name": "Dora", "as": []string{"parent"}}, "protected", "has no name here"},
		"nobody":                 {path + "/adults", body{"person": "p-99999", "as": []string{"parent"}}, "person", "Search first"},
		"the reporter":           {path + "/adults", body{"name": "Wilhelmina", "as": []string{"reporter"}}, "as", "parent, step-parent"},
		"the same again":         {path + "/adults", body{"person": first.Ref, "as": []string{"relative"}}, "person", "on record already as relative"},
		"two perpetrators": {
			"/v1/reports", withParents().with(body{"allegations": []body{{"child": 0, "type": "neglect", "adult": 0, "perpetrator": first.Ref}}}),
			"allegations[0].adult", "once",
		},
		"no such adult": {
			"/v1/reports", withParents().with(body{"allegations": []body{{"child": 0, "type": "neglect", "adult": 2}}}),
			"allegations[0].adult", "0 is the first",
		},
		"an unknown perpetrator": {
			"/v1/reports", withParents().with(body{"allegations": []body{{"child": 0, "type": "neglect", "perpetrator": "p-99999"}}}),
			"allegations[0].perpetrator", "no such person",
		},
	} {
		p := s.in(t).post(casework.RoleHotline, c.path, c.body).refused(http.StatusUnprocessableEntity, casework.Invalid, c.field)
		require.Contains(t, p.Detail, c.says, name)
	}
}
