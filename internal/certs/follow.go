package certs

import (
	"os"
	"slices"
	"sync"
)

// followed is what files hold. It looks at them whenever it is asked, which costs
// a few microseconds of a handshake that takes a thousand times as long, and needs
// no goroutine that somebody must stop.
type followed[T any] struct {
	files  []string
	read   func() (T, error)
	report Report

	mu    sync.Mutex
	seen  []os.FileInfo
	value T
}

// follow reads the files for the first time. Later failures go to report, which
// may be nil.
func follow[T any](report Report, read func() (T, error), files ...string) (*followed[T], error) {
	f := &followed[T]{files: files, read: read, report: report, seen: look(files)}
	var err error
	f.value, err = read()
	return f, err
}

// current returns what the files hold now, or the last that could be read: a
// certificate and its key are two files, and are seldom replaced in one moment.
func (f *followed[T]) current() T {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := look(f.files)
	if slices.EqualFunc(f.seen, now, same) {
		return f.value
	}
	f.seen = now // looked at before reading: what changes meanwhile is read the next time
	value, err := f.read()
	switch {
	case err == nil:
		f.value = value
	case f.report != nil:
		f.report(err)
	}
	return f.value
}

// look returns what can be seen of the files without reading them, nil for one
// that is not there.
func look(files []string) []os.FileInfo {
	seen := make([]os.FileInfo, len(files))
	for i, file := range files {
		if info, err := os.Stat(file); err == nil {
			seen[i] = info
		}
	}
	return seen
}

func same(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}
