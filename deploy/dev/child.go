package main

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// child is a process that cannot outlive this one: on Linux the kernel sends
// it a signal when this process dies, even by SIGKILL.
type child struct {
	pid  int
	done chan struct{} // closed when the process has ended
	err  error         // why it ended; read after done is closed
}

// startChild starts command in its own process group, so that a Ctrl-C in the
// terminal reaches this program alone, which then stops everything in order.
// onDeath is the signal it gets if this program dies without stopping it.
func startChild(command *exec.Cmd, onDeath syscall.Signal) (*child, error) {
	if command.SysProcAttr == nil {
		command.SysProcAttr = &syscall.SysProcAttr{}
	}
	command.SysProcAttr.Setpgid = true
	tieToParent(command.SysProcAttr, onDeath)
	c := &child{done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		// The kernel's signal comes when the thread that started the
		// process ends, so this thread is kept until the process has ended.
		runtime.LockOSThread()
		if err := command.Start(); err != nil {
			started <- err
			return
		}
		c.pid = command.Process.Pid
		started <- nil
		c.err = command.Wait()
		close(c.done)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return c, nil
}

// ended reports whether the process has ended.
func (c *child) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// signal sends sig to the process.
func (c *child) signal(sig syscall.Signal) {
	if !c.ended() {
		_ = syscall.Kill(c.pid, sig)
	}
}

// signalGroup sends sig to the process and to those that it started.
func (c *child) signalGroup(sig syscall.Signal) {
	if !c.ended() {
		_ = syscall.Kill(-c.pid, sig)
	}
}

// signalStragglers ends what the process started and left behind in its group.
func (c *child) signalStragglers() { _ = syscall.Kill(-c.pid, syscall.SIGKILL) }

// stop sends the signals one after the other, giving the process patience to
// end after each, and SIGKILL to the whole group last. It returns when the
// process has ended.
func (c *child) stop(patience time.Duration, signals ...syscall.Signal) {
	for _, sig := range signals {
		c.signal(sig)
		select {
		case <-c.done:
			return
		case <-time.After(patience):
		}
	}
	c.signalGroup(syscall.SIGKILL)
	<-c.done
}

// status is the exit status a shell would report: the process's own, or 128
// plus the number of the signal that ended it.
func (c *child) status() int {
	<-c.done
	exit, ok := errors.AsType[*exec.ExitError](c.err)
	if !ok {
		if c.err != nil {
			return 1
		}
		return 0
	}
	if wait, ok := exit.Sys().(syscall.WaitStatus); ok && wait.Signaled() {
		return 128 + int(wait.Signal())
	}
	return exit.ExitCode()
}

// outcome says in words how the process ended.
func (c *child) outcome() string {
	<-c.done
	if c.err == nil {
		return "exit status 0"
	}
	return fmt.Sprint(c.err)
}
