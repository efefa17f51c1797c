package api

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/coreos/go-oidc/v3/oidc"

	"homeward/casework"
	"homeward/internal/devtoken"
)

// Person is whom a token speaks for.
type Person struct {
	// ID is the opaque worker ID.
	ID   string
	Role casework.Role
	// Office limits what the person sees; empty for none.
	Office string
}

// Verifier says whom a bearer token speaks for. Its errors are Unauthenticated
// for a token that does not verify, Forbidden for one whose person has no role
// here, and Unavailable where it cannot tell.
type Verifier interface {
	Verify(ctx context.Context, token string) (Person, error)
}

// TokenOptions say which tokens count.
type TokenOptions struct {
	// Issuer and Audience must be named by the token.
	Issuer   string
	Audience string
	// RoleClaim names the claim that holds the role.
	RoleClaim string
	// Now is the clock by which tokens expire.
	Now func() time.Time
}

// discoveryTimeout bounds each request to an OIDC provider.
const discoveryTimeout = 10 * time.Second

// DiscoverVerifier verifies tokens of an OIDC provider, whose keys it finds by
// discovery and follows when they rotate.
func DiscoverVerifier(ctx context.Context, o TokenOptions) (Verifier, error) {
	ctx = oidc.ClientContext(ctx, &http.Client{Timeout: discoveryTimeout})
	provider, err := oidc.NewProvider(ctx, o.Issuer)
	if err != nil {
		return nil, fmt.Errorf("OIDC provider: %w", err)
	}
	var document struct {
		Keys string `json:"jwks_uri"`
	}
	if err := provider.Claims(&document); err != nil {
		return nil, fmt.Errorf("OIDC provider: %w", err)
	}
	return newTokens(o, oidc.NewRemoteKeySet(ctx, document.Keys)), nil
}

// DevelopmentVerifier verifies the tokens of package devtoken with these keys.
func DevelopmentVerifier(keys []crypto.PublicKey, now func() time.Time) Verifier {
	return newTokens(TokenOptions{
		Issuer: devtoken.Issuer, Audience: devtoken.Audience, RoleClaim: "role", Now: now,
	}, &oidc.StaticKeySet{PublicKeys: keys})
}

// tokens verifies JWTs by a set of keys.
type tokens struct {
	issuer    string
	roleClaim string
	keys      oidc.KeySet
	config    oidc.Config
}

func newTokens(o TokenOptions, keys oidc.KeySet) *tokens {
	return &tokens{issuer: o.Issuer, roleClaim: o.RoleClaim, keys: keys, config: oidc.Config{
		ClientID: o.Audience, Now: o.Now,
		// Only what needs a private key to sign: neither none nor a shared secret.
		SupportedSigningAlgs: []string{oidc.ES256, oidc.RS256, oidc.PS256, oidc.EdDSA},
	}}
}

// Verify implements [Verifier].
func (t *tokens) Verify(ctx context.Context, token string) (Person, error) {
	keys := &watched{KeySet: t.keys}
	verified, err := oidc.NewVerifier(t.issuer, keys, &t.config).Verify(ctx, token)
	if keys.unreachable != nil {
		return Person{}, casework.WrapError(casework.Unavailable, "Sign-in does not answer. Try again in a moment.", keys.unreachable)
	}
	if _, expired := errors.AsType[*oidc.TokenExpiredError](err); expired {
		return Person{}, casework.WrapError(casework.Unauthenticated, "Your token has expired. Sign in again.", err)
	}
	if err != nil {
		return Person{}, casework.WrapError(casework.Unauthenticated, "Your token is not valid here. Sign in again.", err)
	}
	return t.person(verified)
}

// person reads the claims. An ID that would not fit where IDs stand is refused.
func (t *tokens) person(token *oidc.IDToken) (Person, error) {
	claims := map[string]any{}
	if err := token.Claims(&claims); err != nil {
		return Person{}, casework.WrapError(casework.Unauthenticated, "Your token is not valid here. Sign in again.", err)
	}
	role, _ := claims[t.roleClaim].(string)
	office, _ := claims["office"].(string)
	who := Person{ID: token.Subject, Role: casework.Role(role), Office: office}
	if !printable(who.ID, maxPlain) {
		return Person{}, casework.NewError(casework.Unauthenticated, "Your token does not say who you are.")
	}
	if !who.Role.Known() {
		return Person{}, casework.NewError(casework.Forbidden, "Your account has no role in Homeward. Ask your supervisor for one.")
	}
	return who, nil
}

// watched notices where keys could not be fetched, which says nothing about the
// token. The verifier above it forgets the difference.
type watched struct {
	oidc.KeySet

	unreachable error
}

// VerifySignature implements [oidc.KeySet].
func (w *watched) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	payload, err := w.KeySet.VerifySignature(ctx, token)
	if _, remote := w.KeySet.(*oidc.RemoteKeySet); remote && errors.Unwrap(err) != nil {
		w.unreachable = err // only a failed fetch wraps a cause
	}
	return payload, err
}

// signedIn lets only requests with a good token through.
func (a *API) signedIn(next handler) handler {
	return func(c *call) (reply, error) {
		scheme, token, _ := strings.Cut(c.Header.Get("Authorization"), " ")
		if !strings.EqualFold(scheme, "Bearer") || token == "" {
			return reply{}, &refusal{
				cause:     casework.NewError(casework.Unauthenticated, "Send your token as Authorization: Bearer TOKEN."),
				challenge: `Bearer realm="homeward"`,
			}
		}
		who, err := a.verifier.Verify(c.Context(), strings.TrimSpace(token))
		if casework.KindOf(err) == casework.Unauthenticated {
			return reply{}, &refusal{cause: err, challenge: `Bearer realm="homeward", error="invalid_token"`}
		}
		if err != nil {
			return reply{}, err
		}
		c.who, c.exchange.who = who, who
		return next(c)
	}
}

// printable says whether s is visible ASCII of 1 to limit characters.
func printable(s string, limit int) bool {
	visible := func(r rune) bool { return r > ' ' && r < 0x7f }
	return s != "" && utf8.RuneCountInString(s) <= limit &&
		!strings.ContainsFunc(s, func(r rune) bool { return !visible(r) })
}
