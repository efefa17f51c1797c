package api_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"net/http"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"homeward/api"
	"homeward/casework"
	"homeward/internal/devtoken"
	"homeward/internal/oidctest"
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

func TestVerifier_SaysWhoATokenSpeaksFor(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	verifier := api.DevelopmentVerifier([]crypto.PublicKey{newKey(t).Public(), key.Public()}, time.Now)
	good := claims()
	good["office"] = "north"

	who, err := verifier.Verify(t.Context(), oidctest.Sign(t, jose.ES256, key, "", good))

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
		"expired":         {oidctest.Sign(t, jose.ES256, key, "", with("exp", time.Now().Add(-2*time.Minute).Unix())), casework.Unauthenticated},
		"not yet valid":   {oidctest.Sign(t, jose.ES256, key, "", with("nbf", time.Now().Add(time.Hour).Unix())), casework.Unauthenticated},
		"other audience":  {oidctest.Sign(t, jose.ES256, key, "", with("aud", "another")), casework.Unauthenticated},
		"other issuer":    {oidctest.Sign(t, jose.ES256, key, "", with("iss", "https://issuer.example")), casework.Unauthenticated},
		"other key":       {oidctest.Sign(t, jose.ES256, newKey(t), "", claims()), casework.Unauthenticated},
		"a shared secret": {oidctest.Sign(t, jose.HS256, public, "", claims()), casework.Unauthenticated},
		// {"alg":"none"} and a good body, without a signature.
		"no signature": {"eyJhbGciOiJub25lIn0.eyJzdWIiOiJ3LTE3In0.", casework.Unauthenticated},
		"no token":     {"SECRET", casework.Unauthenticated},
		"nobody":       {oidctest.Sign(t, jose.ES256, key, "", with("sub", "")), casework.Unauthenticated},
		"odd ID":       {oidctest.Sign(t, jose.ES256, key, "", with("sub", "Kim Lee")), casework.Unauthenticated},
		"no role":      {oidctest.Sign(t, jose.ES256, key, "", with("role", nil)), casework.Forbidden},
		"other role":   {oidctest.Sign(t, jose.ES256, key, "", with("role", "admin")), casework.Forbidden},
		"time itself":  {oidctest.Sign(t, jose.ES256, key, "", with("role", casework.RoleSystem)), casework.Forbidden},
		"two roles":    {oidctest.Sign(t, jose.ES256, key, "", with("role", []string{"supervisor"})), casework.Forbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			who, err := verifier.Verify(t.Context(), test.token)
			require.Equal(t, test.kind, casework.KindOf(err), err)
			require.Zero(t, who)
		})
	}
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
