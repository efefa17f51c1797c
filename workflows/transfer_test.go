package workflows_test

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/internal/teststack"
	"homeward/postgres"
	"homeward/workflows"
)

// transferring plans that cases go from the caseworker to w-2, and has it done.
func transferring(t *testing.T, s *teststack.Stack, change func(*casework.Transfer), cases ...record) casework.Transfer {
	t.Helper()
	x := casework.Transfer{
		ID: rand.Text(), From: caseworker, To: "w-2", Supervisor: "w-3", By: actor(casework.RoleSupervisor), Reason: "left-agency",
		State: casework.TransferMoving, At: time.Now(),
	}
	for _, c := range cases {
		x.Items = append(x.Items, casework.TransferItem{Record: c.id, Supervisor: supervisor, State: casework.ItemPlanned})
	}
	if change != nil {
		change(&x)
	}
	_, err := s.DB.PlanTransfer(t.Context(), x, "mark", transferLine(x))
	require.NoError(t, err)
	return x
}

func transferLine(x casework.Transfer) audit.Entry {
	return audit.Entry{Actor: x.By, Action: access.TransferRecords, Outcome: audit.Done, Part: x.ID, Records: x.Records()}
}

// settles has the workflow look and waits for its end.
func settles(t *testing.T, s *teststack.Stack, x casework.Transfer) casework.Transfer {
	t.Helper()
	o := workflows.TransferOptions(x, s.TaskQueue)
	run, err := s.Client.SignalWithStartWorkflow(t.Context(), o.ID, workflows.SignalTransfer, nil, o, workflows.TransferWorkflow,
		workflows.TransferInput{Transfer: x.ID})
	require.NoError(t, err)
	var state casework.TransferState
	require.NoError(t, run.Get(t.Context(), &state))
	stored, err := s.DB.Transfer(t.Context(), x.ID)
	require.NoError(t, err)
	require.Equal(t, state, stored.State)
	return stored
}

func (r record) worker() string {
	r.t.Helper()
	s, err := r.DB.Summary(r.t.Context(), r.id)
	require.NoError(r.t, err)
	return s.Worker
}

func states(x casework.Transfer) map[string]string {
	all := map[string]string{}
	for _, i := range x.Items {
		all[i.Record] = string(i.State) + " " + i.Reason
	}
	return all
}

func TestTransfer_MovesACaseloadAndSaysWhatStaysAndWhy(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	first, gone, ended, last := openCase(t, s), openCase(t, s), closeCase(t, s), openCase(t, s)
	gone.do(casework.RoleSupervisor, "case.assign", &casework.Assignment{Worker: "w-9", Supervisor: supervisor})

	x := settles(t, s, transferring(t, s, nil, first, gone, ended, last))

	require.Equal(t, casework.TransferPartly, x.State)
	require.Equal(t, map[string]string{
		first.id: "moved ", gone.id: "refused moved-on", ended.id: "refused closed", last.id: "moved ",
	}, states(x))
	require.Equal(t, []string{"w-2", "w-9", "w-2"}, []string{first.worker(), gone.worker(), last.worker()})
	revision := first.revision()
	again := settles(t, s, x)
	require.Equal(t, x.Items, again.Items, "started again, it finds that all is done")
	require.Equal(t, revision, first.revision())
}

func TestTransfer_AllOrNothingTakesBackWhatWasMoved(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	first, gone, never := openCase(t, s), openCase(t, s), openCase(t, s)
	gone.do(casework.RoleSupervisor, "case.assign", &casework.Assignment{Worker: "w-9", Supervisor: supervisor})

	x := settles(t, s, transferring(t, s, func(x *casework.Transfer) { x.AllOrNothing = true }, first, gone, never))

	require.Equal(t, casework.TransferUndone, x.State)
	require.Equal(t, map[string]string{
		first.id: "undone ", gone.id: "refused moved-on", never.id: "refused stopped",
	}, states(x))
	require.Equal(t, []string{caseworker, "w-9", caseworker}, []string{first.worker(), gone.worker(), never.worker()})
}

