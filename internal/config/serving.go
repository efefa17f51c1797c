package config

import (
	"crypto/tls"
	"errors"
	"fmt"

	"homeward/internal/certs"
)

// Serving is how the listener of a process is secured: the API's, or the worker's
// for metrics and probes.
type Serving struct {
	CertFile     string `name:"tls-cert" env:"HOMEWARD_TLS_CERT_FILE" type:"path" placeholder:"FILE" help:"Certificate of the listener (PEM), with --tls-key. Without it, the listener speaks plain HTTP. Read again when it changes."`
	KeyFile      string `name:"tls-key" env:"HOMEWARD_TLS_KEY_FILE" type:"path" placeholder:"FILE" help:"Key of that certificate (PEM)."`
	ClientCAFile string `name:"tls-client-ca" env:"HOMEWARD_TLS_CLIENT_CA_FILE" type:"path" placeholder:"FILE" help:"Authorities (PEM). Whoever connects must show a certificate of one of them. Read again when it changes."`
	Minimum      string `name:"tls-min" env:"HOMEWARD_TLS_MIN" default:"1.3" enum:"1.2,1.3" help:"Least version of TLS that the listener speaks: 1.2 or 1.3."`
}

// Validate refuses half a certificate, and clients that nobody would check.
func (s *Serving) Validate() error {
	switch {
	case (s.CertFile == "") != (s.KeyFile == ""):
		return errors.New("--tls-cert and --tls-key go together")
	case s.ClientCAFile != "" && s.CertFile == "":
		return errors.New("--tls-client-ca needs --tls-cert and --tls-key")
	}
	return nil
}

// Files returns the files, empty ones where they are not set.
func (s *Serving) Files() certs.Files {
	return certs.Files{Cert: s.CertFile, Key: s.KeyFile, CA: s.ClientCAFile}
}

// TLS returns how to secure the listener, nil for a plain one. What changes later
// and cannot be used is told to report.
func (s *Serving) TLS(report certs.Report) (*tls.Config, error) {
	if s.CertFile == "" {
		return nil, nil
	}
	if err := private("--tls-key", s.KeyFile); err != nil {
		return nil, err
	}
	minimum := uint16(tls.VersionTLS13)
	if s.Minimum == "1.2" {
		minimum = tls.VersionTLS12
	}
	secured, err := certs.Server(s.Files(), minimum, report)
	if err != nil {
		return nil, fmt.Errorf("--tls-cert, --tls-key, --tls-client-ca: %w", err)
	}
	return secured, nil
}
