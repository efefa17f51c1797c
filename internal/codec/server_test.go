package codec_test

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/api/query/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/proto"

	"homeward/internal/codec"
	"homeward/internal/teststack"
)

// canary begins every text that must not be readable in Temporal.
const canary = "xq7canary-"

func text(place string) string { return canary + place }

// kept are the places where Temporal keeps a text, each under its own name. That
// of a mutable side effect is sealed twice over.
func kept() []string {
	return []string{
		"input", "next-input", "memo", "summary", "details", "current-details", "timer", "signal", "query-result",
		"update", "update-result", "update-failure", "update-failure-detail", "update-failure-cause", "activity-input",
		"activity-result", "activity-summary", "activity-failure", "activity-failure-detail", "activity-failure-cause",
		"local-activity-result", "local-activity-summary", "local-activity-failure", "local-activity-failure-detail",
		"heartbeat", "last-failure", "side-effect", "task-failure",
		"workflow-failure", "workflow-failure-detail", "workflow-failure-cause",
	}
}

// failure is an error that has a text wherever an error can have one.
func failure(place string) error {
	return temporal.NewApplicationErrorWithOptions(text(place), "a-type", temporal.ApplicationErrorOptions{
		NonRetryable: true, Cause: errors.New(text(place + "-cause")), Details: []any{text(place + "-detail")},
	})
}

// speaker is a workflow, with its activities, that puts a text in each place
// where Temporal keeps one. Its second run fails.
type speaker struct {
	panicked atomic.Bool
	// working says that the activity has begun its second attempt, which ends
	// when release is closed.
	working, release chan struct{}
}

func newSpeaker() *speaker {
	return &speaker{working: make(chan struct{}), release: make(chan struct{})}
}

// Speak is the workflow.
func (s *speaker) Speak(ctx workflow.Context, input string) error {
	if !s.panicked.Swap(true) {
		panic(text("task-failure"))
	}
	if input != text("input") {
		return failure("workflow-failure")
	}
	if err := listen(ctx); err != nil {
		return err
	}
	workflow.SetCurrentDetails(ctx, text("current-details"))
	workflow.SideEffect(ctx, func(workflow.Context) any { return text("side-effect") })
	workflow.MutableSideEffect(ctx, "id", func(workflow.Context) any { return text("mutable-side-effect") },
		func(a, b any) bool { return a == b })
	timer := workflow.NewTimerWithOptions(ctx, time.Millisecond, workflow.TimerOptions{Summary: text("timer")})
	if err := timer.Get(ctx, nil); err != nil {
		return err
	}
	s.act(ctx)
	var heard string
	workflow.GetSignalChannel(ctx, "signal").Receive(ctx, &heard)
	if heard != text("signal") {
		return errors.New("another signal was sent")
	}
	return workflow.NewContinueAsNewError(ctx, "Speak", text("next-input"))
}

// listen answers a query and updates.
func listen(ctx workflow.Context) error {
	answer := func(string) (string, error) { return text("query-result"), nil }
	if err := workflow.SetQueryHandler(ctx, "query", answer); err != nil {
		return err
	}
	update := func(_ workflow.Context, arg string) (string, error) {
		if arg == text("update") {
			return text("update-result"), nil
		}
		return "", failure("update-failure")
	}
	return workflow.SetUpdateHandlerWithOptions(ctx, "update", update, workflow.UpdateHandlerOptions{
		Validator: func(arg string) error {
			if arg == "refuse" {
				return failure("update-refusal")
			}
			return nil
		},
	})
}

// act has activities done that succeed and that fail.
func (s *speaker) act(ctx workflow.Context) {
	regular := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: time.Minute, Summary: text("activity-summary"),
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Millisecond},
	})
	local := workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout: time.Minute, Summary: text("local-activity-summary"),
	})
	_ = workflow.ExecuteLocalActivity(local, s.Work, "local").Get(ctx, nil)
	_ = workflow.ExecuteLocalActivity(local, s.Work, "local-fail").Get(ctx, nil)
	_ = workflow.ExecuteActivity(regular, s.Work, "fail").Get(ctx, nil)
	_ = workflow.ExecuteActivity(regular, s.Work, text("activity-input")).Get(ctx, nil)
}

