package casework_test

import (
	"encoding/json"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// walkSteps is how many steps a walk has at least.
const walkSteps = 50

// walks is how many of the random walks are those of a kind of record. Together they
// are HOMEWARD_WALKS, or few enough for the race detector; four of five are of cases.
func walks(t *testing.T, kind casework.AggregateKind) uint64 {
	t.Helper()
	const share, few = 5, 400
	all := uint64(few)
	if asked := os.Getenv("HOMEWARD_WALKS"); asked != "" {
		n, err := strconv.ParseUint(asked, 10, 64)
		require.NoError(t, err)
		all = n
	}
	if kind == casework.KindReport {
		return all / share
	}
	return all - all/share
}

// census is what became of many walks.
type census struct {
	mu sync.Mutex
	// walks and steps count those of at least [walkSteps] and what was taken in them;
	// ended counts the records that were closed.
	walks, steps, ended int
	taken               map[string]int
}

func (n *census) add(w *walk) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.walks++
	n.ended += w.ended
	for step, times := range w.taken {
		n.taken[step] += times
		n.steps += times
	}
}

// unaided is a test whose helpers need not say that they are: each Helper walks the
// stack, which costs a walk a fifth of its time.
type unaided struct{ testing.TB }

func (unaided) Helper() {}

// holds takes as many walks as are asked for, side by side, and sees that every step
// of a kind of record was among them.
func holds(t *testing.T, kind casework.AggregateKind, live func(t testing.TB, seed uint64) *walk) {
	t.Helper()
	const parts = 16
	all, seen := walks(t, kind), &census{taken: map[string]int{}}
	t.Run("walks", func(t *testing.T) {
		for part := range uint64(parts) {
			t.Run(strconv.FormatUint(part, 10), func(t *testing.T) {
				t.Parallel()
				for seed := part; seed < all; seed += parts {
					w := live(unaided{t}, seed)
					require.GreaterOrEqual(t, w.steps(), walkSteps, "seed %d", seed)
					seen.add(w)
				}
			})
		}
	})
	require.EqualValues(t, all, seen.walks)
	require.Positive(t, seen.ended, "some must have come to an end")
	requireAllTaken(t, kind, seen.taken)
	t.Logf("%d walks of %d steps or more, %d steps in all, %d records closed", seen.walks, walkSteps, seen.steps, seen.ended)
}

// The invariants of every case, whatever lawful steps are taken. A case that is
// closed is taken up again.
func TestCase_KeepsItsInvariants(t *testing.T) {
	t.Parallel()
	holds(t, casework.KindCase, func(t testing.TB, seed uint64) *walk {
		t.Helper()
		w := newWalk(seed)
		w.probes = 1
		c := opened(t)
		if seed%4 == 0 {
			c.at(t, "2027-01-20 10:00") // the elder is about to come of age
		}
		if seed%3 == 1 {
			withReferrals(t, c)
		}
		for w.steps() < walkSteps {
			before, events := c.state.Fork(), len(c.events)
			w.goOn(t, c, 1)
			if len(c.events) == events {
				continue
			}
			requireSound(t, c)
			requireFamilySound(t, c)
			for _, e := range c.events[events:] {
				if e.Type == "case.closed" {
					requireClosable(t, before)
				}
				if e.Type == "case.split" {
					w.parts(t, before, c, e)
				}
			}
		}
		requireStored(t, seed, c.state, casework.FoldCase(c.events))
		return w
	})
}

// The invariants of every report, whatever lawful steps are taken. A report that
// ended is followed by the next.
func TestReport_KeepsItsInvariants(t *testing.T) {
	t.Parallel()
	holds(t, casework.KindReport, func(t testing.TB, seed uint64) *walk {
		t.Helper()
		w := newWalk(seed)
		w.probes = 1
		for w.steps() < walkSteps {
			c := one(w, received, accused, sought)(t)
			for w.steps() < walkSteps && (!c.state.Closed() || c.state.Original != "" && w.rng.IntN(2) == 0) {
				w.investigates(t, c, 1)
				requireSound(t, c)
				requireVictimsSound(t, c.state)
			}
			requireStored(t, seed, c.state, casework.FoldReport(c.events))
		}
		return w
	})
}

// requireFamilySound holds what is true of every case.
func requireFamilySound(t testing.TB, c *caseClerk) {
	t.Helper()
	requireChildrenSound(t, c.state)
	requireStays(t, c.state, today(c.now, c.state.Location()))
	requireCourtSound(t, c.state)
}

// requireStored sees that a state is what its events make of it, and survives being
// stored.
func requireStored[S any](t testing.TB, seed uint64, state, folded S) {
	t.Helper()
	const closely = 20 // comparing field by field costs more than a walk
	if seed%closely == 0 {
		require.Empty(t, cmp.Diff(folded, state, asStored()), "seed %d", seed)
		require.Empty(t, cmp.Diff(state, reread(t, state), asStored()), "seed %d", seed)
		return
	}
	want, err := json.Marshal(folded)
	require.NoError(t, err)
	got, err := json.Marshal(state)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "seed %d", seed)
}

func requireAllTaken(t *testing.T, kind casework.AggregateKind, taken map[string]int) {
	t.Helper()
	for _, step := range casework.Steps(kind) {
		if step.Path != "" {
			require.Positive(t, taken[step.Name], "%s was never taken: the walk proves nothing about it", step.Name)
		}
	}
}

// verifyEvery thins out what depends on no step that was taken.
const verifyEvery = 5

// requireSound holds what is true of every record.
func requireSound[S any, P state[S]](t testing.TB, c *clerk[S, P]) {
	t.Helper()
	base := c.state.Base()
	require.Equal(t, len(c.events), base.Revision, "the revision counts the events")
	last := c.events[len(c.events)-1]
	require.Equal(t, last.Hash, base.Head)
	prev := ""
	if len(c.events) > 1 {
		prev = c.events[len(c.events)-2].Hash
	}
	if base.Revision%verifyEvery == 0 {
		require.NoError(t, last.Verify(prev))
	}
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
func requireChildrenSound(t testing.TB, c *casework.Case) {
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

func requireClosable(t testing.TB, before *casework.Case) {
	t.Helper()
	require.NotEmpty(t, before.Closing)
	for _, child := range before.Children {
		require.False(t, child.InCare(), "no closing while a child is in care")
	}
	require.Zero(t, before.Overdue())
}

// requireVictimsSound holds that a contact is a fact, and that no finding is
// made on a child whom nobody has met.
func requireVictimsSound(t testing.TB, r *casework.Report) {
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

// requireOffered sees of some of the steps ahead that each is refused exactly when it
// is said to be blocked.
func requireOffered[S any, P state[S]](
	t testing.TB, w *walk, c *clerk[S, P], ahead []casework.NextStep, write func(P, time.Time, casework.NextStep) casework.Body,
) {
	t.Helper()
	for range w.probes {
		next := one(w, ahead...)
		cmd := c.command(t, w.actor(next.Roles), write(c.state, c.now, next))
		cmd.Edition = casework.Edition // what is ahead is said by the newest rules
		_, err := c.state.Decide(cmd)
		require.Equal(t, next.Ready, len(next.Missing) == 0)
		if !next.Ready {
			require.Equal(t, casework.Blocked, casework.KindOf(err), "%s %s: %v", next.Step, next.Subject, err)
		} else if err != nil {
			requireKind(t, err, next)
		}
	}
}
