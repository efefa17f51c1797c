package vault

import "homeward/internal/keyring"

// Reason is why an item could not be sealed or opened.
type Reason string

// The reasons.
const (
	// MissingKey: the ring does not hold the key that the item names. This passes
	// when the process gets the key.
	MissingKey Reason = "missing-key"
	// Altered: the item is not as it was sealed, it stands in another place, or it
	// was sealed by another key of the same name.
	Altered Reason = "altered"
)

// Reasons lists the reasons.
func Reasons() []Reason { return []Reason{MissingKey, Altered} }

// Error says why an item could not be sealed or opened, and nothing of what it
// holds.
type Error struct {
	Reason Reason
	// Key is the ID of the key that the item names, as the item says it.
	Key string
}

// Error names the key, unless its name could not be one.
func (e *Error) Error() string {
	id := e.Key
	if !keyring.IsID(id) {
		id = "?"
	}
	switch {
	case e.Reason == Altered:
		return "vault: an item under key " + id + " is not as it was sealed"
	case e.Key == "":
		return "vault: there is no key to encrypt with"
	}
	return "vault: key " + id + " is missing"
}
