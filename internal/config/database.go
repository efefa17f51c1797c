package config

import (
	"errors"
	"os"
)

// Database says where PostgreSQL is. After parsing, URL is set.
type Database struct {
	URL         Secret `kong:"-" env:"HOMEWARD_DATABASE_URL" help:"PostgreSQL connection URL. It may hold a password, so it has no flag."`
	URLFile     string `name:"database-url-file" env:"HOMEWARD_DATABASE_URL_FILE" type:"path" placeholder:"FILE" help:"File with the connection URL, instead of the variable."`
	Connections int    `name:"database-connections" env:"HOMEWARD_DATABASE_CONNECTIONS" default:"16" help:"Most connections one process opens."`
}

// AfterApply reads the URL from the environment or its file.
func (d *Database) AfterApply() error {
	d.URL = Secret(os.Getenv("HOMEWARD_DATABASE_URL"))
	switch {
	case d.URL != "" && d.URLFile != "":
		return errors.New("HOMEWARD_DATABASE_URL and --database-url-file are both set: leave one out")
	case d.URLFile != "":
		url, err := readSecret("--database-url-file", d.URLFile)
		d.URL = url
		return err
	case d.URL == "":
		return errors.New("no database: set HOMEWARD_DATABASE_URL, or --database-url-file to a file that holds the URL")
	}
	return nil
}

// Validate refuses a pool that could never lend a connection.
func (d *Database) Validate() error {
	if d.Connections < 1 {
		return errors.New("--database-connections must be at least 1")
	}
	return nil
}
