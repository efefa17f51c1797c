// Package workflows holds Homeward's two Temporal workflows, the report and
// the case, and the one loop that runs both: restore, register handlers, arm
// the timers, await, drain, continue as new. It reaches PostgreSQL and the
// world through activities alone, and decides nothing by itself: casework says
// what is lawful and policy says what is due.
package workflows

import (
	"time"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"homeward/casework"
	"homeward/policy"
)

// Law says which duties follow from a record's facts under the pack that it is
// pinned to. It is pure.
type Law interface {
	// Duties returns the duties at an instant of the record's clock, or an error
	// where the pack is not known here.
	Duties(r *casework.Record, subjects []casework.Subject, at time.Time) ([]casework.Duty, error)
}

// Packs is the [Law] of a library of policy packs.
type Packs struct {
	// Library holds every pack version that an open record may be pinned to.
	Library *policy.Library
}

// Duties evaluates the record's pack.
func (p Packs) Duties(r *casework.Record, subjects []casework.Subject, at time.Time) ([]casework.Duty, error) {
	pack, err := p.Library.Pack(r.Pack)
	if err != nil {
		return nil, err
	}
	about := make([]policy.Subject, len(subjects))
	for i, s := range subjects {
		about[i] = policy.Subject{ID: s.ID, Born: s.Born}
	}
	return pack.Evaluate(policy.Input{Zone: r.Location(), Subjects: about, Facts: r.Facts}, at), nil
}

// Workflows are the two workflows with the law that they run under.
type Workflows struct {
	// Law is the same for every replay of a run: packs are immutable.
	Law Law
}

// Register names the workflows to a worker or a replayer.
func (w Workflows) Register(r worker.WorkflowRegistry) {
	r.RegisterWorkflowWithOptions(w.Report, workflow.RegisterOptions{Name: ReportWorkflow})
	r.RegisterWorkflowWithOptions(w.Case, workflow.RegisterOptions{Name: CaseWorkflow})
}

// Report runs one report, from the call to its disposition.
func (w Workflows) Report(ctx workflow.Context, in Input[casework.Report]) error {
	return run(ctx, casework.KindReport, w.Law, in)
}

// Case runs one case, from opening to closing.
func (w Workflows) Case(ctx workflow.Context, in Input[casework.Case]) error {
	return run(ctx, casework.KindCase, w.Law, in)
}
