// Package casetime moves the clock of single records forward on the embedded
// Temporal server: every timer on the way fires, activities run, and months of
// a case pass in seconds. Each record has its own time afterwards, ahead of the
// wall clock. It is for demonstrations and tests, and refuses any other server.
package casetime

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/query/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"homeward/casework"
	"homeward/workflows"
)

// EmbeddedCluster is the cluster name of the embedded stack. No other server is
// ever moved in time.
const EmbeddedCluster = "homeward-dev"

// maxSkips bounds the timers of one journey: a case of several years has some
// hundreds.
const maxSkips = 10_000

// Mover moves the records of one namespace.
type Mover struct {
	service   workflowservice.WorkflowServiceClient
	namespace string
}

// New returns a mover, or Forbidden where the server is not the embedded one.
func New(ctx context.Context, service workflowservice.WorkflowServiceClient, namespace string) (*Mover, error) {
	embedded, err := Embedded(ctx, service)
	if err != nil {
		return nil, err
	}
	if !embedded {
		return nil, casework.NewError(casework.Forbidden, "Time is moved on the embedded stack only; this is another Temporal server.")
	}
	return &Mover{service: service, namespace: namespace}, nil
}

// Embedded says whether the server is that of the embedded stack, or why that
// cannot be told, which is Unavailable.
func Embedded(ctx context.Context, service workflowservice.WorkflowServiceClient) (bool, error) {
	info, err := service.GetClusterInfo(ctx, &workflowservice.GetClusterInfoRequest{})
	if err != nil {
		return false, casework.WrapError(casework.Unavailable, "Temporal does not answer.", err)
	}
	return info.GetClusterName() == EmbeddedCluster, nil
}

// Now returns a record's own time.
func (m *Mover) Now(ctx context.Context, aggregate string) (time.Time, error) {
	described, err := m.service.DescribeWorkflowExecution(ctx, &workflowservice.DescribeWorkflowExecutionRequest{
		Namespace: m.namespace, Execution: &common.WorkflowExecution{WorkflowId: aggregate},
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("describe %s: %w", aggregate, err)
	}
	if info := described.GetWorkflowExtendedInfo().GetTimeSkippingInfo(); info.GetCurrentTime() != nil {
		return info.GetCurrentTime().AsTime(), nil
	}
	return time.Now(), nil
}

// To moves a record to an instant and waits until it has arrived. It does
// nothing where the instant has passed already.
func (m *Mover) To(ctx context.Context, aggregate string, target time.Time) error {
	now, err := m.Now(ctx, aggregate)
	if err != nil || !target.After(now) {
		return err
	}
	return m.By(ctx, aggregate, target.Sub(now))
}

// By moves a record by a span and waits until it has arrived.
func (m *Mover) By(ctx context.Context, aggregate string, span time.Duration) error {
	execution := &common.WorkflowExecution{WorkflowId: aggregate}
	id := fmt.Sprintf("%s+%s@%d", aggregate, span, time.Now().UnixNano())
	_, err := m.service.UpdateWorkflowExecutionOptions(ctx, &workflowservice.UpdateWorkflowExecutionOptionsRequest{
		Namespace: m.namespace, WorkflowExecution: execution,
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"time_skipping_config"}},
		WorkflowExecutionOptions: &workflow.WorkflowExecutionOptions{TimeSkippingConfig: &common.TimeSkippingConfig{
			Enabled: true, MaxSessionSkipCount: maxSkips,
			FastForwardConfig: &common.FastForwardConfig{Id: id, Duration: durationpb.New(span)},
		}},
	})
	if err != nil {
		return fmt.Errorf("fast-forward %s: %w", aggregate, err)
	}
	return m.arrive(ctx, execution, id)
}

// Settled waits until a record's worker has acted on everything that has come
// due. Arriving only means that the timers have fired.
func (m *Mover) Settled(ctx context.Context, aggregate string) error {
	for {
		// A query is answered after every task that was due before it.
		_, err := m.service.QueryWorkflow(ctx, &workflowservice.QueryWorkflowRequest{
			Namespace: m.namespace, Execution: &common.WorkflowExecution{WorkflowId: aggregate},
			Query: &query.WorkflowQuery{QueryType: workflows.QueryState},
		})
		if _, moving := errors.AsType[*serviceerror.WorkflowNotReady](err); moving {
			continue // a fresh run has no task yet
		}
		if err != nil {
			return fmt.Errorf("ask %s: %w", aggregate, err)
		}
		return nil
	}
}

// arrive waits for the end of a journey.
func (m *Mover) arrive(ctx context.Context, execution *common.WorkflowExecution, id string) error {
	for {
		polled, err := m.service.PollWorkflowExecutionTimeSkipping(ctx,
			&workflowservice.PollWorkflowExecutionTimeSkippingRequest{
				Namespace: m.namespace, WorkflowExecution: execution, FastForwardId: id,
			})
		if err != nil {
			return fmt.Errorf("wait for %s: %w", execution.GetWorkflowId(), err)
		}
		switch polled.GetFastForwardPollingResult() {
		case enumspb.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED:
			return nil
		case enumspb.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_FAILED:
			return errors.New("fast-forward failed: " + polled.GetFailedReason())
		case enumspb.FAST_FORWARD_POLLING_RESULT_POLL_TIMEOUT, enumspb.FAST_FORWARD_POLLING_RESULT_UNSPECIFIED:
		}
	}
}
