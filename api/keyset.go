package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"golang.org/x/time/rate"

	"homeward/casework"
)

// How the keys of an OIDC provider are kept.
const (
	// keysFresh is how long keys stand without a word from the provider, and so
	// how long a key that it has withdrawn can still sign people in.
	keysFresh = 5 * time.Minute
	// keysUsable is how long they stand while the provider does not answer: its
	// outage must not keep a hotline worker out.
	keysUsable = time.Hour
	// keysRetry is when a provider that did not answer is asked again for fresher
	// keys. Until then nobody waits for it.
	keysRetry = 30 * time.Second
	// providerTimeout bounds one question to the provider.
	providerTimeout = 5 * time.Second
	// maxKeys is the largest list of keys, in bytes.
	maxKeys = 1 << 20
)

// keySet is the keys that an OIDC provider publishes now. It differs from
// [oidc.RemoteKeySet]: it needs no provider at the start, forgets keys that are
// no longer published, and asks the provider neither for a forged signature
// under a key that it knows, nor more often than once a second for keys that it
// does not. Whoever comes sooner waits.
type keySet struct {
	issuer string
	client *http.Client
	now    func() time.Time
	pace   *rate.Limiter
	// turn is held by whoever asks the provider.
	turn chan struct{}

	mu   sync.Mutex
	held heldKeys
	// askAt is when to ask for fresher keys.
	askAt time.Time
}

// heldKeys is what is known of the provider's keys.
type heldKeys struct {
	keys []jose.JSONWebKey
	// since is when the provider gave them; zero for never.
	since time.Time
	// asked counts the questions, and failed is what became of the last one.
	asked  int
	failed error
}

func newKeySet(issuer string, now func() time.Time) *keySet {
	return &keySet{
		issuer: issuer, now: now, pace: rate.NewLimiter(rate.Every(time.Second), 3), turn: make(chan struct{}, 1),
		client: &http.Client{Timeout: providerTimeout, CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("the OIDC provider sends us elsewhere")
		}},
	}
}

// VerifySignature implements [oidc.KeySet]. Its error is Unavailable where the
// provider could not be asked, which says nothing about the token.
func (k *keySet) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	signed, err := jose.ParseSignedCompact(token, algorithms())
	if err != nil {
		return nil, err
	}
	held, err := k.current(ctx)
	if err != nil {
		return nil, err
	}
	payload, known := held.verify(signed)
	if !known {
		if held, err = k.ask(ctx, held.asked); err != nil {
			return nil, err
		}
		payload, _ = held.verify(signed)
	}
	if payload == nil {
		return nil, errors.New("no key of the OIDC provider has made this signature")
	}
	return payload, nil
}

// verify returns the payload where one of the keys has signed it, and whether
// the keys are enough to tell.
func (h heldKeys) verify(signed *jose.JSONWebSignature) (payload []byte, known bool) {
	id := signed.Signatures[0].Header.KeyID
	for i := range h.keys {
		if id != "" && h.keys[i].KeyID != id {
			continue
		}
		if payload, err := signed.Verify(&h.keys[i]); err == nil {
			return payload, true
		}
		known = known || id != ""
	}
	return nil, known
}

// current returns keys that may be used now.
func (k *keySet) current(ctx context.Context) (heldKeys, error) {
	k.mu.Lock()
	held, now := k.held, k.now()
	due := !now.Before(k.askAt)
	if due {
		k.askAt = now.Add(keysRetry) // the others go on with what is held
	}
	k.mu.Unlock()
	usable := !held.since.IsZero() && now.Before(held.since.Add(keysUsable))
	if usable && !due {
		return held, nil
	}
	asked, err := k.ask(ctx, held.asked)
	if err != nil && usable {
		return held, nil
	}
	return asked, err
}

// ask asks the provider for its keys, unless somebody has since a caller saw
// that it had been asked seen times.
func (k *keySet) ask(ctx context.Context, seen int) (heldKeys, error) {
	select {
	case k.turn <- struct{}{}:
		defer func() { <-k.turn }()
	case <-ctx.Done():
		return heldKeys{}, signInSilent(ctx.Err())
	}
	k.mu.Lock()
	held := k.held
	k.mu.Unlock()
	if held.asked == seen {
		if err := k.pace.Wait(ctx); err != nil {
			return heldKeys{}, signInSilent(err)
		}
		held = k.renew(ctx, held)
	}
	if held.failed != nil {
		return heldKeys{}, signInSilent(held.failed)
	}
	return held, nil
}

// renew asks, for everybody who waits: it does not end with the one request
// that started it.
func (k *keySet) renew(ctx context.Context, held heldKeys) heldKeys {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), providerTimeout)
	defer cancel()
	keys, err := k.fetch(ctx)
	k.mu.Lock()
	defer k.mu.Unlock()
	held.asked, held.failed = held.asked+1, err
	if err == nil {
		held.keys, held.since = keys, k.now()
		k.askAt = held.since.Add(keysFresh)
	}
	k.held = held
	return held
}

// fetch finds out where the provider publishes its keys, and reads them.
func (k *keySet) fetch(ctx context.Context) ([]jose.JSONWebKey, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, k.client), k.issuer)
	if err != nil {
		return nil, err
	}
	var about struct {
		Keys string `json:"jwks_uri"`
	}
	if err := provider.Claims(&about); err != nil {
		return nil, err
	}
	if strings.HasPrefix(k.issuer, "https:") && !strings.HasPrefix(about.Keys, "https:") {
		return nil, errors.New("the OIDC provider publishes its keys without TLS")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, about.Keys, http.NoBody)
	if err != nil {
		return nil, err
	}
	answer, err := k.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the OIDC provider answers %d for its keys", answer.StatusCode)
	}
	return readKeys(io.LimitReader(answer.Body, maxKeys))
}

// readKeys reads a JWK set, and passes over what is not a public key that signs:
// providers publish keys of other kinds beside them.
func readKeys(from io.Reader) ([]jose.JSONWebKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.NewDecoder(from).Decode(&set); err != nil {
		return nil, fmt.Errorf("the keys of the OIDC provider: %w", err)
	}
	if set.Keys == nil {
		return nil, errors.New("the OIDC provider sends no list of keys")
	}
	keys := make([]jose.JSONWebKey, 0, len(set.Keys))
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if err := json.Unmarshal(raw, &key); err == nil && key.Valid() && key.IsPublic() && (key.Use == "" || key.Use == "sig") {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

func signInSilent(cause error) error {
	return casework.WrapError(casework.Unavailable, "Sign-in does not answer. Try again in a moment.",
		fmt.Errorf("OIDC provider: %w", cause))
}
