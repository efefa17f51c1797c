package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	servicePatience  = 40 * time.Second // longer than the product's own limit for a stop
	shortestBackOff  = time.Second
	longestBackOff   = 30 * time.Second
	longEnoughToHeal = time.Minute // a service that ran this long starts with the shortest again
)

// service is a process of the product that is started again when it dies.
type service struct {
	name     string
	command  func() *exec.Cmd
	log      *os.File
	console  console
	fail     func(error)
	settled  atomic.Bool // whether it has been seen to work
	stopping chan struct{}
	stopped  chan struct{}
}

// startService starts the process that command describes. Until settle is
// called, its end is given to fail; afterwards it is started again, with
// growing pauses.
func startService(name string, command func() *exec.Cmd, log *os.File, c console, fail func(error)) *service {
	s := &service{
		name: name, command: command, log: log, console: c, fail: fail,
		stopping: make(chan struct{}), stopped: make(chan struct{}),
	}
	go s.supervise()
	return s
}

// settle says that the service works: from now on its end is an accident.
func (s *service) settle() { s.settled.Store(true) }

// supervise runs the process again and again until stop.
func (s *service) supervise() {
	defer close(s.stopped)
	pause := shortestBackOff
	for {
		started := time.Now()
		outcome, running := s.runOnce()
		if !running {
			return
		}
		if !s.settled.Load() {
			s.fail(fmt.Errorf("the %s did not start: %s (log: %s)", s.name, lastLineOf(s.log.Name(), outcome), s.log.Name()))
			return
		}
		if time.Since(started) > longEnoughToHeal {
			pause = shortestBackOff
		}
		s.console.say("The %s ended unexpectedly (%s): starting it again in %s (log: %s)", s.name, outcome, pause, s.log.Name())
		select {
		case <-s.stopping:
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, longestBackOff)
	}
}

// runOnce runs the process until it ends, and says how it ended, or until
// stop, when running is false.
func (s *service) runOnce() (outcome string, running bool) {
	process, err := startChild(s.command(), syscall.SIGKILL)
	if err != nil {
		return err.Error(), true
	}
	select {
	case <-process.done:
		return process.outcome(), true
	case <-s.stopping:
		process.stop(servicePatience, syscall.SIGTERM)
		return "", false
	}
}

// stop ends the process in order and returns when it has ended.
func (s *service) stop() {
	close(s.stopping)
	<-s.stopped
}

// awaitService waits until the service answers 200 at url, or fails.
func awaitService(ctx context.Context, s *service, url string) error {
	err := await(ctx, "the "+s.name, func(ctx context.Context) error { return getOK(ctx, url) })
	if err != nil {
		return err
	}
	s.settle()
	return nil
}

// lastLineOf is the last line of a file, or else the alternative.
func lastLineOf(path, alternative string) string {
	text, err := os.ReadFile(path)
	if line := lastLine(string(text)); err == nil && line != "" {
		return line
	}
	return alternative
}
