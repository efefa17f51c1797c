package workflows_test

import (
	"bytes"
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/proto"

	"homeward/activities"
	"homeward/casework"
	"homeward/internal/codec"
	"homeward/internal/teststack"
	"homeward/workflows"
)

// secretly are words that are put where commands, answers, errors and notices
// have a text. None is personal; none may be readable in Temporal all the same.
func secretly() []string {
	return []string{
		"xq7child", "xq7danger", "xq7efforts", "xq7notes", "xq7plan", "xq7failure", "xq7away", // planted below
		"foster-home", "court-order", "reunification", "worker-visit due", "CFR", // said by the case
	}
}

// What somebody sees who reads Temporal's database, or asks Temporal without
// the keys: that a case lives, its steps by name, its search attributes, and
// nothing that it says.
func TestTemporal_StoresNothingThatCanBeReadWithoutTheKeys(t *testing.T) {
	t.Parallel()
	refuses := once(visitRecorded, func(context.Context, activities.Log, casework.Transition) (casework.RecordResult, error) {
		return casework.RecordResult{}, casework.NewError(casework.Internal, "xq7failure")
	})
	var tries atomic.Int64
	log := meddle(func(ctx context.Context, log activities.Log, transition casework.Transition) (casework.RecordResult, error) {
		if transition.Events[0].Type == childRemoved && tries.Add(1) <= 4 { // the local activity makes three
			return casework.RecordResult{}, casework.NewError(casework.Unavailable, "xq7away")
		}
		return refuses(ctx, log, transition)
	})
	c, _ := tryOpenCase(t, teststack.New(t, teststack.Options{Log: log.log}), func(b *casework.Opening) {
		b.Children = []casework.Subject{{ID: "xq7child", Born: casework.NewDate(2019, time.March, 3)}}
	})
	c.do(casework.RoleCaseworker, "child.remove", &casework.Removal{
		Children: []string{"xq7child"}, At: c.now().Add(-time.Hour), Authority: "court-order", Danger: "xq7danger", Efforts: "xq7efforts",
		ICWAInquiry: "no-reason-to-know", RelativesAsked: true, Setting: "foster-home",
	})
	visit := &casework.Visit{Children: []string{"xq7child"}, At: c.now(), InResidence: true, Notes: "xq7notes"}
	_, err := c.Send(t.Context(), c.id, command(casework.RoleCaseworker, "visit.record", visit))
	require.ErrorContains(t, err, "xq7failure", "the caller reads it")
	c.do(casework.RoleCaseworker, "visit.record", visit)
	c.do(casework.RoleCaseworker, "plan.submit", &casework.PlanSubmission{
		Content: "xq7plan", Goals: []casework.Goal{{Child: "xq7child", Primary: "reunification", Concurrent: "adoption"}},
	})
	c.forward(40)
	require.NoError(t, c.Client.SignalWorkflow(t.Context(), c.id, "", workflows.SignalRenew, "xq7notes"))
	require.Eventually(t, func() bool { return c.runs() == 2 }, 20*time.Second, 20*time.Millisecond)

	stranger, err := client.Dial(client.Options{HostPort: teststack.Host(t), Namespace: c.Namespace, Logger: teststack.SDKLog()})
	require.NoError(t, err)
	t.Cleanup(stranger.Close)
	stored := c.seenBy(stranger)
	raw := join(t, stored)
	for _, message := range stored {
		c.requireSealed(message)
		teststack.Decrypt(t, c.Codec, message)
	}
	readable := join(t, stored)
	for _, word := range secretly() {
		require.Zero(t, bytes.Count(raw, []byte(word)), "%s can be read", word)
		require.Positive(t, bytes.Count(readable, []byte(word)), "%s is not even there", word)
	}
	require.Positive(t, bytes.Count(raw, []byte("visit.record")), "the names of steps can be read")
	value, err := stranger.QueryWorkflow(t.Context(), c.id, "", workflows.QueryState)
	require.NoError(t, err)
	require.ErrorContains(t, value.Get(&casework.Case{}), codec.EncodingRecord)
}

// seenBy is all that Temporal has to say about the record's runs.
func (r record) seenBy(stranger client.Client) []proto.Message {
	r.t.Helper()
	described, err := stranger.DescribeWorkflowExecution(r.t.Context(), r.id, "")
	require.NoError(r.t, err)
	stored := []proto.Message{described, r.found("ExecutionStatus = 'Running'")}
	for _, run := range r.Runs(r.t, r.id) {
		events := stranger.GetWorkflowHistory(r.t.Context(), r.id, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for events.HasNext() {
			event, err := events.Next()
			require.NoError(r.t, err)
			stored = append(stored, event)
		}
	}
	return stored
}

// requireSealed requires every payload of a message to be sealed for the record.
func (r record) requireSealed(message proto.Message) {
	r.t.Helper()
	event, _ := message.(*history.HistoryEvent)
	require.NoError(r.t, proxy.VisitPayloads(r.t.Context(), message, proxy.VisitPayloadsOptions{
		SkipSearchAttributes: true,
		Visitor: func(_ *proxy.VisitPayloadsContext, payloads []*common.Payload) ([]*common.Payload, error) {
			for _, p := range payloads {
				require.True(r.t, codec.Sealed(p), "%s", event.GetEventType())
				require.Equal(r.t, r.id, codec.WorkflowOf(p), "%s", event.GetEventType())
			}
			return payloads, nil
		},
	}))
}

// join is messages as they are stored, all in one.
func join(t *testing.T, messages []proto.Message) []byte {
	t.Helper()
	var all bytes.Buffer
	for _, message := range messages {
		all.Write(wire(t, message))
	}
	return all.Bytes()
}
