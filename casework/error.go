package casework

import (
	"errors"
	"strings"
)

// Kind says what sort of refusal or failure an [Error] is. One table in api
// maps it to an HTTP status.
type Kind string

// The kinds of error. The first group is the caller's to mend, the second is ours.
const (
	// Invalid: a field is missing, of the wrong form, or holds an unknown code.
	Invalid Kind = "invalid"
	// Unauthenticated: no token, or one that does not verify.
	Unauthenticated Kind = "unauthenticated"
	// Forbidden: the person is known but may not take this step.
	Forbidden Kind = "forbidden"
	// NotFound: no such record.
	NotFound Kind = "not-found"
	// Blocked: the step is not lawful now; Missing says what is missing.
	Blocked Kind = "blocked"
	// Stale: the record has moved on since the caller read it.
	Stale Kind = "stale"
	// Reused: the idempotency key was used before with another body.
	Reused Kind = "key-reused"
	// Gone: the record is closed; it can be read but no longer moved.
	Gone Kind = "closed"
	// TooLarge: the body is over the limit.
	TooLarge Kind = "too-large"
	// TooMany: the caller must slow down.
	TooMany Kind = "too-many-requests"

	// Unavailable: a part that is needed does not answer; nothing was done.
	Unavailable Kind = "unavailable"
	// Unknown: the command was sent but its outcome is not known yet.
	Unknown Kind = "outcome-unknown"
	// Internal: our mistake.
	Internal Kind = "internal"
)

// Blocker is one thing that stands between a record and a step.
type Blocker struct {
	// Code is stable and machine-readable: "child-in-care".
	Code string `json:"code"`
	// Detail is a plain sentence for the worker, without personal data.
	Detail string `json:"detail"`
	// Subject is the child or victim concerned, if it is one.
	Subject string `json:"subject,omitempty"`
	// Duty is the duty that must be met first, if it is one.
	Duty string `json:"duty,omitempty"`
	// Since is the edition of the rules from which on it blocks, 0 for every one.
	Since int `json:"-"`
}

// Error is a kind, a public detail and a private cause. Detail, Field and
// Missing are shown to the caller and hold nothing personal; the cause is for
// the log alone.
type Error struct {
	Kind    Kind      `json:"kind"`
	Detail  string    `json:"detail"`
	Field   string    `json:"field,omitempty"`
	Missing []Blocker `json:"missing,omitempty"`
	cause   error
}

// Error returns the public detail, preceded by the field where there is one.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Kind))
	if e.Field != "" {
		b.WriteString(": " + e.Field)
	}
	b.WriteString(": " + e.Detail)
	if e.cause != nil {
		b.WriteString(": " + e.cause.Error())
	}
	return b.String()
}

// Unwrap returns the private cause.
func (e *Error) Unwrap() error { return e.cause }

// NewError makes an error of a kind with a public sentence.
func NewError(kind Kind, detail string) *Error {
	return &Error{Kind: kind, Detail: detail}
}

// WrapError makes an error of a kind with a public sentence and the private
// cause that only the log sees.
func WrapError(kind Kind, detail string, cause error) *Error {
	return &Error{Kind: kind, Detail: detail, cause: cause}
}

// InvalidField refuses a field by its JSON name with a sentence that says what
// would be right.
func InvalidField(field, detail string) *Error {
	return &Error{Kind: Invalid, Field: field, Detail: detail}
}

// BlockedBy refuses a step and says what is missing. It returns nil when
// nothing is.
func BlockedBy(detail string, missing ...Blocker) error {
	if len(missing) == 0 {
		return nil
	}
	return &Error{Kind: Blocked, Detail: detail, Missing: missing}
}

// KindOf returns the kind of the first [Error] in err's chain, Internal for
// any other error, and the empty kind for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}
