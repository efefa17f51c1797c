package postgres_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/audit"
	"homeward/postgres"
)

// clock stands in for the database's own in the functions of the audit.
func clock(tb testing.TB, raw *sql.DB) (set func(time.Time)) {
	tb.Helper()
	_, err := raw.ExecContext(tb.Context(), `
CREATE TABLE test_clock AS SELECT now() AS now;
CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT now FROM test_clock';
ALTER FUNCTION audit_append(text, json) SET search_path = public, pg_catalog, pg_temp;
ALTER FUNCTION audit_settle() SET search_path = public, pg_catalog, pg_temp;`)
	require.NoError(tb, err)
	return func(now time.Time) {
		_, err := raw.ExecContext(tb.Context(), `UPDATE test_clock SET now = $1`, now)
		require.NoError(tb, err)
	}
}

// ledger is an audit of several days, made by the database as always. Chains are
// of different lengths and begin in another order on each day; the last one has a
// single line on the last day.
func ledger(tb testing.TB, db *postgres.DB, raw *sql.DB, days int) {
	tb.Helper()
	set := clock(tb, raw)
	random := rand.New(rand.NewPCG(7, uint64(days)))
	at := time.Date(2026, time.June, 1, 8, 0, 0, 0, time.UTC)
	say := func(e audit.Entry) {
		at = at.Add(time.Duration(1+random.IntN(1e6)) * time.Microsecond)
		set(at)
		require.NoError(tb, db.Audit(tb.Context(), e))
	}
	for day := range days {
		at = time.Date(2026, time.June, 1+day*2, 8, 0, 0, 0, time.UTC)
		chains := []string{"case-1", "case-2", "report-3"}
		random.Shuffle(len(chains), func(i, j int) { chains[i], chains[j] = chains[j], chains[i] })
		for i, chain := range chains {
			for range 1 + (i+day)%3 {
				say(looked("w-17", chain))
			}
		}
		say(listed("w-9", "case-1", "case-2"))
		say(looked("w-4", chains[0]))
	}
}

// unlock takes away everything by which the database protects its audit.
func unlock(tb testing.TB, raw *sql.DB) {
	tb.Helper()
	_, err := raw.ExecContext(tb.Context(), `
ALTER TABLE audit_lines DISABLE TRIGGER ALL,
    DROP CONSTRAINT audit_lines_seq, DROP CONSTRAINT audit_lines_pkey;
ALTER TABLE audit_heads DISABLE TRIGGER ALL, DROP CONSTRAINT audit_heads_day, DROP CONSTRAINT audit_heads_pkey,
    DROP CONSTRAINT audit_heads_nth;
ALTER TABLE audit_days DISABLE TRIGGER ALL, DROP CONSTRAINT audit_days_chain, DROP CONSTRAINT audit_days_pkey,
    DROP CONSTRAINT audit_days_first;
DROP INDEX audit_days_prev;
CREATE TABLE kept_lines AS TABLE audit_lines;
CREATE TABLE kept_heads AS TABLE audit_heads;
CREATE TABLE kept_days AS TABLE audit_days;`)
	require.NoError(tb, err)
}

// restore puts every row back.
func restore(tb testing.TB, raw *sql.DB) {
	tb.Helper()
	_, err := raw.ExecContext(tb.Context(), `
DELETE FROM audit_lines; INSERT INTO audit_lines TABLE kept_lines;
DELETE FROM audit_heads; INSERT INTO audit_heads TABLE kept_heads;
DELETE FROM audit_days; INSERT INTO audit_days TABLE kept_days;`)
	require.NoError(tb, err)
}

// faults are the rows that a check names, with its reasons.
func faults(tb testing.TB, db *postgres.DB, c postgres.AuditCheck) (rows, reasons []string) {
	tb.Helper()
	c.Found = func(f postgres.AuditFault) {
		rows = append(rows, strings.TrimSuffix(f.String(), ": "+f.Reason))
		reasons = append(reasons, f.String())
	}
	report, err := db.VerifyAudit(tb.Context(), c)
	require.NoError(tb, err)
	require.Equal(tb, len(rows), report.Faults)
	return rows, reasons
}

