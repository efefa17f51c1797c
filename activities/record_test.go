package activities_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"homeward/activities"
	"homeward/casework"
	"homeward/internal/fault"
	"homeward/internal/testdb"
)

// ways are how a workflow calls Record: usually the first.
func (s *station) ways() map[string]func(any, ...any) (converter.EncodedValue, error) {
	local, regular := s.suite().NewTestActivityEnvironment(), s.suite().NewTestActivityEnvironment()
	regular.RegisterActivity(s.acts.Record)
	return map[string]func(any, ...any) (converter.EncodedValue, error){
		"local": local.ExecuteLocalActivity, "regular": regular.ExecuteActivity,
	}
}

func TestRecord_StoresATransitionOnce(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	s := newStation(t, activities.Options{Log: db})
	for name, run := range s.ways() {
		value, err := run(s.acts.Record, transition(t, notice("w-17")))
		require.NoError(t, err, name)
		var result casework.RecordResult
		require.NoError(t, value.Get(&result))
		require.Equal(t, casework.Recorded, result.Outcome, name)
	}
	events, err := db.Events(t.Context(), aggregate, 1)
	require.NoError(t, err)
	require.Len(t, events, 1)
}

func TestRecord_TellsTemporalWhatToTryAgain(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		err     error
		kind    casework.Kind
		retried bool
	}{
		"database away":     {casework.WrapError(casework.Unavailable, "Later.", errors.New("secret")), casework.Unavailable, true},
		"mistake of ours":   {casework.WrapError(casework.Internal, "Ours.", errors.New("secret")), casework.Internal, false},
		"refused":           {casework.WrapError(casework.Stale, "Old.", errors.New("secret")), casework.Stale, false},
		"unexpected error":  {errors.New("secret"), casework.Internal, false},
		"a field is no use": {casework.InvalidField("born", "A date is required."), casework.Invalid, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStation(t, activities.Options{Log: failingLog{tc.err}})
			for way, run := range s.ways() {
				_, err := run(s.acts.Record, transition(t))
				application, ok := errors.AsType[*temporal.ApplicationError](err)
				require.True(t, ok, way)
				require.Equal(t, tc.retried, !application.NonRetryable(), way)
				require.Equal(t, tc.kind, casework.KindOf(fault.Decode(err)), way)
				require.NotContains(t, err.Error(), "secret", way)
			}
			require.Contains(t, s.logged(), "transition not recorded", "the cause is for the worker's log")
		})
	}
}
