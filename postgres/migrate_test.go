package postgres_test

import (
	"fmt"
	"io/fs"
	"regexp"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/postgres"
)

func TestMigrate_SeveralProcessesAtOnce(t *testing.T) {
	t.Parallel()
	url := testdb.Empty(t)
	var wg sync.WaitGroup
	versions := make([]int64, 4)
	errs := make([]error, len(versions))
	for i := range versions {
		db := testdb.Open(t, url)
		wg.Go(func() { versions[i], errs[i] = db.Migrate(t.Context()) })
	}
	wg.Wait()
	files, err := fs.Glob(postgres.Migrations(), "*.sql")
	require.NoError(t, err)
	for i := range versions {
		require.NoError(t, errs[i])
		require.EqualValues(t, len(files), versions[i])
	}
	db := testdb.Open(t, url)
	require.NoError(t, db.Ping(t.Context()))
	require.NoError(t, db.Ready(t.Context()))
	newFile(1).record(t, db, newFile(1).next(t, "c-1"))
}

func TestMigrate_AgainChangesNothing(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	f := newFile(1)
	f.record(t, db, f.next(t, "c-1"))
	before := count(t, raw, `SELECT count(*) FROM goose_db_version`)
	_, err := db.Migrate(t.Context())
	require.NoError(t, err)
	require.Equal(t, before, count(t, raw, `SELECT count(*) FROM goose_db_version`))
	require.Equal(t, 2, count(t, raw, `SELECT count(*) FROM events`))
}

func TestReady_SaysWhichMigrationsAreMissing(t *testing.T) {
	t.Parallel()
	url := testdb.Empty(t)
	db := testdb.Open(t, url)
	raw := sqlOpen(t, url)

	err := db.Ready(t.Context())
	require.Equal(t, casework.Unavailable, casework.KindOf(err))
	files, globErr := fs.Glob(postgres.Migrations(), "*.sql")
	require.NoError(t, globErr)
	newest := len(files)
	require.ErrorContains(t, err, fmt.Sprintf("at version 0 and this program needs %d. Run `homeward migrate`.", newest))
	_, err = db.Record(t.Context(), newFile(1).next(t, "c-1"))
	require.Equal(t, casework.Unavailable, casework.KindOf(err), "what cannot be recorded yet is tried again")

	_, err = db.Migrate(t.Context())
	require.NoError(t, err)
	require.NoError(t, db.Ready(t.Context()))
	_, err = raw.ExecContext(t.Context(), `DELETE FROM goose_db_version WHERE version_id = $1`, newest)
	require.NoError(t, err)
	require.ErrorContains(t, db.Ready(t.Context()), fmt.Sprintf("at version %d and this program needs %d.", newest-1, newest))
}

func TestMigrate_NamesTheFileThatFailed(t *testing.T) {
	t.Parallel()
	address := testdb.Empty(t)
	_, err := sqlOpen(t, address).ExecContext(t.Context(), `CREATE TABLE records ()`)
	require.NoError(t, err)
	_, err = testdb.Open(t, address).Migrate(t.Context())
	require.Equal(t, casework.Internal, casework.KindOf(err))
	require.ErrorContains(t, err, "migrate the database with 00002_read_models.sql: SQLSTATE 42P07 duplicate_table")
}

func TestReady_IsContentWithANewerSchema(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	_, err := raw.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)`)
	require.NoError(t, err)
	require.NoError(t, db.Ready(t.Context()))
	_, err = db.Migrate(t.Context())
	require.NoError(t, err)
}

func TestMigrations_GoForwardOnlyAndAreNumberedWithoutAGap(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(postgres.Migrations(), "*")
	require.NoError(t, err)
	name := regexp.MustCompile(`^(\d{5})_[a-z_]+\.sql$`)
	for i, file := range files {
		require.Regexp(t, name, file)
		require.Equal(t, i+1, atoi(t, name.FindStringSubmatch(file)[1]))
		content, err := fs.ReadFile(postgres.Migrations(), file)
		require.NoError(t, err)
		require.Contains(t, string(content), "-- +goose Up")
		require.NotContains(t, string(content), "+goose Down")
	}
}
