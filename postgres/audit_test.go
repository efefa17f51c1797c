package postgres_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/postgres"
)

// looked is the line of somebody who read a record.
func looked(actor, record string) audit.Entry {
	return audit.Entry{
		Actor:  casework.Actor{ID: actor, Role: casework.RoleCaseworker},
		Action: access.ReadRecord, Outcome: audit.Done, Record: record, Part: "timeline", Request: "r7",
	}
}

// listed is the line of somebody who was shown a list.
func listed(actor string, records ...string) audit.Entry {
	return audit.Entry{
		Actor:  casework.Actor{ID: actor, Role: casework.RoleSupervisor},
		Action: access.ListRecords, Outcome: audit.Done, Records: records, Part: "cases", Count: len(records),
	}
}

func written(t *testing.T, db *postgres.DB, entries ...audit.Entry) {
	t.Helper()
	for _, e := range entries {
		require.NoError(t, db.Audit(t.Context(), e))
	}
}

func TestAudit_WritesALineInTheRecordsChain(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	written(t, db, looked("w-17", "case-1002"), looked("w-4", "case-1002"), listed("w-17", "case-1002", "case-1003"))
	require.Equal(t, 2, count(t, raw, `SELECT count(*) FROM audit_lines WHERE chain = 'case-1002'`))
	require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM audit_lines WHERE chain = 'w:w-17' AND seq = 1`))
	require.Equal(t, 2, count(t, raw, `SELECT seq FROM audit_heads WHERE chain = 'case-1002'`))
	require.Equal(t, 2, count(t, raw, `SELECT chains FROM audit_days WHERE day = (now() AT TIME ZONE 'UTC')::date`))
}

func TestAudit_RefusesWhatIsNoCode(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	e := looked("w-17", "case-1002")
	e.Part = "the bruise on the arm"
	err := db.Audit(t.Context(), e)
	require.Equal(t, casework.Internal, casework.KindOf(err))
	require.NotContains(t, err.Error(), "bruise")
	require.Zero(t, count(t, raw, `SELECT count(*) FROM audit_lines`))
}

func TestRecord_PutsAPersonsStepOnRecordOnce(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	f := newFile(1002)
	stale := *f
	first := f.next(t, "c-1")
	f.record(t, db, first)
	for name, again := range map[string]casework.Transition{
		"the same transition": first, "the same command later": f.next(t, "c-1"), "a caller who is behind": stale.next(t, "c-2"),
	} {
		_, err := db.Record(t.Context(), again)
		require.NoError(t, err, name)
		require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM audit_lines`), name)
	}
	page, err := db.AuditTrail(t.Context(), postgres.AuditFilter{Record: f.aggregate})
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	line := page.Items[0]
	require.Equal(t, "w-17 (caseworker) took a step in case 1002: Record a visit.", line.Says())
	require.Equal(t, "c-1", line.Command)
	require.WithinDuration(t, time.Now(), line.At, time.Minute, "by the clock on the wall, not by the record's")
}

func TestRecord_LeavesWhatTimeDoesToTheLog(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	f := newFile(1002)
	tr := f.next(t, "time/1")
	prev := ""
	for i := range tr.Events {
		tr.Events[i].Actor = casework.System()
		require.NoError(t, tr.Events[i].Seal(prev))
		prev = tr.Events[i].Hash
	}
	f.record(t, db, tr)
	require.Zero(t, count(t, raw, `SELECT count(*) FROM audit_lines`))
}

func TestRecord_IsRolledBackWhereItCannotBePutOnRecord(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	f := newFile(1002)
	_, err := raw.ExecContext(t.Context(), `ALTER TABLE audit_lines ADD CONSTRAINT full_disk CHECK (seq > 1) NOT VALID`)
	require.NoError(t, err)
	_, err = db.Record(t.Context(), f.next(t, "c-1"))
	require.Equal(t, casework.Internal, casework.KindOf(err))
	require.Zero(t, count(t, raw, `SELECT count(*) FROM events`))
}

func TestAudit_ManyWritersLeaveNoGapAndNoDeadlock(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			f := newFile(2000 + i)
			for n := range 20 {
				switch n % 4 {
				case 0: // the same chain for all
					require.NoError(t, db.Audit(t.Context(), looked("w-17", "case-1002")))
				case 1: // two chains in turn, new ones among them
					require.NoError(t, db.Audit(t.Context(), looked("w-17", fmt.Sprint("case-", 1003+(i+n)%5))))
				case 2: // each its own
					require.NoError(t, db.Audit(t.Context(), listed(fmt.Sprint("w-", i), "case-1002")))
				default: // with an act
					tr := f.next(t, fmt.Sprint("c-", n))
					_, err := db.Record(t.Context(), tr)
					require.NoError(t, err)
					f.moved(tr)
				}
			}
		})
	}
	wg.Wait()
	require.Equal(t, 160, count(t, raw, `SELECT count(*) FROM audit_lines`))
	require.Equal(t, 40, count(t, raw, `SELECT seq FROM audit_heads WHERE chain = 'case-1002'`))
	require.Zero(t, count(t, raw, `SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`))
}

