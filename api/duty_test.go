package api_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/app"
	"homeward/internal/config"
	"homeward/internal/explain"
	"homeward/internal/teststack"
)

func (c inCare) duty(id string) map[string]any {
	c.tb.Helper()
	answered := c.get(casework.RoleCaseworker, c.path+"/duties/"+id)
	require.Equal(c.tb, http.StatusOK, answered.status, answered.text)
	var duty map[string]any
	answered.into(&duty)
	return duty
}

// Children in care for 100 days entered care on day 60, 40 days ago. One went
// home on trial ten days ago: that day and the ones since do not count.
func TestDuty_CountsTheDaysOfTheWindowAsOfNow(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	c := takeIntoCare(t, overStack(t, stack), 100)
	first, second := c.children[0], c.children[1]
	c.do(casework.RoleCaseworker, "plans", c.wholePlan())
	c.do(casework.RoleSupervisor, "plan-approvals", body{})
	c.do(casework.RoleCaseworker, "trial-home-visits", body{"children": []string{first}, "on": c.day(-10), "safety": "Assessed."})

	for child, want := range map[string][]float64{first: {29, 11}, second: {40, 0}} {
		duty := c.duty("tpr-petition/" + child + "/1")
		require.Equal(t, want, []float64{duty["days_counted"].(float64), duty["days_excluded"].(float64)})
		require.Equal(t, c.day(0), duty["window_to"])
		require.Equal(t, c.ago(0).AddDate(0, -22, 1).Format(time.DateOnly), duty["window_from"])
		require.InDelta(t, 457, duty["days_needed"], 2, "fifteen months of 365 days and a quarter")
	}
	hearing := c.duty("permanency-hearing/" + second + "/1")
	require.Equal(t, "washington@2025.1", hearing["pack"])
	require.Equal(t, "statute", hearing["source"])
	require.Equal(t, true, hearing["confirmed"])
	require.Equal(t, "42 USC 675(5)(C)", hearing["citation"])
	require.NotContains(t, hearing, "days_counted")
	require.Equal(t, "overdue", c.duty("shelter-care-hearing/" + second + "/1")["status"], "its 72 hours are long over")
}

// The command line and the API explain a stored case in the same words.
func TestDuty_IsExplainedAsTheCommandLineExplainsIt(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	c := takeIntoCare(t, overStack(t, stack), 100)
	events, err := stack.DB.Events(t.Context(), "case-"+c.number, 1)
	require.NoError(t, err)
	family := casework.FoldCase(events)
	law, err := app.Law(config.Packs{})
	require.NoError(t, err)
	pack, err := law.Library.Pack(family.Pack)
	require.NoError(t, err)
	listed := c.all(casework.RoleCaseworker, c.path+"/duties", "200")
	require.NotEmpty(t, listed)

	answer := explain.Explain(pack, explain.Stored(family.Base(), family.Subjects()), time.Now())

	require.Len(t, listed, len(answer.Duties))
	for _, d := range answer.Duties {
		var want map[string]any
		data, err := json.Marshal(d)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(data, &want))
		got := c.duty(d.ID)
		in := slices.IndexFunc(listed, func(one map[string]any) bool { return one["id"] == d.ID })
		for name, value := range listed[in] {
			require.Equal(t, value, got[name], "%s: %s is as in the list", d.ID, name)
		}
		for _, own := range []string{"rungs", "told", "href", "pack", "as_of"} { // who is told, and where it stands
			delete(got, own)
		}
		require.Equal(t, slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got)), d.ID)
		require.Equal(t, want, got, d.ID)
	}
}

func TestTimeline_ShowsWhatACorrectionMovedAndWhy(t *testing.T) {
	t.Parallel()
	c := takeIntoCare(t, overStack(t, teststack.New(t, teststack.Options{})), 10)
	story := c.list(casework.RoleCaseworker, c.path+"/timeline").Items
	var removal string
	for _, item := range story {
		facts, _ := item["facts"].([]any)
		for _, one := range facts {
			fact := one.(map[string]any)
			if fact["type"] == "child.removed" && fact["subject"] == c.children[0] {
				removal = fact["id"].(string)
			}
		}
	}

	c.do(casework.RoleCaseworker, "corrections", body{"fact": removal, "at": c.ago(12).Format(time.RFC3339), "reason": "Mistyped."})

	story = c.list(casework.RoleCaseworker, c.path+"/timeline").Items
	last := story[len(story)-1]
	require.Equal(t, "duties.changed", last["type"])
	id := "relative-notice/" + c.children[0] + "/1"
	in := slices.IndexFunc(last["changes"].([]any), func(one any) bool { return one.(map[string]any)["duty"] == id })
	require.GreaterOrEqual(t, in, 0)
	change := last["changes"].([]any)[in].(map[string]any)
	require.Equal(t, c.day(20), change["old_due"], "30 days from ten days ago")
	require.Equal(t, c.day(18), change["due"], "30 days from twelve days ago")
	require.Equal(t, "+ 30 days = "+c.day(18), change["why"].([]any)[1])
	require.Equal(t, c.day(18), c.duty(id)["due"])
	require.Equal(t, change["why"], c.duty(id)["why"])
	for _, other := range last["changes"].([]any) {
		require.Equal(t, c.children[0], other.(map[string]any)["subject"], "the sibling's dates stay")
	}
}
