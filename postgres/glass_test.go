package postgres_test

import (
	"database/sql"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/internal/testdb"
	"homeward/postgres"
)

// emergency is a database with case-1 of w-17 and w-3, whom w-1 leads, and the
// wish of a hotline worker to read it.
func emergency(t *testing.T) (*postgres.DB, *sql.DB, postgres.Breaking) {
	t.Helper()
	db, raw := open(t)
	f := newFile(1)
	f.record(t, db, f.next(t, "c-1"))
	s := worker("w-3", postgres.ChannelEmail)
	s.Role, s.Supervisor, s.Manager = casework.RoleSupervisor, "", "w-1"
	m := worker("w-1", postgres.ChannelEmail, postgres.ChannelWebhook)
	m.Role, m.Manager = casework.RoleManager, ""
	testdb.Hire(t, db, s, m)
	return db, raw, breaking("g1")
}

func breaking(id string) postgres.Breaking {
	return postgres.Breaking{
		Glass: casework.Glass{
			ID: id, Record: "case-1", Worker: "w-9", Role: casework.RoleHotline, Purpose: casework.GlassDanger, Reason: casework.Text("t-" + id),
			BrokenAt: start(), ExpiresAt: start().Add(4 * time.Hour), ReviewDue: start().Add(50 * time.Hour),
		},
		Words: "A neighbour hears a child scream.", Limit: 3,
		Line: audit.Entry{
			Actor: casework.Actor{ID: "w-9", Role: casework.RoleHotline}, Action: access.BreakGlass, Outcome: audit.Done,
			Record: "case-1", Reason: string(casework.GlassDanger), Command: "glass-" + id,
		},
	}
}

// sees says whether the hotline worker reads the case by broken glass.
func sees(t *testing.T, db *postgres.DB, at time.Time) bool {
	t.Helper()
	standing, err := db.Standing(t.Context(), "w-9", "case-1", at)
	require.NoError(t, err)
	_, why := access.Caller{ID: "w-9", Role: casework.RoleHotline}.Scope().Covers(standing.Object)
	require.Equal(t, standing.Object.Glass, why == "")
	return standing.Object.Glass
}

func review(by string) casework.GlassReview {
	return casework.GlassReview{
		Glass: "g1", By: casework.Actor{ID: by, Role: casework.RoleSupervisor}, Finding: casework.GlassJustified,
		Note: casework.Text("t-by-" + by), At: start().Add(time.Hour),
	}
}

