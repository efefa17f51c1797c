package e2e

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"homeward/activities"
	"homeward/casework"
	"homeward/notify/notifytest"
	"homeward/workflows"
)

// farFromNow is an hour of the office's day that the test does not live to see.
func farFromNow(t *testing.T) int {
	t.Helper()
	office, err := time.LoadLocation(zone)
	require.NoError(t, err)
	return (time.Now().In(office).Hour() + 12) % 24
}

// digests starts a round of digests on the site's workers, as the schedule does. The
// namespace has one schedule and the tests share it.
func (s *site) digests() client.WorkflowRun {
	s.t.Helper()
	run, err := s.temporal.ExecuteWorkflow(s.t.Context(), client.StartWorkflowOptions{TaskQueue: s.queue}, workflows.DigestWorkflow)
	require.NoError(s.t, err)
	return run
}

func (s *site) digested() activities.Digested {
	s.t.Helper()
	var did activities.Digested
	require.NoError(s.t, s.digests().Get(s.t.Context(), &did))
	return did
}

// passes makes time pass for what waits: it was queued so many days ago, and whoever
// had claimed it is long gone.
func (s *site) passes(days int) {
	s.t.Helper()
	db, err := sql.Open("postgres", s.DatabaseURL)
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, db.Close()) }()
	_, err = db.ExecContext(s.t.Context(), `UPDATE deliveries SET queued_at = queued_at - make_interval(days => $1),
claimed_until = NULL WHERE state = 'digest'`, days)
	require.NoError(s.t, err)
}

// What cannot wait is mailed at once, what can in one mail on the next morning on which
// the office works. A worker that dies with the mail server's receipt in its hand leads
// to the same mail once more, which says that it is the same, and to no third.
func TestDigest_HoldsWhatCouldWaitAndIsRecognisedWhenAWorkerDiesOverIt(t *testing.T) {
	t.Parallel()
	s := newSite(t, shared(t))
	mails := notifytest.New(t, notifytest.Options{Plain: true})
	mailing := []string{
		"HOMEWARD_SMTP_ADDRESS=" + net.JoinHostPort("127.0.0.1", strconv.Itoa(mails.Port)),
		"HOMEWARD_SMTP_FROM=homeward@agency.example", "HOMEWARD_SMTP_TLS=none", "HOMEWARD_DIGEST_HOUR=" + strconv.Itoa(farFromNow(t)),
	}
	doomed := s.startWorker(mailing...)
	s.startAPI()
	c := s.caller()
	saved, err := c.send(t.Context(), http.MethodPut, newStep(casework.RoleAdministrator, "/v1/workers/"+worker(casework.RoleInvestigator), fields{
		"role": "investigator", "office": "north", "name": "Robin Example",
		"channels": []fields{{"channel": "email", "address": "investigator@agency.example", "active": true}},
	}))
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, saved.Status, saved.Body)
	got, a := c.do(t, receive(time.Now().Add(-time.Hour)))
	c.do(t, screenIn(got.Location))
	require.Contains(t, mails.Next().Header.Get("Subject"), "is yours", "what is new to somebody is told at once")

	// Two weeks before the 90th day the investigation is at risk, which can wait. That
	// nobody has met the two children, which is told before and after that was due, cannot.
	s.run("fast-forward", a.Aggregate, "--days", "80")
	s.awaitDeliveries(c, got.Location, 6, func(d delivery) bool { return d.State == "digest" || d.State == "delivered" })
	waits := 0
	all, err := s.deliveries(t.Context(), c, got.Location)
	require.NoError(t, err)
	for _, d := range all {
		if d.State == "digest" {
			waits++
		}
	}
	require.Equal(t, 1, waits)
	atOnce := len(mails.Mails())
	require.Equal(t, len(all)-waits, atOnce)
	require.Equal(t, activities.Digested{}, s.digested(), "the morning has not come")

	s.passes(20)
	mails.On(func(at notifytest.Stage, _ string) error {
		if at == notifytest.AtData {
			doomed.signal(syscall.SIGKILL)
			<-doomed.done
		}
		return nil
	})
	dying := s.digests()
	eventually(t, "a mail that nobody recorded", func(context.Context) error {
		if n := len(mails.Mails()); n <= atOnce {
			return fmt.Errorf("%d mails", n)
		}
		return nil
	})
	mails.On(func(notifytest.Stage, string) error { return nil })
	s.passes(0)
	s.startWorker(mailing...)
	require.Equal(t, activities.Digested{Sent: 1}, s.digested(), "nobody knows that it was sent")
	require.Equal(t, activities.Digested{}, s.digested(), "now it is known")
	require.NoError(t, s.temporal.TerminateWorkflow(t.Context(), dying.GetID(), "", "test over"))

	sent := mails.Mails()
	require.Len(t, sent, atOnce+2)
	first, again := sent[atOnce], sent[atOnce+1]
	require.Equal(t, "This morning: 1 notice for you", first.Header.Get("Subject"))
	require.Equal(t, []string{"investigator@agency.example"}, first.To)
	require.NotEmpty(t, first.Header.Get("Message-Id"))
	require.Equal(t, first.Header.Get("Message-Id"), again.Header.Get("Message-Id"), "a mailbox shows it once")
	require.Equal(t, first.Body, again.Body)
	s.awaitDeliveries(c, got.Location, len(all), func(d delivery) bool { return d.State == "delivered" })
}
