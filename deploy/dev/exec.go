package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// execPatience is how long a command may take to end after the signal that
// stops it, before it is killed.
const execPatience = 30 * time.Second

// execCommand runs a command against throw-away servers.
type execCommand struct {
	Small   bool     `help:"Lower the limits of the namespace homeward too, so that workflows there soon continue as new."`
	Durable bool     `help:"Write as safely as a kept stack does (fsync on)."`
	Command []string `arg:"" passthrough:"" help:"The command and its arguments, after --."`
}

// Run starts servers on free ports in a temporary folder, runs the command
// with their addresses in its environment, and stops and removes everything.
// Its error carries the command's exit status.
func (e execCommand) Run(ctx context.Context, c console) (err error) {
	words := e.Command
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	if len(words) == 0 {
		return fmt.Errorf("no command given: homeward-dev exec -- COMMAND ARGUMENTS")
	}
	program, err := exec.LookPath(words[0])
	if err != nil {
		return fmt.Errorf("cannot run %s: %w", words[0], err)
	}
	in, err := temporaryFolder()
	if err != nil {
		return err
	}
	defer in.close()
	defer func() { err = errors.Join(err, removeAll(in)) }()
	s, err := startStack(ctx, e.options(in), c.quiet())
	if err != nil {
		return err
	}
	defer s.stop()
	return e.runCommand(ctx, s, program, words)
}

// options are those of a throw-away stack.
func (e execCommand) options(in *folder) stackOptions {
	small := []string{smallLimitsNamespace}
	if e.Small {
		small = append(small, namespace)
	}
	return stackOptions{folder: in, durable: e.Durable, postgres: true, temporal: true, smallLimits: small}
}

// temporaryPrefix begins the name of every temporary folder.
const temporaryPrefix = "homeward-exec-"

// temporaryFolder is a new folder that PostgreSQL's user can reach. Folders of
// the past that were left behind, because this program was killed, are removed.
func temporaryFolder() (*folder, error) {
	leftBehind, _ := filepath.Glob(filepath.Join(os.TempDir(), temporaryPrefix+"*")) // the pattern is well-formed
	for _, path := range leftBehind {
		removeIfAbandoned(path)
	}
	path, err := os.MkdirTemp("", temporaryPrefix)
	if err != nil {
		return nil, notWritable(os.TempDir(), err)
	}
	if err := os.Chmod(path, 0o711); err != nil { //nolint:gosec // passable, not readable
		return nil, notWritable(path, err)
	}
	return openFolder(path)
}

// removeIfAbandoned removes a folder of this user that nobody holds, unless it
// is so young that somebody may be about to.
func removeIfAbandoned(path string) {
	info, err := os.Lstat(path)
	if err != nil || time.Since(info.ModTime()) < time.Hour {
		return
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); !ok || int(owner.Uid) != os.Geteuid() || !info.IsDir() {
		return
	}
	abandoned, err := openFolder(path)
	if err != nil {
		return
	}
	defer abandoned.close()
	_ = removeAll(abandoned)
}

// runCommand runs the program, passes signals on to it, and returns its exit
// status. If a server is lost, the program is stopped.
func (e execCommand) runCommand(ctx context.Context, s *stack, program string, words []string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	command := exec.Command(program) //nolint:noctx // stopped by signal
	command.Args = words
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	command.Env = append(os.Environ(),
		"HOMEWARD_TEST_DATABASE_URL="+s.addresses.AdminDatabaseURL,
		"HOMEWARD_TEST_TEMPORAL_ADDRESS="+s.addresses.TemporalAddress,
		"HOMEWARD_TEST_UI_URL="+s.addresses.UIURL,
		"HOMEWARD_TEST_STACK_BINARY="+self,
	)
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(signals)
	if err := ctx.Err(); err != nil {
		return err // stopped before it began
	}
	process, err := startChild(command, syscall.SIGKILL)
	if err != nil {
		return fmt.Errorf("cannot run %s: %w", words[0], err)
	}
	for {
		select {
		case <-process.done:
			process.signalStragglers()
			return exitStatus(process.status())
		case received := <-signals:
			if sig, ok := received.(syscall.Signal); ok {
				process.signalGroup(sig)
			}
		case <-s.failure.done:
			process.signalGroup(syscall.SIGTERM)
			process.stop(execPatience, syscall.SIGTERM)
			return s.failure.err
		}
	}
}