func TestAudit_RefusesChangesAndForgeries(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	written(t, db, looked("w-17", "case-1002"), looked("w-4", "case-1002"))
	const forge = `INSERT INTO audit_lines (day, chain, seq, at, entry, prev_hash, hash)
SELECT day, chain, %s, at, entry, %s, %s FROM audit_lines WHERE seq = 2`
	for statement, reason := range map[string]string{
		`UPDATE audit_lines SET entry = '{}' WHERE false`:                                    "append-only",
		`DELETE FROM audit_lines`:                                                            "append-only",
		`TRUNCATE audit_lines`:                                                               "append-only",
		`SET session_replication_role = replica; DELETE FROM audit_heads`:                    "append-only",
		`TRUNCATE audit_heads`:                                                               "append-only",
		`UPDATE audit_heads SET seq = seq - 1`:                                               "append-only",
		`UPDATE audit_heads SET first_hash = '', seq = seq + 1`:                              "append-only",
		`DELETE FROM audit_days`:                                                             "append-only",
		`UPDATE audit_days SET hash = ''`:                                                    "append-only",
		`UPDATE audit_days SET opening = 'x', chains = chains + 1`:                           "append-only",
		fmt.Sprintf(forge, "0", "''", "audit_hash('', day, chain, 0, at, entry)"):            "audit_lines_seq",
		fmt.Sprintf(forge, "2", "prev_hash", "audit_hash(prev_hash,day,chain,2,at,entry)"):   "audit_lines_pkey",
		`INSERT INTO audit_days (day, opening, chains, hash) VALUES ('2020-01-01','x',0,'')`: "audit_days_first",
	} {
		t.Run(statement, func(t *testing.T) {
			t.Parallel()
			_, err := raw.ExecContext(t.Context(), statement)
			require.ErrorContains(t, err, reason)
		})
	}
}

func TestAuditTrail_NewestFirstByWhateverIsAsked(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	set := clock(t, raw)
	day := func(d, hour int) time.Time { return time.Date(2026, time.June, d, hour, 0, 0, 0, time.UTC) }
	refused := looked("w-4", "case-1")
	refused.Outcome, refused.Reason = audit.Denied, string(access.ByRestriction)
	for _, l := range []struct {
		at time.Time
		e  audit.Entry
	}{
		{day(1, 9), looked("w-1", "case-1")},
		{day(1, 10), looked("w-1", "case-2")},
		{day(2, 9), listed("w-2", "case-1", "case-2")},
		{day(2, 10), refused},
		{day(2, 10), looked("w-1", "case-1")},
		{day(3, 9), listed("w-1", "case-2")},
	} {
		set(l.at)
		written(t, db, l.e)
	}
	for name, c := range map[string]struct {
		filter postgres.AuditFilter
		want   []string
	}{
		"everything":      {postgres.AuditFilter{}, []string{"3 w:w-1 1", "2 case-1 2", "2 case-1 1", "2 w:w-2 1", "1 case-2 1", "1 case-1 1"}},
		"a record":        {postgres.AuditFilter{Record: "case-1"}, []string{"2 case-1 2", "2 case-1 1", "2 w:w-2 1", "1 case-1 1"}},
		"another record":  {postgres.AuditFilter{Record: "case-2"}, []string{"3 w:w-1 1", "2 w:w-2 1", "1 case-2 1"}},
		"no record":       {postgres.AuditFilter{Record: "case-9"}, nil},
		"an actor":        {postgres.AuditFilter{Actor: "w-1"}, []string{"3 w:w-1 1", "2 case-1 2", "1 case-2 1", "1 case-1 1"}},
		"both":            {postgres.AuditFilter{Actor: "w-1", Record: "case-1"}, []string{"2 case-1 2", "1 case-1 1"}},
		"what is refused": {postgres.AuditFilter{Outcome: audit.Denied}, []string{"2 case-1 1"}},
		"an action":       {postgres.AuditFilter{Action: access.ListRecords}, []string{"3 w:w-1 1", "2 w:w-2 1"}},
		"a day": {
			postgres.AuditFilter{From: casework.NewDate(2026, 6, 2), To: casework.NewDate(2026, 6, 2)},
			[]string{"2 case-1 2", "2 case-1 1", "2 w:w-2 1"},
		},
		"from a day on": {postgres.AuditFilter{Record: "case-2", From: casework.NewDate(2026, 6, 3)}, []string{"3 w:w-1 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, limit := range []int{0, 1, 2} {
				require.Equal(t, c.want, trail(t, db, c.filter, limit), "pages of %d", limit)
			}
		})
	}
	page, err := db.AuditTrail(t.Context(), postgres.AuditFilter{Record: "case-1", Limit: 2})
	require.NoError(t, err)
	refused.At = day(2, 10)
	same(t, refused, page.Items[1].Entry)
	_, err = db.AuditTrail(t.Context(), postgres.AuditFilter{After: `["x"]`})
	require.Equal(t, casework.Invalid, casework.KindOf(err))
}

