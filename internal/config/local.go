package config

import (
	"net"
	"net/netip"
)

// IsLocal reports whether an address, with or without a port, stays on this
// machine: nobody between the two sides could listen.
func IsLocal(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}
