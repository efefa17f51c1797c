package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"

	"homeward/casework"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// sqlError is what is left of a server's error when everything that may quote a
// row is taken away: PostgreSQL repeats values in messages and details.
type sqlError struct {
	doing      string
	state      pqerror.Code
	table      string
	constraint string
}

// Error names the SQLSTATE and what it concerns, never a value.
func (e *sqlError) Error() string {
	text := fmt.Sprintf("%s: SQLSTATE %s %s", e.doing, e.state, e.state.Name())
	if e.table != "" {
		text += ", table " + e.table
	}
	if e.constraint != "" {
		text += ", constraint " + e.constraint
	}
	return text
}

// failed translates what the driver returned while the package was trying to do
// what doing says, an infinitive like "record a transition". It is the one
// place that knows SQLSTATEs. Errors that are translated already, and nil,
// pass through.
func failed(doing string, err error) error {
	if err == nil {
		return nil
	}
	if known, ok := errors.AsType[*casework.Error](err); ok {
		return known
	}
	if server, ok := errors.AsType[*pq.Error](err); ok {
		cause := &sqlError{doing, server.Code, server.Table, server.Constraint}
		return casework.WrapError(kindOf(server.Code), sentence(kindOf(server.Code)), cause)
	}
	kind := casework.Internal
	if disconnected(err) {
		kind = casework.Unavailable
	}
	return casework.WrapError(kind, sentence(kind), fmt.Errorf("%s: %w", doing, err))
}

// kindOf sorts the SQLSTATEs into those that pass by themselves, those that the
// caller's text caused, and mistakes of ours.
func kindOf(code pqerror.Code) casework.Kind {
	switch code {
	case pqerror.TRSerializationFailure, pqerror.TRDeadlockDetected, pqerror.LockNotAvailable:
		return casework.Unavailable
	case pqerror.ReadOnlySQLTransaction: // a standby that has not taken over yet
		return casework.Unavailable
	case pqerror.UndefinedTable: // the migrations are still to run
		return casework.Unavailable
	case pqerror.CharacterNotInRepertoire, pqerror.UntranslatableCharacter:
		return casework.Invalid
	}
	switch code.Class() {
	case "08", "53", "57", "58": // connection, resources, operator, system
		return casework.Unavailable
	}
	return casework.Internal
}

func sentence(kind casework.Kind) string {
	switch kind { //nolint:exhaustive // kindOf returns these and Internal
	case casework.Unavailable:
		return "The database does not answer. Try again in a moment."
	case casework.Invalid:
		return "The text contains a character that cannot be stored."
	}
	return "Something went wrong on our side. It has been recorded."
}

// disconnected says whether err came from the way to the server, or from a
// caller that stopped waiting, rather than from the server itself.
func disconnected(err error) bool {
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	for _, passing := range []error{
		driver.ErrBadConn, sql.ErrConnDone, io.EOF, io.ErrUnexpectedEOF, context.Canceled, context.DeadlineExceeded,
	} {
		if errors.Is(err, passing) {
			return true
		}
	}
	return false
}

// violated says whether err is the breach of one of the named constraints.
func violated(err error, constraints ...string) bool {
	server, ok := errors.AsType[*pq.Error](err)
	if !ok || server.Code.Class() != "23" {
		return false
	}
	return slices.Contains(constraints, server.Constraint)
}

// found translates the outcome of a query for one row: no row is NotFound with
// the sentence missing.
func found(doing, missing string, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return casework.NewError(casework.NotFound, missing)
	}
	return failed(doing, err)
}

// inconsistent is a mistake in what a caller hands over, told to the log alone.
func inconsistent(format string, args ...any) error {
	return casework.WrapError(casework.Internal, sentence(casework.Internal), fmt.Errorf(format, args...))
}
