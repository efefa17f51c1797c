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

// Seal encrypts plain with AES-256-GCM: a fresh nonce, then what it seals. The key
// is derived by HKDF-SHA256 from this one over bound, which is authenticated, too.
// So only the same key opens it, and only where it is bound to the same; and the
// limit on random nonces (2^32 for one key) holds for each bound by itself. random
// must be cryptographically secure.
func (k Key) Seal(random io.Reader, bound, plain []byte) ([]byte, error) {
	aead, err := k.derive(bound)
	if err != nil {
		return nil, err
	}
	sealed := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	if _, err := io.ReadFull(random, sealed); err != nil {
		return nil, fmt.Errorf("no random nonce: %w", err)
	}
	return aead.Seal(sealed, sealed, plain, bound), nil
}

// Open decrypts what Seal has sealed, and says whether it has.
func (k Key) Open(bound, sealed []byte) ([]byte, bool) {
	aead, err := k.derive(bound)
	if err != nil || len(sealed) < aead.NonceSize() {
		return nil, false
	}
	nonce, sealed := sealed[:aead.NonceSize()], sealed[aead.NonceSize():]
	plain, err := aead.Open(nil, nonce, sealed, bound)
	return plain, err == nil
}

// With returns the key for what takes a second secret as well: both are needed to
// come by it.
func (k Key) With(secret []byte) (Key, error) {
	both, err := hkdf.Extract(sha256.New, secret, k.Secret)
	return Key{ID: k.ID, Secret: both}, err
}

func (k Key) derive(bound []byte) (cipher.AEAD, error) {
	secret, err := hkdf.Expand(sha256.New, k.Secret, string(bound), Size)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
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
