package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
)

// Cipher seals and opens what is bound to one place. It is safe for concurrent use.
type Cipher struct {
	aead  cipher.AEAD
	bound []byte
}

// Cipher returns the cipher of what is bound to a place: AES-256-GCM under a key
// that is derived from this one by HKDF-SHA256 over bound, which is authenticated,
// too. So only the same key opens what it seals, and only where it is bound to the
// same; and the limit on random nonces (2^32 for one key) holds for each bound by
// itself.
func (k Key) Cipher(bound []byte) (Cipher, error) {
	secret, err := hkdf.Expand(sha256.New, k.Secret, string(bound), Size)
	if err != nil {
		return Cipher{}, err
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return Cipher{}, err
	}
	aead, err := cipher.NewGCM(block)
	return Cipher{aead, bound}, err
}

// Seal returns a fresh nonce, then what it seals. random must be cryptographically
// secure.
func (c Cipher) Seal(random io.Reader, plain []byte) ([]byte, error) {
	sealed := make([]byte, c.aead.NonceSize(), c.aead.NonceSize()+len(plain)+c.aead.Overhead())
	if _, err := io.ReadFull(random, sealed); err != nil {
		return nil, fmt.Errorf("no random nonce: %w", err)
	}
	return c.aead.Seal(sealed, sealed, plain, c.bound), nil
}

// Open decrypts what Seal has sealed, and says whether it has.
func (c Cipher) Open(sealed []byte) ([]byte, bool) {
	if len(sealed) < c.aead.NonceSize() {
		return nil, false
	}
	nonce, sealed := sealed[:c.aead.NonceSize()], sealed[c.aead.NonceSize():]
	plain, err := c.aead.Open(nil, nonce, sealed, c.bound)
	return plain, err == nil
}

// Seal seals one thing with the [Cipher] of its place.
func (k Key) Seal(random io.Reader, bound, plain []byte) ([]byte, error) {
	c, err := k.Cipher(bound)
	if err != nil {
		return nil, err
	}
	return c.Seal(random, plain)
}

// Open opens one thing with the [Cipher] of its place, and says whether it could.
func (k Key) Open(bound, sealed []byte) ([]byte, bool) {
	c, err := k.Cipher(bound)
	if err != nil {
		return nil, false
	}
	return c.Open(sealed)
}

// With returns the key for what takes a second secret as well: both are needed to
// come by it.
func (k Key) With(secret []byte) (Key, error) {
	both, err := hkdf.Extract(sha256.New, secret, k.Secret)
	return Key{ID: k.ID, Secret: both}, err
}

// Bind is what something sealed is tied to, each part behind its length.
func Bind(parts ...string) []byte {
	var b []byte
	for _, part := range parts {
		b = binary.AppendUvarint(b, uint64(len(part)))
		b = append(b, part...)
	}
	return b
}
