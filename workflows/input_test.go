package workflows_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/workflows"
)

// keys lists the top-level keys of a JSON object.
func keys(t *testing.T, data []byte) []string {
	t.Helper()
	var object map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(data, &object))
	var names []string
	for name := range object {
		names = append(names, name)
	}
	return names
}

func TestInput_CarriesALargeStatePackedAndASmallOneAsItIs(t *testing.T) {
	t.Parallel()
	f := newFamily(t, current(t).Law)
	for _, c := range []struct {
		months int
		key    string
	}{{1, "state"}, {59, "packed"}} {
		f.lives(c.months)
		in := workflows.Input[casework.Case]{State: f.state, Undelivered: 3, Attempt: 2}
		data, err := json.Marshal(in)
		require.NoError(t, err)
		require.ElementsMatch(t, []string{c.key, "undelivered", "attempt"}, keys(t, data))

		var read workflows.Input[casework.Case]
		require.NoError(t, json.Unmarshal(data, &read))
		require.Empty(t, cmp.Diff(in, read, cmpopts.IgnoreUnexported(casework.Record{}), cmpopts.EquateEmpty(), cmp.AllowUnexported(casework.Date{})))
		again, err := json.Marshal(read)
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, again), "the same state packs to the same bytes")
		f.caseworker("child.reunify", &casework.Reunification{Children: f.ids, On: casework.DateOf(f.now.AddDate(0, 0, -1))})
	}
}

// Five years of weekly contacts of six children are over a megabyte of facts and
// duties. What continue-as-new carries stays far below what the server refuses.
func TestInput_OfYearsOfWeeklyContactsStaysFarBelowTheLimits(t *testing.T) {
	t.Parallel()
	f := newFamily(t, current(t).Law)
	f.caseworker("contact-plan.set", &casework.ContactPlan{Children: f.ids, Relationship: "parent", EveryDays: 7, By: "court"})
	for range 5 * 52 {
		f.passes(7 * 24 * time.Hour)
		f.caseworker("family-contact.record", &casework.FamilyContact{Children: f.ids, Relationship: "parent", At: f.now})
	}
	bare, carried := size(t, f.state), size(t, workflows.Input[casework.Case]{State: f.state})
	t.Logf("state %d bytes, carried as %d", bare, carried)
	require.Greater(t, bare, payloadWarns)
	require.Less(t, carried, payloadWarns/2)
}

func TestInput_RefusesWhatIsNoPackedState(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"no DEFLATE":  `{"packed":"bm90IGRlZmxhdGU="}`,
		"no base64":   `{"packed":"%%%"}`,
		"cut off":     `{"packed":"q1Y="}`,
		"no object":   `[]`,
		"wrong state": `{"state":1}`,
	} {
		require.Error(t, json.Unmarshal([]byte(data), new(workflows.Input[casework.Case])), name)
	}
}
