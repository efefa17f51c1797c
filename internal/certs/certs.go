// Package certs keeps the certificates of a process. It reads them from files and
// reads the files again when they change, so that a renewed certificate needs no
// restart; and where two sides do not trust each other, it says in plain words
// which setting to look at.
package certs

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
)

// Files name what one side of a connection shows and trusts, all of it PEM.
type Files struct {
	// Cert and Key are what this side shows; both or neither.
	Cert, Key string
	// CA holds the authorities that the other side's certificate is checked against.
	CA string
}

// Report is told that files have changed and cannot be used; what was read before
// stays in use. It is told once for each change.
type Report func(error)

// Server returns the configuration of a listener from version minimum up. Its
// certificate, and the authorities of its clients where CA is set, follow their
// files. With CA, a client without a certificate of one of them is refused.
func Server(files Files, minimum uint16, report Report) (*tls.Config, error) {
	pair, err := follow(report, func() (tls.Certificate, error) { return LoadPair(files) }, files.Cert, files.Key)
	if err != nil {
		return nil, err
	}
	plain := &tls.Config{
		MinVersion: minimum, NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			current := pair.current()
			return &current, nil
		},
	}
	if files.CA == "" {
		return plain, nil
	}
	clients, err := follow(report, func() (*x509.CertPool, error) { return LoadPool(files.CA) }, files.CA)
	if err != nil {
		return nil, err
	}
	plain.ClientAuth = tls.RequireAndVerifyClientCert
	plain.SessionTicketsDisabled = true // a session must not outlive the trust in its client
	known := plain.Clone()
	known.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		current := plain.Clone()
		current.ClientCAs = clients.current()
		return current, nil
	}
	return known, nil
}

// Client returns the configuration of a connection to a server whose certificate
// names serverName, or the host of its address where serverName is empty. Without
// CA, the system's authorities count. The certificate that is shown follows its
// files; the authorities are read once.
func Client(files Files, serverName string, report Report) (*tls.Config, error) {
	secured := &tls.Config{ServerName: serverName, MinVersion: tls.VersionTLS12}
	if files.Cert != "" {
		pair, err := follow(report, func() (tls.Certificate, error) { return LoadPair(files) }, files.Cert, files.Key)
		if err != nil {
			return nil, err
		}
		secured.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			current := pair.current()
			return &current, nil
		}
	}
	if files.CA != "" {
		var err error
		if secured.RootCAs, err = LoadPool(files.CA); err != nil {
			return nil, err
		}
	}
	return secured, nil
}

// LoadPair reads a certificate and its key.
func LoadPair(files Files) (tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(files.Cert, files.Key)
	if err != nil {
		return pair, fmt.Errorf("%s with %s: %w", files.Cert, files.Key, err)
	}
	return pair, nil
}

// LoadPool reads the authorities in a file.
func LoadPool(file string) (*x509.CertPool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s holds no certificate", file)
	}
	return pool, nil
}
