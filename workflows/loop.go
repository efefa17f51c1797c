package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"homeward/activities"
	"homeward/casework"
	"homeward/internal/fault"
)

// The rhythm of the loop.
const (
	// runLength is how long one run lasts at most before it continues as new,
	// so that replaying a case that sleeps stays short.
	runLength = 365 * 24 * time.Hour
	// refusalHeard is how long a record that was refused its opening stays to
	// say so.
	refusalHeard = time.Minute
	// recordingRetry is how long the passing of time waits after the log has
	// refused to record it.
	recordingRetry = time.Minute
)

// entity is what the loop needs of a report or a case. S is the state itself.
type entity[S any] interface {
	*S

	// Base returns what every record has.
	Base() *casework.Record
	// Decide says which event a command becomes, or refuses it; it changes nothing.
	Decide(c casework.Command) (casework.Event, error)
	// Apply brings the state to a recorded event.
	Apply(e casework.Event)
	// Fork returns a copy that can be changed alone.
	Fork() *S
	Stage() casework.Stage
	Subjects() []casework.Subject
	Summary() casework.Summary
	ChildRows() []casework.ChildSummary
	AdultRows() []casework.AdultSummary
	// NoticesFor returns whom an event concerns.
	NoticesFor(e casework.Event) []casework.Notice
	// Opening returns the command that opens the record which an event asked for.
	Opening(e casework.Event) (casework.Command, bool)
}

// loop is one run of one record. Its state changes only under the lock, and
// only to what the log has recorded.
type loop[S any, P entity[S]] struct {
	kind  casework.AggregateKind
	id    string
	law   Law
	state P
	lock  workflow.Mutex
	acts  *activities.Activities

	timers []timer
	outbox outbox
	// openings are records that this one has asked for and that do not run yet.
	openings []casework.Command
	// renew asks for a continue-as-new; draining refuses new commands until it
	// has happened.
	renew    bool
	draining bool
	// logged is the revision that the log is said to hold.
	logged int
	// dirty says that something beside the record itself calls for new timers.
	dirty bool
	// trouble says what the log refused to record, empty while all is well.
	trouble string
	retryAt time.Time
	// settledAt is when the duties were last computed for what is recorded now.
	settledAt time.Time
	// refused says that the log has failed a step, and has taken none since.
	refused bool
	shown   attributes
}

// run is the life of one run: restore, register, arm, await, drain, continue.
func run[S any, P entity[S]](
	ctx workflow.Context, kind casework.AggregateKind, law Law, in Input[S],
) error {
	// A case is not ended by a cancel request: closing it is an audited step.
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	l := &loop[S, P]{
		kind: kind, id: workflow.GetInfo(ctx).WorkflowExecution.ID, law: law, state: in.State,
		lock: workflow.NewMutex(ctx), outbox: restored(in.Undelivered, in.Attempt, in.NextTry),
	}
	if l.state == nil {
		l.state = new(S)
	}
	l.shown = inherited(ctx)
	if err := l.register(ctx); err != nil {
		return err
	}
	if open, err := l.opened(ctx, in.Open); err != nil || !open {
		return err
	}
	for {
		l.dirty = false
		l.settle(ctx)
		l.arm(ctx)
		l.publish(ctx)
		if err := workflow.Await(ctx, func() bool { return l.awake(ctx) }); err != nil {
			return err
		}
		l.hear(ctx)
		l.deliver(ctx)
		if l.finished(ctx) {
			return nil
		}
		if l.renewing(ctx) {
			return l.continueAsNew(ctx)
		}
	}
}

