package notify

import (
	"errors"
	"net/netip"
	"slices"
	"syscall"
)

// errOwnNetwork is the refusal of an address that is not on the public internet,
// or of a port that is none of the web's.
var errOwnNetwork = errors.New("the address is not a web server's on the public internet")

// firstFree is the first port that needs no privilege. Below it stand mail, shells
// and name servers, to whom nobody shall be made to speak through us.
const firstFree = 1024

// guard refuses connections into our own network. Addresses of webhooks come
// from outside, and a name can resolve to anything, so it looks at the address
// that is really dialled.
type guard struct {
	refused []netip.Prefix
	ports   []uint16 // below firstFree
}

// newGuard lists what the IANA special-purpose registries (RFC 6890) do not make
// globally reachable, the ranges that carry an IPv4 address inside IPv6, and the
// public address at which a cloud hands out its machines' secrets.
func newGuard(ports ...uint16) guard {
	ranges := []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
		"192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
		"168.63.129.16/32", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16",
		"3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
	}
	g := guard{ports: ports}
	for _, r := range ranges {
		g.refused = append(g.refused, netip.MustParsePrefix(r))
	}
	return g
}

// control is a [net.Dialer] hook: it runs after the name is resolved and before
// the connection is made.
func (g guard) control(_, address string, _ syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil || !g.public(target.Addr()) || target.Port() < firstFree && !slices.Contains(g.ports, target.Port()) {
		return errOwnNetwork
	}
	return nil
}

func (g guard) public(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	return !slices.ContainsFunc(g.refused, func(p netip.Prefix) bool { return p.Contains(ip) })
}
