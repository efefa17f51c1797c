package fault_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"homeward/casework"
	"homeward/internal/fault"
)

// kinds are all kinds, and whether Temporal retries them.
func kinds() map[casework.Kind]bool {
	return map[casework.Kind]bool{
		casework.Invalid: false, casework.Unauthenticated: false, casework.Forbidden: false, casework.NotFound: false,
		casework.Blocked: false, casework.Stale: false, casework.Reused: false, casework.Gone: false,
		casework.TooLarge: false, casework.TooMany: true, casework.Unavailable: true, casework.Unknown: true,
		casework.Internal: false,
	}
}

func TestRoundTrip_KeepsThePublicPartOfEachKind(t *testing.T) {
	t.Parallel()
	for kind, retried := range kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			want := casework.WrapError(kind, "A public sentence.", errors.New("a private cause"))
			want.Field = "removed_on"
			want.Missing = []casework.Blocker{{Code: "child-in-care", Detail: "A child is in care.", Subject: "P12", Duty: "visit/P12"}}

			wire := fault.Encode(fmt.Errorf("recording: %w", want))
			application, ok := errors.AsType[*temporal.ApplicationError](wire)
			require.True(t, ok)
			require.Equal(t, string(kind), application.Type())
			require.Equal(t, retried, !application.NonRetryable())

			got, ok := errors.AsType[*casework.Error](fault.Decode(travelled(t, wire)))
			require.True(t, ok)
			require.Empty(t, cmp.Diff(want, got, cmpopts.IgnoreUnexported(casework.Error{})))
		})
	}
}

func TestRoundTrip_LeavesThePrivateCauseBehind(t *testing.T) {
	t.Parallel()
	wire := fault.Encode(casework.WrapError(casework.Internal, "A public sentence.", errors.New("Jane Doe")))
	require.NotContains(t, wire.Error(), "Jane")
	failure := temporal.GetDefaultFailureConverter().ErrorToFailure(wire)
	require.NotContains(t, failure.String(), "Jane")
	require.NotContains(t, fault.Decode(wire).Error(), "Jane")
}

func TestEncode_HidesTheTextOfForeignErrors(t *testing.T) {
	t.Parallel()
	wire := fault.Encode(errors.New("Jane Doe"))
	require.NotContains(t, wire.Error(), "Jane")
	require.Equal(t, casework.Internal, casework.KindOf(fault.Decode(wire)))
}

func TestEncode_KeepsWhatIsEncodedAlready(t *testing.T) {
	t.Parallel()
	once := fault.Encode(casework.InvalidField("born", "A date is required."))
	twice := fault.Encode(fmt.Errorf("activity error: %w", once))
	require.Equal(t, fault.Decode(once), fault.Decode(twice))
}

func TestDecode_GivesServerErrorsTheirKind(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		err  error
		want casework.Kind
	}{
		"no such workflow":  {serviceerror.NewNotFound("workflow not found"), casework.NotFound},
		"opened before":     {serviceerror.NewWorkflowExecutionAlreadyStarted("started", "", ""), casework.Gone},
		"over the limit":    {serviceerror.NewResourceExhausted(enumspb.RESOURCE_EXHAUSTED_CAUSE_RPS_LIMIT, "slow"), casework.TooMany},
		"server away":       {serviceerror.NewUnavailable("connection refused"), casework.Unavailable},
		"too many updates":  {serviceerror.NewFailedPrecondition("limit on total updates"), casework.Unavailable},
		"server too slow":   {serviceerror.NewDeadlineExceeded("deadline"), casework.Unknown},
		"caller too slow":   {context.DeadlineExceeded, casework.Unknown},
		"activity too slow": {temporal.NewTimeoutError(enumspb.TIMEOUT_TYPE_START_TO_CLOSE, nil), casework.Unknown},
		"caller went away": {
			client.NewWorkflowUpdateServiceTimeoutOrCanceledError(context.Canceled), casework.Unknown,
		},
		"our credentials":      {serviceerror.NewPermissionDenied("no", ""), casework.Internal},
		"a stranger's failure": {temporal.NewApplicationError("text", "SomeType", "detail"), casework.Internal},
		"a kind without detail": {
			temporal.NewApplicationError("text", string(casework.Blocked)), casework.Internal,
		},
		"another detail": {
			temporal.NewApplicationError("text", string(casework.Blocked), casework.Error{Kind: casework.Gone}), casework.Internal,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := errors.AsType[*casework.Error](fault.Decode(fmt.Errorf("failed workflow start: %w", tc.err)))
			require.True(t, ok)
			require.Equal(t, tc.want, got.Kind)
			require.NotEmpty(t, got.Detail)
			require.ErrorIs(t, got, tc.err)
		})
	}
}

func TestCancellation_IsNoFault(t *testing.T) {
	t.Parallel()
	for _, err := range []error{nil, context.Canceled, temporal.NewCanceledError()} {
		require.Equal(t, err, fault.Encode(err))
		require.Equal(t, err, fault.Decode(err))
	}
}

// travelled sends err through the form that Temporal stores.
func travelled(t *testing.T, err error) error {
	t.Helper()
	converter := temporal.GetDefaultFailureConverter()
	return converter.FailureToError(converter.ErrorToFailure(err))
}
