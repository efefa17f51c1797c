package api

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/postgres"
)

func ask(path string) *query {
	return newQuery(&call{Request: httptest.NewRequest(http.MethodGet, path, http.NoBody)})
}

func TestQuery_ReadsParameters(t *testing.T) {
	t.Parallel()
	f := recordFilter(ask("/v1/cases?stage=services&office=north&open=true&order=due&due_before=2026-01-31T00:00:00Z&limit=7&report=1001"),
		casework.KindCase)

	require.Equal(t, postgres.RecordFilter{
		Kind: casework.KindCase, Stage: casework.StageServices, Office: "north", Open: true, ByDue: true, Report: "1001",
		DueBefore: time.Date(2026, time.January, 31, 0, 0, 0, 0, time.UTC), Limit: 7,
	}, f)
}

func TestQuery_NamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for parameters, field := range map[string]string{
		"limit=0":             "limit",
		"limit=201":           "limit",
		"limit=ten":           "limit",
		"stage=asleep":        "stage",
		"open=yes":            "open",
		"order=name":          "order",
		"due_before=tomorrow": "due_before",
		"office=a&office=b":   "office",
		"office=a%00b":        "office",
		"case=1":              "case",
		"colour=red":          "colour",
		"office=%zz":          "",
		"%3Cscript%3E=1":      "?",
	} {
		q := ask("/v1/cases?" + parameters)
		_ = recordFilter(q, casework.KindCase)
		requireField(t, q.done(), malformed, field)
	}
}

func TestQuery_CursorBelongsToItsList(t *testing.T) {
	t.Parallel()
	first := ask("/v1/cases?office=north&limit=2")
	_ = recordFilter(first, casework.KindCase)
	require.Empty(t, first.next(""), "the last page has no next one")
	next, err := url.Parse(first.next(`[1002]`))
	require.NoError(t, err)
	require.Equal(t, "2", next.Query().Get("limit"))

	second := ask(next.String())
	require.Equal(t, postgres.Position(`[1002]`), recordFilter(second, casework.KindCase).After)
	require.NoError(t, second.done())

	cursor := next.Query().Get("cursor")
	for _, elsewhere := range []string{
		"/v1/reports?office=north&cursor=" + cursor, "/v1/cases?office=south&cursor=" + cursor,
		"/v1/cases?office=north&cursor=x" + cursor, "/v1/cases?office=north&cursor=!!", "/v1/cases?office=north&cursor=" + cursor[:22],
	} {
		q := ask(elsewhere)
		require.Empty(t, recordFilter(q, casework.KindCase).After)
		requireField(t, q.done(), casework.Invalid, "cursor")
	}
}
