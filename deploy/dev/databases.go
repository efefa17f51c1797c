package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	schematool "go.temporal.io/server/tools/common/schema"
	sqltool "go.temporal.io/server/tools/sql"
	"golang.org/x/sync/errgroup"
)

// The databases of the cluster.
const (
	productDatabase    = "homeward"
	temporalDatabase   = "temporal"
	visibilityDatabase = "temporal_visibility"
)

// prepareProduct makes the product's role and its empty database, where they
// are missing.
func (p *postgres) prepareProduct(ctx context.Context) error {
	if err := p.ensureRole(ctx, productRole); err != nil {
		return err
	}
	return p.ensureDatabase(ctx, productDatabase, productRole)
}

// prepareTemporal makes Temporal's role and its two databases with the
// schemas of this server's version. An interrupted call is made good by the
// next one.
func (p *postgres) prepareTemporal(ctx context.Context, logger log.Logger) error {
	if err := p.ensureRole(ctx, temporalRole); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	for database, name := range map[string]string{
		temporalDatabase:   "postgresql/v12/temporal",
		visibilityDatabase: "postgresql/v12/visibility",
	} {
		group.Go(func() error { return p.ensureSchema(ctx, database, name, logger) })
	}
	return group.Wait()
}

// ensureRole makes a plain role and sets its password.
func (p *postgres) ensureRole(ctx context.Context, role string) error {
	var exists bool
	err := p.admin.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)`, role).Scan(&exists)
	if err != nil {
		return fmt.Errorf("cannot read the roles of PostgreSQL: %w", err)
	}
	verb := "CREATE"
	if exists {
		verb = "ALTER"
	}
	// Neither takes parameters; the password is letters and digits.
	if _, err := p.admin.ExecContext(ctx, fmt.Sprintf(`%s ROLE %s LOGIN PASSWORD '%s'`, verb, role, p.cluster.passwords[role])); err != nil {
		return fmt.Errorf("cannot make the PostgreSQL role %s: %w", role, err)
	}
	return nil
}

// ensureDatabase makes an empty database for the owner.
func (p *postgres) ensureDatabase(ctx context.Context, name, owner string) error {
	var exists bool
	err := p.admin.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&exists)
	if err != nil || exists {
		return err
	}
	if _, err := p.admin.ExecContext(ctx, fmt.Sprintf(`CREATE DATABASE %s OWNER %s`, name, owner)); err != nil {
		return fmt.Errorf("cannot make the PostgreSQL database %s: %w", name, err)
	}
	return nil
}

// schemaComplete is the comment on a database whose schema was set up to the
// end at least once.
const schemaComplete = "schema complete"

// ensureSchema brings a database of Temporal to the newest of the schema
// versions that are embedded in the server. A database whose first set-up was
// cut short is made anew: the schema tool could not go on, and nothing is in it.
func (p *postgres) ensureSchema(ctx context.Context, database, schema string, logger log.Logger) error {
	var unfinished bool
	err := p.admin.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT FROM pg_database
		WHERE datname = $1 AND shobj_description(oid, 'pg_database') IS DISTINCT FROM $2)`,
		database, schemaComplete).Scan(&unfinished)
	if err != nil {
		return fmt.Errorf("cannot read the databases of PostgreSQL: %w", err)
	}
	if unfinished {
		if _, err := p.admin.ExecContext(ctx, `DROP DATABASE `+database+` WITH (FORCE)`); err != nil {
			return fmt.Errorf("cannot drop the unfinished PostgreSQL database %s: %w", database, err)
		}
	}
	if err := p.ensureDatabase(ctx, database, temporalRole); err != nil {
		return err
	}
	if err := p.updateSchema(database, schema, logger); err != nil {
		return err
	}
	_, err = p.admin.ExecContext(ctx, fmt.Sprintf(`COMMENT ON DATABASE %s IS '%s'`, database, schemaComplete))
	return err
}

// updateSchema applies the versions that the database does not have yet.
func (p *postgres) updateSchema(database, schema string, logger log.Logger) error {
	connection, err := sqltool.NewConnection(p.temporalStore(database, 1), logger)
	if err != nil {
		return fmt.Errorf("cannot connect to the PostgreSQL database %s: %w", database, err)
	}
	defer connection.Close()
	setup := schematool.NewSetupSchemaTask(connection, &schematool.SetupConfig{InitialVersion: "0.0"}, logger)
	if err := setup.Run(); err != nil {
		return fmt.Errorf("cannot set up Temporal's database %s: %w", database, err)
	}
	update := schematool.NewUpdateSchemaTask(connection, &schematool.UpdateConfig{DBName: database, SchemaName: schema}, logger)
	err = update.Run()
	if err != nil && strings.Contains(err.Error(), "btree_gin") {
		return errors.New("PostgreSQL's extension btree_gin is missing; install the package postgresql-contrib")
	}
	if err != nil {
		return fmt.Errorf("cannot update Temporal's database %s: %w", database, err)
	}
	return nil
}

// temporalStore is how Temporal reaches one of its databases.
func (p *postgres) temporalStore(database string, connections int) *config.SQL {
	return &config.SQL{
		PluginName:      postgresql.PluginName,
		ConnectProtocol: "tcp",
		ConnectAddr:     address(p.port),
		DatabaseName:    database,
		User:            temporalRole,
		Password:        p.cluster.passwords[temporalRole],
		MaxConns:        connections,
		MaxIdleConns:    connections,
	}
}
