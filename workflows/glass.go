package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"homeward/activities"
	"homeward/casework"
	"homeward/internal/fault"
)

// vigil is one run of the workflow that watches over broken glass. It knows what
// PostgreSQL has told it last, and changes it under the lock alone.
type vigil struct {
	id      string
	acts    *activities.Activities
	lock    workflow.Mutex
	glass   casework.Glass
	watched bool
	// gone says that the row is no more, and the access neither: the record was
	// purged, or the row never survived the database that it was written to.
	gone bool
	// told is the rung of the ladder that was told last, 0 for the alert alone.
	told int

	timers []timer
	outbox outbox
	shown  attributes
	// renew, draining, dirty, trouble and retryAt are as in loop.
	renew, draining, dirty bool
	trouble                string
	retryAt                time.Time
}

// Glass watches over broken glass until somebody has reviewed it. It first makes
// the access effective, so that nobody reads without somebody watching; it has
// the alert delivered, and climbs the ladder from the day the review is overdue.
// The end of the access needs no timer: whoever reads is asked for the time.
func (w Workflows) Glass(ctx workflow.Context, in GlassInput) error {
	ctx, _ = workflow.NewDisconnectedContext(ctx) // as a record: a cancel request ends no review
	v := &vigil{
		id: in.Glass, lock: workflow.NewMutex(ctx), told: in.Told, shown: inherited(ctx),
		outbox: restored(in.Undelivered, in.Attempt, in.NextTry),
	}
	if err := v.register(ctx); err != nil {
		return err
	}
	if err := v.begin(ctx); err != nil {
		return err
	}
	for {
		v.dirty = false
		v.forget(ctx)
		v.climb(ctx)
		v.arm(ctx)
		v.publish(ctx)
		if v.over(ctx) {
			return nil
		}
		if err := workflow.Await(ctx, func() bool { return v.awake(ctx) }); err != nil {
			return err
		}
		v.hear(ctx)
		v.deliver(ctx)
		if v.renewing(ctx) {
			return v.continueAsNew(ctx)
		}
	}
}

// register sets the handlers.
func (v *vigil) register(ctx workflow.Context) error {
	if err := workflow.SetUpdateHandlerWithOptions(ctx, UpdateGlassWatch, v.watch,
		workflow.UpdateHandlerOptions{Description: "Wait until somebody watches"}); err != nil {
		return err
	}
	if err := workflow.SetUpdateHandlerWithOptions(ctx, UpdateGlassReview, v.review,
		workflow.UpdateHandlerOptions{Validator: v.validate, Description: "Say whether it was justified"}); err != nil {
		return err
	}
	return workflow.SetQueryHandlerWithOptions(ctx, QueryState, func() (casework.Glass, error) { return v.glass, nil },
		workflow.QueryHandlerOptions{Description: "What is known of it, for debugging"})
}

// begin makes the access effective, however long that takes.
func (v *vigil) begin(ctx workflow.Context) error {
	for {
		err := v.take(ctx, "watching", func() (activities.GlassState, error) {
			return persist[activities.GlassState](ctx, "watch over broken glass", v.acts.WatchGlass,
				activities.GlassInput{Glass: v.id, At: clock(ctx)})
		})
		if err == nil || v.gone {
			return nil
		}
		v.publish(ctx)
		if err := workflow.Sleep(ctx, recordingRetry); err != nil {
			return err
		}
	}
}

// take has an activity say how things stand, under the lock. A failure stays
// visible and is tried again; it is returned for a caller who waits for it.
func (v *vigil) take(ctx workflow.Context, what string, ask func() (activities.GlassState, error)) error {
	if err := v.lock.Lock(ctx); err != nil {
		return err
	}
	defer v.lock.Unlock()
	s, err := ask()
	switch kind := casework.KindOf(fault.Decode(err)); kind { //nolint:exhaustive // every other error is trouble
	case "":
		v.glass, v.watched = s.Glass, true
		v.outbox.count(s.Undelivered)
		v.trouble, v.retryAt = "", time.Time{}
	case casework.NotFound:
		v.gone = true
	case casework.Forbidden, casework.Blocked, casework.Invalid: // a refusal, which is no trouble
	default:
		v.stuck(ctx, what, err)
	}
	return err
}

func (v *vigil) stuck(ctx workflow.Context, what string, err error) {
	workflow.GetLogger(ctx).Error("needs attention", "record", casework.GlassAggregate(v.id), "what", what, "error", err)
	workflow.GetMetricsHandler(ctx).Counter("homeward_needs_attention").Inc(1)
	v.trouble, v.retryAt = what, clock(ctx).Add(recordingRetry)
}

// forget drops a trouble when it is time to try again.
func (v *vigil) forget(ctx workflow.Context) {
	if !v.retryAt.After(clock(ctx)) {
		v.trouble, v.retryAt = "", time.Time{}
	}
}

// watch answers once the access is effective.
func (v *vigil) watch(ctx workflow.Context) (casework.Glass, error) {
	if err := workflow.Await(ctx, func() bool { return v.watched || v.gone }); err != nil {
		return casework.Glass{}, err
	}
	if v.gone {
		return casework.Glass{}, fault.Encode(casework.NewError(casework.NotFound, "There is no such record."))
	}
	return v.glass, nil
}

