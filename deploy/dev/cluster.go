package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// The roles of the cluster. The product's role owns its database and nothing
// else.
const (
	superuser     = "postgres"
	productRole   = "homeward"
	temporalRole  = "temporal"
	adminDatabase = "postgres"
)

// sharedHome is where clusters of root live that PostgreSQL's user could not
// reach inside their data folder, such as one below /root.
const sharedHome = "/var/lib/homeward-dev"

// elsewhereFile tells, in the data folder, that its cluster is elsewhere.
const elsewhereFile = "postgres-elsewhere"

// maxSocketPath is the longest Unix socket path that every system accepts.
const maxSocketPath = 103

// pgCluster is a PostgreSQL cluster on disk: where it is, who runs it and the
// passwords of its roles.
type pgCluster struct {
	home      string // the folder with data and credentials
	account   account
	install   installation
	passwords map[string]string // by role
	durable   bool
}

// data is PostgreSQL's data directory.
func (k *pgCluster) data() string { return filepath.Join(k.home, "postgres") }

// findCluster says where the cluster of the folder is, or will be, and who runs
// it. durable = false trades safety against a loss of power for speed.
func findCluster(f *folder, durable bool, c console) (*pgCluster, error) {
	owner, err := serverAccount()
	if err != nil {
		return nil, err
	}
	home, err := clusterHome(f, owner, c)
	return &pgCluster{home: home, account: owner, durable: durable}, err
}

// prepare finds PostgreSQL's programs and the passwords, and makes the cluster
// where there is none.
func (k *pgCluster) prepare(ctx context.Context, c console) (err error) {
	if k.install, err = findPostgres(ctx, c, releaseOf(k.data())); err != nil {
		return err
	}
	if err := k.loadPasswords(); err != nil {
		return err
	}
	if releaseOf(k.data()) != 0 {
		return nil
	}
	return k.initialise(ctx)
}

// clusterHome is the folder itself, or a private folder elsewhere when the
// account cannot reach it there.
func clusterHome(f *folder, owner account, c console) (string, error) {
	if owner.reaches(f.path) {
		return f.path, nil
	}
	home := elsewhere(f)
	c.say("The user %s, who runs PostgreSQL, cannot reach %s; its files are in %s", owner.name, f.path, home)
	marker := f.file(elsewhereFile)
	if _, err := os.Stat(marker); errors.Is(err, os.ErrNotExist) {
		// The data folder is new, so what is there was left by one that
		// somebody removed to start empty.
		if err := os.RemoveAll(home); err != nil {
			return "", notWritable(home, err)
		}
	}
	if err := os.MkdirAll(home, 0o755); err != nil { //nolint:gosec // holds private files; must be passable
		return "", notWritable(home, err)
	}
	if err := os.WriteFile(marker, []byte(home+"\n"), 0o600); err != nil {
		return "", notWritable(f.path, err)
	}
	return home, nil
}

// elsewhere is the private folder of a data folder's cluster outside of it.
func elsewhere(f *folder) string {
	sum := sha256.Sum256([]byte(f.path))
	return filepath.Join(sharedHome, hex.EncodeToString(sum[:6]))
}

// removeAll deletes the folder and the cluster that belongs to it.
func removeAll(f *folder) error {
	var err error
	if _, absent := os.Stat(f.file(elsewhereFile)); absent == nil {
		err = os.RemoveAll(elsewhere(f))
	}
	return errors.Join(err, os.RemoveAll(f.path))
}

// releaseOf is the major release that wrote a data directory, or 0 where there
// is none.
func releaseOf(data string) int {
	text, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if err != nil {
		return 0
	}
	major, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return major
}

// loadPasswords reads the roles' passwords, or makes them on the first start.
func (k *pgCluster) loadPasswords() error {
	path := filepath.Join(k.home, "credentials.json")
	text, err := os.ReadFile(path)
	if err == nil {
		return json.Unmarshal(text, &k.passwords)
	}
	if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	k.passwords = map[string]string{superuser: rand.Text(), productRole: rand.Text(), temporalRole: rand.Text()}
	return writeJSON(path, k.passwords)
}

// initialise runs initdb aside and moves the finished data directory into
// place, so that a cluster exists complete or not at all.
func (k *pgCluster) initialise(ctx context.Context) error {
	abandoned, _ := filepath.Glob(k.data() + ".new-*") // the pattern is well-formed
	for _, path := range abandoned {
		_ = os.RemoveAll(path)
	}
	unfinished, err := os.MkdirTemp(k.home, filepath.Base(k.data())+".new-")
	if err != nil {
		return notWritable(k.home, err)
	}
	defer os.RemoveAll(unfinished)
	secret := filepath.Join(unfinished, "password")
	data := filepath.Join(unfinished, "data")
	err = errors.Join(
		os.WriteFile(secret, []byte(k.passwords[superuser]+"\n"), 0o600),
		k.account.own(secret),
		k.account.own(unfinished),
	)
	if err != nil {
		return err
	}
	if err := k.runInitdb(ctx, data, secret); err != nil {
		return err
	}
	return os.Rename(data, k.data())
}

// runInitdb makes a cluster in data, whose superuser has the password in the
// file secret.
func (k *pgCluster) runInitdb(ctx context.Context, data, secret string) error {
	arguments := []string{
		"--pgdata", data, "--username", superuser, "--pwfile", secret, "--auth", "scram-sha-256",
		"--encoding", "UTF8", "--locale", "C",
	}
	if !k.durable {
		arguments = append(arguments, "--no-sync")
	}
	var output bytes.Buffer
	command := exec.Command(k.install.program("initdb"), arguments...) //nolint:noctx // stopped when ctx ends
	command.Dir = filepath.Dir(data)
	command.Env = serverEnvironment()
	command.Stdout, command.Stderr = &output, &output
	command.SysProcAttr = k.account.attributes()
	process, err := startChild(command, syscall.SIGKILL)
	if err != nil {
		return fmt.Errorf("PostgreSQL's initdb could not be started: %w", err)
	}
	select {
	case <-process.done:
	case <-ctx.Done():
		process.stop(postgresStopLimit, syscall.SIGINT)
		return context.Cause(ctx)
	}
	if process.err != nil {
		return fmt.Errorf("PostgreSQL's initdb failed: %s", initdbReason(output.String(), process.outcome()))
	}
	return nil
}

// initdbReason is the line in which initdb says what is wrong.
func initdbReason(output, alternative string) string {
	for line := range strings.Lines(output) {
		for _, mark := range []string{"FATAL:", "error:", "could not"} {
			if _, _, found := strings.Cut(line, mark); found {
				return strings.TrimSpace(line)
			}
		}
	}
	return alternative
}

// serverEnvironment is the environment of PostgreSQL's programs: nothing of
// the caller's, so that no PG variable or locale of theirs changes the cluster.
func serverEnvironment() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
}
