package casework_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// state is what both kinds of record can do.
type state[S any] interface {
	*S

	Base() *casework.Record
	Decide(c casework.Command) (casework.Event, error)
	Apply(e casework.Event)
	Fork() *S
	Stage() casework.Stage
	Next() []casework.NextStep
	Subjects() []casework.Subject
	NoticesFor(e casework.Event) []casework.Notice
}

// clerk drives one record as the workflow does: decide, seal, apply.
type clerk[S any, P state[S]] struct {
	state  P
	events []casework.Event
	now    time.Time
}

type (
	reportClerk = clerk[casework.Report, *casework.Report]
	caseClerk   = clerk[casework.Case, *casework.Case]
)

func hotline() casework.Actor {
	return casework.Actor{ID: "w-hotline", Role: casework.RoleHotline}
}

func investigator() casework.Actor {
	return casework.Actor{ID: "w-investigator", Role: casework.RoleInvestigator}
}

func caseworker() casework.Actor {
	return casework.Actor{ID: "w-caseworker", Role: casework.RoleCaseworker}
}

func supervisor() casework.Actor {
	return casework.Actor{ID: "w-supervisor", Role: casework.RoleSupervisor}
}

func manager() casework.Actor {
	return casework.Actor{ID: "w-manager", Role: casework.RoleManager}
}

const office = "America/Los_Angeles"

// clock returns an instant of the office's wall clock, "2025-01-06 09:30".
func clock(t testing.TB, wall string) time.Time {
	t.Helper()
	loc, err := time.LoadLocation(office)
	require.NoError(t, err)
	at, err := time.ParseInLocation("2006-01-02 15:04", wall, loc)
	require.NoError(t, err)
	return at
}

func day(t testing.TB, s string) casework.Date {
	t.Helper()
	d, err := casework.ParseDate(s)
	require.NoError(t, err)
	return d
}

// stepOf finds the step that a body belongs to.
func stepOf(t testing.TB, body casework.Body) casework.Step {
	t.Helper()
	step, found := stepsByBody()[reflect.TypeOf(body)]
	require.True(t, found, "%T belongs to no step", body)
	return step
}

// stepsByBody is asked for each of many thousand steps of a walk.
var stepsByBody = sync.OnceValue(func() map[reflect.Type]casework.Step {
	steps := map[reflect.Type]casework.Step{}
	for _, step := range allSteps() {
		steps[reflect.TypeOf(step.New())] = step
	}
	return steps
})

// stepNamed is [casework.StepNamed] for who asks as often.
func stepNamed(name string) casework.Step { return stepsByName()[name] }

var stepsByName = sync.OnceValue(func() map[string]casework.Step {
	steps := map[string]casework.Step{}
	for _, step := range allSteps() {
		steps[step.Name] = step
	}
	return steps
})

func allSteps() []casework.Step {
	return slices.Concat(casework.Steps(casework.KindReport), casework.Steps(casework.KindCase))
}

func (c *clerk[S, P]) command(t testing.TB, by casework.Actor, body casework.Body) casework.Command {
	t.Helper()
	id := fmt.Sprintf("c-%d", c.state.Base().Revision+1)
	return casework.Command{
		ID: id, Fingerprint: id, Name: stepOf(t, body).Name, Actor: by, Body: body, Now: c.now.UTC().Truncate(time.Microsecond),
	}
}

// at moves the clerk's clock on.
func (c *clerk[S, P]) at(t testing.TB, wall string) {
	t.Helper()
	c.now = clock(t, wall)
}

// does takes a step that must be lawful and returns its event.
func (c *clerk[S, P]) does(t testing.TB, by casework.Actor, body casework.Body) casework.Event {
	t.Helper()
	e, err := c.state.Decide(c.command(t, by, body))
	require.NoError(t, err)
	c.accept(t, &e)
	return e
}

func (c *clerk[S, P]) accept(t testing.TB, e *casework.Event) {
	t.Helper()
	require.NoError(t, e.Seal(c.state.Base().Head))
	c.state.Apply(*e)
	c.events = append(c.events, *e)
}

