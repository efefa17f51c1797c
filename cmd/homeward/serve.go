package main

import (
	"context"
	"fmt"
	"os"

	"homeward/internal/app"
)

type apiCommand struct {
	app.APIConfig `embed:""`
}

// Run serves until ctx ends, then lets requests in flight finish.
func (a apiCommand) Run(ctx context.Context) error {
	return app.RunAPI(ctx, a.APIConfig, a.Process.Logger(os.Stderr))
}

type workerCommand struct {
	app.WorkerConfig `embed:""`
}

// Run works until ctx ends, then lets tasks in flight finish.
func (w workerCommand) Run(ctx context.Context) error {
	return app.RunWorker(ctx, w.WorkerConfig, w.Process.Logger(os.Stderr))
}

type migrateCommand struct {
	app.MigrateConfig `embed:""`
}

// Run migrates and says what it has done.
func (m migrateCommand) Run(ctx context.Context, c console) error {
	schema, err := app.Migrate(ctx, m.MigrateConfig, m.Process.Logger(os.Stderr))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c, "Database schema %d and the search attributes of namespace %s are up to date.\n", schema, m.Temporal.Namespace)
	return err
}
