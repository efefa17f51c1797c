// Command homeward-dev is the embedded stack: a private PostgreSQL cluster, a
// Temporal server and the Temporal UI, for one machine. Nothing needs to be
// installed but PostgreSQL's server binaries, and nothing is left running
// when it ends.
//
//	homeward-dev run             the stack and the product on top of it
//	homeward-dev up --dir DIR    the servers alone, until a signal
//	homeward-dev exec -- CMD     throw-away servers around one command
//	homeward-dev settings        every server setting that is not a default
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
)

// cli is the command line.
type cli struct {
	Run      runCommand      `cmd:"" help:"Start the stack and the product, and print where everything is."`
	Up       upCommand       `cmd:"" help:"Start PostgreSQL, Temporal and its UI, and keep them until SIGTERM or SIGINT."`
	Exec     execCommand     `cmd:"" help:"Run a command against throw-away servers and return its exit status."`
	Settings settingsCommand `cmd:"" help:"Print every Temporal and PostgreSQL setting that is not a default, and why, as Markdown."`
}

// console is where a command talks to the person who started it.
type console struct {
	out, err io.Writer
}

// say prints one line of progress. It goes to standard error, so that
// standard output carries nothing but results.
func (c console) say(format string, args ...any) {
	_, _ = fmt.Fprintf(c.err, format+"\n", args...)
}

// quiet is the console without progress.
func (c console) quiet() console { return console{out: c.out, err: io.Discard} }

// exitStatus ends the program with a status that is already explained, such
// as that of the command under exec.
type exitStatus int

// Error describes the status.
func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, cancel) // a second Ctrl-C ends the program at once
	status := execute(ctx, os.Args[1:], console{out: os.Stdout, err: os.Stderr})
	os.Exit(status)
}

// execute parses args, runs the command they name and returns the exit
// status. Every failure is one line on the error stream.
func execute(ctx context.Context, args []string, c console) int {
	var line cli
	parser, err := kong.New(&line,
		kong.Name("homeward-dev"),
		kong.Description("The embedded stack of Homeward: PostgreSQL, Temporal and its UI on one machine."),
		kong.UsageOnError(),
		kong.Writers(c.out, c.err),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		c.say("homeward-dev: %v", err)
		return 1
	}
	command, err := parser.Parse(args)
	if err != nil {
		c.say("homeward-dev: %v", err)
		return 2
	}
	err = command.Run(c)
	if status, ok := errors.AsType[exitStatus](err); ok {
		return int(status)
	}
	if err != nil && ctx.Err() != nil {
		return 128 + int(syscall.SIGINT) // stopped on the way, as asked
	}
	if err != nil {
		c.say("homeward-dev: %v", err)
		return 1
	}
	return 0
}
