package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// An agency reads on the terminal which line of which of its packs is wrong,
// before anything is asked of a server.
func TestServe_BrokenPackOfTheAgencyRefusesTheStart(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	writePack(t, folder, "county-2025.1.yaml", strings.Replace(madeUpPack, "24 hours", "24 moons", 1))
	database := filepath.Join(t.TempDir(), "url")
	require.NoError(t, os.WriteFile(database, []byte("postgres://nowhere/homeward"), 0o600))
	before, _, _ := strings.Cut(madeUpPack, "24 hours")
	line := 1 + strings.Count(before, "\n")
	for _, args := range [][]string{
		{"worker"},
		{"api", "--dev-key-file", filepath.Join(folder, "no-key")},
	} {
		var said bytes.Buffer
		args = append(args, "--codec-off", "--database-url-file", database, "--pack-folder", folder)
		status := execute(t.Context(), args, console{Writer: &said, now: time.Now}, &said)
		require.NotEqual(t, statusDone, status)
		require.Contains(t, said.String(), "homeward: the policy packs in "+folder+" are refused.")
		require.Regexp(t, `(?m)^county-2025\.1\.yaml:`+strconv.Itoa(line)+`: "24 moons" must be a number of`, said.String())
	}
}
