package api_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"homeward/api"
	"homeward/casework"
	"homeward/internal/oidctest"
	"homeward/internal/testdb"
)

const audience = "homeward-county"

// clock is a clock that a test moves.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

func (c *clock) add(d time.Duration) { c.ahead.Add(int64(d)) }

func verifierOf(p *oidctest.Provider, now func() time.Time) *api.OIDCVerifier {
	return api.NewOIDCVerifier(api.TokenOptions{Issuer: p.URL, Audience: audience, RoleClaim: "homeward_role", Now: now})
}

// goodClaims are those of a good token of a provider, with some of them changed.
func goodClaims(p *oidctest.Provider, changes ...any) map[string]any {
	good := map[string]any{
		"iss": p.URL, "aud": audience, "sub": "w-17", "homeward_role": "supervisor", "office": "north",
		"iat": time.Now().Unix(), "nbf": time.Now().Unix(), "exp": time.Now().Add(24 * time.Hour).Unix(),
	}
	for i := 0; i < len(changes); i += 2 {
		good[changes[i].(string)] = changes[i+1]
	}
	return good
}

func TestOIDC_SaysWhoATokenSpeaksFor(t *testing.T) {
	t.Parallel()
	provider := oidctest.New(t, "1", "2")
	verifier := verifierOf(provider, time.Now)
	for name, token := range map[string]string{
		"one audience":      provider.Sign(t, "1", goodClaims(provider)),
		"several audiences": provider.Sign(t, "2", goodClaims(provider, "aud", []string{"payroll", audience})),
		"no key ID":         oidcWithoutKeyID(t, provider),
	} {
		who, err := verifier.Verify(t.Context(), token)
		require.NoError(t, err, name)
		require.Equal(t, api.Person{ID: "w-17", Role: casework.RoleSupervisor, Office: "north"}, who, name)
	}
}

// oidcWithoutKeyID is a good token of the only key whose ID is empty.
func oidcWithoutKeyID(t *testing.T, p *oidctest.Provider) string {
	t.Helper()
	p.Publish(t, "1", "2", "")
	return p.Sign(t, "", goodClaims(p))
}

