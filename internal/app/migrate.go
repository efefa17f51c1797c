package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"

	"homeward/internal/config"
	"homeward/workflows"
)

// retention is how long Temporal keeps closed runs of a namespace that we make.
// What the law wants kept is in PostgreSQL.
const retention = 30 * 24 * time.Hour

// knownWithin is how long a server may take to know a new namespace everywhere: its
// caches are read again every ten seconds.
const knownWithin = 45 * time.Second

// MigrateConfig is what `homeward migrate` reads.
type MigrateConfig struct {
	Database config.Database `embed:"" group:"Database"`
	Temporal config.Temporal `embed:"" group:"Temporal"`
	Process  config.Process  `embed:"" group:"Process"`
}

// Migrate brings the database schema, the Temporal namespace, its search attributes
// and its schedules up to this release, and returns the schema's version. It can be
// run again at any time, by several processes at once.
func Migrate(ctx context.Context, c MigrateConfig, log *slog.Logger) (int64, error) {
	db, err := Database(ctx, c.Database, "migrate")
	if err != nil {
		return 0, err
	}
	defer func() { _ = db.Close() }() // Everything is committed by then.
	schema, err := db.Migrate(ctx)
	if err != nil {
		return 0, err
	}
	temporal, err := Temporal(ctx, c.Temporal, WithoutPayloads(), log, NewRegistry())
	if err != nil {
		return 0, err
	}
	defer temporal.Close()
	if err := namespace(ctx, temporal.WorkflowService(), c.Temporal.Namespace); err != nil {
		return 0, err
	}
	if err := attributes(ctx, temporal, c.Temporal.Namespace); err != nil {
		return 0, err
	}
	if err := workflows.ScheduleRetention(ctx, temporal, c.Temporal.TaskQueue); err != nil {
		return schema, err
	}
	return schema, workflows.ScheduleDigests(ctx, temporal, c.Temporal.TaskQueue)
}

// attributes registers the search attributes. A namespace that has just been made
// is not known to all parts of the server for some seconds.
func attributes(ctx context.Context, temporal client.Client, name string) error {
	ctx, cancel := context.WithTimeout(ctx, knownWithin)
	defer cancel()
	again := time.NewTicker(time.Second)
	defer again.Stop()
	for {
		err := workflows.RegisterSearchAttributes(ctx, temporal, name)
		if _, unknown := errors.AsType[*serviceerror.NamespaceNotFound](err); !unknown {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-again.C:
		}
	}
}

// namespace makes the namespace where it is missing.
func namespace(ctx context.Context, service workflowservice.WorkflowServiceClient, name string) error {
	_, err := service.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: name})
	if _, missing := errors.AsType[*serviceerror.NamespaceNotFound](err); err == nil || !missing {
		return err
	}
	_, err = service.RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: name, Description: "Homeward", WorkflowExecutionRetentionPeriod: durationpb.New(retention),
	})
	if _, exists := errors.AsType[*serviceerror.NamespaceAlreadyExists](err); exists {
		return nil
	}
	if err != nil {
		return fmt.Errorf("register namespace %s: %w", name, err)
	}
	return nil
}
