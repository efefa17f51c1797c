package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// container is the user that the image runs as.
const container = 65532

// TestContainer_RunsOnAReadOnlyRootAsNobodyInParticular runs the product as its image
// does, without the engine: a static program alone in a root that is mounted
// read-only, by a user without rights, on real servers.
func TestContainer_RunsOnAReadOnlyRootAsNobodyInParticular(t *testing.T) {
	t.Parallel()
	s := newSite(t, shared(t))
	root := readOnlyRoot(t, s)
	inside := func(environment []string, args ...string) []string {
		own := append([]string{
			"HOMEWARD_DATABASE_URL_FILE=/run/secrets/database-url", "HOMEWARD_CODEC_KEY_FILE=/run/secrets/codec-keys",
			"HOMEWARD_DEV_KEY_FILE=/run/secrets/dev-key", "HOMEWARD_WEBHOOK_SECRET_FILE=/run/secrets/webhook-secret",
			"TEMPORAL_ADDRESS=" + s.TemporalAddress, "TEMPORAL_NAMESPACE=homeward", "HOMEWARD_TASK_QUEUE=" + s.queue,
		}, environment...)
		// A mount of our own, read-only, with the /proc that engines give (the Temporal
		// SDK reads its program's checksum there), then the user's rights.
		script := `mount --bind "$1" "$1" && mount -o remount,ro,bind,nosuid,nodev "$1" && mount --bind /proc "$1/proc" && shift 1 && ` +
			`exec chroot --userspec=` + strconv.Itoa(container) + `:` + strconv.Itoa(container) + ` ` + root + ` /homeward "$@"`
		return append([]string{"env", "-i", "PATH=" + os.Getenv("PATH")}, append(own, append([]string{"unshare", "-m", "sh", "-c", script, "sh", root}, args...)...)...)
	}
	begin := func(environment []string, args ...string) *process {
		line := inside(environment, args...)
		return start(t, nil, line[0], line[1:]...)
	}
	migrated := begin(nil, "migrate")
	require.Zero(t, migrated.status(), migrated.output())

	worker, api := "HOMEWARD_WORKER_LISTEN="+freeAddress(t), "HOMEWARD_LISTEN="+freeAddress(t)
	for _, one := range []struct{ command, listen string }{{"worker", worker}, {"api", api}} {
		running := begin([]string{one.listen}, one.command)
		require.Eventually(t, func() bool {
			running.alive()
			line := inside([]string{one.listen}, "health", one.command)
			return exec.CommandContext(t.Context(), line[0], line[1:]...).Run() == nil
		}, patience, healthEvery, "%s is ready", one.command)
		status, err := os.ReadFile("/proc/" + strconv.Itoa(running.cmd.Process.Pid) + "/status")
		require.NoError(t, err)
		require.Contains(t, string(status), "Uid:\t65532\t65532\t65532\t65532")
		require.Regexp(t, `CapEff:\s+0000000000000000`, string(status))
	}
}

// readOnlyRoot is a folder with the program and the secrets that it is given, which
// nobody can write to.
func readOnlyRoot(t *testing.T, s *site) string {
	t.Helper()
	if os.Geteuid() != 0 || exec.CommandContext(t.Context(), "unshare", "-m", "true").Run() != nil {
		t.Skip("needs root and mount namespaces")
	}
	root, err := os.MkdirTemp("", "homeward-root-") //nolint:usetesting // others must reach it
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(root)) })
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-buildvcs=false", "-o", filepath.Join(root, "homeward"), "./cmd/homeward")
	build.Dir, build.Env = "../..", append(os.Environ(), "CGO_ENABLED=0")
	said, err := build.CombinedOutput()
	require.NoError(t, err, string(said))
	secrets := filepath.Join(root, "run", "secrets")
	require.NoError(t, os.MkdirAll(secrets, 0o755))
	key, err := os.ReadFile(s.keyFile)
	require.NoError(t, err)
	codec, err := os.ReadFile(s.codecFile)
	require.NoError(t, err)
	for name, content := range map[string]string{
		"database-url": s.DatabaseURL, "codec-keys": string(codec), "dev-key": string(key), "webhook-secret": strings.Repeat("s", 32),
	} {
		file := filepath.Join(secrets, name)
		require.NoError(t, os.WriteFile(file, []byte(content), 0o400))
		require.NoError(t, os.Chown(file, container, container))
	}
	require.NoError(t, os.Mkdir(filepath.Join(root, "proc"), 0o555))
	require.NoError(t, os.Chmod(root, 0o555))
	return root
}