func TestBreakGlass_WritesRowReasonAndAlertAtOnceAndGivesNoAccessBeforeItIsWatched(t *testing.T) {
	t.Parallel()
	db, raw, b := emergency(t)
	g, err := db.BreakGlass(t.Context(), b)
	require.NoError(t, err)
	want := b.Glass
	want.Office, want.Supervisor, want.Timezone = "north", "w-3", "America/Los_Angeles"
	same(t, want, g)
	require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM texts WHERE id = 't-g1' AND aggregate = 'case-1' AND author = 'w-9'`))
	require.Equal(t, 2, count(t, raw, `SELECT count(*) FROM notices WHERE aggregate = 'case-1' AND kind = 'glass-broken'
		AND recipient IN ('w-1', 'w-3') AND body NOT LIKE '%neighbour%'`))
	require.Equal(t, 3, count(t, raw, `SELECT count(*) FROM deliveries WHERE aggregate = 'glass-g1'`))
	require.False(t, sees(t, db, start()), "nobody watches yet")
	waiting, _, err := db.UnreviewedGlass(t.Context(), start())
	require.NoError(t, err)
	require.Zero(t, waiting)

	watched, err := db.WatchGlass(t.Context(), "g1", start().Add(time.Second))
	require.NoError(t, err)
	require.Equal(t, start().Add(time.Second), watched.WatchedAt)
	again, err := db.WatchGlass(t.Context(), "g1", start().Add(time.Minute))
	require.NoError(t, err)
	same(t, watched, again)
	require.True(t, sees(t, db, start().Add(time.Second)))
	require.True(t, sees(t, db, start().Add(4*time.Hour-time.Second)))
	require.False(t, sees(t, db, start().Add(4*time.Hour)), "its time has run out")
}

func TestBreakGlass_OfTheSameKeyIsBrokenOnce(t *testing.T) {
	t.Parallel()
	db, raw, b := emergency(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			_, err := db.BreakGlass(t.Context(), b)
			require.NoError(t, err)
		})
	}
	all.Wait()
	require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM glass`))
	require.Equal(t, 2, count(t, raw, `SELECT count(*) FROM notices`))
	require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM texts`))
	require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM audit_lines WHERE action = 'glass.break' AND chain = 'case-1'`))
	other := b
	other.Glass.Reason = "t-other"
	_, err := db.BreakGlass(t.Context(), other)
	require.Equal(t, casework.Reused, casework.KindOf(err))
	require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM texts`), "nothing of it stays")
}

func TestBreakGlass_BeginsAnewWhereNobodyWatchedAndNeverAfterThat(t *testing.T) {
	t.Parallel()
	db, _, b := emergency(t)
	_, err := db.BreakGlass(t.Context(), b)
	require.NoError(t, err)
	later := b
	later.Glass.BrokenAt, later.Glass.ExpiresAt = start().Add(6*time.Hour), start().Add(10*time.Hour)
	g, err := db.BreakGlass(t.Context(), later)
	require.NoError(t, err)
	require.Equal(t, start().Add(10*time.Hour), g.ExpiresAt)
	_, err = db.WatchGlass(t.Context(), "g1", start().Add(6*time.Hour))
	require.NoError(t, err)
	later.Glass.ExpiresAt = start().Add(100 * time.Hour)
	g, err = db.BreakGlass(t.Context(), later)
	require.NoError(t, err)
	require.Equal(t, start().Add(10*time.Hour), g.ExpiresAt, "no key buys more time")
}

func TestBreakGlass_HasALimitThatHoldsWhenAllComeAtOnce(t *testing.T) {
	t.Parallel()
	db, raw, _ := emergency(t)
	errs := make([]error, 9)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { _, errs[i] = db.BreakGlass(t.Context(), breaking(fmt.Sprint("g", i))) })
	}
	all.Wait()
	var refused int
	for _, err := range errs {
		if err != nil {
			require.Equal(t, casework.Blocked, casework.KindOf(err))
			refused++
		}
	}
	require.Equal(t, 6, refused)
	require.Equal(t, 3, count(t, raw, `SELECT count(*) FROM glass`))
	require.Equal(t, 3, count(t, raw, `SELECT count(*) FROM texts`))
	b := breaking("later")
	b.Glass.BrokenAt, b.Glass.ExpiresAt = start().Add(4*time.Hour), start().Add(8*time.Hour)
	_, err := db.BreakGlass(t.Context(), b)
	require.NoError(t, err, "the others' time has run out")
}

func TestBreakGlass_TellsNobodyWhoIsRelatedAndNotThePerson(t *testing.T) {
	t.Parallel()
	db, raw, b := emergency(t)
	_, err := raw.ExecContext(t.Context(), `INSERT INTO access_rules (id, kind, aggregate, worker, ground, set_by, set_at)
		VALUES ('x', 'conflict', 'report-1001', 'w-3', '', 'w-1', now())`)
	require.NoError(t, err)
	auditor := worker("w-0")
	auditor.Role = casework.RoleAuditor
	testdb.Hire(t, db, auditor)
	_, err = db.BreakGlass(t.Context(), b)
	require.NoError(t, err)
	require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM notices`), "the supervisor has a conflict")
	require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM notices WHERE recipient = 'w-1' AND role = 'manager'`))

	b = breaking("g2")
	b.Glass.Worker = "w-1"
	_, err = db.BreakGlass(t.Context(), b)
	require.NoError(t, err)
	require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM notices WHERE key LIKE 'glass-g2/%' AND recipient = 'w-0' AND role = 'auditor'`))
}

