package sdkmetrics

import (
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/client"
)

// families collects every metric. It is an unchecked collector (Describe sends nothing)
// because the SDK emits one name with several label sets, which a registry allows only
// for collectors that promise nothing.
type families struct {
	mu     sync.RWMutex
	byName map[string]*family
}

// family is one exported name: one kind, and one vector for each set of label names.
type family struct {
	kind    kind
	vectors map[string]prometheus.Collector
}

type kind int

const (
	kindCounter kind = iota
	kindGauge
	kindHistogram
)

// Describe sends nothing; see families.
func (*families) Describe(chan<- *prometheus.Desc) {}

// Collect sends the metrics of every family.
func (f *families) Collect(metrics chan<- prometheus.Metric) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	for _, family := range f.byName {
		for _, vector := range family.vectors {
			vector.Collect(metrics)
		}
	}
}

func (f *families) counter(name string, with labels) client.MetricsCounter {
	vector, ok := f.vector(name, kindCounter, with).(*prometheus.CounterVec)
	if !ok {
		return client.MetricsNopHandler.Counter(name)
	}
	return counter{vector.WithLabelValues(with.values...)}
}

func (f *families) gauge(name string, with labels) client.MetricsGauge {
	vector, ok := f.vector(name, kindGauge, with).(*prometheus.GaugeVec)
	if !ok {
		return client.MetricsNopHandler.Gauge(name)
	}
	return gauge{vector.WithLabelValues(with.values...)}
}

func (f *families) histogram(name string, with labels) client.MetricsTimer {
	vector, ok := f.vector(name, kindHistogram, with).(*prometheus.HistogramVec)
	if !ok {
		return client.MetricsNopHandler.Timer(name)
	}
	return timer{vector.WithLabelValues(with.values...)}
}

// vector returns the vector for name and label names, made at first use. It is nil when
// name is already of another kind: such a family would fail the whole scrape, so the
// first kind stays and the later one is not recorded.
func (f *families) vector(name string, of kind, with labels) prometheus.Collector {
	f.mu.RLock()
	known := f.byName[name].lookup(of, with.key)
	f.mu.RUnlock()
	if known != nil {
		return known
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.byName[name] == nil {
		f.byName[name] = &family{kind: of, vectors: map[string]prometheus.Collector{}}
	}
	entry := f.byName[name]
	if entry.kind == of && entry.vectors[with.key] == nil {
		entry.vectors[with.key] = newVector(name, of, with.names)
	}
	return entry.lookup(of, with.key)
}

// lookup returns nil for an unknown family, another kind or unknown label names.
func (f *family) lookup(of kind, key string) prometheus.Collector {
	if f == nil || f.kind != of {
		return nil
	}
	return f.vectors[key]
}

func newVector(name string, of kind, labelNames []string) prometheus.Collector {
	const help = "Temporal SDK metric, see https://docs.temporal.io/references/sdk-metrics."
	switch of {
	case kindGauge:
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labelNames)
	case kindHistogram:
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets(name)}, labelNames)
	case kindCounter:
	}
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labelNames)
}

// buckets returns upper bounds in seconds: from a cached workflow task to a long poll,
// and from a day to five years for whole workflows, which are cases here.
func buckets(name string) []float64 {
	const day = 24 * 60 * 60
	if strings.HasSuffix(name, "workflow_endtoend_latency") {
		return []float64{day, 7 * day, 30 * day, 60 * day, 90 * day, 180 * day, 365 * day, 548 * day, 730 * day, 1095 * day, 1826 * day}
	}
	return []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 75}
}

type counter struct{ prometheus.Counter }

// Inc adds n. A counter never falls: a negative n is not recorded.
func (c counter) Inc(n int64) {
	if n > 0 {
		c.Add(float64(n))
	}
}

type gauge struct{ prometheus.Gauge }

// Update sets the gauge.
func (g gauge) Update(value float64) { g.Set(value) }

type timer struct{ prometheus.Observer }

// Record observes took in seconds.
func (t timer) Record(took time.Duration) { t.Observe(took.Seconds()) }
