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
