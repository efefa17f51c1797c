package policy_test

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"homeward/casework"
	"homeward/policy"
)

// ladderFile is what this test reads of a released pack: who is to be told what.
type ladderFile struct {
	ID      string `yaml:"id"`
	Version string `yaml:"version"`
	Extends string `yaml:"extends"`
	Ladders []struct {
		ID        string                           `yaml:"id"`
		AtRisk    *struct{ Tell []casework.Role }  `yaml:"at_risk"`
		Overdue   *struct{ Tell []casework.Role }  `yaml:"overdue"`
		Escalated []struct{ Tell []casework.Role } `yaml:"escalated"`
	} `yaml:"ladders"`
	Clocks []struct {
		ID     string `yaml:"id"`
		Ladder string `yaml:"ladder"`
	} `yaml:"clocks"`
}

func (f ladderFile) ref() string { return f.ID + "@" + f.Version }

// rung is one line of a ladder as a pack has it.
type rung struct {
	kind casework.RungKind
	tell []casework.Role
}

// rungs are the lines of a ladder, in order.
func (f ladderFile) rungs(id string) []rung {
	var rungs []rung
	for _, l := range f.Ladders {
		if l.ID != id {
			continue
		}
		if l.AtRisk != nil {
			rungs = append(rungs, rung{casework.RungAtRisk, l.AtRisk.Tell})
		}
		if l.Overdue != nil {
			rungs = append(rungs, rung{casework.RungOverdue, l.Overdue.Tell})
		}
		for _, e := range l.Escalated {
			rungs = append(rungs, rung{casework.RungEscalated, e.Tell})
		}
	}
	return rungs
}

func releasedLadders(t *testing.T) map[string]ladderFile {
	t.Helper()
	files, err := filepath.Glob("packs/*.yaml")
	require.NoError(t, err)
	packs := map[string]ladderFile{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		var f ladderFile
		require.NoError(t, yaml.Unmarshal(content, &f))
		packs[f.ref()] = f
	}
	return packs
}

// Every rung that a pack configures is reached by time alone, and tells exactly
// those whom it names: each clock is taken from its hand-worked vectors while it
// is owed, and the record's clock is moved from rung to rung.
func TestLadders_OfEveryPackAreCarriedOutRungByRung(t *testing.T) {
	t.Parallel()
	packs := releasedLadders(t)
	for ref, f := range packs {
		climbed := map[string]bool{}
		for _, clock := range f.Clocks {
			if clock.Ladder == "" {
				continue
			}
			rungs := f.rungs(clock.Ladder)
			if len(rungs) == 0 {
				rungs = packs[f.Extends].rungs(clock.Ladder)
			}
			require.NotEmpty(t, rungs, "%s: ladder %s", ref, clock.Ladder)
			climbed[clock.Ladder] = true
			t.Run(ref+"/"+clock.ID, func(t *testing.T) {
				t.Parallel()
				climb(t, f, clock.ID, rungs)
			})
		}
		for _, l := range f.Ladders {
			require.True(t, climbed[l.ID] || usedByAnother(packs, f.ref(), l.ID), "%s: no clock uses the ladder %s", ref, l.ID)
		}
	}
}

func usedByAnother(packs map[string]ladderFile, base, ladder string) bool {
	for _, f := range packs {
		for _, clock := range f.Clocks {
			if f.Extends == base && clock.Ladder == ladder {
				return true
			}
		}
	}
	return false
}

