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
	"time"
	_ "time/tzdata" // the zones of the world, for machines that have none

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
	Health      healthCommand      `cmd:"" help:"Ask the API or the worker of this machine whether it is ready. For container health checks."`
	Demo        demoCommand        `cmd:"" help:"Play the stories of whole cases against the running embedded stack, or those that are named."`
	FastForward fastForwardCommand `cmd:"" name:"fast-forward" help:"Move one record's clock forward, on the embedded stack only."`
	Explain     explainCommand     `cmd:"" help:"Say what the law asks for, given facts, and why. Needs no server."`
	Packs       packsCommand       `cmd:"" help:"Policy packs: their schema, which there are, and what is wrong with one."`
	Codec       codecCommand       `cmd:"" help:"Keys that encrypt what Temporal stores: make one, and see which are in use."`
	Audit       auditCommand       `cmd:"" help:"Who did, saw and was refused what: prove that nothing of it was changed."`
	Purge       purgeCommand       `cmd:"" help:"Records that were destroyed: prove that nothing is left."`
	Retention   retentionCommand   `cmd:"" help:"What the law says is to go: list it, expunge findings, ask for purges."`
	Directory   directoryCommand   `cmd:"" help:"The services that families are referred to: import them."`
	Token       tokenCommand       `cmd:"" help:"Sign a development token, for the embedded stack only."`
	Version     versionCommand     `cmd:"" help:"Print the version."`
}

// console is where a command was started: it writes for people there, and reads
// what is sent to it.
type console struct {
	io.Writer

	in  io.Reader
	now func() time.Time
}

// The exit statuses. Whatever else fails is a failure, too.
const (
	statusDone    = 0
	statusFailed  = 1
	statusMisused = 2 // the command line, or what it names, cannot be right
)

// misuse is an error in what a command was given. Its text is shown as it is,
// one line for each mistake.
type misuse struct{ error }

func (m misuse) Unwrap() error { return m.error }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := execute(ctx, os.Args[1:], console{Writer: os.Stdout, in: os.Stdin, now: time.Now}, os.Stderr)
	stop()
	os.Exit(status)
}

// execute runs one command line, says on stderr what went wrong, and returns
// the exit status.
func execute(ctx context.Context, args []string, c console, stderr io.Writer) int {
	err := run(ctx, args, c, stderr)
	if err == nil {
		return statusDone
	}
	if wrong, ok := errors.AsType[misuse](err); ok {
		_, _ = fmt.Fprintln(stderr, wrong) // Nobody is left to tell.
		return statusMisused
	}
	_, _ = fmt.Fprintln(stderr, "homeward: "+public(err))
	if _, ok := errors.AsType[*kong.ParseError](err); ok {
		return statusMisused
	}
	return statusFailed
}

// run parses the command line and runs one subcommand until it ends or ctx does.
func run(ctx context.Context, args []string, c console, stderr io.Writer) error {
	var cli commands
	parser, err := kong.New(&cli, kong.Name("homeward"), kong.UsageOnError(), kong.Writers(c, stderr),
		kong.Description("Every step of a case has a legal clock. Here each clock acts by itself."),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(c))
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
