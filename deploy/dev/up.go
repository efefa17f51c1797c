package main

import (
	"context"
	"os"
	"path/filepath"
)

// serverFlags choose the folder and the ports of a stack that is kept.
type serverFlags struct {
	PostgresPort int `name:"postgres-port" env:"HOMEWARD_POSTGRES_PORT" default:"5433" help:"Port of PostgreSQL; 0 takes a free one."`
	TemporalPort int `name:"temporal-port" env:"HOMEWARD_TEMPORAL_PORT" default:"7233" help:"Port of Temporal; 0 takes a free one."`
	UIPort       int `name:"ui-port" env:"HOMEWARD_UI_PORT" default:"8233" help:"Port of the Temporal UI; 0 takes a free one."`
}

// options are the flags as the options of a stack in the folder.
func (f serverFlags) options(in *folder) stackOptions {
	return stackOptions{
		folder:       in,
		postgresPort: port{f.PostgresPort, "PostgreSQL", "--postgres-port or HOMEWARD_POSTGRES_PORT"},
		temporalPort: port{f.TemporalPort, "Temporal", "--temporal-port or HOMEWARD_TEMPORAL_PORT"},
		uiPort:       port{f.UIPort, "the Temporal UI", "--ui-port or HOMEWARD_UI_PORT"},
		durable:      true,
		postgres:     true,
		temporal:     true,
		smallLimits:  []string{smallLimitsNamespace},
	}
}

// upCommand starts the servers alone.
type upCommand struct {
	serverFlags

	Dir       string `required:"" type:"path" placeholder:"DIR" help:"Folder for the data and logs; it is made where it is missing."`
	PortsFile string `type:"path" placeholder:"FILE" help:"Write the addresses to this file, as JSON, when everything answers."`
}

// Run keeps the servers until ctx ends or one of them is lost.
func (u upCommand) Run(ctx context.Context, c console) error {
	in, err := openFolder(u.Dir)
	if err != nil {
		return err
	}
	defer in.close()
	s, err := startStack(ctx, u.options(in), c)
	if err != nil {
		return err
	}
	defer s.stop()
	if err := u.publish(s); err != nil {
		return err
	}
	if u.PortsFile != "" {
		defer os.Remove(u.PortsFile)
	}
	c.say("Ready: Temporal %s, Temporal UI %s, PostgreSQL %s", s.addresses.TemporalAddress, s.addresses.UIURL, address(s.postgres.port))
	return s.failure.wait(ctx)
}

// publish writes the addresses to the ports file, if one is wanted, and else
// to standard output.
func (u upCommand) publish(s *stack) error {
	if u.PortsFile == "" {
		return printJSON(s.console.out, s.addresses)
	}
	if err := os.MkdirAll(filepath.Dir(u.PortsFile), 0o755); err != nil { //nolint:gosec // a folder of the caller's
		return notWritable(filepath.Dir(u.PortsFile), err)
	}
	return writeJSON(u.PortsFile, s.addresses)
}