func TestVerifyAudit_FindsNothingInWhatWasLeftAlone(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	ledger(t, db, raw, 4)
	want := postgres.AuditReport{
		Days: 4, Chains: count(t, raw, `SELECT count(*) FROM audit_heads`), Lines: count(t, raw, `SELECT count(*) FROM audit_lines`),
	}
	var told []casework.Date
	report, err := db.VerifyAudit(t.Context(), postgres.AuditCheck{
		Found:    func(f postgres.AuditFault) { require.Fail(t, f.String()) },
		Progress: func(day casework.Date, _ int) { told = append(told, day) },
	})
	require.NoError(t, err)
	require.Equal(t, want, report)
	require.Len(t, told, 4)

	part, err := db.VerifyAudit(t.Context(), postgres.AuditCheck{
		From: casework.NewDate(2026, 6, 2), To: casework.NewDate(2026, 6, 5), Found: func(f postgres.AuditFault) { require.Fail(t, f.String()) },
	})
	require.NoError(t, err)
	require.Equal(t, 2, part.Days)
}

// tampering is one change to one row, and the rows that may be named for it: the
// first is the one that must be.
type tampering struct {
	name, statement string
	rows            []string
	args            []any
}

func TestVerifyAudit_NamesTheOneRowThatWasTamperedWith(t *testing.T) {
	t.Parallel()
	for kind, tamperings := range map[string]func(*testing.T, *sql.DB) []tampering{
		"lines": tamperedLines, "heads": tamperedHeads, "days": tamperedDays,
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			db, raw := open(t)
			days := 3
			if kind == "lines" {
				days = 2 // a closed one and an open one: each line is tampered with in twenty ways
			}
			ledger(t, db, raw, days)
			unlock(t, raw)
			all := tamperings(t, raw)
			require.Greater(t, len(all), 15)
			for _, c := range all {
				result, err := raw.ExecContext(t.Context(), c.statement, c.args...)
				require.NoError(t, err, c.name)
				changed, err := result.RowsAffected()
				require.NoError(t, err)
				require.Positive(t, changed, c.name)
				rows, reasons := faults(t, db, postgres.AuditCheck{})
				require.Contains(t, rows, c.rows[0], "%s: %v", c.name, reasons)
				for _, row := range rows {
					require.Contains(t, c.rows, row, "%s blames an innocent row: %v", c.name, reasons)
				}
				restore(t, raw)
			}
			rows, _ := faults(t, db, postgres.AuditCheck{})
			require.Empty(t, rows, "the rows are back as they were")
		})
	}
}

// place names rows as [postgres.AuditFault] does.
func place(day, chain string, seq int) string {
	return strings.TrimSuffix(strings.TrimSpace(fmt.Sprint(day, " ", chain, " ", seq)), " 0")
}

type stored struct {
	day, chain string
	seq, last  int
}

func storedRows(t *testing.T, raw *sql.DB, statement string) []stored {
	t.Helper()
	rows, err := raw.QueryContext(t.Context(), statement)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	var all []stored
	for rows.Next() {
		var s stored
		require.NoError(t, rows.Scan(&s.day, &s.chain, &s.seq, &s.last))
		all = append(all, s)
	}
	require.NoError(t, rows.Err())
	return all
}

