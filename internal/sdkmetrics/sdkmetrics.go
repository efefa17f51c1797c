// Package sdkmetrics exports the Temporal SDK's metrics through client_golang, into
// the same registry as the program's own.
//
// Names stay the SDK's. Counters end in _total, timers are histograms in seconds
// without a further suffix (temporal_request_latency_bucket), gauges are gauges.
package sdkmetrics

import (
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/client"
)

// New registers the metrics at registerer and returns the handler for
// client.Options.MetricsHandler. It may be used from many goroutines.
//
// Call it once for a registry: the same metrics collected twice fail every scrape.
func New(registerer prometheus.Registerer) (client.MetricsHandler, error) {
	families := &families{byName: map[string]*family{}}
	if err := registerer.Register(families); err != nil {
		return nil, err
	}
	return &handler{families: families}, nil
}

// handler is immutable: WithTags makes another.
type handler struct {
	families *families
	tags     map[string]string
	labels   labels
}

// WithTags returns a handler that adds tags to what it already has; a tag of the same
// name is overwritten. Tags that name one workflow, run, activity or person are dropped.
func (h *handler) WithTags(tags map[string]string) client.MetricsHandler {
	merged := maps.Clone(h.tags)
	if merged == nil {
		merged = make(map[string]string, len(tags))
	}
	for name, value := range tags {
		if name = labelName(name); !tooMany(name) {
			merged[name] = value
		}
	}
	return &handler{families: h.families, tags: merged, labels: newLabels(merged)}
}

// Counter returns the counter <name>_total.
func (h *handler) Counter(name string) client.MetricsCounter {
	if !strings.HasSuffix(name, "_total") {
		name += "_total"
	}
	return h.families.counter(metricName(name), h.labels)
}

// Gauge returns the gauge name.
func (h *handler) Gauge(name string) client.MetricsGauge {
	return h.families.gauge(metricName(name), h.labels)
}

// Timer returns the histogram name, in seconds.
func (h *handler) Timer(name string) client.MetricsTimer {
	return h.families.histogram(metricName(name), h.labels)
}

// labels is one metric's label set in the order of the names.
type labels struct {
	names  []string
	values []string
	key    string // the names joined: which vector of a family the set belongs to
}

func newLabels(tags map[string]string) labels {
	names := slices.Sorted(maps.Keys(tags))
	values := make([]string, len(names))
	for i, name := range names {
		values[i] = strings.ToValidUTF8(tags[name], "\uFFFD")
	}
	return labels{names: names, values: values, key: strings.Join(names, ",")}
}

// tooMany reports whether a label would grow with the number of cases, or could point
// at a person. Prometheus keeps one series for each value.
func tooMany(name string) bool {
	switch name {
	case "workflow_id", "run_id", "activity_id", "update_id", "signal_id", "timer_id",
		"parent_workflow_id", "parent_run_id", "root_workflow_id", "first_run_id",
		"identity", "worker_identity", "attempt", "event_id":
		return true
	}
	return false
}