// Work is the activity.
func (s *speaker) Work(ctx context.Context, arg string) (string, error) {
	switch arg {
	case "local":
		return text("local-activity-result"), nil
	case "local-fail":
		return "", failure("local-activity-failure")
	case "fail":
		return "", failure("activity-failure")
	}
	if activity.GetInfo(ctx).Attempt == 1 {
		activity.RecordHeartbeat(ctx, text("heartbeat"))
		return "", errors.New(text("last-failure"))
	}
	close(s.working)
	<-s.release
	return text("activity-result"), nil
}

// dial connects with the keys of a ring.
func dial(t *testing.T, c *codec.Codec) client.Client {
	t.Helper()
	connected, err := client.Dial(teststack.Encrypting(teststack.Host(t), teststack.Namespace, c))
	require.NoError(t, err)
	t.Cleanup(connected.Close)
	return connected
}

// startWorker starts a worker with the keys of a ring.
func startWorker(t *testing.T, r *codec.Ring, queue string, s *speaker) {
	t.Helper()
	w := worker.New(dial(t, teststack.Codec(teststack.Namespace, r).ForWorker()), queue, worker.Options{})
	w.RegisterWorkflow(s.Speak)
	w.RegisterActivity(s.Work)
	require.NoError(t, w.Start())
	t.Cleanup(w.Stop)
}

// Every text that workflows, activities and clients give to Temporal is sealed
// there and is read again on the way back.
func TestServer_HoldsEverythingSealed(t *testing.T) {
	t.Parallel()
	keys, id, queue, s := ring(t, newKey), "speaker-"+rand.Text(), "codec-"+rand.Text(), newSpeaker()
	c := dial(t, teststack.Codec(teststack.Namespace, keys))
	startWorker(t, keys, queue, s)
	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		ID: id, TaskQueue: queue, Memo: map[string]any{"memo": text("memo")},
		StaticSummary: text("summary"), StaticDetails: text("details"),
	}, "Speak", text("input"))
	require.NoError(t, err)
	first := run.GetRunID()
	<-s.working
	updates(t, c, id)
	stored := append(shown(t, c, id), answers(t, c, id)...)
	close(s.release)
	require.NoError(t, c.SignalWorkflow(t.Context(), id, "", "signal", text("signal")))
	requireFailure(t, run.Get(t.Context(), nil), "workflow-failure")
	stored = append(stored, shown(t, c, id)...)
	stored = append(stored, events(t, c, id, first)...)

	require.Zero(t, strings.Count(wires(t, stored), canary), "something is not sealed")
	for _, message := range stored {
		requireBound(t, message, id)
		teststack.Decrypt(t, teststack.Codec(teststack.Namespace, keys), message)
	}
	readable := wires(t, stored)
	for _, place := range kept() {
		require.Positive(t, strings.Count(readable, text(place)), place)
	}
}

// updates sends the workflow one update of each outcome.
func updates(t *testing.T, c client.Client, id string) {
	t.Helper()
	ask := func(arg string) (answer string, err error) {
		handle, err := c.UpdateWorkflow(t.Context(), client.UpdateWorkflowOptions{
			WorkflowID: id, UpdateName: "update", Args: []any{arg}, WaitForStage: client.WorkflowUpdateStageCompleted,
		})
		if err == nil {
			err = handle.Get(t.Context(), &answer)
		}
		return answer, err
	}
	answer, err := ask(text("update"))
	require.NoError(t, err)
	require.Equal(t, text("update-result"), answer)
	_, err = ask("refuse")
	requireFailure(t, err, "update-refusal")
	_, err = ask("fail")
	requireFailure(t, err, "update-failure")
}

