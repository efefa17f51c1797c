package workflows_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"homeward/activities"
	"homeward/casework"
	"homeward/internal/teststack"
	"homeward/notify/notifytest"
	"homeward/workflows"
)

func TestDigests_CarryWhatTheRecordDidNotSendByItself(t *testing.T) {
	t.Parallel()
	mails := notifytest.New(t, notifytest.Options{})
	s := teststack.New(t, teststack.Options{Senders: mailing(t, mails)})
	reachable(t, s.DB, caseworker, casework.RoleCaseworker)
	c := openCase(t, s)
	c.do(casework.RoleCaseworker, "closing.request", &casework.ClosingRequest{Risk: "low", Reason: "t-8"})
	c.do(casework.RoleSupervisor, "closing.return", &casework.ClosingReturn{Comments: "t-9"})
	c.undelivered(0)
	require.Contains(t, mails.Next().Header.Get("Subject"), "is yours", "what is urgent is not held up")

	raw, err := sql.Open("postgres", s.DatabaseURL)
	require.NoError(t, err)
	defer func() { require.NoError(t, raw.Close()) }()
	_, err = raw.ExecContext(t.Context(), `UPDATE deliveries SET queued_at = now() - interval '20 days' WHERE state = 'digest'`)
	require.NoError(t, err)
	for _, want := range []activities.Digested{{Sent: 1}, {}} {
		run, err := s.Client.ExecuteWorkflow(t.Context(),
			client.StartWorkflowOptions{ID: "digests-" + s.TaskQueue, TaskQueue: s.TaskQueue}, workflows.DigestWorkflow)
		require.NoError(t, err)
		var did activities.Digested
		require.NoError(t, run.Get(t.Context(), &did))
		require.Equal(t, want, did)
	}
	mail := mails.Next()
	require.Equal(t, "This morning: 1 notice for you", mail.Header.Get("Subject"))
	words := strings.ReplaceAll(mail.Body, "=\r\n", "")
	require.Contains(t, words, "stays open")
	require.Contains(t, words, "You are told because you are its caseworker.")
	require.Len(t, mails.Mails(), 2)
}
