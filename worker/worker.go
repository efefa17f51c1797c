// Package worker builds the process that runs Homeward's workflows and
// activities: what it registers, how it polls, how it stops, and whether it is
// ready. It holds no logic of its own.
package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"homeward/activities"
	"homeward/workflows"
)

// How the worker polls. Autoscaling follows the load between these bounds; at
// its default of two fixed pollers a worker serves a third to a fifth of the
// Updates (measured at 8 and at 32 clients).
const (
	pollersAtFirst = 10
	pollersMin     = 5
	pollersMax     = 50
)

// Options are the dependencies and the settings of a [Worker]. All but
// Erasure, Retention, Transfers, Splits, the versions and the numbers are needed.
type Options struct {
	// Client encrypts as a worker's does: see [homeward/internal/codec.Codec.ForWorker].
	Client     client.Client
	TaskQueue  string
	Workflows  workflows.Workflows
	Activities *activities.Activities
	// Erasure destroys records; nil for a worker that does not.
	Erasure *activities.Erasure
	// Retention applies the rules of retention; nil for a worker that does not.
	Retention *activities.Retention
	// Transfers moves records between workers; nil for a worker that does not.
	Transfers *activities.Transfers
	// Splits splits cases; nil for a worker that does not.
	Splits *activities.Splits
	// StopTimeout is how long work in flight may take to finish after Stop.
	StopTimeout time.Duration
	// DeploymentName and BuildID name this release to Temporal; without a build
	// ID the worker is unversioned.
	DeploymentName string
	BuildID        string
	// CacheSize is how many open records stay in memory; 0 keeps the SDK's default.
	CacheSize int
	// OnFatalError hears of an error that the worker cannot go on after.
	OnFatalError func(error)
}

// Worker is a running or startable worker.
type Worker struct {
	worker sdkworker.Worker
}

// New builds a worker and registers everything that it runs.
func New(o Options) (*Worker, error) {
	if o.Client == nil || o.TaskQueue == "" || o.Workflows.Law == nil || o.Activities == nil {
		return nil, errors.New("a worker needs a client, a task queue, the law and the activities")
	}
	if o.CacheSize > 0 {
		sdkworker.SetStickyWorkflowCacheSize(o.CacheSize)
	}
	w := sdkworker.New(o.Client, o.TaskQueue, options(o))
	Register(w, o.Workflows, o.Activities)
	if o.Erasure != nil {
		w.RegisterActivity(o.Erasure)
	}
	if o.Retention != nil {
		w.RegisterActivity(o.Retention)
	}
	if o.Transfers != nil {
		w.RegisterActivity(o.Transfers)
	}
	if o.Splits != nil {
		w.RegisterActivity(o.Splits)
	}
	return &Worker{worker: w}, nil
}

// Register names every workflow and activity to a worker or a test environment.
func Register(r sdkworker.Registry, w workflows.Workflows, a *activities.Activities) {
	w.Register(r)
	r.RegisterActivityWithOptions(a, activity.RegisterOptions{})
}

// options translates the settings for the SDK.
func options(o Options) sdkworker.Options {
	polling := sdkworker.NewPollerBehaviorAutoscaling(sdkworker.PollerBehaviorAutoscalingOptions{
		InitialNumberOfPollers: pollersAtFirst, MinimumNumberOfPollers: pollersMin, MaximumNumberOfPollers: pollersMax,
	})
	translated := sdkworker.Options{
		WorkerStopTimeout:          o.StopTimeout,
		WorkflowTaskPollerBehavior: polling,
		ActivityTaskPollerBehavior: polling,
		OnFatalError:               o.OnFatalError,
	}
	if o.BuildID != "" {
		translated.DeploymentOptions = sdkworker.DeploymentOptions{
			UseVersioning:             true,
			Version:                   sdkworker.WorkerDeploymentVersion{DeploymentName: o.DeploymentName, BuildID: o.BuildID},
			DefaultVersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
		}
	}
	return translated
}

// Start begins to poll. It returns once the pollers run.
func (w *Worker) Start(context.Context) error {
	if err := w.worker.Start(); err != nil {
		return fmt.Errorf("start the worker: %w", err)
	}
	return nil
}

// Stop ends polling and waits for the work in flight, for the stop timeout at most.
func (w *Worker) Stop(context.Context) error {
	w.worker.Stop()
	return nil
}