func TestOIDC_RefusesEveryOtherTokenAndNeverEchoesIt(t *testing.T) {
	t.Parallel()
	provider := oidctest.New(t, "1")
	s := newService(t, func(o *api.Options) {
		o.Temporal, o.Store, o.Verifier = absentTemporal(t), testdb.New(t), verifierOf(provider, time.Now)
	})
	stranger := oidctest.New(t, "1")
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	public, err := x509.MarshalPKIXPublicKey(provider.Public("1"))
	require.NoError(t, err)
	good := provider.Sign(t, "1", goodClaims(provider))
	parts := strings.Split(good, ".")
	with := func(changes ...any) string { return provider.Sign(t, "1", goodClaims(provider, changes...)) }
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","kid":"1"}`))

	require.Equal(t, http.StatusOK, s.ask(request{path: "/v1/worklist", token: good}).status)
	for name, test := range map[string]struct {
		token  string
		status int
	}{
		"expired":              {with("exp", time.Now().Add(-2*time.Minute).Unix()), http.StatusUnauthorized},
		"without an end":       {with("exp", nil), http.StatusUnauthorized},
		"not yet valid":        {with("nbf", time.Now().Add(time.Hour).Unix()), http.StatusUnauthorized},
		"wrong issuer":         {with("iss", stranger.URL), http.StatusUnauthorized},
		"issuer with a slash":  {with("iss", provider.URL+"/"), http.StatusUnauthorized},
		"wrong audience":       {with("aud", "payroll"), http.StatusUnauthorized},
		"no audience":          {with("aud", nil), http.StatusUnauthorized},
		"other audiences":      {with("aud", []string{"payroll", "homeward"}), http.StatusUnauthorized},
		"alg none":             {none + "." + parts[1] + ".", http.StatusUnauthorized},
		"alg none, signed":     {none + "." + parts[1] + "." + parts[2], http.StatusUnauthorized},
		"HS256 by public key":  {oidctest.Sign(t, jose.HS256, public, "1", goodClaims(provider)), http.StatusUnauthorized},
		"forged, known key ID": {stranger.Sign(t, "1", goodClaims(provider)), http.StatusUnauthorized},
		"forged, other key":    {oidctest.Sign(t, jose.RS256, rsaKey, "1", goodClaims(provider)), http.StatusUnauthorized},
		"unknown key ID":       {oidctest.Sign(t, jose.RS256, rsaKey, "9", goodClaims(provider)), http.StatusUnauthorized},
		"changed claims":       {parts[0] + "." + strings.Split(with("sub", "w-1"), ".")[1] + "." + parts[2], http.StatusUnauthorized},
		"no signature":         {parts[0] + "." + parts[1] + ".", http.StatusUnauthorized},
		"oversized":            {with("groups", strings.Repeat("g", 7<<10)), http.StatusUnauthorized},
		"no subject":           {with("sub", ""), http.StatusUnauthorized},
		"subject with a line":  {with("sub", "w-1\nw-2"), http.StatusUnauthorized},
		"no role":              {with("homeward_role", nil), http.StatusForbidden},
		"unknown role":         {with("homeward_role", "root"), http.StatusForbidden},
		"a service":            {with("homeward_role", "service"), http.StatusForbidden},
		"time itself":          {with("homeward_role", "system"), http.StatusForbidden},
		"role elsewhere":       {with("homeward_role", nil, "role", "supervisor"), http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answered := s.in(t).ask(request{path: "/v1/worklist", token: test.token})
			require.Equal(t, test.status, answered.status, answered.text)
			for part := range strings.SplitSeq(test.token, ".") {
				if part != "" {
					require.NotContains(t, answered.text+fmt.Sprint(answered.header)+s.log.String(), part)
				}
			}
		})
	}
}

// 8 KiB is the limit to the byte, and what is over it is not even looked at.
func TestOIDC_MeasuresATokenBeforeItReadsIt(t *testing.T) {
	t.Parallel()
	provider := oidctest.New(t, "1")
	verifier := verifierOf(provider, time.Now)

	_, err := verifier.Verify(t.Context(), strings.Repeat("a", 8<<10+1))
	require.Equal(t, casework.Unauthenticated, casework.KindOf(err))
	require.ErrorContains(t, err, "too long")
	require.Zero(t, provider.Asked())

	_, err = verifier.Verify(t.Context(), strings.Repeat("a", 8<<10))
	require.Equal(t, casework.Unauthenticated, casework.KindOf(err))
	require.NotContains(t, err.Error(), "too long")
}

func TestOIDC_AllowsClocksToDifferByAMinute(t *testing.T) {
	t.Parallel()
	provider := oidctest.New(t, "1")
	now := time.Date(2026, time.March, 8, 10, 0, 0, 0, time.UTC)
	verifier := verifierOf(provider, func() time.Time { return now })
	for name, test := range map[string]struct {
		begins, ends time.Duration
		accepted     bool
	}{
		"ended 59 seconds ago":                    {-time.Hour, -59 * time.Second, true},
		"ended a minute ago":                      {-time.Hour, -60 * time.Second, false},
		"begins in a minute":                      {60 * time.Second, time.Hour, true},
		"begins in 61 seconds":                    {61 * time.Second, time.Hour, false},
		"begins in four, as some libraries allow": {4 * time.Minute, time.Hour, false},
	} {
		_, err := verifier.Verify(t.Context(), provider.Sign(t, "1", goodClaims(provider,
			"nbf", now.Add(test.begins).Unix(), "exp", now.Add(test.ends).Unix())))
		if test.accepted {
			require.NoError(t, err, name)
		} else {
			require.Equal(t, casework.Unauthenticated, casework.KindOf(err), name)
		}
	}
}

