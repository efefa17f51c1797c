package postgres_test

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/postgres"
)

// An agency of 1,000 workers, 200 supervisors and 20 offices with 30,000 records,
// 60,000 duties, 30,000 notices, as many deliveries and as often broken glass.
const agency = `
INSERT INTO records (aggregate, kind, number, stage, revision, office, jurisdiction, timezone, pack, worker,
    supervisor, priority, risk, restricted, from_report, to_case, next_due, overdue, opened_at, closed_at, clock)
SELECT k.kind || '-' || n, k.kind, n, 'services', 1, 'o-' || n % 20, 'us-ca', 'UTC', 'us-federal@1', 'w-' || n % 1000,
    's-' || n % 200, '', '', false, CASE WHEN k.kind = 'case' THEN n::text ELSE '' END,
    CASE WHEN k.kind = 'report' AND n % 2 = 0 THEN n::text ELSE '' END,
    CASE WHEN n % 5 > 0 THEN now() + n * interval '1 minute' END, (n % 50 = 0)::int, now(),
    CASE WHEN n % 2 = 0 THEN now() END, now()
FROM generate_series(1, 15000) n, (VALUES ('case'), ('report')) AS k(kind);

INSERT INTO duties (aggregate, id, revision, clock, subject, occurrence, title, due, due_at, original_due, status,
    met_on, met_by, owner, citation, consequence, why, rungs, told)
SELECT 'case-' || n % 15000, 'visit/p-1/' || n, 1, 'visit', 'p-1', 1, 'Visit', '', now() + n * interval '1 minute', '',
    (ARRAY['open', 'met', 'met', 'overdue', 'met-late'])[n % 5 + 1], '', '',
    (ARRAY['caseworker', 'supervisor', 'manager'])[n % 3 + 1], '', '', '[]', '[]', 0
FROM generate_series(1, 60000) n;

INSERT INTO workers (id, role, office, unit, supervisor, manager, name)
SELECT 's-' || n, 'supervisor', 'o-' || n % 20, '', '', 'm-' || n % 40, '' FROM generate_series(0, 199) n;

INSERT INTO workers (id, role, office, unit, supervisor, manager, name)
SELECT 'w-' || n, 'caseworker', 'o-' || n % 20, 'u-' || n % 100, '', '', '' FROM generate_series(0, 999) n;

INSERT INTO access_rules (id, kind, aggregate, worker, ground, set_by, set_at)
SELECT k.kind || n, k.kind, 'case-' || n, CASE k.kind WHEN 'seal' THEN '' ELSE 'w-' || n % 1000 END, '', 's-1', now()
FROM generate_series(1, 5000) n, (VALUES ('grant'), ('conflict'), ('seal')) AS k(kind);

INSERT INTO glass (id, aggregate, worker, role, purpose, reason, broken_at, expires_at, review_due, watched_at, reviewed_at)
SELECT 'b-' || n, 'case-' || n % 15000, 'w-' || n % 1000, 'caseworker', '', '', now(), now(), now(), now(),
    CASE WHEN n % 500 > 0 THEN now() END
FROM generate_series(1, 30000) n;

INSERT INTO notices (key, aggregate, recipient, role, kind, duty, subject, body, created_at)
SELECT 'n-' || n, 'case-' || n % 3000, 'w-' || n % 1000, 'caseworker', 'duty-overdue', '', '', '',
    now() + n * interval '1 minute'
FROM generate_series(1, 30000) n;

INSERT INTO deliveries (notice, channel, aggregate, recipient, state)
SELECT key, 'email', aggregate, recipient, CASE substr(key, 3)::int % 100 WHEN 0 THEN 'pending' WHEN 1 THEN 'digest' ELSE 'delivered' END
FROM notices;

UPDATE records SET disposition = (ARRAY['screened-out', 'referred', 'duplicate'])[number % 3 + 1],
    reason = CASE number % 30 WHEN 0 THEN 'not-a-child' WHEN 3 THEN 'other' ELSE '' END,
    original = CASE WHEN number % 3 = 2 THEN (number - 1)::text ELSE '' END,
    linked = CASE WHEN number % 7 = 0 THEN (number / 7)::text ELSE '' END,
    received_at = now() + number * interval '1 minute' WHERE kind = 'report';

ANALYZE records, duties, workers, notices, deliveries, access_rules, glass;`

// lister is a filter that knows the statement and parameters of its list.
type lister interface {
	Statement() (statement string, args []any, err error)
}

// fixed is a statement that is not made by a filter.
type fixed struct {
	statement string
	args      []any
}

func (f fixed) Statement() (statement string, args []any, err error) { return f.statement, f.args, nil }

