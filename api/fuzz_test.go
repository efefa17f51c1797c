package api

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/devtoken"
	"homeward/postgres"
)

// called is a request as a handler gets it.
func called(r *http.Request) *call {
	return &call{Request: r, exchange: &exchange{ResponseWriter: httptest.NewRecorder()}}
}

// requireRefusal requires a refusal of the caller: never a mistake of ours.
func requireRefusal(t *testing.T, err error) {
	t.Helper()
	kind := casework.KindOf(err)
	require.Contains(t, []casework.Kind{malformed, casework.Invalid, casework.TooLarge, notJSON, casework.Unauthenticated, casework.Forbidden}, kind, "%v", err)
	require.Less(t, len(err.Error()), 1000)
}

// Whatever stands behind the question mark is read or refused, and a cursor that
// we made leads back to its place in its list, and to none in another.
func FuzzQuery(f *testing.F) {
	for _, raw := range []string{
		"", "limit=50", "limit=-1", "limit=1e9", "stage=intake&office=north", "office=a&office=b", "office=%00", "due_before=2026-01-31T14:05:00Z",
		"cursor=WzFd", "cursor=!!", "cursor=&cursor=", "%zz", "a;b", "colour=red", "open=yes", strings.Repeat("office=x&", 100),
	} {
		f.Add(raw, "[1,\"x\"]")
	}
	f.Fuzz(func(t *testing.T, raw, position string) {
		read := func(raw string) (*query, postgres.Position) {
			q := newQuery(&call{Request: &http.Request{URL: &url.URL{Path: "/v1/cases", RawQuery: raw}}})
			q.text("office")
			q.oneOf("stage", "intake", "closed")
			q.flag("open")
			q.instant("due_before")
			serviceFilter(&query{values: q.values})
			if limit := q.limit(); limit < 1 || limit > pageMax {
				t.Fatalf("a page of %d", limit)
			}
			return q, q.after()
		}
		q, _ := read(raw)
		if err := q.done(); err != nil {
			requireRefusal(t, err)
			return
		}
		if position == "" {
			return
		}
		_, next, _ := strings.Cut(q.next(postgres.Position(position)), "?")
		again, back := read(next)
		require.NoError(t, again.done())
		require.Equal(t, postgres.Position(position), back)
		_, elsewhere := read(next + "&office=other")
		require.Empty(t, elsewhere)
	})
}

// The headers that steer a request are read or refused, and say what was sent.
func FuzzHeaders(f *testing.F) {
	for _, one := range [][2]string{{"k-1", `"12"`}, {"", "*"}, {"k\x00", `W/"1"`}, {strings.Repeat("k", 200), `"-1"`}, {"ä", `"99999999999999999999"`}, {"a b", `"1","2"`}} {
		f.Add(one[0], one[1])
	}
	f.Fuzz(func(t *testing.T, key, match string) {
		c := called(httptest.NewRequest(http.MethodPost, "/", http.NoBody))
		c.Header["Idempotency-Key"], c.Header["If-Match"] = []string{key}, []string{match}
		got, err := idempotencyKey(c)
		if err != nil {
			requireRefusal(t, err)
		} else if got != key || key == "" || len(key) > maxKey {
			t.Fatalf("key %q was read as %q", key, got)
		}
		revision, err := expectedRevision(c)
		if err != nil {
			requireRefusal(t, err)
		} else if revision < 0 {
			t.Fatalf("revision %d", revision)
		}
	})
}

