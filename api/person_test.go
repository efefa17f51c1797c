package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/internal/teststack"
	"homeward/postgres"
)

// searched is one person of an answer.
type searched struct {
	Person  string   `json:"person"`
	Name    string   `json:"name"`
	Born    string   `json:"born"`
	Records []string `json:"records"`
	Score   int      `json:"score"`
	Likely  bool     `json:"likely"`
	Reasons []string `json:"reasons"`
	Apart   []string `json:"apart"`
	Href    string   `json:"href"`
}

func (r response) people() []searched {
	r.tb.Helper()
	require.Equal(r.tb, http.StatusOK, r.status, r.text)
	var list struct {
		Items []searched `json:"items"`
	}
	r.into(&list)
	return list.Items
}

// look searches as somebody of a role in the office of the reports.
func (s *service) look(token string, what body) []searched {
	s.tb.Helper()
	return s.ask(request{method: http.MethodPost, path: "/v1/persons/search", token: token, body: what}).people()
}

// twice is a child who was entered twice, each time in a report of its own.
func twice(t *testing.T, s *service) (first, second report) {
	t.Helper()
	of := func(name, born string) report {
		r := s.takeReport(t, body{
			"children": []body{{"name": name, "born": born}}, "allegations": []body{{"child": 0, "type": "neglect"}},
		})
		require.Len(t, r.children, 1)
		return r
	}
	return of("Ana Lucía Gómez", "2016-03-04"), of("Gomes, Anna Lusia", "2016-04-03")
}

func TestPersons_AreFoundBeforeTheyAreAddedAndNobodyElseIsTold(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack)
	first, second := twice(t, s)
	hotline, far := s.token(casework.RoleHotline), s.tokenAt("south", "w-far", casework.RoleSupervisor)
	asked := body{"name": "ana lucia gomez", "born": "2016-03-04"}

	hits := s.look(hotline, asked)
	require.Len(t, hits, 2)
	require.Equal(t, searched{
		Person: first.children[0], Name: "Ana Lucía Gómez", Born: "2016-03-04", Records: []string{first.path}, Score: 75, Likely: true,
		Reasons: []string{"The same name.", "The same date of birth."}, Href: "/v1/persons/" + first.children[0],
	}, hits[0])
	require.Equal(t, []string{
		"The name sounds the same, or differs by a letter.", "The same date of birth with day and month exchanged.",
	}, hits[1].Reasons)
	require.Empty(t, s.look(hotline, body{"name": "Peter Jones"}))
	require.Empty(t, s.look(far, asked), "another office")

	t.Run("an identifier finds its person and shows nowhere", func(t *testing.T) {
		s := s.in(t)
		number := []body{{"kind": "ssn", "identifier": "123-45-6789"}}
		kept := s.post(casework.RoleHotline, "/v1/persons/"+second.children[0]+"/identifiers", body{"identifiers": number})
		require.Equal(t, http.StatusOK, kept.status, kept.text)
		found := s.look(hotline, body{"identifiers": []body{{"kind": "ssn", "identifier": "123 45 6789"}}})
		require.Len(t, found, 1)
		require.Equal(t, []string{"The same Social Security number."}, found[0].Reasons)
		require.Contains(t, s.get(casework.RoleSupervisor, found[0].Href).text, `"identifiers":["ssn"]`)
	})
	t.Run("the audit tells who searched, by which fields, and no name", func(t *testing.T) {
		s := s.in(t)
		lines := s.list(casework.RoleAuditor, "/v1/audit?action=persons.search&worker=w-hotline").Items
		require.Contains(t, says(lines), "w-hotline (hotline) searched for persons (name/born) and was shown 2 of them.")
		text := s.get(casework.RoleAuditor, "/v1/audit").text + s.log.String()
		for _, word := range []string{"gomez", "gomes", "gómez", "123-45-6789", "123456789", "2016-03-04"} {
			require.NotContains(t, strings.ToLower(text), word)
		}
	})
	t.Run("a restricted record hides its people, and its searcher hears nothing new", func(t *testing.T) {
		s := s.in(t)
		colleague := s.tokenFor("w-colleague", casework.RoleHotline)
		read := request{path: "/v1/persons/" + first.children[0], token: colleague}
		require.Equal(t, http.StatusOK, s.ask(read).status)
		closed := s.post(casework.RoleSupervisor, first.path+"/restriction", body{"restricted": true, "reason": "Her aunt works here."})
		require.Equal(t, http.StatusOK, closed.status, closed.text)
		require.Len(t, s.look(colleague, asked), 1)
		unknown := s.ask(request{path: "/v1/persons/p-99999", token: colleague})
		require.Equal(t, blank(unknown), blank(s.ask(read)), "a hidden person answers as an unknown one")
		for _, part := range []string{"/duplicates", ""} {
			s.ask(request{path: "/v1/persons/" + first.children[0] + part, token: colleague}).refused(http.StatusNotFound, casework.NotFound, "")
		}
	})
}