func TestOIDC_FollowsKeysAsTheyRotate(t *testing.T) {
	t.Parallel()
	provider, clock := oidctest.New(t, "old"), new(clock)
	verifier := verifierOf(provider, clock.now)
	kind := func(id string) casework.Kind {
		_, err := verifier.Verify(t.Context(), provider.Sign(t, id, goodClaims(provider)))
		return casework.KindOf(err)
	}
	require.Empty(t, kind("old"))

	provider.Publish(t, "old", "new")
	require.Empty(t, kind("new"), "a new key counts as soon as a token names it")
	require.Empty(t, kind("old"), "the old one counts while it is published")

	provider.Publish(t, "new")
	clock.add(5 * time.Minute)
	require.Equal(t, casework.Unauthenticated, kind("old"), "a withdrawn key is forgotten, though nobody names a new one")
	require.Empty(t, kind("new"))

	provider.Publish(t)
	clock.add(5 * time.Minute)
	require.Equal(t, casework.Unauthenticated, kind("new"), "a provider may withdraw all")
}

func TestOIDC_SilentProviderIs503AndNever401(t *testing.T) {
	t.Parallel()
	provider, clock := oidctest.New(t, "1"), new(clock)
	provider.Down(true)
	verifier := verifierOf(provider, clock.now)
	s := newService(t, func(o *api.Options) {
		o.Temporal, o.Store, o.Verifier = absentTemporal(t), testdb.New(t), verifier
	})
	status := func(id string) int {
		return s.ask(request{path: "/v1/worklist", token: provider.Sign(t, id, goodClaims(provider))}).status
	}
	require.Equal(t, casework.Unavailable, casework.KindOf(verifier.Discover(t.Context())))
	answered := s.ask(request{path: "/v1/worklist", token: provider.Sign(t, "1", goodClaims(provider))})
	answered.refused(http.StatusServiceUnavailable, casework.Unavailable, "")
	require.NotEmpty(t, answered.header.Get("Retry-After"))

	provider.Down(false)
	require.Equal(t, http.StatusOK, status("1"), "it was down at the start, and has come")

	provider.Publish(t, "1", "2")
	provider.Down(true)
	require.Equal(t, http.StatusServiceUnavailable, status("2"), "nobody knows this key, and nobody can be asked")
	require.Equal(t, http.StatusOK, status("1"), "known keys need no provider")
	clock.add(59 * time.Minute)
	require.Equal(t, http.StatusOK, status("1"), "an outage keeps nobody out")
	clock.add(time.Minute)
	require.Equal(t, http.StatusServiceUnavailable, status("1"), "but a key that nobody confirms does not count for ever")

	provider.Down(false)
	require.Equal(t, http.StatusOK, status("2"))
	require.NotContains(t, s.log.String(), strings.Split(provider.Sign(t, "1", goodClaims(provider)), ".")[0])
}

// A flood of made-up tokens must not become a flood at the provider.
func TestOIDC_SparesTheProvider(t *testing.T) {
	t.Parallel()
	provider, stranger := oidctest.New(t, "1"), oidctest.New(t, "1", "9")
	verifier := verifierOf(provider, time.Now)
	require.NoError(t, verifier.Discover(t.Context()))
	flood := func(id string) {
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				_, err := verifier.Verify(t.Context(), stranger.Sign(t, id, goodClaims(provider)))
				if kind := casework.KindOf(err); kind != casework.Unauthenticated {
					t.Errorf("a made-up token: %q", kind)
				}
			})
		}
		all.Wait()
	}
	flood("1")
	require.Equal(t, 1, provider.Asked(), "a known key needs no question")
	begun := time.Now()
	flood("9")
	require.LessOrEqual(t, provider.Asked(), 4+int(time.Since(begun).Seconds()), "three at once, then one a second")
}
