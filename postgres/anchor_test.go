package postgres_test

import (
	"database/sql"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/postgres"
)

// cut takes the last line of case-1 on a day away, and makes the head say so.
func cut(day string) []string {
	return []string{
		`DELETE FROM audit_lines l USING audit_heads h WHERE h.chain = 'case-1' AND h.day = '` + day + `' AND l.chain = h.chain
    AND l.day = h.day AND l.seq = h.seq`,
		`UPDATE audit_heads h SET seq = l.seq, at = l.at, hash = l.hash
FROM audit_lines l WHERE h.chain = 'case-1' AND h.day = '` + day + `' AND l.chain = h.chain AND l.day = h.day AND l.seq = h.seq - 1`,
	}
}

// rewritten makes another person of w-17 in every line from a day on, and makes
// every hash fit again, as its owner could who has the whole database.
const rewritten = `
DO $$
DECLARE
    d audit_days; l audit_lines; h audit_heads; earlier text; closed text := '';
BEGIN
    FOR d IN SELECT * FROM audit_days ORDER BY day LOOP
        UPDATE audit_days SET opening = closed, hash = closed WHERE day = d.day;
        FOR h IN SELECT * FROM audit_heads WHERE day = d.day ORDER BY nth LOOP
            earlier := coalesce((SELECT hash FROM audit_heads WHERE chain = h.chain AND day < d.day ORDER BY day DESC LIMIT 1), '');
            FOR l IN SELECT * FROM audit_lines WHERE day = d.day AND chain = h.chain ORDER BY seq LOOP
                l.entry := replace(l.entry::text, '"w-17"', '"w-66"')::json;
                l.hash := audit_hash(earlier, l.day, l.chain, l.seq, l.at, l.entry);
                UPDATE audit_lines SET entry = l.entry, actor = l.entry #>> '{actor,id}', prev_hash = earlier, hash = l.hash
                WHERE day = l.day AND chain = l.chain AND seq = l.seq;
                IF l.seq = 1 THEN
                    UPDATE audit_heads SET first_hash = l.hash WHERE day = d.day AND chain = h.chain;
                    UPDATE audit_days SET hash = encode(sha256(convert_to(hash || E'\n' || l.chain || ' ' || l.hash, 'UTF8')), 'hex')
                    WHERE day = d.day;
                END IF;
                earlier := l.hash;
            END LOOP;
            UPDATE audit_heads SET hash = earlier WHERE day = d.day AND chain = h.chain;
        END LOOP;
        closed := audit_closing(d.day);
    END LOOP;
END
$$`

