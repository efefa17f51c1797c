package workflows_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"homeward/casework"
	"homeward/internal/codec"
	"homeward/internal/teststack"
	"homeward/workflows"
)

// keyFile is a key file that changes while processes run.
type keyFile struct {
	t    testing.TB
	text atomic.Value
	ring *codec.Ring
}

// strangersKey is a key that opens nothing of the tests.
const strangersKey = "stranger QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="

func newKeyFile(t testing.TB, text string) *keyFile {
	t.Helper()
	f := &keyFile{t: t}
	f.text.Store(text)
	var err error
	f.ring, err = codec.Open(func() ([]byte, error) { return []byte(f.text.Load().(string)), nil })
	require.NoError(t, err)
	return f
}

// write writes other keys into the file, and has them read.
func (f *keyFile) write(text string) {
	f.t.Helper()
	f.text.Store(text)
	_, err := f.ring.Reload()
	require.NoError(f.t, err)
}

// failing waits until a task of the record has failed more than once.
func (r record) failing() {
	r.t.Helper()
	require.Eventually(r.t, func() bool {
		described, err := r.Client.DescribeWorkflowExecution(r.t.Context(), r.id, "")
		require.NoError(r.t, err)
		require.Equal(r.t, enums.WORKFLOW_EXECUTION_STATUS_RUNNING, described.GetWorkflowExecutionInfo().GetStatus())
		return described.GetPendingWorkflowTask().GetAttempt() > 1
	}, 30*time.Second, 20*time.Millisecond)
}

// A key that has not reached a worker yet stops the clocks of a case and ends
// nothing: once it is there, what was due is done.
func TestWorkerWithoutTheKey_LetsTheCaseWait(t *testing.T) {
	t.Parallel()
	keys := newKeyFile(t, teststack.Keys)
	r := openReport(t, teststack.New(t, teststack.Options{WorkerKeys: keys.ring}), ago(due24))
	r.StopWorker(t)
	keys.write(strangersKey)
	r.StartWorker(t) // which has to read the whole history
	r.failing()
	asking, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, err := r.Client.QueryWorkflow(asking, r.id, "", workflows.QueryState)
	require.Error(t, err, "a question is refused, and the worker lives")
	require.Zero(t, r.overdueEvents("screening-decision/1"))

	keys.write(teststack.Keys + "\n" + strangersKey)
	r.falls("screening-decision/1", casework.DutyOverdue)
	require.Equal(t, 1, r.overdueEvents("screening-decision/1"))
	r.agrees()
}

// A step that a worker cannot read waits until it can, and is taken once.
func TestWorkerWithoutTheKey_LosesNoStep(t *testing.T) {
	t.Parallel()
	keys := newKeyFile(t, teststack.Keys)
	c := openCase(t, teststack.New(t, teststack.Options{WorkerKeys: keys.ring}))
	c.remove()
	keys.write(strangersKey)
	answered := make(chan error, 1)
	visit := command(casework.RoleCaseworker, "visit.record", &casework.Visit{Children: []string{"p-1"}, At: c.now(), Notes: "t-3"})
	go func() {
		_, err := c.insist(t.Context(), visit)
		answered <- err
	}()
	require.NoError(t, c.Client.SignalWorkflow(t.Context(), c.id, "", workflows.SignalCatchUp, 1))
	c.failing()
	require.Empty(t, answered)

	keys.write(teststack.Keys + "\n" + strangersKey)
	require.NoError(t, <-answered)
	_, events := c.logged()
	require.Equal(t, 1, of(events, visitRecorded))
	c.agrees()
}

