// Package testdb gives every test a PostgreSQL database of its own, so that
// tests run in parallel and in any order on the real thing. Databases are
// copied from a template that has the migrations, which takes a few hundredths
// of a second, and dropped when the test ends.
package testdb

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"homeward/postgres"
)

// Variable names the environment variable that holds the URL of a database of
// the cluster to test on, as a role that may create databases.
const Variable = "HOMEWARD_TEST_DATABASE_URL"

// patience is how long a test waits for another process to make the template.
const patience = time.Minute

// New returns a connection to a new, migrated database. Its numbers start at a
// random place, so that tests that share a Temporal server do not meet each
// other's "case-1001".
func New(tb testing.TB) *postgres.DB {
	tb.Helper()
	return Open(tb, URL(tb))
}

// Open connects to the database at address and closes the connection with the test.
func Open(tb testing.TB, address string) *postgres.DB {
	tb.Helper()
	db, err := postgres.Open(tb.Context(), address, postgres.Options{Application: "homeward-test"})
	must(tb, err)
	tb.Cleanup(func() { must(tb, db.Close()) })
	return db
}

// URL returns the address of a new, migrated database.
func URL(tb testing.TB) string {
	tb.Helper()
	cluster := connect(tb)
	address := cluster.create(tb, "TEMPLATE "+cluster.template(tb))
	scatter(tb, address)
	return address
}

// Empty returns the address of a new database without any migration.
func Empty(tb testing.TB) string {
	tb.Helper()
	return connect(tb).create(tb, "TEMPLATE template0")
}

// cluster is the server that the tests run on.
type cluster struct {
	url  *url.URL
	pool *sql.DB
}

func connect(tb testing.TB) cluster {
	tb.Helper()
	address := os.Getenv(Variable)
	if address == "" {
		if testing.Short() {
			tb.Skip("needs PostgreSQL: run make test")
		}
		tb.Fatalf("%s is not set: run the tests with make test, or with bin/homeward-dev exec -- go test ./...", Variable)
	}
	parsed, err := url.Parse(address)
	must(tb, err)
	pool, err := sql.Open("postgres", address)
	must(tb, err)
	tb.Cleanup(func() { must(tb, pool.Close()) })
	return cluster{parsed, pool}
}

// create makes a database and drops it when the test ends.
func (c cluster) create(tb testing.TB, from string) string {
	tb.Helper()
	name := "homeward_test_" + strings.ToLower(rand.Text())
	c.exec(tb, "CREATE DATABASE "+name+" "+from)
	tb.Cleanup(func() { c.exec(tb, "DROP DATABASE "+name+" WITH (FORCE)") })
	return c.address(name)
}

func (c cluster) address(name string) string {
	database := *c.url
	database.Path = "/" + name
	return database.String()
}

// template returns the name of a database with this binary's migrations, and
// makes it if no other process has. It counts as made once it may be used as a
// template; what a killed process left half done is thrown away.
func (c cluster) template(tb testing.TB) string {
	tb.Helper()
	name, key := fingerprint(tb)
	ctx, cancel := context.WithTimeout(tb.Context(), patience)
	defer cancel()
	conn, err := c.pool.Conn(ctx)
	must(tb, err)
	defer func() { must(tb, conn.Close()) }()
	_, err = conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", key)
	must(tb, err)
	defer func() {
		_, err := conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", key)
		must(tb, err)
	}()
	var made bool
	must(tb, conn.QueryRowContext(ctx,
		"SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)", name).Scan(&made))
	if made {
		return name
	}
	c.exec(tb, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	c.exec(tb, "CREATE DATABASE "+name+" TEMPLATE template0")
	c.migrate(tb, name)
	c.exec(tb, "ALTER DATABASE "+name+" IS_TEMPLATE true ALLOW_CONNECTIONS false")
	return name
}

func (c cluster) migrate(tb testing.TB, name string) {
	tb.Helper()
	db, err := postgres.Open(tb.Context(), c.address(name), postgres.Options{})
	must(tb, err)
	_, err = db.Migrate(tb.Context())
	must(tb, err)
	must(tb, db.Close())
}

func (c cluster) exec(tb testing.TB, statement string) {
	tb.Helper()
	// Also runs while the test is being cleaned up, when its context is over.
	_, err := c.pool.ExecContext(context.WithoutCancel(tb.Context()), statement)
	must(tb, err)
}

// fingerprint names the template after what the migrations say.
func fingerprint(tb testing.TB) (name string, key int64) {
	tb.Helper()
	hash := sha256.New()
	must(tb, fs.WalkDir(postgres.Migrations(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(postgres.Migrations(), path)
		_, _ = hash.Write(content) // A hash never fails to write.
		return err
	}))
	sum := hash.Sum(nil)
	return "homeward_template_" + hex.EncodeToString(sum[:6]), int64(binary.BigEndian.Uint64(sum)) //nolint:gosec // any 64 bits are a key
}

// scatter moves the number sequences of a database to a random place.
func scatter(tb testing.TB, address string) {
	tb.Helper()
	pool, err := sql.Open("postgres", address)
	must(tb, err)
	defer func() { must(tb, pool.Close()) }()
	var seed [4]byte
	_, _ = rand.Read(seed[:]) // It never fails.
	start := int64(binary.BigEndian.Uint32(seed[:]))*1000 + 1
	_, err = pool.ExecContext(tb.Context(), fmt.Sprintf(
		"ALTER SEQUENCE report_numbers RESTART WITH %d; ALTER SEQUENCE case_numbers RESTART WITH %d", start, start))
	must(tb, err)
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
