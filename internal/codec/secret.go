package codec

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"

	"homeward/internal/keyring"
)

// Secrets keeps a secret for each record that can be destroyed. Its methods are
// called while a workflow task is worked on, without a context: they must bound
// their own waiting, and remember, so that a record's payloads do not ask one by
// one. An error that is not [ErrDestroyed] means that the source does not answer
// now. All methods must be safe for concurrent use.
type Secrets interface {
	// Making returns the secret of the record that a workflow is, and makes one
	// where there is none. It returns nil for a workflow that is no record.
	Making(workflow string) (*Secret, error)
	// Known is Making for reading: it makes none, and then returns nil.
	Known(workflow string) (*Secret, error)
}

// secretFor returns the secret to seal with, nil for none.
func (c *Codec) secretFor(workflow, id string) (*Secret, error) {
	if c.options.Secrets == nil || workflow == "" {
		return nil, nil
	}
	secret, err := c.options.Secrets.Making(workflow)
	if err != nil {
		return nil, unknown(id, err)
	}
	return secret, nil
}

// knownSecret returns the secret that a payload of a workflow was sealed with.
func (c *Codec) knownSecret(workflow, id string) (*Secret, *Error) {
	if c.options.Secrets == nil {
		return nil, &Error{Reason: MissingSecret, Key: id}
	}
	secret, err := c.options.Secrets.Known(workflow)
	if err != nil {
		return nil, unknown(id, err)
	}
	if secret == nil {
		return nil, &Error{Reason: MissingSecret, Key: id}
	}
	return secret, nil
}

// unknown is why a secret is not there.
func unknown(id string, err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok && e.Reason != MissingSecret {
		return &Error{Reason: e.Reason, Key: cmp.Or(e.Key, id)}
	}
	return &Error{Reason: MissingSecret, Key: id, cause: err}
}

// What a secret of a record is used for, and how it is kept.
const (
	secretSize  = 32
	labelSecret = "homeward-secret-v1"
	labelText   = "homeward-text-v1"
	labelMark   = "homeward-mark-v1"
)

// Secret is the secret of a record. What is derived from it stays with it, since to
// derive takes longer than to seal, and is forgotten with it. It is safe for
// concurrent use.
type Secret struct {
	bytes []byte

	mu      sync.Mutex
	ciphers map[string]keyring.Cipher
}

// SecretOf returns a secret of 32 bytes.
func SecretOf(b []byte) *Secret { return &Secret{bytes: b, ciphers: make(map[string]keyring.Cipher)} }

// String does not tell it.
func (s *Secret) String() string { return "a secret" }

// cipher returns the cipher of what is sealed with a key and with this secret, and
// bound to a place that names the key. No secret stands for the key alone.
func (s *Secret) cipher(k keyring.Key, bound []byte) (keyring.Cipher, error) {
	if s == nil {
		return k.Cipher(bound)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.ciphers[string(bound)]; ok {
		return c, nil
	}
	both, err := k.With(s.bytes)
	if err != nil {
		return keyring.Cipher{}, err
	}
	c, err := both.Cipher(bound)
	if err == nil {
		s.ciphers[string(bound)] = c
	}
	return c, err
}

// Wrapped is the secret of a record as it is stored: sealed by a key of the ring.
type Wrapped struct {
	// Key is the ID of the key that has sealed it.
	Key    string
	Sealed []byte
	// Digest is the SHA-256 of the secret in hex. A secret is random, so that it
	// says nothing; it stays as a proof when the secret is destroyed.
	Digest string
}

// NewSecret returns a new secret for a record, and the form in which it is stored.
func (r *Ring) NewSecret(random io.Reader, record string) (*Secret, Wrapped, error) {
	fresh := make([]byte, secretSize)
	if _, err := io.ReadFull(random, fresh); err != nil {
		return nil, Wrapped{}, fmt.Errorf("codec: no random secret: %w", err)
	}
	secret := SecretOf(fresh)
	wrapped, err := r.Wrap(random, record, secret)
	return secret, wrapped, err
}

// Wrap seals the secret of a record with the first key of the ring.
func (r *Ring) Wrap(random io.Reader, record string, secret *Secret) (Wrapped, error) {
	k, ok := r.First()
	if !ok {
		return Wrapped{}, &Error{Reason: MissingKey}
	}
	sealed, err := k.Seal(random, keyring.Bind(labelSecret, k.ID, record), secret.bytes)
	return Wrapped{Key: k.ID, Sealed: sealed, Digest: digest(secret.bytes)}, err
}

// Unwrap opens the stored secret of a record. The error is an [*Error].
func (r *Ring) Unwrap(record string, w Wrapped) (*Secret, error) {
	k, ok := r.Find(w.Key)
	if !ok {
		return nil, &Error{Reason: MissingKey, Key: w.Key}
	}
	secret, ok := k.Open(keyring.Bind(labelSecret, k.ID, record), w.Sealed)
	if !ok || !hmac.Equal([]byte(digest(secret)), []byte(w.Digest)) {
		return nil, &Error{Reason: Altered, Key: w.Key}
	}
	return SecretOf(secret), nil
}

// Encrypts says whether the ring is of a process that encrypts.
func (r *Ring) Encrypts() bool { return !r.off }

// SealText seals a narrative of the record. It opens in the place of this text of
// this record alone.
func (s *Secret) SealText(random io.Reader, record, text, words string) ([]byte, error) {
	return keyring.Key{Secret: s.bytes}.Seal(random, keyring.Bind(labelText, record, text), []byte(words))
}

// OpenText opens what SealText has sealed, and says whether it has.
func (s *Secret) OpenText(record, text string, sealed []byte) (words string, ok bool) {
	if s == nil {
		return "", false
	}
	plain, ok := keyring.Key{Secret: s.bytes}.Open(keyring.Bind(labelText, record, text), sealed)
	return string(plain), ok
}

// Mark returns a keyed hash of a text.
func (s *Secret) Mark(text string) []byte {
	mac := hmac.New(sha256.New, s.bytes)
	mac.Write([]byte(labelMark + "\x00" + text))
	return mac.Sum(nil)
}

func digest(secret []byte) string {
	sum := sha256.Sum256(secret)
	return hex.EncodeToString(sum[:])
}