// What waits in an activity waits on.
func TestWorkerWithoutTheKey_TriesActivitiesAgain(t *testing.T) {
	t.Parallel()
	keys, database := newKeyFile(t, teststack.Keys), &outage{}
	c := openCase(t, teststack.New(t, teststack.Options{WorkerKeys: keys.ring, Log: meddle(database.meddle).log}))
	c.remove()
	database.away.Store(true)
	answered := make(chan error, 1)
	visit := command(casework.RoleCaseworker, "visit.record", &casework.Visit{Children: []string{"p-1"}, At: c.now(), Notes: "t-3"})
	go func() {
		_, err := c.Send(t.Context(), c.id, visit)
		answered <- err
	}()
	require.Eventually(t, func() bool { return len(c.pending()) == 1 }, 20*time.Second, 20*time.Millisecond)
	keys.write(strangersKey)
	unread := func(since int32) (attempt int32) {
		require.Eventually(t, func() bool {
			described, err := c.Client.DescribeWorkflowExecution(t.Context(), c.id, "")
			require.NoError(t, err)
			require.Len(t, described.GetPendingActivities(), 1)
			waiting := described.GetPendingActivities()[0]
			attempt = waiting.GetAttempt()
			return attempt > since && waiting.GetLastFailure().GetApplicationFailureInfo().GetType() == "PanicError"
		}, 60*time.Second, 20*time.Millisecond)
		return attempt
	}
	first := unread(0)
	database.away.Store(false)
	unread(first)

	keys.write(teststack.Keys + "\n" + strangersKey)
	require.NoError(t, <-answered)
	_, events := c.logged()
	require.Equal(t, 1, of(events, visitRecorded))
	c.agrees()
}

// A rotation while a case lives: with each step that the key file takes, the
// case goes on, and after a continue-as-new nothing needs the old key any more.
func TestRotation_LeavesTheOldKeyBehindWithTheRun(t *testing.T) {
	t.Parallel()
	const fresh = "fresh QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="
	keys := newKeyFile(t, teststack.Keys)
	c := openCase(t, teststack.New(t, teststack.Options{WorkerKeys: keys.ring, ClientKeys: keys.ring}))
	c.remove()
	for _, lines := range []string{teststack.Keys + "\n" + fresh, fresh + "\n" + teststack.Keys} {
		keys.write(lines)
		c.visit()
	}
	require.Equal(t, []string{"fresh", "test"}, c.keys())
	require.NoError(t, c.Client.SignalWorkflow(t.Context(), c.id, "", workflows.SignalRenew, nil))
	require.Eventually(t, func() bool { return c.runs() == 2 }, 20*time.Second, 20*time.Millisecond)
	require.Equal(t, []string{"fresh"}, c.keys())
	rewrapped, err := c.Vault.Rewrap(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, rewrapped, "the secret of the case needs the old key until then")
	keys.write(fresh)
	c.StopWorker(t)
	c.StartWorker(t)
	c.visit()
	c.agrees()
}

// keys lists the keys that the record's current run is sealed with.
func (r record) keys() []string {
	r.t.Helper()
	used, err := codec.Used(r.t.Context(), &history.History{Events: r.Stored(r.t, r.id, "")})
	require.NoError(r.t, err)
	return used
}

// What production stores replays like what is recorded for the replay tests.
func TestEncryptedHistory_CanBeGoneThroughAgain(t *testing.T) {
	t.Parallel()
	c := openCase(t, teststack.New(t, teststack.Options{}))
	c.remove()
	c.visit()
	stored := &history.History{Events: c.Stored(t, c.id, "")}
	replayer, err := sdkworker.NewWorkflowReplayerWithOptions(sdkworker.WorkflowReplayerOptions{
		DataConverter: c.Codec.ForWorker().DataConverter(), FailureConverter: c.Codec.ForWorker().FailureConverter(),
	})
	require.NoError(t, err)
	current(t).Register(replayer)
	execution := sdkworker.ReplayWorkflowHistoryOptions{OriginalExecution: workflow.Execution{ID: c.id}}
	require.NoError(t, replayer.ReplayWorkflowHistoryWithOptions(teststack.SDKLog(), stored, execution))

	without := sdkworker.NewWorkflowReplayer()
	current(t).Register(without)
	require.Error(t, without.ReplayWorkflowHistoryWithOptions(teststack.SDKLog(), stored, execution))
}
