// Package secrets keeps the secrets of records: one for each, which is destroyed
// with the record. What Temporal holds of a record is sealed with it, and so are
// the record's narratives. A secret is stored in the database, wrapped by the key
// ring, and remembered here for minutes, so that a destroyed one is soon forgotten
// everywhere.
package secrets

import (
	"cmp"
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"homeward/casework"
	"homeward/internal/codec"
)

const (
	// Memory is how long a secret is remembered: after it was destroyed, another
	// process may read what it has sealed for as long.
	Memory = 5 * time.Minute
	// capacityDefault is how many secrets are remembered at most.
	capacityDefault = 10_000
	// patience is how long the codec waits for a secret: it has no context.
	patience = 3 * time.Second
	// rewrapped is how many secrets are wrapped again at a time.
	rewrapped = 200
)

// Store holds the secrets, wrapped; [homeward/postgres.DB] is one.
type Store interface {
	// Secret returns the secret of a record, NotFound where there is none, and Gone
	// where it was destroyed.
	Secret(ctx context.Context, record string) (codec.Wrapped, error)
	// KeepSecret stores the secret of a record unless it has one, and returns the
	// one that it has; Gone where it was destroyed.
	KeepSecret(ctx context.Context, record string, w codec.Wrapped, at time.Time) (codec.Wrapped, error)
	// OldSecrets returns secrets that another key than this has wrapped, at most
	// limit, after a record.
	OldSecrets(ctx context.Context, key, after string, limit int) (map[string]codec.Wrapped, error)
	// RewrapSecret puts a secret in the place of the same one wrapped by another
	// key. One that was destroyed meanwhile stays so.
	RewrapSecret(ctx context.Context, record, from string, w codec.Wrapped) error
}

// Options are what a [Vault] stands on. All but Capacity are needed.
type Options struct {
	Ring  *codec.Ring
	Store Store
	// Random must be cryptographically secure, and safe for concurrent use.
	Random io.Reader
	// Now is the wall clock.
	Now func() time.Time
	// Capacity is how many secrets are remembered at most; 0 means 10,000.
	Capacity int
}

// Vault looks secrets up and remembers them. It implements [codec.Secrets] and is
// safe for concurrent use.
type Vault struct {
	options Options

	mu     sync.Mutex
	memory memory
	asked  map[question]*answer
}

// New returns an empty vault.
func New(o Options) *Vault {
	return &Vault{options: o, memory: newMemory(cmp.Or(o.Capacity, capacityDefault)), asked: make(map[question]*answer)}
}

// Making implements [codec.Secrets].
func (v *Vault) Making(workflow string) (*codec.Secret, error) {
	return v.forCodec(question{workflow, true})
}

// Known implements [codec.Secrets].
func (v *Vault) Known(workflow string) (*codec.Secret, error) {
	return v.forCodec(question{workflow, false})
}

func (v *Vault) forCodec(q question) (*codec.Secret, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return v.secret(ctx, q)
}

// question asks for the secret of a record, and to make one where there is none.
type question struct {
	record string
	make   bool
}

// answer is on its way until done is closed.
type answer struct {
	done   chan struct{}
	secret *codec.Secret
	err    error
}

