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
	// MissingSecret: the secret of the record cannot be looked up. This passes
	// when its source answers again.
	MissingSecret Reason = "missing-secret"
	// Destroyed: the secret of the record was destroyed, and with it everything
	// that it has sealed.
	Destroyed Reason = "destroyed"
)

// Reasons lists the reasons.
func Reasons() []Reason {
	return []Reason{MissingKey, Altered, Misplaced, Malformed, MissingSecret, Destroyed}
}

// Error says why a payload could not be sealed or opened, and nothing of what it
// holds.
type Error struct {
	Reason Reason
	// Key is the ID of the key that the payload names, as the payload says it.
	Key string

	cause error
}

// Unwrap returns why a secret could not be looked up, for the log.
func (e *Error) Unwrap() error { return e.cause }

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
	case MissingSecret:
		return "codec: the secret of a record cannot be looked up, with key " + id
	case Destroyed:
		return "codec: a payload under key " + id + " belongs to a record whose secret was destroyed"
	case Malformed:
	}
	return "codec: what key " + id + " has sealed is no payload"
}