func tamperedLines(t *testing.T, raw *sql.DB) []tampering {
	t.Helper()
	var all []tampering
	for _, s := range storedRows(t, raw, `SELECT l.day::text, l.chain, l.seq, h.seq FROM audit_lines l JOIN audit_heads h USING (day, chain) ORDER BY 1, 2, 3`) {
		here := place(s.day, s.chain, s.seq)
		where := fmt.Sprintf(` WHERE day = '%s' AND chain = '%s' AND seq = %d`, s.day, s.chain, s.seq)
		add := func(what, statement string, more ...string) {
			all = append(all, tampering{name: what + " of " + here, statement: statement, rows: append([]string{here}, more...)})
		}
		for column, value := range map[string]string{
			"at": `at + interval '1 microsecond'`, "entry": `replace(entry::text, 'w-', 'x-')::json`,
			"prev_hash": `repeat('0', 64)`, "hash": `repeat('0', 64)`, "actor": `'w-0'`, "action": `'names.read'`,
			"outcome": `'denied'`, "shown": `ARRAY['case-9']`,
		} {
			add("another "+column, fmt.Sprintf(`UPDATE audit_lines SET %s = %s`, column, value)+where)
		}
		add("entry as a list of other records", `UPDATE audit_lines SET entry = '{}'`+where)
		add("another day", `UPDATE audit_lines SET day = day + 2`+where, elsewhere(t, raw, s, 2)...)
		add("a day without lines", `UPDATE audit_lines SET day = day + 1`+where, elsewhere(t, raw, s, 1)...)
		add("another chain", `UPDATE audit_lines SET chain = 'case-99'`+where, place(s.day, "case-99", 0), place(s.day, "case-99", 1), place(s.day, "case-99", s.seq))
		add("another number", `UPDATE audit_lines SET seq = 50`+where, place(s.day, s.chain, 50), place(s.day, s.chain, s.last+1))
		add("absence", `DELETE FROM audit_lines`+where, place(s.day, s.chain, 0)) // the head, where it was the only line
		add("a copy", `INSERT INTO audit_lines SELECT * FROM audit_lines`+where)
		add("a new hash over another entry", `
UPDATE audit_lines l SET entry = '{"actor":{"id":"w-0","role":"hotline"},"action":"record.read","outcome":"done"}', actor = 'w-0',
    action = 'record.read', outcome = 'done', shown = '{}',
    hash = audit_hash(prev_hash, day, chain, seq, at, '{"actor":{"id":"w-0","role":"hotline"},"action":"record.read","outcome":"done"}')`+where)
		add("a new hash over another line before it",
			`UPDATE audit_lines SET prev_hash = repeat('0', 64), hash = audit_hash(repeat('0', 64), day, chain, seq, at, entry)`+where)
		if s.seq < s.last {
			add("places exchanged with the next", fmt.Sprintf(`UPDATE audit_lines SET seq = %d - seq WHERE day = '%s' AND chain = '%s' AND seq IN (%d, %d)`,
				2*s.seq+1, s.day, s.chain, s.seq, s.seq+1), place(s.day, s.chain, s.seq+1))
		} else {
			all = append(all, tampering{
				name: "a line behind the end of " + here, rows: []string{place(s.day, s.chain, s.seq+1)},
				statement: `
INSERT INTO audit_lines SELECT day, chain, seq + 1, at, entry, hash, audit_hash(hash, day, chain, seq + 1, at, entry), actor, action, outcome, shown
FROM audit_lines` + where,
			})
		}
	}
	return all
}

// elsewhere are the rows that are named where a line was moved by some days: its
// new place, the gap before it there, and a day or a chain that had no lines.
func elsewhere(t *testing.T, raw *sql.DB, s stored, days int) []string {
	t.Helper()
	parsed, err := casework.ParseDate(s.day)
	require.NoError(t, err)
	day := parsed.AddDays(days).String()
	there := count(t, raw, `SELECT coalesce(max(seq), 0) FROM audit_lines WHERE day = $1 AND chain = $2`, day, s.chain)
	rows := []string{place(day, s.chain, s.seq), place(day, s.chain, there+1), place(day, s.chain, 0), place(s.day, s.chain, 0)}
	if count(t, raw, `SELECT count(*) FROM audit_lines WHERE day = $1`, day) == 0 {
		rows = append(rows, day, parsed.AddDays(2).String())
	}
	return rows
}

