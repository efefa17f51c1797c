package casework_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// sequences is how many random lives a property is held against.
func sequences() uint64 {
	if testing.Short() {
		return 40
	}
	return 200
}

// offeredEvery thins out the dearest check: each sequence is still asked often.
const offeredEvery = 4

// The invariants of every case, whatever lawful steps are taken.
func TestCase_KeepsItsInvariants(t *testing.T) {
	t.Parallel()
	const steps = 60
	taken, ended := map[string]int{}, 0
	for seed := range sequences() {
		w := newWalk(seed)
		c := opened(t)
		if seed%4 == 0 {
			c.at(t, "2027-01-20 10:00") // the elder is about to come of age
		}
		if seed%3 == 1 {
			withReferrals(t, c)
		}
		for n := 0; n < steps && !c.state.Closed(); n++ {
			before := c.state.Fork()
			events := len(c.events)
			w.goOn(t, c, 1)
			requireSound(t, c)
			requireChildrenSound(t, c.state)
			requireStays(t, c.state, today(c.now, c.state.Location()))
			requireCourtSound(t, c.state)
			for _, e := range c.events[events:] {
				if e.Type == "case.closed" {
					requireClosable(t, before)
				}
			}
			if n%offeredEvery == 0 {
				requireOffered(t, w, c, w.caseBody)
			}
		}
		require.Empty(t, cmp.Diff(casework.FoldCase(c.events), c.state, asStored()), "seed %d", seed)
		require.Empty(t, cmp.Diff(c.state, reread(t, c.state), asStored()), "seed %d", seed)
		for step, n := range w.taken {
			taken[step] += n
		}
		if c.state.Closed() {
			ended++
		}
	}
	requireAllTaken(t, casework.KindCase, taken)
	require.Positive(t, ended, "some families must have come through")
}

// The invariants of every report, whatever lawful steps are taken.
func TestReport_KeepsItsInvariants(t *testing.T) {
	t.Parallel()
	const steps = 50
	taken := map[string]int{}
	for seed := range sequences() {
		w := newWalk(seed)
		c := one(w, received, accused, sought)(t)
		for n := 0; n < steps && !c.state.Closed(); n++ {
			w.investigates(t, c, 1)
			requireSound(t, c)
			requireVictimsSound(t, c.state)
			if n%offeredEvery == 0 {
				requireOffered(t, w, c, w.reportBody)
			}
		}
		require.Empty(t, cmp.Diff(casework.FoldReport(c.events), c.state, asStored()), "seed %d", seed)
		for step, n := range w.taken {
			taken[step] += n
		}
	}
	requireAllTaken(t, casework.KindReport, taken)
}

func requireAllTaken(t *testing.T, kind casework.AggregateKind, taken map[string]int) {
	t.Helper()
	for _, step := range casework.Steps(kind) {
		if step.Path != "" && !step.Reopens {
			require.Positive(t, taken[step.Name], "%s was never taken: the walk proves nothing about it", step.Name)
		}
	}
}

// requireSound holds what is true of every record.
func requireSound[S any, P state[S]](t *testing.T, c *clerk[S, P]) {
	t.Helper()
	base := c.state.Base()
	require.Equal(t, len(c.events), base.Revision, "the revision counts the events")
	last := c.events[len(c.events)-1]
	require.Equal(t, last.Hash, base.Head)
	prev := ""
	if len(c.events) > 1 {
		prev = c.events[len(c.events)-2].Hash
	}
	require.NoError(t, last.Verify(prev))
	require.Equal(t, base.Revision, last.Seq)
	require.Equal(t, casework.AggregateID(base.Kind, base.Number), last.Aggregate)
	require.Equal(t, base.Closed(), c.state.Stage() == casework.StageClosed || c.state.Stage() == casework.StageScreenedOut)
	require.Contains(t, casework.Stages(), c.state.Stage())
	if base.Closed() {
		require.Empty(t, base.Pending(), "nothing is owed on a closed record")
		require.Empty(t, c.state.Next())
	}
}

