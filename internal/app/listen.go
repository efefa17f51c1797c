package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"

	"homeward/internal/config"
	"homeward/internal/lifecycle"
)

// serve listens at once, so that a taken port or a wrong certificate fails the
// start, and stops by letting requests in flight finish.
func serve(
	ctx context.Context, stack *lifecycle.Stack, c config.Serving, address string, server *http.Server,
	log *slog.Logger, fail context.CancelCauseFunc,
) error {
	secured, err := c.TLS(stale(ctx, log, "--tls-cert"))
	if err != nil {
		return err
	}
	server.TLSConfig = secured
	serve := server.Serve
	if secured != nil {
		serve = func(listener net.Listener) error { return server.ServeTLS(listener, "", "") }
	} else if !config.IsLocal(address) {
		log.WarnContext(ctx, "other machines can reach this listener, and it speaks plain HTTP: see --tls-cert, or let a proxy "+
			"before it speak TLS", slog.String("address", address))
	}
	return stack.Start(ctx, "http", func(ctx context.Context) error {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
		if err != nil {
			return err
		}
		go func() {
			if err := serve(listener); !errors.Is(err, http.ErrServerClosed) {
				fail(err)
			}
		}()
		return nil
	}, server.Shutdown)
}
