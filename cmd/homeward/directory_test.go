package main

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/internal/testdb"
)

const countyFolder = "../../internal/hsds/testdata/"

func importing(t *testing.T, args ...string) (status int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	status = execute(t.Context(), append([]string{"directory", "import"}, args...), console{Writer: &o, in: strings.NewReader(""), now: time.Now}, &e)
	return status, o.String(), e.String()
}

func TestDirectoryImport_StoresAllOrNothingAndAgainNothing(t *testing.T) {
	t.Parallel()
	address := testdb.URL(t)
	raw, err := sql.Open("postgres", address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, raw.Close()) })
	services := func() (n int) {
		require.NoError(t, raw.QueryRowContext(t.Context(), `SELECT count(*) FROM directory.services`).Scan(&n))
		return n
	}
	common := []string{"--database-url-file=" + written(t, "url", address), "--source=county-211", "--by=w-admin"}

	status, out, errs := importing(t, append(common, countyFolder+"faulty")...)
	require.Equal(t, statusFailed, status)
	require.Contains(t, out, "services.csv:4: s-3: status: Unknown status.")
	require.Contains(t, out, "12 rows cannot be used")
	require.Contains(t, errs, "nothing was imported")
	require.Zero(t, services())

	status, out, errs = importing(t, append(common, countyFolder+"county", "--check")...)
	require.Equal(t, statusDone, status, errs)
	require.Contains(t, out, "hsds-3-tabular")
	require.Zero(t, services())

	status, out, errs = importing(t, append(common, countyFolder+"county")...)
	require.Equal(t, statusDone, status, errs)
	require.Regexp(t, `services +4 +0 +0 +0`, out)
	status, out, errs = importing(t, append(common, countyFolder+"county")...)
	require.Equal(t, statusDone, status, errs)
	require.Regexp(t, `services +0 +0 +0 +4`, out)

	status, out, errs = importing(t, append(common, countyFolder+"faulty", "--partial")...)
	require.Equal(t, statusDone, status, errs)
	require.Regexp(t, `services +1 +2 +2 +0`, out)
}

func TestDirectoryImport_SaysWhatIsWrongWithTheCommand(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"--source":   {"--source=County 211", "--by=w-1", countyFolder + "county"},
		"--by":       {"--source=county", "--by=Jane Doe", countyFolder + "county"},
		"no such":    {"--source=county", "--by=w-1", filepath.Join(os.TempDir(), "not-there-at-all")},
		"missing fl": {countyFolder + "county"},
	} {
		status, _, errs := importing(t, append(args, "--database-url-file="+written(t, "url", "postgres://nobody@localhost:1/none"))...)
		require.Equal(t, statusMisused, status, want)
		require.Contains(t, errs, want)
	}
}
