package casework_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestError_KeepsItsCauseFromTheCaller(t *testing.T) {
	t.Parallel()
	cause := errors.New("dial tcp 10.0.0.7: refused")
	err := casework.WrapError(casework.Unavailable, "The record store does not answer. Nothing was done.", cause)
	require.ErrorIs(t, err, cause)
	require.Contains(t, err.Error(), "10.0.0.7", "the log sees the cause")
	public, jsonErr := json.Marshal(err)
	require.NoError(t, jsonErr)
	require.NotContains(t, string(public), "10.0.0.7", "the caller does not")
	require.Equal(t, "invalid: on: A day is required.", casework.InvalidField("on", "A day is required.").Error())
}

func TestKindOf_IsInternalForWhatNobodyForesaw(t *testing.T) {
	t.Parallel()
	require.Empty(t, casework.KindOf(nil))
	require.Equal(t, casework.Internal, casework.KindOf(errors.New("surprise")))
	require.Equal(t, casework.Gone, casework.KindOf(fmt.Errorf("on the way: %w", casework.NewError(casework.Gone, "Closed."))))
}

func TestBlockedBy_IsNoErrorWhenNothingIsMissing(t *testing.T) {
	t.Parallel()
	require.NoError(t, casework.BlockedBy("This step is not possible now."))
	requireRefusal(t, casework.BlockedBy("Not now.", casework.Blocker{Code: "x", Detail: "X first."}), casework.Blocked, "", "x")
}

func TestRole_OfTimeItselfIsNoPersons(t *testing.T) {
	t.Parallel()
	for _, step := range allSteps() {
		for _, role := range step.Roles {
			require.NotEqual(t, role == casework.RoleSystem, role.Known(), "%s", role)
		}
		require.Equal(t, step.Path == "" && step.Name != casework.StepReceive, step.May(casework.RoleSystem), "%s", step.Name)
	}
	require.False(t, casework.Role("visitor").Known())
	require.Equal(t, casework.RoleSystem, casework.System().Role)
}