// trail reads all pages: the day of June, the chain and the number of each line.
func trail(t *testing.T, db *postgres.DB, f postgres.AuditFilter, limit int) []string {
	t.Helper()
	var all []string
	f.Limit = limit
	for {
		page, err := db.AuditTrail(t.Context(), f)
		require.NoError(t, err)
		for _, l := range page.Items {
			_, _, day := l.Day.Civil()
			all = append(all, fmt.Sprint(day, " ", l.Chain, " ", l.Seq))
		}
		if f.After = page.Next; f.After == "" {
			return all
		}
	}
}

// 60,000 lines of a year: 600 people, 3,000 records, lists that show ten records each.
const busyYear = `
INSERT INTO audit_lines (day, chain, seq, at, entry, prev_hash, hash)
SELECT '2026-01-01'::date + n / 165, CASE WHEN n % 10 = 0 THEN 'w:w-' || n % 600 ELSE 'case-' || n % 3000 END, n,
    '2026-01-01'::timestamptz + n * interval '9 minutes', json_build_object(
        'actor', json_build_object('id', 'w-' || n % 600), 'action', CASE WHEN n % 10 = 0 THEN 'records.list' ELSE 'record.read' END,
        'outcome', CASE WHEN n % 200 = 1 THEN 'denied' ELSE 'done' END,
        'records', (SELECT coalesce(json_agg('case-' || (n + i * 7) % 3000), '[]') FROM generate_series(1, 10) i WHERE n % 10 = 0)), '', n
FROM generate_series(1, 60000) n;
ANALYZE audit_lines;`

func TestPlans_OfTheAudit(t *testing.T) {
	t.Parallel()
	_, raw := open(t)
	_, err := raw.ExecContext(t.Context(), busyYear)
	require.NoError(t, err)
	const later = `["2026-06-02","2026-06-02T10:00:00Z","case-7",700]`
	day := casework.NewDate(2026, 6, 2)
	for name, c := range map[string]struct {
		filter  postgres.AuditFilter
		indexes []string
	}{
		"a record":                      {postgres.AuditFilter{Record: "case-7"}, []string{"audit_lines_pkey", "audit_lines_shown"}},
		"a record, later":               {postgres.AuditFilter{Record: "case-7", After: later}, []string{"audit_lines_pkey", "audit_lines_shown"}},
		"a record and a person":         {postgres.AuditFilter{Record: "case-7", Actor: "w-7"}, []string{"audit_lines_actor"}},
		"a person":                      {postgres.AuditFilter{Actor: "w-7"}, []string{"audit_lines_actor"}},
		"a person, later":               {postgres.AuditFilter{Actor: "w-7", After: later}, []string{"audit_lines_actor"}},
		"everything":                    {postgres.AuditFilter{}, []string{"audit_lines_newest"}},
		"everything, later":             {postgres.AuditFilter{After: later}, []string{"audit_lines_newest"}},
		"a day":                         {postgres.AuditFilter{From: day, To: day}, []string{"audit_lines_newest"}},
		"what is refused":               {postgres.AuditFilter{Outcome: audit.Denied}, []string{"audit_lines_refused"}},
		"what is refused since a while": {postgres.AuditFilter{Outcome: audit.Denied, From: day}, []string{"audit_lines_refused"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			statement, args, err := c.filter.Statement()
			require.NoError(t, err)
			plan := explain(t, raw, statement, args)
			for _, index := range c.indexes {
				require.Contains(t, plan, " "+index+" ")
			}
			require.NotContains(t, plan, "Seq Scan on audit_lines ")
		})
	}
}
