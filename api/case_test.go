package api_test

import (
	"crypto/rand"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

func TestOpenCase_AnswersWithTheCase(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack)
	r := takeReport(t, s)
	opening := request{
		method: http.MethodPost, path: r.path + "/case", token: s.token(casework.RoleSupervisor), key: rand.Text(),
		body: caseOpening(),
	}
	drawn := s.store.reserved
	p := s.ask(opening).refused(http.StatusConflict, casework.Blocked, "")
	require.Equal(t, "not-screened-in", p.Missing[0].Code)
	require.NotEmpty(t, p.Next)
	require.Equal(t, drawn, s.store.reserved, "a refused opening draws no number")
	r.investigate()

	opened := s.ask(opening)

	a := opened.taken(http.StatusCreated)
	require.Equal(t, "case-"+a.Number, a.Aggregate)
	require.Equal(t, "/v1/cases/"+a.Number, opened.header.Get("Location"))
	require.Equal(t, r.path, a.Links["report"])
	var record map[string]any
	read := s.get(casework.RoleCaseworker, opened.header.Get("Location"))
	read.into(&record)
	require.Equal(t, opened.header.Get("ETag"), read.header.Get("ETag"))
	require.Equal(t, r.number, record["report"])
	s.get(casework.RoleSupervisor, r.path).into(&record)
	require.Equal(t, a.Number, record["case"])

	require.NoError(t, stack.Client.GetWorkflow(t.Context(), "report-"+r.number, "").Get(t.Context(), nil))
	require.Equal(t, a, s.ask(opening).taken(http.StatusCreated), "the same key gives the same case, although the report is closed")
	opening.body = caseOpening().with(body{"risk": "low"})
	s.ask(opening).refused(http.StatusUnprocessableEntity, casework.Reused, "")
	opening.key = rand.Text()
	p = s.ask(opening).refused(http.StatusGone, casework.Gone, "")
	require.Equal(t, r.number, p.Record["number"])
}

func TestOpenCase_TakesNoNumberFromTheCaller(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	r := takeReport(t, s)

	s.post(casework.RoleSupervisor, r.path+"/case", caseOpening().with(body{"number": "1"})).
		refused(http.StatusBadRequest, "malformed", "number")
	s.post(casework.RoleSupervisor, "/v1/reports/7/case", caseOpening()).
		refused(http.StatusNotFound, casework.NotFound, "")
}
