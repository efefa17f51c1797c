// Package keyring holds the keys that a process encrypts with, as a key file
// names them, and follows the file while the process runs:
//
//	2026-06 mS9+8Ni5OaDvmkUpFTFbGYlxLXvHRZJmGD6pXGV1Zgs=
//	2025-06 UEKwkKWvy3eTQXkxrhnTcmvU0jlgm6tSIWXVTIq3dTo=
//
// The first key encrypts, all of them decrypt. What is encrypted, and to which place
// it is bound, is for others to say: package codec for what travels to Temporal,
// package vault for the compartments.
package keyring

import (
	"crypto/hmac"
	"log/slog"
	"slices"
	"sync/atomic"
)

// Size is the size of a key in bytes: AES-256.
const Size = 32

// Key is one key of a ring. It prints and logs as its ID.
type Key struct {
	ID string
	// Secret is [Size] bytes. Nothing is encrypted with it directly, but with keys
	// derived from it.
	Secret []byte
}

// String returns the ID.
func (k Key) String() string { return k.ID }

// GoString returns the ID, for %#v.
func (k Key) GoString() string { return k.ID }

// LogValue returns the ID, for slog.
func (k Key) LogValue() slog.Value { return slog.StringValue(k.ID) }

// Ring is the keys that a process has. It is safe for concurrent use. The nil and
// the zero Ring have no key.
type Ring struct {
	source func() ([]byte, error)
	keys   atomic.Pointer[[]Key]
}

// Open returns the ring of the keys that source has to say, in the form of a key
// file.
func Open(source func() ([]byte, error)) (*Ring, error) {
	r := &Ring{source: source}
	_, err := r.Reload()
	return r, err
}

// Reload asks the source again and says whether the keys have changed. Where it
// has no good answer, the ring keeps the keys that it has, and the error says why.
func (r *Ring) Reload() (changed bool, err error) {
	if r == nil || r.source == nil {
		return false, nil
	}
	text, err := r.source()
	if err != nil {
		return false, err
	}
	keys, err := parse(text)
	if err != nil {
		return false, err
	}
	before := r.keys.Swap(&keys)
	same := func(a, b Key) bool { return a.ID == b.ID && hmac.Equal(a.Secret, b.Secret) }
	return before == nil || !slices.EqualFunc(*before, keys, same), nil
}

// IDs returns the IDs of the keys, that of the one which encrypts first. They
// are no secret.
func (r *Ring) IDs() []string {
	var ids []string
	for _, k := range r.all() {
		ids = append(ids, k.ID)
	}
	return ids
}

// First returns the key that encrypts.
func (r *Ring) First() (Key, bool) {
	keys := r.all()
	if len(keys) == 0 {
		return Key{}, false
	}
	return keys[0], true
}

// Find returns a key by its ID.
func (r *Ring) Find(id string) (Key, bool) {
	keys := r.all()
	i := slices.IndexFunc(keys, func(k Key) bool { return k.ID == id })
	if i < 0 {
		return Key{}, false
	}
	return keys[i], true
}

// Shares says whether two rings have a key in common, under whatever IDs.
func (r *Ring) Shares(other *Ring) bool {
	return slices.ContainsFunc(r.all(), func(k Key) bool {
		return slices.ContainsFunc(other.all(), func(o Key) bool { return hmac.Equal(k.Secret, o.Secret) })
	})
}

func (r *Ring) all() []Key {
	if r == nil {
		return nil
	}
	if keys := r.keys.Load(); keys != nil {
		return *keys
	}
	return nil
}
