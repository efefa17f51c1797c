// Package teststack gives a test a worker of its own on the real parts: the
// embedded Temporal server and a fresh PostgreSQL database, both of which
// `make test` starts. Tests are isolated by database and task queue and run
// beside each other.
package teststack

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"homeward/activities"
	"homeward/casework"
	"homeward/internal/app"
	"homeward/internal/casetime"
	"homeward/internal/codec"
	"homeward/internal/config"
	"homeward/internal/fault"
	"homeward/internal/testdb"
	"homeward/notify"
	"homeward/postgres"
	"homeward/worker"
	"homeward/workflows"
)

// The namespaces of the embedded server.
const (
	// Namespace has the usual limits.
	Namespace = "homeward"
	// SmallLimits makes a run suggest its end after a few dozen events.
	SmallLimits = "homeward-small-limits"
)

// address names the variable with the address of the server under test.
const address = "HOMEWARD_TEST_TEMPORAL_ADDRESS"

// Options choose what differs from the usual.
type Options struct {
	// Namespace is [Namespace] unless told otherwise.
	Namespace string
	// Senders send notices; none means that only the inbox is there.
	Senders map[notify.Channel]notify.Sender
	// Log stands before the event log, to fail or to count; nil means none.
	Log func(activities.Log) activities.Log
	// Glass stands before what keeps broken glass, as Log does.
	Glass func(activities.Glass) activities.Glass
	// PackFolder holds more policy packs than those of the release.
	PackFolder string
	// Idle leaves the worker stopped until [Stack.StartWorker].
	Idle bool
	// WorkerKeys and ClientKeys are the encryption keys of the worker and of the
	// test's own client; nil means [Keys].
	WorkerKeys, ClientKeys *codec.Ring
}

// Stack is a worker with its parts.
type Stack struct {
	DB *postgres.DB
	// DatabaseURL is DB's address.
	DatabaseURL string
	Client      client.Client
	Codec       *codec.Codec
	Mover       *casetime.Mover
	Namespace   string
	TaskQueue   string

	options Options
	worker  *worker.Worker
}

// Dial connects to the server under test. Without one the test fails and says
// how to run it, except under -short.
func Dial(t testing.TB, namespace string) client.Client {
	t.Helper()
	return dial(t, namespace, Ring(t, Keys))
}

func dial(t testing.TB, namespace string, keys *codec.Ring) client.Client {
	t.Helper()
	c, err := client.Dial(Encrypting(Host(t), namespace, Codec(namespace, keys)))
	require.NoError(t, err)
	t.Cleanup(c.Close)
	require.NoError(t, workflows.RegisterSearchAttributes(t.Context(), c, namespace))
	return c
}

// Host returns the address of the server under test, or fails as [Dial] does.
func Host(t testing.TB) string {
	t.Helper()
	host := os.Getenv(address)
	if host == "" {
		if testing.Short() {
			t.Skip("needs the embedded Temporal server")
		}
		t.Fatal(address + " is not set: run the tests with `make test`, or through `bin/homeward-dev exec -- go test ...`")
	}
	return host
}

// New starts a worker on a task queue and a database of its own.
func New(t testing.TB, o Options) *Stack {
	t.Helper()
	if o.Namespace == "" {
		o.Namespace = Namespace
	}
	if o.WorkerKeys == nil {
		o.WorkerKeys = Ring(t, Keys)
	}
	if o.ClientKeys == nil {
		o.ClientKeys = Ring(t, Keys)
	}
	address := testdb.URL(t)
	s := &Stack{
		DB: testdb.Open(t, address), DatabaseURL: address, Client: dial(t, o.Namespace, o.ClientKeys), Codec: Codec(o.Namespace, o.ClientKeys),
		Namespace: o.Namespace, TaskQueue: "test-" + rand.Text(), options: o,
	}
	mover, err := casetime.New(t.Context(), s.Client.WorkflowService(), o.Namespace)
	require.NoError(t, err)
	s.Mover = mover
	t.Cleanup(func() { s.terminate(t) })
	if !o.Idle {
		s.StartWorker(t)
	}
	return s
}

