package main

import (
	"context"

	"homeward/internal/app"
	"homeward/internal/config"
)

// healthCommand is what a container's health check runs: an image without a shell
// has no other program that could ask.
type healthCommand struct {
	Serving config.Serving `embed:"" group:"Listener"`

	Process string `arg:"" enum:"api,worker" help:"Which process to ask: api or worker. It is found through --listen or --worker-listen."`
	Live    bool   `help:"Ask only whether it answers, not whether all that it needs does."`

	Listen       string `name:"listen" env:"HOMEWARD_LISTEN" default:"127.0.0.1:8080" help:"Address of the HTTP API."`
	WorkerListen string `name:"worker-listen" env:"HOMEWARD_WORKER_LISTEN" default:"127.0.0.1:9090" help:"Address of the worker's probes."`
}

// Run asks once; the exit status is the answer.
func (h healthCommand) Run(ctx context.Context) error {
	address, path := h.Listen, "/readyz"
	if h.Process == "worker" {
		address = h.WorkerListen
	}
	if h.Live {
		path = "/healthz"
	}
	return app.Health(ctx, h.Serving, address, path)
}
