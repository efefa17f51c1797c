package workflows_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"

	"homeward/casework"
	"homeward/internal/app"
	"homeward/internal/config"
	"homeward/internal/teststack"
	"homeward/worker"
	"homeward/workflows"
)

// agency is the folder with an agency's own packs.
const agency = "testdata/packs"

func agencyLaw(t testing.TB) workflows.Law {
	t.Helper()
	law, err := app.Law(config.Packs{Folder: agency})
	require.NoError(t, err)
	return law
}

// movesTo pins the record to another pack and returns what that made of the duties.
func (r record) movesTo(from, to string) []casework.DutyChange {
	r.t.Helper()
	return r.changedBy(r.do(casework.RoleSupervisor, casework.StepMoveCasePolicy, policyMove(from, to)))
}

func policyMove(from, to string) casework.Body {
	return casework.NewPolicyMove(casework.KindCase, from, to, "t-9")
}

// change finds the change of one duty.
func change(t testing.TB, made []casework.DutyChange, duty string) casework.DutyChange {
	t.Helper()
	for _, c := range made {
		if c.Duty.ID == duty {
			return c
		}
	}
	require.Fail(t, "no change", "%s has not changed", duty)
	return casework.DutyChange{}
}

func TestPolicyMove_DerivesEveryDutyAgain(t *testing.T) {
	t.Parallel()
	c := inCare2033(t, teststack.Options{PackFolder: agency}, "p-1")

	made := c.movesTo("us-federal@2025.1", "county@2025.1")

	// The county gives relatives 20 days in place of 30.
	c.moves(made, map[string]move{"relative-notice/p-1/1": {"2033-02-09", "2033-01-30"}})
	require.Equal(t, "42 USC 671(a)(29)", change(t, made, "relative-notice/p-1/1").OldCitation)
	plan := change(t, made, "case-plan/p-1/1")
	require.True(t, plan.Reworded, "60 days as before, on other grounds")
	require.Equal(t, "Made-up county code 2", plan.Duty.Citation)
	letter := change(t, made, "school-letter/p-1/1")
	require.Empty(t, letter.OldStatus, "the state asks for none")
	require.Equal(t, "2033-01-15", letter.Duty.Due)
	names := strings.Join(c.running(), "\n")
	require.Contains(t, names, "school-letter due 2033-01-15 (Made-up county code 3)")
	require.Contains(t, names, "case-plan due 2033-03-11 (Made-up county code 2)", "a timer names the law as it is now")
	require.NotContains(t, names, "(45 CFR 1356.21(g)(2))")
	require.Contains(t, c.details(), "law county@2025.1")

	// Its next version asks for less.
	made = c.movesTo("county@2025.1", "county@2025.2")

	c.moves(made, map[string]move{"relative-notice/p-1/1": {"2033-01-30", "2033-02-04"}})
	for _, duty := range []string{"school-letter/p-1/1", "shelter-care-hearing/p-1/1"} {
		gone := change(t, made, duty)
		require.Equal(t, casework.DutySuperseded, gone.Duty.Status)
		require.NotEmpty(t, gone.Duty.Title, "it is still said what it was")
		require.NotContains(t, strings.Join(c.running(), "\n"), gone.Duty.Clock)
	}
	state, events := c.logged()
	require.Equal(t, "county@2025.2", state.Pack)
	require.Equal(t, 2, of(events, "case.policy-moved"))
}

func TestPolicyMove_OfAReport(t *testing.T) {
	t.Parallel()
	r := openReport(t, teststack.New(t, teststack.Options{PackFolder: agency}), nil)
	r.screenIn("emergent")
	require.NotEmpty(t, r.running())
	r.do(casework.RoleSupervisor, casework.StepMoveReportPolicy,
		casework.NewPolicyMove(casework.KindReport, "washington@2025.1", "county@2025.2", "t-9"))
	logged, _ := r.logged()
	require.Equal(t, "county@2025.2", logged.Pack)
	require.Empty(t, logged.Pending(), "federal law gives the investigation no number")
	require.Empty(t, r.running())
	r.agrees()
}

// What was done long ago does not move, and names the law as it is now.
func TestPolicyMove_ReachesWhatIsSettled(t *testing.T) {
	t.Parallel()
	c := inCare2033(t, teststack.Options{PackFolder: agency}, "p-1")
	c.do(casework.RoleCaseworker, "relatives.notify", &casework.RelativeNotice{
		Children: []string{"p-1"}, On: casework.NewDate(2033, time.January, 11),
	})
	made := c.movesTo("us-federal@2025.1", "county@2025.1")
	c.moves(made, map[string]move{"relative-notice/p-1/1": {"2033-02-09", "2033-01-30"}})
	row, err := c.DB.Duty(t.Context(), c.id, "relative-notice/p-1/1")
	require.NoError(t, err)
	require.Equal(t, casework.DutyMet, row.Status)
	require.Equal(t, "Made-up county code 1", row.Citation)
	require.Contains(t, strings.Join(row.Why, "; "), "+ 20 days = 2033-01-30")
}

