package codec

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// keySize is the size of a key in bytes: AES-256.
const keySize = 32

// maxID is the longest ID of a key.
const maxID = 64

// key is a key of the ring. Payloads are sealed with keys derived from it.
type key struct {
	id     string
	secret []byte
}

// parse reads keys: one a line, or between commas: its ID, a space, and 32 bytes
// in base64. What follows a # is left out. Errors name the line and the ID, and
// nothing of the key.
func parse(text []byte) ([]key, error) {
	var keys []key
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		line, _, _ = strings.Cut(line, "#")
		for entry := range strings.SplitSeq(line, ",") {
			if strings.TrimSpace(entry) == "" {
				continue
			}
			k, err := parseEntry(entry)
			if err == nil {
				err = distinct(keys, k)
			}
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", number, err)
			}
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("there is no key")
	}
	return keys, nil
}

func parseEntry(entry string) (key, error) {
	fields := strings.Fields(entry)
	if len(fields) != 2 || !isID(fields[0]) {
		return key{}, errors.New("want an ID of letters, digits, '.', '_' and '-', a space, and the key in base64")
	}
	secret, err := base64.StdEncoding.Strict().DecodeString(fields[1])
	if err != nil || len(secret) != keySize {
		return key{}, fmt.Errorf("%s is not %d bytes in base64", fields[0], keySize)
	}
	return key{id: fields[0], secret: secret}, nil
}

// distinct refuses a second key of the same ID, and the same key under a second
// ID: a rotation that would rotate nothing.
func distinct(keys []key, k key) error {
	for _, other := range keys {
		if other.id == k.id {
			return fmt.Errorf("%s stands there twice", k.id)
		}
		if bytes.Equal(other.secret, k.secret) {
			return fmt.Errorf("%s is the same as %s", k.id, other.id)
		}
	}
	return nil
}

// isID says whether s can name a key.
func isID(s string) bool {
	fit := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '_' || r == '-'
	}
	return s != "" && len(s) <= maxID && !strings.ContainsFunc(s, func(r rune) bool { return !fit(r) })
}

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
	secret, err := hkdf.Expand(sha256.New, k.secret, string(bound), keySize)
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
	for _, part := range []string{Encoding, k.id, namespace, workflow} {
		b = binary.AppendUvarint(b, uint64(len(part)))
		b = append(b, part...)
	}
	return b
}
