package config

import (
	"errors"
	"fmt"

	"homeward/internal/certs"
)

// Database says where PostgreSQL is and how the way there is secured. After
// parsing, URL is set.
type Database struct {
	URL         Secret `kong:"-" env:"HOMEWARD_DATABASE_URL" help:"PostgreSQL connection URL. It may hold a password, so it has no flag."`
	URLFile     string `name:"database-url-file" env:"HOMEWARD_DATABASE_URL_FILE" type:"path" placeholder:"FILE" help:"File with the connection URL, instead of the variable."`
	Connections int    `name:"database-connections" env:"HOMEWARD_DATABASE_CONNECTIONS" default:"16" help:"Most connections one process opens."`
	TLSCAFile   string `name:"database-tls-ca" env:"HOMEWARD_DATABASE_TLS_CA_FILE" type:"path" placeholder:"FILE" help:"Authorities (PEM) that PostgreSQL's certificate is checked against, its name included: sslmode=verify-full, whatever the URL says."`
	TLSCertFile string `name:"database-tls-cert" env:"HOMEWARD_DATABASE_TLS_CERT_FILE" type:"path" placeholder:"FILE" help:"Client certificate (PEM) for PostgreSQL, with --database-tls-key. Read again for each connection."`
	TLSKeyFile  string `name:"database-tls-key" env:"HOMEWARD_DATABASE_TLS_KEY_FILE" type:"path" placeholder:"FILE" help:"Key of that certificate (PEM), for its owner alone (mode 0600; 0640 where it is root's)."`
	Insecure    bool   `name:"database-insecure" env:"HOMEWARD_DATABASE_INSECURE" help:"Go to a PostgreSQL on another machine without encryption, or without knowing that it is the right one. For a network that nobody else can listen on. Without it, such a connection is refused."`
}

// AfterApply reads the URL from the environment or its file.
func (d *Database) AfterApply() (err error) {
	d.URL, err = oneSecret("HOMEWARD_DATABASE_URL", "--database-url-file", d.URLFile)
	if err == nil && d.URL == "" {
		return errors.New("no database: set HOMEWARD_DATABASE_URL, or --database-url-file to a file that holds the URL")
	}
	return err
}

// Validate refuses a pool that could never lend a connection, and half a
// certificate.
func (d *Database) Validate() error {
	switch {
	case d.Connections < 1:
		return errors.New("--database-connections must be at least 1")
	case (d.TLSCertFile == "") != (d.TLSKeyFile == ""):
		return errors.New("--database-tls-cert and --database-tls-key go together")
	}
	return nil
}

// TLS returns the files that secure the connection, after looking into them.
func (d *Database) TLS() (certs.Files, error) {
	files := certs.Files{Cert: d.TLSCertFile, Key: d.TLSKeyFile, CA: d.TLSCAFile}
	if files.CA != "" {
		if _, err := certs.LoadPool(files.CA); err != nil {
			return files, fmt.Errorf("--database-tls-ca: %w", err)
		}
	}
	if files.Cert == "" {
		return files, nil
	}
	if err := private("--database-tls-key", files.Key); err != nil {
		return files, err
	}
	if _, err := certs.LoadPair(files); err != nil {
		return files, fmt.Errorf("--database-tls-cert: %w", err)
	}
	return files, nil
}
