package activities

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"homeward/notify"
)

// metrics count what becomes of notices. Labels come from closed lists and name
// no record and no person.
type metrics struct {
	delivered *prometheus.CounterVec
	attempts  *prometheus.CounterVec
}

func newMetrics(registry prometheus.Registerer) (metrics, error) {
	m := metrics{
		delivered: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "homeward_notices_delivered_total",
			Help: "Notices that the far side of a channel has taken.",
		}, []string{"channel"}),
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "homeward_notice_attempts_total",
			Help: "Attempts to deliver a notice, by result: delivered, or the reason why not.",
		}, []string{"channel", "result"}),
	}
	for _, channel := range []notify.Channel{notify.ChannelEmail, notify.ChannelWebhook} {
		m.delivered.WithLabelValues(string(channel)) // 0 from the start, so that a rate sees the first one
	}
	return m, errors.Join(registry.Register(m.delivered), registry.Register(m.attempts))
}

// count counts an attempt; failed is nil for a delivery.
func (m metrics) count(channel notify.Channel, failed *notify.Error) {
	result := "delivered"
	if failed != nil {
		result = string(failed.Reason)
	} else {
		m.delivered.WithLabelValues(string(channel)).Inc()
	}
	m.attempts.WithLabelValues(string(channel), result).Inc()
}
