package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"

	"homeward/activities"
	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/app"
	"homeward/internal/audit"
	"homeward/internal/casetime"
	"homeward/internal/codec"
	"homeward/internal/config"
	"homeward/notify"
	"homeward/postgres"
	"homeward/worker"
	"homeward/workflows"
)

// Where the servers are, as homeward-dev exec says it.
const (
	databaseVariable = "HOMEWARD_TEST_DATABASE_URL"
	temporalVariable = "HOMEWARD_TEST_TEMPORAL_ADDRESS"
	stackVariable    = "HOMEWARD_TEST_STACK_BINARY"
)

const (
	// namespace is the one with the usual limits.
	namespace   = "homeward"
	stopTimeout = 10 * time.Second
	// connections is what the worker process uses by default.
	connections = 16
)

// stage is one server with both sides on it: a worker of Homeward and a worker
// of the bare workflow in one process.
type stage struct {
	db   *postgres.DB
	pool *sql.DB
	// client and taskQueue are Homeward's, as it is run: encrypted.
	client    client.Client
	taskQueue string
	// plain is a client that encrypts nothing, which the bare workflow has.
	plain     client.Client
	bareQueue string
	mover     *casetime.Mover
	watch     *watch
	// zone is that of the office.
	zone *time.Location
	// cases and reports count the numbers given out.
	cases, reports *atomic.Int64

	closers []func(context.Context) error
}

// openStage makes a database, starts both workers and registers the staff.
func openStage(ctx context.Context) (s *stage, err error) {
	admin, address := os.Getenv(databaseVariable), os.Getenv(temporalVariable)
	if admin == "" || address == "" {
		return nil, errors.New("no servers: run `make bench`, or `bin/homeward-dev exec -- go run ./bench`")
	}
	s = &stage{
		taskQueue: "bench-" + rand.Text(), bareQueue: "bench-bare-" + rand.Text(),
		cases: new(atomic.Int64), reports: new(atomic.Int64),
	}
	if s.zone, err = time.LoadLocation(timezone); err != nil {
		return nil, err
	}
	s.scatter()
	defer func() {
		if err != nil {
			s.close(context.WithoutCancel(ctx))
		}
	}()
	if err := s.openDatabase(ctx, admin); err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	if err := s.openTemporal(ctx, address); err != nil {
		return nil, fmt.Errorf("temporal: %w", err)
	}
	if err := s.startWorkers(ctx); err != nil {
		return nil, fmt.Errorf("workers: %w", err)
	}
	return s, s.hire(ctx)
}

// scatter starts the numbers of records at a random place, so that another run
// on the same server has other workflow IDs.
func (s *stage) scatter() {
	var seed [4]byte
	_, _ = rand.Read(seed[:]) // It never fails.
	start := int64(binary.BigEndian.Uint32(seed[:])) * 1_000_000
	s.cases.Store(start)
	s.reports.Store(start)
}

// close undoes what openStage did, last first.
func (s *stage) close(ctx context.Context) {
	for _, closer := range slices.Backward(s.closers) {
		_ = closer(ctx) // The servers are thrown away next.
	}
}

func (s *stage) onClose(do func(context.Context) error) { s.closers = append(s.closers, do) }

// openDatabase makes a new database beside the one that admin names.
func (s *stage) openDatabase(ctx context.Context, admin string) error {
	cluster, err := sql.Open("postgres", admin)
	if err != nil {
		return err
	}
	s.onClose(func(context.Context) error { return cluster.Close() })
	name := "homeward_bench_" + strings.ToLower(rand.Text())
	if _, err := cluster.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return err
	}
	s.onClose(func(ctx context.Context) error {
		_, err := cluster.ExecContext(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
		return err
	})
	database, err := url.Parse(admin)
	if err != nil {
		return errors.New("the database URL cannot be read")
	}
	database.Path = "/" + name
	if s.db, err = postgres.Open(ctx, database.String(), postgres.Options{MaxConns: connections}); err != nil {
		return err
	}
	s.onClose(func(context.Context) error { return s.db.Close() })
	if s.pool, err = sql.Open("postgres", database.String()); err != nil {
		return err
	}
	s.onClose(func(context.Context) error { return s.pool.Close() })
	_, err = s.db.Migrate(ctx)
	return err
}

