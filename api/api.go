// Package api is the way in over HTTP: nouns under /v1, POST for what happened,
// GET for what is. It decides nothing. A write is read strictly, authorised,
// and sent to the record's workflow as one Temporal Update, under an ID that
// makes sending it again harmless; a read comes from PostgreSQL and needs no
// worker. Every refusal is an RFC 9457 problem document that says what is
// missing and what would be lawful instead.
//
// Narratives, names and addresses stop here: they go to PostgreSQL, and what
// travels on are references. Nothing personal is logged, counted or repeated in
// an error.
package api

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"homeward/internal/access"
	"homeward/internal/codec"
	"homeward/internal/vault"
	"homeward/workflows"
)

// The waits that the API asks of its callers and of its own parts.
const (
	// pollAfter is when to ask again what became of a command.
	pollAfter = 2 * time.Second
	// retryAfter is when to come back after a 429 or a 503.
	retryAfter = 5 * time.Second
	// grace is what a request gets beyond the update timeout, to find out what
	// became of its command and to say so.
	grace = 5 * time.Second
)

// Options are what the API stands on. All are needed but Vaults, UIURL and those
// that name what 0 means.
type Options struct {
	// Temporal carries commands to the workflows of TaskQueue. Namespace is its
	// client's: /readyz asks there for workers.
	Temporal  Temporal
	Namespace string
	TaskQueue string
	Store     Store
	// Verifier says who a bearer token belongs to.
	Verifier Verifier
	// Law holds every policy pack that a record may follow.
	Law workflows.Packs
	// Pack is the policy pack and version that new reports are pinned to:
	// "washington@2025.1".
	Pack string
	// Codec decodes for the Temporal UI what is encrypted in Namespace.
	Codec *codec.Codec
	// Vaults are the compartments that have keys here. One without is closed.
	Vaults map[access.Compartment]*vault.Vault
	// UIURL leads from a record to its workflow in the Temporal UI; empty for no
	// such link. Pages from there may ask for what they show to be decoded.
	UIURL string
	// MaxBody is the largest body in bytes; 0 means 1 MiB.
	MaxBody int64
	// PerPerson and PerAddress are how many requests a second each may send over
	// time, and ten seconds' worth at once; 0 means no limit.
	PerPerson, PerAddress int
	// Proxies are trusted to name in X-Forwarded-For who calls.
	Proxies []netip.Prefix
	// HTTPSOnly tells browsers to come by https alone.
	HTTPSOnly bool
	// UpdateTimeout is how long a command may take before the answer is 202; 0
	// means 10 seconds.
	UpdateTimeout time.Duration
	// GlassTime is how long broken glass lets somebody read, 0 means 4 hours;
	// GlassLimit is how many a person may have at once, 0 means 5.
	GlassTime  time.Duration
	GlassLimit int
	// WorkerSilence is how long nothing may be heard of a worker before it counts
	// as gone. Keep it above the client's heartbeat interval; 0 means 75 seconds,
	// which fits the SDK's interval of a minute.
	WorkerSilence time.Duration
	Log           *slog.Logger
	// Registerer takes the API's metrics; Gatherer is what /metrics shows.
	Registerer prometheus.Registerer
	Gatherer   prometheus.Gatherer
	// Now is the wall clock. Records have their own.
	Now func() time.Time
}

// API serves the routes of routes.go. It is safe for concurrent use.
type API struct {
	temporal      Temporal
	namespace     string
	taskQueue     string
	store         Store
	verifier      Verifier
	law           workflows.Packs
	pack          string
	codec         *codec.Codec
	vaults        map[access.Compartment]*vault.Vault
	workflowURL   string
	uiOrigin      string
	maxBody       int64
	perPerson     *buckets
	perAddress    *buckets
	proxies       []netip.Prefix
	httpsOnly     bool
	updateTimeout time.Duration
	glassTime     time.Duration
	glassLimit    int
	workerSilence time.Duration
	log           *slog.Logger
	metrics       *metrics
	exposition    http.Handler
	now           func() time.Time
	readiness     readiness
	sending       keyed
	handler       http.Handler
}

// New checks the options, registers the metrics and builds the routes.
func New(o Options) (*API, error) {
	if o.Temporal == nil || o.TaskQueue == "" || o.Store == nil || o.Verifier == nil ||
		o.Law.Library == nil || o.Pack == "" || o.Codec == nil ||
		o.Log == nil || o.Registerer == nil || o.Gatherer == nil || o.Now == nil {
		return nil, errors.New("the API needs Temporal, a task queue, a store, a verifier, the law, a pack, a codec, a log, metrics and a clock")
	}
	if o.MaxBody <= 0 {
		o.MaxBody = 1 << 20
	}
	if o.UpdateTimeout <= 0 {
		o.UpdateTimeout = 10 * time.Second
	}
	if o.GlassTime <= 0 {
		o.GlassTime = 4 * time.Hour
	}
	if o.GlassLimit <= 0 {
		o.GlassLimit = 5
	}
	if o.WorkerSilence <= 0 {
		o.WorkerSilence = silenceDefault
	}
	m, err := newMetrics(o.Registerer)
	if err != nil {
		return nil, fmt.Errorf("metrics of the API: %w", err)
	}
	if err := o.Registerer.Register(glassFigures{o.Store, o.Now}); err != nil {
		return nil, fmt.Errorf("metrics of broken glass: %w", err)
	}
	origin, err := originOf(o.UIURL)
	if err != nil {
		return nil, err
	}
	a := &API{
		temporal: o.Temporal, namespace: o.Namespace, taskQueue: o.TaskQueue, store: o.Store, verifier: o.Verifier,
		law: o.Law, pack: o.Pack, maxBody: o.MaxBody, updateTimeout: o.UpdateTimeout, workerSilence: o.WorkerSilence,
		glassTime: o.GlassTime, glassLimit: o.GlassLimit, vaults: o.Vaults,
		codec: o.Codec, uiOrigin: origin, log: o.Log, metrics: m, now: o.Now,
		perPerson: newBuckets(o.PerPerson), perAddress: newBuckets(o.PerAddress), proxies: o.Proxies, httpsOnly: o.HTTPSOnly,
		exposition: promhttp.HandlerFor(o.Gatherer, promhttp.HandlerOpts{Registry: o.Registerer}),
	}
	if o.UIURL != "" {
		a.workflowURL = o.UIURL + "/namespaces/" + o.Namespace + "/workflows/"
	}
	a.handler = a.outermost(a.routes())
	return a, nil
}

// ServeHTTP implements [http.Handler].
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

// Server returns a server for the API with every timeout set. Its Shutdown
// lets requests in flight finish, which takes the update timeout at most and
// little more.
func (a *API) Server() *http.Server {
	return &http.Server{
		Handler:           a,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      15*time.Second + a.updateTimeout + 2*grace,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: 100},
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
	}
}
