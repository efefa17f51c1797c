package main

import "syscall"

// tieToParent has the kernel send sig when the thread that starts the process
// ends, which it does with this process at the latest.
func tieToParent(attributes *syscall.SysProcAttr, sig syscall.Signal) {
	attributes.Pdeathsig = sig
}
