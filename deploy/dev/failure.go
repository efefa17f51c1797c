package main

import (
	"context"
	"sync"
)

// failure is the news, at most once in the life of a stack, that a server is
// lost for good.
type failure struct {
	once sync.Once
	done chan struct{} // closed when there is a failure
	err  error         // read after done is closed
}

// newFailure is a stack without one.
func newFailure() *failure { return &failure{done: make(chan struct{})} }

// report makes err the failure, unless there is one already.
func (f *failure) report(err error) {
	f.once.Do(func() {
		f.err = err
		close(f.done)
	})
}

// cut returns a context that also ends with the failure, as its cause.
func (f *failure) cut(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-f.done:
			cancel(f.err)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}

// wait returns nil when ctx ends and the failure's error when that comes first.
func (f *failure) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-f.done:
		return f.err
	}
}
