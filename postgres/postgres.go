// Package postgres keeps what must not be lost: the event log, the read models
// that lists show, the outbox of notices, and the people and texts that nothing
// else may hold. It is the only package that knows SQL and the driver.
//
// Every method is safe for concurrent use. A method that writes is one
// transaction and may be sent again: where a connection breaks, the driver's
// pool itself sends a statement a second time, so each is written such that the
// second does no harm. Errors are [casework.Error]: Unavailable passes by
// itself, Internal is a mistake of ours, and neither carries a row's content.
package postgres

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"homeward/casework"
	"homeward/internal/certs"

	"github.com/lib/pq"
)

// Options tune a [DB]. Every zero value means the default named beside it.
type Options struct {
	// MaxConns limits the connections: 16. Keep the sum over all processes
	// below the server's max_connections, and at or above the number of
	// activities that a worker runs at once.
	MaxConns int
	// MaxIdle is how long an unused connection is kept: 5 minutes.
	MaxIdle time.Duration
	// StatementTimeout ends a statement on the server: 5 seconds. It must be
	// shorter than what the caller waits for. Migrations have no limit.
	StatementTimeout time.Duration
	// Application names the process in pg_stat_activity: "homeward".
	Application string
	// TLS holds the files that secure the connection. With CA the server must prove
	// its name, whatever the URL says.
	TLS certs.Files
	// Insecure accepts a server on another machine without such a proof.
	Insecure bool
}

func (o Options) withDefaults() Options {
	if o.MaxConns == 0 {
		o.MaxConns = 16
	}
	if o.MaxIdle == 0 {
		o.MaxIdle = 5 * time.Minute
	}
	if o.StatementTimeout == 0 {
		o.StatementTimeout = 5 * time.Second
	}
	if o.Application == "" {
		o.Application = "homeward"
	}
	return o
}

// DB is a pool of connections to one database.
type DB struct {
	pool   *sql.DB
	config pq.Config
	// recording, standing and auditing are asked all the time.
	recording, standing, auditing prepared
	// cipher seals narratives; nil for none.
	cipher Cipher
}

// Open connects to the database that url names, in the form
// postgres://user@host:5432/name?sslmode=disable, and returns Unavailable when
// it does not answer, and Invalid when the URL cannot be read, or when the two sides
// do not trust each other: the detail then names the setting to look at. It changes
// nothing: see [DB.Migrate].
func Open(ctx context.Context, url string, options Options) (*DB, error) {
	options = options.withDefaults()
	config, err := pq.NewConfig(url)
	if err != nil {
		// The cause is left out because it may repeat the password.
		return nil, casework.InvalidField("database_url", "The database URL cannot be read.")
	}
	if err := options.secure(&config); err != nil {
		return nil, err
	}
	// A statement with parameters then takes one round trip instead of two.
	config.BinaryParameters = true
	config.ApplicationName = options.Application
	if config.Runtime == nil {
		config.Runtime = make(map[string]string)
	}
	config.Runtime["timezone"] = "UTC"
	db := &DB{config: config.Clone()}
	db.recording.text, db.standing.text, db.auditing.text = recordTransition, standing, appendAudit

	config.Runtime["statement_timeout"] = strconv.FormatInt(options.StatementTimeout.Milliseconds(), 10)
	connector, err := pq.NewConnectorConfig(config)
	if err != nil {
		return nil, casework.InvalidField("database_url", "The database URL cannot be used.")
	}
	db.pool = sql.OpenDB(connector)
	db.pool.SetMaxOpenConns(options.MaxConns)
	db.pool.SetMaxIdleConns(options.MaxConns)
	db.pool.SetConnMaxIdleTime(options.MaxIdle)
	if err := distrusted("reach the database", db.pool.PingContext(ctx)); err != nil {
		return nil, closing(db, err)
	}
	return db, nil
}

// closing closes db and returns the error that made it useless.
func closing(db *DB, err error) error {
	_ = db.Close() // The first error says why.
	return err
}

// Close waits for running statements and closes every connection. A server that
// has gone before is no failure: there is nobody left to say goodbye to.
func (db *DB) Close() error {
	err := failed("close the database", db.pool.Close())
	if casework.KindOf(err) == casework.Unavailable {
		return nil
	}
	return err
}

// Ping returns nil when the database answers and Unavailable when it does not.
func (db *DB) Ping(ctx context.Context) error {
	return failed("reach the database", db.pool.PingContext(ctx))
}
