package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"homeward/casework"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the SQL files in the order in which [DB.Migrate] runs them.
func Migrations() fs.FS {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // The name is fixed above.
	}
	return files
}

// Migrate brings the schema up to this binary's version and returns that
// version. Any number of processes may call it at once: one works under an
// advisory lock while the others wait, then find nothing to do. A database that
// is newer is left alone.
func (db *DB) Migrate(ctx context.Context) (version int64, err error) {
	const doing = "migrate the database"
	connector, err := pq.NewConnectorConfig(db.config)
	if err != nil {
		return 0, failed(doing, err)
	}
	// Apart from the pool, because a migration may take longer than a statement may.
	pool := sql.OpenDB(connector)
	defer func() { err = errors.Join(err, failed(doing, pool.Close())) }()
	provider, err := migrator(pool)
	if err != nil {
		return 0, failed(doing, err)
	}
	if _, err := provider.Up(ctx); err != nil {
		if part, ok := errors.AsType[*goose.PartialError](err); ok {
			return 0, failed(doing+" with "+path.Base(part.Failed.Source.Path), err)
		}
		return 0, failed(doing, err)
	}
	version, err = provider.GetDBVersion(ctx)
	return version, failed(doing, err)
}

// migrator makes goose's provider: forward only, one process at a time.
func migrator(pool *sql.DB) (*goose.Provider, error) {
	// Every second for ten minutes: as long as the longest migration may take.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 600))
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, pool, Migrations(),
		goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true))
}

// Ready returns nil when the database answers and its schema is at least the
// one that this binary was built for, and Unavailable with the reason otherwise.
func (db *DB) Ready(ctx context.Context) error {
	files, err := fs.Glob(Migrations(), "*.sql")
	if err != nil {
		return failed("read the migrations", err)
	}
	want, err := goose.NumericComponent(files[len(files)-1])
	if err != nil {
		return failed("read the migrations", err)
	}
	var have int64
	err = db.pool.QueryRowContext(ctx,
		`SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&have)
	if missing, ok := errors.AsType[*pq.Error](err); ok && missing.Code == pqerror.UndefinedTable {
		have, err = 0, nil
	}
	if err != nil {
		return failed("read the schema's version", err)
	}
	if have < want {
		return casework.NewError(casework.Unavailable, fmt.Sprintf(
			"The database schema is at version %d and this program needs %d. Run `homeward migrate`.", have, want))
	}
	return nil
}
