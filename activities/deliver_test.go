package activities_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/activities"
	"homeward/internal/testdb"
	"homeward/notify"
	"homeward/notify/notifytest"
	"homeward/postgres"
)

func TestDeliver_ReachesEveryChannelAndKeepsTheProof(t *testing.T) {
	t.Parallel()
	db, mails := testdb.New(t), notifytest.New(t, notifytest.Options{})
	keys := make(chan string, 1)
	hooks := receiver(t, func(_ http.ResponseWriter, r *http.Request) { keys <- r.Header.Get(notify.HeaderNotice) })
	told(t, db, map[string][]postgres.Channel{
		"w-17": {email("jane@agency.example"), webhook(hooks)},
		"w-18": {email("john@agency.example")},
		"w-19": {}, // the inbox alone
	})
	s := onPostgres(t, db, senders(t, mails))

	require.Equal(t, activities.DeliverResult{Delivered: 3}, s.deliver(t))
	require.Equal(t, notice("w-17").Key, <-keys)
	require.ElementsMatch(t, []string{"jane@agency.example", "john@agency.example"},
		[]string{mails.Next().To[0], mails.Next().To[0]})
	all := deliveries(t, db)
	require.Len(t, all, 3)
	for _, d := range all {
		require.Equal(t, postgres.DeliveryDelivered, d.State)
		require.Equal(t, 1, d.Attempts)
		require.NotEmpty(t, d.ProviderID)
		require.WithinDuration(t, time.Now(), d.DeliveredAt, time.Minute)
	}

	require.Equal(t, activities.DeliverResult{}, s.deliver(t), "nothing is sent twice")
	require.Len(t, mails.Mails(), 2)
	require.Equal(t, map[string]float64{
		"homeward_notice_attempts_total email delivered":   2,
		"homeward_notice_attempts_total webhook delivered": 1,
		"homeward_notices_delivered_total email":           2,
		"homeward_notices_delivered_total webhook":         1,
	}, s.counters(t))
}

func TestDeliver_OneThatHangsDelaysNoOther(t *testing.T) {
	t.Parallel()
	db, mails := testdb.New(t), notifytest.New(t, notifytest.Options{})
	hooks := receiver(t, func(http.ResponseWriter, *http.Request) { mails.Next() }) // answers when the mail is there
	told(t, db, map[string][]postgres.Channel{
		"w-17": {webhook(hooks)},
		"w-18": {email("john@agency.example")},
	})
	require.Equal(t, activities.DeliverResult{Delivered: 2}, onPostgres(t, db, senders(t, mails)).deliver(t))
}

func TestDeliver_MailServerDownMeansLaterNotNever(t *testing.T) {
	t.Parallel()
	db, mails := testdb.New(t), notifytest.New(t, notifytest.Options{})
	told(t, db, map[string][]postgres.Channel{"w-17": {email("jane@agency.example")}})
	s := onPostgres(t, db, senders(t, mails))
	mails.Stop()
	require.Equal(t, activities.DeliverResult{Undelivered: 1, NextTry: time.Minute}, s.deliver(t))
	require.Equal(t, activities.DeliverResult{Undelivered: 1, NextTry: 5 * time.Minute}, s.deliver(t))
	waiting := deliveries(t, db)["w-17 email"]
	require.Equal(t, postgres.DeliveryPending, waiting.State)
	require.Equal(t, 2, waiting.Attempts)
	require.Equal(t, "email: unreachable", waiting.LastError)

	mails.Start()
	require.Equal(t, activities.DeliverResult{Delivered: 1}, s.deliver(t), "the caller's word decides, not this machine's clock")
	require.Equal(t, 3, deliveries(t, db)["w-17 email"].Attempts)
}

func TestDeliver_GivesUpWhatIsRefusedForGood(t *testing.T) {
	t.Parallel()
	db, mails := testdb.New(t), notifytest.New(t, notifytest.Options{})
	mails.Refuse(notifytest.AtRecipient, 550, "jane@agency.example")
	told(t, db, map[string][]postgres.Channel{
		"w-17": {email("jane@agency.example")},
		"w-18": {email("john@agency.example")},
	})
	s := onPostgres(t, db, senders(t, mails))
	require.Equal(t, activities.DeliverResult{Delivered: 1}, s.deliver(t))
	refused := deliveries(t, db)["w-17 email"]
	require.Equal(t, postgres.DeliveryFailed, refused.State)
	require.Equal(t, "email: rejected (550)", refused.LastError)

	mails.Refuse(notifytest.AtRecipient, 0, "")
	require.Equal(t, activities.DeliverResult{}, s.deliver(t))
	require.Len(t, mails.Mails(), 1)
}

