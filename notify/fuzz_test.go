package notify

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

// No header but one that the key has made verifies a body, and only within its time.
func FuzzVerify(f *testing.F) {
	key, body, now := []byte(strings.Repeat("k", 32)), []byte(`{"key":"x"}`), time.Unix(1_770_000_000, 0)
	genuine := Sign(body, now, key)
	for _, header := range []string{
		genuine, genuine + "," + genuine, strings.ToUpper(genuine), "t=0,v1=", "t=-1", "v1=00,t=1", "t=99999999999999999999,v1=00", "t=1770000000,v1=zz", "", ",,,",
		Sign(body, now.Add(time.Hour), key), Sign(body, now, []byte("another")), genuine[:len(genuine)-1], " " + genuine,
	} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if Verify(header, body, key, now, time.Minute) != nil {
			return
		}
		stamp, rest, _ := strings.Cut(header, ",")
		if !strings.HasPrefix(stamp, "t=") || !strings.Contains(strings.ToLower(rest), "v1="+genuine[len(genuine)-64:]) && !strings.Contains(header, "t=17700000") {
			t.Fatalf("a forged header verifies: %q", header)
		}
		if Verify(header, append([]byte("x"), body...), key, now, time.Minute) == nil {
			t.Fatal("the header fits another body")
		}
		if Verify(header, body, key, now.Add(time.Hour), time.Minute) == nil {
			t.Fatal("the header is good for ever")
		}
	})
}

// How long a receiver asks for rest is never negative, and never for ever.
func FuzzRetryAfter(f *testing.F) {
	now := time.Date(2026, time.April, 1, 7, 0, 0, 0, time.UTC)
	for _, value := range []string{"", "90", "-5", "Wed, 01 Apr 2026 08:00:00 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "999999999999", "1e3", "soon"} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if wait := retryAfter(value, now); wait < 0 || wait > maxRetryAfter {
			t.Fatalf("%q is a wait of %s", value, wait)
		}
	})
}

// An address is dialled when it is public in whatever way it is written.
func FuzzGuard(f *testing.F) {
	for _, address := range []string{
		"127.0.0.1:443", "[::ffff:127.0.0.1]:443", "[::1%lo]:443", "0:443", "198.41.0.4:443", "198.41.0.4:22", "[2001:500::1]:8443", "[64:ff9b::a00:1]:443",
		"169.254.169.254:80", "[fe80::1%eth0]:443", "x", "",
	} {
		f.Add(address)
	}
	g := newGuard(443)
	f.Fuzz(func(t *testing.T, address string) {
		if g.control("tcp", address, nil) != nil {
			return
		}
		target := netip.MustParseAddrPort(address)
		ip := target.Addr().Unmap()
		if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || target.Port() < 1024 && target.Port() != 443 {
			t.Fatalf("%s is dialled", address)
		}
	})
}
