package codec

import "homeward/internal/keyring"

// Ring is the keys that payloads are sealed with. It is safe for concurrent use.
// The zero Ring has no key: nothing can be encrypted, and only what is not
// encrypted can be read.
type Ring struct {
	*keyring.Ring

	off bool
}

// Open returns the ring of the keys that source has to say, in the form of a key
// file.
func Open(source func() ([]byte, error)) (*Ring, error) {
	ring, err := keyring.Open(source)
	return &Ring{Ring: ring}, err
}

// Off is the ring of a process that encrypts nothing.
func Off() *Ring { return &Ring{off: true} }

// first returns the key that encrypts.
func (r *Ring) first() (key, bool) {
	k, ok := r.First()
	return key{k}, ok
}

// find returns a key by its ID.
func (r *Ring) find(id string) (key, bool) {
	k, ok := r.Find(id)
	return key{k}, ok
}
