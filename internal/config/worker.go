package config

import "errors"

// Worker is how the Temporal worker runs.
type Worker struct {
	Listen         string `name:"worker-listen" env:"HOMEWARD_WORKER_LISTEN" default:"127.0.0.1:9090" help:"Address of the worker's /metrics, /healthz and /readyz."`
	DeploymentName string `name:"deployment-name" env:"HOMEWARD_DEPLOYMENT_NAME" default:"homeward" help:"Name of the worker deployment in Temporal."`
	BuildID        string `name:"build-id" env:"HOMEWARD_BUILD_ID" placeholder:"ID" help:"Build ID of this worker within its deployment. Without it, the worker is unversioned."`
	CacheSize      int    `name:"workflow-cache" env:"HOMEWARD_WORKFLOW_CACHE" default:"2000" help:"Cases that the worker keeps in memory. The others are replayed when they wake."`
}

// Validate refuses a negative cache.
func (w *Worker) Validate() error {
	if w.CacheSize < 0 {
		return errors.New("--workflow-cache must not be negative")
	}
	return nil
}
