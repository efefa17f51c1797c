package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// folder is the data folder of one stack. One process holds it at a time.
type folder struct {
	path string // absolute
	lock *os.File
}

// openFolder creates the folder where it is missing and takes it for this
// process. The error says which process holds it already, or why nothing can
// be written there.
func openFolder(path string) (*folder, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(path, 0o755); err != nil { //nolint:gosec // passable for PostgreSQL's user; its files are private
		return nil, notWritable(path, err)
	}
	lock, err := os.OpenFile(filepath.Join(path, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, notWritable(path, err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer lock.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("cannot lock %s: %w", path, err)
		}
		holder, _ := os.ReadFile(lock.Name())
		return nil, fmt.Errorf("the stack in %s is already running (process %s)", path, strings.TrimSpace(string(holder)))
	}
	f := &folder{path: path, lock: lock}
	if err := f.signLock(); err != nil {
		_ = lock.Close()
		return nil, notWritable(path, err)
	}
	return f, nil
}

// signLock leaves the number of this process in the lock, for the message
// that a second start prints.
func (f *folder) signLock() error {
	if err := f.lock.Truncate(0); err != nil {
		return err
	}
	_, err := f.lock.WriteAt(fmt.Appendln(nil, os.Getpid()), 0)
	return err
}

// notWritable is the message for a folder that cannot be used.
func notWritable(path string, err error) error {
	return fmt.Errorf("cannot write in the folder %s: %w", path, plainCause(err))
}

// plainCause is what went wrong without the call and the path that os errors
// carry.
func plainCause(err error) error {
	if pathErr, ok := errors.AsType[*os.PathError](err); ok {
		return pathErr.Err
	}
	return err
}

// close lets another process have the folder.
func (f *folder) close() { _ = f.lock.Close() }

// file is the path of a file in the folder.
func (f *folder) file(name string) string { return filepath.Join(f.path, name) }

// openLog opens a log file for appending. A log of the past that has grown
// over 10 MB moves aside first. Nobody closes it: what logs may do so until the
// very end of this process.
func (f *folder) openLog(name string) (*os.File, error) {
	path := f.file(name)
	if info, err := os.Stat(path); err == nil && info.Size() > 10<<20 {
		if err := os.Rename(path, path+".old"); err != nil {
			return nil, notWritable(f.path, err)
		}
	}
	log, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, notWritable(f.path, err)
	}
	return log, nil
}

// printJSON writes value to out.
func printJSON(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// writeJSON writes value to path for the owner's eyes, by rename, so that no
// reader ever sees half of it.
func writeJSON(path string, value any) error {
	body, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return notWritable(filepath.Dir(path), err)
	}
	_, err = file.Write(append(body, '\n'))
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return notWritable(filepath.Dir(path), err)
	}
	return nil
}
