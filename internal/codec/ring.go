package codec

import (
	"slices"
	"sync/atomic"
)

// Ring is the keys that a process has: the first one encrypts, all of them
// decrypt. It is safe for concurrent use. The zero Ring has no key: nothing can
// be encrypted, and only what is not encrypted can be read.
type Ring struct {
	source func() ([]byte, error)
	keys   atomic.Pointer[[]key]
	off    bool
}

// Open returns the ring of the keys that source has to say, one a line:
//
//	2026-06 mS9+8Ni5OaDvmkUpFTFbGYlxLXvHRZJmGD6pXGV1Zgs=
//	2025-06 UEKwkKWvy3eTQXkxrhnTcmvU0jlgm6tSIWXVTIq3dTo=
func Open(source func() ([]byte, error)) (*Ring, error) {
	r := &Ring{source: source}
	_, err := r.Reload()
	return r, err
}

// Off is the ring of a process that encrypts nothing.
func Off() *Ring { return &Ring{off: true} }

// Reload asks the source again and says whether the keys have changed. Where it
// has no good answer, the ring keeps the keys that it has, and the error says why.
func (r *Ring) Reload() (changed bool, err error) {
	if r.source == nil {
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
	same := func(a, b key) bool { return a.id == b.id && slices.Equal(a.secret, b.secret) }
	return before == nil || !slices.EqualFunc(*before, keys, same), nil
}

// IDs returns the IDs of the keys, that of the one which encrypts first. They
// are no secret.
func (r *Ring) IDs() []string {
	var ids []string
	for _, k := range r.all() {
		ids = append(ids, k.id)
	}
	return ids
}

func (r *Ring) all() []key {
	if keys := r.keys.Load(); keys != nil {
		return *keys
	}
	return nil
}

// first returns the key that encrypts.
func (r *Ring) first() (key, bool) {
	keys := r.all()
	if len(keys) == 0 {
		return key{}, false
	}
	return keys[0], true
}

// find returns a key by its ID.
func (r *Ring) find(id string) (key, bool) {
	keys := r.all()
	i := slices.IndexFunc(keys, func(k key) bool { return k.id == id })
	if i < 0 {
		return key{}, false
	}
	return keys[i], true
}
