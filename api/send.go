package api

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"go.temporal.io/sdk/client"

	"homeward/casework"
	"homeward/internal/fault"
	"homeward/postgres"
	"homeward/workflows"
)

// The pause before a record that is moving to a fresh run is asked again.
const (
	firstPause   = 25 * time.Millisecond
	longestPause = time.Second
)

// sending is one command on its way to its record.
type sending struct {
	kind    casework.AggregateKind
	number  string
	command casework.Command
	// texts are the narratives that the command refers to.
	texts []postgres.Text
	// reporter says that who made the report was put into the compartment.
	reporter bool
	// deliver sends the command and waits for its outcome.
	deliver func(context.Context) (client.WorkflowUpdateHandle, error)
}

func (s sending) aggregate() string { return casework.AggregateID(s.kind, s.number) }

func (s sending) statusURL() string {
	return "/v1/commands/" + s.aggregate() + "/" + s.command.ID
}

// send has a command carried out, once however often it is sent, and returns
// the answer that it got the first time. An error says what is known: refused,
// not done, or not known yet.
func (a *API) send(c *call, s sending) (casework.Answer, error) {
	begun := time.Now()
	ctx, cancel := context.WithTimeout(c.Context(), a.updateTimeout)
	defer cancel()
	answer, err := a.deliver(ctx, s)
	outcome := "done"
	if err != nil {
		outcome = string(casework.KindOf(err))
		if answer, err = a.settle(ctx, s, err); err == nil {
			outcome = "repeated"
		}
	}
	if err == nil && answer.Fingerprint != s.command.Fingerprint {
		outcome, err = string(casework.Reused), reused()
		a.drop(ctx, s.texts)
		a.dropReporter(ctx, s)
	}
	a.metrics.update(s.command.Name, outcome, time.Since(begun))
	if err != nil {
		return casework.Answer{}, a.explain(c, s, err)
	}
	return answer, nil
}

// deliver sends the command until it has an outcome or the time is up. A record
// that moves to a fresh run asks for a moment.
func (a *API) deliver(ctx context.Context, s sending) (answer casework.Answer, err error) {
	err = patiently(ctx, unavailable, func() error {
		answer, err = attempt(ctx, s)
		return a.verified(ctx, s, err)
	})
	return answer, err
}

// patiently tries something, with longer and longer pauses, until its error is none
// that passes or the time is up, and returns the last error.
func patiently(ctx context.Context, passes func(error) bool, try func() error) error {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		err := try()
		if !passes(err) {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return err
		}
	}
}

func unavailable(err error) bool { return casework.KindOf(err) == casework.Unavailable }

func attempt(ctx context.Context, s sending) (casework.Answer, error) {
	var answer casework.Answer
	handle, err := s.deliver(ctx)
	if err == nil {
		err = handle.Get(ctx, &answer)
	}
	err = fault.Decode(err)
	if errors.Is(err, context.Canceled) {
		err = outcomeUnknown(err)
	}
	return answer, err
}

func outcomeUnknown(cause error) error {
	return casework.WrapError(casework.Unknown,
		"No answer came in time. The step may have been taken; send it again with the same key.", cause)
}

// settle looks behind an error: the log knows whether the command was carried
// out, now or the first time it was sent. Where it was refused for good, its
// narratives go. This is still done for a caller who has hung up.
func (a *API) settle(ctx context.Context, s sending, failed error) (casework.Answer, error) {
	if !refused(failed) {
		go a.chase(context.WithoutCancel(ctx), s.aggregate())
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	answer, err := a.store.Command(ctx, s.aggregate(), s.command.ID)
	if err == nil {
		return answer, nil
	}
	if casework.KindOf(err) == casework.NotFound && refused(failed) {
		a.drop(ctx, s.texts)
		a.dropReporter(ctx, s)
	}
	return casework.Answer{}, failed
}

// refused says whether an error is a decision against the command.
func refused(err error) bool {
	switch casework.KindOf(err) {
	case casework.Invalid, casework.Forbidden, casework.NotFound, casework.Blocked, casework.Stale, casework.Gone,
		casework.Reused:
		return true
	case casework.Unauthenticated, casework.TooLarge, casework.TooMany, casework.Unavailable, casework.Unknown,
		casework.Internal:
	}
	return false
}

// save stores narratives before the command that refers to them is sent.
func (a *API) save(ctx context.Context, texts []postgres.Text) error {
	if len(texts) == 0 {
		return nil
	}
	return a.store.SaveTexts(ctx, texts)
}

// drop takes the narratives of a refused command away again. What stays behind
// after a failure is referred to by nothing.
func (a *API) drop(ctx context.Context, texts []postgres.Text) {
	if len(texts) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	ids := make([]string, len(texts))
	for i, t := range texts {
		ids[i] = t.ID
	}
	if err := a.store.DropTexts(ctx, ids); err != nil {
		a.log.WarnContext(ctx, "narratives of a refused command stay behind", slog.Any("error", err))
	}
}

// explain adds to a refusal what helps the caller on.
func (a *API) explain(c *call, s sending, err error) error {
	switch casework.KindOf(err) { //nolint:exhaustive // the others speak for themselves
	case casework.Blocked:
		return &refusal{cause: err, next: a.instead(c.Context(), c.who, s.kind, s.number)}
	case casework.Unknown:
		return &refusal{cause: err, statusURL: s.statusURL()}
	case casework.Gone, casework.NotFound:
		return a.absent(c, s, err)
	}
	return err
}

// absent tells a record that is closed from one that never was, and from one
// that should run and does not: Temporal says the same of all three.
func (a *API) absent(c *call, s sending, err error) error {
	summary, failed := a.store.Summary(c.Context(), s.aggregate())
	switch {
	case casework.KindOf(failed) == casework.NotFound:
		return casework.WrapError(casework.NotFound, "There is no such record.", err)
	case failed != nil:
		return failed
	case summary.ClosedAt.IsZero():
		return casework.WrapError(casework.Unavailable,
			"This record is open but does not run at the moment. Send the step again in a minute.", err)
	}
	view := a.recordView(summary)
	return &refusal{
		cause:  casework.WrapError(casework.Gone, "This record is closed. It can be read, but takes no further steps. Reopen a case, or take what is new as a new report.", err),
		record: &view,
	}
}

// update delivers a command to a record that runs.
func (a *API) update(aggregate string, c casework.Command) func(context.Context) (client.WorkflowUpdateHandle, error) {
	return func(ctx context.Context) (client.WorkflowUpdateHandle, error) {
		return a.temporal.UpdateWorkflow(ctx, workflows.UpdateOptions(aggregate, c))
	}
}

// open delivers the first command of a report and starts its workflow for it.
func (a *API) open(aggregate string, c casework.Command) func(context.Context) (client.WorkflowUpdateHandle, error) {
	return func(ctx context.Context) (client.WorkflowUpdateHandle, error) {
		return a.temporal.UpdateWithStartWorkflow(ctx, workflows.OpenOptions(a.temporal, aggregate, a.taskQueue, c))
	}
}
