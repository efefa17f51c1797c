package workflows_test

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/internal/teststack"
	"homeward/postgres"
	"homeward/workflows"
)

// splitting plans that one of the children of a case gets a case of its own.
func splitting(t *testing.T, c record, leaves ...string) casework.Splitting {
	t.Helper()
	key := rand.Text()
	reserved, err := c.DB.Reserve(t.Context(), postgres.Reservation{Key: key, Kind: casework.KindCase, Fingerprint: "mark"})
	require.NoError(t, err)
	_, number, _ := casework.SplitAggregate(c.id)
	x := casework.Splitting{
		ID: key, Case: number, By: actor(casework.RoleSupervisor), State: casework.SplitPlanned, At: time.Now(),
		Split: casework.Split{
			Number: reserved.Number, Children: leaves, Reason: "siblings-apart", Note: "text-note", Worker: "w-2", Supervisor: "w-3",
		},
	}
	_, err = c.DB.PlanSplit(t.Context(), x, "mark", audit.Entry{
		Actor: x.By, Action: access.TakeStep, Outcome: audit.Done, Record: c.id, Part: x.ID,
	})
	require.NoError(t, err)
	return x
}

// comesApart has the workflow do it and waits for its end.
func comesApart(t *testing.T, s *teststack.Stack, x casework.Splitting) casework.Splitting {
	t.Helper()
	o := workflows.SplitOptions(x, s.TaskQueue)
	run, err := s.Client.ExecuteWorkflow(t.Context(), o, workflows.SplitWorkflow, workflows.SplitInput{Split: x.ID})
	require.NoError(t, err)
	var state casework.SplitState
	require.NoError(t, run.Get(t.Context(), &state))
	stored, err := s.DB.Split(t.Context(), x.ID)
	require.NoError(t, err)
	require.Equal(t, state, stored.State)
	return stored
}

// owed lists what is owed about a child: duty, date and status.
func (r record) owed(child string) []string {
	r.t.Helper()
	state, _ := r.logged()
	var owed []string
	for _, d := range state.Ledger {
		if d.Subject == child {
			owed = append(owed, d.ID+" "+d.Due+" "+string(d.Status))
		}
	}
	return owed
}

func TestSplit_GivesTheChildACaseInWhichEveryClockGoesOn(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	c := openCase(t, s)
	c.remove()
	c.visit()
	was, stays := c.owed("p-2"), c.owed("p-1")
	require.NotEmpty(t, was)

	x := comesApart(t, s, splitting(t, c, "p-2"))

	require.Equal(t, casework.SplitDone, x.State)
	require.False(t, x.DoneAt.IsZero())
	other := record{Stack: s, t: t, id: x.Opened()}
	require.ElementsMatch(t, was, other.owed("p-2"), "the same dates")
	require.ElementsMatch(t, stays, c.owed("p-1"))
	require.Empty(t, other.owed("p-1"))
	c.agrees()
	other.agrees()
	other.rowsAgree()
	require.Equal(t, "w-2", other.worker())
	require.NotEmpty(t, other.running(), "and the timers run")
	for _, name := range c.running() {
		require.NotContains(t, name, "p-2")
	}
	rows, err := s.DB.Children(t.Context(), c.id)
	require.NoError(t, err)
	require.Equal(t, casework.StageMoved, rows[1].Stage)
	rows, err = s.DB.Children(t.Context(), other.id)
	require.NoError(t, err)
	require.Equal(t, casework.StageOutOfHomeCare, rows[0].Stage)
	moved, err := s.DB.Duty(t.Context(), c.id, "relative-notice/p-2/1")
	require.NoError(t, err)
	require.Equal(t, casework.DutySuperseded, moved.Status)

	left, opened := c.revision(), other.revision()
	again := comesApart(t, s, x)
	require.Equal(t, x.DoneAt, again.DoneAt, "started again, it finds that all is done")
	require.Equal(t, left, c.revision())
	require.Equal(t, opened, other.revision())
}

// What protects a family protects it in both cases, from the first moment of the
// second one.
func TestSplit_TakesSealsNamesConflictsAndHoldsAlong(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	c := openCase(t, s)
	c.do(casework.RoleSupervisor, "case.restrict", casework.NewRestriction(casework.KindCase, true, "t-r"))
	c.declares("w-77")
	for _, rule := range []postgres.AccessRule{{Kind: postgres.RuleSeal}, {Kind: postgres.RuleGrant, Worker: "w-named"}} {
		rule.ID, rule.Aggregate, rule.Ground, rule.SetBy, rule.SetAt = rand.Text(), c.id, "court", supervisor, time.Now()
		_, err := s.DB.SetRule(t.Context(), rule, audit.Entry{Actor: actor(casework.RoleSupervisor), Action: access.SealRecord, Outcome: audit.Done, Record: c.id})
		require.NoError(t, err)
	}
	_, err := s.DB.PlaceHold(t.Context(), postgres.Hold{
		ID: rand.Text(), Record: c.id, Authority: "litigation", Reference: "no-1", PlacedBy: supervisor, PlacedAt: time.Now(),
	}, audit.Entry{Actor: actor(casework.RoleSupervisor), Action: access.HoldRecord, Outcome: audit.Done, Record: c.id})
	require.NoError(t, err)

	x := comesApart(t, s, splitting(t, c, "p-2"))

	require.Equal(t, casework.SplitDone, x.State)
	conflicted, err := s.DB.Standing(t.Context(), "w-77", x.Opened(), time.Now())
	require.NoError(t, err)
	require.True(t, conflicted.Object.Conflict)
	require.True(t, conflicted.Object.Restricted)
	require.True(t, conflicted.Object.Sealed)
	named, err := s.DB.Standing(t.Context(), "w-named", x.Opened(), time.Now())
	require.NoError(t, err)
	require.True(t, named.Object.Named)
	rules, err := s.DB.Rules(t.Context(), x.Opened())
	require.NoError(t, err)
	require.Len(t, rules, 3)
	opened, err := s.DB.Summary(t.Context(), x.Opened())
	require.NoError(t, err)
	for _, r := range rules {
		require.False(t, r.SetAt.After(opened.OpenedAt), "the %s holds before there is anything to see", r.Kind)
	}
	holds, err := s.DB.Holds(t.Context(), x.Opened())
	require.NoError(t, err)
	require.Len(t, holds, 1)
}

