package workflows

import (
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"homeward/activities"
	"homeward/casework"
	"homeward/internal/fault"
)

// How a transition is recorded: at once in the workflow's own worker, and where
// that fails, by an activity that is tried until the database is back. Only what
// can never succeed is given up.
const (
	recordTimeout       = 5 * time.Second
	recordLocalAttempts = 3
	recordPatience      = 30 * time.Second
	recordMaxInterval   = time.Minute
)

// origin is what a transition comes from: a command, or time alone.
type origin struct {
	commandID   string
	fingerprint string
	actor       casework.Actor
	now         time.Time
}

// propose computes everything that events change, without changing anything:
// the state after them, the duties that the law then asks for, whom to tell, and
// the rows to write. Without an event, it is time that changes the duties.
func (l *loop[S, P]) propose(from origin, events ...casework.Event) (P, casework.Transition, error) {
	after := P(l.state.Fork())
	t := casework.Transition{CommandID: from.commandID, Fingerprint: from.fingerprint}
	for _, e := range events {
		if err := e.Seal(after.Base().Head); err != nil {
			return nil, t, err
		}
		after.Apply(e)
		t.Notices = append(t.Notices, after.NoticesFor(e)...)
		t.Events = append(t.Events, e)
	}
	changes := after.Base().Changes(l.duties(after, from.now), from.now, l.before(from, events)...)
	if len(changes) > 0 {
		e := l.changed(after, from, changes)
		if err := e.Seal(after.Base().Head); err != nil {
			return nil, t, err
		}
		// The ledger as it was says which rungs of a ladder are new.
		t.Notices = append(t.Notices, after.NoticesFor(e)...)
		after.Apply(e)
		t.Events = append(t.Events, e)
	}
	l.complete(after, &t, changes, from.now)
	return after, t, nil
}

// before returns the duties as the law had them without events that change what
// is already on record: only so is it seen that a duty which was settled long ago
// rests on another reason now.
func (l *loop[S, P]) before(from origin, events []casework.Event) []casework.Duty {
	if !slices.ContainsFunc(events, casework.Event.Revises) {
		return nil
	}
	return l.duties(l.state, from.now)
}

// changed is the event that duties changed.
func (l *loop[S, P]) changed(after P, from origin, changes []casework.DutyChange) casework.Event {
	return casework.Event{
		Aggregate: l.id, Seq: after.Base().Revision + 1, CommandID: from.commandID, Type: casework.EventDutiesChanged,
		Actor: from.actor, OccurredAt: from.now, RecordedAt: from.now, Body: &casework.DutiesChanged{Changes: changes},
	}
}

// complete fills in the rows and the answer.
func (l *loop[S, P]) complete(after P, t *casework.Transition, changes []casework.DutyChange, now time.Time) {
	t.Summary = after.Summary()
	t.Children = l.changedChildren(after)
	t.Adults = l.changedAdults(after)
	t.Answer = casework.Answer{
		Aggregate: l.id, CommandID: t.CommandID, Fingerprint: t.Fingerprint,
		Revision: after.Base().Revision, Stage: after.Stage(), RecordedAt: now,
	}
	if len(t.Events) > 0 {
		t.Answer.Ref, t.Answer.Advice = casework.ItemOf((*S)(after), t.Events[0]), casework.AdviceOf(t.Events[0])
	}
	for _, c := range changes {
		t.Duties = append(t.Duties, c.Duty)
		t.Answer.Duties = append(t.Answer.Duties, casework.DutyLine{
			ID: c.Duty.ID, Due: c.Duty.Due, OldDue: c.OldDue, Status: c.Duty.Status,
		})
	}
}

// changedChildren returns the rows that differ from those before.
func (l *loop[S, P]) changedChildren(after P) []casework.ChildSummary {
	before := l.childRows(l.state)
	var changed []casework.ChildSummary
	for i, row := range l.childRows(after) {
		if i >= len(before) || before[i] != row {
			changed = append(changed, row)
		}
	}
	return changed
}

// changedAdults returns the rows that differ from those before. An adult is put on a
// record, or becomes more; nobody leaves it.
func (l *loop[S, P]) changedAdults(after P) []casework.AdultSummary {
	before := l.state.AdultRows()
	var changed []casework.AdultSummary
	for i, row := range after.AdultRows() {
		if i >= len(before) || !before[i].Equal(row) {
			changed = append(changed, row)
		}
	}
	return changed
}

// childRows returns the children's rows with the day on which each entered care,
// which only the law can tell. Who was never removed never did.
func (l *loop[S, P]) childRows(state P) []casework.ChildSummary {
	rows := state.ChildRows()
	if !slices.ContainsFunc(rows, func(c casework.ChildSummary) bool { return !c.RemovedOn.IsZero() }) {
		return rows
	}
	days, err := l.law.EnteredCare(state.Base(), state.Subjects())
	if err != nil {
		panic(err)
	}
	for i := range rows {
		rows[i].EnteredCare = days[rows[i].Child]
	}
	return rows
}

