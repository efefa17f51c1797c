package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestExec_GivesTheCommandServersAndReturnsItsStatus(t *testing.T) {
	t.Parallel()
	temporary := dataFolder(t)
	p := start(t, []string{"TMPDIR=" + temporary}, "exec", "--", "sh", "-c", "env; ls $TMPDIR/*; exit 7")

	require.Equal(t, 7, p.status(t))
	require.Empty(t, p.err.String(), "standard error belongs to the command")
	printed := p.out.String()
	require.Regexp(t, `(?m)^HOMEWARD_TEST_DATABASE_URL=postgres://postgres:\w+@127\.0\.0\.1:\d+/postgres\?sslmode=disable$`, printed)
	require.Regexp(t, `(?m)^HOMEWARD_TEST_TEMPORAL_ADDRESS=127\.0\.0\.1:\d+$`, printed)
	require.Regexp(t, `(?m)^HOMEWARD_TEST_UI_URL=http://127\.0\.0\.1:\d+$`, printed)
	self, err := os.Executable()
	require.NoError(t, err)
	require.Contains(t, printed, "HOMEWARD_TEST_STACK_BINARY="+self+"\n")
	require.Contains(t, printed, "temporal.log", "the folder was there while the command ran")
	left, err := filepath.Glob(filepath.Join(temporary, "*"))
	require.NoError(t, err)
	require.Empty(t, left, "and is gone")
}

func TestExec_PassesSignalsOn(t *testing.T) {
	t.Parallel()
	p := start(t, nil, "exec", "--", "sh", "-c", "trap 'exit 5' TERM; echo ready; while :; do sleep 0.1; done")
	awaitText(t, &p.out, "ready")
	p.process.signal(syscall.SIGTERM)
	require.Equal(t, 5, p.status(t))
}

func TestExec_EndsWithWhatTheCommandLeftBehind(t *testing.T) {
	t.Parallel()
	p := start(t, nil, "exec", "--", "sh", "-c", "sleep 1000 & echo $!")
	require.Equal(t, 0, p.status(t))
	require.Empty(t, commandOf(t.Context(), atoi(t, strings.TrimSpace(p.out.String()))))
}

func TestExec_RefusesAnUnknownCommand(t *testing.T) {
	t.Parallel()
	p := start(t, nil, "exec", "--", "no-such-command")
	require.Equal(t, 1, p.status(t))
	require.Contains(t, oneLine(t, p.err.String()), "cannot run no-such-command")
}

func TestExec_RemovesWhatAKilledRunLeftBehind(t *testing.T) {
	t.Parallel()
	temporary := dataFolder(t)
	old, young, held := filepath.Join(temporary, "homeward-exec-old"), filepath.Join(temporary, "homeward-exec-young"), filepath.Join(temporary, "homeward-exec-held")
	for _, path := range []string{old, young, held} {
		require.NoError(t, os.Mkdir(path, 0o700))
	}
	holder, err := openFolder(held)
	require.NoError(t, err)
	defer holder.close()
	longAgo := time.Now().Add(-2 * time.Hour)
	for _, path := range []string{old, held} {
		require.NoError(t, os.Chtimes(path, longAgo, longAgo))
	}

	p := start(t, []string{"TMPDIR=" + temporary}, "exec", "--", "true")
	require.Equal(t, 0, p.status(t))
	require.NoDirExists(t, old)
	require.DirExists(t, young)
	require.DirExists(t, held)
}