// Whatever a stranger writes into X-Forwarded-For, he is counted as himself; and
// behind a proxy that is trusted, the caller is an address or the proxy.
func FuzzForwardedFor(f *testing.F) {
	for _, one := range []string{"", "198.51.100.1", "198.51.100.1, 10.0.0.2", "unknown", "::1", "fe80::1%eth0", "10.0.0.1,10.0.0.1", ",,,", "1.2.3.4:80", "[2001:db8::1]"} {
		f.Add(one, "10.0.0.1:80")
		f.Add(one, "192.0.2.1:80")
	}
	a := &API{proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	f.Fuzz(func(t *testing.T, forwarded, peer string) {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.RemoteAddr = peer
		r.Header.Set("X-Forwarded-For", forwarded)
		caller := a.callerOf(r)
		from, err := netip.ParseAddrPort(peer)
		if err != nil {
			require.Empty(t, caller)
			return
		}
		_, address := netip.ParseAddr(caller)
		_, network := netip.ParsePrefix(caller)
		require.True(t, address == nil || network == nil, caller)
		if !a.trusts(from.Addr().Unmap()) {
			r.Header.Del("X-Forwarded-For")
			require.Equal(t, a.callerOf(r), caller, "a stranger chose his address")
		}
	})
}

// No bytes but those that the key has signed speak for anybody.
func FuzzToken(f *testing.F) {
	now := time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC)
	file := f.TempDir() + "/key.json"
	key, err := devtoken.LoadOrCreate(file)
	require.NoError(f, err)
	public, err := devtoken.PublicKeys(file)
	require.NoError(f, err)
	good, err := devtoken.Sign(key, devtoken.Claims{Subject: "w-1", Role: casework.RoleSupervisor}, time.Hour, now)
	require.NoError(f, err)
	verifier := DevelopmentVerifier(public, func() time.Time { return now })
	_, err = verifier.Verify(f.Context(), good)
	require.NoError(f, err)
	parts := strings.Split(good, ".")
	for _, token := range []string{
		"", ".", "..", "a.b.c", parts[0] + "." + parts[1] + ".", "eyJhbGciOiJub25lIn0." + parts[1] + ".", parts[0] + "." + parts[1] + "." + strings.Repeat("A", 86),
		parts[0] + ".e30." + parts[2], strings.Repeat("x", maxToken+1), `{"payload":"e30","signatures":[]}`, "eyJhbGciOiJIUzI1NiJ9.e30.AAAA",
	} {
		f.Add(token)
	}
	f.Fuzz(func(t *testing.T, token string) {
		who, err := verifier.Verify(t.Context(), token)
		if err == nil {
			t.Fatal("a forged token was accepted")
		}
		require.Zero(t, who)
		require.Equal(t, casework.Unauthenticated, casework.KindOf(err), "%v", err)
	})
}

// Whatever a provider calls its keys, none but public keys that sign are taken.
func FuzzKeySet(f *testing.F) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(f, err)
	for _, key := range []crypto.PrivateKey{private, &private.PublicKey, []byte("a shared secret")} {
		jwk, err := (jose.JSONWebKey{Key: key, KeyID: "1", Use: "sig"}).MarshalJSON()
		require.NoError(f, err)
		f.Add([]byte(`{"keys":[` + string(jwk) + `]}`))
	}
	for _, text := range []string{"", "{}", `{"keys":null}`, `{"keys":[]}`, `{"keys":[{}]}`, `{"keys":[{"kty":"RSA","n":"AQ","e":"AQAB"}]}`, `{"keys":` + strings.Repeat("[", 2000)} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		keys, err := readKeys(bytes.NewReader(text))
		if err != nil {
			require.Empty(t, keys)
			return
		}
		for _, key := range keys {
			require.True(t, key.IsPublic())
			_, shared := key.Key.([]byte)
			require.False(t, shared)
		}
	})
}

// What the Temporal UI sends to be decoded is a list of payloads or refused.
func FuzzPayloads(f *testing.F) {
	for _, text := range []string{
		`{"payloads":[{"metadata":{"encoding":"anNvbi9wbGFpbg=="},"data":"e30="}]}`, `{"payloads":null}`, `[]`, `{"payloads":[{}]}`, `{"payloads":[null]}`,
		`{"payloads":` + strings.Repeat("[", 20_000), `{"payloads":[{"data":"!"}]}`, `{"unknown":1}`, "\xff",
	} {
		f.Add([]byte(text))
	}
	a := &API{namespace: "homeward"}
	f.Fuzz(func(t *testing.T, body []byte) {
		c := called(httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body)))
		c.Header.Set("Content-Type", "application/json")
		c.Header.Set("X-Namespace", "homeward")
		payloads, err := a.readPayloads(c)
		if err != nil {
			requireRefusal(t, err)
			return
		}
		require.LessOrEqual(t, len(payloads), maxPayloads)
		recordsOf(payloads)
	})
}

// An address of a channel is taken or refused, and a refusal does not repeat it:
// it is personal.
func FuzzAddress(f *testing.F) {
	for _, one := range []string{
		"robin@example.org", "Robin <robin@example.org>", "robin@example.org\r\nBcc: x@example.org", "https://hooks.example.org/x", "https://", "javascript:alert(1)",
		"http://[::1]:80", "https://a@b@c", "\x00", "mailto:x", "//host",
	} {
		f.Add("email", one)
		f.Add("webhook", one)
	}
	f.Fuzz(func(t *testing.T, channel, address string) {
		err := channelRequest{Channel: channel, Address: address}.check("channels[0]")
		if err == nil {
			require.NotContains(t, address, "\n")
			return
		}
		require.Equal(t, casework.Invalid, casework.KindOf(err))
		if len(address) > 12 {
			require.NotContains(t, err.Error(), address)
		}
	})
}
