package api

import (
	"context"
	"errors"
	"slices"
	"time"

	"homeward/casework"
	"homeward/internal/fault"
	"homeward/workflows"
)

// chasing bounds how long the API tries to tell a record of its log.
const chasing = 10 * time.Minute

// verified compares a refusal with the log before it is passed on. A record that
// has not heard of all that its log holds refuses what is lawful: Temporal was
// lost before the record heard of a step that was recorded, and acknowledged
// from the log. Such a record is told so, and the step is to be sent again. So
// it is where the refusal could not be compared: a check that failed is never
// "not behind". The look has a time of its own, because a refusal can come at
// the end of the command's.
func (a *API) verified(ctx context.Context, s sending, err error) error {
	switch casework.KindOf(err) { //nolint:exhaustive // no other refusal depends on what has been recorded
	case casework.Blocked, casework.Stale, casework.Invalid:
	default:
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	events, failed := a.store.Events(ctx, s.aggregate(), 1)
	if failed != nil {
		return casework.WrapError(casework.Unavailable,
			"It could not be found out whether this step is possible. Send it again in a moment.", errors.Join(failed, err))
	}
	if len(events) == 0 || a.refusedBy(s.kind, events, s.command) {
		return err
	}
	// A signal that fails is sent again with the next try of the step.
	_ = a.temporal.SignalWorkflow(ctx, s.aggregate(), "", workflows.SignalCatchUp, events[len(events)-1].Seq)
	return casework.WrapError(casework.Unavailable,
		"This record is catching up with its log. Send the step again in a moment.", err)
}

// refusedBy says whether a record with these events refuses a command.
func (a *API) refusedBy(kind casework.AggregateKind, events []casework.Event, c casework.Command) bool {
	c.Now = later(a.now(), events[len(events)-1].RecordedAt)
	var err error
	if kind == casework.KindReport {
		_, err = casework.FoldReport(events).Decide(c)
	} else {
		_, err = casework.FoldCase(events).Decide(c)
	}
	if move, ok := c.Body.(interface{ Packs() (from, to string) }); ok && err == nil {
		err = a.law.Admits(move.Packs())
	}
	return err != nil
}

// chase tells a record what its log holds, as soon as Temporal answers again. A
// record that has seen it all does nothing. An API that is stopped meanwhile
// leaves the rest to the next step on the record.
func (a *API) chase(ctx context.Context, aggregate string) {
	ctx, cancel := context.WithTimeout(ctx, chasing)
	defer cancel()
	passes := func(err error) bool {
		return !slices.Contains([]casework.Kind{"", casework.NotFound, casework.Gone}, casework.KindOf(fault.Decode(err)))
	}
	_ = patiently(ctx, passes, func() error { // The next step on the record tries again.
		summary, err := a.store.Summary(ctx, aggregate)
		if err == nil {
			err = a.temporal.SignalWorkflow(ctx, aggregate, "", workflows.SignalCatchUp, summary.Revision)
		}
		return err
	})
}
