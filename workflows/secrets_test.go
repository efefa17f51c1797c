package workflows_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/proxy"

	"homeward/casework"
	"homeward/internal/codec"
	"homeward/internal/teststack"
	"homeward/workflows"
)

// encodings lists how the payloads of the record's current run are sealed.
func (r record) encodings() []string {
	r.t.Helper()
	var found []string
	for _, event := range r.Stored(r.t, r.id, "") {
		require.NoError(r.t, proxy.VisitPayloads(r.t.Context(), event, proxy.VisitPayloadsOptions{
			SkipSearchAttributes: true,
			Visitor: func(_ *proxy.VisitPayloadsContext, payloads []*common.Payload) ([]*common.Payload, error) {
				for _, p := range payloads {
					found = append(found, string(p.GetMetadata()["encoding"]))
				}
				return payloads, nil
			},
		}))
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// A case that began before records had secrets goes on, reads what is old, and
// seals what is new with its own. After a continue-as-new nothing old is left.
func TestCaseFromBeforeTheSecrets_TakesItsOwnOnTheWay(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{NoSecrets: true})
	c := openCase(t, stack)
	c.remove()
	require.Equal(t, []string{codec.Encoding}, c.encodings())

	c.StopWorker(t)
	stack.UseSecrets(t)
	c.StartWorker(t)
	c.visit()
	require.Equal(t, []string{codec.Encoding, codec.EncodingRecord}, c.encodings())
	c.agrees()

	require.NoError(t, c.Client.SignalWorkflow(t.Context(), c.id, "", workflows.SignalRenew, nil))
	require.Eventually(t, func() bool { return c.runs() == 2 }, 20*time.Second, 20*time.Millisecond)
	require.Equal(t, []string{codec.EncodingRecord}, c.encodings())
	c.visit()
	c.agrees()
}

// A database that is away while a payload is sealed or read makes a task fail,
// which is tried again; the case goes on by itself.
func TestWorkerWithoutTheSecrets_LetsTheCaseWait(t *testing.T) {
	t.Parallel()
	r := openReport(t, teststack.New(t, teststack.Options{}), ago(due24))
	r.StopWorker(t)
	r.Secrets.Away(true) // which the new worker does not know yet
	r.StartWorker(t)
	r.failing()
	require.Zero(t, r.overdueEvents("screening-decision/1"))

	r.Secrets.Away(false)
	r.falls("screening-decision/1", casework.DutyOverdue)
	require.Equal(t, 1, r.overdueEvents("screening-decision/1"))
	described, err := r.Client.DescribeWorkflowExecution(t.Context(), r.id, "")
	require.NoError(t, err)
	require.Equal(t, enums.WORKFLOW_EXECUTION_STATUS_RUNNING, described.GetWorkflowExecutionInfo().GetStatus())
	r.agrees()
}
