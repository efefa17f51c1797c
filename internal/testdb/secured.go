package testdb

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"homeward/internal/certtest"
)

// Role is the account of a [Secured] cluster; its certificates carry this name.
const Role = "homeward"

// hba lets the account in over TLS with a certificate of its own, and nobody else.
const hba = "hostssl all " + Role + " all trust clientcert=verify-full\n"

// Secured starts a PostgreSQL cluster that speaks TLS with a certificate of the
// authority for 127.0.0.1, asks for one that names the account, and stops with the
// test. It returns its URL, without any sslmode.
func Secured(tb testing.TB, authority *certtest.Authority, server certtest.Leaf) *url.URL {
	tb.Helper()
	folder, account := privateFolder(tb)
	files := authority.Issue(tb, server)
	data := filepath.Join(folder, "data")
	runAs(tb, account, "initdb", "--auth=trust", "--no-sync", "--username="+Role, "--pgdata="+data)
	must(tb, os.WriteFile(filepath.Join(data, "pg_hba.conf"), []byte(hba), 0o600))
	for name, from := range map[string]string{"server.crt": files.Cert, "server.key": files.Key, "root.crt": authority.File} {
		content, err := os.ReadFile(from)
		must(tb, err)
		must(tb, os.WriteFile(filepath.Join(data, name), content, 0o600)) //nolint:gosec // a test's own files
		account.own(tb, filepath.Join(data, name))
	}
	address := freePort(tb)
	_, port, err := net.SplitHostPort(address)
	must(tb, err)
	var log bytes.Buffer
	command := account.command(context.WithoutCancel(tb.Context()), "postgres", "-D", data, "-F", "-p", port, "-k", "",
		"-c", "listen_addresses=127.0.0.1", "-c", "ssl=on", "-c", "ssl_cert_file=server.crt", "-c", "ssl_key_file=server.key",
		"-c", "ssl_ca_file=root.crt", "-c", "shared_buffers=1MB", "-c", "max_connections=10")
	command.Stdout, command.Stderr = &log, &log
	must(tb, command.Start())
	tb.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGQUIT) // It may have ended.
		_ = command.Wait()
		if tb.Failed() {
			tb.Logf("PostgreSQL said:\n%s", log.String())
		}
	})
	awaitPort(tb, address)
	return &url.URL{Scheme: "postgres", User: url.User(Role), Host: address, Path: "postgres"}
}

// owner is who runs PostgreSQL: it refuses root.
type owner struct {
	uid, gid uint32
	switched bool
}

// privateFolder makes a folder that the owner can reach, which a test's own is not
// for anybody but root.
func privateFolder(tb testing.TB) (string, owner) {
	tb.Helper()
	folder, err := os.MkdirTemp("", "homeward-testdb-") //nolint:usetesting // below it, the owner could not reach it
	must(tb, err)
	tb.Cleanup(func() { _ = os.RemoveAll(folder) })
	var who owner
	if os.Geteuid() == 0 {
		who = unprivileged(tb)
	}
	who.own(tb, folder)
	return folder, who
}

func unprivileged(tb testing.TB) owner {
	tb.Helper()
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(found.Uid, 10, 32)
		must(tb, err)
		gid, err := strconv.ParseUint(found.Gid, 10, 32)
		must(tb, err)
		return owner{uid: uint32(uid), gid: uint32(gid), switched: true}
	}
	tb.Fatal("PostgreSQL refuses to run as root, and there is neither a user postgres nor a user nobody")
	return owner{}
}

func (o owner) own(tb testing.TB, path string) {
	tb.Helper()
	if o.switched {
		must(tb, os.Chown(path, int(o.uid), int(o.gid)))
	}
}

// command is one of PostgreSQL's programs, run by the owner.
func (o owner) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, installed(program), args...) //nolint:gosec // PostgreSQL's own programs
	command.Dir = "/"
	if o.switched {
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: o.uid, Gid: o.gid}}
	}
	return command
}

func runAs(tb testing.TB, who owner, program string, args ...string) {
	tb.Helper()
	if output, err := who.command(tb.Context(), program, args...).CombinedOutput(); err != nil {
		tb.Fatalf("%s: %v\n%s", program, err, output)
	}
}

// installed finds a program where distributions put it, outside of the path.
func installed(program string) string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + program)
	if len(found) > 0 {
		return found[len(found)-1]
	}
	return program
}

func freePort(tb testing.TB) string {
	tb.Helper()
	listener, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	must(tb, err)
	defer listener.Close()
	return listener.Addr().String()
}

func awaitPort(tb testing.TB, address string) {
	tb.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		connection, err := new(net.Dialer).DialContext(tb.Context(), "tcp", address)
		if err == nil {
			_ = connection.Close() // It has told what it was for.
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	tb.Fatal(fmt.Errorf("PostgreSQL does not answer at %s", address))
}
