// Package activities holds what workflows do to the world: record a transition,
// deliver notices, open another record. One struct carries the dependencies; its
// exported methods are the activities, and workflows name them by reference.
//
// Every error that leaves an activity has been through package fault, so a
// workflow sees a kind and a public sentence. The private cause stays in the
// worker's log.
package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/client"

	"homeward/casework"
	"homeward/notify"
)

// Log is the event log.
type Log interface {
	// Record stores a transition whole or not at all, and says what the log
	// knows when it was recorded before or the caller is behind.
	Record(ctx context.Context, t casework.Transition) (casework.RecordResult, error)
	// Events returns the events of a record from a seq on, in order.
	Events(ctx context.Context, aggregate string, from int) ([]casework.Event, error)
}

// Starter is the part of [client.Client] that opens records.
type Starter interface {
	NewWithStartWorkflowOperation(client.StartWorkflowOptions, any, ...any) client.WithStartWorkflowOperation
	UpdateWithStartWorkflow(context.Context, client.UpdateWithStartWorkflowOptions) (client.WorkflowUpdateHandle, error)
}

// Options are the dependencies of [Activities]. All are needed but Digests and Senders.
type Options struct {
	Log      Log
	Outbox   Outbox
	Glass    Glass
	Temporal Starter
	// Digests are what can wait; nil for a worker that sends none.
	Digests Digests
	// Metrics takes the counters homeward_notices_delivered_total and
	// homeward_notice_attempts_total.
	Metrics prometheus.Registerer
	// Senders send by channel. Deliveries of a channel that has none stay
	// undelivered and say so; they leave when a sender is configured.
	Senders map[notify.Channel]notify.Sender
	// AttemptTimeout bounds one attempt of one delivery, below the outbox's lease
	// of a minute. 0 means 20 seconds.
	AttemptTimeout time.Duration
}

// Activities are the activities of Homeward. Methods are safe for concurrent use.
type Activities struct {
	log            Log
	outbox         Outbox
	digests        Digests
	glass          Glass
	temporal       Starter
	senders        map[notify.Channel]notify.Sender
	metrics        metrics
	attemptTimeout time.Duration
}

// New checks the options and registers the metrics.
func New(o Options) (*Activities, error) {
	if o.Log == nil || o.Outbox == nil || o.Glass == nil || o.Temporal == nil || o.Metrics == nil {
		return nil, errors.New("activities need a log, an outbox, what keeps broken glass, a Temporal client and a metrics registry")
	}
	if o.AttemptTimeout <= 0 {
		o.AttemptTimeout = 20 * time.Second
	}
	m, err := newMetrics(o.Metrics)
	if err != nil {
		return nil, fmt.Errorf("metrics of activities: %w", err)
	}
	return &Activities{
		log: o.Log, outbox: o.Outbox, digests: o.Digests, glass: o.Glass, temporal: o.Temporal,
		senders: o.Senders, metrics: m, attemptTimeout: o.AttemptTimeout,
	}, nil
}