func tamperedHeads(t *testing.T, raw *sql.DB) []tampering {
	t.Helper()
	var all []tampering
	for _, s := range storedRows(t, raw, `SELECT day::text, chain, 0, seq FROM audit_heads ORDER BY 1, 2`) {
		here := place(s.day, s.chain, 0)
		where := fmt.Sprintf(` WHERE day = '%s' AND chain = '%s'`, s.day, s.chain)
		add := func(what, statement string, more ...string) {
			all = append(all, tampering{name: what + " of the head " + here, statement: statement, rows: append([]string{here}, more...)})
		}
		for column, value := range map[string]string{
			"nth": `nth + 10`, "seq, up": `seq + 1`, "seq, down": `seq - 1`, "at": `at + interval '1 microsecond'`, "first_hash": `repeat('0', 64)`,
		} {
			column, _, _ = strings.Cut(column, ",")
			add("another "+column, fmt.Sprintf(`UPDATE audit_heads SET %s = %s`, column, value)+where)
		}
		add("another day", `UPDATE audit_heads SET day = day + 1`+where,
			place(nextDay(t, s.day), s.chain, 0), place(nextDay(t, s.day), s.chain, 1), nextDay(t, s.day))
		add("another chain", `UPDATE audit_heads SET chain = 'case-99'`+where, place(s.day, "case-99", 0))
		add("absence", `DELETE FROM audit_heads`+where)
		add("the place of another", fmt.Sprintf(`
UPDATE audit_heads h SET nth = (SELECT sum(o.nth) FROM audit_heads o WHERE o.day = h.day AND o.nth IN (1, 2)) - nth
WHERE day = '%s' AND nth IN (1, 2) AND EXISTS (SELECT FROM audit_heads o WHERE o.day = h.day AND o.chain = '%s')`, s.day, s.chain))
		all[len(all)-1].rows = exchanged(t, raw, s.day)
		all = append(all, tampering{
			name: "a head beside " + here, statement: `INSERT INTO audit_heads SELECT 'case-99', day, 99, seq, at, first_hash, hash FROM audit_heads` + where,
			rows: []string{place(s.day, "case-99", 0)},
		})
		last := here
		if s.last > 1 {
			last = place(s.day, s.chain, s.last) // it says that it is this line or the head
		}
		all = append(all, tampering{
			name: "another hash of the head " + here, statement: `UPDATE audit_heads SET hash = repeat('0', 64)` + where, rows: []string{last},
		})
	}
	return all
}

// exchanged are the heads of a day that begin first and second.
func exchanged(t *testing.T, raw *sql.DB, day string) []string {
	t.Helper()
	var rows []string
	for _, s := range storedRows(t, raw, `SELECT day::text, chain, 0, nth FROM audit_heads WHERE nth IN (1, 2) ORDER BY nth`) {
		if s.day == day {
			rows = append(rows, place(s.day, s.chain, 0))
		}
	}
	return rows
}

func nextDay(t *testing.T, day string) string {
	t.Helper()
	parsed, err := casework.ParseDate(day)
	require.NoError(t, err)
	return parsed.AddDays(1).String()
}

func tamperedDays(t *testing.T, raw *sql.DB) []tampering {
	t.Helper()
	var all []tampering
	for _, s := range storedRows(t, raw, `SELECT day::text, '', 0, 0 FROM audit_days ORDER BY 1`) {
		where := fmt.Sprintf(` WHERE day = '%s'`, s.day)
		add := func(what, statement string, more ...string) {
			all = append(all, tampering{name: what + " of " + s.day, statement: statement, rows: append([]string{s.day}, more...)})
		}
		for column, value := range map[string]string{
			"prev_day": `day - 1`, "opening": `repeat('0', 64)`, "chains": `chains + 1`, "hash": `repeat('0', 64)`,
		} {
			add("another "+column, fmt.Sprintf(`UPDATE audit_days SET %s = %s`, column, value)+where)
		}
		if s.day != "2026-06-01" {
			add("no prev_day", `UPDATE audit_days SET prev_day = NULL`+where)
			add("a later prev_day", `UPDATE audit_days SET prev_day = '2026-07-01'`+where)
		}
		add("another day", `UPDATE audit_days SET day = day + 1`+where, nextDay(t, s.day))
		add("absence", `DELETE FROM audit_days`+where)
		all = append(all, tampering{
			name: "a day after " + s.day, rows: []string{nextDay(t, s.day)},
			statement: `INSERT INTO audit_days SELECT day + 1, day, repeat('1', 64), 0, repeat('1', 64) FROM audit_days` + where,
		})
	}
	return all
}
