package postgres_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/internal/testdb"
	"homeward/postgres"
)

// absence has somebody cover from an hour before the tests begin until a day after.
func absence(t *testing.T, db *postgres.DB, absent, delegate string) (postgres.Cover, error) {
	t.Helper()
	c := postgres.Cover{
		ID: "cover-" + absent + delegate, Absent: absent, Delegate: delegate, From: start().Add(-time.Hour),
		Until: start().Add(24 * time.Hour), SetBy: "w-1", SetAt: start(),
	}
	return db.SetCover(t.Context(), c, coverLine(absent))
}

func coverLine(absent string) audit.Entry {
	return audit.Entry{
		Actor: casework.Actor{ID: "w-1", Role: casework.RoleManager}, Action: access.ArrangeCover, Outcome: audit.Done, Part: absent,
	}
}

// tellsWhom records a notice for w-3 and returns who got it, with its last words.
func tellsWhom(t *testing.T, db *postgres.DB, number int, change func(*casework.Transition)) (who, text string) {
	t.Helper()
	f := newFile(number)
	tr := f.next(t, "c-1")
	tr.Notices = []casework.Notice{{
		Key: tr.Summary.Aggregate + "/x", Aggregate: tr.Summary.Aggregate, Recipient: "w-3", Role: casework.RoleSupervisor,
		Kind: casework.NoticeApproval, Subject: "A plan waits", Text: "A plan waits.", CreatedAt: start(),
	}}
	if change != nil {
		change(&tr)
	}
	f.record(t, db, tr)
	page, err := db.Notices(t.Context(), postgres.NoticeFilter{Aggregate: tr.Summary.Aggregate})
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	return page.Items[0].Recipient, page.Items[0].Text
}

func TestCover_RedirectsNoticesAndSaysWhy(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	testdb.Hire(t, db, postgres.Worker{ID: "w-3", Role: casework.RoleSupervisor, Manager: "w-9"})
	who, text := tellsWhom(t, db, 1, nil)
	require.Equal(t, "w-3", who)
	require.Equal(t, "A plan waits.", text)
	_, err := absence(t, db, "w-3", "w-4")
	require.NoError(t, err)
	who, text = tellsWhom(t, db, 2, nil)
	require.Equal(t, "w-4", who)
	require.Equal(t, "A plan waits. You get this because you cover for w-3 (supervisor), who is absent.", text)
	who, _ = tellsWhom(t, db, 3, func(tr *casework.Transition) { tr.Notices[0].CreatedAt = start().Add(24 * time.Hour) })
	require.Equal(t, "w-3", who, "it ends by itself")
	who, _ = tellsWhom(t, db, 4, func(tr *casework.Transition) { tr.Notices[0].CreatedAt = start().Add(-2 * time.Hour) })
	require.Equal(t, "w-3", who, "it has not begun")
	_, err = absence(t, db, "w-4", "w-5")
	require.NoError(t, err)
	who, _ = tellsWhom(t, db, 5, nil)
	require.Equal(t, "w-9", who, "the delegate is absent too: the next one up")
	_, err = absence(t, db, "w-9", "w-4")
	require.NoError(t, err)
	who, _ = tellsWhom(t, db, 6, nil)
	require.Equal(t, "w-3", who, "nobody is there: it is not lost")
}

func TestCover_ShowsNobodyWhatIsClosedToThem(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	testdb.Hire(t, db, postgres.Worker{ID: "w-3", Role: casework.RoleSupervisor, Manager: "w-9"})
	_, err := absence(t, db, "w-3", "w-4")
	require.NoError(t, err)
	f := newFile(1)
	f.record(t, db, f.next(t, "c-1"))
	_, err = db.SetRule(t.Context(), postgres.AccessRule{
		ID: "k", Aggregate: "case-2", Kind: postgres.RuleConflict, Worker: "w-4", SetBy: "w-4", SetAt: start(),
	}, coverLine("w-3"))
	require.NoError(t, err)
	who, _ := tellsWhom(t, db, 2, nil)
	require.Equal(t, "w-9", who, "the delegate is related to somebody in it")
}

func TestCover_LetsNoTwoOverlap(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	first, err := absence(t, db, "w-3", "w-4")
	require.NoError(t, err)
	again, err := absence(t, db, "w-3", "w-4")
	require.NoError(t, err)
	require.Equal(t, first, again)
	_, err = absence(t, db, "w-3", "w-5")
	require.Equal(t, casework.Blocked, casework.KindOf(err))
	ended, err := db.EndCover(t.Context(), "w-3", first.ID, "w-3", start(), coverLine("w-3"))
	require.NoError(t, err)
	require.Equal(t, "w-3", ended.EndedBy)
	_, err = absence(t, db, "w-3", "w-5")
	require.NoError(t, err, "an ended one makes room")
	_, err = db.EndCover(t.Context(), "w-8", first.ID, "w-3", start(), coverLine("w-8"))
	require.Equal(t, casework.NotFound, casework.KindOf(err))
	covers, err := db.Covers(t.Context(), "w-4")
	require.NoError(t, err)
	require.Len(t, covers, 1)
}
