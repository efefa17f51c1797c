package workflows_test

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/internal/teststack"
	"homeward/worker"
	"homeward/workflows"
)

// deployment is the releases of one worker.
type deployment struct {
	name  string
	stack *teststack.Stack
}

// release starts a worker of a build and makes it the current one.
func (d deployment) release(t *testing.T, build string) *worker.Worker {
	t.Helper()
	w := newWorker(t, d.stack, worker.Options{DeploymentName: d.name, BuildID: build, StopTimeout: 10 * time.Second}, nil)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	handle := d.stack.Client.WorkerDeploymentClient().GetHandle(d.name)
	require.Eventually(t, func() bool { // once the server has heard of the build
		_, err := handle.SetCurrentVersion(ctx, client.WorkerDeploymentSetCurrentVersionOptions{BuildID: build})
		return err == nil
	}, time.Minute, 100*time.Millisecond)
	return w
}

// build is the build that carried out the record's last task.
func (r record) build() string {
	r.t.Helper()
	described, err := r.Client.DescribeWorkflowExecution(r.t.Context(), r.id, "")
	require.NoError(r.t, err)
	return described.GetWorkflowExecutionInfo().GetVersioningInfo().GetDeploymentVersion().GetBuildId()
}

// A release takes over the open cases while they run: on this server a case
// that is not pinned moves with its next task, and need not continue as new.
func TestRelease_TakesOverOpenCases(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{Idle: true})
	d := deployment{"homeward-" + strings.ToLower(rand.Text()[:8]), s}
	old := d.release(t, "b1")
	c := openCase(t, s)
	c.remove()
	require.Equal(t, "b1", c.build())
	d.release(t, "b2")
	require.NoError(t, old.Stop(t.Context()))
	c.visit()
	require.Equal(t, "b2", c.build())
	require.Equal(t, 1, c.runs())
	c.forward(45)
	c.falls("relative-notice/p-1/1", casework.DutyOverdue)
	require.NoError(t, c.Client.SignalWorkflow(t.Context(), c.id, "", workflows.SignalRenew, nil))
	require.Eventually(t, func() bool { return c.runs() == 2 }, 20*time.Second, 20*time.Millisecond)
	c.visit()
	require.Equal(t, "b2", c.build())
	c.agrees()
}

// A server that pins runs to their build tells them of a new one, and the run
// makes way for one on it, at once and with all that it had.
func TestNewTargetVersion_ContinuesAsNew(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*play){
		"a new target version": func(p *play) { p.env.SetTargetWorkerDeploymentVersionChanged(true) },
		"a long history":       func(p *play) { p.env.SetContinueAsNewSuggested(true) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := begins(t, testdb.New(t), "case-7007", "2026-03-02 09:10")
			p.step("2026-03-02 10:00", casework.RoleCaseworker, "child.remove", removal(p.time("2026-03-02 10:00")))
			p.at("2026-03-03 10:00", func() { change(p) })
			p.step("2026-03-03 10:01", casework.RoleCaseworker, "visit.record", &casework.Visit{
				Children: []string{"p-1", "p-2"}, At: p.time("2026-03-03 10:00"), Notes: "t-3",
			})
			p.at("2026-03-04 10:00", func() { change(p) })
			carried, over := performRun(p, casework.KindCase, workflows.Input[casework.Case]{Open: opening("7007")})
			require.False(t, over)
			require.True(t, p.now.Equal(p.time("2026-03-03 10:00")), "at once")
			require.NotEmpty(t, carried.State.Pending())
			carried, over = performRun(p, casework.KindCase, carried)
			require.False(t, over)
			require.Len(t, p.heard, 2)
			logged := casework.FoldCase(p.events())
			require.Equal(t, logged.Revision, carried.State.Revision)
			require.Equal(t, logged.Head, carried.State.Head)
		})
	}
}
