package api

import (
	"context"
	"crypto"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/devtoken"
)

// Person is whom a token speaks for.
type Person struct {
	// ID is the opaque worker ID.
	ID   string
	Role casework.Role
	// Office is where the token says that the person works; the directory of
	// workers knows better, where it knows the person.
	Office string
	// Service is what the account of a program allows, nil for a person. No token
	// says it.
	Service *access.Service
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

const (
	// maxToken is the longest token in bytes, looked at before anything in it is:
	// those of providers that list somebody's groups reach 4 KiB.
	maxToken = 8 << 10
	// skew is how far the clocks of the provider and of this machine may be apart,
	// in both directions. Clocks that are kept by NTP differ by less than a second;
	// a minute allows for a machine that has lost its time server for weeks, and
	// lengthens the life of a stolen token by no more than that.
	skew = 60 * time.Second
)

// algorithms are those that need a private key to sign: neither none nor a
// shared secret.
func algorithms() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{jose.ES256, jose.RS256, jose.PS256, jose.EdDSA}
}

// OIDCVerifier verifies the tokens of an OIDC provider, whose keys it finds by
// discovery and follows when they rotate.
type OIDCVerifier struct {
	*tokens

	keys *keySet
}

// NewOIDCVerifier returns a verifier that asks the provider when the first token
// comes. It starts without the provider: until that answers, the verifier's
// errors are Unavailable.
func NewOIDCVerifier(o TokenOptions) *OIDCVerifier {
	keys := newKeySet(o.Issuer, o.Now)
	return &OIDCVerifier{tokens: newTokens(o, keys), keys: keys}
}

// Discover asks the provider for its keys now. Its error, Unavailable, says why
// nobody could sign in at this moment.
func (v *OIDCVerifier) Discover(ctx context.Context) error {
	_, err := v.keys.current(ctx)
	return err
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
	now       func() time.Time
}

func newTokens(o TokenOptions, keys oidc.KeySet) *tokens {
	t := &tokens{issuer: o.Issuer, roleClaim: o.RoleClaim, keys: keys, now: o.Now, config: oidc.Config{
		ClientID: o.Audience,
		// Its allowances are 0 for the end and 5 minutes for the beginning: ours is skew.
		SkipExpiryCheck: true,
	}}
	for _, algorithm := range algorithms() {
		t.config.SupportedSigningAlgs = append(t.config.SupportedSigningAlgs, string(algorithm))
	}
	return t
}

// Verify implements [Verifier].
func (t *tokens) Verify(ctx context.Context, token string) (Person, error) {
	if len(token) > maxToken {
		return Person{}, casework.NewError(casework.Unauthenticated, "Your token is too long. Sign in again.")
	}
	keys := &watched{KeySet: t.keys}
	verified, err := oidc.NewVerifier(t.issuer, keys, &t.config).Verify(ctx, token)
	if keys.unreachable != nil {
		return Person{}, keys.unreachable
	}
	if err != nil {
		return Person{}, invalidToken(err)
	}
	var claims map[string]any
	if err := verified.Claims(&claims); err != nil {
		return Person{}, invalidToken(err)
	}
	if err := t.inForce(verified.Expiry, claims); err != nil {
		return Person{}, err
	}
	return t.person(verified.Subject, claims)
}

func invalidToken(cause error) error {
	return casework.WrapError(casework.Unauthenticated, "Your token is not valid here. Sign in again.", cause)
}

// inForce refuses a token before its time and after it. One without an end has
// ended.
func (t *tokens) inForce(end time.Time, claims map[string]any) error {
	now := t.now()
	if !now.Before(end.Add(skew)) {
		return casework.NewError(casework.Unauthenticated, "Your token has expired. Sign in again.")
	}
	if begin, given := claims["nbf"].(float64); given && begin > float64(now.Add(skew).Unix()) {
		return casework.NewError(casework.Unauthenticated, "Your token is not valid yet. Check the clock of the sign-in service.")
	}
	return nil
}

// person reads the claims. An ID that would not fit where IDs stand is refused.
func (t *tokens) person(subject string, claims map[string]any) (Person, error) {
	role, _ := claims[t.roleClaim].(string)
	office, _ := claims["office"].(string)
	who := Person{ID: subject, Role: casework.Role(role), Office: office}
	if !printable(who.ID, maxPlain) {
		return Person{}, casework.NewError(casework.Unauthenticated, "Your token does not say who you are.")
	}
	if !who.Role.Known() && who.Role != casework.RoleService {
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
	if casework.KindOf(err) == casework.Unavailable {
		w.unreachable = err
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
		who, err = a.programmed(c.Context(), who)
		c.who, c.exchange.who = who, who
		if err != nil {
			return reply{}, err
		}
		if wait := a.perPerson.take(who.ID, a.now()); wait > 0 {
			return reply{}, tooMany(wait)
		}
		return next(c)
	}
}

// printable says whether s is visible ASCII of 1 to limit characters.
func printable(s string, limit int) bool {
	visible := func(r rune) bool { return r > ' ' && r < 0x7f }
	return s != "" && utf8.RuneCountInString(s) <= limit &&
		!strings.ContainsFunc(s, func(r rune) bool { return !visible(r) })
}
