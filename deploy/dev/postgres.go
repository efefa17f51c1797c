package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	postgresStartLimit = 60 * time.Second // crash recovery included
	postgresStopLimit  = 20 * time.Second
	postgresRetry      = 250 * time.Millisecond
)

// postgres is a running PostgreSQL that is started again when it dies.
type postgres struct {
	cluster *pgCluster
	port    int
	log     *os.File
	console console
	process atomic.Pointer[child]
	admin   *sql.DB            // as superuser
	cancel  context.CancelFunc // ends the supervision
	stopped chan struct{}
	fail    func(error)
}

// startPostgres starts the cluster on the port and returns when it answers
// SQL. If PostgreSQL dies later and cannot be brought back, the reason is given
// to fail.
func startPostgres(ctx context.Context, k *pgCluster, number int, log *os.File, c console, fail func(error)) (*postgres, error) {
	p := &postgres{
		cluster: k, port: number, log: log, console: c, fail: fail, stopped: make(chan struct{}),
	}
	var err error
	if p.admin, err = sql.Open("postgres", p.url(superuser, adminDatabase)); err != nil {
		return nil, err
	}
	p.admin.SetMaxIdleConns(1)
	if err := p.bringUp(ctx); err != nil {
		_ = p.admin.Close()
		return nil, err
	}
	lifetime, cancel := context.WithCancel(context.WithoutCancel(ctx))
	p.cancel = cancel
	go p.supervise(lifetime)
	return p, nil
}

// url is the connection URL of a role for a database.
func (p *postgres) url(role, database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(role, p.cluster.passwords[role]),
		Host: address(p.port), Path: database, RawQuery: "sslmode=disable",
	}
	return u.String()
}

// bringUp starts the postmaster and waits until it answers. It tries again
// while processes of a killed postmaster still hold the shared memory.
func (p *postgres) bringUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, postgresStartLimit)
	defer cancel()
	for {
		mark := p.logSize()
		process, err := startChild(p.command(), syscall.SIGINT)
		if err != nil {
			return fmt.Errorf("PostgreSQL could not be started: %w", err)
		}
		p.process.Store(process)
		if err = p.awaitAnswer(ctx, process); err == nil {
			return nil
		}
		process.stop(postgresStopLimit, syscall.SIGINT, syscall.SIGQUIT)
		reason := p.logSince(mark)
		if ctx.Err() == nil && strings.Contains(reason, "still in use") {
			time.Sleep(postgresRetry)
			continue
		}
		if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.DeadlineExceeded) {
			return cause
		}
		return fmt.Errorf("PostgreSQL did not start: %s (log: %s)", fatalLine(reason, err), p.log.Name())
	}
}

// command is the postmaster's command line.
func (p *postgres) command() *exec.Cmd {
	k := p.cluster
	arguments := []string{"-D", k.data()}
	for _, s := range postgresSettings(k.durable) {
		arguments = append(arguments, "-c", s.name+"="+s.value)
	}
	arguments = append(arguments,
		"-c", fmt.Sprintf("port=%d", p.port),
		"-c", "unix_socket_directories="+socketFolder(k.data(), p.port))
	command := exec.Command(k.install.program("postgres"), arguments...) //nolint:noctx // stopped by signal, in order
	command.Dir = k.data()
	command.Env = serverEnvironment()
	command.Stdout, command.Stderr = p.log, p.log
	command.SysProcAttr = k.account.attributes()
	return command
}

// socketFolder is the folder of the Unix socket, or none where the path would
// be longer than a socket's may be; every client here uses TCP.
func socketFolder(data string, number int) string {
	if len(filepath.Join(data, fmt.Sprintf(".s.PGSQL.%d", number))) > maxSocketPath {
		return ""
	}
	return data
}

// awaitAnswer waits until PostgreSQL answers SQL; it returns early when the
// process ends.
func (p *postgres) awaitAnswer(ctx context.Context, process *child) error {
	for {
		err := p.admin.PingContext(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-process.done:
			return errors.New(process.outcome())
		case <-ctx.Done():
			return err
		case <-time.After(25 * time.Millisecond):
		}
	}
}

// supervise starts PostgreSQL again whenever it ends. It stops it when ctx
// ends.
func (p *postgres) supervise(ctx context.Context) {
	defer close(p.stopped)
	for {
		process := p.process.Load()
		select {
		case <-ctx.Done():
			process.stop(postgresStopLimit, syscall.SIGINT, syscall.SIGQUIT)
			return
		case <-process.done:
		}
		p.console.say("PostgreSQL ended unexpectedly (%s): starting it again", process.outcome())
		if err := p.bringUp(ctx); err != nil {
			if ctx.Err() == nil {
				p.fail(err)
			}
			return
		}
		p.console.say("PostgreSQL answers again")
	}
}

// stop ends PostgreSQL in order: sessions are cut, everything is written, and
// the next start needs no recovery.
func (p *postgres) stop() {
	p.cancel()
	<-p.stopped
	_ = p.admin.Close()
}

// logSize is where the next line of PostgreSQL's log will begin.
func (p *postgres) logSize() int64 {
	info, err := p.log.Stat()
	if err != nil {
		return 0
	}
	return info.Size()
}

// logSince is what PostgreSQL has logged after the mark.
func (p *postgres) logSince(mark int64) string {
	text, err := os.ReadFile(p.log.Name())
	if err != nil || int64(len(text)) < mark {
		return ""
	}
	return string(text[mark:])
}

// fatalLine is the first line of the log that says why PostgreSQL gave up, or
// else the error.
func fatalLine(log string, err error) string {
	for line := range strings.Lines(log) {
		if _, reason, ok := strings.Cut(line, "FATAL:"); ok {
			return strings.TrimSpace(reason)
		}
	}
	return err.Error()
}
