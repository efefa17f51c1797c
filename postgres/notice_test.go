package postgres_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/postgres"
)

// told records three notices of two cases to two people, an hour apart.
func told(t *testing.T) *postgres.DB {
	t.Helper()
	db := testdb.New(t)
	testdb.Hire(t, db, worker("w-17", postgres.ChannelEmail))
	for number, recipients := range map[int][]string{1: {"w-17", "w-3"}, 2: {"w-17"}} {
		f := newFile(number)
		tr := f.next(t, "c-1")
		for i, recipient := range recipients {
			n := notice(f, fmt.Sprint(i), recipient)
			n.CreatedAt = start().AddDate(0, 0, 10*number+i)
			tr.Notices = append(tr.Notices, n)
		}
		f.record(t, db, tr)
	}
	return db
}

func TestNotices_OfAPersonOrARecordNewestFirst(t *testing.T) {
	t.Parallel()
	db := told(t)
	for name, c := range map[string]struct {
		filter postgres.NoticeFilter
		want   []string
	}{
		"an inbox":             {postgres.NoticeFilter{Recipient: "w-17"}, []string{"case-2/0", "case-1/0"}},
		"a record":             {postgres.NoticeFilter{Aggregate: "case-1"}, []string{"case-1/1", "case-1/0"}},
		"a record in an inbox": {postgres.NoticeFilter{Recipient: "w-3", Aggregate: "case-1"}, []string{"case-1/1"}},
		"an empty inbox":       {postgres.NoticeFilter{Recipient: "w-99"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for c.filter.Limit = 1; ; {
				page, err := db.Notices(t.Context(), c.filter)
				require.NoError(t, err)
				for _, n := range page.Items {
					got = append(got, n.Key)
				}
				if c.filter.After = page.Next; c.filter.After == "" {
					break
				}
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestNotices_ShowWhatBecameOfEachDelivery(t *testing.T) {
	t.Parallel()
	db := told(t)
	require.NoError(t, db.RecordAttempt(t.Context(), postgres.Attempt{
		NoticeKey: "case-2/0", Channel: postgres.ChannelEmail, Error: "the mail server does not answer", At: start(),
	}))
	page, err := db.Notices(t.Context(), postgres.NoticeFilter{Aggregate: "case-2"})
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	deliveries := page.Items[0].Deliveries
	require.Len(t, deliveries, 1)
	deliveries[0].LastAttemptAt = deliveries[0].LastAttemptAt.UTC()
	require.Equal(t, []postgres.Delivery{{
		Channel: postgres.ChannelEmail, State: postgres.DeliveryPending, Attempts: 1, LastAttemptAt: start(),
		LastError: "the mail server does not answer",
	}}, deliveries)
}

func TestNotices_NeedARecipientOrARecord(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	_, err := db.Notices(t.Context(), postgres.NoticeFilter{})
	require.Equal(t, casework.Internal, casework.KindOf(err))
	_, err = db.Notices(t.Context(), postgres.NoticeFilter{Recipient: "w-17", After: `[1]`})
	require.Equal(t, casework.Invalid, casework.KindOf(err))
}

func TestRecord_SendsToTheManagerWhomTheDirectoryNames(t *testing.T) {
	t.Parallel()
	db, _ := open(t)
	testdb.Hire(t, db, worker("w-3"))
	f := newFile(1)
	tr := f.next(t, "c-1")
	known, unknown := notice(f, "known", ""), notice(f, "unknown", "")
	known.ManagerOf, unknown.ManagerOf = "w-3", "w-nobody"
	tr.Notices = append(tr.Notices, known, unknown)
	f.record(t, db, tr)
	page, err := db.Notices(t.Context(), postgres.NoticeFilter{Recipient: "w-1"})
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	require.Equal(t, known.Key, page.Items[0].Key)
}
