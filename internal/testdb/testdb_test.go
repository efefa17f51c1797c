package testdb_test

import (
	"database/sql"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/postgres"
)

func TestNew_GivesEachTestADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	dbs := make([]*postgres.DB, 4)
	for i := range dbs {
		wg.Go(func() { dbs[i] = testdb.New(t) })
	}
	wg.Wait()
	numbers := make(map[string]bool)
	for _, db := range dbs {
		require.NoError(t, db.Ready(t.Context()))
		reserved, err := db.Reserve(t.Context(), postgres.Reservation{Key: "k-1", Kind: casework.KindCase})
		require.NoError(t, err)
		require.True(t, reserved.New, "no other test has used this key")
		numbers[reserved.Number] = true
	}
	require.Len(t, numbers, len(dbs), "tests do not share workflow IDs")
}

func TestURL_DropsTheDatabaseWithTheTest(t *testing.T) {
	t.Parallel()
	var address string
	t.Run("a test", func(t *testing.T) {
		t.Parallel()
		address = testdb.URL(t)
		testdb.Open(t, address)
	})
	t.Cleanup(func() {
		require.NotEmpty(t, address)
		gone, err := url.Parse(address)
		require.NoError(t, err)
		cluster, err := sql.Open("postgres", os.Getenv(testdb.Variable))
		require.NoError(t, err)
		var n int
		require.NoError(t, cluster.QueryRow(`SELECT count(*) FROM pg_database WHERE datname = $1`,
			strings.TrimPrefix(gone.Path, "/")).Scan(&n))
		require.NoError(t, cluster.Close())
		require.Zero(t, n)
	})
}

func TestEmpty_HasNoMigrations(t *testing.T) {
	t.Parallel()
	err := testdb.Open(t, testdb.Empty(t)).Ready(t.Context())
	require.Equal(t, casework.Unavailable, casework.KindOf(err))
}