// climb takes the first vector of a clock in which a duty is owed with its whole
// ladder ahead, and plays it.
func climb(t *testing.T, f ladderFile, clock string, rungs []rung) {
	t.Helper()
	law := packNamed(t, f.ref())
	v := readVectors(t, path.Join(f.ID, clock+".yaml"))
	for _, c := range v.Cases {
		in := suite{zone: c.or(c.Zone, v.Zone), born: c.or(c.Born, v.Born)}.input(t, c.facts(t))
		for _, asOf := range looks(t, in, c.AsOf) {
			known := in
			known.Facts = slices.DeleteFunc(slices.Clone(in.Facts), func(f casework.Fact) bool {
				return f.LocalDate(in.Zone).Start(in.Zone).After(asOf)
			})
			owed := law.Evaluate(known, asOf)
			i := slices.IndexFunc(owed, func(d casework.Duty) bool {
				return d.Clock == clock && d.Status.Pending() && len(d.Rungs) > 0 && d.Rungs[0].At.After(asOf)
			})
			if i >= 0 {
				play(t, law, known, asOf, owed, owed[i], rungs)
				return
			}
		}
	}
	require.Failf(t, "no vector", "no vector of %s/%s shows the duty before its first rung", f.ID, clock)
}

// looks are the moments at which a vector may show the duty as owed: its own, and
// noon of each day on which something happened.
func looks(t *testing.T, in policy.Input, asOf string) []time.Time {
	t.Helper()
	times := []time.Time{instant(t, asOf, in.Zone)}
	for _, f := range in.Facts {
		times = append(times, f.LocalDate(in.Zone).Start(in.Zone).Add(12*time.Hour))
	}
	return times
}

// play moves the clock of a record from rung to rung of a duty.
func play(
	t *testing.T, law *policy.Pack, in policy.Input, asOf time.Time, owed []casework.Duty, d casework.Duty, rungs []rung,
) {
	t.Helper()
	require.Len(t, d.Rungs, len(rungs), "%s has every rung of its ladder", d.ID)
	record := &casework.Case{Record: casework.Record{
		Kind: casework.KindCase, Number: "1", Timezone: in.Zone.String(), Worker: "w-worker", Supervisor: "w-supervisor", Revision: 1,
	}}
	record.Apply(changed(record, owed, asOf))
	for n, want := range rungs {
		require.Equal(t, want.kind, d.Rungs[n].Kind)
		at := d.Rungs[n].At
		duties := law.Evaluate(in, at)
		e := changed(record, duties, at)
		told := toldOf(t, record.NoticesFor(e), d.ID, n+1)
		record.Apply(e)
		switch stands(duties, d.ID) { //nolint:exhaustive // otherwise it is still owed
		case casework.DutyIncurable: // no later rung comes, so this one is the last and tells everybody
			for _, later := range rungs[n+1:] {
				want.tell = append(slices.Clone(want.tell), later.tell...)
			}
			require.Equal(t, want.tell, told, "rung %d of %s, which cannot be made up", n+1, d.ID)
			return
		case casework.DutyMet: // a time that had to pass has passed
			require.Empty(t, told)
			return
		}
		require.Equal(t, want.tell, told, "rung %d of %s", n+1, d.ID)
	}
}

func stands(duties []casework.Duty, id string) casework.DutyStatus {
	for _, d := range duties {
		if d.ID == id {
			return d.Status
		}
	}
	return ""
}

// changed is the event that the passing of time to an instant makes.
func changed(record *casework.Case, duties []casework.Duty, at time.Time) casework.Event {
	return casework.Event{
		Seq: record.Revision + 1, Type: casework.EventDutiesChanged, RecordedAt: at,
		Body: &casework.DutiesChanged{Changes: record.Changes(duties, at)},
	}
}

// toldOf lists the roles that were told of a duty at a rung, and sees that each
// reaches somebody and says why.
func toldOf(t *testing.T, notices []casework.Notice, duty string, rung int) []casework.Role {
	t.Helper()
	var roles []casework.Role
	for _, n := range notices {
		if n.Duty != duty || n.Kind == casework.NoticeDutyMoved {
			continue
		}
		require.Equal(t, n.Role == casework.RoleManager, n.ManagerOf == "w-supervisor")
		require.True(t, n.Recipient != "" || n.ManagerOf != "", "a notice is for somebody")
		require.Equal(t, rung, n.Why.Rung)
		require.NotEmpty(t, n.Why.Citation)
		require.Contains(t, n.Text, "You are told because you are the "+string(n.Role))
		roles = append(roles, n.Role)
	}
	return roles
}
