package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// stopLeftover stops the postmaster of a stack that was killed, if one still
// runs in the cluster's data directory, and waits until it is gone.
func stopLeftover(ctx context.Context, k *pgCluster) error {
	deadline := time.Now().Add(postgresStopLimit)
	for asked := false; ; {
		pid := leftoverPID(ctx, k)
		if pid == 0 {
			return nil
		}
		switch {
		case !asked:
			_ = syscall.Kill(pid, syscall.SIGINT) // fast shutdown
			asked = true
		case time.Now().After(deadline.Add(postgresStopLimit)):
			return fmt.Errorf("a PostgreSQL that an earlier run left in %s (process %d) does not stop", k.data(), pid)
		case time.Now().After(deadline):
			_ = syscall.Kill(pid, syscall.SIGQUIT) // immediate shutdown
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// leftoverPID is the process of the postmaster that holds the data directory,
// or 0. A stale lock file whose number now belongs to another program is 0.
func leftoverPID(ctx context.Context, k *pgCluster) int {
	text, err := os.ReadFile(filepath.Join(k.data(), "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 1 || syscall.Kill(pid, 0) != nil {
		return 0
	}
	if !strings.Contains(commandOf(ctx, pid), k.data()) {
		return 0
	}
	return pid
}

// commandOf is the command line of a process, on every Unix.
func commandOf(ctx context.Context, pid int) string {
	if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err == nil {
		return strings.ReplaceAll(string(text), "\x00", " ")
	}
	text, _ := exec.CommandContext(ctx, "ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return string(text)
}
