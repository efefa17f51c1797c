// Command homeward runs a child-welfare case from the first hotline call to the
// child's safe return home. One binary holds the API, the worker and the tools
// around them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"homeward/casework"
)

// version is set by the build; the linker can set nothing but a variable.
var version = "dev"

// commands are the subcommands. Each reads the groups of settings that it needs.
type commands struct {
	API         apiCommand         `cmd:"" name:"api" help:"Serve the HTTP API."`
	Worker      workerCommand      `cmd:"" help:"Run workflows and activities."`
	Migrate     migrateCommand     `cmd:"" help:"Bring the database and Temporal's search attributes up to this release. Safe to run again."`
	Demo        demoCommand        `cmd:"" help:"Play one case from report to closing against the running embedded stack."`
	FastForward fastForwardCommand `cmd:"" name:"fast-forward" help:"Move one record's clock forward, on the embedded stack only."`
	Token       tokenCommand       `cmd:"" help:"Sign a development token, for the embedded stack only."`
	Version     versionCommand     `cmd:"" help:"Print the version."`
}

// console is where a command writes for people.
type console struct{ io.Writer }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "homeward: "+public(err))
		stop()
		os.Exit(1) //nolint:gocritic // stop has been called
	}
}

// run parses the command line and runs one subcommand until it ends or ctx does.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var cli commands
	parser, err := kong.New(&cli, kong.Name("homeward"), kong.UsageOnError(), kong.Writers(stdout, stderr),
		kong.Description("Every step of a case has a legal clock. Here each clock acts by itself."),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(console{stdout}))
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return err
	}
	return parsed.Run()
}

// public is what a person at the terminal reads of an error: the plain sentence
// and, since it is their own machine, the cause.
func public(err error) string {
	e, ok := errors.AsType[*casework.Error](err)
	if !ok {
		return err.Error()
	}
	if cause := errors.Unwrap(e); cause != nil {
		return e.Detail + " (" + cause.Error() + ")"
	}
	return e.Detail
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(c console) error {
	_, err := fmt.Fprintln(c, "homeward", version)
	return err
}
