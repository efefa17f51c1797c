package teststack

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
)

// Timers lists the names of the timers of a record's current run that run now, as the Temporal UI shows them.
func (s *Stack) Timers(t testing.TB, id string) []string {
	t.Helper()
	running := make(map[int64]string)
	var order []int64
	for _, e := range s.History(t, id, "") {
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

// History returns the events of a record's run, decrypted; of the current run
// where none is named.
func (s *Stack) History(t testing.TB, id, run string) []*history.HistoryEvent {
	t.Helper()
	events := s.Stored(t, id, run)
	for _, e := range events {
		Decrypt(t, s.Codec, e)
	}
	return events
}

// Stored returns the events of a record's run as Temporal stores them.
func (s *Stack) Stored(t testing.TB, id, run string) []*history.HistoryEvent {
	t.Helper()
	var events []*history.HistoryEvent
	all := s.Client.GetWorkflowHistory(t.Context(), id, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for all.HasNext() {
		e, err := all.Next()
		require.NoError(t, err)
		events = append(events, e)
	}
	return events
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
