// Package workflows holds Homeward's Temporal workflows, the report and the
// case, and the one loop that runs both: restore, register handlers, arm
// the timers, await, drain, continue as new. It reaches PostgreSQL and the
// world through activities alone, and decides nothing by itself: casework says
// what is lawful and policy says what is due.
package workflows

import (
	"strings"
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
	// EnteredCare returns, by subject, the day on which each is considered to have
	// entered care in the latest episode (42 USC 675(5)(F)), none for those who were
	// never in care, or an error where the pack is not known here.
	EnteredCare(r *casework.Record, subjects []casework.Subject) (map[string]casework.Date, error)
	// Admits refuses to move a record from one pack to another: Unavailable where
	// one of them is not known here, Invalid where the second is not the law of
	// the place that the record is in.
	Admits(from, to string) error
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
	return pack.Evaluate(input(r, subjects), at), nil
}

// EnteredCare asks the record's pack.
func (p Packs) EnteredCare(r *casework.Record, subjects []casework.Subject) (map[string]casework.Date, error) {
	pack, err := p.Library.Pack(r.Pack)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(subjects))
	for i, s := range subjects {
		ids[i] = s.ID
	}
	days := make(map[string]casework.Date, len(subjects))
	for id, entry := range pack.Entries(input(r, subjects), ids...) {
		days[id] = entry.On
	}
	return days, nil
}

// input is a record as the law looks at it.
func input(r *casework.Record, subjects []casework.Subject) policy.Input {
	about := make([]policy.Subject, len(subjects))
	for i, s := range subjects {
		about[i] = policy.Subject{ID: s.ID, Born: s.Born}
	}
	return policy.Input{Zone: r.Location(), Subjects: about, Facts: r.Facts}
}

// Admits looks both packs up. A record stays in its jurisdiction: from the law
// of the United States alone it can be moved to that of one of the states, which
// holds the federal law too, and from the law of a state only to another pack of
// that state.
func (p Packs) Admits(from, to string) error {
	was, err := p.Library.Pack(from)
	if err != nil {
		return notHere(err)
	}
	next, err := p.Library.Pack(to)
	if err != nil {
		return notHere(err)
	}
	if next.Jurisdiction() != was.Jurisdiction() && !strings.HasPrefix(next.Jurisdiction(), was.Jurisdiction()+"-") {
		return casework.InvalidField("pack", "This pack is the law of another place. A record stays in its jurisdiction.")
	}
	return nil
}

func notHere(err error) error {
	return casework.WrapError(casework.Unavailable,
		"This policy pack is not installed everywhere yet. Send the step again when it is.", err)
}

// Workflows are the workflows with the law that they run under.
type Workflows struct {
	// Law is the same for every replay of a run: packs are immutable.
	Law Law
}

// Register names the workflows to a worker or a replayer.
func (w Workflows) Register(r worker.WorkflowRegistry) {
	r.RegisterWorkflowWithOptions(w.Report, workflow.RegisterOptions{Name: ReportWorkflow})
	r.RegisterWorkflowWithOptions(w.Case, workflow.RegisterOptions{Name: CaseWorkflow})
	r.RegisterWorkflowWithOptions(w.Glass, workflow.RegisterOptions{Name: GlassWorkflow})
	r.RegisterWorkflowWithOptions(w.Purge, workflow.RegisterOptions{Name: PurgeWorkflow})
	r.RegisterWorkflowWithOptions(w.Retention, workflow.RegisterOptions{Name: RetentionWorkflow})
	r.RegisterWorkflowWithOptions(w.Digests, workflow.RegisterOptions{Name: DigestWorkflow})
	r.RegisterWorkflowWithOptions(w.Split, workflow.RegisterOptions{Name: SplitWorkflow})
	r.RegisterWorkflowWithOptions(w.Transfer, workflow.RegisterOptions{Name: TransferWorkflow})
}

// Report runs one report, from the call to its disposition.
func (w Workflows) Report(ctx workflow.Context, in Input[casework.Report]) error {
	return run(ctx, casework.KindReport, w.Law, in)
}

// Case runs one case, from opening to closing.
func (w Workflows) Case(ctx workflow.Context, in Input[casework.Case]) error {
	return run(ctx, casework.KindCase, w.Law, in)
}
