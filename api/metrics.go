package api

import (
	"errors"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the API's own. No label comes from a caller: routes are templates,
// steps and kinds are lists.
type metrics struct {
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	inFlight prometheus.Gauge
	updates  *prometheus.CounterVec
	latency  *prometheus.HistogramVec
	decoded  *prometheus.CounterVec
	glass    prometheus.Counter
	sealed   *prometheus.CounterVec
}

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "homeward_http_requests_total", Help: "Requests answered, by route template and status.",
		}, []string{"method", "route", "code"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "homeward_http_request_duration_seconds", Help: "Time from a request to its answer, by route template.",
			Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20},
		}, []string{"method", "route"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "homeward_http_requests_in_flight", Help: "Requests being answered now.",
		}),
		updates: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "homeward_updates_total", Help: "Steps sent to workflows, by what became of them: done, repeated, or a kind of error.",
		}, []string{"step", "outcome"}),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "homeward_update_duration_seconds", Help: "Time from sending a step to its answer.",
			Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20},
		}, []string{"step"}),
		decoded: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "homeward_decoded_payloads_total", Help: "Payloads that the Temporal UI has asked for, by what became of them: decoded or unreadable.",
		}, []string{"outcome"}),
		sealed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "homeward_compartment_unreadable_total", Help: "Entries of compartments that could not be decrypted, by reason.",
		}, []string{"compartment", "reason"}),
	}
	m.glass = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "homeward_glass_broken_total", Help: "Times that somebody got to read a record in an emergency.",
	})
	var failed []error
	for _, c := range []prometheus.Collector{m.requests, m.duration, m.inFlight, m.updates, m.latency, m.decoded, m.glass, m.sealed} {
		failed = append(failed, r.Register(c))
	}
	return m, errors.Join(failed...)
}

func (m *metrics) request(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.duration.WithLabelValues(method, route).Observe(took.Seconds())
}

func (m *metrics) update(step, outcome string, took time.Duration) {
	m.updates.WithLabelValues(step, outcome).Inc()
	m.latency.WithLabelValues(step).Observe(took.Seconds())
}