func TestReport_TakesAChildWhoWasFoundBySearch(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	first, second := twice(t, s)
	known := first.children[0]
	about := func(child body) body {
		return receipt().with(body{"children": []body{child}, "allegations": []body{{"child": 0, "type": "neglect"}}})
	}
	again := s.post(casework.RoleHotline, "/v1/reports", about(body{"person": known})).taken(http.StatusCreated)
	path := "/v1/reports/" + again.Number
	children := report{service: s, tb: t, path: path}.listChildren(casework.RoleSupervisor)
	require.Len(t, children, 1)
	require.Equal(t, known, children[0]["child"])
	require.Equal(t, "Ana Lucía Gómez", children[0]["name"])
	require.Equal(t, "2016-03-04", children[0]["born"])
	hits := s.look(s.token(casework.RoleHotline), body{"name": "Ana Lucia Gomez", "born": "2016-03-04"})
	require.Len(t, hits, 2, "nobody was added")
	require.Equal(t, []string{first.path, path}, hits[0].Records)

	merged := s.post(casework.RoleSupervisor, "/v1/persons/"+second.children[0]+"/merge", body{"into": known, "reason": "entered-twice"})
	require.Equal(t, http.StatusCreated, merged.status, merged.text)
	for name, c := range map[string]struct {
		child body
		says  string
	}{
		"with a name":          {body{"person": known, "name": "Ana"}, "keeps name and date of birth"},
		"who is not there":     {body{"person": "p-99999"}, "There is no such person. Search first"},
		"who is somebody else": {body{"person": second.children[0]}, "was merged into " + known + ". Name that one instead."},
	} {
		p := s.in(t).post(casework.RoleHotline, "/v1/reports", about(c.child)).refused(422, casework.Invalid, "children[0].person")
		require.Contains(t, p.Detail, c.says, name)
	}
	twins := about(body{"person": known})
	twins["children"] = []body{{"person": known}, {"person": known}}
	s.post(casework.RoleHotline, "/v1/reports", twins).refused(422, casework.Invalid, "children[1].person")
	far := s.ask(request{method: http.MethodPost, path: "/v1/reports", token: s.tokenAt("south", "w-far", casework.RoleHotline), body: about(body{"person": known})})
	require.Contains(t, far.refused(422, casework.Invalid, "children[0].person").Detail, "There is no such person.")
}

func TestPersons_RefuseWhatCannotBeMeant(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	first, second := twice(t, s)
	one, other := "/v1/persons/"+first.children[0], "/v1/persons/"+second.children[0]
	into := body{"into": second.children[0], "reason": "entered-twice"}
	for name, c := range map[string]struct {
		role   casework.Role
		path   string
		body   body
		status int
		kind   casework.Kind
		field  string
		says   string
	}{
		"nothing to look for":   {casework.RoleHotline, "/v1/persons/search", body{}, 422, casework.Invalid, "name", "Say whom you look for"},
		"a name without letter": {casework.RoleHotline, "/v1/persons/search", body{"name": "?!"}, 422, casework.Invalid, "name", "with letters"},
		"a wrong number": {
			casework.RoleHotline, "/v1/persons/search",
			body{"identifiers": []body{{"kind": "ssn", "identifier": "77"}}},
			422, casework.Invalid,
			"identifiers[0].identifier", "nine digits",
		},
		"a strange number": {
			casework.RoleHotline, "/v1/persons/search",
			body{"identifiers": []body{{"kind": "shoe", "identifier": "77777"}}},
			422, casework.Invalid,
			"identifiers[0].kind", "Use one of: ssn",
		},
		"an attorney searches":   {casework.RoleAttorney, "/v1/persons/search", body{"name": "Ana"}, 403, casework.Forbidden, "", "search for persons"},
		"no numbers":             {casework.RoleHotline, one + "/identifiers", body{"identifiers": []body{}}, 422, casework.Invalid, "identifiers", "at least one"},
		"numbers of nobody":      {casework.RoleHotline, "/v1/persons/p-9999/identifiers", body{"identifiers": []body{{"kind": "school", "identifier": "77777"}}}, 404, casework.NotFound, "", "no such person"},
		"a caseworker merges":    {casework.RoleCaseworker, one + "/merge", into, 403, casework.Forbidden, "", "merge persons"},
		"into nobody":            {casework.RoleSupervisor, one + "/merge", into.with(body{"into": "p-9999"}), 422, casework.Invalid, "into", "Search first"},
		"into no name":           {casework.RoleSupervisor, one + "/merge", into.with(body{"into": ""}), 422, casework.Invalid, "into", "the person who stays"},
		"into themselves":        {casework.RoleSupervisor, other + "/merge", into, 422, casework.Invalid, "into", "the other entry"},
		"for no reason":          {casework.RoleSupervisor, one + "/merge", into.with(body{"reason": "tidy"}), 422, casework.Invalid, "reason", "entered-twice"},
		"of nobody":              {casework.RoleSupervisor, "/v1/persons/p-9999/merge", into, 404, casework.NotFound, "", "no such person"},
		"undoing what is not":    {casework.RoleSupervisor, one + "/unmerge", body{"reason": "different-people"}, 409, casework.Blocked, "", "nothing to undo"},
		"undoing for no reason":  {casework.RoleSupervisor, one + "/unmerge", body{"reason": "tidy"}, 422, casework.Invalid, "reason", "different-people"},
		"a caseworker undoes it": {casework.RoleCaseworker, one + "/unmerge", body{"reason": "different-people"}, 403, casework.Forbidden, "", "merge persons"},
	} {
		t.Run(name, func(t *testing.T) {
			p := s.in(t).post(c.role, c.path, c.body).refused(c.status, c.kind, c.field)
			require.Contains(t, p.Detail, c.says)
		})
	}
}