func (s *stage) openTemporal(ctx context.Context, address string) error {
	options := client.Options{
		HostPort: address, Namespace: namespace, Logger: sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	}
	var err error
	if s.plain, err = s.connect(ctx, options); err != nil {
		return err
	}
	keys, err := codec.Open(newKey)
	if err != nil {
		return err
	}
	payloads := codec.New(codec.Options{Ring: keys, Namespace: namespace, Random: rand.Reader}).
		WithSecrets(app.Vault(s.db, keys)).ForWorker()
	options.DataConverter, options.FailureConverter = payloads.DataConverter(), payloads.FailureConverter()
	if s.client, err = s.connect(ctx, options); err != nil {
		return err
	}
	if err := workflows.RegisterSearchAttributes(ctx, s.client, namespace); err != nil {
		return err
	}
	s.mover, err = casetime.New(ctx, s.client.WorkflowService(), namespace)
	return err
}

// connect opens a client.
func (s *stage) connect(ctx context.Context, options client.Options) (client.Client, error) {
	c, err := client.DialContext(ctx, options)
	if err == nil {
		s.onClose(func(context.Context) error { c.Close(); return nil })
	}
	return c, err
}

func (s *stage) startWorkers(ctx context.Context) error {
	s.watch = &watch{Log: s.db}
	homeward, err := s.startHomeward(ctx)
	if err != nil {
		return err
	}
	s.onClose(homeward.Stop)
	bare := newBareWorker(s.plain, s.bareQueue)
	s.onClose(func(context.Context) error { bare.Stop(); return nil })
	return bare.Start()
}

// startHomeward starts a worker of Homeward.
func (s *stage) startHomeward(ctx context.Context) (*worker.Worker, error) {
	law, err := app.Law(config.Packs{})
	if err != nil {
		return nil, err
	}
	acts, err := activities.New(activities.Options{
		Log: s.watch, Outbox: app.NewOutbox(s.db), Glass: s.db, Temporal: s.client, Metrics: prometheus.NewRegistry(),
		Senders: map[notify.Channel]notify.Sender{notify.ChannelEmail: letterbox{}, notify.ChannelWebhook: letterbox{}},
	})
	if err != nil {
		return nil, err
	}
	w, err := worker.New(worker.Options{
		Client: s.client, TaskQueue: s.taskQueue, Workflows: workflows.Workflows{Law: law}, Activities: acts,
		StopTimeout: stopTimeout,
	})
	if err != nil {
		return nil, err
	}
	return w, w.Start(ctx)
}

// hire registers the staff, each with an e-mail address.
func (s *stage) hire(ctx context.Context) error {
	for id, role := range map[string]casework.Role{
		hotline: casework.RoleHotline, caseworker: casework.RoleCaseworker, successor: casework.RoleCaseworker,
		supervisor: casework.RoleSupervisor,
	} {
		err := s.db.SaveWorker(ctx, postgres.Worker{
			ID: id, Role: role, Office: "north", Name: id,
			Channels: []postgres.Channel{{Kind: postgres.ChannelEmail, Address: id + "@example.org", Active: true}},
		}, audit.Entry{
			Actor:  casework.Actor{ID: "w-administrator", Role: casework.RoleAdministrator},
			Action: access.ManageStaff, Outcome: audit.Done, Part: id,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// letterbox takes every notice at once: the mail server is not what is measured.
type letterbox struct{}

// Send implements [notify.Sender].
func (letterbox) Send(context.Context, notify.Delivery) (notify.Receipt, error) {
	return notify.Receipt{Response: "250 taken"}, nil
}

// rest waits until no notice is on its way any more.
func (s *stage) rest(ctx context.Context) error {
	for {
		var waiting bool
		err := s.pool.QueryRowContext(ctx,
			`SELECT EXISTS (SELECT FROM deliveries WHERE state = 'pending')`).Scan(&waiting)
		if err != nil || !waiting {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}