func TestDeliver_ChannelWithoutSenderWaitsForOne(t *testing.T) {
	t.Parallel()
	db, mails := testdb.New(t), notifytest.New(t, notifytest.Options{})
	told(t, db, map[string][]postgres.Channel{"w-17": {email("jane@agency.example")}})
	require.Equal(t, activities.DeliverResult{Undelivered: 1, NextTry: time.Minute}, onPostgres(t, db, nil).deliver(t))
	require.Equal(t, "email: unconfigured", deliveries(t, db)["w-17 email"].LastError)
	require.Equal(t, activities.DeliverResult{Delivered: 1}, onPostgres(t, db, senders(t, mails)).deliver(t))
}

func TestDeliver_TwoWorkersAtOnceSendNothingTwice(t *testing.T) {
	t.Parallel()
	db, mails := testdb.New(t), notifytest.New(t, notifytest.Options{})
	workers := make(map[string][]postgres.Channel)
	for _, id := range []string{"w-1", "w-2", "w-3", "w-4", "w-5", "w-6", "w-7", "w-8"} {
		workers[id] = []postgres.Channel{email(id + "@agency.example")}
	}
	told(t, db, workers)
	var both sync.WaitGroup
	for range 2 {
		s := onPostgres(t, db, senders(t, mails))
		both.Go(func() { _, _ = s.tryDeliver() })
	}
	both.Wait()
	seen := make(map[string]bool)
	for _, m := range mails.Mails() {
		require.False(t, seen[m.To[0]], "%s was told twice", m.To[0])
		seen[m.To[0]] = true
	}
	require.Len(t, seen, len(workers))
}

func TestDeliver_RecordsWhatWasSentThoughItIsToldToStop(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	told(t, db, map[string][]postgres.Channel{"w-17": {email("jane@agency.example")}})
	ctx, stop := context.WithCancel(t.Context())
	sent := senderFunc(func(context.Context, notify.Delivery) (notify.Receipt, error) {
		stop()
		return notify.Receipt{Response: "250 OK"}, nil
	})
	s := onPostgres(t, db, mailing(sent))
	s.stopped(ctx, t)
	require.Equal(t, postgres.DeliveryDelivered, deliveries(t, db)["w-17 email"].State)
}

func TestDeliver_KeepsAddressesOutOfLogsAndMetrics(t *testing.T) {
	t.Parallel()
	db, mails := testdb.New(t), notifytest.New(t, notifytest.Options{})
	mails.Refuse(notifytest.AtRecipient, 451, "")
	hooks := receiver(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	told(t, db, map[string][]postgres.Channel{"w-17": {email("jane@agency.example"), webhook(hooks + "/jane")}})
	s := onPostgres(t, db, senders(t, mails))
	s.deliver(t)
	metrics := fmt.Sprint(s.counters(t))
	require.Contains(t, s.logged(), "notice not delivered")
	require.Contains(t, metrics, string(notify.Deferred))
	for _, text := range []string{s.logged(), metrics, deliveries(t, db)["w-17 email"].LastError} {
		require.NotContains(t, text, "jane")
		require.NotContains(t, text, "w-17")
		require.NotContains(t, text, hooks)
	}
}

func email(address string) postgres.Channel {
	return postgres.Channel{Kind: postgres.ChannelEmail, Address: address, Active: true}
}

func webhook(address string) postgres.Channel {
	return postgres.Channel{Kind: postgres.ChannelWebhook, Address: address, Active: true}
}

// senders are the real ones: e-mail to server, webhooks to this machine.
func senders(t *testing.T, server *notifytest.Server) map[notify.Channel]notify.Sender {
	t.Helper()
	mails, err := notify.NewEmail(notify.EmailOptions{
		Host: "127.0.0.1", Port: server.Port, From: "homeward@agency.example", RootCAs: server.RootCAs,
	})
	require.NoError(t, err)
	hooks, err := notify.NewWebhook(notify.WebhookOptions{
		Keys: [][]byte{[]byte(strings.Repeat("k", 32))}, AllowHTTP: true, AllowPrivate: true,
	})
	require.NoError(t, err)
	both := mailing(mails)
	both[notify.ChannelWebhook] = hooks
	return both
}

// mailing has a sender for e-mail alone.
func mailing(sender notify.Sender) map[notify.Channel]notify.Sender {
	senders := make(map[notify.Channel]notify.Sender)
	senders[notify.ChannelEmail] = sender
	return senders
}

// receiver is the address of a receiver of webhooks.
func receiver(t *testing.T, handle http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		handle(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// senderFunc is a sender that does what a test needs.
type senderFunc func(context.Context, notify.Delivery) (notify.Receipt, error)

func (f senderFunc) Send(ctx context.Context, d notify.Delivery) (notify.Receipt, error) {
	return f(ctx, d)
}

// stopped runs Deliver on a worker whose activities are cancelled with ctx.
func (s *station) stopped(ctx context.Context, t *testing.T) {
	t.Helper()
	env := s.suite().NewTestActivityEnvironment()
	env.SetWorkerOptions(workerOptions(ctx))
	env.RegisterActivity(s.acts.Deliver)
	_, _ = env.ExecuteActivity(s.acts.Deliver, activities.DeliverInput{Aggregate: aggregate})
}
