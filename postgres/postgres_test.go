package postgres_test

import (
	"context"
	"database/sql"
	"net"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/postgres"
)

func TestOpen_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close()) // Its port is free now: nobody answers.
	for name, c := range map[string]struct {
		url  string
		kind casework.Kind
	}{
		"nobody answers": {"postgres://u:s3cret@" + listener.Addr().String() + "/db?sslmode=disable", casework.Unavailable},
		"not a URL":      {"postgres://u:s3cret@%zz/db", casework.Invalid},
		"no such mode":   {"postgres://u:s3cret@localhost/db?sslmode=perhaps", casework.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := postgres.Open(t.Context(), c.url, postgres.Options{})
			require.Equal(t, c.kind, casework.KindOf(err))
			require.NotContains(t, err.Error(), "s3cret")
		})
	}
}

// locked holds a lock on the log for as long as the test wants, so that
// whatever writes to it waits.
func locked(t *testing.T, raw *sql.DB) (release func()) {
	t.Helper()
	tx, err := raw.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = tx.ExecContext(t.Context(), `LOCK TABLE commands`)
	require.NoError(t, err)
	return func() { require.NoError(t, tx.Rollback()) }
}

func TestRecord_AKilledConnectionIsUnavailableAndTheNextAttemptSucceeds(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	f := newFile(1)
	tr := f.next(t, "c-1")
	release := locked(t, raw)
	done := make(chan error, 1)
	go func() {
		_, err := db.Record(t.Context(), tr)
		done <- err
	}()
	// The pool tries again by itself on other connections: kill those too.
	err := untilDone(done, func() {
		_, err := raw.ExecContext(t.Context(), `
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)
		require.NoError(t, err)
	})
	require.Equal(t, casework.Unavailable, casework.KindOf(err))
	release()
	f.record(t, db, tr)
}

func untilDone(done <-chan error, do func()) error {
	for {
		select {
		case err := <-done:
			return err
		default:
			do()
		}
	}
}

func TestRecord_AStatementThatTakesTooLongIsUnavailable(t *testing.T) {
	t.Parallel()
	address := testdb.URL(t)
	raw := sqlOpen(t, address)
	db, err := postgres.Open(t.Context(), address, postgres.Options{StatementTimeout: 50 * time.Millisecond})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })

	release := locked(t, raw)
	_, err = db.Record(t.Context(), newFile(1).next(t, "c-1"))
	require.Equal(t, casework.Unavailable, casework.KindOf(err))
	release()
}

func TestRecord_ACallerThatStopsWaitingIsUnavailable(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	release := locked(t, raw)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := db.Record(ctx, newFile(1).next(t, "c-1"))
	require.Equal(t, casework.Unavailable, casework.KindOf(err))
	release()
	require.Zero(t, count(t, raw, `SELECT count(*) FROM events`))
}

func TestErrors_RepeatNoValueOfARow(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	f := newFile(1)
	tr := f.next(t, "c-1")
	tr.Summary.Number = "canary"
	_, err := db.Record(t.Context(), tr)
	require.Equal(t, casework.Internal, casework.KindOf(err))
	require.ErrorContains(t, err, "record a transition: SQLSTATE 22P02 invalid_text_representation")
	require.NotContains(t, err.Error(), "canary")
}

// What docs/storage.md grants to the program is enough for it, and does not
// include changing the log.
func TestRecord_NeedsNoRightToChangeTheLog(t *testing.T) {
	t.Parallel()
	address := testdb.URL(t)
	raw := sqlOpen(t, address)
	role := "homeward_app_" + strings.TrimPrefix(mustParse(t, address).Path, "/homeward_test_")
	_, err := raw.ExecContext(t.Context(), `CREATE ROLE `+role+` LOGIN PASSWORD 'x'`)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := raw.ExecContext(context.Background(), `DROP OWNED BY `+role+`; DROP ROLE `+role)
		require.NoError(t, err)
	})
	_, err = raw.ExecContext(t.Context(), strings.ReplaceAll(documentedGrants(t), "homeward_app", role))
	require.NoError(t, err)
	limited := mustParse(t, address)
	limited.User = url.UserPassword(role, "x")
	db := testdb.Open(t, limited.String())

	require.NoError(t, db.Ready(t.Context()))
	testdb.Hire(t, db, worker("w-17", postgres.ChannelEmail))
	_, err = db.Reserve(t.Context(), reservation("k-1"))
	require.NoError(t, err)
	_, err = sqlOpen(t, limited.String()).ExecContext(t.Context(), `UPDATE persons SET marked = 1`)
	require.NoError(t, err)
	f := newFile(1)
	for _, command := range []string{"c-1", "c-2"} {
		tr := f.next(t, command, duty("visit", casework.DutyOpen, start()))
		tr.Notices = []casework.Notice{notice(f, command, "w-17")}
		f.record(t, db, tr)
	}
	require.Len(t, claimOf(t, db, f.aggregate), 2)
	require.NoError(t, db.RecordAttempt(t.Context(), postgres.Attempt{
		NoticeKey: f.aggregate + "/c-1", Channel: postgres.ChannelEmail, Delivered: true, At: start(),
	}))
	require.NoError(t, db.ReplaceReadModels(t.Context(), postgres.ReadModels{Summary: f.summary(f.seq)}))
	require.NoError(t, db.DropTexts(t.Context(), []string{"t-k-1"}))
	var unread string
	require.NoError(t, raw.QueryRowContext(t.Context(), `SELECT coalesce(string_agg(tablename, ', '), '') FROM pg_tables
		WHERE schemaname = 'public' AND NOT has_table_privilege($1, quote_ident(schemaname) || '.' || quote_ident(tablename), 'SELECT')`, role).Scan(&unread))
	require.Empty(t, unread, "docs/storage.md grants nothing on these tables")
	for _, forbidden := range []string{
		`DELETE FROM events`, `UPDATE commands SET answer = '{}'`, `TRUNCATE events`,
		`UPDATE persons SET name = ''`, `DELETE FROM audit_lines`, `UPDATE audit_heads SET seq = 1`, `SELECT audit_open()`,
		`INSERT INTO audit_lines (day, chain, seq, at, entry, prev_hash, hash) VALUES (now(), 'case-1', 1, now(), '{}', '', '')`,
	} {
		_, err := sqlOpen(t, limited.String()).ExecContext(t.Context(), forbidden)
		require.ErrorContains(t, err, "permission denied")
	}
}

// documentedGrants is the SQL that docs/storage.md shows.
func documentedGrants(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../docs/storage.md")
	require.NoError(t, err)
	_, after, found := strings.Cut(string(page), "```sql\n")
	require.True(t, found)
	grants, _, found := strings.Cut(after, "```")
	require.True(t, found)
	return grants
}

func mustParse(t *testing.T, address string) *url.URL {
	t.Helper()
	parsed, err := url.Parse(address)
	require.NoError(t, err)
	return parsed
}