func TestVerifyAudit_WithAndWithoutAnAnchor(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	ledger(t, db, raw, 3) // 1, 3 and 5 June
	set(t, raw, time.Date(2026, time.June, 5, 20, 0, 0, 0, time.UTC))
	written(t, db, looked("w-17", "case-1"), looked("w-17", "case-1"))
	anchor, err := db.AuditHead(t.Context())
	require.NoError(t, err)
	require.Equal(t, casework.NewDate(2026, 6, 5), anchor.Day)
	require.Equal(t, count(t, raw, `SELECT count(*) FROM audit_lines WHERE day = '2026-06-05'`), anchor.Lines)
	require.Equal(t, count(t, raw, `SELECT count(*) FROM audit_heads WHERE day = '2026-06-05'`), anchor.Chains)
	unlock(t, raw)
	for name, c := range map[string]struct {
		statements []string
		// without and with are the rows that are named.
		without, with []string
	}{
		"nothing":                          {nil, nil, nil},
		"the end of a chain of today":      {cut("2026-06-05"), nil, []string{"2026-06-05"}},
		"the end of a chain of a past day": {cut("2026-06-01"), []string{"2026-06-01 case-1 1", "2026-06-01"}, nil},
		"a whole chain of today": {
			[]string{
				`DELETE FROM audit_lines WHERE day = '2026-06-05' AND chain = 'w:w-9'`,
				`DELETE FROM audit_heads WHERE day = '2026-06-05' AND chain = 'w:w-9'`,
			},
			[]string{"2026-06-05"},
			[]string{"2026-06-05"},
		},
		"a whole day": {
			[]string{
				`DELETE FROM audit_lines WHERE day = '2026-06-03'`, `DELETE FROM audit_heads WHERE day = '2026-06-03'`,
				`DELETE FROM audit_days WHERE day = '2026-06-03'`,
			},
			[]string{"2026-06-03"},
			nil,
		},
		"the first day": {
			[]string{
				`DELETE FROM audit_lines WHERE day = '2026-06-01'`, `DELETE FROM audit_heads WHERE day = '2026-06-01'`,
				`DELETE FROM audit_days WHERE day = '2026-06-01'`,
			},
			[]string{"2026-06-01"},
			nil,
		},
		"the last day": {
			[]string{
				`DELETE FROM audit_lines WHERE day = '2026-06-05'`, `DELETE FROM audit_heads WHERE day = '2026-06-05'`,
				`DELETE FROM audit_days WHERE day = '2026-06-05'`,
			},
			nil,
			[]string{"2026-06-05"},
		},
		"everything":               {[]string{`DELETE FROM audit_lines`, `DELETE FROM audit_heads`, `DELETE FROM audit_days`}, nil, []string{"2026-06-05"}},
		"every hash written again": {[]string{rewritten}, nil, []string{"2026-06-05"}},
	} {
		restore(t, raw)
		tamper(t, raw, c.statements)
		rows, reasons := faults(t, db, postgres.AuditCheck{})
		for _, row := range c.without {
			require.Contains(t, rows, row, "%s: %v", name, reasons)
		}
		require.Equal(t, len(c.without) == 0, len(rows) == 0, "%s: %v", name, reasons)
		rows, reasons = faults(t, db, postgres.AuditCheck{Anchors: []postgres.AuditAnchor{anchor}})
		for _, row := range c.with {
			require.Contains(t, rows, row, "%s: %v", name, reasons)
		}
		if len(c.without)+len(c.with) == 0 {
			require.Empty(t, rows, "%s: %v", name, reasons)
		}
	}
	restore(t, raw)
	forged := anchor
	forged.Lines--
	rows, _ := faults(t, db, postgres.AuditCheck{Anchors: []postgres.AuditAnchor{forged, anchor}})
	require.Equal(t, []string{"2026-06-05"}, rows)
}

func tamper(t *testing.T, raw *sql.DB, statements []string) {
	t.Helper()
	for _, statement := range statements {
		_, err := raw.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
}

// set moves the clock that [clock] has put in.
func set(t *testing.T, raw *sql.DB, now time.Time) {
	t.Helper()
	_, err := raw.ExecContext(t.Context(), `UPDATE test_clock SET now = $1`, now)
	require.NoError(t, err)
}

func TestVerifyAudit_GoesOnBehindABrokenRow(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	ledger(t, db, raw, 3)
	unlock(t, raw)
	tamper(t, raw, []string{
		`UPDATE audit_lines SET outcome = 'denied' WHERE day = '2026-06-01' AND chain = 'case-1' AND seq = 1`,
		`DELETE FROM audit_lines WHERE day = '2026-06-03' AND chain = 'w:w-9'`,
		`UPDATE audit_heads SET at = at - interval '1 day' WHERE day = '2026-06-03' AND chain = 'case-2'`,
		`UPDATE audit_days SET chains = 0 WHERE day = '2026-06-05'`,
		`DELETE FROM audit_heads WHERE day = '2026-06-05' AND chain = 'report-3'`,
	})
	rows, _ := faults(t, db, postgres.AuditCheck{})
	require.ElementsMatch(t, []string{
		"2026-06-01 case-1 1", "2026-06-03 w:w-9 1", "2026-06-03 case-2", "2026-06-05", "2026-06-05 report-3",
	}, rows)
}

func TestAuditHead_HoldsWhileOthersWrite(t *testing.T) {
	t.Parallel()
	db, _ := open(t)
	_, err := db.AuditHead(t.Context())
	require.Equal(t, casework.NotFound, casework.KindOf(err))
	written(t, db, looked("w-17", "case-1"))
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 25 {
				require.NoError(t, db.Audit(t.Context(), looked("w-17", []string{"case-1", "case-2", "case-3", "case-4"}[i])))
			}
		})
	}
	var anchors []postgres.AuditAnchor
	for range 10 {
		anchor, err := db.AuditHead(t.Context())
		require.NoError(t, err)
		anchors = append(anchors, anchor)
	}
	wg.Wait()
	rows, reasons := faults(t, db, postgres.AuditCheck{Anchors: anchors})
	require.Empty(t, rows, reasons)
}
