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

// The namespace is new, so that its one schedule is this test's alone.
func TestRetentionSchedule_AppliesTheRulesOnceItIsTurnedOn(t *testing.T) {
	t.Parallel()
	s := filled(t)
	namespace, queue := "retention-"+strings.ToLower(rand.Text()), "retention-"+rand.Text()
	temporal := []string{"--temporal-address=" + teststack.Host(t), "--temporal-namespace=" + namespace, "--task-queue=" + queue}
	migrate := func() {
		done := execution(t, "", append([]string{"migrate", s.args[0]}, temporal...)...)
		require.Equal(t, statusDone, done.status, done.errors)
	}
	schedule := func(what string) outcome {
		return execution(t, "", append([]string{"retention", "schedule", what}, temporal...)...)
	}
	missing := execution(t, "", "retention", "schedule", "show", temporal[0], "--temporal-namespace=homeward", "--task-queue="+queue)
	require.Equal(t, statusFailed, missing.status)
	require.Contains(t, missing.errors, "there is no schedule yet: run `homeward migrate`")

	migrate()
	shown := schedule("show")
	require.Equal(t, statusDone, shown.status, shown.errors)
	require.Contains(t, shown.out, "The rules of retention are not applied by themselves. Waits for the agency")
	require.Contains(t, schedule("on").out, "The rules of retention are applied every night; next on ")
	migrate()
	require.Contains(t, schedule("show").out, "applied every night", "a release does not turn it off")

	worker := teststack.New(t, teststack.Options{
		Namespace: namespace, TaskQueue: queue, DatabaseURL: s.address, PackFolder: strings.TrimPrefix(s.args[1], "--pack-folder="),
	})
	handle := worker.Client.ScheduleClient().GetHandle(t.Context(), workflows.RetentionSchedule)
	var kept activities.Kept
	triggered(t, worker.Client, handle, &kept)
	require.Positive(t, kept.Expunged)
	require.Positive(t, kept.Asked)
	require.Positive(t, kept.Looked)
	require.Contains(t, s.retention("run").out, "0 findings expunged, 0 purges asked for", "nothing is left to do")

	require.Contains(t, schedule("off").out, "Turned off with")
	migrate()
	require.Contains(t, schedule("show").out, "not applied by themselves", "a release does not turn it on")
	require.Contains(t, schedule("show").out, "They were last applied on ")
}

// triggered has a schedule act at once, and waits for what its workflow answers.
func triggered(t *testing.T, c client.Client, handle client.ScheduleHandle, answer any) {
	t.Helper()
	require.NoError(t, handle.Trigger(t.Context(), client.ScheduleTriggerOptions{}))
	var run string
	require.Eventually(t, func() bool {
		described, err := handle.Describe(t.Context())
		if err == nil && len(described.Info.RecentActions) > 0 {
			run = described.Info.RecentActions[0].StartWorkflowResult.WorkflowID
		}
		return run != ""
	}, time.Minute, 50*time.Millisecond)
	require.NoError(t, c.GetWorkflow(t.Context(), run, "").Get(t.Context(), answer))
}
