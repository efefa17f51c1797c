package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// roleVariable makes the test binary act as another program, so that tests
// start the real thing without building it again.
const roleVariable = "HOMEWARD_DEV_TEST_ROLE"

// patience is how long a test waits for what should come soon.
const patience = 90 * time.Second

func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case "stack":
		main()
	case "product":
		os.Exit(productStandIn(os.Args[1:]))
	default:
		os.Exit(m.Run())
	}
}

// output collects what a process prints, while it runs.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// program is homeward-dev, running.
type program struct {
	process *child
	out     output
	err     output
}

// start runs homeward-dev with the arguments. It does not outlive the test.
func start(t *testing.T, environment []string, arguments ...string) *program {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	p := &program{}
	command := exec.Command(self, arguments...)
	command.Env = append(append(os.Environ(), roleVariable+"=stack"), environment...)
	command.Stdout, command.Stderr = &p.out, &p.err
	p.process, err = startChild(command, syscall.SIGTERM)
	require.NoError(t, err)
	t.Cleanup(func() {
		p.process.stop(patience, syscall.SIGTERM)
		if t.Failed() {
			t.Logf("homeward-dev %s:\n%s%s", strings.Join(arguments, " "), p.out.String(), p.err.String())
		}
	})
	return p
}

// status waits for the end of the program and returns its exit status.
func (p *program) status(t *testing.T) int {
	t.Helper()
	select {
	case <-p.process.done:
		return p.process.status()
	case <-time.After(patience):
		t.Fatalf("homeward-dev does not end; it printed:\n%s", p.err.String())
		return 0
	}
}

// up starts a stack on free ports and waits until it is ready.
func up(t *testing.T, dir string) (*program, addresses) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ports.json")
	p := start(t, nil, "up", "--dir", dir, "--ports-file", file,
		"--postgres-port", "0", "--temporal-port", "0", "--ui-port", "0")
	return p, p.awaitRecord(t, file)
}

// awaitRecord waits for the file with the addresses, and reads it.
func (p *program) awaitRecord(t *testing.T, file string) addresses {
	t.Helper()
	var a addresses
	eventually(t, "a ready stack", func(context.Context) error {
		require.False(t, p.process.ended(), "homeward-dev ended: %s", p.err.String())
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return json.Unmarshal(text, &a)
	})
	return a
}

// awaitText waits until the output contains text.
func awaitText(t *testing.T, o *output, text string) {
	t.Helper()
	eventually(t, text, func(context.Context) error {
		if !strings.Contains(o.String(), text) {
			return fmt.Errorf("so far: %s", o.String())
		}
		return nil
	})
}

// dataFolder is a folder that PostgreSQL's user can reach, unlike t.TempDir.
func dataFolder(t *testing.T) string {
	t.Helper()
	path, err := os.MkdirTemp("", "homeward-dev-test-") //nolint:usetesting // TempDir is closed to other users
	require.NoError(t, err)
	require.NoError(t, os.Chmod(path, 0o755))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(path)) })
	return path
}

// eventually waits until check succeeds.
func eventually(t *testing.T, what string, check func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	require.NoError(t, await(ctx, what, check))
}

// oneLine is the only line of text.
func oneLine(t *testing.T, text string) string {
	t.Helper()
	require.Equal(t, 1, strings.Count(text, "\n"), "want one line, got:\n%s", text)
	return strings.TrimSuffix(text, "\n")
}
