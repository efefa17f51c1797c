package workflows_test

import (
	"context"
	"crypto/rand"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/proto"

	"homeward/activities"
	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/app"
	"homeward/internal/audit"
	"homeward/internal/codec"
	"homeward/internal/teststack"
	"homeward/postgres"
	"homeward/workflows"
)

// closeCase brings a case to its end, with a narrative in it.
func closeCase(t *testing.T, s *teststack.Stack) record {
	t.Helper()
	c := openCase(t, s)
	c.do(casework.RoleCaseworker, "closing.request", &casework.ClosingRequest{Risk: "low", Reason: "t-8"})
	c.do(casework.RoleSupervisor, "closing.approve", &casework.ClosingApproval{})
	require.NoError(t, c.Client.GetWorkflow(t.Context(), c.id, "").Get(t.Context(), nil))
	require.NoError(t, s.DB.SaveTexts(t.Context(), []postgres.Text{
		{ID: "t-8", Aggregate: c.id, Author: caseworker, Body: "Safe at home.", CreatedAt: time.Now()},
	}))
	return c
}

// approvePurge has two people decide that a record is destroyed.
func (r record) approvePurge() (id string) {
	r.t.Helper()
	id = rand.Text()
	line := func(do access.Action) audit.Entry {
		return audit.Entry{
			Actor: casework.Actor{ID: "w-1", Role: casework.RoleManager}, Action: do, Outcome: audit.Done, Record: r.id,
		}
	}
	_, err := r.DB.RequestPurge(r.t.Context(), postgres.Purge{
		ID: id, Record: r.id, Authority: "court-order", Reference: "24-J-17", RequestedBy: "w-administrator", RequestedAt: time.Now(),
	}, line(access.RequestPurge))
	require.NoError(r.t, err)
	_, err = r.DB.ApprovePurge(r.t.Context(), r.id, id, "w-manager", time.Now(), line(access.ApprovePurge))
	require.NoError(r.t, err)
	return id
}

// purge starts an approved purge.
func (r record) purge(id string) client.WorkflowRun {
	r.t.Helper()
	run, err := r.Client.ExecuteWorkflow(r.t.Context(), workflows.PurgeOptions(id, r.TaskQueue), workflows.PurgeWorkflow,
		activities.PurgeInput{Purge: id, Record: r.id})
	require.NoError(r.t, err)
	r.t.Cleanup(func() { // A run that failed a test would go on for ever.
		_ = r.Client.TerminateWorkflow(context.WithoutCancel(r.t.Context()), run.GetID(), "", "test over")
	})
	return run
}

func (r record) verify() app.Verification {
	r.t.Helper()
	found, err := app.Verify(r.t.Context(), r.DB, r.Client, r.Codec, r.Vault, r.Namespace, r.id)
	require.NoError(r.t, err)
	return found
}

// sealedPayloads are those of the record's history, as somebody may have kept them.
func (r record) sealedPayloads() []*common.Payload {
	r.t.Helper()
	var kept []*common.Payload
	require.NoError(r.t, proxy.VisitPayloads(r.t.Context(), &history.History{Events: r.Stored(r.t, r.id, "")}, proxy.VisitPayloadsOptions{
		SkipSearchAttributes: true,
		Visitor: func(_ *proxy.VisitPayloadsContext, payloads []*common.Payload) ([]*common.Payload, error) {
			for _, p := range payloads {
				kept = append(kept, proto.CloneOf(p))
			}
			return payloads, nil
		},
	}))
	return kept
}

func TestPurge_LeavesNothingThatCanBeRead(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	c := closeCase(t, s)
	kept := c.sealedPayloads()
	require.NotEmpty(t, kept)
	_, err := c.Codec.Decode(kept)
	require.NoError(t, err)
	text, err := c.Vault.SealText(t.Context(), c.id, "t-8", "Safe at home.")
	require.NoError(t, err)

	var proof string
	require.NoError(t, c.purge(c.approvePurge()).Get(t.Context(), &proof))

	found := c.verify()
	require.Empty(t, found.Wrong)
	require.Equal(t, proof, found.Tombstone.Proof)
	require.Equal(t, 1, found.Tombstone.Executions)
	require.Equal(t, 1, found.Tombstone.Deleted["texts"])
	require.Positive(t, found.Tombstone.Events)
	c.Vault.Forget(c.id) // as every process does after some minutes
	for _, p := range kept {
		_, err := c.Codec.Decode([]*common.Payload{p})
		why, ok := errors.AsType[*codec.Error](err)
		require.True(t, ok, "%v", err)
		require.Equal(t, codec.Destroyed, why.Reason)
	}
	_, err = c.Vault.OpenText(t.Context(), c.id, "t-8", text)
	require.Equal(t, casework.Gone, casework.KindOf(err))
	_, err = c.DB.Summary(t.Context(), c.id)
	require.Equal(t, casework.NotFound, casework.KindOf(err))
	_, err = c.Client.DescribeWorkflowExecution(t.Context(), c.id, "")
	_, gone := errors.AsType[*serviceerror.NotFound](err)
	require.True(t, gone, "%v", err)

	require.NoError(t, s.DB.SaveTexts(t.Context(), nil))
	err = s.DB.SaveTexts(t.Context(), []postgres.Text{{ID: "t-9", Aggregate: c.id, Body: "again", CreatedAt: time.Now()}})
	require.Equal(t, casework.Gone, casework.KindOf(err), "nothing is written into it any more")
}

