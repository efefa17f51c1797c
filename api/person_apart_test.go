package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

func TestApart_IsNeverProposedNorMergedUntilItIsUndone(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	first, second := twice(t, s)
	one, other := "/v1/persons/"+first.children[0], "/v1/persons/"+second.children[0]
	duplicates := func(path string) []searched { return s.get(casework.RoleSupervisor, path+"/duplicates").people() }
	into := body{"into": second.children[0], "reason": "entered-twice"}
	require.Len(t, duplicates(one), 1)

	wish := request{
		method: http.MethodPost, path: one + "/apart", token: s.token(casework.RoleSupervisor), key: "k-1",
		body: body{"from": second.children[0], "reason": "confirmed-by-document"},
	}
	told := s.ask(wish)
	require.Equal(t, http.StatusCreated, told.status, told.text)
	require.Equal(t, told.text, s.ask(wish).text, "sent again it is the same judgement")
	wish.body = body{"from": second.children[0], "reason": "court-order"}
	s.ask(wish).refused(422, casework.Reused, "")
	again := s.post(casework.RoleSupervisor, other+"/apart", body{"from": first.children[0], "reason": "court-order"})
	require.Equal(t, told.text, again.text, "a pair is told apart once, from whichever side")

	require.Empty(t, duplicates(one))
	require.Empty(t, duplicates(other))
	hits := s.look(s.token(casework.RoleHotline), body{"name": "ana lucia gomez", "born": "2016-03-04"})
	require.Len(t, hits, 2)
	require.Equal(t, []string{second.children[0]}, hits[0].Apart)
	require.Equal(t, []string{first.children[0]}, hits[1].Apart)
	require.Contains(t, s.get(casework.RoleSupervisor, one).text, `"reason":"confirmed-by-document"`)
	refused := s.post(casework.RoleSupervisor, one+"/merge", into).refused(409, casework.Blocked, "")
	require.Contains(t, refused.Missing[0].Detail, "Leave them apart, or undo that judgement first")

	undone := s.post(casework.RoleSupervisor, other+"/apart/undo", body{"from": first.children[0], "reason": "new-information"})
	require.Equal(t, http.StatusOK, undone.status, undone.text)
	require.Len(t, duplicates(one), 1, "they may be one person again")
	require.Contains(t, s.get(casework.RoleSupervisor, one).text, `"undo_reason":"new-information"`, "the judgement stays on record")
	merged := s.post(casework.RoleSupervisor, one+"/merge", into)
	require.Equal(t, http.StatusCreated, merged.status, merged.text)
	s.post(casework.RoleSupervisor, one+"/apart", body{"from": second.children[0], "reason": "court-order"}).refused(409, casework.Blocked, "")

	unmerged := s.post(casework.RoleSupervisor, one+"/unmerge", body{"reason": "different-people"})
	require.Equal(t, http.StatusOK, unmerged.status, unmerged.text)
	require.Empty(t, duplicates(one), "whose merge was undone because they are two is told apart")
	lines := says(s.list(casework.RoleAuditor, "/v1/audit?action=persons.tell-apart&outcome=done").Items)
	require.Contains(t, lines, "w-supervisor (supervisor) told persons apart or undid it ("+first.children[0]+"/from/"+second.children[0]+
		"); the reason given is confirmed-by-document.")
	require.Len(t, lines, 2, "one for each change")
}

// Whoever is one person with somebody who was told apart is apart, too.
func TestApart_HoldsForAllEntriesOfAPerson(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	first, second := twice(t, s)
	third, _ := twice(t, s)
	one, two, three := first.children[0], second.children[0], third.children[0]
	done := func(path string, b body) {
		answered := s.post(casework.RoleSupervisor, "/v1/persons/"+path, b)
		require.Equal(t, http.StatusCreated, answered.status, answered.text)
	}
	done(three+"/merge", body{"into": two, "reason": "entered-twice"})
	done(one+"/apart", body{"from": three, "reason": "different-identifier"})
	for _, hit := range s.get(casework.RoleSupervisor, "/v1/persons/"+one+"/duplicates").people() {
		require.NotContains(t, []string{two, three}, hit.Person)
	}
	s.post(casework.RoleSupervisor, "/v1/persons/"+one+"/merge", body{"into": two, "reason": "entered-twice"}).
		refused(409, casework.Blocked, "")
}

func TestApart_RefusesWhatCannotBeMeant(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	first, second := twice(t, s)
	one := "/v1/persons/" + first.children[0]
	from := body{"from": second.children[0], "reason": "different-people"}
	undo := from.with(body{"reason": "judged-by-mistake"})
	for name, c := range map[string]struct {
		role        casework.Role
		path        string
		body        body
		status      int
		kind        casework.Kind
		field, says string
	}{
		"by a caseworker":      {casework.RoleCaseworker, one + "/apart", from, 403, casework.Forbidden, "", "tell persons apart"},
		"undone by one":        {casework.RoleCaseworker, one + "/apart/undo", undo, 403, casework.Forbidden, "", "tell persons apart"},
		"from nobody":          {casework.RoleSupervisor, one + "/apart", from.with(body{"from": "p-9999"}), 422, casework.Invalid, "from", "Search first"},
		"from no name":         {casework.RoleSupervisor, one + "/apart", from.with(body{"from": ""}), 422, casework.Invalid, "from", "the other person"},
		"from themselves":      {casework.RoleSupervisor, one + "/apart", from.with(body{"from": first.children[0]}), 422, casework.Invalid, "from", "the other entry"},
		"for no reason":        {casework.RoleSupervisor, one + "/apart", from.with(body{"reason": "tidy"}), 422, casework.Invalid, "reason", "different-identifier"},
		"of nobody":            {casework.RoleSupervisor, "/v1/persons/p-9999/apart", from, 404, casework.NotFound, "", "no such person"},
		"undoing what is not":  {casework.RoleSupervisor, one + "/apart/undo", undo, 409, casework.Blocked, "", "nothing to undo"},
		"undoing for no cause": {casework.RoleSupervisor, one + "/apart/undo", from, 422, casework.Invalid, "reason", "new-information"},
	} {
		t.Run(name, func(t *testing.T) {
			p := s.in(t).post(c.role, c.path, c.body).refused(c.status, c.kind, c.field)
			require.Contains(t, p.Detail, c.says)
		})
	}
}
