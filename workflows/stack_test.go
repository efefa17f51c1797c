package workflows_test

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

// The people of the tests, by opaque ID.
const (
	hotline      = "w-hotline"
	investigator = "w-investigator"
	caseworker   = "w-caseworker"
	supervisor   = "w-supervisor"
)

func actor(role casework.Role) casework.Actor {
	ids := map[casework.Role]string{ //nolint:exhaustive // the others take no steps here
		casework.RoleHotline: hotline, casework.RoleInvestigator: investigator,
		casework.RoleCaseworker: caseworker, casework.RoleSupervisor: supervisor,
	}
	return casework.Actor{ID: ids[role], Role: role}
}

// command is a step by somebody of a role, under a key of its own.
func command(role casework.Role, name string, body casework.Body) casework.Command {
	key := rand.Text()
	return casework.Command{ID: key, Fingerprint: key, Name: name, Actor: actor(role), Body: body}
}

// record drives one report or case in a test.
type record struct {
	*teststack.Stack

	t  testing.TB
	id string
}

// do takes a step that must be accepted.
func (r record) do(role casework.Role, name string, body casework.Body) casework.Answer {
	r.t.Helper()
	answer, err := r.Send(r.t.Context(), r.id, command(role, name, body))
	require.NoError(r.t, err, name)
	return answer
}

// now is the record's own time.
func (r record) now() time.Time {
	r.t.Helper()
	now, err := r.Mover.Now(r.t.Context(), r.id)
	require.NoError(r.t, err)
	return now
}

// forward moves the record's time.
func (r record) forward(days int) {
	r.t.Helper()
	require.NoError(r.t, r.Mover.By(r.t.Context(), r.id, time.Duration(days)*24*time.Hour))
}

// openCase opens a case with two children, past the report.
func openCase(t testing.TB, s *teststack.Stack) record {
	t.Helper()
	r, _ := tryOpenCase(t, s, nil)
	return r
}

func tryOpenCase(t testing.TB, s *teststack.Stack, change func(*casework.Opening)) (record, casework.Answer) {
	t.Helper()
	number := s.Number(t, casework.KindCase)
	body := &casework.Opening{
		Number: number, Report: "1", On: casework.DateOf(time.Now()), Timezone: "America/Los_Angeles", Office: "north",
		Jurisdiction: "washington", Pack: "us-federal@2025.1", Worker: caseworker, Supervisor: supervisor, Risk: "high",
		Children: []casework.Subject{
			{ID: "p-1", Born: casework.NewDate(2018, time.March, 3)}, {ID: "p-2", Born: casework.NewDate(2021, time.July, 9)},
		},
	}
	if change != nil {
		change(body)
	}
	id := casework.AggregateID(casework.KindCase, number)
	answer, err := s.Open(t.Context(), id, casework.Command{
		ID: "open/" + id, Fingerprint: "open", Name: casework.StepOpen,
		Actor: casework.Actor{ID: supervisor, Role: casework.RoleSystem}, Body: body,
	})
	require.NoError(t, err)
	return record{Stack: s, t: t, id: id}, answer
}

// remove takes both children into care, an hour ago.
func (r record) remove() casework.Answer {
	return r.do(casework.RoleCaseworker, "child.remove", &casework.Removal{
		Children: []string{"p-1", "p-2"}, At: r.now().Add(-time.Hour), Authority: "court-order", Danger: "t-1", Efforts: "t-2",
		ICWAInquiry: "no-reason-to-know", RelativesAsked: true, Setting: "foster-home",
	})
}

// dayOf is the date of an instant where the record is kept.
func (r record) dayOf(at time.Time) casework.Date {
	r.t.Helper()
	zone, err := time.LoadLocation("America/Los_Angeles")
	require.NoError(r.t, err)
	return casework.DateOf(at.In(zone))
}

// visit records a visit with both children, just now.
func (r record) visit() casework.Answer {
	return r.do(casework.RoleCaseworker, "visit.record", &casework.Visit{
		Children: []string{"p-1", "p-2"}, At: r.now(), InResidence: true, Notes: "t-3",
	})
}
