package app

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"

	"homeward/internal/certs"
	"homeward/internal/config"
)

// Health asks the process that listens at address whether it answers ("/healthz")
// or is ready ("/readyz"), and returns nil on 200. It trusts the very certificate
// that the listener shows, and shows the same one where the listener asks for one.
func Health(ctx context.Context, c config.Serving, address, path string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	transport, scheme := &http.Transport{DisableKeepAlives: true}, "http"
	if c.CertFile != "" {
		scheme = "https"
		if transport.TLSClientConfig, err = toItself(c); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 2*checkTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+net.JoinHostPort(host, port)+path, http.NoBody)
	if err != nil {
		return err
	}
	answered, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return err
	}
	defer answered.Body.Close()
	if answered.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", path, answered.Status)
	}
	return nil
}

// toItself connects a process to its own listener.
func toItself(c config.Serving) (*tls.Config, error) {
	pair, err := certs.LoadPair(c.Files())
	if err != nil {
		return nil, err
	}
	name := pair.Leaf.Subject.CommonName
	if len(pair.Leaf.DNSNames) > 0 {
		name = pair.Leaf.DNSNames[0]
	} else if len(pair.Leaf.IPAddresses) > 0 {
		name = pair.Leaf.IPAddresses[0].String()
	}
	files := c.Files()
	files.CA = c.CertFile
	return certs.Client(files, name, nil)
}
