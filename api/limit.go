package api

import (
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"homeward/casework"
)

const (
	// burstSpan is the time whose requests may come at once: a screen that opens
	// asks for many things, and then for nothing for a while.
	burstSpan = 10 * time.Second
	// bucketsHeld bounds the callers that are remembered: some 2 MB, whoever calls.
	bucketsHeld = 10_000
)

// buckets is a token bucket for each caller. Those who have not called for
// longest are forgotten first, and begin anew with a full bucket. Nil limits
// nobody.
type buckets struct {
	rate  rate.Limit
	burst int

	mu sync.Mutex
	// young holds whoever has called since it was last emptied, old those of the
	// time before: half of bucketsHeld each, so that both are found, and forgotten,
	// without a search.
	young, old map[string]*rate.Limiter
}

// newBuckets allows each caller so many requests a second; 0 is no limit.
func newBuckets(perSecond int) *buckets {
	if perSecond <= 0 {
		return nil
	}
	return &buckets{
		rate: rate.Limit(perSecond), burst: perSecond * int(burstSpan.Seconds()),
		young: make(map[string]*rate.Limiter),
	}
}

// take takes one request out of a caller's bucket. Where it is empty, it says
// how long to wait.
func (b *buckets) take(caller string, now time.Time) time.Duration {
	if b == nil {
		return 0
	}
	taken := b.of(caller).ReserveN(now, 1)
	wait := taken.DelayFrom(now)
	if wait > 0 {
		taken.CancelAt(now)
	}
	return wait
}

func (b *buckets) of(caller string) *rate.Limiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	if bucket, ok := b.young[caller]; ok {
		return bucket
	}
	bucket, ok := b.old[caller]
	if !ok {
		bucket = rate.NewLimiter(b.rate, b.burst)
	}
	if len(b.young) >= bucketsHeld/2 {
		b.young, b.old = make(map[string]*rate.Limiter), b.young
	}
	b.young[caller] = bucket
	return bucket
}

// tooMany refuses a caller who has to wait.
func tooMany(wait time.Duration) error {
	whole := time.Duration(math.Ceil(wait.Seconds())) * time.Second
	return &refusal{
		cause: casework.NewError(casework.TooMany, fmt.Sprintf("Too many requests come from you. Wait %s, then go on.", whole)),
		wait:  whole,
	}
}

// measured lets through what one address may send, before anything is read or
// verified for it.
func (a *API) measured(next handler) handler {
	if a.perAddress == nil {
		return next
	}
	return func(c *call) (reply, error) {
		if wait := a.perAddress.take(a.callerOf(c.Request), a.now()); wait > 0 {
			return reply{}, tooMany(wait)
		}
		return next(c)
	}
}

// callerOf returns the address that a request comes from, past the proxies that
// are trusted to name it. Whoever has an IPv6 address has all of its /64.
func (a *API) callerOf(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	caller := peer.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		before, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil || !a.trusts(caller) {
			break
		}
		caller = before.Unmap()
	}
	if caller.Is6() {
		return netip.PrefixFrom(caller.WithZone(""), 64).Masked().String()
	}
	return caller.String()
}

func (a *API) trusts(proxy netip.Addr) bool {
	return slices.ContainsFunc(a.proxies, func(p netip.Prefix) bool { return p.Contains(proxy) })
}