func TestPolicyMove_DoesWhatItsPreviewSaid(t *testing.T) {
	t.Parallel()
	c := inCare2033(t, teststack.Options{PackFolder: agency}, "p-1", "p-2")
	before, cost, events := c.raw(), c.cost(), c.revision()
	_, log := c.logged()
	move := command(casework.RoleSupervisor, casework.StepMoveCasePolicy, policyMove("us-federal@2025.1", "county@2025.1"))
	draft := move
	draft.Now = c.now()

	preview, err := workflows.Preview(agencyLaw(t), casework.KindCase, log, draft)

	require.NoError(t, err)
	require.NotEmpty(t, preview)
	require.Equal(t, before, c.raw())
	require.Equal(t, cost, c.cost(), "no workflow has heard of it")
	require.Equal(t, events, c.revision(), "nothing is recorded")
	answer, err := c.Send(t.Context(), c.id, move)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(preview, c.changedBy(answer), cmp.AllowUnexported(casework.Date{}), cmpopts.EquateEmpty()))
	c.agrees()
}

func TestPolicyMove_ThatIsRefusedLeavesNoTrace(t *testing.T) {
	t.Parallel()
	c := inCare2033(t, teststack.Options{PackFolder: agency}, "p-1")
	c.movesTo("us-federal@2025.1", "washington@2025.1")
	before, cost := c.raw(), c.cost()
	for name, test := range map[string]struct {
		from, to string
		kind     casework.Kind
	}{
		"a pack that this worker does not have": {"washington@2025.1", "washington@2099.1", casework.Unavailable},
		"a pack without its version":            {"washington@2025.1", "county", casework.Invalid},
		"the pack that it has":                  {"washington@2025.1", "washington@2025.1", casework.Invalid},
		"the law of another state":              {"washington@2025.1", "elsewhere@2025.1", casework.Invalid},
		"the federal floor alone":               {"washington@2025.1", "us-federal@2025.1", casework.Invalid},
		"from a pack that it has left":          {"us-federal@2025.1", "county@2025.1", casework.Stale},
	} {
		_, err := c.Send(t.Context(), c.id, command(casework.RoleSupervisor, casework.StepMoveCasePolicy, policyMove(test.from, test.to)))
		require.Equal(t, test.kind, casework.KindOf(err), "%s: %v", name, err)
	}
	require.Equal(t, before, c.raw())
	require.Equal(t, cost, c.cost(), c.eventTypes(cost.events))
}

// taskFailures counts the record's workflow tasks that have failed.
func (r record) taskFailures() int {
	r.t.Helper()
	n := 0
	for _, e := range r.history() {
		if e.GetEventType() == enums.EVENT_TYPE_WORKFLOW_TASK_FAILED {
			n++
		}
	}
	return n
}

// A worker without the pack, of an older release or with another folder, carries
// out nothing for the record and does no harm: one that has the pack goes on.
func TestPolicyMove_OutlivesAWorkerWithoutThePack(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{PackFolder: agency})
	c := inCareOn(t, s, "p-1")
	c.movesTo("us-federal@2025.1", "county@2025.1")
	s.StopWorker(t)
	without := newWorker(t, s, worker.Options{}, nil)
	visit := command(casework.RoleCaseworker, "visit.record", &casework.Visit{
		Children: []string{"p-1"}, At: c.now(), InResidence: true, Notes: "t-3",
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	answered := make(chan casework.Answer, 1)
	go func() {
		answer, err := c.insist(ctx, visit)
		if err == nil {
			answered <- answer
		}
	}()
	require.Eventually(t, func() bool { return c.taskFailures() > 0 }, time.Minute, 50*time.Millisecond)
	require.Equal(t, enums.WORKFLOW_EXECUTION_STATUS_RUNNING, c.status())
	require.NoError(t, without.Stop(t.Context()))

	s.StartWorker(t)

	select {
	case answer := <-answered:
		require.Equal(t, visit.ID, answer.CommandID)
	case <-time.After(time.Minute):
		t.Fatal("the visit was not carried out")
	}
	_, events := c.logged()
	require.Equal(t, 1, of(events, visitRecorded))
	c.rowsAgree()
	c.agrees()
}

// The pack travels with the state when a record moves to a fresh run.
func TestPolicyMove_TravelsToAFreshRun(t *testing.T) {
	t.Parallel()
	c := inCare2033(t, teststack.Options{PackFolder: agency}, "p-1")
	c.movesTo("us-federal@2025.1", "county@2025.1")
	runs := c.runs()
	require.NoError(t, c.Client.SignalWorkflow(t.Context(), c.id, "", workflows.SignalRenew, nil))
	require.Eventually(t, func() bool { return c.runs() == runs+1 }, 20*time.Second, 20*time.Millisecond)
	require.Eventually(t, func() bool {
		return strings.Contains(strings.Join(c.running(), "\n"), "school-letter due 2033-01-15")
	}, 20*time.Second, 20*time.Millisecond)
	require.Equal(t, "county@2025.1", c.state().Pack)
	c.visit()
	c.rowsAgree()
	c.agrees()
}
