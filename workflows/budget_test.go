package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"

	"homeward/casework"
	"homeward/internal/teststack"
)

// The budget of the design: what a step may cost on the Temporal server.
const (
	maxEventsPerStep      = 9
	maxTransitionsPerStep = 1
)

// cost is what the server has counted for a run.
type cost struct{ events, transitions int64 }

func (r record) cost() cost {
	r.t.Helper()
	described, err := r.Client.DescribeWorkflowExecution(r.t.Context(), r.id, "")
	require.NoError(r.t, err)
	info := described.GetWorkflowExecutionInfo()
	return cost{info.GetHistoryLength(), info.GetStateTransitionCount()}
}

// eventTypes lists the events of the run after the first n.
func (r record) eventTypes(n int64) []string {
	r.t.Helper()
	var types []string
	history := r.Client.GetWorkflowHistory(r.t.Context(), r.id, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for history.HasNext() {
		e, err := history.Next()
		require.NoError(r.t, err)
		if e.GetEventId() > n {
			types = append(types, e.GetEventType().String())
		}
	}
	return types
}

func TestStep_StaysWithinTheEventBudget(t *testing.T) {
	t.Parallel()
	c := openCase(t, teststack.New(t, teststack.Options{}))
	c.remove()
	for _, step := range []func() casework.Answer{c.visit, c.visit, func() casework.Answer {
		return c.do(casework.RoleCaseworker, "relatives.notify", &casework.RelativeNotice{
			Children: []string{"p-1", "p-2"}, On: c.dayOf(c.now().Add(-time.Hour)),
		})
	}} {
		before := c.cost()
		step()
		after := c.cost()
		require.LessOrEqual(t, after.events-before.events, int64(maxEventsPerStep), c.eventTypes(before.events))
		require.LessOrEqual(t, after.transitions-before.transitions, int64(maxTransitionsPerStep))
	}
}

func TestRefusedStep_LeavesNeitherEventsNorRows(t *testing.T) {
	t.Parallel()
	c := openCase(t, teststack.New(t, teststack.Options{}))
	c.remove()
	before, events := c.cost(), c.revision()
	_, err := c.Send(t.Context(), c.id, command(casework.RoleCaseworker, "closing.request",
		&casework.ClosingRequest{Risk: "low", Reason: "t-1"}))
	require.Equal(t, casework.Blocked, casework.KindOf(err))
	require.Equal(t, before, c.cost(), c.eventTypes(before.events))
	require.Equal(t, events, c.revision())
}

// revision is the record's revision in the log.
func (r record) revision() int {
	r.t.Helper()
	summary, err := r.DB.Summary(r.t.Context(), r.id)
	require.NoError(r.t, err)
	return summary.Revision
}
