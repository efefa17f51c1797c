package api

import (
	"context"
	"sync"
)

// keyed lets one at a time pass for each key. The same command sent twice at
// once would otherwise let the refusal of one take away the narratives that the
// other has just stored.
type keyed struct {
	mu   sync.Mutex
	held map[string]chan struct{}
}

// lock waits for the key and returns what gives it back, or ctx's error.
func (k *keyed) lock(ctx context.Context, key string) (unlock func(), err error) {
	for {
		k.mu.Lock()
		busy, held := k.held[key]
		if !held {
			done := make(chan struct{})
			if k.held == nil {
				k.held = make(map[string]chan struct{})
			}
			k.held[key] = done
			k.mu.Unlock()
			return func() { k.unlock(key, done) }, nil
		}
		k.mu.Unlock()
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (k *keyed) unlock(key string, done chan struct{}) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.held, key)
	close(done)
}
