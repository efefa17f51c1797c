package postgres_test

import (
	"database/sql"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/postgres"
)

// outbox is a case with n notices to w-17, each to be sent by e-mail.
func outbox(t *testing.T, n int) (*postgres.DB, *sql.DB) {
	t.Helper()
	db, raw := open(t)
	testdb.Hire(t, db, worker("w-17", postgres.ChannelEmail))
	f := newFile(1)
	tr := f.next(t, "c-1")
	for i := range n {
		tr.Notices = append(tr.Notices, notice(f, fmt.Sprint(i), "w-17"))
	}
	f.record(t, db, tr)
	return db, raw
}

// later lets every claim run out.
func later(t *testing.T, raw *sql.DB) {
	t.Helper()
	_, err := raw.ExecContext(t.Context(),
		`UPDATE deliveries SET claimed_until = now() - interval '1 second'`)
	require.NoError(t, err)
}

func claim(t *testing.T, db *postgres.DB, limit int) []string {
	t.Helper()
	due, err := db.DueDeliveries(t.Context(), "case-1", limit)
	require.NoError(t, err)
	keys := make([]string, len(due))
	for i, d := range due {
		keys[i] = d.Notice.Key
	}
	return keys
}

func TestDueDeliveries_HoldWhatASenderNeeds(t *testing.T) {
	t.Parallel()
	db, _ := outbox(t, 1)
	due, err := db.DueDeliveries(t.Context(), "", 10)
	require.NoError(t, err)
	require.Equal(t, []postgres.DueDelivery{{
		Notice: notice(newFile(1), "0", "w-17"), Channel: postgres.ChannelEmail, Address: "w-17@email",
	}}, due)
}

func TestDueDeliveries_AreClaimedUntilTheClaimRunsOut(t *testing.T) {
	t.Parallel()
	db, raw := outbox(t, 3)
	require.Len(t, claim(t, db, 2), 2)
	require.Len(t, claim(t, db, 2), 1)
	require.Empty(t, claim(t, db, 2))
	require.Empty(t, claimOf(t, db, "case-9"))
	later(t, raw)
	require.Len(t, claim(t, db, 10), 3, "a worker that died with its claims does not keep them")
}

func claimOf(t *testing.T, db *postgres.DB, aggregate string) []postgres.DueDelivery {
	t.Helper()
	due, err := db.DueDeliveries(t.Context(), aggregate, 10)
	require.NoError(t, err)
	return due
}

func TestDueDeliveries_ConcurrentWorkersGetDifferentOnes(t *testing.T) {
	t.Parallel()
	db, _ := outbox(t, 40)
	var wg sync.WaitGroup
	claims := make([][]string, 10)
	for i := range claims {
		wg.Go(func() { claims[i] = claim(t, db, 10) })
	}
	wg.Wait()
	seen := make(map[string]bool)
	for _, keys := range claims {
		for _, key := range keys {
			require.False(t, seen[key], "%s was claimed twice", key)
			seen[key] = true
		}
	}
	for _, key := range claim(t, db, 40) {
		seen[key] = true // what every worker skipped because another was looking at it
	}
	require.Len(t, seen, 40)
}

func TestRecordAttempt_DeliveredIsFinal(t *testing.T) {
	t.Parallel()
	db, raw := outbox(t, 1)
	sent := postgres.Attempt{
		NoticeKey: "case-1/0", Channel: postgres.ChannelEmail, Delivered: true, ProviderID: "m-1", At: start(),
	}
	require.NoError(t, db.RecordAttempt(t.Context(), sent))
	late := sent
	late.Delivered, late.Error, late.At = false, "timeout", start().Add(time.Second)
	require.NoError(t, db.RecordAttempt(t.Context(), late))

	later(t, raw)
	require.Empty(t, claim(t, db, 10))
	page, err := db.Notices(t.Context(), postgres.NoticeFilter{Aggregate: "case-1"})
	require.NoError(t, err)
	d := page.Items[0].Deliveries[0]
	require.True(t, d.DeliveredAt.Equal(start()))
	require.Equal(t, postgres.DeliveryDelivered, d.State)
	require.Equal(t, 1, d.Attempts)
	require.Equal(t, "m-1", d.ProviderID)
}

func TestRecordAttempt_AFailureHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	db, raw := outbox(t, 2)
	require.Len(t, claim(t, db, 10), 2)
	require.NoError(t, db.RecordAttempt(t.Context(), postgres.Attempt{
		NoticeKey: "case-1/0", Channel: postgres.ChannelEmail, Error: "busy", At: start(),
	}))
	require.NoError(t, db.RecordAttempt(t.Context(), postgres.Attempt{
		NoticeKey: "case-1/1", Channel: postgres.ChannelEmail, Delivered: true, At: start(),
	}))
	n, err := db.Undelivered(t.Context(), "case-1")
	require.NoError(t, err)
	require.Equal(t, 1, n)
	later(t, raw)
	require.Equal(t, []string{"case-1/0"}, claim(t, db, 10))
}

// The record's own timer says when to try again: its clock may be ahead of ours.
func TestRecordAttempt_LeavesWhenToTryAgainToTheCaller(t *testing.T) {
	t.Parallel()
	db, _ := outbox(t, 2)
	require.Len(t, claim(t, db, 10), 2)
	require.NoError(t, db.RecordAttempt(t.Context(), postgres.Attempt{
		NoticeKey: "case-1/1", Channel: postgres.ChannelEmail, Error: "busy", At: start(),
	}))
	require.NoError(t, db.RecordAttempt(t.Context(), postgres.Attempt{
		NoticeKey: "case-1/0", Channel: postgres.ChannelEmail, Error: "busy", At: start(),
	}))
	require.NoError(t, db.RecordAttempt(t.Context(), postgres.Attempt{
		NoticeKey: "case-1/0", Channel: postgres.ChannelEmail, Error: "busy", At: start().Add(time.Second),
	}))
	require.Equal(t, []string{"case-1/1"}, claim(t, db, 1), "the one with the fewest attempts comes first")
	require.Equal(t, []string{"case-1/0"}, claim(t, db, 1))
}

func TestRecordAttempt_APermanentFailureIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	db, raw := outbox(t, 1)
	refused := postgres.Attempt{
		NoticeKey: "case-1/0", Channel: postgres.ChannelEmail, Permanent: true, Error: "no such mailbox", At: start(),
	}
	require.NoError(t, db.RecordAttempt(t.Context(), refused))
	later(t, raw)
	require.Empty(t, claim(t, db, 10))
	n, err := db.Undelivered(t.Context(), "case-1")
	require.NoError(t, err)
	require.Zero(t, n)
}

func TestRecordAttempt_TheSameAttemptCountsOnce(t *testing.T) {
	t.Parallel()
	db, raw := outbox(t, 1)
	a := postgres.Attempt{
		NoticeKey: "case-1/0", Channel: postgres.ChannelEmail, Error: "busy", At: start().Add(123456789),
	}
	require.NoError(t, db.RecordAttempt(t.Context(), a))
	require.NoError(t, db.RecordAttempt(t.Context(), a))
	require.Equal(t, 1, count(t, raw, `SELECT attempts FROM deliveries`))
}

func TestRecordAttempt_OfNoDeliveryIsNotFound(t *testing.T) {
	t.Parallel()
	db, _ := outbox(t, 1)
	err := db.RecordAttempt(t.Context(), postgres.Attempt{NoticeKey: "case-1/0", Channel: postgres.ChannelWebhook, At: start()})
	require.Equal(t, casework.NotFound, casework.KindOf(err))
}