// secret returns a secret, nil where there is none: the remembered one, or what
// the store says. Those who ask at once for the same wait for one answer.
func (v *Vault) secret(ctx context.Context, q question) (*codec.Secret, error) {
	if _, _, ok := casework.SplitAggregate(q.record); !ok && q.record != people || !v.options.Ring.Encrypts() {
		return nil, nil
	}
	v.mu.Lock()
	if secret, ok := v.memory.recall(q.record, v.options.Now()); ok {
		v.mu.Unlock()
		return secret, nil
	}
	if coming, ok := v.asked[q]; ok {
		v.mu.Unlock()
		select {
		case <-coming.done:
			return coming.secret, coming.err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	mine := &answer{done: make(chan struct{})}
	v.asked[q] = mine
	v.mu.Unlock()

	mine.secret, mine.err = v.look(ctx, q)
	v.mu.Lock()
	delete(v.asked, q)
	if mine.err == nil && mine.secret != nil {
		v.memory.keep(q.record, mine.secret, v.options.Now().Add(Memory))
	}
	v.mu.Unlock()
	close(mine.done)
	return mine.secret, mine.err
}

// look asks the store, for all who wait for the answer: none of them takes it away
// from the others by giving up.
func (v *Vault) look(ctx context.Context, q question) (*codec.Secret, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	wrapped, err := v.options.Store.Secret(ctx, q.record)
	if casework.KindOf(err) == casework.NotFound {
		if !q.make {
			return nil, nil
		}
		var fresh codec.Wrapped
		if _, fresh, err = v.options.Ring.NewSecret(v.options.Random, q.record); err != nil {
			return nil, err
		}
		wrapped, err = v.options.Store.KeepSecret(ctx, q.record, fresh, v.options.Now())
	}
	if casework.KindOf(err) == casework.Gone {
		return nil, &codec.Error{Reason: codec.Destroyed}
	}
	if err != nil {
		return nil, err
	}
	return v.options.Ring.Unwrap(q.record, wrapped)
}

// Forget forgets the secret of a record here. Other processes forget it by
// themselves after [Memory].
func (v *Vault) Forget(record string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.memory.forget(record)
}

// Rewrap wraps every secret with the first key of the ring that another key has
// wrapped, and returns how many. Then nothing in the database needs the other keys
// any more; what Temporal holds may still.
func (v *Vault) Rewrap(ctx context.Context) (int, error) {
	ids := v.options.Ring.IDs()
	if len(ids) == 0 {
		return 0, &codec.Error{Reason: codec.MissingKey}
	}
	count, after := 0, ""
	for {
		old, err := v.options.Store.OldSecrets(ctx, ids[0], after, rewrapped)
		if err != nil {
			return count, err
		}
		for record, wrapped := range old {
			if err := v.rewrap(ctx, record, wrapped); err != nil {
				return count, err
			}
			count++
			after = max(after, record)
		}
		if len(old) < rewrapped {
			return count, nil
		}
	}
}

func (v *Vault) rewrap(ctx context.Context, record string, old codec.Wrapped) error {
	secret, err := v.options.Ring.Unwrap(record, old)
	if err != nil {
		return err
	}
	fresh, err := v.options.Ring.Wrap(v.options.Random, record, secret)
	if err != nil {
		return err
	}
	return v.options.Store.RewrapSecret(ctx, record, old.Key, fresh)
}

// SealText seals a narrative with the secret of its record. It returns nil where
// encryption is off, and Gone where the secret was destroyed.
func (v *Vault) SealText(ctx context.Context, record, text, words string) ([]byte, error) {
	secret, err := v.secret(ctx, question{record, true})
	if err != nil || secret == nil {
		return nil, publicly(err)
	}
	return secret.SealText(v.options.Random, record, text, words)
}

// OpenText opens a sealed narrative. It returns Gone where the secret of the
// record was destroyed, and Unavailable where the key that has wrapped it is not
// here.
func (v *Vault) OpenText(ctx context.Context, record, text string, sealed []byte) (string, error) {
	secret, err := v.secret(ctx, question{record, false})
	if err != nil {
		return "", publicly(err)
	}
	if words, ok := secret.OpenText(record, text, sealed); ok {
		return words, nil
	}
	return "", casework.WrapError(casework.Internal, "Something went wrong on our side. It has been recorded.",
		&codec.Error{Reason: codec.Altered})
}

// publicly is what people hear of an error of the codec.
func publicly(err error) error {
	e, ok := errors.AsType[*codec.Error](err)
	switch {
	case !ok:
		return err
	case e.Reason == codec.Destroyed:
		return casework.WrapError(casework.Gone, "What was written here was destroyed with its record.", e)
	}
	return casework.WrapError(casework.Unavailable, "The narratives of this record cannot be read now. Try again in a moment.", e)
}