func TestSplit_ForSomebodyRelatedToTheFamilyIsRefused(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	c := openCase(t, s)
	c.declares("w-2")
	revision := c.revision()

	x := comesApart(t, s, splitting(t, c, "p-2"))

	require.Equal(t, casework.SplitRefused, x.State)
	require.Equal(t, casework.TransferConflict, x.Reason)
	require.Equal(t, revision, c.revision(), "nothing has changed")
}

func TestSplit_OfACaseThatHasChangedIsRefused(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	c := openCase(t, s)
	first := comesApart(t, s, splitting(t, c, "p-1"))
	require.Equal(t, casework.SplitDone, first.State)

	x := comesApart(t, s, splitting(t, c, "p-2"))

	require.Equal(t, casework.SplitRefused, x.State)
	require.Equal(t, string(casework.Blocked), x.Reason)
	rules, err := s.DB.Rules(t.Context(), x.Opened())
	require.NoError(t, err)
	require.Empty(t, rules)
}

// Where the new case cannot be opened, here because its number is another family's
// by a slip, the children are taken back, and nothing is lost.
func TestSplit_TakesTheChildrenBackWhereTheirCaseCannotBeOpened(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	c, stranger := openCase(t, s), openCase(t, s)
	c.remove()
	before, _ := c.logged()
	owed := c.owed("p-2")
	x := splitting(t, c, "p-2")
	_, taken, _ := casework.SplitAggregate(stranger.id)
	x.ID, x.Split.Number = rand.Text(), taken
	_, err := s.DB.PlanSplit(t.Context(), x, "mark", audit.Entry{
		Actor: x.By, Action: access.TakeStep, Outcome: audit.Done, Record: c.id, Part: x.ID,
	})
	require.NoError(t, err)

	x = comesApart(t, s, x)

	require.Equal(t, casework.SplitUndone, x.State)
	require.Equal(t, string(casework.Blocked), x.Reason)
	after, _ := c.logged()
	require.Equal(t, before.Children, after.Children)
	require.Equal(t, before.Facts, after.Facts)
	require.ElementsMatch(t, owed, c.owed("p-2"), "every clock goes on")
	c.agrees()
	c.rowsAgree()
	rows, err := s.DB.Children(t.Context(), c.id)
	require.NoError(t, err)
	require.Equal(t, casework.StageOutOfHomeCare, rows[1].Stage)
}

// While the case does not answer it is tried again, and a signal has it tried at once.
func TestSplit_TriesAgainWhatFailed(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	c := openCase(t, s)
	require.NoError(t, s.Client.TerminateWorkflow(t.Context(), c.id, "", "lost"))
	x := splitting(t, c, "p-2")
	o := workflows.SplitOptions(x, s.TaskQueue)
	run, err := s.Client.ExecuteWorkflow(t.Context(), o, workflows.SplitWorkflow, workflows.SplitInput{Split: x.ID})
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		stored, err := s.DB.Split(t.Context(), x.ID)
		require.NoError(t, err)
		return stored.Attempts > 0 && stored.State == casework.SplitPlanned
	}, time.Minute, 50*time.Millisecond)
	asked, err := s.Client.QueryWorkflow(t.Context(), o.ID, "", workflows.QueryState)
	require.NoError(t, err)
	var progress casework.Splitting
	require.NoError(t, asked.Get(&progress))
	require.Equal(t, string(casework.Unavailable), progress.Reason)

	c.comeBack()
	require.NoError(t, s.Client.SignalWorkflow(t.Context(), o.ID, "", workflows.SignalSplit, nil))
	var state casework.SplitState
	require.NoError(t, run.Get(t.Context(), &state))
	require.Equal(t, casework.SplitDone, state)
}

// A family of six children over five years comes apart within the limits.
func TestSplit_OfALargeFamilyStaysFarBelowTheLimits(t *testing.T) {
	t.Parallel()
	law := current(t).Law
	f := newFamily(t, law)
	f.lives(60)
	before := f.state.Fork()
	split := &casework.Split{
		Number: "7009", Children: f.ids[1:], Reason: "adoption", Note: "t-1", Worker: "w-2", Supervisor: "w-3",
	}
	leaving := size(t, f.takes(command(casework.RoleSupervisor, casework.StepSplit, split)))
	c := before.Branch(split, actor(casework.RoleSupervisor), f.now)
	c.Now = f.now
	other, transition, err := workflows.Propose(casework.KindCase, law, "case-7009", &casework.Case{}, c)
	require.NoError(t, err)
	opening, state := size(t, c), size(t, workflows.Input[casework.Case]{State: other})
	t.Logf("leaving %d bytes, opening %d, its transition %d, state of the one %d and of the other %d",
		leaving, opening, size(t, transition), size(t, workflows.Input[casework.Case]{State: f.state}), state)
	require.Less(t, leaving, payloadWarns)
	require.Less(t, opening, payloadWarns)
	require.Less(t, state, payloadWarns)
	require.Less(t, size(t, transition), payloadFails/2)
	require.Len(t, transition.Events, 2)
}
