package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// productStandIn behaves as bin/homeward does towards this program, and
// returns its exit status.
func productStandIn(arguments []string) int {
	switch arguments[0] {
	case "token":
		return tokenStandIn(arguments[1:])
	case "codec":
		_, _ = fmt.Fprintln(os.Stdout, "key-of-this-stack")
		return 0
	case "migrate":
		return 0
	case "worker":
		return serveStandIn(os.Getenv("HOMEWARD_WORKER_LISTEN"))
	case "api":
		return serveStandIn(os.Getenv("HOMEWARD_LISTEN"))
	default:
		return 2
	}
}

// tokenStandIn makes a key file, or prints a token that tells who asked.
func tokenStandIn(arguments []string) int {
	if arguments[0] == "--init" {
		if err := os.WriteFile(os.Getenv("HOMEWARD_DEV_KEY_FILE"), []byte("{}"), 0o600); err != nil {
			return 1
		}
		return 0
	}
	_, _ = fmt.Fprintf(os.Stdout, "token-of-%s\n", arguments[1])
	return 0
}

// serveStandIn answers every request with 200 and its environment, until
// SIGTERM. A request for /die ends it at once.
func serveStandIn(listen string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	server := &http.Server{Addr: listen, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/die" {
			os.Exit(3)
		}
		if r.URL.Path == productDecode {
			_, _ = fmt.Fprintln(w, r.Method, r.URL.RawQuery, r.Header.Get("Authorization"), r.Header.Get("X-Namespace"), r.Header.Get("Cookie"))
			return
		}
		for _, line := range os.Environ() {
			_, _ = fmt.Fprintln(w, line)
		}
	})}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		_, _ = fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// standIn is the path of a program that acts as the product.
func standIn(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "homeward")
	script := fmt.Sprintf("#!/bin/sh\n%s=product exec '%s' \"$@\"\n", roleVariable, self)
	require.NoError(t, os.WriteFile(path, []byte(script), 0o755))
	return path
}
