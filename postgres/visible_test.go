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
	"homeward/internal/access"
	"homeward/postgres"
)

// A small agency in which everything that access depends on happens: two offices
// with two units each, and people whose lines, names, conflicts, seals and broken
// glass overlap at random.
const crowd = `
INSERT INTO workers (id, role, office, unit, supervisor, manager, name)
SELECT 'w-' || n, 'caseworker', 'o-' || n % 2, 'u-' || n % 4, '', 'w-' || (n + 1) % 12, '' FROM generate_series(0, 9) n;

INSERT INTO records (aggregate, kind, number, stage, revision, office, jurisdiction, timezone, pack, worker,
    supervisor, priority, risk, restricted, from_report, to_case, next_due, overdue, opened_at, closed_at, clock)
SELECT k.kind || '-' || n, k.kind, n, 'services', 1, 'o-' || (random() * 2)::int % 2, 'us-ca', 'UTC', 'us-federal@1',
    'w-' || (random() * 11)::int, 'w-' || (random() * 11)::int, '', '', random() < 0.3,
    CASE WHEN k.kind = 'case' THEN n::text ELSE '' END, CASE WHEN k.kind = 'report' THEN n::text ELSE '' END,
    NULL, 0, now(), NULL, now()
FROM generate_series(1, 150) n, (VALUES ('case'), ('report')) AS k(kind);

INSERT INTO access_rules (id, kind, aggregate, worker, ground, set_by, set_at, expires_at, ended_at)
SELECT 'g-' || n, 'grant', (ARRAY['case-', 'report-'])[n % 2 + 1] || (random() * 150)::int, 'w-' || (random() * 11)::int, '', '', now(),
    (ARRAY[NULL, $1::timestamptz - interval '1 second', $1::timestamptz + interval '1 hour'])[n % 3 + 1],
    CASE WHEN n % 4 = 0 THEN now() END
FROM generate_series(1, 500) n ON CONFLICT DO NOTHING;

INSERT INTO access_rules (id, kind, aggregate, worker, ground, set_by, set_at, ended_at)
SELECT 'k-' || n, 'conflict', (ARRAY['case-', 'report-'])[n % 2 + 1] || (random() * 150)::int, 'w-' || (random() * 11)::int, '', '', now(),
    CASE WHEN n % 3 = 0 THEN now() END
FROM generate_series(1, 200) n ON CONFLICT DO NOTHING;

INSERT INTO access_rules (id, kind, aggregate, worker, ground, set_by, set_at, ended_at)
SELECT 's-' || n, 'seal', (ARRAY['case-', 'report-'])[n % 2 + 1] || (random() * 150)::int, '', '', '', now(),
    CASE WHEN n % 3 = 0 THEN now() END
FROM generate_series(1, 90) n ON CONFLICT DO NOTHING;

INSERT INTO glass (id, aggregate, worker, role, reason, broken_at, expires_at, review_due, watched_at)
SELECT 'b-' || n, (ARRAY['case-', 'report-'])[n % 2 + 1] || (random() * 150)::int, 'w-' || (random() * 11)::int, '', '', now(),
    $1::timestamptz + (n % 3 - 1) * interval '1 minute', now(), CASE WHEN n % 4 > 0 THEN now() END
FROM generate_series(1, 400) n;

INSERT INTO covers (id, absent, delegate, from_at, until_at, set_by, set_at, ended_at)
SELECT 'v-' || n, 'w-' || n % 12, 'w-' || (n * 5 + 1) % 12, $1::timestamptz + (n % 3 - 2) * interval '1 hour',
    $1::timestamptz + (n % 3 - 1) * interval '1 hour', '', now(), CASE WHEN n % 4 = 0 THEN now() END
FROM generate_series(1, 40) n`

func TestRecords_ShowsWhatTheScopeCoversAndNothingElse(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	fill(t, raw, crowd, start())
	ties := make(map[access.Tie]int)
	for _, who := range callers() {
		for _, kind := range []casework.AggregateKind{casework.KindReport, casework.KindCase} {
			page, err := db.Records(t.Context(), postgres.RecordFilter{Kind: kind, Scope: who.Scope(), Now: start(), Limit: 500})
			require.NoError(t, err)
			listed := map[string]bool{}
			for _, s := range page.Items {
				listed[s.Aggregate] = true
			}
			for n := 1; n <= 150; n++ {
				aggregate := casework.AggregateID(kind, fmt.Sprint(n))
				standing, err := db.Standing(t.Context(), who.ID, aggregate, start())
				require.NoError(t, err)
				tie, why := who.Scope().Covers(standing.Object)
				require.Equal(t, tie != "", listed[aggregate], "%+v and %s: %s%s %+v", who, aggregate, tie, why, standing.Object)
				ties[tie]++
			}
		}
	}
	for _, tie := range []access.Tie{
		"", access.TieLine, access.TieNamed, access.TieUnit, access.TieOffice, access.TieAll, access.TieGlass, access.TieCover,
	} {
		require.Positive(t, ties[tie], "nobody in the agency has the tie %q", tie)
	}
}

// callers are everybody in every role, and programs.
func callers() []access.Caller {
	var all []access.Caller
	for n := range 12 {
		for _, role := range append(casework.Roles(), casework.RoleService, casework.RoleSystem, "") {
			who := access.Caller{ID: fmt.Sprintf("w-%d", n), Role: role}
			if n < 10 {
				who.Office, who.Unit = fmt.Sprintf("o-%d", n%2), fmt.Sprintf("u-%d", n%4)
			}
			all = append(all, who)
		}
	}
	for _, offices := range [][]string{nil, {""}, {"o-1"}, {"o-0", "o-1"}} {
		all = append(all, access.Caller{ID: "svc", Role: casework.RoleCaseworker, Service: &access.Service{Offices: offices}})
	}
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:40]
}

func TestStanding_KnowsAConflictOfTheReportOnItsCaseAndTheOtherWayRound(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	fill(t, raw, `
INSERT INTO records (aggregate, kind, number, stage, revision, office, jurisdiction, timezone, pack, worker,
    supervisor, priority, risk, restricted, from_report, to_case, next_due, overdue, opened_at, closed_at, clock)
VALUES ('report-7', 'report', 7, '', 1, 'o', '', '', '', 'w-1', 'w-2', '', '', false, '', '9', NULL, 0, $1, NULL, $1),
    ('case-9', 'case', 9, '', 1, 'o', '', '', '', 'w-1', 'w-2', '', '', false, '7', '', NULL, 0, $1, NULL, $1);
INSERT INTO access_rules (id, kind, aggregate, worker, ground, set_by, set_at)
VALUES ('a', 'conflict', 'report-7', 'w-1', '', '', $1), ('b', 'conflict', 'case-9', 'w-2', '', '', $1)`, start())
	for _, who := range []string{"w-1", "w-2"} {
		for _, aggregate := range []string{"report-7", "case-9"} {
			standing, err := db.Standing(t.Context(), who, aggregate, start())
			require.NoError(t, err)
			require.True(t, standing.Object.Conflict, "%s on %s", who, aggregate)
		}
	}
	_, err := db.Standing(t.Context(), "w-1", "case-10", start())
	require.Equal(t, casework.NotFound, casework.KindOf(err))
}

func fill(t *testing.T, raw *sql.DB, statements string, at time.Time) {
	t.Helper()
	for statement := range strings.SplitSeq(statements, ";\n") {
		args := []any{at}
		if !strings.Contains(statement, "$1") {
			args = nil
		}
		_, err := raw.ExecContext(t.Context(), statement, args...)
		require.NoError(t, err)
	}
}
