package codec

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"

	"homeward/internal/keyring"
)

// key is a key of the ring. Payloads are sealed with keys derived from it.
type key struct{ keyring.Key }

// with returns the key for what is sealed with the secret of a record, too: both
// are needed to come by it.
func (k key) with(secret []byte) (key, error) {
	both, err := hkdf.Extract(sha256.New, secret, k.Secret)
	return key{keyring.Key{ID: k.ID, Secret: both}}, err
}

// seal encrypts plain: a fresh nonce, then what it seals. Only the same key opens
// it, and only where it is bound to the same.
func (k key) seal(random io.Reader, bound, plain []byte) ([]byte, error) {
	aead, err := k.derive(bound)
	if err != nil {
		return nil, err
	}
	sealed := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	if _, err := io.ReadFull(random, sealed); err != nil {
		return nil, fmt.Errorf("codec: no random nonce: %w", err)
	}
	return aead.Seal(sealed, sealed, plain, bound), nil
}

// open decrypts what seal has sealed, and says whether it has.
func (k key) open(bound, sealed []byte) ([]byte, bool) {
	aead, err := k.derive(bound)
	if err != nil || len(sealed) < aead.NonceSize() {
		return nil, false
	}
	nonce, sealed := sealed[:aead.NonceSize()], sealed[aead.NonceSize():]
	plain, err := aead.Open(nil, nonce, sealed, bound)
	return plain, err == nil
}

// derive returns the cipher of what is bound to the same.
func (k key) derive(bound []byte) (cipher.AEAD, error) {
	secret, err := hkdf.Expand(sha256.New, k.Secret, string(bound), keyring.Size)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// bind is what something sealed is tied to, each part behind its length.
func bind(parts ...string) []byte {
	var b []byte
	for _, part := range parts {
		b = binary.AppendUvarint(b, uint64(len(part)))
		b = append(b, part...)
	}
	return b
}
