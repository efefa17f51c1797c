package casework_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestFold_IsTheLiveState(t *testing.T) {
	t.Parallel()
	for _, record := range wholeStory(t) {
		require.Empty(t, cmp.Diff(record.states["closed"], fold(record.name, record.events), asStored(), withoutAnswers()))
	}
}

func TestState_SurvivesAJourneyThroughJSON(t *testing.T) {
	t.Parallel()
	for _, c := range []*reportClerk{received(t), screened(t), contacted(t), found(t, casework.Unsafe)} {
		require.Empty(t, cmp.Diff(c.state, reread(t, c.state), asStored()))
	}
	for _, c := range []*caseClerk{
		opened(t), removed(t, elder), planned(t, elder), onTrial(t, elder, younger), home(t, elder), closed(t, elder),
	} {
		c.state.Keep(casework.Answer{CommandID: "c-1", Duties: []casework.DutyLine{{ID: "d", Status: casework.DutyOpen}}})
		back := reread(t, c.state)
		require.Empty(t, cmp.Diff(c.state, back, asStored()))
		require.Equal(t, c.state.Location().String(), back.Location().String())
		require.Empty(t, cmp.Diff(c.state.Next(), back.Next()), "the same steps are lawful after a restart")
	}
}

func TestFork_SharesNothingThatChanges(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := newWalk(seed)
			family := w.family(t, 25)
			original := family.state
			before, err := json.Marshal(original)
			require.NoError(t, err)
			frozen := reread(t, original)

			// Two forks of one state go different ways: neither sees the other.
			one, other := family.fork(), family.fork()
			newWalk(seed+1000).goOn(t, one, 20)
			newWalk(seed+2000).goOn(t, other, 20)
			require.Empty(t, cmp.Diff(frozen, original, asStored()))
			after, err := json.Marshal(original)
			require.NoError(t, err)
			require.Equal(t, string(before), string(after))
			for _, fork := range []*caseClerk{one, other} {
				require.Empty(t, cmp.Diff(casework.FoldCase(fork.events), fork.state, asStored()))
			}
		})
	}
}

func TestReportFork_SharesNothingThatChanges(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		w := newWalk(seed)
		call := w.call(t, int(seed%12))
		frozen := reread(t, call.state)
		one, other := call.fork(), call.fork()
		newWalk(seed+1000).investigates(t, one, 12)
		newWalk(seed+2000).investigates(t, other, 12)
		require.Empty(t, cmp.Diff(frozen, call.state, asStored()))
		for _, fork := range []*reportClerk{one, other} {
			require.Empty(t, cmp.Diff(casework.FoldReport(fork.events), fork.state, asStored()))
		}
	}
}

func TestAnswers_AreKeptForTheLastFiftyCommands(t *testing.T) {
	t.Parallel()
	c := opened(t)
	for n := range 120 {
		c.state.Keep(casework.Answer{CommandID: fmt.Sprint(n), Revision: n})
	}
	require.Len(t, c.state.Answers, 50)
	_, known := c.state.Answered("69")
	require.False(t, known)
	for _, n := range []int{70, 119} {
		answer, known := c.state.Answered(fmt.Sprint(n))
		require.True(t, known)
		require.Equal(t, n, answer.Revision)
	}
}

func TestAnswers_OfAForkAreItsOwn(t *testing.T) {
	t.Parallel()
	for kept := range 9 {
		c := opened(t)
		for n := range kept {
			c.state.Keep(casework.Answer{CommandID: fmt.Sprint(n)})
		}
		fork := c.state.Fork()
		c.state.Keep(casework.Answer{CommandID: "original"})
		fork.Keep(casework.Answer{CommandID: "fork"})
		_, known := c.state.Answered("original")
		require.True(t, known)
		_, known = c.state.Answered("fork")
		require.False(t, known)
		_, known = fork.Answered("original")
		require.False(t, known)
	}
}

func TestFacts_HaveIDsThatAreNeverReused(t *testing.T) {
	t.Parallel()
	for _, record := range wholeStory(t) {
		seen := map[string]bool{}
		for _, f := range record.states["closed"].(interface{ Base() *casework.Record }).Base().Facts {
			require.NotEmpty(t, f.ID)
			require.False(t, seen[f.ID], "%s is there twice", f.ID)
			seen[f.ID] = true
			require.False(t, f.Recorded.IsZero())
			require.NotEqual(t, f.On.IsZero(), f.At.IsZero(), "%s %s: a day or an instant", f.ID, f.Type)
		}
	}
}

func TestCurrent_LeavesOutWhatWasReplacedOrWithdrawn(t *testing.T) {
	t.Parallel()
	facts := []casework.Fact{
		{ID: "1.1", Type: casework.FactChildRemoved, Reason: "first"},
		{ID: "2.1", Type: casework.FactVisitMade},
		{ID: "3.1", Type: casework.FactChildRemoved, Corrects: "1.1", Reason: "second"},
		{ID: "4.1", Type: casework.FactVisitMade, Corrects: "2.1", Withdrawn: true},
		{ID: "5.1", Type: casework.FactChildRemoved, Corrects: "3.1", Reason: "third"},
		{Type: casework.FactReviewHeld},
		{Type: casework.FactReviewHeld},
	}
	before := append([]casework.Fact{}, facts...)
	current := casework.Current(facts)
	require.Len(t, current, 3, "facts without an ID stand for themselves")
	require.Equal(t, "third", current[0].Reason, "in the place of the first")
	require.Equal(t, before, facts, "the replaced ones stay")
	require.Equal(t, facts[:2], casework.Current(facts[:2]))
}

func TestInOrder_IsByLocalDayAndThenByRecording(t *testing.T) {
	t.Parallel()
	loc := opened(t).state.Location()
	facts := []casework.Fact{
		{ID: "a", On: day(t, "2025-02-01")},
		{ID: "b", At: clock(t, "2025-01-31 23:30")},
		{ID: "c", At: clock(t, "2025-02-01 00:30")},
		{ID: "d", On: day(t, "2025-01-31")},
	}
	var ids string
	for _, f := range casework.InOrder(facts, loc) {
		ids += f.ID
	}
	require.Equal(t, "bdac", ids)
}
