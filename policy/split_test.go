package policy_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/policy"
)

// family drives a case of three children as the workflow does.
type family struct {
	*testing.T

	pack  string
	state *casework.Case
	now   time.Time
}

func (f *family) at(wall string) {
	f.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", wall, f.state.Location())
	require.NoError(f, err)
	f.now = at
}

func (f *family) does(role casework.Role, name string, body casework.Body) casework.Event {
	f.Helper()
	id := fmt.Sprintf("c-%d", f.state.Revision+1)
	e, err := f.state.Decide(casework.Command{
		ID: id, Fingerprint: id, Name: name, Actor: casework.Actor{ID: "w-" + string(role), Role: role}, Body: body, Now: f.now.UTC(),
	})
	require.NoError(f, err)
	require.NoError(f, e.Seal(f.state.Head))
	f.state.Apply(e)
	return e
}

// owed lists what the law says of a child at an instant: duty, due date, status and
// the reason for the date.
func (f *family) owed(of *casework.Case, child string, at time.Time) []string {
	f.Helper()
	library, err := policy.Load()
	require.NoError(f, err)
	pack, err := library.Pack(of.Pack)
	require.NoError(f, err)
	var about []policy.Subject
	for _, s := range of.Subjects() {
		about = append(about, policy.Subject{ID: s.ID, Born: s.Born})
	}
	var owed []string
	for _, d := range pack.Evaluate(policy.Input{Zone: of.Location(), Subjects: about, Facts: of.Facts}, at) {
		if d.Subject == child {
			owed = append(owed, fmt.Sprint(d.ID, " ", d.Due, " ", d.Status, " ", d.Why))
		}
	}
	return owed
}

// Three siblings come into care on 2025-03-03 and one of them is gone for three
// weeks. On 2026-05-30 two of them get a case of their own.
func TestSplit_EveryClockGoesOnFromWhereItBegan(t *testing.T) {
	t.Parallel()
	for _, pack := range []string{"us-federal@2025.1", "washington@2025.1"} {
		t.Run(pack, func(t *testing.T) {
			t.Parallel()
			f := &family{T: t, pack: pack, state: &casework.Case{}, now: time.Date(2025, 3, 3, 18, 0, 0, 0, time.UTC)}
			f.lives()
			children := f.state.Subjects()
			before := f.state.Fork()
			split := &casework.Split{
				Number: "2002", Children: []string{"P2", "P3"}, Reason: "adoption", Note: "text", Worker: "w-2", Supervisor: "w-3",
			}
			e := f.does(casework.RoleSupervisor, casework.StepSplit, split)
			other := &casework.Case{}
			branch := before.Branch(split, e.Actor, e.RecordedAt)
			branch.Now = e.RecordedAt
			opened, err := other.Decide(branch)
			require.NoError(t, err)
			other.Apply(opened)

			// As it is on the day, and as it will be: nothing is lost, nothing begins anew.
			for _, days := range []int{0, 1, 60, 400} {
				at := e.RecordedAt.AddDate(0, 0, days)
				for i, child := range children {
					in := other
					if i == 0 {
						in = f.state
					}
					was := f.owed(before, child.ID, at)
					require.Greater(t, len(was), 10)
					require.Equal(t, was, f.owed(in, child.ID, at), "%s after %d days", child.ID, days)
				}
			}
			// Entered care on day 60, 2025-05-02. The fifteenth month of care is over on
			// 2026-08-02, and 21 days later for who was missing for 21 days.
			require.Contains(t, fmt.Sprint(f.owed(other, "P2", e.RecordedAt)), "tpr-petition/P2/1 2026-08-02 open")
			require.Contains(t, fmt.Sprint(f.owed(other, "P3", e.RecordedAt)), "tpr-petition/P3/1 2026-08-23 open")
			require.Empty(t, f.owed(f.state, "P2", e.RecordedAt), "and nothing is owed about them here")
			require.Empty(t, f.owed(other, "P1", e.RecordedAt))
		})
	}
}

// lives takes the family to 2026-05-30.
func (f *family) lives() {
	f.Helper()
	all := []string{"P1", "P2", "P3"}
	var children []casework.Subject
	for i, id := range all {
		children = append(children, casework.Subject{ID: id, Born: casework.NewDate(2010+4*i, time.June, 30)})
	}
	f.does(casework.RoleSystem, casework.StepOpen, &casework.Opening{
		Number: "2001", Report: "1001", On: casework.NewDate(2025, time.March, 3), Children: children,
		Timezone: "America/Los_Angeles", Office: "north", Jurisdiction: "us", Pack: f.pack, Worker: "w-1", Supervisor: "w-9", Risk: "high",
	})
	f.at("2025-03-03 20:00")
	f.does(casework.RoleCaseworker, "child.remove", &casework.Removal{
		Children: all, At: f.now.Add(-time.Hour), Authority: "court-order", Danger: "text", Efforts: "text",
		ICWAInquiry: "no-reason-to-know", RelativesAsked: true, Setting: "foster-home",
	})
	f.at("2025-03-20 12:00")
	f.does(casework.RoleCaseworker, "relatives.notify", &casework.RelativeNotice{Children: all, On: casework.NewDate(2025, time.March, 19)})
	for month := range 13 {
		f.now = f.now.AddDate(0, 1, 0)
		seen := all
		if month == 4 {
			f.does(casework.RoleCaseworker, "missing.record", &casework.Missing{
				Children: []string{"P3"}, InformedAt: f.now, LastSeen: casework.DateOf(f.now.In(f.state.Location())), Kind: "runaway",
				Circumstances: "text",
			})
			seen = all[:2]
		}
		f.does(casework.RoleCaseworker, "visit.record", &casework.Visit{
			Children: seen, At: f.now.Add(-time.Hour), InResidence: true, Place: "residence", Notes: "text",
		})
		if month == 4 {
			f.now = f.now.AddDate(0, 0, 21)
			f.does(casework.RoleCaseworker, "missing.find", &casework.Found{Children: []string{"P3"}, At: f.now})
		}
	}
	f.does(casework.RoleCaseworker, "hearing.record", &casework.Hearing{
		Children: all, Type: casework.Permanency, At: f.now.Add(-time.Hour), Body: "court", EffortsToFinalize: true,
	})
	f.at("2026-05-30 12:00")
}