// duties asks the law what is owed. A pack that this worker does not have is a
// deployment mistake: the task fails and waits for a worker that has it.
func (l *loop[S, P]) duties(after P, now time.Time) []casework.Duty {
	if !after.Base().Exists() {
		return nil
	}
	duties, err := l.law.Duties(after.Base(), after.Subjects(), now)
	if err != nil {
		panic(err)
	}
	return duties
}

// commit records an event with all that follows from it, and moves the record
// there. It says whether the command is done; where the log knew more than this
// run, the record has caught up and the command must be decided again.
func (l *loop[S, P]) commit(ctx workflow.Context, c casework.Command, event casework.Event) (casework.Answer, bool, error) {
	if event.Aggregate != l.id {
		return casework.Answer{}, false, fault.Encode(casework.InvalidField("number", "This is not the number of this record."))
	}
	from := origin{commandID: c.ID, fingerprint: c.Fingerprint, actor: c.Actor, now: c.Now}
	after, t, err := l.propose(from, event)
	if err != nil {
		return casework.Answer{}, false, fault.Encode(err)
	}
	return l.adopt(ctx, after, t)
}

// adopt records a transition and moves the record to it.
func (l *loop[S, P]) adopt(ctx workflow.Context, after P, t casework.Transition) (casework.Answer, bool, error) {
	result, err := l.record(ctx, t)
	if err != nil {
		return casework.Answer{}, false, err
	}
	l.refused = false
	l.outbox.count(result.Undelivered)
	answer := t.Answer
	switch result.Outcome {
	case casework.Recorded:
		l.state, l.settledAt = after, t.Answer.RecordedAt
		l.ask(t.Events)
	case casework.Duplicate, casework.Behind:
		l.catchUp(result.Events)
		if result.Answer == nil {
			return casework.Answer{}, false, nil
		}
		answer = *result.Answer
	default:
		return casework.Answer{}, false, fault.Encode(casework.NewError(casework.Unknown,
			"It is not known whether the step was recorded. Send it again with the same key."))
	}
	l.state.Base().Keep(answer)
	return answer, true, nil
}

// catchUp applies what the log holds and this run has not seen: a worker died
// after recording it and before Temporal heard of it.
func (l *loop[S, P]) catchUp(events []casework.Event) {
	missed := make([]casework.Event, 0, len(events))
	next := P(l.state.Fork())
	for _, e := range events {
		if e.Seq == next.Base().Revision+1 {
			next.Apply(e)
			missed = append(missed, e)
		}
	}
	l.state, l.settledAt = next, time.Time{}
	l.ask(missed)
}

// ask notes the records that events have asked for.
func (l *loop[S, P]) ask(events []casework.Event) {
	for _, e := range events {
		if c, ok := l.state.Opening(e); ok {
			l.openings = append(l.openings, c)
		}
	}
}

// record writes a transition to the log.
func (l *loop[S, P]) record(ctx workflow.Context, t casework.Transition) (casework.RecordResult, error) {
	return persist[casework.RecordResult](ctx, "record "+string(t.Events[0].Type), l.acts.Record, t)
}

// persist has an activity write to the database, under a name that says what.
func persist[R any](ctx workflow.Context, what string, activity, in any) (R, error) {
	var result R
	local := workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout: recordTimeout,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 50 * time.Millisecond, MaximumAttempts: recordLocalAttempts},
		Summary:             what,
	})
	err := workflow.ExecuteLocalActivity(local, activity, in).Get(ctx, &result)
	if err == nil || !transient(err) {
		return result, err
	}
	patient := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: recordPatience,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, MaximumInterval: recordMaxInterval},
		Summary:             what + " when the database is back",
	})
	err = workflow.ExecuteActivity(patient, activity, in).Get(ctx, &result)
	return result, err
}

// transient says whether trying again can help.
func transient(err error) bool {
	switch casework.KindOf(fault.Decode(err)) { //nolint:exhaustive // all other kinds are final
	case casework.Unavailable, casework.Unknown:
		return true
	}
	return false
}

// reread catches up with a log that is said to know more.
func (l *loop[S, P]) reread(ctx workflow.Context) error {
	from := l.state.Base().Revision + 1
	if l.logged < from {
		return nil
	}
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: recordPatience,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, MaximumInterval: recordMaxInterval},
		Summary:             "read what was missed",
	})
	var missed []casework.Event
	in := activities.MissedInput{Aggregate: l.id, From: from}
	if err := workflow.ExecuteActivity(ctx, l.acts.Missed, in).Get(ctx, &missed); err != nil {
		return err
	}
	l.catchUp(missed)
	return nil
}
