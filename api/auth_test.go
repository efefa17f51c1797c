package api_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/require"

	"homeward/api"
	"homeward/casework"
	"homeward/internal/devtoken"
	"homeward/internal/testdb"
)

// claims are those of a good development token.
func claims() map[string]any {
	return map[string]any{
		"iss": devtoken.Issuer, "aud": devtoken.Audience, "sub": "w-17", "role": "caseworker",
		"exp": time.Now().Add(time.Hour).Unix(), "iat": time.Now().Unix(),
	}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

// sign makes a token; key IDs are for key sets that look for one.
func sign(t *testing.T, algorithm jose.SignatureAlgorithm, key any, id string, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: key, KeyID: id}}, nil)
	require.NoError(t, err)
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	require.NoError(t, err)
	return token
}

func TestVerifier_SaysWhoATokenSpeaksFor(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	verifier := api.DevelopmentVerifier([]crypto.PublicKey{newKey(t).Public(), key.Public()}, time.Now)
	good := claims()
	good["office"] = "north"

	who, err := verifier.Verify(t.Context(), sign(t, jose.ES256, key, "", good))

	require.NoError(t, err)
	require.Equal(t, api.Person{ID: "w-17", Role: casework.RoleCaseworker, Office: "north"}, who)
}

func TestVerifier_RefusesEveryOtherToken(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	verifier := api.DevelopmentVerifier([]crypto.PublicKey{key.Public()}, time.Now)
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	require.NoError(t, err)
	with := func(name string, value any) map[string]any {
		changed := claims()
		changed[name] = value
		return changed
	}
	for name, test := range map[string]struct {
		token string
		kind  casework.Kind
	}{
		"expired":         {sign(t, jose.ES256, key, "", with("exp", time.Now().Add(-time.Second).Unix())), casework.Unauthenticated},
		"not yet valid":   {sign(t, jose.ES256, key, "", with("nbf", time.Now().Add(time.Hour).Unix())), casework.Unauthenticated},
		"other audience":  {sign(t, jose.ES256, key, "", with("aud", "another")), casework.Unauthenticated},
		"other issuer":    {sign(t, jose.ES256, key, "", with("iss", "https://issuer.example")), casework.Unauthenticated},
		"other key":       {sign(t, jose.ES256, newKey(t), "", claims()), casework.Unauthenticated},
		"a shared secret": {sign(t, jose.HS256, public, "", claims()), casework.Unauthenticated},
		// {"alg":"none"} and a good body, without a signature.
		"no signature": {"eyJhbGciOiJub25lIn0.eyJzdWIiOiJ3LTE3In0.", casework.Unauthenticated},
		"no token":     {"SECRET", casework.Unauthenticated},
		"nobody":       {sign(t, jose.ES256, key, "", with("sub", "")), casework.Unauthenticated},
		"odd ID":       {sign(t, jose.ES256, key, "", with("sub", "Kim Lee")), casework.Unauthenticated},
		"no role":      {sign(t, jose.ES256, key, "", with("role", nil)), casework.Forbidden},
		"other role":   {sign(t, jose.ES256, key, "", with("role", "admin")), casework.Forbidden},
		"time itself":  {sign(t, jose.ES256, key, "", with("role", casework.RoleSystem)), casework.Forbidden},
		"two roles":    {sign(t, jose.ES256, key, "", with("role", []string{"supervisor"})), casework.Forbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			who, err := verifier.Verify(t.Context(), test.token)
			require.Equal(t, test.kind, casework.KindOf(err), err)
			require.Zero(t, who)
		})
	}
}

// issuer is an OIDC provider over real HTTP, whose keys can change.
type issuer struct {
	*httptest.Server

	keys atomic.Pointer[jose.JSONWebKeySet]
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	i := new(issuer)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]string{"issuer": i.URL, "jwks_uri": i.URL + "/keys"})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(i.keys.Load())
	})
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

// rotate gives the provider a new key and returns what signs with it.
func (i *issuer) rotate(t *testing.T, id string) func(map[string]any) string {
	t.Helper()
	key := newKey(t)
	i.keys.Store(&jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: id, Algorithm: "ES256", Use: "sig"}}})
	return func(claims map[string]any) string { return sign(t, jose.ES256, key, id, claims) }
}

func TestVerifier_FollowsAProviderAndItsKeys(t *testing.T) {
	t.Parallel()
	provider := newIssuer(t)
	first := provider.rotate(t, "1")
	verifier, err := api.DiscoverVerifier(t.Context(), api.TokenOptions{
		Issuer: provider.URL, Audience: "agency", RoleClaim: "homeward_role", Now: time.Now,
	})
	require.NoError(t, err)
	good := claims()
	good["iss"], good["aud"], good["homeward_role"] = provider.URL, "agency", "supervisor"

	who, err := verifier.Verify(t.Context(), first(good))
	require.NoError(t, err)
	require.Equal(t, casework.RoleSupervisor, who.Role, "the configured claim holds the role")

	second := provider.rotate(t, "2")
	_, err = verifier.Verify(t.Context(), second(good))
	require.NoError(t, err, "a new key is fetched")

	third := provider.rotate(t, "3")
	provider.Close()
	_, err = verifier.Verify(t.Context(), third(good))
	require.Equal(t, casework.Unavailable, casework.KindOf(err), "a key that cannot be fetched says nothing about the token")
	_, err = verifier.Verify(t.Context(), second(good))
	require.NoError(t, err, "known keys need no provider")
}

func TestDiscoverVerifier_NeedsTheProvider(t *testing.T) {
	t.Parallel()
	_, err := api.DiscoverVerifier(t.Context(), api.TokenOptions{Issuer: "http://127.0.0.1:1", Audience: "agency", Now: time.Now})
	require.ErrorContains(t, err, "OIDC provider")
}

func TestSignedIn_ChallengesWhoIsNot(t *testing.T) {
	t.Parallel()
	s := newService(t, func(o *api.Options) { o.Temporal, o.Store = absentTemporal(t), testdb.New(t) })
	for name, header := range map[string]http.Header{
		"no token":      {},
		"other scheme":  {"Authorization": {"Basic dzE3OnNlY3JldA=="}},
		"only a scheme": {"Authorization": {"Bearer"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answered := s.in(t).ask(request{path: "/v1/worklist", header: header})
			answered.refused(http.StatusUnauthorized, casework.Unauthenticated, "")
			require.Equal(t, `Bearer realm="homeward"`, answered.header.Get("WWW-Authenticate"))
		})
	}
	bad := s.ask(request{path: "/v1/worklist", token: "SECRET"})
	bad.refused(http.StatusUnauthorized, casework.Unauthenticated, "")
	require.Equal(t, `Bearer realm="homeward", error="invalid_token"`, bad.header.Get("WWW-Authenticate"))
	require.NotContains(t, s.log.String(), "SECRET")
}
