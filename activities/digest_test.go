package activities_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/activities"
	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/app"
	"homeward/internal/audit"
	"homeward/internal/testdb"
	"homeward/notify"
	"homeward/notify/notifytest"
	"homeward/policy"
	"homeward/postgres"
)

// waiting are two notices to w-17 that can wait and one that cannot, queued on the
// afternoon of Friday, 2026-02-13. The Monday after it is Presidents' Day.
func waiting(t *testing.T, channels ...postgres.Channel) *postgres.DB {
	t.Helper()
	address := testdb.URL(t)
	db := testdb.Open(t, address)
	testdb.Hire(t, db, postgres.Worker{ID: "w-17", Role: casework.RoleCaseworker, Office: "north", Name: "Sample", Channels: channels})
	var notices []casework.Notice
	for _, kind := range []casework.NoticeKind{casework.NoticeApproved, casework.NoticeDutyAtRisk, casework.NoticeDutyOverdue} {
		n := notice("w-17")
		n.Key, n.Kind, n.Subject = aggregate+"/"+string(kind), kind, "About "+string(kind)
		n.Why, n.Urgent = &casework.NoticeWhy{Role: casework.RoleCaseworker}, kind == casework.NoticeDutyOverdue
		notices = append(notices, n)
	}
	told := transition(t, notices...)
	told.Summary.Pack = "washington@2025.1"
	result, err := db.Record(t.Context(), told)
	require.NoError(t, err)
	undelivered, err := db.Undelivered(t.Context(), aggregate)
	require.NoError(t, err)
	require.Equal(t, undelivered, result.Undelivered, "the record waits for what is urgent alone")
	raw, err := sql.Open("postgres", address)
	require.NoError(t, err)
	defer func() { require.NoError(t, raw.Close()) }()
	_, err = raw.ExecContext(t.Context(), `UPDATE deliveries SET queued_at = '2026-02-13T15:00:00-08:00'`)
	require.NoError(t, err)
	return db
}

// at are the digests as they are due at an instant.
type at struct {
	activities.Digests

	now time.Time
}

func (a at) DueDigests(ctx context.Context, _ time.Time, limit int) ([]activities.DueDelivery, error) {
	return a.Digests.DueDigests(ctx, a.now, limit)
}

func digestsAt(t *testing.T, db *postgres.DB, senders map[notify.Channel]notify.Sender, now string) activities.Digested {
	t.Helper()
	return digestsOf(t, db, senders, 7, now)
}

// digestsOf sends what is due at an instant, in an agency whose morning is an hour.
func digestsOf(t *testing.T, db *postgres.DB, senders map[notify.Channel]notify.Sender, hour int, now string) activities.Digested {
	t.Helper()
	library, err := policy.Load()
	require.NoError(t, err)
	instant, err := time.Parse(time.RFC3339, now)
	require.NoError(t, err)
	s := newStation(t, activities.Options{
		Log: db, Outbox: app.NewOutbox(db), Digests: at{app.NewDigests(db, library, hour), instant}, Senders: senders,
	})
	env := s.suite().NewTestActivityEnvironment()
	env.RegisterActivity(s.acts.SendDigests)
	value, err := env.ExecuteActivity(s.acts.SendDigests)
	require.NoError(t, err)
	var did activities.Digested
	require.NoError(t, value.Get(&did))
	return did
}

