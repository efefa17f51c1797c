package main

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/internal/testdb"
)

// audited is a database with a few lines on record, and a way past the program
// into it.
func audited(t *testing.T) (raw *sql.DB, database string) {
	t.Helper()
	address := testdb.URL(t)
	db := testdb.Open(t, address)
	for i := range 6 {
		require.NoError(t, db.Audit(t.Context(), audit.Entry{
			Actor:  casework.Actor{ID: "w-17", Role: casework.RoleCaseworker},
			Action: access.ReadRecord, Outcome: audit.Done, Record: fmt.Sprint("case-", 1001+i%2),
		}))
	}
	raw, err := sql.Open("postgres", address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, raw.Close()) })
	return raw, "--database-url-file=" + written(t, "url", address)
}

func TestAudit_VerifiesAgainstHeadsThatWereKept(t *testing.T) {
	t.Parallel()
	raw, database := audited(t)
	head := execution(t, "", "audit", "head", database)
	require.Equal(t, statusDone, head.status, head.errors)
	require.Equal(t, 1, strings.Count(head.out, "\n"))
	kept := written(t, "heads", head.out+execution(t, "", "audit", "head", database).out)

	alone := execution(t, "", "audit", "verify", database)
	require.Equal(t, statusDone, alone.status, alone.errors)
	require.Equal(t, "The audit is as it was written: 6 lines, 2 chains, 1 day, and no head that was kept elsewhere to compare with.\n", alone.out)
	against := execution(t, "", "audit", "verify", database, "--anchor", kept)
	require.Equal(t, statusDone, against.status, against.errors)
	require.Contains(t, against.out, "and 2 heads that were kept elsewhere are part of it.")

	// The last line goes, and everything that says so: the owner of the database can do that.
	_, err := raw.ExecContext(t.Context(), `
ALTER TABLE audit_lines DISABLE TRIGGER append_only; ALTER TABLE audit_heads DISABLE TRIGGER forward_only;
DELETE FROM audit_lines WHERE chain = 'case-1002' AND seq = 3;
UPDATE audit_heads h SET seq = l.seq, at = l.at, hash = l.hash FROM audit_lines l WHERE h.chain = 'case-1002' AND l.chain = h.chain AND l.seq = 2`)
	require.NoError(t, err)
	require.Equal(t, statusDone, execution(t, "", "audit", "verify", database).status)
	found := execution(t, "", "audit", "verify", database, "--anchor", kept)
	require.Equal(t, statusFailed, found.status)
	require.Contains(t, found.out, "The head that was kept at ")
	require.Contains(t, found.errors, "homeward: the audit is not as it was written: 2 places named above (5 lines, 2 chains, 1 day looked at)")
}

func TestAudit_NamesEachBrokenRow(t *testing.T) {
	t.Parallel()
	raw, database := audited(t)
	_, err := raw.ExecContext(t.Context(), `
ALTER TABLE audit_lines DISABLE TRIGGER append_only;
UPDATE audit_lines SET entry = replace(entry::text, 'w-17', 'w-66')::json WHERE chain = 'case-1001' AND seq = 2;
DELETE FROM audit_lines WHERE chain = 'case-1002' AND seq = 2`)
	require.NoError(t, err)
	got := execution(t, "", "audit", "verify", database)
	require.Equal(t, statusFailed, got.status)
	lines := strings.Split(strings.TrimSpace(got.out), "\n")
	require.Len(t, lines, 2)
	require.Regexp(t, `^\d{4}-\d\d-\d\d case-1001 2: The line was changed after it was written: its hash does not cover it\.$`, lines[0])
	require.Regexp(t, `^\d{4}-\d\d-\d\d case-1002 2: The line is missing\.$`, lines[1])
	require.Contains(t, got.errors, "2 places named above")
}

func TestAudit_RefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	_, database := audited(t)
	for want, args := range map[string][]string{
		"--from: want a day like 2026-06-01":           {"--from", "June"},
		"--to: want a day like 2026-06-01":             {"--to", "2026-06-31"},
		"head 1 cannot be read":                        {"--anchor", written(t, "empty", "")},
		"head 2 cannot be read":                        {"--anchor", written(t, "half", `{"day":"2026-06-01","at":"2026-06-01T08:00:00Z","hash":"x"} {"day"`)},
		"no such file":                                 {"--anchor", "nowhere"},
		"is not of the days that --from and --to name": {"--from", "2026-07-01", "--anchor", written(t, "early", `{"day":"2026-06-01","at":"2026-06-01T08:00:00Z","hash":"x"}`)},
		"the head of 2026-06-02 is not of the days":    {"--to", "2026-06-01", "--anchor", written(t, "late", `{"day":"2026-06-02","at":"2026-06-02T08:00:00Z","hash":"x"}`)},
		"no database: set HOMEWARD_DATABASE_URL":       nil,
		"The database URL cannot be read":              {"--database-url-file", written(t, "odd", "::")},
	} {
		all := append([]string{"audit", "verify"}, args...)
		if args != nil && args[0] != "--database-url-file" {
			all = append(all, database)
		}
		got := execution(t, "", all...)
		require.NotEqual(t, statusDone, got.status, want)
		require.Contains(t, got.errors, want)
	}
}
