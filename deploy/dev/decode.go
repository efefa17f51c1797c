package main

import (
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"sync/atomic"
)

const (
	// codecEndpoint is where this stack's Temporal UI asks for payloads to be
	// decrypted. It lies beside the UI's own pages, so that it is found however
	// the UI is reached: by another name of the machine, or through a tunnel.
	codecEndpoint = "/codec"
	// productDecode is where the product decrypts.
	productDecode = "/v1/temporal/codec/decode"
	// uiRole is whose eyes this UI has, as it has no sign-in.
	uiRole = "supervisor"
)

// decoder lets the Temporal UI of this stack show what is encrypted. It passes
// on to the product what the UI asks for, with the development token of a
// supervisor, under whose name the product keeps it on record. It is for one
// machine: elsewhere the UI has a sign-in, and sends the person's own token.
type decoder struct{ target atomic.Pointer[decodeTarget] }

// decodeTarget is the product's API and the token to ask it with.
type decodeTarget struct {
	api   *url.URL
	token string
}

// use names the API and the token, as soon as they are there.
func (d *decoder) use(api, token string) error {
	parsed, err := url.Parse(api)
	if err != nil {
		return err
	}
	d.target.Store(&decodeTarget{parsed, token})
	return nil
}

// ServeHTTP passes a request on. A page of another site that has made its name
// lead to this machine is turned away.
func (d *decoder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	target := d.target.Load()
	switch {
	case !isLocal(r.Host):
		http.Error(w, "for pages of this machine only", http.StatusForbidden)
	case target == nil:
		http.Error(w, "the product has not started yet", http.StatusServiceUnavailable)
	default:
		proxy := httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(target.api)
			p.Out.URL.Path = productDecode
			p.Out.Header.Del("Cookie")
			p.Out.Header.Set("Authorization", "Bearer "+target.token)
		}}
		proxy.ServeHTTP(w, r)
	}
}

// isLocal reports whether a request was sent to this machine by a name or an
// address that no other site can have.
func isLocal(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
