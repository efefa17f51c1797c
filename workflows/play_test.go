package workflows_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"homeward/activities"
	"homeward/casework"
	"homeward/internal/app"
	"homeward/internal/fault"
	"homeward/internal/teststack"
	"homeward/notify"
	"homeward/postgres"
	"homeward/worker"
	"homeward/workflows"
)

// play drives one record in the SDK's time-skipping environment: the real
// activities on real PostgreSQL, at the times that the test says. A record that
// continues as new goes on in an environment of its own.
type play struct {
	t       *testing.T
	db      *postgres.DB
	id      string
	zone    *time.Location
	senders map[notify.Channel]notify.Sender
	script  []*cue
	// env is the run that goes on.
	env *testsuite.TestWorkflowEnvironment
	// runs counts the runs, and now is the record's clock between them.
	runs int
	now  time.Time
	// started are the records that this one has asked for.
	started []activities.StartRequest
	// heard is what became of each step, in the order of the answers.
	heard []heard
	steps int
}

// cue is something to do at a time.
type cue struct {
	at   time.Time
	do   func()
	done bool
}

// heard is the outcome of a step.
type heard struct {
	name   string
	answer casework.Answer
	err    error
}

// begins prepares a record whose life begins at a local time.
func begins(t *testing.T, db *postgres.DB, id, wall string) *play {
	t.Helper()
	zone, err := time.LoadLocation("America/Los_Angeles")
	require.NoError(t, err)
	p := &play{t: t, db: db, id: id, zone: zone}
	p.now = p.time(wall)
	return p
}

// time reads a local time, "2026-03-02 09:00", with seconds where they matter.
func (p *play) time(wall string) time.Time {
	p.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05"[:len(wall)], wall, p.zone)
	require.NoError(p.t, err)
	return at
}

// day reads a local day.
func (p *play) day(day string) casework.Date {
	p.t.Helper()
	d, err := casework.ParseDate(day)
	require.NoError(p.t, err)
	return d
}

// at does something at a local time.
func (p *play) at(wall string, do func()) {
	p.t.Helper()
	next := &cue{at: p.time(wall)}
	next.do = func() { do(); next.done = true }
	p.script = append(p.script, next)
}

// step takes a step at a local time.
func (p *play) step(wall string, role casework.Role, name string, body casework.Body) {
	p.t.Helper()
	p.steps++
	c, next := command(role, name, body), &cue{at: p.time(wall)}
	p.script = append(p.script, next)
	hear := func(answer any, err error) {
		next.done = true
		h := heard{name: name, err: fault.Decode(err)}
		if err == nil {
			h.answer, _ = answer.(casework.Answer)
		}
		p.heard = append(p.heard, h)
	}
	next.do = func() {
		p.env.UpdateWorkflow(name, c.ID, &testsuite.TestUpdateCallback{
			OnReject: func(err error) { hear(nil, err) }, OnComplete: hear,
		}, c)
	}
}

// environment prepares the next run, with what is still to be done.
func (p *play) environment() {
	p.t.Helper()
	suite := testsuite.WorkflowTestSuite{}
	suite.SetLogger(teststack.SDKLog())
	p.env = suite.NewTestWorkflowEnvironment()
	p.env.SetStartTime(p.now)
	p.env.SetTestTimeout(2 * time.Minute)
	p.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: p.id, TaskQueue: "play"})
	acts, err := activities.New(activities.Options{
		Log: p.db, Outbox: app.NewOutbox(p.db), Glass: p.db, Temporal: struct{ activities.Starter }{},
		Metrics: prometheus.NewRegistry(), Senders: p.senders,
	})
	require.NoError(p.t, err)
	worker.Register(p.env, current(p.t), acts)
	p.env.OnActivity(acts.Start, mock.Anything, mock.Anything).Maybe().Return(
		func(_ context.Context, r activities.StartRequest) (casework.Answer, error) {
			p.started = append(p.started, r)
			return casework.Answer{}, nil
		})
	for _, c := range p.script {
		if !c.done { // a step that the last run did not take goes to this one, as on a server
			p.env.RegisterDelayedCallback(c.do, max(c.at.Sub(p.now), time.Millisecond))
		}
	}
}

// perform plays it all, run after run, and requires that the record has ended by
// itself with every step answered. It returns the refusals.
func perform[S any](p *play, kind casework.AggregateKind, in workflows.Input[S]) []heard {
	p.t.Helper()
	for next := in; ; {
		carried, over := performRun(p, kind, next)
		if over {
			break
		}
		next = carried
	}
	require.Len(p.t, p.heard, p.steps)
	var refusals []heard
	for _, h := range p.heard {
		if h.err != nil {
			refusals = append(refusals, h)
			continue
		}
		require.Equal(p.t, p.id, h.answer.Aggregate, h.name)
	}
	return refusals
}

// performRun plays one run, and returns what it carries into the next one.
func performRun[S any](p *play, kind casework.AggregateKind, in workflows.Input[S]) (carried workflows.Input[S], over bool) {
	p.t.Helper()
	p.environment()
	p.runs++
	p.env.ExecuteWorkflow(workflows.TypeOf(kind), in)
	require.True(p.t, p.env.IsWorkflowCompleted())
	p.now = p.env.Now()
	err := p.env.GetWorkflowError()
	renewal, ok := errors.AsType[*workflow.ContinueAsNewError](err)
	if !ok {
		require.NoError(p.t, err)
		return carried, true
	}
	require.NoError(p.t, converter.GetDefaultDataConverter().FromPayloads(renewal.Input, &carried))
	return carried, false
}

// events is the record's log, whose chain must hold.
func (p *play) events() []casework.Event {
	p.t.Helper()
	events, err := p.db.Events(p.t.Context(), p.id, 1)
	require.NoError(p.t, err)
	chain, err := p.db.VerifyChain(p.t.Context(), p.id)
	require.NoError(p.t, err)
	require.True(p.t, chain.Intact())
	return events
}
