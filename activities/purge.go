package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/activity"
	"google.golang.org/grpc"

	"homeward/casework"
)

// Eraser destroys what is stored of a record. Each method can be called again: what
// is done stays done.
type Eraser interface {
	// DestroySecret destroys the secret of the record of an approved purge. It is
	// Blocked while a hold lasts.
	DestroySecret(ctx context.Context, purge, record string, at time.Time) error
	// EraseRecord deletes every row and returns the proof that is left.
	EraseRecord(ctx context.Context, purge string, executions int, at time.Time) (proof string, err error)
	// FinishPurge notes that nothing is left anywhere.
	FinishPurge(ctx context.Context, purge string, at time.Time) error
}

// Runs is the part of Temporal's frontend that finds and deletes workflow runs.
type Runs interface {
	CountWorkflowExecutions(context.Context, *workflowservice.CountWorkflowExecutionsRequest, ...grpc.CallOption) (*workflowservice.CountWorkflowExecutionsResponse, error)
	ListWorkflowExecutions(context.Context, *workflowservice.ListWorkflowExecutionsRequest, ...grpc.CallOption) (*workflowservice.ListWorkflowExecutionsResponse, error)
	DescribeWorkflowExecution(context.Context, *workflowservice.DescribeWorkflowExecutionRequest, ...grpc.CallOption) (*workflowservice.DescribeWorkflowExecutionResponse, error)
	DeleteWorkflowExecution(context.Context, *workflowservice.DeleteWorkflowExecutionRequest, ...grpc.CallOption) (*workflowservice.DeleteWorkflowExecutionResponse, error)
}

// Erasure are the activities that destroy records. All fields are needed.
type Erasure struct {
	Eraser    Eraser
	Runs      Runs
	Namespace string
	// Now is the wall clock: a purge has nothing to do with the clock of a record.
	Now func() time.Time
}

// PurgeInput names a purge and the record that it destroys.
type PurgeInput struct {
	Purge  string `json:"purge"`
	Record string `json:"record"`
	// Executions is how many runs Temporal had of the record.
	Executions int `json:"executions,omitempty"`
}

// beat is how often a step says that it lives. Where it is silent for [StepSilence],
// its worker has died and another takes it up.
const beat = 3 * time.Second

// StepSilence is how long a step of a purge may be silent.
const StepSilence = 5 * beat

// alive says that a step lives until it is stopped.
func alive(ctx context.Context) (stop func()) {
	done := make(chan struct{})
	go func() {
		ticker := time.NewTicker(beat)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ctx.Done():
				return
			case <-ticker.C:
				activity.RecordHeartbeat(ctx)
			}
		}
	}()
	return func() { close(done) }
}

// DestroySecret destroys the record's secret. From then on nothing that was sealed
// with it can be read, wherever a copy is.
func (e *Erasure) DestroySecret(ctx context.Context, in PurgeInput) error {
	defer alive(ctx)()
	if err := e.Eraser.DestroySecret(ctx, in.Purge, in.Record, e.Now()); err != nil {
		return refused(ctx, "secret not destroyed", err)
	}
	return nil
}

// CountRuns returns how many runs Temporal has of the record.
func (e *Erasure) CountRuns(ctx context.Context, in PurgeInput) (int, error) {
	defer alive(ctx)()
	counted, err := e.Runs.CountWorkflowExecutions(ctx, &workflowservice.CountWorkflowExecutionsRequest{
		Namespace: e.Namespace, Query: runsOf(in.Record),
	})
	if err != nil {
		return 0, refused(ctx, "runs not counted", err)
	}
	return int(counted.GetCount()), nil
}

// DeleteRuns deletes every run that Temporal has of the record, and succeeds once
// Temporal knows none any more: neither by its ID nor in its lists, which follow a
// moment later. Until then it is Unavailable, and to be tried again.
func (e *Erasure) DeleteRuns(ctx context.Context, in PurgeInput) error {
	defer alive(ctx)()
	left, err := e.listed(ctx, in.Record)
	if err != nil {
		return refused(ctx, "runs not listed", err)
	}
	described, err := e.Runs.DescribeWorkflowExecution(ctx, &workflowservice.DescribeWorkflowExecutionRequest{
		Namespace: e.Namespace, Execution: &common.WorkflowExecution{WorkflowId: in.Record},
	})
	switch {
	case err == nil:
		left = append(left, described.GetWorkflowExecutionInfo().GetExecution())
	case !missing(err):
		return refused(ctx, "run not described", err)
	}
	if len(left) == 0 {
		return nil
	}
	for _, run := range left {
		_, err := e.Runs.DeleteWorkflowExecution(ctx, &workflowservice.DeleteWorkflowExecutionRequest{
			Namespace: e.Namespace, WorkflowExecution: run,
		})
		if err != nil && !missing(err) {
			return refused(ctx, "run not deleted", err)
		}
	}
	return refused(ctx, "runs are being deleted", casework.WrapError(casework.Unavailable,
		"Temporal is deleting what it holds of this record.", fmt.Errorf("%d runs are left", len(left))))
}

// EraseRecord deletes the record's rows and returns the proof.
func (e *Erasure) EraseRecord(ctx context.Context, in PurgeInput) (string, error) {
	defer alive(ctx)()
	proof, err := e.Eraser.EraseRecord(ctx, in.Purge, in.Executions, e.Now())
	if err != nil {
		return "", refused(ctx, "record not erased", err)
	}
	return proof, nil
}

// FinishPurge notes that the purge is done.
func (e *Erasure) FinishPurge(ctx context.Context, in PurgeInput) error {
	defer alive(ctx)()
	if err := e.Eraser.FinishPurge(ctx, in.Purge, e.Now()); err != nil {
		return refused(ctx, "purge not finished", err)
	}
	return nil
}

func (e *Erasure) listed(ctx context.Context, record string) ([]*common.WorkflowExecution, error) {
	var runs []*common.WorkflowExecution
	var page []byte
	for {
		listed, err := e.Runs.ListWorkflowExecutions(ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Namespace: e.Namespace, Query: runsOf(record), NextPageToken: page,
		})
		if err != nil {
			return nil, err
		}
		for _, run := range listed.GetExecutions() {
			runs = append(runs, run.GetExecution())
		}
		if page = listed.GetNextPageToken(); len(page) == 0 {
			return runs, nil
		}
	}
}

// runsOf finds the runs of a record, whose ID is made of a word and digits.
func runsOf(record string) string { return "WorkflowId = '" + record + "'" }

func missing(err error) bool {
	_, gone := errors.AsType[*serviceerror.NotFound](err)
	return gone
}
