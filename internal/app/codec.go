package app

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"homeward/internal/codec"
	"homeward/internal/config"
	"homeward/internal/keyring"
	"homeward/internal/lifecycle"
)

// keyLook is how often a process looks whether its keys have changed.
const keyLook = 30 * time.Second

// payloads returns the codec of a process, and follows its keys until the stack
// stops. The process does not start without keys; a key file that cannot be read
// later on leaves it with the keys that it has.
func payloads(
	ctx context.Context, c config.Codec, namespace string,
	log *slog.Logger, metrics prometheus.Registerer, stack *lifecycle.Stack,
) (*codec.Codec, error) {
	ring := codec.Off()
	if !c.Off {
		var err error
		if ring, err = codec.Open(c.Read); err != nil {
			return nil, err
		}
	}
	unreadable := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "homeward_codec_unreadable_total", Help: "Payloads that could not be decrypted, by reason.",
	}, []string{"reason"})
	for _, reason := range codec.Reasons() {
		unreadable.WithLabelValues(string(reason))
	}
	for _, collector := range []prometheus.Collector{unreadable, keyMetric{ring}} {
		if err := metrics.Register(collector); err != nil {
			return nil, err
		}
	}
	tell(ctx, log, ring)
	ticker := time.NewTicker(keyLook)
	return codec.New(codec.Options{
		Ring: ring, Namespace: namespace, Random: rand.Reader,
		Unreadable: func(e *codec.Error) { unreadable.WithLabelValues(string(e.Reason)).Inc() },
	}), follow(ctx, "encryption keys", ring.Ring, ticker, func() { tell(ctx, log, ring) }, log, stack)
}

// WithoutPayloads is the codec of a tool that neither sends payloads nor reads
// any: it has no keys, and would fail.
func WithoutPayloads() *codec.Codec { return codec.New(codec.Options{Ring: new(codec.Ring)}) }

// follow reads the keys of a ring again at every tick, and calls changed when they
// are others. What names them in the log.
func follow(
	ctx context.Context, what string, ring *keyring.Ring, ticker *time.Ticker, changed func(),
	log *slog.Logger, stack *lifecycle.Stack,
) error {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var following sync.WaitGroup
	following.Go(func() {
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			others, err := ring.Reload()
			if err != nil {
				log.ErrorContext(ctx, "keys cannot be read again; those of before stay in use",
					slog.String("keys", what), slog.Any("error", err))
			}
			if others {
				changed()
			}
		}
	})
	return stack.Start(ctx, what, nil, func(context.Context) error {
		cancel()
		following.Wait()
		return nil
	})
}

// tell says which keys this process has. Their IDs are no secret.
func tell(ctx context.Context, log *slog.Logger, ring *codec.Ring) {
	if ids := ring.IDs(); len(ids) > 0 {
		log.InfoContext(ctx, "payloads are encrypted", slog.String("with", ids[0]), slog.Any("decrypted_with", ids))
		return
	}
	log.WarnContext(ctx, "encryption is off: Temporal stores payloads in the clear")
}

// keyMetric shows which keys a process has, so that a rotation can be followed.
type keyMetric struct{ ring *codec.Ring }

func (keyMetric) desc() *prometheus.Desc {
	return prometheus.NewDesc("homeward_codec_key", "1 for each encryption key that this process has. The first one encrypts.",
		[]string{"id", "use"}, nil)
}

// Describe implements [prometheus.Collector].
func (k keyMetric) Describe(descriptions chan<- *prometheus.Desc) { descriptions <- k.desc() }

// Collect implements [prometheus.Collector].
func (k keyMetric) Collect(metrics chan<- prometheus.Metric) {
	use := "encrypt"
	for _, id := range k.ring.IDs() {
		metrics <- prometheus.MustNewConstMetric(k.desc(), prometheus.GaugeValue, 1, id, use)
		use = "decrypt"
	}
}
