package postgres

import (
	"errors"
	"net/netip"
	"path/filepath"
	"strings"

	"homeward/casework"
	"homeward/internal/certs"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// words are the names of the settings that secure the way to the database.
func words() certs.Settings {
	return certs.Settings{
		Server: "The database", CA: "--database-tls-ca", Cert: "--database-tls-cert", Name: "the database URL",
	}
}

// secure sets how the way to the database is secured, and refuses one that others
// could listen to or turn aside, unless that is meant.
func (o Options) secure(config *pq.Config) error {
	if o.TLS.CA != "" {
		config.SSLMode, config.SSLRootCert = pq.SSLModeVerifyFull, o.TLS.CA
	}
	if o.TLS.Cert != "" {
		config.SSLCert, config.SSLKey = o.TLS.Cert, o.TLS.Key
	}
	if config.SSLMinProtocolVersion != pq.SSLProtocolVersionTLS13 {
		config.SSLMinProtocolVersion = pq.SSLProtocolVersionTLS12
	}
	verified := config.SSLMode == pq.SSLModeVerifyFull || config.SSLMode == pq.SSLModeVerifyCA
	if verified || o.Insecure || allLocal(config) {
		return nil
	}
	return casework.InvalidField("database_url", "The database is on another machine, and the connection would not be encrypted, "+
		"or could end at a wrong machine: set --database-tls-ca to the authority of its certificate, or sslmode=verify-full in the "+
		"URL; --database-insecure says that it is meant.")
}

// allLocal reports whether every host that may be tried is this machine.
func allLocal(config *pq.Config) bool {
	local := isLocal(config.Host, config.Hostaddr)
	for _, other := range config.Multi {
		local = local && isLocal(other.Host, other.Hostaddr)
	}
	return local
}

// isLocal knows sockets of this machine, too.
func isLocal(host string, address netip.Addr) bool {
	if address.IsValid() {
		return address.Unmap().IsLoopback()
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || filepath.IsAbs(host) || strings.HasPrefix(host, "@") || err == nil && ip.Unmap().IsLoopback()
}

// distrusted says which setting to look at where the two sides do not trust each
// other. Every other error is failed's.
func distrusted(doing string, err error) error {
	if err == nil {
		return nil
	}
	if distrust := words().Explain(err); distrust != nil {
		return casework.WrapError(casework.Invalid, distrust.Error(), err)
	}
	if errors.Is(err, pq.ErrSSLNotSupported) {
		return casework.WrapError(casework.Invalid, "The database does not speak TLS, which --database-tls-ca or sslmode in its URL ask for.", err)
	}
	if errors.Is(err, pq.ErrSSLKeyHasWorldPermissions) || errors.Is(err, pq.ErrSSLKeyUnknownOwnership) {
		return casework.WrapError(casework.Invalid, "The key of --database-tls-key must be its owner's alone: chmod 600 it (640 where it is root's).", err)
	}
	server, ok := errors.AsType[*pq.Error](err)
	if ok && server.Code == pqerror.InvalidAuthorizationSpecification {
		cause := &sqlError{doing: doing, state: server.Code}
		return casework.WrapError(casework.Invalid, "The database refuses this account over this connection. It may ask for TLS (--database-tls-ca), "+
			"for a certificate that names the account (--database-tls-cert), or not know the account.", cause)
	}
	return failed(doing, err)
}
