package main

import (
	"context"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
)

// counts are what a record has cost the server over all its runs.
type counts struct {
	// events leaves out those that fast-forwarding has caused: skipped.
	events, skipped int
	transitions     int64
	runs            int
	types           map[enumspb.EventType]int
}

// count reads the histories of all runs of a workflow.
func (s *stage) count(ctx context.Context, id string) (counts, error) {
	described, err := s.client.DescribeWorkflowExecution(ctx, id, "")
	if err != nil {
		return counts{}, err
	}
	c := counts{types: make(map[enumspb.EventType]int)}
	for run := described.GetWorkflowExecutionInfo().GetFirstRunId(); run != ""; {
		described, err := s.client.DescribeWorkflowExecution(ctx, id, run)
		if err != nil {
			return c, fmt.Errorf("describe a run of %s: %w", id, err)
		}
		c.transitions += described.GetWorkflowExecutionInfo().GetStateTransitionCount()
		c.runs++
		if run, err = s.countRun(ctx, id, run, &c); err != nil {
			return c, fmt.Errorf("read a history of %s: %w", id, err)
		}
	}
	return c, nil
}

// countRun adds the events of one run and returns the run that it continued as.
func (s *stage) countRun(ctx context.Context, id, run string, c *counts) (next string, err error) {
	history := s.client.GetWorkflowHistory(ctx, id, run, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for history.HasNext() {
		event, err := history.Next()
		if err != nil {
			return "", err
		}
		if c.types[event.GetEventType()]++; fastForward(event) {
			c.skipped++
			continue
		}
		c.events++
		next = event.GetWorkflowExecutionContinuedAsNewEventAttributes().GetNewExecutionRunId()
	}
	return next, nil
}

// fastForward says whether an event is there only because time was skipped.
func fastForward(e *historypb.HistoryEvent) bool {
	switch e.GetEventType() { //nolint:exhaustive // all others happen without time skipping, too
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED:
		return true
	}
	return false
}

// rows counts the rows of every table of the database.
func (s *stage) rows(ctx context.Context) (int, error) {
	const everything = `
SELECT coalesce(sum((xpath('/row/n/text()',
    query_to_xml(format('SELECT count(*) AS n FROM %I.%I', schemaname, tablename), false, true, '')))[1]::text::bigint), 0)
FROM pg_tables WHERE schemaname = 'public'`
	var n int
	err := s.pool.QueryRowContext(ctx, everything).Scan(&n)
	return n, err
}
