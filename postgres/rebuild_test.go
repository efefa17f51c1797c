package postgres_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/postgres"
)

func TestReplaceReadModels_BuildsThemFromNothing(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	f := newFile(1)
	f.record(t, db, f.next(t, "c-1", duty("visit", casework.DutyOpen, start()), duty("wrong", casework.DutyOpen, start())))
	want := postgres.ReadModels{
		Summary:  f.summary(f.seq),
		Children: []casework.ChildSummary{{Aggregate: f.aggregate, Child: "p-7", Stage: casework.StageAtHome}},
		Adults:   []casework.AdultSummary{{Aggregate: f.aggregate, Person: "p-9", As: []string{"parent"}, Protected: true}},
		Duties:   []casework.Duty{duty("visit", casework.DutyMet, start())},
	}
	for _, damage := range []string{
		`TRUNCATE records, children, adults, duties`,
		`UPDATE records SET office = 'nowhere'; UPDATE duties SET owner = 'nobody'; UPDATE children SET child = 'p-8'`,
		`SELECT 1`,
	} {
		_, err := raw.ExecContext(t.Context(), damage)
		require.NoError(t, err)
		require.NoError(t, db.ReplaceReadModels(t.Context(), want))
		same(t, want, readModels(t, db, f.aggregate))
	}
}

func readModels(t *testing.T, db *postgres.DB, aggregate string) postgres.ReadModels {
	t.Helper()
	summary, err := db.Summary(t.Context(), aggregate)
	require.NoError(t, err)
	children, err := db.Children(t.Context(), aggregate)
	require.NoError(t, err)
	page, err := db.Duties(t.Context(), postgres.DutyFilter{Aggregate: aggregate})
	require.NoError(t, err)
	adults, err := db.Adults(t.Context(), aggregate)
	require.NoError(t, err)
	m := postgres.ReadModels{Summary: summary, Children: children, Adults: adults}
	for _, d := range page.Items {
		m.Duties = append(m.Duties, d.Duty)
	}
	return m
}

func TestReplaceReadModels_RefusesWhatTheLogHasOvertaken(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	f := newFile(1)
	f.record(t, db, f.next(t, "c-1"))
	old := postgres.ReadModels{Summary: f.summary(f.seq)}
	f.record(t, db, f.next(t, "c-2", duty("visit", casework.DutyOpen, start())))
	err := db.ReplaceReadModels(t.Context(), old)
	require.Equal(t, casework.Stale, casework.KindOf(err))
	require.Len(t, readModels(t, db, f.aggregate).Duties, 1)
}

func TestReplaceReadModels_LeavesLaterRowsAlone(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	f := newFile(1)
	f.record(t, db, f.next(t, "c-1", duty("visit", casework.DutyMet, start())))
	// As if a transition were recorded between the check and the replacing.
	_, err := raw.ExecContext(t.Context(), `UPDATE duties SET revision = 9; UPDATE records SET revision = 9`)
	require.NoError(t, err)
	require.NoError(t, db.ReplaceReadModels(t.Context(), postgres.ReadModels{
		Summary: f.summary(f.seq), Duties: []casework.Duty{duty("visit", casework.DutyOpen, start())},
	}))
	m := readModels(t, db, f.aggregate)
	require.Equal(t, 9, m.Summary.Revision)
	require.Equal(t, casework.DutyMet, m.Duties[0].Status)
}

// The lists below are longer than what is read at once.
const manyLogs = `
INSERT INTO events (aggregate, seq, command_id, type, actor_id, actor_role, occurred_at, recorded_at, content, prev_hash, hash)
SELECT 'case-' || n, 1, 'c-1', 'case.opened', 'w-1', 'system', now(), now(), '{"prev_hash":""}', '',
    encode(sha256('{"prev_hash":""}'), 'hex')
FROM generate_series(1000, 2001) n`

func TestAggregates_GoesThroughEveryLogEvenWithoutReadModels(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	_, err := raw.ExecContext(t.Context(), manyLogs)
	require.NoError(t, err)
	var all []string
	for aggregate, err := range db.Aggregates(t.Context()) {
		require.NoError(t, err)
		all = append(all, aggregate)
	}
	require.Len(t, all, 1002)
	require.IsIncreasing(t, all)
	for first, err := range db.Aggregates(t.Context()) {
		require.NoError(t, err)
		require.Equal(t, "case-1000", first)
		break // A caller may stop early.
	}
}

func TestOpenRecords_LeavesOutClosedOnes(t *testing.T) {
	t.Parallel()
	var open []string
	for s, err := range shelf(t).OpenRecords(t.Context()) {
		require.NoError(t, err)
		open = append(open, s.Aggregate)
	}
	require.Equal(t, []string{"case-1001", "case-1002", "case-1003", "case-999", "report-5"}, open)
}

func TestOpenRecords_EndsWithTheFirstError(t *testing.T) {
	t.Parallel()
	db := testdb.Open(t, testdb.Empty(t))
	var errs []error
	for _, err := range db.OpenRecords(t.Context()) {
		errs = append(errs, err)
	}
	require.Len(t, errs, 1)
	require.Equal(t, casework.Unavailable, casework.KindOf(errors.Join(errs...)))
}