func TestMerge_LeadsToTheSurvivorUntilItIsUndone(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack)
	first, second := twice(t, s)
	stays, goes := first.children[0], second.children[0]
	supervisor := s.token(casework.RoleSupervisor)
	duplicates := func(id string) []searched {
		return s.get(casework.RoleSupervisor, "/v1/persons/"+id+"/duplicates").people()
	}
	found := duplicates(stays)
	require.Len(t, found, 1)
	require.Equal(t, goes, found[0].Person)
	require.True(t, found[0].Likely)
	before := s.get(casework.RoleSupervisor, "/v1/persons/"+goes).text

	wish := request{
		method: http.MethodPost, path: "/v1/persons/" + goes + "/merge", token: supervisor, key: "k-1",
		body: body{"into": stays, "reason": "confirmed-by-family"},
	}
	merged := s.ask(wish)
	require.Equal(t, http.StatusCreated, merged.status, merged.text)
	require.Equal(t, merged.text, s.ask(wish).text, "sent again it is the same merge")
	wish.body = body{"into": stays, "reason": "entered-twice"}
	s.ask(wish).refused(422, casework.Reused, "")
	s.post(casework.RoleSupervisor, "/v1/persons/"+stays+"/merge", body{"into": goes, "reason": "entered-twice"}).refused(409, casework.Blocked, "")

	led := s.get(casework.RoleSupervisor, "/v1/persons/"+goes).text
	require.Contains(t, led, `"person":"`+stays+`"`)
	require.Contains(t, led, goes+" was merged into "+stays+": this is the same person.")
	require.Contains(t, led, second.path, "the survivor has the records of both")
	require.Empty(t, duplicates(stays), "who is the same person is no duplicate")
	hits := s.look(supervisor, body{"name": "Anna Lusia Gomes", "born": "2016-04-03"})
	require.Len(t, hits, 1)
	require.Equal(t, stays, hits[0].Person)
	require.Contains(t, hits[0].Reasons, "Found as "+goes+", who was merged into this person.")
	require.Equal(t, goes, second.listChildren(casework.RoleSupervisor)[0]["child"], "no record was changed")

	t.Run("who must not know of the survivor hears of no merge", func(t *testing.T) {
		s := s.in(t)
		testdb.Hire(t, stack.DB, postgres.Worker{ID: "w-far", Role: casework.RoleSupervisor, Office: "south"})
		grant := s.post(casework.RoleSupervisor, second.path+"/grants", body{"worker": "w-far", "purpose": "expert"})
		require.Equal(t, http.StatusCreated, grant.status, grant.text)
		far := s.tokenAt("south", "w-far", casework.RoleSupervisor)
		answered := s.ask(request{path: "/v1/persons/" + goes, token: far}).text
		require.Contains(t, answered, `"person":"`+goes+`"`)
		require.NotContains(t, answered, stays)
		s.ask(request{method: http.MethodPost, path: "/v1/persons/" + goes + "/unmerge", token: far, body: body{"reason": "different-people"}}).
			refused(409, casework.Blocked, "")
	})

	undone := s.post(casework.RoleSupervisor, "/v1/persons/"+goes+"/unmerge", body{"reason": "different-people"})
	require.Equal(t, http.StatusOK, undone.status, undone.text)
	after := s.get(casework.RoleSupervisor, "/v1/persons/"+goes).text
	require.NotContains(t, after, `"also"`)
	head, _, _ := strings.Cut(before, "}")
	require.Contains(t, after, head, "it is as it was, and tells what happened")
	require.Contains(t, after, `"undo_reason":"different-people"`)
	lines := says(s.list(casework.RoleAuditor, "/v1/audit?action=persons.merge&outcome=done").Items)
	require.Contains(t, lines, "w-supervisor (supervisor) merged or unmerged persons ("+goes+"/into/"+stays+"); the reason given is confirmed-by-family.")
	require.Contains(t, lines, "w-supervisor (supervisor) merged or unmerged persons ("+goes+"/undone); the reason given is different-people.")
}
