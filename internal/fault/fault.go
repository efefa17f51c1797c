// Package fault carries a [casework.Error] across Temporal and back. Encode and
// Decode stand side by side here and nowhere else, so that what an activity or a
// workflow refuses arrives at the API with its kind, sentence, field and missing
// steps, and nothing more: a private cause never leaves the process that met it.
package fault

import (
	"context"
	"errors"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"homeward/casework"
	"homeward/internal/codec"
)

// Encode turns err into the error that an activity, an update handler or a
// validator returns: a [temporal.ApplicationError] whose type is the kind and
// whose one detail is the public part. Temporal retries the kinds that pass by
// themselves (Unavailable, Unknown, TooMany) and no other. Cancellation and nil
// are returned as they are.
func Encode(err error) error {
	if err == nil || canceled(err) {
		return err
	}
	e := find(err)
	public := casework.Error{Kind: e.Kind, Detail: e.Detail, Field: e.Field, Missing: e.Missing}
	options := temporal.ApplicationErrorOptions{Details: []any{public}}
	switch natureOf(e.Kind) {
	case passing:
	case refusal:
		options.NonRetryable = true
		options.Category = temporal.ApplicationErrorCategoryBenign
	case mistake, stranger:
		options.NonRetryable = true
	}
	return temporal.NewApplicationErrorWithOptions(public.Detail, string(public.Kind), options)
}

// Decode turns an error of the Temporal SDK, however deeply a workflow, an
// activity or an update wraps it, into a [*casework.Error]. What Encode wrote
// comes back as it was; the server's own errors get the kind that fits them, and
// everything else is Internal, each with err as the private cause. Cancellation
// and nil are returned as they are.
func Decode(err error) error {
	if err == nil || canceled(err) {
		return err
	}
	return find(err)
}

// canceled says whether somebody asked for the work to stop. A call whose
// outcome is unknown because its caller went away is not that: it may be done.
func canceled(err error) bool {
	if _, ok := errors.AsType[*client.WorkflowUpdateServiceTimeoutOrCanceledError](err); ok {
		return false
	}
	return temporal.IsCanceledError(err) || errors.Is(err, context.Canceled)
}

// find returns the casework error in err's chain, or makes the one that fits.
func find(err error) *casework.Error {
	if e, ok := errors.AsType[*casework.Error](err); ok {
		return e
	}
	if e := encoded(err); e != nil {
		return e
	}
	kind, detail := foreign(err)
	return casework.WrapError(kind, detail, err)
}

// encoded returns what Encode wrote into err's chain, nil if it wrote nothing.
func encoded(err error) *casework.Error {
	wire, ok := errors.AsType[*temporal.ApplicationError](err)
	if !ok || !wire.HasDetails() || natureOf(casework.Kind(wire.Type())) == stranger {
		return nil
	}
	var e casework.Error
	unread := wire.Details(&e)
	if unread == nil && string(e.Kind) == wire.Type() {
		return &e
	}
	if is[*codec.Error](unread) {
		return casework.WrapError(casework.Unknown, unreadable, unread)
	}
	return nil
}

// unreadable is the public sentence of an answer that was encrypted with a key
// which this process does not have.
const unreadable = "The answer could not be read. The step may have been taken; send it again with the same key."

// foreign gives the kind and the public sentence of an error that is not ours.
func foreign(err error) (casework.Kind, string) {
	switch {
	case is[*codec.Error](err):
		return casework.Unknown, unreadable
	case is[*client.WorkflowUpdateServiceTimeoutOrCanceledError](err),
		is[*temporal.TimeoutError](err),
		is[*serviceerror.DeadlineExceeded](err),
		is[*serviceerror.Canceled](err),
		errors.Is(err, context.DeadlineExceeded):
		return casework.Unknown, "No answer came in time. The step may have been taken; send it again with the same key."
	case is[*serviceerror.NotFound](err):
		return casework.NotFound, "There is no open record with this number."
	case is[*serviceerror.WorkflowExecutionAlreadyStarted](err):
		return casework.Gone, "This record was opened before and is closed."
	case is[*serviceerror.ResourceExhausted](err):
		return casework.TooMany, "Too much is asked at once. Wait a moment and send it again."
	case is[*serviceerror.Unavailable](err),
		is[*serviceerror.FailedPrecondition](err),
		is[*serviceerror.WorkflowNotReady](err):
		return casework.Unavailable, "A part of the system does not answer. Send it again in a minute."
	}
	return casework.Internal, "Something went wrong on our side. It has been logged."
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// nature says what a kind of error means to the one who retries.
type nature int

const (
	// stranger is not one of our kinds.
	stranger nature = iota
	// refusal is the caller's to mend: expected, and the same when tried again.
	refusal
	// passing may succeed when it is tried again.
	passing
	// mistake is ours, and the same when tried again.
	mistake
)

func natureOf(kind casework.Kind) nature {
	switch kind {
	case casework.Invalid, casework.Unauthenticated, casework.Forbidden, casework.NotFound, casework.Blocked,
		casework.Stale, casework.Reused, casework.Gone, casework.TooLarge:
		return refusal
	case casework.Unavailable, casework.Unknown, casework.TooMany:
		return passing
	case casework.Internal:
		return mistake
	}
	return stranger
}