// owes records what the given duties change, as the loop does after each step.
func (c *clerk[S, P]) owes(t testing.TB, duties ...casework.Duty) []casework.DutyChange {
	t.Helper()
	base := c.state.Base()
	changes := base.Changes(duties, c.now)
	if len(changes) == 0 {
		return nil
	}
	e := c.passed(changes)
	c.accept(t, &e)
	return changes
}

func (c *clerk[S, P]) passed(changes []casework.DutyChange) casework.Event {
	base := c.state.Base()
	seq := base.Revision + 1
	return casework.Event{
		Aggregate: casework.AggregateID(base.Kind, base.Number), Seq: seq, CommandID: fmt.Sprintf("time/%d", seq),
		Type: casework.EventDutiesChanged, Actor: casework.System(), OccurredAt: c.now.UTC(), RecordedAt: c.now.UTC(),
		Body: &casework.DutiesChanged{Changes: changes},
	}
}

// fork returns a clerk for a copy of the record.
func (c *clerk[S, P]) fork() *clerk[S, P] {
	return &clerk[S, P]{state: c.state.Fork(), events: slices.Clip(c.events), now: c.now}
}

// factIDs lists the IDs of the current facts of a type, for a subject.
func (c *clerk[S, P]) factID(t testing.TB, kind casework.FactType, subject string) string {
	t.Helper()
	var found string
	for _, f := range casework.Current(c.state.Base().Facts) {
		if f.Type == kind && f.Subject == subject {
			found = f.ID
		}
	}
	require.NotEmpty(t, found, "no current fact %s of %q", kind, subject)
	return found
}

// facts lists the current facts of a type.
func (c *clerk[S, P]) facts(kind casework.FactType) []casework.Fact {
	var found []casework.Fact
	for _, f := range casework.Current(c.state.Base().Facts) {
		if f.Type == kind {
			found = append(found, f)
		}
	}
	return found
}

// refusal is one command that must be refused, and how.
type refusal struct {
	name string
	// edition is that of the rules, the first one where it is left out.
	edition int
	by      casework.Actor
	body    casework.Body
	kind    casework.Kind
	field   string
	codes   []string
}

// refuses takes each refusal as a subtest, and sees that nothing has changed.
func (c *clerk[S, P]) refuses(t *testing.T, cases ...refusal) {
	t.Helper()
	for _, r := range cases {
		t.Run(r.name, func(t *testing.T) {
			before := c.state.Fork()
			cmd := c.command(t, r.by, r.body)
			cmd.Edition = r.edition
			_, err := c.state.Decide(cmd)
			everyRefusal().row(cmd.Name, err)
			requireRefusal(t, err, r.kind, r.field, r.codes...)
			require.Empty(t, cmp.Diff(before, (*S)(c.state), asStored()))
		})
	}
}

func requireRefusal(t testing.TB, err error, kind casework.Kind, field string, codes ...string) {
	t.Helper()
	require.Error(t, err)
	everyRefusal().row("", err)
	var e *casework.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, kind, e.Kind, "%v", err)
	require.Equal(t, field, e.Field, "%v", err)
	require.NotEmpty(t, e.Detail)
	var got []string
	for _, b := range e.Missing {
		require.NotEmpty(t, b.Detail)
		got = append(got, b.Code)
	}
	require.Equal(t, codes, got, "%v", err)
}

// asStored compares states, events and bodies by what is stored of them: the
// cached location and the facts that stand are not.
func asStored() cmp.Option {
	return cmp.Options{
		cmp.Exporter(func(reflect.Type) bool { return true }),
		cmp.FilterPath(func(p cmp.Path) bool {
			field, ok := p.Last().(cmp.StructField)
			return ok && slices.Contains([]string{"location", "standing", "standingOf"}, field.Name())
		}, cmp.Ignore()),
	}
}

// reread returns v after a journey through JSON.
func reread[T any](t testing.TB, v T) T {
	t.Helper()
	data, err := json.Marshal(v)
	require.NoError(t, err)
	var back T
	require.NoError(t, json.Unmarshal(data, &back))
	return back
}
