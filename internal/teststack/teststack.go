// Package teststack gives a test a worker of its own on the real parts: the
// embedded Temporal server and a fresh PostgreSQL database, both of which
// `make test` starts. Tests are isolated by database and task queue and run
// beside each other.
package teststack

import (
	"cmp"
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
	"homeward/internal/secrets"
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
	// Eraser stands before what destroys records, to fail; nil means none.
	Eraser func(activities.Eraser) activities.Eraser
	// TaskQueue and DatabaseURL are new ones unless told otherwise.
	TaskQueue, DatabaseURL string
	// PackFolder holds more policy packs than those of the release.
	PackFolder string
	// Idle leaves the worker stopped until [Stack.StartWorker].
	Idle bool
	// NoSecrets leaves the records without secrets of their own, as they were before
	// there were any, until [Stack.UseSecrets].
	NoSecrets bool
	// WorkerKeys and ClientKeys are the encryption keys of the worker and of the
	// test's own client; nil means [Keys].
	WorkerKeys, ClientKeys *codec.Ring
}

// Stack is a worker with its parts.
type Stack struct {
	DB *postgres.DB
	// DatabaseURL is DB's address.
	DatabaseURL string
	Vault       *secrets.Vault
	// Secrets is where the vaults look, and can be made to be away.
	Secrets   *Secrets
	Client    client.Client
	Codec     *codec.Codec
	Mover     *casetime.Mover
	Namespace string
	TaskQueue string

	options Options
	worker  *worker.Worker
}

// Dial connects to the server under test. Without one the test fails and says
// how to run it, except under -short.
func Dial(t testing.TB, namespace string) client.Client {
	t.Helper()
	return dial(t, namespace, Codec(namespace, Ring(t, Keys)))
}

func dial(t testing.TB, namespace string, payloads *codec.Codec) client.Client {
	t.Helper()
	c, err := client.Dial(Encrypting(Host(t), namespace, payloads))
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
	address := o.DatabaseURL
	if address == "" {
		address = testdb.URL(t)
	}
	s := &Stack{
		DB: testdb.Open(t, address), DatabaseURL: address, Namespace: o.Namespace,
		TaskQueue: cmp.Or(o.TaskQueue, "test-"+rand.Text()), options: o,
	}
	s.Secrets = &Secrets{DB: s.DB}
	s.connect(t)
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
	keeper, payloads := s.unlock(t, s.options.WorkerKeys)
	own, err := client.NewClientFromExisting(s.Client, Encrypting("", s.Namespace, payloads.ForWorker()))
	require.NoError(t, err)
	t.Cleanup(own.Close)
	acts, err := activities.New(activities.Options{
		Log: log, Outbox: app.NewOutbox(s.DB), Digests: app.NewDigests(s.DB, law.Library, 7), Glass: glass, Temporal: own,
		Metrics: prometheus.NewRegistry(), Senders: s.options.Senders,
	})
	require.NoError(t, err)
	w, err := worker.New(worker.Options{
		Client: own, TaskQueue: s.TaskQueue, Workflows: workflows.Workflows{Law: law}, Activities: acts,
		Erasure: s.erasure(own, payloads, keeper), Retention: app.NewRetention(s.DB, law.Library, time.Now),
		Transfers: app.NewTransfers(s.DB, own), Splits: app.NewSplits(s.DB, own), StopTimeout: 10 * time.Second,
	})
	require.NoError(t, err)
	require.NoError(t, w.Start(t.Context()))
	s.worker = w
	t.Cleanup(func() { s.StopWorker(t) })
}

// erasure are the activities that destroy records; none without secrets.
func (s *Stack) erasure(own client.Client, payloads *codec.Codec, v *secrets.Vault) *activities.Erasure {
	if v == nil {
		return nil
	}
	e := app.NewErasure(s.DB, own, payloads, v, s.Namespace)
	if s.options.Eraser != nil {
		e.Eraser = s.options.Eraser(e.Eraser)
	}
	return e
}

// unlock returns what a process with these keys has, with a memory of its own.
func (s *Stack) unlock(t testing.TB, keys *codec.Ring) (*secrets.Vault, *codec.Codec) {
	t.Helper()
	payloads := Codec(s.Namespace, keys)
	if s.options.NoSecrets {
		return nil, payloads
	}
	v := secrets.New(secrets.Options{Ring: keys, Store: s.Secrets, Random: rand.Reader, Now: time.Now})
	return v, payloads.WithSecrets(v)
}

// connect opens the test's own client.
func (s *Stack) connect(t testing.TB) {
	t.Helper()
	s.Vault, s.Codec = s.unlock(t, s.options.ClientKeys)
	if s.Vault != nil {
		s.DB.SealTexts(s.Vault)
	}
	s.Client = dial(t, s.Namespace, s.Codec)
}

// UseSecrets gives the records secrets of their own, after [Options.NoSecrets]: for
// the test at once, for the worker when it is started again.
func (s *Stack) UseSecrets(t testing.TB) {
	t.Helper()
	s.options.NoSecrets = false
	s.connect(t)
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