// opened opens a new record with the command that came with the start, so that
// a report is never lost between its start and its first update. That update
// carries the same command and gets the same answer. A refused opening leaves an
// empty record, which ends by itself once the caller has heard the refusal. A closed
// record that comes with its state and a command is reopened by it in the same way.
func (l *loop[S, P]) opened(ctx workflow.Context, opening *casework.Command) (bool, error) {
	for l.unopened(opening) {
		if opening == nil {
			return false, nil
		}
		_, err := l.handle(ctx, *opening)
		switch kind := casework.KindOf(fault.Decode(err)); {
		case err == nil:
		case kind == casework.Internal || kind == casework.Unavailable || kind == casework.Unknown:
			err = workflow.Sleep(ctx, recordingRetry)
		case l.state.Base().Exists(): // a closed record that stays closed, once the refusal was heard
			return true, workflow.Sleep(ctx, refusalHeard)
		default:
			var opened bool
			if opened, err = l.openedYet(ctx); err == nil && !opened {
				return false, nil
			}
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

// unopened says whether the record waits for the command that opens it, or that
// takes it up again.
func (l *loop[S, P]) unopened(opening *casework.Command) bool {
	base := l.state.Base()
	if !base.Exists() || opening == nil {
		return !base.Exists()
	}
	step, _ := casework.StepNamed(opening.Name)
	_, done := base.Answered(opening.ID)
	return step.Reopens && base.Closed() && !done
}

// openedYet waits until a refusal has been heard, and says whether somebody has
// sent the right command meanwhile.
func (l *loop[S, P]) openedYet(ctx workflow.Context) (bool, error) {
	ctx, cancel := workflow.WithCancel(ctx)
	defer cancel() // which ends the timer
	return workflow.AwaitWithOptions(ctx, workflow.AwaitOptions{
		Timeout: refusalHeard, TimerOptions: workflow.TimerOptions{Summary: "end, as the opening was refused"},
	}, func() bool { return l.state.Base().Exists() })
}

// awake is the one predicate that covers every reason to go on.
func (l *loop[S, P]) awake(ctx workflow.Context) bool {
	return l.dirty || l.moved() || l.fired() || l.heard(ctx) || l.deliverable(ctx) || l.wantsRenewal(ctx) || l.finished(ctx)
}

// moved says whether a command has changed the record since it was last shown.
// It waits for the command's handler, so that one wake-up serves both.
func (l *loop[S, P]) moved() bool {
	return l.shown.revision != l.state.Base().Revision && !l.lock.IsLocked()
}

// finished says whether the record is closed and nothing is left to do for it.
func (l *loop[S, P]) finished(ctx workflow.Context) bool {
	return l.state.Base().Closed() && len(l.openings) == 0 && l.outbox.settled() &&
		len(l.timers) == 0 && l.shown.revision == l.state.Base().Revision && workflow.AllHandlersFinished(ctx)
}

// wantsRenewal says whether this run should make way for a fresh one.
func (l *loop[S, P]) wantsRenewal(ctx workflow.Context) bool { return l.renew || worn(ctx) }

// worn says whether a run has become long, in events or in time, or a new version
// of the worker is there to take over.
func worn(ctx workflow.Context) bool {
	info := workflow.GetInfo(ctx)
	return info.GetContinueAsNewSuggested() || info.GetTargetWorkerDeploymentVersionChanged() ||
		workflow.Now(ctx).Sub(info.WorkflowStartTime) > runLength
}

// renewing drains the run where it should make way: from now on commands are
// refused with a word to send them again, and those that are under way finish.
func (l *loop[S, P]) renewing(ctx workflow.Context) bool {
	if !l.wantsRenewal(ctx) {
		return false
	}
	l.draining = true
	quiet := func() bool { return workflow.AllHandlersFinished(ctx) && !l.outbox.sending }
	return workflow.Await(ctx, quiet) == nil
}

// continueAsNew hands the state to a fresh run. Nothing may yield between the
// last look at the signals and the return.
func (l *loop[S, P]) continueAsNew(ctx workflow.Context) error {
	l.hear(ctx)
	return workflow.NewContinueAsNewError(ctx, TypeOf(l.kind), Input[S]{
		State: l.state, Undelivered: l.outbox.waiting, Attempt: l.outbox.attempt, NextTry: l.outbox.next(),
	})
}

// heard says whether an operator's signal waits.
func (l *loop[S, P]) heard(ctx workflow.Context) bool {
	return workflow.GetSignalChannel(ctx, SignalRenew).Len() > 0 || workflow.GetSignalChannel(ctx, SignalDeliver).Len() > 0 ||
		workflow.GetSignalChannel(ctx, SignalCatchUp).Len() > 0
}

// hear takes every waiting signal.
func (l *loop[S, P]) hear(ctx workflow.Context) {
	for workflow.GetSignalChannel(ctx, SignalRenew).ReceiveAsync(nil) {
		l.renew = true
	}
	for workflow.GetSignalChannel(ctx, SignalDeliver).ReceiveAsync(nil) {
		l.outbox.retry()
	}
	var revision int
	for workflow.GetSignalChannel(ctx, SignalCatchUp).ReceiveAsync(&revision) {
		l.logged = max(l.logged, revision)
	}
}

// now is the record's clock, in the resolution in which the log keeps it.
func (l *loop[S, P]) now(ctx workflow.Context) time.Time { return clock(ctx) }

// clock is a workflow's time, in the resolution in which PostgreSQL keeps it.
func clock(ctx workflow.Context) time.Time { return workflow.Now(ctx).UTC().Truncate(time.Microsecond) }
