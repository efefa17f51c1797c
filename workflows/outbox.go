package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"homeward/activities"
)

// patience is how long a closed record waits for its last notices before it
// ends; they stay visible as undelivered.
const patience = 14

// outbox is what the record knows of its notices that wait for delivery.
// PostgreSQL holds them; here is only how many, and when to try again.
type outbox struct {
	waiting int
	attempt int
	nextTry time.Time
	// fresh says that something changed since the last attempt.
	fresh   bool
	sending bool
}

// count takes the number of notices that wait, as the log last said it.
func (o *outbox) count(waiting int) {
	if waiting > o.waiting {
		o.fresh = true
	}
	o.waiting = waiting
}

// retry asks for an attempt now.
func (o *outbox) retry() { o.fresh = o.waiting > 0 }

// restored is the outbox that a run takes over from the one before.
func restored(waiting, attempt int, nextTry time.Time) outbox {
	return outbox{waiting: waiting, attempt: attempt, nextTry: nextTry, fresh: waiting > 0 && nextTry.IsZero()}
}

// due says whether an attempt should be made now: something is new, or the rest
// after the last failure is over.
func (o *outbox) due(now time.Time) bool {
	rested := !o.nextTry.IsZero() && !o.nextTry.After(now)
	return o.waiting > 0 && !o.sending && (o.fresh || rested)
}

// settled says whether nothing more needs to be done for a closed record. What
// is new is tried at least once, whatever has failed before.
func (o *outbox) settled() bool {
	return !o.sending && (o.waiting == 0 || (!o.fresh && o.attempt >= patience))
}

// next is when the run after this one should try again, zero for at once.
func (o *outbox) next() time.Time {
	if o.fresh {
		return time.Time{}
	}
	return o.nextTry
}

// deliver sends what waits, beside everything else: a mail server that does not
// answer holds up no command. A failed attempt is made again by a durable timer.
func (l *loop[S, P]) deliver(ctx workflow.Context) {
	if !l.deliverable(ctx) {
		return
	}
	l.outbox.sending, l.outbox.fresh = true, false
	workflow.Go(ctx, func(ctx workflow.Context) {
		defer func() { l.outbox.sending, l.dirty = false, true }()
		l.attempt(ctx)
	})
}

// deliverable says whether an attempt should be made now.
func (l *loop[S, P]) deliverable(ctx workflow.Context) bool {
	return !l.givenUp() && l.outbox.due(l.now(ctx))
}

// givenUp says whether a closed record leaves its last notices undelivered.
func (l *loop[S, P]) givenUp() bool { return l.state.Base().Closed() && l.outbox.settled() }

func (l *loop[S, P]) attempt(ctx workflow.Context) {
	if err := l.outbox.attempted(ctx, l.acts, l.id); err != nil {
		l.stuck(ctx, "delivering notices", err)
	}
}

// attempted makes one attempt for each notice that waits, and says when to make
// the next one.
func (o *outbox) attempted(ctx workflow.Context, acts *activities.Activities, aggregate string) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 2 * time.Minute,
		HeartbeatTimeout:    time.Minute,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, MaximumInterval: time.Minute},
		Summary:             "deliver notices",
	})
	var result activities.DeliverResult
	err := workflow.ExecuteActivity(ctx, acts.Deliver, activities.DeliverInput{Aggregate: aggregate}).Get(ctx, &result)
	if err != nil {
		result.Undelivered, result.NextTry = o.waiting, recordingRetry
	}
	o.waiting = result.Undelivered
	if result.Undelivered == 0 {
		o.attempt, o.nextTry = 0, time.Time{}
		return err
	}
	o.attempt++
	o.nextTry = clock(ctx).Add(result.NextTry)
	return err
}
