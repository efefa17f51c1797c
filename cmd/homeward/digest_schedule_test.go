package main

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

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
	var did activities.Digested
	triggered(t, worker.Client, handle, &did)
	require.Zero(t, did.Failed)
}
