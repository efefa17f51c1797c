package policy_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/policy"
)

// vector is a case worked by hand: facts, a day to look at them, and what one
// clock makes of them.
type vector struct {
	name  string
	facts []casework.Fact
	// asOf is a local day, which means its end, or an instant.
	asOf string
	// want has a line for each duty: occurrence, due, status and, when met, on
	// what day or at which hour: "1 2024-09-10 met 2024-09-01". The item comes
	// first, where there is one: "order-2 1 2024-09-10 open".
	want []string
}

// suite is what the vectors of a table share.
type suite struct {
	pack, zone, clock, born string
}

func (s suite) run(t *testing.T, vectors []vector) {
	t.Helper()
	pack := packNamed(t, s.pack)
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			in := s.input(t, v.facts)
			var got []string
			for _, d := range pack.Evaluate(in, instant(t, v.asOf, in.Zone)) {
				requireSound(t, d, in)
				if d.Clock == s.clock {
					line := fmt.Sprintf("%s %d %s %s %s", d.Ref, d.Occurrence, d.Due, d.Status, d.MetOn)
					got = append(got, strings.TrimSpace(line))
				}
			}
			require.Empty(t, cmp.Diff(v.want, got))
		})
	}
}

func (s suite) input(t *testing.T, facts []casework.Fact) policy.Input {
	t.Helper()
	zone, err := time.LoadLocation(s.zone)
	require.NoError(t, err)
	child := policy.Subject{ID: "C1"}
	if s.born != "" {
		child.Born = day(s.born)
	}
	return policy.Input{Zone: zone, Subjects: []policy.Subject{child}, Facts: numbered(facts)}
}

// requireSound holds what is true of every duty, whatever the clock.
func requireSound(t *testing.T, d casework.Duty, in policy.Input) {
	t.Helper()
	id := fmt.Sprintf("%s/%d", d.Clock, d.Occurrence)
	if d.Subject != "" {
		id = fmt.Sprintf("%s/%s/%d", d.Clock, d.Subject, d.Occurrence)
	}
	if d.Ref != "" {
		id += "/" + d.Ref
	}
	require.Equal(t, id, d.ID)
	require.NotEmpty(t, d.Title)
	require.NotEmpty(t, d.Citation)
	require.True(t, d.Owner.Known(), "owner of %s", d.ID)
	require.Equal(t, time.UTC, d.DueAt.Location())
	require.Zero(t, d.DueAt.Nanosecond())
	if len(d.Due) == len(time.DateOnly) {
		require.Equal(t, day(d.Due).End(in.Zone).UTC(), d.DueAt, "%s is due with the last second of its day", d.ID)
	} else {
		due, err := time.Parse(time.RFC3339, d.Due)
		require.NoError(t, err)
		require.True(t, due.Equal(d.DueAt), "%s shows the hour it is due", d.ID)
	}
	requireChain(t, d, in)
	require.Equal(t, d.Status.Pending(), len(d.Rungs) > 0, "only a pending duty has a ladder: %s", d.ID)
	require.True(t, slices.IsSortedFunc(d.Rungs, func(a, b casework.Rung) int { return a.At.Compare(b.At) }), "ladder of %s", d.ID)
	require.Equal(t, d.Status == casework.DutyMet || d.Status == casework.DutyMetLate, d.MetOn != "")
}

// requireChain checks that the reason of a duty begins with a fact that
// happened and names the due date.
func requireChain(t *testing.T, d casework.Duty, in policy.Input) {
	t.Helper()
	require.GreaterOrEqual(t, len(d.Why), 2, "reason of %s", d.ID)
	begins := slices.ContainsFunc(in.Facts, func(f casework.Fact) bool {
		return strings.Contains(d.Why[0], f.LocalDate(in.Zone).String())
	})
	require.True(t, begins, "the reason of %s begins with no fact: %q", d.ID, d.Why)
	ends := slices.ContainsFunc(d.Why, func(step string) bool { return strings.Contains(step, d.Due[:len(time.DateOnly)]) })
	require.True(t, ends, "the reason of %s does not lead to %s: %q", d.ID, d.Due, d.Why)
}

// packs are the released ones and those of the made-up state.
var packs = sync.OnceValues(func() (*policy.Library, error) { return policy.Load(os.DirFS("testdata/packs")) })

func packNamed(tb testing.TB, ref string) *policy.Pack {
	tb.Helper()
	library, err := packs()
	require.NoError(tb, err)
	pack, err := library.Pack(ref)
	require.NoError(tb, err)
	return pack
}

// fact makes a fact that happened on a day or at an instant.
func fact(kind casework.FactType, when string, set ...func(*casework.Fact)) casework.Fact {
	f := casework.Fact{Type: kind}
	if len(when) == len(time.DateOnly) {
		f.On = day(when)
	} else {
		at, err := time.Parse(time.RFC3339, when)
		if err != nil {
			panic(err)
		}
		f.At = at
	}
	for _, s := range set {
		s(&f)
	}
	return f
}

func priority(p string) func(*casework.Fact) { return func(f *casework.Fact) { f.Priority = p } }
func setting(s string) func(*casework.Fact)  { return func(f *casework.Fact) { f.Setting = s } }
func subject(s string) func(*casework.Fact)  { return func(f *casework.Fact) { f.Subject = s } }
func until(d string) func(*casework.Fact)    { return func(f *casework.Fact) { f.Until = day(d) } }
func to(s string) func(*casework.Fact)       { return func(f *casework.Fact) { f.To = s } }
func days(n int) func(*casework.Fact)        { return func(f *casework.Fact) { f.Days = n } }
func ref(s string) func(*casework.Fact)      { return func(f *casework.Fact) { f.Ref = s } }
func by(s string) func(*casework.Fact)       { return func(f *casework.Fact) { f.By = s } }
func id(s string) func(*casework.Fact)       { return func(f *casework.Fact) { f.ID = s } }
func corrects(s string) func(*casework.Fact) { return func(f *casework.Fact) { f.Corrects = s } }
func recorded(s string) func(*casework.Fact) {
	return func(f *casework.Fact) { f.Recorded = day(s).Start(time.UTC) }
}
func courtOrdered(f *casework.Fact)      { f.CourtOrdered = true }
func contraryToWelfare(f *casework.Fact) { f.ContraryToWelfare = true }
func inResidence(f *casework.Fact)       { f.InResidence = true }
func effortsToPrevent(f *casework.Fact)  { f.EffortsToPrevent = true }
func effortsToFinalize(f *casework.Fact) { f.EffortsToFinalize = true }
func withdrawn(of string) func(*casework.Fact) {
	return func(f *casework.Fact) { f.Corrects, f.Withdrawn = of, true }
}

// numbered gives IDs to the facts that have none.
func numbered(facts []casework.Fact) []casework.Fact {
	facts = slices.Clone(facts)
	for i := range facts {
		if facts[i].ID == "" {
			facts[i].ID = fmt.Sprintf("f%d", i)
		}
	}
	return facts
}

func day(s string) casework.Date {
	d, err := casework.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func instant(t *testing.T, s string, zone *time.Location) time.Time {
	t.Helper()
	if len(s) == len(time.DateOnly) {
		return day(s).End(zone)
	}
	at, err := time.Parse(time.RFC3339, s)
	require.NoError(t, err)
	return at
}