// requireChildrenSound tells each child's story from the facts again, and sees
// that episodes of care do not overlap and end after they began.
func requireChildrenSound(t *testing.T, c *casework.Case) {
	t.Helper()
	facts := casework.InOrder(casework.Current(c.Facts), c.Location())
	for _, child := range c.Children {
		var removed casework.Date
		inCare, onTrial, after, home := false, false, false, false
		for _, f := range facts {
			if f.Subject != child.ID {
				continue
			}
			on := f.LocalDate(c.Location())
			switch f.Type { //nolint:exhaustive // the other facts move no child
			case casework.FactChildRemoved:
				require.True(t, !inCare || f.Reason == "trial-home-visit-limit", "one open episode a child")
				onTrial = false
				inCare, removed, after = true, on, false
			case casework.FactTrialHomeVisitStarted:
				require.True(t, inCare && !onTrial)
				onTrial = true
			case casework.FactTrialHomeVisitEnded:
				require.True(t, inCare && onTrial)
				onTrial = false
			case casework.FactEpisodeEnded:
				require.True(t, inCare, "nobody comes home who was not removed")
				require.True(t, on.After(removed), "an exit is after its removal")
				inCare, onTrial, after = false, false, true
				home = f.Reason == "reunification"
			}
		}
		require.Equal(t, inCare, child.InCare())
		require.Equal(t, onTrial, child.Stage == casework.StageTrialHome)
		gone := child.Stage == casework.StageAftercare || child.Stage == casework.StageReunified || child.Stage == casework.StageExited
		require.Equal(t, after, gone)
		require.False(t, home && child.Stage == casework.StageExited)
		require.Equal(t, removed, child.RemovedOn)
		require.Contains(t, casework.Stages(), child.Stage)
		if child.Stage == casework.StageOutOfHomeCare && child.Missing.IsZero() {
			require.NotEmpty(t, child.Setting, "a child in care lives somewhere")
		}
	}
}

func requireClosable(t *testing.T, before *casework.Case) {
	t.Helper()
	require.NotEmpty(t, before.Closing)
	for _, child := range before.Children {
		require.False(t, child.InCare(), "no closing while a child is in care")
	}
	require.Zero(t, before.Overdue())
}

// requireVictimsSound holds that a contact is a fact, and that no finding is
// made on a child whom nobody has met.
func requireVictimsSound(t *testing.T, r *casework.Report) {
	t.Helper()
	met := map[string]bool{}
	var received time.Time
	for _, f := range casework.Current(r.Facts) {
		switch f.Type { //nolint:exhaustive // the other facts meet nobody
		case casework.FactReportReceived:
			received = f.At
		case casework.FactVictimContacted:
			met[f.Subject] = true
			require.False(t, f.At.Before(received))
		}
	}
	require.False(t, received.IsZero(), "a report was received")
	for _, v := range r.Victims {
		require.Equal(t, met[v.ID], v.Contacted)
	}
	if r.Disposition != "" && r.Disposition != "screened-out" && r.Disposition != "duplicate" {
		settled := map[string]bool{}
		for _, v := range r.Victims {
			settled[v.ID] = met[v.ID] || v.Excepted != "" || v.Unlocated
		}
		for _, a := range r.Allegations {
			require.True(t, a.Finding != "" || r.Track == "alternative-response", "no investigation ends with an open allegation")
			require.True(t, settled[a.Victim], "no report ends with a victim unseen and not given up")
		}
	}
}

// requireOffered sees that a step is offered exactly when it is not blocked.
func requireOffered[S any, P state[S]](t *testing.T, w *walk, c *clerk[S, P], write func(P, time.Time, casework.NextStep) casework.Body) {
	t.Helper()
	for _, next := range c.state.Next() {
		_, err := c.state.Decide(c.command(t, w.actor(next.Roles), write(c.state, c.now, next)))
		if next.Ready {
			require.Empty(t, next.Missing)
			if err != nil {
				requireKind(t, err, next)
			}
			continue
		}
		require.NotEmpty(t, next.Missing)
		require.Equal(t, casework.Blocked, casework.KindOf(err), "%s %s: %v", next.Step, next.Subject, err)
	}
}