func TestAlertGlass_ClimbsTheLadderAndStopsWithTheReview(t *testing.T) {
	t.Parallel()
	db, raw, b := emergency(t)
	auditor := worker("w-0", postgres.ChannelEmail)
	auditor.Role = casework.RoleAuditor
	testdb.Hire(t, db, auditor)
	_, err := db.BreakGlass(t.Context(), b)
	require.NoError(t, err)
	_, err = db.WatchGlass(t.Context(), "g1", start())
	require.NoError(t, err)
	for range 2 {
		_, err = db.AlertGlass(t.Context(), "g1", 1, b.Glass.ReviewDue)
		require.NoError(t, err)
	}
	require.Equal(t, 2, count(t, raw, `SELECT count(*) FROM notices WHERE kind = 'glass-unreviewed' AND recipient IN ('w-1', 'w-3')`))
	_, err = db.AlertGlass(t.Context(), "g1", 2, b.Glass.ReviewDue)
	require.NoError(t, err)
	require.Equal(t, 2, count(t, raw, `SELECT count(*) FROM notices WHERE key LIKE 'glass-g1/unreviewed/2/%' AND recipient IN ('w-1', 'w-0')`))
	_, err = db.ReviewGlass(t.Context(), review("w-3"))
	require.NoError(t, err)
	g, err := db.AlertGlass(t.Context(), "g1", 3, b.Glass.ReviewDue)
	require.NoError(t, err)
	require.True(t, g.Reviewed())
	require.Equal(t, 6, count(t, raw, `SELECT count(*) FROM notices`))
}

func TestReviewGlass_IsMadeOnceAndByAnother(t *testing.T) {
	t.Parallel()
	db, raw, b := emergency(t)
	_, err := db.BreakGlass(t.Context(), b)
	require.NoError(t, err)
	_, err = db.WatchGlass(t.Context(), "g1", start())
	require.NoError(t, err)
	_, err = db.ReviewGlass(t.Context(), review("w-9"))
	require.Equal(t, casework.Forbidden, casework.KindOf(err))
	_, err = raw.ExecContext(t.Context(), `UPDATE glass SET reviewed_by = worker`)
	require.ErrorContains(t, err, "glass_reviewer", "not even past this program")
	for range 2 {
		g, err := db.ReviewGlass(t.Context(), review("w-3"))
		require.NoError(t, err)
		require.Equal(t, start().Add(time.Hour), g.ReviewedAt)
		require.True(t, sees(t, db, start().Add(2*time.Hour)), "it was justified")
	}
	_, err = db.ReviewGlass(t.Context(), review("w-1"))
	require.Equal(t, casework.Blocked, casework.KindOf(err))
	require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM audit_lines WHERE action = 'glass.review' AND actor = 'w-3'`))
	missing := review("w-3")
	missing.Glass = "g7"
	_, err = db.ReviewGlass(t.Context(), missing)
	require.Equal(t, casework.NotFound, casework.KindOf(err))
	require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM glass WHERE reviewed_by = 'w-3' AND finding = 'justified' AND note = 't-by-w-3'`))
}

func TestReviewGlass_ThatFindsItUnjustifiedEndsTheAccess(t *testing.T) {
	t.Parallel()
	db, _, b := emergency(t)
	_, err := db.BreakGlass(t.Context(), b)
	require.NoError(t, err)
	_, err = db.WatchGlass(t.Context(), "g1", start())
	require.NoError(t, err)
	r := review("w-3")
	r.Finding = casework.GlassNotJustified
	g, err := db.ReviewGlass(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, r.At, g.ExpiresAt)
	require.False(t, sees(t, db, r.At))
}

