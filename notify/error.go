package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"strconv"
	"time"
)

// Reason says in one word why an attempt failed. The list is closed: reasons are
// stored and are metric labels.
type Reason string

// The reasons. The first group passes or is ours to mend, so the delivery is
// tried again; the second is a matter of the address, and it is not.
const (
	// Timeout: no answer in time.
	Timeout Reason = "timeout"
	// Unreachable: the far side, or its name, could not be reached.
	Unreachable Reason = "unreachable"
	// Untrusted: its certificate does not verify, or it offers neither the
	// encryption nor the login that we insist on.
	Untrusted Reason = "untrusted"
	// Deferred: it answered and asks to be tried later.
	Deferred Reason = "deferred"
	// Refused: it does not accept us as a sender, whoever the recipient is.
	Refused Reason = "refused"
	// Unconfigured: this installation has no sender for the channel.
	Unconfigured Reason = "unconfigured"

	// BadAddress: the address is not one that the channel understands.
	BadAddress Reason = "bad-address"
	// Forbidden: the address points into our own network, or is not encrypted.
	Forbidden Reason = "forbidden-address"
	// Rejected: it does not accept this notice for this address.
	Rejected Reason = "rejected"
)

// Permanent says whether the same attempt is bound to fail again.
func (r Reason) Permanent() bool {
	switch r {
	case BadAddress, Forbidden, Rejected:
		return true
	case Timeout, Unreachable, Untrusted, Deferred, Refused, Unconfigured:
	}
	return false
}

// Error is a failed attempt. It holds no address and no text of the far side,
// and for that reason wraps nothing.
type Error struct {
	Channel Channel
	Reason  Reason
	// Code is the far side's status, 0 where it gave none.
	Code int
	// RetryAfter is how long the far side asks to be left alone, 0 if it did
	// not say. It is a hint: the ladder of attempts may be slower.
	RetryAfter time.Duration
}

// Error returns the channel, the reason and the code: "email: deferred (451)".
func (e *Error) Error() string {
	text := string(e.Channel) + ": " + string(e.Reason)
	if e.Code != 0 {
		text += " (" + strconv.Itoa(e.Code) + ")"
	}
	return text
}

// Permanent says whether the delivery is given up.
func (e *Error) Permanent() bool { return e.Reason.Permanent() }

// AsError returns the [*Error] in err's chain. Any other error becomes a
// transient one, without its text.
func AsError(channel Channel, err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Channel: channel, Reason: reasonOf(err)}
}

// reasonOf says what stood in the way of a connection.
func reasonOf(err error) Reason {
	if errors.Is(err, errOwnNetwork) {
		return Forbidden
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.Is(err, os.ErrDeadlineExceeded) {
		return Timeout
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		return Timeout
	}
	_, unverified := errors.AsType[*tls.CertificateVerificationError](err)
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	_, plain := errors.AsType[tls.RecordHeaderError](err)
	if unverified || unknown || plain {
		return Untrusted
	}
	return Unreachable
}
