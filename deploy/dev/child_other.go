//go:build !linux

package main

import "syscall"

// tieToParent does nothing: only Linux can signal a process when its parent
// dies. Elsewhere the next start on the same folder stops what was left.
func tieToParent(*syscall.SysProcAttr, syscall.Signal) {}
