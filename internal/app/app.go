// Package app puts the parts of a process together from its configuration: the
// worker, the API, the clients that both need. It is the one place that knows
// every adapter, and is run by the command line and by end-to-end tests alike.
package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"

	"homeward/internal/certs"
	"homeward/internal/codec"
	"homeward/internal/config"
	"homeward/internal/sdkmetrics"
	"homeward/internal/secrets"
	"homeward/notify"
	"homeward/postgres"
)

// NewRegistry returns a metrics registry with the figures of the Go runtime and
// of the process.
func NewRegistry() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry
}

// Database connects to PostgreSQL.
func Database(ctx context.Context, c config.Database, process string) (*postgres.DB, error) {
	files, err := c.TLS()
	if err != nil {
		return nil, err
	}
	return postgres.Open(ctx, string(c.URL), postgres.Options{
		MaxConns: c.Connections, Application: "homeward-" + process, TLS: files, Insecure: c.Insecure,
	})
}

// Vault returns the secrets of the records in db, which the keys of ring wrap, and
// has the narratives in db sealed with them.
func Vault(db *postgres.DB, ring *codec.Ring) *secrets.Vault {
	v := secrets.New(secrets.Options{Ring: ring, Store: db, Random: rand.Reader, Now: time.Now})
	db.SealTexts(v)
	return v
}

// heartbeat is how often a worker tells Temporal that it lives, and silence is
// after how long without one the API says that it does not.
const (
	heartbeat = 5 * time.Second
	silence   = 3 * heartbeat
)

// Temporal returns a client that connects when it is first used, so that a
// process can start before Temporal does; readiness says whether it is there.
// Where the two sides do not trust each other, waiting helps nobody, and the error
// names the setting to look at. Everything that it sends is encrypted by payloads.
func Temporal(
	ctx context.Context, c config.Temporal, payloads *codec.Codec, log *slog.Logger, metrics prometheus.Registerer,
) (client.Client, error) {
	handler, err := sdkmetrics.New(metrics)
	if err != nil {
		return nil, fmt.Errorf("metrics of the Temporal client: %w", err)
	}
	secured, err := c.TLS(stale(ctx, log, "--temporal-tls-cert"))
	if err != nil {
		return nil, err
	}
	if err := c.Words().Probe(ctx, c.Address, secured); err != nil {
		return nil, err
	}
	return client.NewLazyClient(client.Options{
		HostPort: c.Address, Namespace: c.Namespace, Logger: sdklog.NewStructuredLogger(log), MetricsHandler: handler,
		ConnectionOptions: client.ConnectionOptions{TLS: secured}, WorkerHeartbeatInterval: heartbeat,
		DataConverter: payloads.DataConverter(), FailureConverter: payloads.FailureConverter(),
	})
}

// stale reports to the log that a certificate has changed and cannot be used.
func stale(ctx context.Context, log *slog.Logger, setting string) certs.Report {
	ctx = context.WithoutCancel(ctx)
	return func(err error) {
		log.ErrorContext(ctx, "a certificate has changed and cannot be used; that of before stays in use",
			slog.String("setting", setting), slog.Any("error", err))
	}
}

// senders returns one sender for each channel that is configured.
func senders(c config.Notices) (map[notify.Channel]notify.Sender, error) {
	senders := make(map[notify.Channel]notify.Sender)
	if c.SMTPAddress != "" {
		host, port, err := mailServer(c.SMTPAddress)
		if err != nil {
			return nil, err
		}
		email, err := notify.NewEmail(notify.EmailOptions{
			Host: host, Port: port, From: c.SMTPFrom, TLS: notify.TLSMode(c.SMTPTLS),
			Username: c.SMTPUser, Password: string(c.SMTPPassword),
		})
		if err != nil {
			return nil, err
		}
		senders[notify.ChannelEmail] = email
	}
	if c.WebhookSecret != "" {
		webhook, err := notify.NewWebhook(notify.WebhookOptions{
			Keys: [][]byte{[]byte(c.WebhookSecret)}, AllowHTTP: c.WebhookPrivate, AllowPrivate: c.WebhookPrivate,
		})
		if err != nil {
			return nil, err
		}
		senders[notify.ChannelWebhook] = webhook
	}
	return senders, nil
}

// mailServer splits host:port; the port may be left out.
func mailServer(address string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return address, 0, nil //nolint:nilerr // an address without a port is one, too
	}
	port, err = strconv.Atoi(text)
	if err != nil {
		return "", 0, fmt.Errorf("--smtp-address: %q is not a port", text)
	}
	return host, port, nil
}
