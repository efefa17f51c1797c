package postgres_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/postgres"
)

func reading(person string) audit.Entry {
	return audit.Entry{
		Actor: casework.Actor{ID: person, Role: casework.RoleCaseworker}, Action: access.AcknowledgeNotices, Outcome: audit.Done,
	}
}

func TestAcknowledge_KeepsTheFirstTimeAndSendsNothingMore(t *testing.T) {
	t.Parallel()
	db := told(t)
	at := start().AddDate(1, 0, 0)
	waiting, err := db.Undelivered(t.Context(), "case-2")
	require.NoError(t, err)
	require.Equal(t, 1, waiting)

	for _, when := range []time.Time{at, at.Add(time.Hour)} {
		read, err := db.Acknowledge(t.Context(), "w-17", []string{"case-2/0", "case-1/0"}, when, reading("w-17"))
		require.NoError(t, err)
		require.Len(t, read, 2)
		require.Equal(t, "case-1/0", read[0].Notice)
		require.Equal(t, at, read[0].At, "the first time stands")
	}

	page, err := db.Notices(t.Context(), postgres.NoticeFilter{Recipient: "w-17"})
	require.NoError(t, err)
	for _, n := range page.Items {
		require.Equal(t, at, n.AcknowledgedAt)
		require.Equal(t, postgres.DeliveryUnneeded, n.Deliveries[0].State)
	}
	waiting, err = db.Undelivered(t.Context(), "case-2")
	require.NoError(t, err)
	require.Zero(t, waiting, "nobody is told again of what they have read")
	page, err = db.Notices(t.Context(), postgres.NoticeFilter{Recipient: "w-17", Unacknowledged: true})
	require.NoError(t, err)
	require.Empty(t, page.Items)
	trail, err := db.AuditTrail(t.Context(), postgres.AuditFilter{Actor: "w-17", Action: access.AcknowledgeNotices})
	require.NoError(t, err)
	require.Len(t, trail.Items, 1, "what changed nothing leaves no second line")
	require.Equal(t, 2, trail.Items[0].Count)
}

func TestAcknowledge_IsNeverBeforeTheNoticeByTheClockOfTheRecord(t *testing.T) {
	t.Parallel()
	db := told(t)
	read, err := db.Acknowledge(t.Context(), "w-3", []string{"case-1/1"}, start().AddDate(-1, 0, 0), reading("w-3"))
	require.NoError(t, err)
	require.Equal(t, start().AddDate(0, 0, 11), read[0].At)
}

func TestAcknowledge_RefusesAllWhereOneIsNotTheirs(t *testing.T) {
	t.Parallel()
	db := told(t)
	for _, keys := range [][]string{{"case-1/0", "case-1/1"}, {"case-1/0", "case-9/9"}} {
		_, err := db.Acknowledge(t.Context(), "w-17", keys, start(), reading("w-17"))
		require.Equal(t, casework.NotFound, casework.KindOf(err))
	}
	page, err := db.Notices(t.Context(), postgres.NoticeFilter{Recipient: "w-17", Unacknowledged: true})
	require.NoError(t, err)
	require.Len(t, page.Items, 2, "nothing was acknowledged")
}