// validate refuses a review before it leaves a trace in history.
func (v *vigil) validate(_ workflow.Context, r casework.GlassReview) error {
	switch {
	case v.draining:
		return fault.Encode(casework.NewError(casework.Unavailable, "The review is just moving to a fresh run. Send it again."))
	case r.Glass != v.id:
		return fault.Encode(casework.InvalidField("glass", "This is not the emergency that is reviewed here."))
	case v.watched && !v.lock.IsLocked(): // else the handler decides, under the lock
		return fault.Encode(v.glass.Refuse(r))
	}
	return nil
}

// review records a review, which ends the workflow once everybody has been told.
func (v *vigil) review(ctx workflow.Context, r casework.GlassReview) (casework.Glass, error) {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	if _, err := v.watch(ctx); err != nil {
		return casework.Glass{}, err
	}
	err := v.take(ctx, "recording a review", func() (activities.GlassState, error) {
		return persist[activities.GlassState](ctx, "record the review", v.acts.ReviewGlass, r)
	})
	v.dirty = true
	return v.glass, err
}

// climb tells those whom the ladder names now that nobody has reviewed it. After
// downtime only the last rung speaks.
func (v *vigil) climb(ctx workflow.Context) {
	now := clock(ctx)
	rung := v.glass.Rung(now)
	if v.settled() || rung <= v.told || v.trouble != "" {
		return
	}
	if err := v.take(ctx, "telling that the review is overdue", func() (activities.GlassState, error) {
		return persist[activities.GlassState](ctx, "tell that the review is overdue", v.acts.AlertGlass,
			activities.GlassInput{Glass: v.id, Rung: rung, At: now})
	}); err == nil {
		v.told = rung
	}
}

// settled says whether nothing is left to review.
func (v *vigil) settled() bool { return v.gone || v.glass.Reviewed() }

// arm makes the running timers those that are needed.
func (v *vigil) arm(ctx workflow.Context) { v.timers = rearm(ctx, v.timers, v.wanted(ctx)) }

func (v *vigil) wanted(ctx workflow.Context) []timer {
	now := clock(ctx)
	var wanted []timer
	if !v.settled() {
		name := fmt.Sprintf("review of broken glass due %s", v.glass.DueOn())
		next := v.glass.Rung(now) + 1
		if next > 1 {
			name += ", overdue: tell again"
		}
		wanted = append(wanted, timer{at: v.glass.RungAt(next), name: name})
	}
	if v.retryAt.After(now) && !v.settled() {
		wanted = append(wanted, timer{at: v.retryAt, name: "try again: " + v.trouble})
	}
	if v.outbox.waiting > 0 && v.outbox.nextTry.After(now) && !v.givenUp() {
		wanted = append(wanted, timer{at: v.outbox.nextTry, name: "deliver notices again"})
	}
	return wanted
}

// deliver sends what waits, beside everything else.
func (v *vigil) deliver(ctx workflow.Context) {
	if !v.deliverable(ctx) {
		return
	}
	v.outbox.sending, v.outbox.fresh = true, false
	workflow.Go(ctx, func(ctx workflow.Context) {
		defer func() { v.outbox.sending, v.dirty = false, true }()
		if err := v.outbox.attempted(ctx, v.acts, casework.GlassAggregate(v.id)); err != nil {
			v.stuck(ctx, "delivering notices", err)
		}
	})
}

func (v *vigil) deliverable(ctx workflow.Context) bool {
	return !v.givenUp() && v.outbox.due(clock(ctx))
}

// givenUp says whether its last notices stay undelivered.
func (v *vigil) givenUp() bool { return v.gone || v.settled() && v.outbox.settled() }

// over says whether nothing is left to do.
func (v *vigil) over(ctx workflow.Context) bool {
	return v.settled() && v.givenUp() && !v.outbox.sending && workflow.AllHandlersFinished(ctx)
}

// awake is the one predicate that covers every reason to go on.
func (v *vigil) awake(ctx workflow.Context) bool {
	return v.dirty || struck(v.timers) || v.heard(ctx) || v.deliverable(ctx) || v.renew || worn(ctx) || v.over(ctx)
}

func (v *vigil) heard(ctx workflow.Context) bool {
	return workflow.GetSignalChannel(ctx, SignalRenew).Len() > 0 || workflow.GetSignalChannel(ctx, SignalDeliver).Len() > 0
}

func (v *vigil) hear(ctx workflow.Context) {
	for workflow.GetSignalChannel(ctx, SignalRenew).ReceiveAsync(nil) {
		v.renew = true
	}
	for workflow.GetSignalChannel(ctx, SignalDeliver).ReceiveAsync(nil) {
		v.outbox.retry()
	}
}

// renewing drains the run where it should make way for a fresh one.
func (v *vigil) renewing(ctx workflow.Context) bool {
	if !v.renew && !worn(ctx) {
		return false
	}
	v.draining = true
	quiet := func() bool { return workflow.AllHandlersFinished(ctx) && !v.outbox.sending }
	return workflow.Await(ctx, quiet) == nil
}

func (v *vigil) continueAsNew(ctx workflow.Context) error {
	v.hear(ctx)
	return workflow.NewContinueAsNewError(ctx, GlassWorkflow, GlassInput{
		Glass: v.id, Told: v.told, Undelivered: v.outbox.waiting, Attempt: v.outbox.attempt, NextTry: v.outbox.next(),
	})
}