func TestTransfer_IsUndoneOnRequestWhereItStillCan(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	back, kept := openCase(t, s), openCase(t, s)
	x := settles(t, s, transferring(t, s, nil, back, kept))
	require.Equal(t, casework.TransferDone, x.State)
	kept.do(casework.RoleSupervisor, "case.assign", &casework.Assignment{Worker: "w-9", Supervisor: supervisor})
	x, err := s.DB.UndoTransfer(t.Context(), x.ID, actor(casework.RoleSupervisor), time.Now(), transferLine(x))
	require.NoError(t, err)

	x = settles(t, s, x)

	require.Equal(t, casework.TransferUndone, x.State)
	require.Equal(t, map[string]string{back.id: "undone ", kept.id: "kept moved-on"}, states(x))
	require.Equal(t, caseworker, back.worker())
	require.Equal(t, "w-9", kept.worker())
}

func TestTransfer_StopsForAConflictThatCameUpMeanwhile(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	family, other := openCase(t, s), openCase(t, s)
	family.declares("w-2")

	x := settles(t, s, transferring(t, s, nil, family, other))

	require.Equal(t, map[string]string{family.id: "refused conflict-of-interest", other.id: "moved "}, states(x))
	require.Equal(t, caseworker, family.worker())
}

// While a record does not answer it is tried again, and the others go on; the page
// in the Temporal UI says so, and a signal has it tried at once.
func TestTransfer_TriesAgainWhatFailed(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	silent, fine := openCase(t, s), openCase(t, s)
	require.NoError(t, s.Client.TerminateWorkflow(t.Context(), silent.id, "", "lost"))
	x := transferring(t, s, nil, silent, fine)
	o := workflows.TransferOptions(x, s.TaskQueue)
	_, err := s.Client.ExecuteWorkflow(t.Context(), o, workflows.TransferWorkflow, workflows.TransferInput{Transfer: x.ID})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Client.TerminateWorkflow(t.Context(), o.ID, "", "test over") })
	require.Eventually(t, func() bool {
		stored, err := s.DB.Transfer(t.Context(), x.ID)
		require.NoError(t, err)
		return stored.Items[0].Attempts > 0 && stored.Items[1].State == casework.ItemMoved
	}, time.Minute, 50*time.Millisecond)
	asked, err := s.Client.QueryWorkflow(t.Context(), o.ID, "", workflows.QueryState)
	require.NoError(t, err)
	var progress casework.Transfer
	require.NoError(t, asked.Get(&progress))
	require.Equal(t, casework.TransferMoving, progress.State)
	require.Equal(t, "failed unavailable", states(progress)[silent.id])

	silent.comeBack()
	x = settles(t, s, x)

	require.Equal(t, casework.TransferDone, x.State)
	require.Equal(t, "w-2", silent.worker())
}

// declares has somebody say that they are related to somebody in the record.
func (r record) declares(worker string) {
	r.t.Helper()
	_, err := r.DB.SetRule(r.t.Context(), postgres.AccessRule{
		ID: rand.Text(), Aggregate: r.id, Kind: postgres.RuleConflict, Worker: worker, SetBy: worker, SetAt: time.Now(),
	}, audit.Entry{
		Actor: casework.Actor{ID: worker, Role: casework.RoleCaseworker}, Action: access.DeclareConflict, Outcome: audit.Done, Record: r.id,
	})
	require.NoError(r.t, err)
}

// comeBack starts a case again from its log.
func (r record) comeBack() {
	r.t.Helper()
	events, err := r.DB.Events(r.t.Context(), r.id, 1)
	require.NoError(r.t, err)
	_, err = r.Client.ExecuteWorkflow(r.t.Context(), client.StartWorkflowOptions{ID: r.id, TaskQueue: r.TaskQueue},
		workflows.CaseWorkflow, workflows.Input[casework.Case]{State: casework.FoldCase(events)})
	require.NoError(r.t, err)
}