func TestVerifyPurge_SaysWhatIsLeft(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	c := closeCase(t, s)
	_, err := app.Verify(t.Context(), c.DB, c.Client, c.Codec, c.Vault, c.Namespace, c.id)
	require.Equal(t, casework.NotFound, casework.KindOf(err), "it was not destroyed")
	id := c.approvePurge()
	require.NoError(t, c.purge(id).Get(t.Context(), nil))
	require.Empty(t, c.verify().Wrong)

	plain := s.DB
	plain.SealTexts(nil)
	require.NoError(t, plain.SaveTexts(t.Context(), []postgres.Text{{ID: "t-9", Aggregate: c.id, Body: "left", CreatedAt: time.Now()}}))
	_, err = c.Client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: c.id + "-elsewhere", TaskQueue: "nobody"}, "Nothing")
	require.NoError(t, err)
	require.Equal(t, []string{"Table texts has 1 rows of the record."}, c.verify().Wrong, "and no more: the workflow is another")
	require.NoError(t, c.Client.TerminateWorkflow(t.Context(), c.id+"-elsewhere", "", "test over"))
	require.NoError(t, plain.DropTexts(t.Context(), []string{"t-9"}))

	unsealed := teststack.Dial(t, c.Namespace) // a process that has not heard of secrets
	_, err = unsealed.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: c.id, TaskQueue: "nobody"}, "Nothing")
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(c.verify().Wrong) == 2 }, 20*time.Second, 20*time.Millisecond)
	require.Equal(t, []string{"Temporal knows a workflow " + c.id + ".", "Temporal lists 1 runs of " + c.id + "."}, c.verify().Wrong)
	require.NoError(t, c.Client.TerminateWorkflow(t.Context(), c.id, "", "test over"))
}

// faulty fails a purge at each step, once.
type faulty struct {
	activities.Eraser

	destroyed, erased, finished atomic.Int64
}

// first says whether this is the first time, and lets the thing itself happen: a
// worker that dies after it has not told anybody.
func first(count *atomic.Int64) error {
	if count.Add(1) == 1 {
		return casework.NewError(casework.Unavailable, "lost")
	}
	return nil
}

func (f *faulty) DestroySecret(ctx context.Context, purge, record string, at time.Time) error {
	return errors.Join(f.Eraser.DestroySecret(ctx, purge, record, at), first(&f.destroyed))
}

func (f *faulty) EraseRecord(ctx context.Context, purge string, executions int, at time.Time) (string, error) {
	proof, err := f.Eraser.EraseRecord(ctx, purge, executions, at)
	return proof, errors.Join(err, first(&f.erased))
}

func (f *faulty) FinishPurge(ctx context.Context, purge string, at time.Time) error {
	return errors.Join(f.Eraser.FinishPurge(ctx, purge, at), first(&f.finished))
}

func TestPurge_GoesOnAfterEveryStepThatWasLost(t *testing.T) {
	t.Parallel()
	faults := &faulty{}
	s := teststack.New(t, teststack.Options{Eraser: func(e activities.Eraser) activities.Eraser { faults.Eraser = e; return faults }})
	c := closeCase(t, s)
	require.NoError(t, c.purge(c.approvePurge()).Get(t.Context(), nil))
	require.Empty(t, c.verify().Wrong)
	require.EqualValues(t, 2, faults.destroyed.Load())
	require.EqualValues(t, 2, faults.erased.Load())
}

// stopping holds a purge up in the middle until the worker is told to stop.
type stopping struct {
	activities.Eraser

	begun, over chan struct{}
	once        atomic.Bool
}

func (s *stopping) EraseRecord(ctx context.Context, purge string, executions int, at time.Time) (string, error) {
	if !s.once.Swap(true) {
		close(s.begun)
		<-s.over // which its worker does not live to see
		return "", casework.NewError(casework.Unavailable, "The worker has stopped.")
	}
	return s.Eraser.EraseRecord(ctx, purge, executions, at)
}

func TestPurge_IsTakenUpByAnotherWorker(t *testing.T) {
	t.Parallel()
	halt := &stopping{begun: make(chan struct{}), over: make(chan struct{})}
	t.Cleanup(func() { close(halt.over) })
	s := teststack.New(t, teststack.Options{Eraser: func(e activities.Eraser) activities.Eraser { halt.Eraser = e; return halt }})
	c := closeCase(t, s)
	run := c.purge(c.approvePurge())
	<-halt.begun
	c.StopWorker(t) // in the middle: the key is gone, the rows are there
	require.NotEmpty(t, must(c.DB.Remains(t.Context(), c.id)))
	c.StartWorker(t)
	require.NoError(t, run.Get(t.Context(), nil))
	require.Empty(t, c.verify().Wrong)
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
