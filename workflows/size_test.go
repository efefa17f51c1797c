package workflows_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/app"
	"homeward/internal/config"
	"homeward/workflows"
)

// The limits of a Temporal payload: beyond the first the server warns, beyond
// the second it fails the run.
const (
	payloadWarns = 512 << 10
	payloadFails = 2 << 20
)

// family is a case far larger than they are: six children in care for five
// years, visited every month, with a hearing every half year.
type family struct {
	tb    testing.TB
	law   workflows.Law
	state *casework.Case
	ids   []string
	now   time.Time
	taken int
}

func newFamily(tb testing.TB, law workflows.Law) *family {
	tb.Helper()
	f := &family{tb: tb, law: law, state: &casework.Case{}, now: time.Date(2020, time.January, 6, 17, 0, 0, 0, time.UTC)}
	c := *opening("7008")
	body := *c.Body.(*casework.Opening)
	body.On, body.Children = casework.DateOf(f.now), nil
	for i := range 6 {
		id := fmt.Sprintf("p-%d", 100_000+i)
		f.ids = append(f.ids, id)
		body.Children = append(body.Children, casework.Subject{ID: id, Born: casework.NewDate(2010+i, time.May, 1)})
	}
	c.Body = &body
	f.takes(c)
	return f
}

// takes decides a command and applies all that follows from it.
func (f *family) takes(c casework.Command) casework.Transition {
	f.tb.Helper()
	f.taken++
	c.ID = fmt.Sprintf("%064d", f.taken)
	c.Fingerprint, c.Now = c.ID, f.now
	after, t, err := workflows.Propose(casework.KindCase, f.law, "case-7008", f.state, c)
	require.NoError(f.tb, err)
	f.state = after
	f.state.Keep(t.Answer)
	return t
}

// passes lets time alone act.
func (f *family) passes(d time.Duration) {
	f.tb.Helper()
	f.now = f.now.Add(d)
	after, t, err := workflows.Pass(casework.KindCase, f.law, "case-7008", f.state, casework.Command{
		ID: fmt.Sprintf("time/%d", f.state.Revision+1), Now: f.now,
	})
	require.NoError(f.tb, err)
	if len(t.Events) > 0 {
		f.state = after
		f.state.Keep(t.Answer)
	}
}

func (f *family) caseworker(name string, body casework.Body) casework.Transition {
	f.tb.Helper()
	return f.takes(command(casework.RoleCaseworker, name, body))
}

// lives lets the family go through months of care.
func (f *family) lives(months int) {
	f.tb.Helper()
	taken := removal(f.now)
	taken.Children = f.ids
	f.caseworker("child.remove", taken)
	for month := range months {
		f.passes(30 * 24 * time.Hour)
		f.visit()
		if month%6 == 5 {
			for _, kind := range []string{casework.Review, casework.Permanency} {
				f.caseworker("hearing.record", &casework.Hearing{
					Children: f.ids, Type: kind, At: f.now, Body: "court", EffortsToFinalize: true,
				})
			}
		}
	}
}

func (f *family) visit() casework.Transition {
	f.tb.Helper()
	return f.caseworker("visit.record", &casework.Visit{
		Children: f.ids, At: f.now, InResidence: true, Alone: true, Notes: "0123456789abcdef0123456789abcdef",
	})
}

func size(tb testing.TB, value any) int {
	tb.Helper()
	data, err := json.Marshal(value)
	require.NoError(tb, err)
	return len(data)
}

func TestState_OfALargeFamilyStaysFarBelowTheLimits(t *testing.T) {
	t.Parallel()
	f := newFamily(t, current(t).Law)
	f.lives(60)
	require.Greater(t, len(f.state.Facts), 6*60)
	input := size(t, workflows.Input[casework.Case]{State: f.state})
	transition := size(t, f.visit())
	t.Logf("state %d bytes, transition %d bytes, %d facts, %d duties", input, transition, len(f.state.Facts), len(f.state.Ledger))
	require.Less(t, input, payloadWarns, "what continue-as-new carries")
	require.Less(t, transition, payloadWarns, "what a step records")
	require.Less(t, input, payloadFails/4)
}

// The reason for a date follows from facts. If time alone gave it other words,
// every step would record every duty again.
func TestTime_GivesNoDutyAnotherReason(t *testing.T) {
	t.Parallel()
	f := newFamily(t, current(t).Law)
	f.lives(26)
	for range 200 {
		f.now = f.now.Add(36 * time.Hour)
		after, transition, err := workflows.Pass(casework.KindCase, f.law, "case-7008", f.state, casework.Command{
			ID: fmt.Sprintf("time/%d", f.state.Revision+1), Now: f.now,
		})
		require.NoError(t, err)
		for _, e := range transition.Events {
			for _, c := range changes(e) {
				require.False(t, c.Reworded, "%s: %s", c.Duty.ID, c.Says())
			}
			f.state = after
		}
	}
}

// BenchmarkPropose is the pure part of a step on a large case.
func BenchmarkPropose(b *testing.B) {
	law, err := app.Law(config.Packs{})
	require.NoError(b, err)
	for _, months := range []int{1, 60} {
		b.Run(fmt.Sprintf("after %d months", months), func(b *testing.B) {
			f := newFamily(b, law)
			f.lives(months)
			visit := command(casework.RoleCaseworker, "visit.record", &casework.Visit{
				Children: f.ids, At: f.now, InResidence: true, Notes: "t-3",
			})
			visit.Now = f.now
			for b.Loop() {
				_, _, err := workflows.Propose(casework.KindCase, law, "case-7008", f.state, visit)
				require.NoError(b, err)
			}
		})
	}
}

// maxPropose is what the pure part of one step on a large case may take: it
// runs inside a workflow task, whose deadlock detector allows a second.
const maxPropose = 250 * time.Millisecond

func TestPropose_IsFastOnALargeCase(t *testing.T) {
	t.Parallel()
	f := newFamily(t, current(t).Law)
	f.lives(60)
	fastest := time.Hour
	for range 5 { // the machine may be busy
		begun := time.Now()
		f.visit()
		fastest = min(fastest, time.Since(begun))
	}
	require.Less(t, fastest, maxPropose)
}
