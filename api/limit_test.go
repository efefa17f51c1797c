package api

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestBuckets_LetThroughARateAndTenSecondsAtOnce(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC)
	b := newBuckets(2)
	for range 20 {
		require.Zero(t, b.take("a", now))
	}
	require.Equal(t, 500*time.Millisecond, b.take("a", now), "the next one comes half a second later")
	require.Equal(t, 500*time.Millisecond, b.take("a", now), "a refused request costs nothing")
	require.Zero(t, b.take("b", now), "others are not concerned")
	require.Zero(t, b.take("a", now.Add(500*time.Millisecond)))
	require.NotZero(t, b.take("a", now.Add(500*time.Millisecond)))

	var none *buckets
	require.Zero(t, none.take("a", now))
	require.Nil(t, newBuckets(0))
}

func TestBuckets_RememberABoundedNumberOfCallers(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC)
	b := newBuckets(1)
	for range 10 {
		b.take("busy", now)
	}
	for i := range 3 * bucketsHeld {
		b.take(strconv.Itoa(i), now)
		if i%1000 == 0 {
			require.NotZero(t, b.take("busy", now), "whoever keeps calling is not forgotten")
		}
	}
	require.LessOrEqual(t, len(b.young)+len(b.old), bucketsHeld)
}

func TestCallerOf_TrustsOnlyNamedProxies(t *testing.T) {
	t.Parallel()
	a := &API{proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}
	for name, test := range map[string]struct {
		peer      string
		forwarded []string
		want      string
	}{
		"direct":                   {"192.0.2.7:4711", nil, "192.0.2.7"},
		"a stranger names another": {"192.0.2.7:4711", []string{"198.51.100.1"}, "192.0.2.7"},
		"behind a proxy":           {"10.0.0.1:80", []string{"198.51.100.1"}, "198.51.100.1"},
		"behind two":               {"10.0.0.1:80", []string{"198.51.100.1, 10.0.0.2"}, "198.51.100.1"},
		"two headers":              {"10.0.0.1:80", []string{"198.51.100.1", "10.0.0.2"}, "198.51.100.1"},
		"forged before the proxy":  {"10.0.0.1:80", []string{"203.0.113.9, 198.51.100.1"}, "198.51.100.1"},
		"a proxy that says junk":   {"10.0.0.1:80", []string{"unknown"}, "10.0.0.1"},
		"a proxy that says none":   {"10.0.0.1:80", nil, "10.0.0.1"},
		"mapped":                   {"[::ffff:192.0.2.7]:4711", nil, "192.0.2.7"},
		"IPv6":                     {"[2001:db8:1:2:3:4:5:6]:4711", nil, "2001:db8:1:2::/64"},
		"IPv6 behind a proxy":      {"[fd00::1]:80", []string{"2001:db8:1:2:ffff::1"}, "2001:db8:1:2::/64"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.RemoteAddr = test.peer
		r.Header["X-Forwarded-For"] = test.forwarded
		require.Equal(t, test.want, a.callerOf(r), name)
	}
}