// requireFailure requires an error to be the failure of a place, in all its parts.
func requireFailure(t *testing.T, err error, place string) {
	t.Helper()
	require.ErrorContains(t, err, text(place))
	require.ErrorContains(t, err, text(place+"-cause"))
	application, ok := errors.AsType[*temporal.ApplicationError](err)
	require.True(t, ok)
	var detail string
	require.NoError(t, application.Details(&detail))
	require.Equal(t, text(place+"-detail"), detail)
}

// shown is what Temporal shows of a workflow beside its history.
func shown(t *testing.T, c client.Client, id string) []proto.Message {
	t.Helper()
	described, err := c.DescribeWorkflowExecution(t.Context(), id, "")
	require.NoError(t, err)
	var listed *workflowservice.ListWorkflowExecutionsResponse
	require.Eventually(t, func() bool {
		listed, err = c.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Query: "WorkflowId = '" + id + "'"})
		require.NoError(t, err)
		return len(listed.GetExecutions()) > 0
	}, 30*time.Second, 20*time.Millisecond)
	return []proto.Message{described, listed}
}

// answers is what the workflow answers to queries.
func answers(t *testing.T, c client.Client, id string) []proto.Message {
	t.Helper()
	value, err := c.QueryWorkflow(t.Context(), id, "", "query", text("query"))
	require.NoError(t, err)
	var answer string
	require.NoError(t, value.Get(&answer))
	require.Equal(t, text("query-result"), answer)
	var stored []proto.Message
	for _, name := range []string{"query", "__temporal_workflow_metadata"} {
		asked, err := c.WorkflowService().QueryWorkflow(t.Context(), &workflowservice.QueryWorkflowRequest{
			Namespace: teststack.Namespace, Execution: &common.WorkflowExecution{WorkflowId: id},
			Query: &query.WorkflowQuery{QueryType: name, QueryArgs: &common.Payloads{Payloads: []*common.Payload{secret()}}},
		})
		require.NoError(t, err)
		stored = append(stored, asked)
	}
	return stored
}

// events are the histories of a workflow's first run and of its last one.
func events(t *testing.T, c client.Client, id, first string) []proto.Message {
	t.Helper()
	var stored []proto.Message
	for _, run := range []string{first, ""} {
		all := c.GetWorkflowHistory(t.Context(), id, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for all.HasNext() {
			e, err := all.Next()
			require.NoError(t, err)
			stored = append(stored, e)
		}
	}
	return stored
}

// wires is what messages look like where they are stored, all in one.
func wires(t *testing.T, messages []proto.Message) string {
	t.Helper()
	var all strings.Builder
	for _, message := range messages {
		data, err := proto.Marshal(message)
		require.NoError(t, err)
		all.Write(data)
	}
	return all.String()
}

// requireBound requires every payload of a message to be sealed for its
// workflow. Only the error of a failed task is sealed for nobody: the SDK does
// not say whose it is.
func requireBound(t *testing.T, message proto.Message, id string) {
	t.Helper()
	event, isEvent := message.(*history.HistoryEvent)
	nobodys := isEvent && event.GetEventType() == enums.EVENT_TYPE_WORKFLOW_TASK_FAILED
	require.NoError(t, proxy.VisitPayloads(t.Context(), message, proxy.VisitPayloadsOptions{
		SkipSearchAttributes: true,
		Visitor: func(v *proxy.VisitPayloadsContext, payloads []*common.Payload) ([]*common.Payload, error) {
			for _, p := range payloads {
				require.True(t, codec.Sealed(p), "%T in %s", v.Parent, event.GetEventType())
				require.Equal(t, nobodys, codec.WorkflowOf(p) != id, "%T in %s", v.Parent, event.GetEventType())
			}
			return payloads, nil
		},
	}))
}
