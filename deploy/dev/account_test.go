package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReaches_NeedsEveryFolderOnTheWay(t *testing.T) {
	t.Parallel()
	stranger := account{uid: 65001, gid: 65001, switched: true}
	open := dataFolder(t)
	require.True(t, stranger.reaches(open))

	inner := filepath.Join(open, "private", "inner")
	require.NoError(t, os.MkdirAll(inner, 0o755))
	require.True(t, stranger.reaches(inner))
	require.NoError(t, os.Chmod(filepath.Dir(inner), 0o700))
	require.False(t, stranger.reaches(inner))
	require.True(t, account{uid: 65001}.reaches(inner), "no switch, no difference")
}

func TestUp_PutsTheClusterElsewhereWhenItsUserCannotReachTheFolder(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root hands PostgreSQL to another user")
	}
	dir := dataFolder(t)
	require.NoError(t, os.Chmod(dir, 0o700))
	p, a := up(t, dir)
	require.Contains(t, p.err.String(), "The user postgres, who runs PostgreSQL, cannot reach "+dir+"; its files are in "+filepath.Dir(a.PostgresData))
	require.True(t, strings.HasPrefix(a.PostgresData, sharedHome))

	t.Cleanup(func() { require.NoError(t, os.RemoveAll(filepath.Dir(a.PostgresData))) })
}

func TestFindPostgres_InstallsItWithAptWhereItIsMissing(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("an ordinary user needs sudo for it")
	}
	calls := fakePrograms(t, "apt-get")
	var c output
	require.NoError(t, installPostgres(t.Context(), console{err: &c}))
	require.Equal(t, "apt-get update --quiet\napt-get install --quiet --yes --no-install-recommends postgresql\n", calls())
	require.Contains(t, c.String(), "installing it with apt")
}

func TestFindPostgres_SaysWhatToInstall(t *testing.T) {
	fakePrograms(t) // none
	err := installPostgres(t.Context(), console{err: &output{}})
	require.ErrorIs(t, err, errNoPostgres)
	for _, command := range []string{"apt install postgresql", "dnf install postgresql-server postgresql-contrib", "brew install postgresql@17"} {
		require.ErrorContains(t, err, command)
	}
}

// fakePrograms makes these the only programs on PATH, beside env. They note
// that they were called.
func fakePrograms(t *testing.T, names ...string) (calls func() string) {
	t.Helper()
	folder := t.TempDir()
	env, err := exec.LookPath("env")
	require.NoError(t, err)
	require.NoError(t, os.Symlink(env, filepath.Join(folder, "env")))
	for _, name := range names {
		script := "#!/bin/sh\necho " + name + " \"$@\" >>" + folder + "/calls\n"
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(script), 0o755))
	}
	t.Setenv("PATH", folder)
	return func() string {
		text, err := os.ReadFile(filepath.Join(folder, "calls"))
		require.NoError(t, err)
		return string(text)
	}
}
