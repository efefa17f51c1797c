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

// seal encrypts plain for a workflow: a fresh nonce, then what it seals.
func (k key) seal(random io.Reader, namespace, workflow string, plain []byte) ([]byte, error) {
	bound := k.bound(namespace, workflow)
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
func (k key) open(namespace, workflow string, sealed []byte) ([]byte, bool) {
	bound := k.bound(namespace, workflow)
	aead, err := k.derive(bound)
	if err != nil || len(sealed) < aead.NonceSize() {
		return nil, false
	}
	nonce, sealed := sealed[:aead.NonceSize()], sealed[aead.NonceSize():]
	plain, err := aead.Open(nil, nonce, sealed, bound)
	return plain, err == nil
}

// derive returns the cipher of one workflow.
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

// bound is what a sealed payload is tied to, each part behind its length.
func (k key) bound(namespace, workflow string) []byte {
	var b []byte
	for _, part := range []string{Encoding, k.ID, namespace, workflow} {
		b = binary.AppendUvarint(b, uint64(len(part)))
		b = append(b, part...)
	}
	return b
}
