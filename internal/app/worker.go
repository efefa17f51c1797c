package app

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.temporal.io/sdk/client"

	"homeward/activities"
	"homeward/internal/config"
	"homeward/internal/lifecycle"
	"homeward/worker"
	"homeward/workflows"
)

// checkTimeout bounds one readiness check.
const checkTimeout = 2 * time.Second

// WorkerConfig is what the worker process reads from its environment and flags.
type WorkerConfig struct {
	Database config.Database `embed:"" group:"Database"`
	Temporal config.Temporal `embed:"" group:"Temporal"`
	Codec    config.Codec    `embed:"" group:"Encryption"`
	Serving  config.Serving  `embed:"" group:"Listener"`
	Worker   config.Worker   `embed:"" group:"Worker"`
	Notices  config.Notices  `embed:"" group:"Notices"`
	Packs    config.Packs    `embed:"" group:"Policy"`
	Process  config.Process  `embed:"" group:"Process"`
}

// RunWorker runs the worker until ctx ends or it cannot go on, and then stops
// it in order: unready, polling ended, work in flight finished.
func RunWorker(ctx context.Context, c WorkerConfig, log *slog.Logger) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	stack := lifecycle.New(log, c.Process.StopTimeout)
	err := startWorker(ctx, c, log, stack, fail)
	if err == nil {
		log.InfoContext(ctx, "worker ready", slog.String("address", c.Worker.Listen))
		err = until(ctx)
	}
	return errors.Join(err, stack.Stop(ctx))
}

// startWorker starts each part and leaves its stop on the stack.
func startWorker(
	ctx context.Context, c WorkerConfig, log *slog.Logger, stack *lifecycle.Stack, fail context.CancelCauseFunc,
) error {
	law, err := Law(c.Packs)
	if err != nil {
		return err
	}
	registry := NewRegistry()
	payloads, err := payloads(ctx, c.Codec, c.Temporal.Namespace, log, registry, stack)
	if err != nil {
		return err
	}
	own, err := connect(ctx, c.Database, c.Temporal, payloads.ForWorker(), "worker", log, registry, stack)
	if err != nil {
		return err
	}
	w, err := buildWorker(c, own, law, registry, fail)
	if err != nil {
		return err
	}
	if err := stack.Start(ctx, "worker", w.Start, w.Stop); err != nil {
		return err
	}
	go resumePurges(ctx, own, c.Temporal.TaskQueue, log)
	go resumeTransfers(ctx, own, c.Temporal.TaskQueue, log)
	go resumeSplits(ctx, own, c.Temporal.TaskQueue, log)
	ready := func(ctx context.Context) map[string]error {
		_, err := own.temporal.CheckHealth(ctx, &client.CheckHealthRequest{})
		return map[string]error{"database": own.db.Ready(ctx), "temporal": err}
	}
	return serve(ctx, stack, c.Serving, c.Worker.Listen, probeServer(probes(registry, ready), log), log, fail)
}

// buildWorker puts the worker together.
func buildWorker(
	c WorkerConfig, own parts, law workflows.Packs,
	metrics prometheus.Registerer, fail context.CancelCauseFunc,
) (*worker.Worker, error) {
	senders, err := senders(c.Notices)
	if err != nil {
		return nil, err
	}
	acts, err := activities.New(activities.Options{
		Log: own.db, Outbox: NewOutbox(own.db), Digests: NewDigests(own.db, law.Library, c.Notices.DigestHour), Glass: own.db, Temporal: own.temporal,
		Metrics: metrics, Senders: senders,
	})
	if err != nil {
		return nil, err
	}
	return worker.New(worker.Options{
		Client: own.temporal, TaskQueue: c.Temporal.TaskQueue, Workflows: workflows.Workflows{Law: law}, Activities: acts,
		Erasure:     NewErasure(own.db, own.temporal, own.payloads, own.vault, c.Temporal.Namespace),
		Retention:   NewRetention(own.db, law.Library, time.Now),
		Transfers:   NewTransfers(own.db, own.temporal),
		Splits:      NewSplits(own.db, own.temporal),
		StopTimeout: c.Process.StopTimeout * 4 / 5, DeploymentName: c.Worker.DeploymentName, BuildID: c.Worker.BuildID,
		CacheSize: c.Worker.CacheSize, OnFatalError: func(err error) { fail(err) },
	})
}

// probeServer is the worker's listener, with every limit set.
func probeServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: http.MaxBytesHandler(handler, 1<<10), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: time.Minute, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// probes serves a worker's metrics, liveness and readiness.
func probes(registry *prometheus.Registry, ready func(context.Context) map[string]error) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), checkTimeout)
		defer cancel()
		parts, status := make(map[string]string), http.StatusOK
		for name, err := range ready(ctx) {
			parts[name] = "ok"
			if err != nil {
				parts[name], status = "not answering", http.StatusServiceUnavailable
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(parts) // The prober has gone.
	})
	return mux
}
