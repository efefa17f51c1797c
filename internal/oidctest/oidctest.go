// Package oidctest is an OIDC provider for tests: discovery and keys over real
// HTTP on this machine, keys that rotate, and a provider that goes away and
// comes back at the same address.
package oidctest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/require"
)

// Provider is a running provider. It is safe for concurrent use.
type Provider struct {
	// URL is the issuer that its tokens name.
	URL string

	down  atomic.Bool
	asked atomic.Int64

	mu        sync.Mutex
	keys      map[string]*ecdsa.PrivateKey
	published []string
}

// New starts a provider that publishes one key of each ID. It ends with the test.
func New(t testing.TB, ids ...string) *Provider {
	t.Helper()
	p := &Provider{keys: make(map[string]*ecdsa.PrivateKey)}
	routes := http.NewServeMux()
	routes.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]string{"issuer": p.URL, "jwks_uri": p.URL + "/keys"})
	})
	routes.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		p.asked.Add(1)
		_ = json.NewEncoder(w).Encode(p.set())
	})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.down.Load() {
			panic(http.ErrAbortHandler) // the connection breaks off
		}
		routes.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	p.URL = server.URL
	p.Publish(t, ids...)
	return p
}

// Publish publishes the keys of these IDs and no others. A key that is not there
// yet is made.
func (p *Provider) Publish(t testing.TB, ids ...string) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range ids {
		if p.keys[id] == nil {
			key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			require.NoError(t, err)
			p.keys[id] = key
		}
	}
	p.published = slices.Clone(ids)
}

// Down makes the provider break off every connection, or answer again.
func (p *Provider) Down(down bool) { p.down.Store(down) }

// Asked says how often the keys were fetched.
func (p *Provider) Asked() int { return int(p.asked.Load()) }

// Public returns the public half of a key.
func (p *Provider) Public(id string) *ecdsa.PublicKey {
	p.mu.Lock()
	defer p.mu.Unlock()
	return &p.keys[id].PublicKey
}

// Sign returns a token with these claims, signed with the key of an ID, which
// need not be published any more.
func (p *Provider) Sign(t testing.TB, id string, claims map[string]any) string {
	t.Helper()
	p.mu.Lock()
	key := p.keys[id]
	p.mu.Unlock()
	return Sign(t, jose.ES256, key, id, claims)
}

// Sign returns a token under any algorithm, key and key ID.
func Sign(t testing.TB, algorithm jose.SignatureAlgorithm, key any, id string, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: key, KeyID: id}}, nil)
	require.NoError(t, err)
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	require.NoError(t, err)
	return token
}

// set is what the provider publishes, beside a key of a kind that no program
// knows, as providers do.
func (p *Provider) set() map[string]any {
	p.mu.Lock()
	defer p.mu.Unlock()
	keys := []any{map[string]string{"kty": "FUTURE", "kid": "other"}}
	for _, id := range p.published {
		keys = append(keys, jose.JSONWebKey{Key: p.keys[id].Public(), KeyID: id, Algorithm: "ES256", Use: "sig"})
	}
	return map[string]any{"keys": keys}
}
