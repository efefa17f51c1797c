package main

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"homeward/activities"
	"homeward/internal/teststack"
	"homeward/workflows"
)

// The namespace is new, so that its schedules are this test's alone.
func TestDigestSchedule_RunsFromTheFirstMigrationOn(t *testing.T) {
	t.Parallel()
	s := filled(t)
	namespace, queue := "digests-"+strings.ToLower(rand.Text()), "digests-"+rand.Text()
	for range 2 {
		done := execution(t, "", "migrate", s.args[0], "--temporal-address="+teststack.Host(t), "--temporal-namespace="+namespace,
			"--task-queue="+queue)
		require.Equal(t, statusDone, done.status, done.errors)
	}
	worker := teststack.New(t, teststack.Options{Namespace: namespace, TaskQueue: queue, DatabaseURL: s.address})
	handle := worker.Client.ScheduleClient().GetHandle(t.Context(), workflows.DigestSchedule)
	described, err := handle.Describe(t.Context())
	require.NoError(t, err)
	require.False(t, described.Schedule.State.Paused)
	require.NoError(t, handle.Trigger(t.Context(), client.ScheduleTriggerOptions{}))
	var run string
	require.Eventually(t, func() bool {
		described, err := handle.Describe(t.Context())
		if err == nil && len(described.Info.RecentActions) > 0 {
			run = described.Info.RecentActions[0].StartWorkflowResult.WorkflowID
		}
		return run != ""
	}, time.Minute, 50*time.Millisecond)
	var did activities.Digested
	require.NoError(t, worker.Client.GetWorkflow(t.Context(), run, "").Get(t.Context(), &did))
	require.Zero(t, did.Failed)
}
