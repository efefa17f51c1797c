package main

import (
	"context"
	"database/sql"
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
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
)

// open connects to a database for the length of the test.
func open(t *testing.T, url string) *sql.DB {
	t.Helper()
	database, err := sql.Open("postgres", url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = database.Close() })
	return database
}

// dial connects to Temporal for the length of the test.
func dial(t *testing.T, a addresses, name string) client.Client {
	t.Helper()
	temporal, err := client.Dial(client.Options{HostPort: a.TemporalAddress, Namespace: name, Logger: silent{}})
	require.NoError(t, err)
	t.Cleanup(temporal.Close)
	return temporal
}

// silent is a logger for clients in tests.
type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}

// leaveMark writes a row and starts a workflow.
func leaveMark(t *testing.T, a addresses) {
	t.Helper()
	_, err := open(t, a.DatabaseURL).ExecContext(t.Context(), `CREATE TABLE mark AS SELECT 42 AS value`)
	require.NoError(t, err)
	_, err = dial(t, a, namespace).ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "mark", TaskQueue: "none"}, "any")
	require.NoError(t, err)
}

// requireMark checks that the row and the workflow are there.
func requireMark(t *testing.T, a addresses) {
	t.Helper()
	var value int
	require.NoError(t, open(t, a.DatabaseURL).QueryRowContext(t.Context(), `SELECT value FROM mark`).Scan(&value))
	require.Equal(t, 42, value)
	_, err := dial(t, a, namespace).DescribeWorkflowExecution(t.Context(), "mark", "")
	require.NoError(t, err)
}

// postmaster is the process of the stack's PostgreSQL, or 0.
func postmaster(a addresses) int {
	text, err := os.ReadFile(filepath.Join(a.PostgresData, "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, _ := strconv.Atoi(first)
	return pid
}

// requireSilent checks that nobody listens on the stack's ports any more.
func requireSilent(t *testing.T, a addresses) {
	t.Helper()
	database, err := url.Parse(a.AdminDatabaseURL)
	require.NoError(t, err)
	for _, address := range []string{a.TemporalAddress, strings.TrimPrefix(a.UIURL, "http://"), database.Host} {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			_ = connection.Close()
		}
		require.Error(t, err, "somebody still listens on %s", address)
	}
}

func TestUp_AnswersAndKeepsStateAcrossARestart(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)

	first, a := up(t, dir)
	require.Contains(t, get(t, a.UIURL+"/api/v1/settings"), `"DisableWriteActions":true`)
	require.NoError(t, getOK(t.Context(), a.TemporalMetricsURL))
	cluster, err := dial(t, a, namespace).WorkflowService().GetClusterInfo(t.Context(), &workflowservice.GetClusterInfoRequest{})
	require.NoError(t, err)
	require.Equal(t, clusterName, cluster.GetClusterName())
	leaveMark(t, a)
	first.process.signal(syscall.SIGTERM)
	require.Equal(t, 0, first.status(t))
	requireSilent(t, a)

	second, a := up(t, dir)
	requireMark(t, a)
	second.process.signal(syscall.SIGINT)
	require.Equal(t, 0, second.status(t))
	require.Regexp(t, `(?s)Stopped the Temporal UI.*Stopped Temporal\n.*Stopped PostgreSQL`, second.err.String())
}

func TestUp_ProductRoleIsPlainAndOwnsItsDatabase(t *testing.T) {
	t.Parallel()
	_, a := up(t, dataFolder(t))
	var plain bool
	err := open(t, a.DatabaseURL).QueryRowContext(t.Context(), `
		SELECT NOT rolsuper AND NOT rolcreatedb AND NOT rolcreaterole AND datname = 'homeward'
		FROM pg_roles JOIN pg_database ON datdba = pg_roles.oid WHERE rolname = current_user`).Scan(&plain)
	require.NoError(t, err)
	require.True(t, plain)

	stranger, err := url.Parse(a.AdminDatabaseURL)
	require.NoError(t, err)
	stranger.User = url.UserPassword(superuser, "guess")
	require.ErrorContains(t, open(t, stranger.String()).PingContext(t.Context()), "password authentication failed")
}

func TestUp_BringsBackAKilledPostmaster(t *testing.T) {
	t.Parallel()
	_, a := up(t, dataFolder(t))
	leaveMark(t, a)
	killed := postmaster(a)
	require.NoError(t, syscall.Kill(killed, syscall.SIGKILL))

	database := open(t, a.DatabaseURL)
	eventually(t, "another postmaster", func(ctx context.Context) error {
		if postmaster(a) == killed {
			return fmt.Errorf("still %d", killed)
		}
		return database.PingContext(ctx)
	})
	temporal := dial(t, a, namespace)
	eventually(t, "Temporal", func(ctx context.Context) error {
		_, err := temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: "after", TaskQueue: "none"}, "any")
		return err
	})
	requireMark(t, a)
}

func TestUp_StartsAgainAfterItWasKilled(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	first, a := up(t, dir)
	leaveMark(t, a)
	first.process.signal(syscall.SIGKILL)
	require.Equal(t, 128+9, first.status(t))

	_, a = up(t, dir)
	requireMark(t, a)
}

