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
		fmt.Sprintf(forge, "3", "hash", "hash"):                                              "audit_lines_hash",
		fmt.Sprintf(forge, "3", "''", "audit_hash('', day, chain, 3, at, entry)"):            "audit_lines_chain",
		fmt.Sprintf(forge, "4", "hash", "audit_hash(hash, day, chain, 4, at, entry)"):        "audit_lines_chain",
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
