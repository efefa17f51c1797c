package app

import (
	"context"
	"log/slog"
	"time"

	"go.temporal.io/sdk/client"

	"homeward/api"
	"homeward/internal/config"
)

// SignIn is how the API process chooses whose tokens count.
func SignIn(ctx context.Context, c config.Auth, temporal client.Client, log *slog.Logger) (api.Verifier, error) {
	return verifier(ctx, c, temporal, log)
}

// Bind binds a verifier to the embedded stack.
func Bind(v api.Verifier, embedded func(context.Context) (bool, error), now func() time.Time) api.Verifier {
	return &bound{Verifier: v, embedded: embedded, now: now}
}
