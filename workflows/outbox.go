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

// due says whether an attempt should be made now.
func (o *outbox) due() bool { return o.fresh && o.waiting > 0 && !o.sending }

// settled says whether nothing more will be done about the notices.
func (o *outbox) settled() bool {
	return !o.sending && (o.waiting == 0 || o.attempt >= patience)
}

// deliver sends what waits, beside everything else: a mail server that does not
// answer holds up no command. A failed attempt is made again by a durable timer.
func (l *loop[S, P]) deliver(ctx workflow.Context) {
	again := l.outbox.waiting > 0 && !l.outbox.nextTry.IsZero() && !l.outbox.nextTry.After(workflow.Now(ctx))
	if l.outbox.sending || !(l.outbox.due() || again) {
		return
	}
	l.outbox.sending, l.outbox.fresh = true, false
	workflow.Go(ctx, func(ctx workflow.Context) {
		defer func() { l.outbox.sending, l.dirty = false, true }()
		l.attempt(ctx)
	})
}

func (l *loop[S, P]) attempt(ctx workflow.Context) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 2 * time.Minute,
		HeartbeatTimeout:    time.Minute,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, MaximumInterval: time.Minute},
		Summary:             "deliver notices",
	})
	var result activities.DeliverResult
	in := activities.DeliverInput{Aggregate: l.id}
	if err := workflow.ExecuteActivity(ctx, l.acts.Deliver, in).Get(ctx, &result); err != nil {
		l.stuck(ctx, "delivering notices", err)
		result.Undelivered, result.NextTry = l.outbox.waiting, recordingRetry
	}
	l.outbox.waiting = result.Undelivered
	if result.Undelivered == 0 {
		l.outbox.attempt, l.outbox.nextTry = 0, time.Time{}
		return
	}
	l.outbox.attempt++
	l.outbox.nextTry = l.now(ctx).Add(result.NextTry)
}