func TestUp_StopsInOrderWhileItStarts(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	for _, moment := range []string{"Starting PostgreSQL", "Starting Temporal", "Starting Temporal"} {
		p := start(t, nil, "up", "--dir", dir, "--postgres-port", "0", "--temporal-port", "0", "--ui-port", "0")
		awaitText(t, &p.err, moment)
		p.process.signal(syscall.SIGINT)
		require.Equal(t, 128+2, p.status(t))
		require.NotContains(t, p.err.String(), "panic")
		require.NoFileExists(t, filepath.Join(dir, "postgres", "postmaster.pid"))
	}
	up(t, dir)
}

func TestUp_MakesAnewWhatWasCutShort(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	p := start(t, nil, "up", "--dir", dir, "--postgres-port", "0", "--temporal-port", "0", "--ui-port", "0")
	awaitText(t, &p.err, "Starting Temporal")
	p.process.signal(syscall.SIGKILL)
	require.Equal(t, 128+9, p.status(t))

	_, a := up(t, dir)
	leaveMark(t, a)
}

func TestUp_StopsAPostgresThatWasLeftRunning(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	in, err := openFolder(dir)
	require.NoError(t, err)
	log, err := in.openLog("postgres.log")
	require.NoError(t, err)
	c := console{out: t.Output(), err: t.Output()}
	k, err := findCluster(in, false, c)
	require.NoError(t, err)
	require.NoError(t, k.prepare(t.Context(), c))
	var free port
	release, err := choosePorts(&free)
	require.NoError(t, err)
	t.Cleanup(release)
	left := &postgres{cluster: k, port: free.number, log: log, console: c}
	left.admin = open(t, left.url(superuser, adminDatabase))
	require.NoError(t, left.bringUp(t.Context()))
	in.close()

	file := filepath.Join(dir, "ports.json")
	p := start(t, nil, "up", "--dir", dir, "--ports-file", file,
		"--postgres-port", strconv.Itoa(free.number), "--temporal-port", "0", "--ui-port", "0")
	a := p.awaitRecord(t, file)
	<-left.process.Load().done
	require.NotEqual(t, left.process.Load().pid, postmaster(a))
}

func TestUp_RefusesAFolderInUse(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	first, _ := up(t, dir)
	second := start(t, nil, "up", "--dir", dir)
	require.Equal(t, 1, second.status(t))
	require.Equal(t, fmt.Sprintf("homeward-dev: the stack in %s is already running (process %d)", dir, first.process.pid),
		oneLine(t, second.err.String()))
}

func TestUp_RefusesATakenPort(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", address(0))
	require.NoError(t, err)
	defer taken.Close()
	_, number, err := net.SplitHostPort(taken.Addr().String())
	require.NoError(t, err)

	for flag, server := range map[string]string{
		"--postgres-port": "PostgreSQL", "--temporal-port": "Temporal", "--ui-port": "the Temporal UI",
	} {
		dir := dataFolder(t)
		p := start(t, nil, "up", "--dir", dir, "--postgres-port", "0", "--temporal-port", "0", "--ui-port", "0", flag, number)
		require.Equal(t, 1, p.status(t))
		require.Contains(t, oneLine(t, p.err.String()), fmt.Sprintf("port %s, where %s would listen, is taken", number, server))
		require.NoFileExists(t, filepath.Join(dir, "postgres", "PG_VERSION"), "nothing was started")
	}
}

func TestUp_RefusesAFolderItCannotWrite(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file") // unlike a mode, this stops root too
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	dir := filepath.Join(file, "folder")
	p := start(t, nil, "up", "--dir", dir)
	require.Equal(t, 1, p.status(t))
	require.Equal(t, "homeward-dev: cannot write in the folder "+dir+": not a directory", oneLine(t, p.err.String()))
}

func TestUp_RefusesDataOfAReleaseThatIsNotInstalled(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "postgres"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "postgres", "PG_VERSION"), []byte("99\n"), 0o600))
	p := start(t, nil, "up", "--dir", dir, "--postgres-port", "0", "--temporal-port", "0", "--ui-port", "0")
	require.Equal(t, 1, p.status(t))
	require.Contains(t, oneLine(t, p.err.String()), "the data was written by PostgreSQL 99")
}

func TestUp_SaysWhyPostgresDoesNotStart(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	first, a := up(t, dir)
	first.process.signal(syscall.SIGTERM)
	require.Equal(t, 0, first.status(t))
	require.NoError(t, os.WriteFile(filepath.Join(a.PostgresData, "postgresql.conf"), []byte("nonsense = 1\n"), 0o644))

	second := start(t, nil, "up", "--dir", dir, "--postgres-port", "0", "--temporal-port", "0", "--ui-port", "0")
	require.Equal(t, 1, second.status(t))
	require.Regexp(t, `homeward-dev: PostgreSQL did not start: configuration file ".*" contains errors \(log: .*/postgres.log\)\n$`, second.err.String())
	require.Zero(t, postmaster(a))
}