func TestSendDigests_OneMailOnTheNextMorningOfWork(t *testing.T) {
	t.Parallel()
	mails := notifytest.New(t, notifytest.Options{})
	db, by := waiting(t, email("jane@agency.example")), senders(t, mails)
	require.Equal(t, activities.DeliverResult{Delivered: 1}, onPostgres(t, db, by).deliver(t), "what is urgent goes out at once")
	require.Equal(t, "About duty-overdue", mails.Next().Header.Get("Subject"))

	for _, tooSoon := range []string{"2026-02-14T07:30:00-08:00", "2026-02-16T07:30:00-08:00", "2026-02-17T06:59:00-08:00"} {
		require.Equal(t, activities.Digested{}, digestsAt(t, db, by, tooSoon), tooSoon)
	}
	require.Equal(t, activities.Digested{Sent: 1}, digestsAt(t, db, by, "2026-02-17T07:00:00-08:00"))
	mail := mails.Next()
	require.Equal(t, []string{"jane@agency.example"}, mail.To)
	require.Equal(t, "This morning: 2 notices for you", mail.Header.Get("Subject"))
	require.Regexp(t, "(?s)1. About duty-at-risk.*2. About approved", mail.Body)
	require.Equal(t, notify.KeyHash("digest/w-17/2026-02-17"), mail.Header.Get(notify.HeaderMailNotice))
	require.Equal(t, activities.Digested{}, digestsAt(t, db, by, "2026-02-18T07:00:00-08:00"), "nothing is sent twice")
	page, err := db.Notices(t.Context(), postgres.NoticeFilter{Recipient: "w-17"})
	require.NoError(t, err)
	require.Len(t, page.Items, 3, "all are in the inbox, and the digest itself is none")
	for _, n := range page.Items {
		require.Equal(t, postgres.DeliveryDelivered, n.Deliveries[0].State, n.Key)
	}
}

func TestSendDigests_AtTheHourOfTheAgency(t *testing.T) {
	t.Parallel()
	mails := notifytest.New(t, notifytest.Options{})
	db := waiting(t, email("jane@agency.example"))
	by := senders(t, mails)
	require.Equal(t, activities.Digested{}, digestsOf(t, db, by, 5, "2026-02-17T04:59:00-08:00"))
	require.Equal(t, activities.Digested{}, digestsOf(t, db, by, 18, "2026-02-13T17:59:00-08:00"))
	require.Equal(t, activities.Digested{Sent: 1}, digestsOf(t, db, by, 5, "2026-02-17T05:00:00-08:00"))
}

func TestSendDigests_AMailServerThatIsDownGetsTheSameDigestLater(t *testing.T) {
	t.Parallel()
	mails := notifytest.New(t, notifytest.Options{})
	db := waiting(t, email("jane@agency.example"))
	by := senders(t, mails)
	mails.Stop()
	require.Equal(t, activities.Digested{Failed: 1}, digestsAt(t, db, by, "2026-02-17T07:05:00-08:00"))
	page, err := db.Notices(t.Context(), postgres.NoticeFilter{Recipient: "w-17"})
	require.NoError(t, err)
	states := make(map[casework.NoticeKind]postgres.Delivery)
	for _, n := range page.Items {
		states[n.Kind] = n.Deliveries[0]
	}
	require.Equal(t, postgres.DeliveryDigest, states[casework.NoticeApproved].State, "it says that it waits for the digest")
	require.Equal(t, "email: unreachable", states[casework.NoticeApproved].LastError)
	require.Equal(t, activities.Digested{}, digestsAt(t, db, by, "2026-02-17T07:06:00-08:00"), "not again at once")
}

func TestSendDigests_LeaveOutWhatWasAcknowledgedAndWebhooksDoNotWait(t *testing.T) {
	t.Parallel()
	mails := notifytest.New(t, notifytest.Options{})
	db := waiting(t, email("jane@agency.example"), webhook("https://hook.example"))
	undelivered, err := db.Undelivered(t.Context(), aggregate)
	require.NoError(t, err)
	require.Equal(t, 4, undelivered, "three for the webhook and the urgent mail")
	_, err = db.Acknowledge(t.Context(), "w-17", []string{aggregate + "/approved"}, time.Now(), audit.Entry{
		Actor: casework.Actor{ID: "w-17", Role: casework.RoleCaseworker}, Action: access.AcknowledgeNotices, Outcome: audit.Done,
	})
	require.NoError(t, err)
	require.Equal(t, activities.Digested{Sent: 1}, digestsAt(t, db, senders(t, mails), "2026-02-17T07:05:00-08:00"))
	mail := mails.Next()
	require.Equal(t, "This morning: 1 notice for you", mail.Header.Get("Subject"))
	require.NotContains(t, mail.Body, "approved")
}
