package config

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// Temporal says where the Temporal server is and which part of it is Homeward's. The
// variables are the ones that Temporal's own tools read.
type Temporal struct {
	Address       string `name:"temporal-address" env:"TEMPORAL_ADDRESS" default:"127.0.0.1:7233" help:"Host and port of the Temporal frontend."`
	Namespace     string `name:"temporal-namespace" env:"TEMPORAL_NAMESPACE" default:"homeward" help:"Temporal namespace."`
	TaskQueue     string `name:"task-queue" env:"HOMEWARD_TASK_QUEUE" default:"homeward" help:"Task queue that the API sends to and the worker serves."`
	TLSCertFile   string `name:"temporal-tls-cert" env:"TEMPORAL_TLS_CLIENT_CERT_PATH" type:"path" placeholder:"FILE" help:"Client certificate (PEM), with --temporal-tls-key."`
	TLSKeyFile    string `name:"temporal-tls-key" env:"TEMPORAL_TLS_CLIENT_KEY_PATH" type:"path" placeholder:"FILE" help:"Key of the client certificate (PEM)."`
	TLSCAFile     string `name:"temporal-tls-ca" env:"TEMPORAL_TLS_SERVER_CA_CERT_PATH" type:"path" placeholder:"FILE" help:"Certificates that the server's is checked against (PEM). Without it, the system's."`
	TLSServerName string `name:"temporal-tls-server-name" env:"TEMPORAL_TLS_SERVER_NAME" placeholder:"NAME" help:"Name the server's certificate must carry, where it is not that of the address."`
}

// Validate refuses half a key pair.
func (t *Temporal) Validate() error {
	if (t.TLSCertFile == "") != (t.TLSKeyFile == "") {
		return errors.New("--temporal-tls-cert and --temporal-tls-key go together")
	}
	return nil
}

// TLS returns how to secure the connection, nil for a plain one: TLS is on as soon as
// one of its settings is made.
func (t *Temporal) TLS() (*tls.Config, error) {
	if t.TLSCertFile == "" && t.TLSCAFile == "" && t.TLSServerName == "" {
		return nil, nil
	}
	secured := &tls.Config{ServerName: t.TLSServerName, MinVersion: tls.VersionTLS12}
	if t.TLSCertFile != "" {
		pair, err := tls.LoadX509KeyPair(t.TLSCertFile, t.TLSKeyFile)
		if err != nil {
			return nil, fmt.Errorf("--temporal-tls-cert: %w", err)
		}
		secured.Certificates = []tls.Certificate{pair}
	}
	if t.TLSCAFile != "" {
		pem, err := os.ReadFile(t.TLSCAFile)
		if err != nil {
			return nil, fmt.Errorf("--temporal-tls-ca: %w", err)
		}
		secured.RootCAs = x509.NewCertPool()
		if !secured.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("--temporal-tls-ca: %s holds no certificate", t.TLSCAFile)
		}
	}
	return secured, nil
}
