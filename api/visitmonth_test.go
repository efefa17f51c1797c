package api_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

// A child in care since 100 days ago has at least two full months behind it.
// One visit is made in the month before the running one, at home.
func TestVisitMonths_ShowEachMonthInCareAndSumUpTheCaseload(t *testing.T) {
	t.Parallel()
	c := takeIntoCare(t, overStack(t, teststack.New(t, teststack.Options{})), 100)
	now := c.ago(0)
	before := time.Date(now.Year(), now.Month(), 1, 19, 30, 0, 0, now.Location()).AddDate(0, 0, -1)
	visit := body{"children": c.children[:1], "at": before.Format(time.RFC3339), "in_residence": true, "notes": "All is well."}
	c.do(casework.RoleCaseworker, "visits", visit)
	c.do(casework.RoleCaseworker, "visits", visit.with(body{"attempted": true, "children": c.children[1:]}))

	var read map[string]any
	c.get(casework.RoleSupervisor, c.path+"/children/"+c.children[0]+"/visit-months").into(&read)
	var full []string
	months := map[string]map[string]any{}
	for _, one := range read["months"].([]any) {
		m := one.(map[string]any)
		months[m["month"].(string)] = m
		if m["status"] == "counts" {
			full = append(full, m["month"].(string))
		}
	}
	last := months[before.Format("2006-01")]
	require.Equal(t, "counts", last["status"], "the evening of its last day, though UTC is in the next")
	require.Len(t, last["visits"], 1)
	require.Equal(t, "w-caseworker", last["visits"].([]any)[0].(map[string]any)["worker"])
	require.Equal(t, "running", months[now.Format("2006-01")]["status"])
	sums := read["sums"].(map[string]any)
	require.EqualValues(t, len(full), sums["months"])
	require.EqualValues(t, 1, sums["visited"])
	require.EqualValues(t, 100, sums["residence_percent"])
	require.Equal(t, false, sums["met"])

	year := before.Year()
	if before.Month() >= time.October {
		year++
	}
	c.get(casework.RoleSupervisor, "/v1/visit-months?worker=w-caseworker&year="+strconv.Itoa(year)).into(&read)
	require.EqualValues(t, 1, read["sums"].(map[string]any)["visited"], "the attempt is no visit")
	require.Len(t, read["cases"], 1)
	require.Equal(t, c.number, read["cases"].([]any)[0].(map[string]any)["number"])

	c.get(casework.RoleSupervisor, c.path+"/children/p-0/visit-months").refused(http.StatusNotFound, casework.NotFound, "")
	c.get(casework.RoleSupervisor, "/v1/visit-months").refused(http.StatusBadRequest, "malformed", "worker")
	c.get(casework.RoleSupervisor, "/v1/visit-months?worker=w&year=26").refused(http.StatusBadRequest, "malformed", "year")
}
