package main

import (
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
)

// loopback is the only address the stack listens on.
const loopback = "127.0.0.1"

// Free ports come from below the ranges that operating systems hand out to
// outgoing connections, so that nothing takes one between the choice and the
// server's listen. They are given out in blocks, each to one stack at a time.
const (
	firstFreePort = 20000
	portBlock     = 20 // the guard, and more than one stack needs
	portBlocks    = 500
)

// port is one TCP port that the stack is about to listen on.
type port struct {
	number int    // 0 asks for a free one
	server string // who will listen there
	remedy string // how to choose another
}

// choosePorts replaces every zero by a free port and checks that nobody
// listens on the others. The error names the server, the port and the way to
// choose another. The free ones stay out of the hands of other stacks, in this
// process and in others, until release is called.
func choosePorts(ports ...*port) (release func(), err error) {
	named := make(map[int]bool)
	for _, p := range ports {
		named[p.number] = true
		if p.number != 0 && !portFree(p.number) {
			return nil, fmt.Errorf("port %d, where %s would listen, is taken; stop what listens there or choose another port with %s",
				p.number, p.server, p.remedy)
		}
	}
	if !named[0] {
		return func() {}, nil
	}
	begin := os.Getpid()
	for i := range portBlocks {
		guard, free := takeBlock(firstFreePort + (begin+i)%portBlocks*portBlock)
		free = slices.DeleteFunc(free, func(number int) bool { return named[number] })
		if fill(ports, free) {
			return func() { _ = guard.Close() }, nil
		}
		if guard != nil {
			_ = guard.Close()
		}
	}
	return nil, fmt.Errorf("no block of free ports between %d and %d", firstFreePort, firstFreePort+portBlocks*portBlock-1)
}

// takeBlock listens on the first port of a block, by which the others are this
// caller's until the guard is closed, and returns the others that are free. A
// dead process cannot keep a block: its guard ends with it.
func takeBlock(first int) (guard net.Listener, free []int) {
	guard, err := net.Listen("tcp", address(first)) //nolint:noctx // returns at once
	if err != nil {
		return nil, nil
	}
	for number := first + 1; number < first+portBlock; number++ {
		if portFree(number) {
			free = append(free, number)
		}
	}
	return guard, free
}

// fill replaces every zero by a number, where there are enough of them.
func fill(ports []*port, free []int) bool {
	var zeros []*port
	for _, p := range ports {
		if p.number == 0 {
			zeros = append(zeros, p)
		}
	}
	if len(zeros) > len(free) {
		return false
	}
	for i, p := range zeros {
		p.number = free[i]
	}
	return true
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
