package api

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"homeward/casework"
)

// outermost is what every request passes, known route or not: it gets a name,
// safe headers, a net under panics, a line in the log and its place in the
// metrics.
func (a *API) outermost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		x := &exchange{ResponseWriter: w, id: strings.ToLower(rand.Text())}
		ctx := context.WithValue(r.Context(), exchangeKey{}, x)
		a.secure(x)
		if len(r.TransferEncoding) > 0 {
			// Where a proxy has read another length than we do, what follows is not a
			// request of its own (RFC 9112, 6.1): nothing follows.
			x.Header().Set("Connection", "close")
		}
		a.metrics.inFlight.Inc()
		defer func() {
			a.metrics.inFlight.Dec()
			a.observe(ctx, x, r.Method, time.Since(begun))
		}()
		a.caught(ctx, x, func() { next.ServeHTTP(x, r.WithContext(ctx)) })
	})
}

// secure sets the headers that keep an answer out of caches and frames: most
// of them are about children.
func (a *API) secure(x *exchange) {
	h := x.Header()
	h.Set("X-Request-Id", x.id)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	if a.httpsOnly {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// caught turns a panic into a 500 and lets the process live. Where the answer
// has begun, the connection is cut, so that nobody takes half of it for whole.
func (a *API) caught(ctx context.Context, x *exchange, serve func()) {
	defer func() {
		thrown := recover()
		if thrown == nil {
			return
		}
		if thrown == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
			panic(thrown)
		}
		a.log.ErrorContext(ctx, "panic", slog.String("request_id", x.id), slog.String("route", x.route),
			slog.String("stack", string(debug.Stack())))
		if x.status != 0 {
			panic(http.ErrAbortHandler)
		}
		a.refuse(ctx, x, casework.WrapError(casework.Internal, "", panicked(thrown)))
	}()
	serve()
}

// panicked tells what was thrown. The runtime's own words name no content;
// other values might.
func panicked(thrown any) error {
	if own, ok := thrown.(runtime.Error); ok {
		return fmt.Errorf("panic: %w", own)
	}
	return fmt.Errorf("panic with a %T", thrown)
}

// observe counts a request and writes its line in the log.
func (a *API) observe(ctx context.Context, x *exchange, method string, took time.Duration) {
	method, route := knownMethod(method), x.route
	if route == "" {
		route = "unknown"
	}
	a.metrics.request(method, route, x.status, took)
	level := slog.LevelInfo
	if !strings.HasPrefix(route, "/v1/") {
		level = slog.LevelDebug // probes and scrapes come every few seconds
	}
	a.log.LogAttrs(ctx, level, "request", slog.String("request_id", x.id), slog.String("method", method),
		slog.String("route", route), slog.Int("status", x.status), slog.Duration("took", took),
		slog.Int("bytes", x.bytes), slog.String("worker", x.who.ID), slog.String("role", string(x.who.Role)))
}

// knownMethod keeps what callers invent out of logs and metric labels.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodOptions:
		return method
	}
	return "other"
}
