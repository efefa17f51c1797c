package teststack

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
)

// Timers lists the names of the timers of a record's current run that run now, as the Temporal UI shows them.
func (s *Stack) Timers(t testing.TB, id string) []string {
	t.Helper()
	running := make(map[int64]string)
	var order []int64
	history := s.Client.GetWorkflowHistory(t.Context(), id, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for history.HasNext() {
		e, err := history.Next()
		require.NoError(t, err)
		switch e.GetEventType() { //nolint:exhaustive // the other events are no timer's
		case enums.EVENT_TYPE_TIMER_STARTED:
			running[e.GetEventId()] = string(e.GetUserMetadata().GetSummary().GetData())
			order = append(order, e.GetEventId())
		case enums.EVENT_TYPE_TIMER_CANCELED:
			delete(running, e.GetTimerCanceledEventAttributes().GetStartedEventId())
		case enums.EVENT_TYPE_TIMER_FIRED:
			delete(running, e.GetTimerFiredEventAttributes().GetStartedEventId())
		}
	}
	var names []string
	for _, id := range order {
		if name, ok := running[id]; ok {
			names = append(names, name)
		}
	}
	return names
}

// Runs lists the IDs of a record's runs, the first one first.
func (s *Stack) Runs(t testing.TB, id string) []string {
	t.Helper()
	described, err := s.Client.DescribeWorkflowExecution(t.Context(), id, "")
	require.NoError(t, err)
	info := described.GetWorkflowExecutionInfo()
	runs := []string{info.GetFirstRunId()}
	for runs[len(runs)-1] != info.GetExecution().GetRunId() {
		closing := s.Client.GetWorkflowHistory(t.Context(), id, runs[len(runs)-1], false, enums.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT)
		event, err := closing.Next()
		require.NoError(t, err)
		runs = append(runs, event.GetWorkflowExecutionContinuedAsNewEventAttributes().GetNewExecutionRunId())
	}
	return runs
}