func TestPlans(t *testing.T) {
	t.Parallel()
	_, raw := open(t)
	_, err := raw.ExecContext(t.Context(), agency)
	require.NoError(t, err)
	kind := casework.KindCase
	for name, c := range map[string]struct {
		list  lister
		index string
	}{
		"records by number":        {postgres.RecordFilter{Scope: everything("w-7"), Kind: kind}, "records_number"},
		"records by number, later": {postgres.RecordFilter{Scope: everything("w-7"), Kind: kind, After: `[9000]`}, "records_number"},
		"records of a worker":      {postgres.RecordFilter{Scope: everything("w-7"), Kind: kind, Worker: "w-7"}, "records_worker"},
		"records of a supervisor":  {postgres.RecordFilter{Scope: everything("w-7"), Kind: kind, Supervisor: "s-7"}, "records_supervisor"},
		"records of an office":     {postgres.RecordFilter{Scope: everything("w-7"), Kind: kind, Office: "o-7"}, "records_office"},
		"the case of a report":     {postgres.RecordFilter{Scope: everything("w-7"), Kind: kind, Report: "77"}, "records_from_report"},
		"the report of a case":     {postgres.RecordFilter{Scope: everything("w-7"), Kind: casework.KindReport, Case: "78"}, "records_to_case"},
		"reports that ended in a way": {
			postgres.RecordFilter{Scope: everything("w-7"), Kind: casework.KindReport, Disposition: "referred"}, "records_disposition",
		},
		"reports screened out for a reason": {
			postgres.RecordFilter{Scope: everything("w-7"), Kind: casework.KindReport, Reason: "not-a-child"}, "records_reason",
		},
		"duplicates of a report": {
			postgres.RecordFilter{Scope: everything("w-7"), Kind: casework.KindReport, Original: "77"}, "records_original",
		},
		"reports about the family of a case": {
			postgres.RecordFilter{Scope: everything("w-7"), Kind: casework.KindReport, Linked: "78"}, "records_linked",
		},
		"reports of a day": {
			postgres.RecordFilter{
				Scope: everything("w-7"), Kind: casework.KindReport,
				ReceivedFrom: time.Now().AddDate(0, 0, 2), ReceivedTo: time.Now().AddDate(0, 0, 2).Add(time.Hour),
			}, "records_received",
		},
		"records by due date": {postgres.RecordFilter{Scope: everything("w-7"), Kind: kind, ByDue: true}, "records_due"},
		"records by due date, later": {
			postgres.RecordFilter{Scope: everything("w-7"), Kind: kind, ByDue: true, After: `["2026-02-01T00:00:00Z",7]`}, "records_due",
		},
		"what a caseworker sees": {postgres.RecordFilter{Scope: scope("w-7", casework.RoleCaseworker), Kind: kind}, "records_worker"},
		"what a caseworker sees, due": {
			postgres.RecordFilter{Scope: scope("w-7", casework.RoleCaseworker), Kind: kind, ByDue: true}, "records_worker",
		},
		"what an attorney sees":  {postgres.RecordFilter{Scope: scope("w-7", casework.RoleAttorney), Kind: kind}, "access_rules_worker"},
		"what an office sees":    {postgres.RecordFilter{Scope: scope("s-7", casework.RoleSupervisor), Kind: kind}, "records_number"},
		"who may see one record": {fixed{postgres.StandingStatement, []any{"w-7", "case-77", start()}}, "records_pkey"},
		"closed records":         {fixed{postgres.RetainedRecords, []any{"case-500", 501}}, "records_pkey"},
		"records due soon":       {postgres.RecordFilter{Scope: everything("w-7"), Kind: kind, ByDue: true, DueBefore: start()}, "records_due"},
		"duties of a record":     {postgres.DutyFilter{Aggregate: "case-7"}, "duties_pkey"},
		"duties of the agency":   {postgres.DutyFilter{DueBefore: start()}, "duties_pending"},
		"a worker's list":        {postgres.WorklistFilter{Worker: "w-7"}, "records_worker"},
		"a supervisor's list":    {postgres.WorklistFilter{Worker: "s-7"}, "records_supervisor"},
		"the duties of a list":   {postgres.WorklistFilter{Worker: "w-7"}, "duties_pkey"},
		"an inbox":               {postgres.NoticeFilter{Recipient: "w-7"}, "notices_recipient"},
		"an inbox, later": {
			postgres.NoticeFilter{Recipient: "w-7", After: `["2026-02-01T00:00:00Z","n-7"]`}, "notices_recipient",
		},
		"a record's notices":     {postgres.NoticeFilter{Aggregate: "case-7"}, "notices_aggregate"},
		"a record's deliveries":  {fixed{postgres.ClaimDeliveries, []any{"case-100", 10}}, "deliveries_pending"},
		"who broke the glass":    {postgres.GlassFilter{Record: "case-7"}, "glass_record"},
		"reviews of somebody":    {postgres.ReviewFilter{Worker: "s-7", Role: casework.RoleSupervisor, Now: start()}, "glass_unreviewed"},
		"reviews of an auditor":  {postgres.ReviewFilter{Worker: "a-1", Role: casework.RoleAuditor, Now: start()}, "glass_unreviewed"},
		"who waits for a digest": {fixed{postgres.DigestReaders, nil}, "deliveries_digest"},
		"a digest":               {fixed{postgres.BindDigest, []any{"digest/w-7/2026-01-31", "w-7", start()}}, "deliveries_digest"},
		"all due deliveries":     {fixed{postgres.ClaimDeliveries, []any{"", 10}}, "deliveries_pending"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			statement, args, err := c.list.Statement()
			require.NoError(t, err)
			plan := explain(t, raw, statement, args)
			require.Contains(t, plan, " "+c.index+" ")
			for _, table := range []string{"records", "duties", "notices", "deliveries", "glass"} {
				require.NotContains(t, plan, "Seq Scan on "+table+" ")
			}
		})
	}
}

// scope is that of a person in the office o-7, unit u-7.
func scope(id string, role casework.Role) access.Scope {
	return access.Caller{ID: id, Role: role, Office: "o-7", Unit: "u-7"}.Scope()
}

func explain(t *testing.T, raw *sql.DB, statement string, args []any) string {
	t.Helper()
	rows, err := raw.QueryContext(t.Context(), "EXPLAIN "+statement, args...)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	var plan strings.Builder
	for rows.Next() {
		var line string
		require.NoError(t, rows.Scan(&line))
		plan.WriteString(line + "\n")
	}
	require.NoError(t, rows.Err())
	return plan.String()
}
