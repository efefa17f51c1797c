package codec_test

import (
	"crypto/rand"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/proto"

	"homeward/casework"
	"homeward/internal/codec"
	"homeward/internal/fault"
)

func TestFailures_AreSealedAndComeBackWhole(t *testing.T) {
	t.Parallel()
	keys := ring(t, newKey)
	whose := converter.WorkflowSerializationContext{Namespace: "homeward", WorkflowID: "case-1002"}
	failures := func(workflow string) converter.FailureConverter {
		c := codec.New(codec.Options{Ring: keys, Namespace: "homeward", Random: rand.Reader})
		whose.WorkflowID = workflow
		return converter.WithFailureConverterSerializationContext(c.FailureConverter(), whose)
	}
	refusal := casework.BlockedBy("It cannot be closed yet.", casework.Blocker{Code: "child-in-care", Detail: "A child is in care."})
	wire := failures("case-1002").ErrorToFailure(temporal.NewApplicationErrorWithCause("outer words", "outer", fault.Encode(refusal)))

	stored, err := proto.Marshal(wire)
	require.NoError(t, err)
	for _, words := range []string{"outer words", "closed yet", "child-in-care", "in care"} {
		require.NotContains(t, string(stored), words)
	}
	before := proto.CloneOf(wire)
	back := failures("case-1002").FailureToError(wire)
	require.True(t, proto.Equal(before, wire), "reading it leaves it sealed")
	require.ErrorContains(t, back, "outer words")
	require.Equal(t, refusal, fault.Decode(errors.Unwrap(back)))

	elsewhere := failures("case-1003").FailureToError(wire)
	require.NotContains(t, elsewhere.Error(), "words", "the error of another record stays closed")
}

// An answer that cannot be read says nothing about whether the step was taken.
func TestUnreadableAnswer_IsAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	converterOf := func(lines ...string) converter.FailureConverter {
		return codec.New(codec.Options{Ring: ring(t, lines...), Namespace: "homeward", Random: rand.Reader}).FailureConverter()
	}
	wire := converterOf(newKey).ErrorToFailure(fault.Encode(casework.NewError(casework.Blocked, "Not yet.")))
	for name, err := range map[string]error{
		"a refusal": converterOf(oldKey).FailureToError(wire),
		"a result":  &codec.Error{Reason: codec.MissingKey, Key: "2026-06"},
	} {
		decoded, ok := errors.AsType[*casework.Error](fault.Decode(err))
		require.True(t, ok, name)
		require.Equal(t, casework.Unknown, decoded.Kind, name)
		require.Equal(t, "The answer could not be read. The step may have been taken; send it again with the same key.", decoded.Detail)
	}
}
