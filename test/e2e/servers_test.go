package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/internal/testdb"
)

// servers are the PostgreSQL and the Temporal that a site stands on.
type servers struct {
	DatabaseURL string `json:"database_url"`
	// AdminURL may read everything in the cluster; empty for shared servers.
	AdminURL        string `json:"admin_database_url"`
	PostgresData    string `json:"postgres_data"`
	TemporalAddress string `json:"temporal_address"`
	UIURL           string `json:"ui_url"`
}

// shared returns a database of its own on the servers that all tests share. Who
// uses them keeps off other tests by a task queue.
func shared(t testing.TB) servers {
	t.Helper()
	homewardDev(t)
	return servers{DatabaseURL: testdb.URL(t), TemporalAddress: os.Getenv("HOMEWARD_TEST_TEMPORAL_ADDRESS")}
}

// stack is an embedded stack of the test's own, which it may kill.
type stack struct {
	servers

	t       testing.TB
	folder  string
	process *process
}

// newStack starts a stack on free ports.
func newStack(t testing.TB) *stack {
	t.Helper()
	folder, err := os.MkdirTemp("", "homeward-e2e-") //nolint:usetesting // PostgreSQL's user cannot reach TempDir
	require.NoError(t, err)
	require.NoError(t, os.Chmod(folder, 0o755))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(folder)) })
	s := &stack{t: t, folder: folder}
	s.up("0", "0", "0")
	return s
}

// up starts the stack and waits until it answers.
func (s *stack) up(postgres, temporal, ui string) {
	s.t.Helper()
	file := filepath.Join(s.folder, "ports.json")
	require.NoError(s.t, os.RemoveAll(file))
	s.process = start(s.t, nil, homewardDev(s.t), "up", "--dir", filepath.Join(s.folder, "data"), "--ports-file", file,
		"--postgres-port", postgres, "--temporal-port", temporal, "--ui-port", ui)
	eventually(s.t, "a ready stack", func(context.Context) error {
		s.process.alive()
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return json.Unmarshal(text, &s.servers)
	})
}

// again starts a stack that was killed, with its data and on its ports.
func (s *stack) again() {
	s.t.Helper()
	s.up(port(s.t, s.DatabaseURL), port(s.t, "tcp://"+s.TemporalAddress), port(s.t, s.UIURL))
}

// postmaster returns the process number of PostgreSQL.
func (s *stack) postmaster() (int, error) {
	text, err := os.ReadFile(filepath.Join(s.PostgresData, "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	return strconv.Atoi(first)
}

// killPostmaster ends PostgreSQL as a power cut does. The stack starts it again
// by itself.
func (s *stack) killPostmaster() {
	s.t.Helper()
	killed, err := s.postmaster()
	require.NoError(s.t, err)
	require.NoError(s.t, syscall.Kill(killed, syscall.SIGKILL))
	eventually(s.t, "another postmaster", func(context.Context) error {
		s.process.alive()
		now, err := s.postmaster()
		if err == nil && now == killed {
			return fmt.Errorf("still process %d", killed)
		}
		return err
	})
}

func port(t testing.TB, address string) string {
	t.Helper()
	parsed, err := url.Parse(address)
	require.NoError(t, err)
	return parsed.Port()
}

// Ports are drawn from below the range that operating systems hand out to
// outgoing connections, and beside the one that the embedded stack draws from.
const (
	firstPort = 30_000
	lastPort  = 32_700
)

// freeAddress returns an address on this machine where nobody listens.
func freeAddress(t testing.TB) string {
	t.Helper()
	for range 100 {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(firstPort+random(lastPort-firstPort)))
		listener, err := net.Listen("tcp", address)
		if err == nil {
			require.NoError(t, listener.Close())
			return address
		}
	}
	t.Fatal("no free port")
	return ""
}
