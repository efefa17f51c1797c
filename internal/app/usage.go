package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"homeward/internal/codec"
)

// KeyUse is a key and the runs that are sealed with it.
type KeyUse struct {
	// Key is the key's ID.
	Key string
	// Runs is how many runs need it, and Example is the record of one of them.
	Runs    int
	Example string
}

// KeyUsage says which encryption keys the runs of a namespace need: those of
// open records or, with closed, all that Temporal still keeps. It reads every
// history and decrypts none. A key that is not in the answer, and encrypts
// nowhere any more, can be taken away.
func KeyUsage(ctx context.Context, temporal client.Client, closed bool) ([]KeyUse, error) {
	query := "ExecutionStatus = 'Running'"
	if closed {
		query = ""
	}
	uses := make(map[string]KeyUse)
	var page []byte
	for {
		listed, err := temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Query: query, NextPageToken: page})
		if err != nil {
			return nil, fmt.Errorf("list runs: %w", err)
		}
		for _, run := range listed.GetExecutions() {
			if err := count(ctx, temporal, run, uses); err != nil {
				return nil, fmt.Errorf("read %s: %w", run.GetExecution().GetWorkflowId(), err)
			}
		}
		if page = listed.GetNextPageToken(); len(page) == 0 {
			break
		}
	}
	byKey := func(a, b KeyUse) int { return strings.Compare(a.Key, b.Key) }
	return slices.SortedFunc(maps.Values(uses), byKey), nil
}

// count adds the keys of one run. A run that has just been removed needs none.
func count(ctx context.Context, temporal client.Client, run *workflow.WorkflowExecutionInfo, uses map[string]KeyUse) error {
	id := run.GetExecution()
	needed := make(map[string]bool)
	events := temporal.GetWorkflowHistory(ctx, id.GetWorkflowId(), id.GetRunId(), false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if _, gone := errors.AsType[*serviceerror.NotFound](err); gone {
			return nil
		}
		if err != nil {
			return err
		}
		keys, err := codec.Used(ctx, event)
		if err != nil {
			return err
		}
		for _, key := range keys {
			needed[key] = true
		}
	}
	for key := range needed {
		uses[key] = KeyUse{Key: key, Runs: uses[key].Runs + 1, Example: id.GetWorkflowId()}
	}
	return nil
}