// StartWorker starts the worker, or a new one after [Stack.StopWorker].
func (s *Stack) StartWorker(t testing.TB) {
	t.Helper()
	law, err := app.Law(config.Packs{Folder: s.options.PackFolder})
	require.NoError(t, err)
	var log activities.Log = s.DB
	if s.options.Log != nil {
		log = s.options.Log(log)
	}
	var glass activities.Glass = s.DB
	if s.options.Glass != nil {
		glass = s.options.Glass(glass)
	}
	own, err := client.NewClientFromExisting(
		s.Client, Encrypting("", s.Namespace, Codec(s.Namespace, s.options.WorkerKeys).ForWorker()))
	require.NoError(t, err)
	t.Cleanup(own.Close)
	acts, err := activities.New(activities.Options{
		Log: log, Outbox: app.NewOutbox(s.DB), Glass: glass, Temporal: own,
		Metrics: prometheus.NewRegistry(), Senders: s.options.Senders,
	})
	require.NoError(t, err)
	w, err := worker.New(worker.Options{
		Client: own, TaskQueue: s.TaskQueue, Workflows: workflows.Workflows{Law: law}, Activities: acts,
		StopTimeout: 10 * time.Second,
	})
	require.NoError(t, err)
	require.NoError(t, w.Start(t.Context()))
	s.worker = w
	t.Cleanup(func() { s.StopWorker(t) })
}

// StopWorker stops the worker gracefully.
func (s *Stack) StopWorker(t testing.TB) {
	t.Helper()
	if s.worker != nil {
		require.NoError(t, s.worker.Stop(context.WithoutCancel(t.Context())))
		s.worker = nil
	}
}

// terminate leaves no run behind that would wait for a task queue that nobody
// serves any more.
func (s *Stack) terminate(t testing.TB) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	for summary, err := range s.DB.OpenRecords(ctx) {
		if err != nil {
			return
		}
		_ = s.Client.TerminateWorkflow(ctx, summary.Aggregate, "", "test over") // It may have ended.
	}
	unreviewed, err := s.DB.Reviews(ctx, postgres.ReviewFilter{Role: casework.RoleAuditor, Now: time.Now().AddDate(1, 0, 0), Limit: 500})
	if err != nil {
		return
	}
	for _, g := range unreviewed.Items {
		_ = s.Client.TerminateWorkflow(ctx, casework.GlassAggregate(g.ID), "", "test over")
	}
}

// Send sends a command to a record and returns the answer, or the refusal as a
// [casework.Error].
func (s *Stack) Send(ctx context.Context, aggregate string, c casework.Command) (casework.Answer, error) {
	update, err := s.Client.UpdateWorkflow(ctx, workflows.UpdateOptions(aggregate, c))
	return answer(ctx, update, err)
}

// Open sends the command that opens a record, and starts its workflow.
func (s *Stack) Open(ctx context.Context, aggregate string, c casework.Command) (casework.Answer, error) {
	update, err := s.Client.UpdateWithStartWorkflow(ctx, workflows.OpenOptions(s.Client, aggregate, s.TaskQueue, c))
	return answer(ctx, update, err)
}

func answer(ctx context.Context, update client.WorkflowUpdateHandle, err error) (casework.Answer, error) {
	var a casework.Answer
	if err == nil {
		err = update.Get(ctx, &a)
	}
	return a, fault.Decode(err)
}

// Number draws a number for a record that is opened past the API.
func (s *Stack) Number(t testing.TB, kind casework.AggregateKind) string {
	t.Helper()
	key := rand.Text()
	reserved, err := s.DB.Reserve(t.Context(), postgres.Reservation{Key: key, Kind: kind, Fingerprint: key})
	require.NoError(t, err)
	return fmt.Sprint(reserved.Number)
}
