package notify

import (
	"errors"
	"net/netip"
	"slices"
	"syscall"
)

// errOwnNetwork is the refusal of an address that is not on the public internet.
var errOwnNetwork = errors.New("the address is not on the public internet")

// guard refuses connections into our own network. Addresses of webhooks come
// from outside, and a name can resolve to anything, so it looks at the address
// that is really dialled.
type guard struct{ refused []netip.Prefix }

// newGuard lists what the IANA special-purpose registries (RFC 6890) do not make
// globally reachable, and the ranges that carry an IPv4 address inside IPv6.
func newGuard() guard {
	ranges := []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
		"192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
		"198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16",
		"3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
	}
	var g guard
	for _, r := range ranges {
		g.refused = append(g.refused, netip.MustParsePrefix(r))
	}
	return g
}

// control is a [net.Dialer] hook: it runs after the name is resolved and before
// the connection is made.
func (g guard) control(_, address string, _ syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil || !g.public(target.Addr()) {
		return errOwnNetwork
	}
	return nil
}

func (g guard) public(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	return !slices.ContainsFunc(g.refused, func(p netip.Prefix) bool { return p.Contains(ip) })
}
