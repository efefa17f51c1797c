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

func TestReceiveReport_OpensIt(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))

	received := s.post(casework.RoleHotline, "/v1/reports", receipt())

	a := received.taken(http.StatusCreated)
	require.Equal(t, "report-"+a.Number, a.Aggregate)
	require.Equal(t, casework.StageIntake, a.Stage)
	require.Equal(t, "/v1/reports/"+a.Number, received.header.Get("Location"))
	require.Equal(t, received.header.Get("Location"), a.Links["self"])
	var record map[string]any
	read := s.get(casework.RoleSupervisor, a.Links["self"])
	read.into(&record)
	require.Equal(t, received.header.Get("ETag"), read.header.Get("ETag"))
	require.Equal(t, pack, record["pack"])
	require.Equal(t, person(casework.RoleHotline), record["worker"])
	require.Equal(t, "http://ui.example/namespaces/homeward/workflows/"+a.Aggregate,
		record["links"].(map[string]any)["workflow"])
}

func TestReceiveReport_SameKeyGivesTheSameAnswer(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack)
	again := request{
		method: http.MethodPost, path: "/v1/reports", token: s.token(casework.RoleHotline), key: rand.Text(), body: receipt(),
	}

	first, second := s.ask(again), s.ask(again)

	require.Equal(t, first.taken(http.StatusCreated), second.taken(http.StatusCreated))
	require.Equal(t, first.header.Get("Location"), second.header.Get("Location"))
	events, err := stack.DB.Events(t.Context(), first.taken(http.StatusCreated).Aggregate, 1)
	require.NoError(t, err)
	require.Len(t, events, first.taken(http.StatusCreated).Revision)

	again.body = receipt().with(body{"office": "south"})
	s.ask(again).refused(http.StatusUnprocessableEntity, casework.Reused, "")
	again.token = s.tokenFor("w-another", casework.RoleHotline)
	require.NotEqual(t, first.header.Get("Location"), s.ask(again).header.Get("Location"), "keys are a person's own")
}

func TestReceiveReport_AfterClosingTheKeyStillAnswers(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	again := request{
		method: http.MethodPost, path: "/v1/reports", token: s.token(casework.RoleHotline), key: rand.Text(), body: receipt(),
	}
	first := s.ask(again)
	s.post(casework.RoleSupervisor, first.header.Get("Location")+"/screen-out",
		body{"reason": "not-a-child", "note": "24 years old"}).taken(http.StatusOK)

	second := s.ask(again)

	require.Equal(t, first.taken(http.StatusCreated), second.taken(http.StatusCreated))
}

func TestReceiveReport_RefusesBadInputAndLeavesNothing(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{Idle: true}))
	for name, test := range map[string]struct {
		change body
		status int
		field  string
	}{
		"in the future":         {body{"received_at": time.Now().Add(time.Hour).Format(time.RFC3339)}, 422, "received_at"},
		"no time":               {body{"received_at": nil}, 422, "received_at"},
		"no such zone":          {body{"timezone": "America/Nowhere"}, 422, "timezone"},
		"unknown code":          {body{"reporter_category": "spy"}, 422, "reporter_category"},
		"blank narrative":       {body{"narrative": " \n "}, 422, "narrative"},
		"no children":           {body{"children": []body{}}, 422, "children"},
		"no allegations":        {body{"allegations": []body{}}, 422, "allegations"},
		"unknown type":          {body{"allegations": []body{{"child": 0, "type": "rude"}}}, 422, "allegations[0].type"},
		"no such child":         {body{"allegations": []body{{"child": 2, "type": "neglect"}}}, 422, "allegations[0].child"},
		"negative child":        {body{"allegations": []body{{"child": -1, "type": "neglect"}}}, 422, "allegations[0].child"},
		"child left out":        {body{"allegations": []body{{"type": "neglect"}}}, 422, "allegations[0].child"},
		"born in the future":    {body{"children": []body{{}, {"born": "2999-01-01"}}}, 422, "children[1].born"},
		"impossible birthday":   {body{"children": []body{{}, {"born": "2020-02-30"}}}, 400, "children[1].born"},
		"a number of one's own": {body{"number": "1"}, 400, "number"},
		"a pack of one's own":   {body{"pack": "lax@1"}, 400, "pack"},
		"an ID of one's own":    {body{"children": []body{{"id": "p-1"}, {}}}, 400, "children[0].id"},
		"a finding at once": {
			body{"allegations": []body{{"child": 0, "type": "neglect", "finding": "substantiated"}}}, 400, "allegations[0].finding",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kind := casework.Invalid
			if test.status == http.StatusBadRequest {
				kind = "malformed"
			}
			answered := s.in(t).post(casework.RoleHotline, "/v1/reports", receipt().with(test.change))
			answered.refused(test.status, kind, test.field)
			require.NotContains(t, answered.text, "CANARY")
		})
	}
	t.Cleanup(func() {
		require.Zero(t, s.store.reserved, "a refused report draws no number")
		require.Empty(t, s.store.kept(t))
	})
}
