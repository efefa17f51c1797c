package activities

import (
	"context"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"

	"homeward/internal/fault"
	"homeward/notify"
)

const (
	// atOnce is how many deliveries one Deliver attempts. All begin together, so
	// that none waits for another and each is over before its lease is.
	atOnce = 32
	// recording bounds how long storing the result of an attempt may take, after
	// the activity itself has been told to stop, too.
	recording = 5 * time.Second
	// elsewhere is when to look again for deliveries that another worker holds.
	elsewhere = time.Minute
)

// DeliverInput names the record whose notices go out.
type DeliverInput struct {
	Aggregate string `json:"aggregate"`
}

// DeliverResult says how far the notices of a record are.
type DeliverResult struct {
	// Delivered is how many this call delivered.
	Delivered int `json:"delivered"`
	// Undelivered is how many of the record wait now, by whatever call.
	Undelivered int `json:"undelivered"`
	// NextTry is how long to wait before the next call, 0 when none wait.
	NextTry time.Duration `json:"next_try"`
}

// Deliver makes one attempt for each delivery of a record that waits, whenever
// the last one was: the record's clock may run ahead of this machine's, so its
// own durable timer decides when to call. Attempts run beside each other, each
// with its own time limit, and each is recorded with its result. A sender's
// failure is a result, not an error. An error means that the outbox does not
// answer; what was sent but not recorded is sent again, recognisable by its key.
func (a *Activities) Deliver(ctx context.Context, in DeliverInput) (DeliverResult, error) {
	due, err := a.outbox.DueDeliveries(ctx, in.Aggregate, atOnce)
	if err != nil {
		return DeliverResult{}, refused(ctx, "outbox not read", err)
	}
	r := round{full: len(due) == atOnce}
	var all sync.WaitGroup
	for _, d := range due {
		all.Go(func() {
			defer activity.RecordHeartbeat(ctx)
			r.add(a.attempt(ctx, d))
		})
	}
	all.Wait()
	if r.err != nil {
		return DeliverResult{}, refused(ctx, "attempt not recorded", r.err)
	}
	waiting, err := a.outbox.Undelivered(ctx, in.Aggregate)
	if err != nil {
		return DeliverResult{}, refused(ctx, "outbox not read", err)
	}
	return r.result(waiting), nil
}

// attempt sends one delivery and records what became of it. What has been sent
// is recorded even when the activity is told to stop meanwhile.
func (a *Activities) attempt(ctx context.Context, d DueDelivery) (outcome, error) {
	attempt, failed := a.try(ctx, d, "notice not delivered")
	storing, cancel := context.WithTimeout(context.WithoutCancel(ctx), recording)
	defer cancel()
	if err := a.outbox.RecordAttempt(storing, attempt); err != nil {
		return outcome{}, err
	}
	a.metrics.count(d.Channel, failed)
	return outcome{attempts: d.Attempts + 1, failed: failed}, nil
}

// try sends one delivery and describes the attempt. Where it failed, the log says so
// in these words and why.
func (a *Activities) try(ctx context.Context, d DueDelivery, words string) (Attempt, *notify.Error) {
	attempt := Attempt{NoticeKey: d.Notice.Key, Channel: d.Channel, At: time.Now()}
	receipt, failed := a.send(ctx, d.Delivery)
	if failed == nil {
		attempt.Delivered, attempt.Response = true, receipt.Response
		return attempt, nil
	}
	attempt.Permanent, attempt.Error = failed.Permanent(), failed.Error()
	activity.GetLogger(ctx).Warn(words, "channel", d.Channel, "notice", notify.KeyHash(d.Notice.Key),
		"attempt", d.Attempts+1, "reason", failed.Reason, "code", failed.Code)
	return attempt, failed
}

func (a *Activities) send(ctx context.Context, d notify.Delivery) (notify.Receipt, *notify.Error) {
	sender, ok := a.senders[d.Channel]
	if !ok {
		return notify.Receipt{}, &notify.Error{Channel: d.Channel, Reason: notify.Unconfigured}
	}
	ctx, cancel := context.WithTimeout(ctx, a.attemptTimeout)
	defer cancel()
	receipt, err := sender.Send(ctx, d)
	if err != nil {
		return notify.Receipt{}, notify.AsError(d.Channel, err)
	}
	return receipt, nil
}

// refused logs the private cause of an error and returns what a workflow may see.
func refused(ctx context.Context, what string, err error) error {
	activity.GetLogger(ctx).Warn(what, "error", err)
	return fault.Encode(err)
}
