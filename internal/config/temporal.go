package config

import (
	"crypto/tls"
	"errors"
	"fmt"

	"homeward/internal/certs"
)

// Temporal says where the Temporal server is and which part of it is Homeward's. The
// variables are the ones that Temporal's own tools read.
type Temporal struct {
	Address       string `name:"temporal-address" env:"TEMPORAL_ADDRESS" default:"127.0.0.1:7233" help:"Host and port of the Temporal frontend."`
	Namespace     string `name:"temporal-namespace" env:"TEMPORAL_NAMESPACE" default:"homeward" help:"Temporal namespace."`
	TaskQueue     string `name:"task-queue" env:"HOMEWARD_TASK_QUEUE" default:"homeward" help:"Task queue that the API sends to and the worker serves."`
	TLSOn         bool   `name:"temporal-tls" env:"TEMPORAL_TLS" help:"Speak TLS with Temporal. On by itself with any of the TLS settings."`
	TLSCertFile   string `name:"temporal-tls-cert" env:"TEMPORAL_TLS_CLIENT_CERT_PATH" type:"path" placeholder:"FILE" help:"Client certificate (PEM), with --temporal-tls-key. Read again when it changes."`
	TLSKeyFile    string `name:"temporal-tls-key" env:"TEMPORAL_TLS_CLIENT_KEY_PATH" type:"path" placeholder:"FILE" help:"Key of the client certificate (PEM)."`
	TLSCAFile     string `name:"temporal-tls-ca" env:"TEMPORAL_TLS_SERVER_CA_CERT_PATH" type:"path" placeholder:"FILE" help:"Authorities (PEM) that the server's certificate is checked against. Without it, the system's. Read at the start."`
	TLSServerName string `name:"temporal-tls-server-name" env:"TEMPORAL_TLS_SERVER_NAME" placeholder:"NAME" help:"Name the server's certificate must carry, where it is not that of the address."`
	Insecure      bool   `name:"temporal-insecure" env:"HOMEWARD_TEMPORAL_INSECURE" help:"Go to a Temporal server on another machine without TLS. For a network that nobody else can listen on. Without it, such a connection is refused."`
}

// Validate refuses half a key pair, and a connection that others could listen to.
func (t *Temporal) Validate() error {
	switch {
	case (t.TLSCertFile == "") != (t.TLSKeyFile == ""):
		return errors.New("--temporal-tls-cert and --temporal-tls-key go together")
	case !t.secured() && !t.Insecure && !IsLocal(t.Address):
		return errors.New("--temporal-address is another machine, and the connection would not be encrypted: set --temporal-tls, " +
			"with --temporal-tls-ca where the server's authority is your own; --temporal-insecure says that it is meant")
	}
	return nil
}

func (t *Temporal) secured() bool {
	return t.TLSOn || t.TLSCertFile != "" || t.TLSCAFile != "" || t.TLSServerName != ""
}

// Words are the names of these settings.
func (t *Temporal) Words() certs.Settings {
	return certs.Settings{
		Server: "The Temporal server at --temporal-address",
		CA:     "--temporal-tls-ca", Cert: "--temporal-tls-cert", Name: "--temporal-tls-server-name",
	}
}

// TLS returns how to secure the connection, nil for a plain one: TLS is on as soon as
// one of its settings is made. A certificate that changes later and cannot be used is
// told to report.
func (t *Temporal) TLS(report certs.Report) (*tls.Config, error) {
	if !t.secured() {
		return nil, nil
	}
	if t.TLSKeyFile != "" {
		if err := private("--temporal-tls-key", t.TLSKeyFile); err != nil {
			return nil, err
		}
	}
	secured, err := certs.Client(certs.Files{Cert: t.TLSCertFile, Key: t.TLSKeyFile, CA: t.TLSCAFile}, t.TLSServerName, report)
	if err != nil {
		return nil, fmt.Errorf("--temporal-tls-cert, --temporal-tls-key, --temporal-tls-ca: %w", err)
	}
	return secured, nil
}
