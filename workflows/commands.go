package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"homeward/activities"
	"homeward/casework"
	"homeward/internal/fault"
)

// startTimeout bounds one try to open another record.
const startTimeout = 30 * time.Second

// register sets one update handler for each step, so that the Temporal UI
// names what can be done with a record, and the query for its state.
func (l *loop[S, P]) register(ctx workflow.Context) error {
	for _, step := range casework.Steps(l.kind) {
		err := workflow.SetUpdateHandlerWithOptions(ctx, step.Name, l.handle, workflow.UpdateHandlerOptions{
			Validator: l.validate, Description: step.Title,
		})
		if err != nil {
			return err
		}
	}
	return workflow.SetQueryHandlerWithOptions(ctx, QueryState, func() (P, error) { return l.state, nil },
		workflow.QueryHandlerOptions{Description: "The record's state, for debugging"})
}

// validate refuses a command before it leaves a trace in history. It reads the
// state and changes nothing.
func (l *loop[S, P]) validate(ctx workflow.Context, c casework.Command) error {
	if l.draining {
		return fault.Encode(casework.NewError(casework.Unavailable, "The record is just moving to a fresh run. Send the step again."))
	}
	if _, done := l.state.Base().Answered(c.ID); done {
		return nil
	}
	if !l.lock.IsLocked() { // else the state is about to change: the handler decides, under the lock
		c.Now = l.now(ctx)
		if _, err := l.state.Decide(c); err != nil {
			return fault.Encode(err)
		}
	}
	return fault.Encode(l.admit(c))
}

// admit refuses to move a record to a pack that this worker does not have, or
// that is the law of another place.
//
// Only a validator asks this. What a worker has in its library may differ from
// release to release, and from the configuration of one worker to the next, so
// nothing that a history records may depend on it. Validators leave no trace and
// are not run again on replay; a handler's refusal would be in the history, and a
// worker with the pack would replay it differently. Once a move is accepted it is
// carried out wherever the record goes on: a worker without the pack, of an
// older release or with another folder of packs, fails the task in duties and
// leaves it to one that has it. A pack, once released, stays in every later
// release, so the current version of an auto-upgraded deployment always can.
//
// The step names the pack that it moves the record from, and is refused by
// Decide where the record has left that one meanwhile: what is admitted here
// still holds when the handler has the lock.
func (l *loop[S, P]) admit(c casework.Command) error {
	move, ok := c.Body.(interface{ Packs() (from, to string) })
	if !ok {
		return nil
	}
	from, to := move.Packs()
	return l.law.Admits(from, to)
}

// handle carries a command out: decide again under the lock, record, apply,
// answer. A command that was carried out before gets the answer that it got then.
func (l *loop[S, P]) handle(ctx workflow.Context, c casework.Command) (casework.Answer, error) {
	ctx, _ = workflow.NewDisconnectedContext(ctx) // as the loop's own: a cancel request stops no step
	if err := l.lock.Lock(ctx); err != nil {
		return casework.Answer{}, err
	}
	defer l.lock.Unlock()
	for {
		if answer, done := l.state.Base().Answered(c.ID); done {
			return answer, nil
		}
		c.Now = l.now(ctx)
		event, err := l.state.Decide(c)
		if err != nil {
			return casework.Answer{}, fault.Encode(err)
		}
		answer, done, err := l.commit(ctx, c, event)
		if err != nil {
			l.stuck(ctx, "recording a step", err)
			l.refused, l.dirty = true, true
			return casework.Answer{}, err
		}
		if done {
			return answer, l.open(ctx)
		}
	}
}

// open starts the records that this one has asked for, and waits until they
// run. The activity is tried until it succeeds: a family whose case was opened
// is never without one.
func (l *loop[S, P]) open(ctx workflow.Context) error {
	for len(l.openings) > 0 {
		if err := l.start(ctx, l.openings[0]); err != nil {
			return err
		}
		l.openings = l.openings[1:]
	}
	return nil
}

// start starts another record by ID with the command that opens it, or tells one
// that runs already what concerns it. Sent twice, it is carried out once.
func (l *loop[S, P]) start(ctx workflow.Context, c casework.Command) error {
	request := activities.StartRequest{
		WorkflowType: CaseWorkflow, TaskQueue: workflow.GetInfo(ctx).TaskQueueName, Update: c.Name, Command: c,
	}
	var what string
	switch body := c.Body.(type) {
	case *casework.Opening:
		request.WorkflowID, request.Summary = casework.AggregateID(casework.KindCase, body.Number), body.Says()
		what = "open case " + body.Number
	case *casework.ReportSettlement:
		request.WorkflowID = casework.AggregateID(casework.KindCase, body.Case)
		what = "tell case " + body.Case + " that the report has ended"
	default:
		return nil
	}
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: startTimeout,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, MaximumInterval: time.Minute},
		Summary:             what,
	})
	return workflow.ExecuteActivity(ctx, l.acts.Start, request).Get(ctx, nil)
}
