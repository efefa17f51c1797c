package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.temporal.io/sdk/client"

	"homeward/api"
	"homeward/casework"
	"homeward/internal/casetime"
	"homeward/internal/config"
	"homeward/internal/devtoken"
)

const (
	// bindingFor is how long one answer about the cluster stands.
	bindingFor = time.Minute
	// bindingTimeout bounds the question.
	bindingTimeout = 2 * time.Second
)

// verifier accepts the tokens of the configured issuer, or development tokens
// on the embedded stack. A provider that does not answer delays nobody's start.
func verifier(ctx context.Context, c config.Auth, temporal client.Client, log *slog.Logger) (api.Verifier, error) {
	if c.OIDCIssuer != "" {
		verifier := api.NewOIDCVerifier(api.TokenOptions{
			Issuer: c.OIDCIssuer, Audience: c.OIDCAudience, RoleClaim: c.RoleClaim, Now: time.Now,
		})
		if err := verifier.Discover(ctx); err != nil {
			log.WarnContext(ctx, "the OIDC provider does not answer; until it does, every request is answered 503",
				slog.String("issuer", c.OIDCIssuer), slog.Any("error", err))
		}
		return verifier, nil
	}
	keys, err := devtoken.PublicKeys(c.DevKeyFile)
	if err != nil {
		return nil, fmt.Errorf("--dev-key-file: %w", err)
	}
	bound := &bound{Verifier: api.DevelopmentVerifier(keys, time.Now), embedded: func(ctx context.Context) (bool, error) {
		return casetime.Embedded(ctx, temporal.WorkflowService())
	}, now: time.Now}
	err = bound.check(ctx)
	switch casework.KindOf(err) { //nolint:exhaustive // others start
	case casework.Forbidden:
		return nil, errors.New("--dev-key-file is for the embedded stack alone, and the Temporal server at --temporal-address " +
			"is another: use --oidc-issuer and --oidc-audience")
	case casework.Unavailable:
		log.WarnContext(ctx, "Temporal does not say whether this is the embedded stack; until it does, development tokens are answered 503",
			slog.Any("error", err))
	}
	return bound, nil
}

// bound accepts development tokens only while Temporal says that it is the
// embedded stack: a name that no other server has unless somebody gives it.
// Before the first answer nobody gets in. After it, an outage of Temporal keeps
// nobody out.
type bound struct {
	api.Verifier

	embedded func(context.Context) (bool, error)
	now      func() time.Time

	mu    sync.Mutex
	known bool
	until time.Time
}

// Verify implements [api.Verifier].
func (b *bound) Verify(ctx context.Context, token string) (api.Person, error) {
	if err := b.check(ctx); err != nil {
		return api.Person{}, err
	}
	return b.Verifier.Verify(ctx, token)
}

// check asks where the last answer is too old.
func (b *bound) check(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.known && b.now().Before(b.until) {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), bindingTimeout)
	defer cancel()
	embedded, err := b.embedded(ctx)
	switch {
	case err != nil && !b.known:
		return err
	case err == nil && !embedded:
		b.known = false
		return casework.NewError(casework.Forbidden, "Development tokens count on the embedded stack alone. Sign in with your account.")
	}
	b.known, b.until = true, b.now().Add(bindingFor)
	return nil
}
