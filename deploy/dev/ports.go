package main

import (
	"fmt"
	"net"
	"os"
	"strconv"
)

// loopback is the only address the stack listens on.
const loopback = "127.0.0.1"

// Free ports come from below the ranges that operating systems hand out to
// outgoing connections, so that nothing takes one between the choice and the
// server's listen. Each process looks in a block of its own first, so that
// stacks that start at the same time do not choose the same.
const (
	firstFreePort = 20000
	freePorts     = 10000
	portBlock     = 16 // more than one stack needs
)

// port is one TCP port that the stack is about to listen on.
type port struct {
	number int    // 0 asks for a free one
	server string // who will listen there
	remedy string // how to choose another
}

// choosePorts replaces every zero by a free port and checks that nobody
// listens on the others. The error names the server, the port and the way to
// choose another.
func choosePorts(ports ...*port) error {
	taken := make(map[int]bool)
	for _, p := range ports {
		taken[p.number] = true
	}
	for _, p := range ports {
		if p.number == 0 {
			number, err := freePort(taken)
			if err != nil {
				return err
			}
			p.number = number
			taken[number] = true
			continue
		}
		if !portFree(p.number) {
			return fmt.Errorf("port %d, where %s would listen, is taken; stop what listens there or choose another port with %s",
				p.number, p.server, p.remedy)
		}
	}
	return nil
}

// freePort returns a port on the loopback address that nobody listens on and
// that is not in taken.
func freePort(taken map[int]bool) (int, error) {
	begin := os.Getpid() * portBlock
	for i := range freePorts {
		number := firstFreePort + (begin+i)%freePorts
		if !taken[number] && portFree(number) {
			return number, nil
		}
	}
	return 0, fmt.Errorf("no free port between %d and %d", firstFreePort, firstFreePort+freePorts-1)
}

// portFree reports whether this process could listen on the port now.
func portFree(number int) bool {
	listener, err := net.Listen("tcp", address(number)) //nolint:noctx // returns at once
	if err != nil {
		return false
	}
	_ = listener.Close()
	return true
}

// address is host:port on the loopback interface.
func address(number int) string {
	return net.JoinHostPort(loopback, strconv.Itoa(number))
}
