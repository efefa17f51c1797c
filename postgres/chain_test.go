package postgres_test

import (
	"database/sql"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/internal/testdb"
	"homeward/postgres"
)

// logged is a case with n transitions of two events.
func logged(tb testing.TB, db *postgres.DB, n int) *file {
	tb.Helper()
	f := newFile(1002)
	for i := range n {
		f.record(tb, db, f.next(tb, fmt.Sprintf("c-%d", i)))
	}
	return f
}

func TestLog_RefusesChanges(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	logged(t, db, 2)
	for _, statement := range []string{
		`UPDATE events SET type = 'visit.forgotten'`,
		`UPDATE events SET type = 'visit.forgotten' WHERE false`,
		`DELETE FROM events WHERE seq = 4`,
		`TRUNCATE events`,
		`UPDATE commands SET fingerprint = ''`,
		`DELETE FROM commands`,
		`TRUNCATE commands`,
		`SET session_replication_role = replica; DELETE FROM events`,
	} {
		t.Run(statement, func(t *testing.T) {
			t.Parallel()
			_, err := raw.ExecContext(t.Context(), statement)
			require.ErrorContains(t, err, "the log is append-only")
		})
	}
}

func TestLog_RefusesForgedEvents(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	f := logged(t, db, 1)
	const insert = `
INSERT INTO events (aggregate, seq, command_id, type, actor_id, actor_role, occurred_at, recorded_at, content, prev_hash, hash)
SELECT aggregate, $1, command_id, type, actor_id, actor_role, occurred_at, recorded_at, $2::text::json,
    $2::json ->> 'prev_hash', CASE WHEN $3 THEN encode(sha256(convert_to($2, 'UTF8')), 'hex') ELSE hash END
FROM events WHERE seq = 2`
	for name, forged := range map[string]struct {
		seq     int
		content string
		hashed  bool
		reason  string
	}{
		"a hash of something else": {3, `{"prev_hash":"` + f.head + `"}`, false, "events_hash"},
		"another event before it":  {3, `{"prev_hash":"ffff"}`, true, "events_chain"},
		"a gap":                    {4, `{"prev_hash":"` + f.head + `"}`, true, "events_chain"},
		"a second beginning":       {0, `{"prev_hash":""}`, true, "events_first"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := raw.ExecContext(t.Context(), insert, forged.seq, forged.content, forged.hashed)
			require.ErrorContains(t, err, forged.reason)
		})
	}
}

func TestVerifyChain_OfAnUntouchedLogIsIntact(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	f := logged(t, db, 260) // more than VerifyChain reads at once
	chain, err := db.VerifyChain(t.Context(), f.aggregate)
	require.NoError(t, err)
	require.Equal(t, postgres.Chain{Events: 520}, chain)
	require.True(t, chain.Intact())
}

func TestVerifyChain_SaysWhichEventBreaks(t *testing.T) {
	t.Parallel()
	for name, tampering := range map[string]struct {
		statement string
		want      postgres.Chain
	}{
		"a changed event": {
			`UPDATE events SET content = replace(content::text, 'w-17', 'w-99')::json WHERE seq = 3`,
			postgres.Chain{Events: 2, BrokenAt: 3, Reason: "Event 3 was changed after it was recorded."},
		},
		"a changed event with a new hash": {
			`UPDATE events SET content = changed.content::json, hash = encode(sha256(convert_to(changed.content, 'UTF8')), 'hex')
			FROM (SELECT replace(content::text, 'w-17', 'w-99') AS content FROM events WHERE seq = 3) AS changed WHERE seq = 3`,
			postgres.Chain{Events: 3, BrokenAt: 4, Reason: "Event 4 does not continue the event before it."},
		},
		"a missing event": {
			`DELETE FROM events WHERE seq = 3`,
			postgres.Chain{Events: 2, BrokenAt: 3, Reason: "Event 3 is missing."},
		},
		"a missing end": {
			`DELETE FROM events WHERE seq > 4`,
			postgres.Chain{Events: 4, BrokenAt: 5, Reason: "Event 5 is missing."},
		},
		"a missing log": {
			`DELETE FROM events`,
			postgres.Chain{Events: 0, BrokenAt: 1, Reason: "Event 1 is missing."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, raw := open(t)
			f := logged(t, db, 3)
			disarm(t, raw)
			_, err := raw.ExecContext(t.Context(), tampering.statement)
			require.NoError(t, err)
			chain, err := db.VerifyChain(t.Context(), f.aggregate)
			require.NoError(t, err)
			require.Equal(t, tampering.want, chain)
			require.False(t, chain.Intact())
		})
	}
}

// disarm takes away everything by which the database protects its log.
func disarm(tb testing.TB, raw *sql.DB) {
	tb.Helper()
	_, err := raw.ExecContext(tb.Context(), `
ALTER TABLE events DISABLE TRIGGER append_only;
ALTER TABLE events DISABLE TRIGGER no_delete;
ALTER TABLE events DROP CONSTRAINT events_chain, DROP CONSTRAINT events_hash;`)
	require.NoError(tb, err)
}
