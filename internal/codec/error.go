package codec

import "homeward/internal/keyring"

// Reason is why a payload could not be sealed or opened.
type Reason string

// The reasons.
const (
	// MissingKey: the ring does not hold the key that the payload names. This
	// passes when the process gets the key.
	MissingKey Reason = "missing-key"
	// Altered: the payload is not as it was sealed, or it was sealed in another
	// namespace, or by another key of the same name.
	Altered Reason = "altered"
	// Misplaced: the payload belongs to another workflow.
	Misplaced Reason = "misplaced"
	// Malformed: what was sealed is no payload.
	Malformed Reason = "malformed"
)

// Reasons lists the reasons.
func Reasons() []Reason { return []Reason{MissingKey, Altered, Misplaced, Malformed} }

// Error says why a payload could not be sealed or opened, and nothing of what it
// holds.
type Error struct {
	Reason Reason
	// Key is the ID of the key that the payload names, as the payload says it.
	Key string
}

// Error names the key, unless its name could not be one.
func (e *Error) Error() string {
	id := e.Key
	if !keyring.IsID(id) {
		id = "?"
	}
	switch e.Reason {
	case MissingKey:
		if e.Key == "" {
			return "codec: there is no key to encrypt with"
		}
		return "codec: key " + id + " is missing"
	case Altered:
		return "codec: a payload under key " + id + " is not as it was sealed"
	case Misplaced:
		return "codec: a payload under key " + id + " belongs to another workflow"
	case Malformed:
	}
	return "codec: what key " + id + " has sealed is no payload"
}
