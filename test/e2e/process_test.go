package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// stackBinary names the variable with the path of homeward-dev.
const stackBinary = "HOMEWARD_TEST_STACK_BINARY"

// logShown is how much of a process's log a failed test shows.
const logShown = 6_000

// homewardDev returns the program of the embedded stack. Without it the test
// fails and says how to run it, except under -short.
func homewardDev(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("starts and kills whole processes")
	}
	program := os.Getenv(stackBinary)
	if program == "" {
		t.Fatal(stackBinary + " is not set: run the tests with `make test`, or through `bin/homeward-dev exec -- go test ...`")
	}
	return program
}

// homeward builds the product's program once, from the sources as they are and
// with the race detector where the tests have it, and returns its path.
func homeward(t testing.TB) string {
	t.Helper()
	homewardDev(t)
	program, err := built()
	require.NoError(t, err)
	return program
}

var built = sync.OnceValues(func() (string, error) {
	args := []string{"build"}
	name := "homeward-test"
	if raced() {
		args, name = append(args, "-race"), "homeward-test-race"
	}
	program := filepath.Join(filepath.Dir(os.Getenv(stackBinary)), name)
	output, err := exec.Command("go", append(args, "-o", program, "homeward/cmd/homeward")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build homeward: %w\n%s", err, output)
	}
	return program, nil
})

// raced says whether this test binary has the race detector.
func raced() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// process is a program that runs until somebody ends it, the end of the test at
// the latest.
type process struct {
	t    testing.TB
	name string
	cmd  *exec.Cmd
	log  string
	done chan struct{}
	err  error // read once done is closed
}

// start runs a program with more environment.
func start(t testing.TB, environment []string, program string, args ...string) *process {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	p := &process{
		t: t, name: filepath.Base(program) + " " + args[0], cmd: exec.Command(program, args...),
		log: log.Name(), done: make(chan struct{}),
	}
	p.cmd.Env = append(os.Environ(), environment...)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	require.NoError(t, p.cmd.Start())
	require.NoError(t, log.Close())
	go func() {
		defer close(p.done)
		p.err = p.cmd.Wait()
	}()
	t.Cleanup(p.end)
	return p
}

// end stops the process with the test, and shows its log where the test failed.
func (p *process) end() {
	p.signal(syscall.SIGCONT)
	p.signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(patience):
		p.t.Errorf("%s did not end after SIGTERM", p.name)
		p.signal(syscall.SIGKILL)
		<-p.done
	}
	text := p.output()
	if strings.Contains(text, "WARNING: DATA RACE") || strings.Contains(text, "panic:") {
		p.t.Errorf("%s has a data race or a panic", p.name)
	}
	if p.t.Failed() {
		p.t.Logf("the log of %s ends:\n%s", p.name, text[max(0, len(text)-logShown):])
	}
}

// output is what the process has printed so far.
func (p *process) output() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// signal sends a signal, unless the process has ended.
func (p *process) signal(sig syscall.Signal) {
	select {
	case <-p.done:
	default:
		_ = p.cmd.Process.Signal(sig) // It may just have ended.
	}
}

// kill ends the process as a power cut does, and waits until it is gone.
func (p *process) kill() {
	p.t.Helper()
	p.alive()
	p.signal(syscall.SIGKILL)
	<-p.done
}

// alive fails the test where the process has ended by itself.
func (p *process) alive() {
	p.t.Helper()
	select {
	case <-p.done:
		p.t.Fatalf("%s ended by itself: %v", p.name, p.err)
	default:
	}
}

// status waits for the end of the process and returns its exit status.
func (p *process) status() int {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(patience):
		p.t.Fatalf("%s does not end", p.name)
	}
	if exit, ok := errors.AsType[*exec.ExitError](p.err); ok {
		return exit.ExitCode()
	}
	require.NoError(p.t, p.err)
	return 0
}