func TestReviews_AreOwedByTheLineAndWhenOverdueSeenByOfficeAndAuditor(t *testing.T) {
	t.Parallel()
	db, raw, b := emergency(t)
	second := breaking("g2")
	second.Glass.ReviewDue = b.Glass.ReviewDue.Add(time.Hour)
	for _, b := range []postgres.Breaking{second, b, breaking("g0")} {
		_, err := db.BreakGlass(t.Context(), b)
		require.NoError(t, err)
	}
	for _, id := range []string{"g1", "g2"} {
		_, err := db.WatchGlass(t.Context(), id, start())
		require.NoError(t, err)
	}
	list := func(id string, role casework.Role, office string, at time.Time) []string {
		t.Helper()
		var ids []string
		for after := postgres.Position(""); ; {
			page, err := db.Reviews(t.Context(), postgres.ReviewFilter{Worker: id, Role: role, Office: office, Now: at, Limit: 1, After: after})
			require.NoError(t, err)
			for _, g := range page.Items {
				ids = append(ids, g.ID)
			}
			if after = page.Next; after == "" {
				return ids
			}
		}
	}
	inTime, late := b.Glass.ReviewDue, b.Glass.ReviewDue.Add(time.Second)
	require.Equal(t, []string{"g1", "g2"}, list("w-3", casework.RoleSupervisor, "north", inTime))
	require.Equal(t, []string{"g1", "g2"}, list("w-1", casework.RoleManager, "elsewhere", inTime))
	require.Empty(t, list("w-5", casework.RoleManager, "north", inTime))
	require.Equal(t, []string{"g1"}, list("w-5", casework.RoleManager, "north", late))
	require.Empty(t, list("w-5", casework.RoleManager, "south", late))
	require.Empty(t, list("w-5", casework.RoleSupervisor, "north", late))
	require.Empty(t, list("w-0", casework.RoleAuditor, "", inTime))
	require.Equal(t, []string{"g1"}, list("w-0", casework.RoleAuditor, "", late))
	require.Empty(t, list("w-9", casework.RoleAuditor, "", late), "never their own")

	waiting, overdue, err := db.UnreviewedGlass(t.Context(), late)
	require.NoError(t, err)
	require.Equal(t, []int{2, 1}, []int{waiting, overdue})
	_, err = raw.ExecContext(t.Context(), `INSERT INTO access_rules (id, kind, aggregate, worker, ground, set_by, set_at)
		VALUES ('s', 'seal', 'case-1', '', 'court', 'w-2', now())`)
	require.NoError(t, err)
	require.Empty(t, list("w-3", casework.RoleSupervisor, "north", late), "a court has closed it")
	require.Equal(t, []string{"g1"}, list("w-0", casework.RoleAuditor, "", late))

	_, err = db.ReviewGlass(t.Context(), review("w-3"))
	require.NoError(t, err)
	require.Empty(t, list("w-0", casework.RoleAuditor, "", late))
	page, err := db.BrokenGlass(t.Context(), postgres.GlassFilter{Record: "case-1", Limit: 2})
	require.NoError(t, err)
	require.Len(t, page.Items, 2)
	rest, err := db.BrokenGlass(t.Context(), postgres.GlassFilter{Record: "case-1", After: page.Next})
	require.NoError(t, err)
	require.Len(t, rest.Items, 1)
	one, err := db.Glass(t.Context(), "g1")
	require.NoError(t, err)
	require.Equal(t, "w-3", one.ReviewedBy)
	_, err = db.Glass(t.Context(), "g7")
	require.Equal(t, casework.NotFound, casework.KindOf(err))
}

func TestBreakGlass_SealsTheReasonWithTheSecretOfItsRecord(t *testing.T) {
	t.Parallel()
	db, raw, b := emergency(t)
	db.SealTexts(letters{})
	_, err := db.BreakGlass(t.Context(), b)
	require.NoError(t, err)
	require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM texts WHERE body = '' AND convert_from(sealed, 'UTF8') = $1`,
		b.Glass.Record+"/"+string(b.Glass.Reason)+"/"+b.Words))
}
