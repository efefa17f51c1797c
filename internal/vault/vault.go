// Package vault encrypts what is kept in a compartment: who made a report,
// treatment records, sealed juvenile records, what links an adopted child to the
// family of birth. Each compartment has a [Vault] of its own with a key ring of its
// own, so that who has the database, or the keys of one, reads nothing of the
// others.
//
// An item is sealed with AES-256-GCM under a key of its own: derived from a key of
// the ring by HKDF-SHA256 over the key's ID and the item's [Place], which is
// authenticated, too. So an item that is moved to another compartment, record,
// subject or ID does not open, and the bound on random nonces (2^32 for one key)
// is never near. What is sealed is filled up to the next 256 bytes: its length
// does not say whether somebody left an address.
package vault

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"homeward/internal/keyring"
)

// label keeps these keys apart from those that anything else derives. Another
// way of sealing gets another one.
const label = "homeward/vault/v1"

// block is what the length of an item is rounded up to, in bytes.
const block = 256

// Place is where an item belongs. All of it stands beside the item in the clear.
type Place struct {
	// Record is the aggregate ID: "report-1001".
	Record string
	// Item is the item's own ID.
	Item string
	// Subject is the opaque ID of the person whom the item is about, empty for
	// nobody in particular.
	Subject string
}

// Vault seals and opens the items of one compartment. It is safe for concurrent
// use.
type Vault struct {
	compartment string
	ring        *keyring.Ring
	random      io.Reader
}

// New returns the vault of a compartment, which is known by its code. random gives
// nonces: it must be cryptographically secure, and safe for concurrent use.
func New(compartment string, ring *keyring.Ring, random io.Reader) *Vault {
	return &Vault{compartment: compartment, ring: ring, random: random}
}

// Seal encrypts an item with the first key of the ring, and names that key. Without
// a key the error is an [*Error].
func (v *Vault) Seal(at Place, plain []byte) (keyID string, content []byte, err error) {
	k, ok := v.ring.First()
	if !ok {
		return "", nil, &Error{Reason: MissingKey}
	}
	content, err = k.Seal(v.random, v.bound(k.ID, at), pad(plain))
	if err != nil {
		return "", nil, fmt.Errorf("vault: %w", err)
	}
	return k.ID, content, nil
}

// Open decrypts an item that stands at a place, under the key that is named beside
// it. The error is an [*Error].
func (v *Vault) Open(at Place, keyID string, content []byte) ([]byte, error) {
	k, ok := v.ring.Find(keyID)
	if !ok {
		return nil, &Error{Reason: MissingKey, Key: keyID}
	}
	padded, ok := k.Open(v.bound(k.ID, at), content)
	if !ok {
		return nil, &Error{Reason: Altered, Key: keyID}
	}
	plain, err := unpad(padded)
	if err != nil {
		return nil, &Error{Reason: Altered, Key: keyID}
	}
	return plain, nil
}

// bound is what an item is tied to.
func (v *Vault) bound(keyID string, at Place) []byte {
	return keyring.Bind(label, v.compartment, keyID, at.Record, at.Item, at.Subject)
}

// pad writes the length before plain and zeros behind it.
func pad(plain []byte) []byte {
	padded := binary.AppendUvarint(nil, uint64(len(plain)))
	padded = append(padded, plain...)
	return append(padded, make([]byte, (block-len(padded)%block)%block)...)
}

func unpad(padded []byte) ([]byte, error) {
	length, width := binary.Uvarint(padded)
	rest := padded[max(width, 0):]
	if width <= 0 || length > uint64(len(rest)) {
		return nil, errors.New("the length does not fit")
	}
	return rest[:length], nil
}
