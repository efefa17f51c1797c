package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func aTransfer(states ...casework.ItemState) casework.Transfer {
	t := casework.Transfer{
		ID: "x", From: "w-1", To: "w-2", Supervisor: "w-3", By: casework.Actor{ID: "w-3", Role: casework.RoleSupervisor},
	}
	for i, s := range states {
		t.Items = append(t.Items, casework.TransferItem{
			Record: casework.AggregateID(casework.KindCase, string(rune('1'+i))), Supervisor: "w-4", State: s,
		})
	}
	return t
}

func TestTransfer_SaysWhereItStands(t *testing.T) {
	t.Parallel()
	const (
		planned, moved, refused = casework.ItemPlanned, casework.ItemMoved, casework.ItemRefused
		failed, undone, kept    = casework.ItemFailed, casework.ItemUndone, casework.ItemKept
	)
	undo := func(x casework.Transfer) casework.Transfer { x.UndoAt = clock(t, "2025-01-06 09:00"); return x }
	all := func(x casework.Transfer) casework.Transfer { x.AllOrNothing = true; return x }
	for name, c := range map[string]struct {
		of   casework.Transfer
		want casework.TransferState
		next int
	}{
		"at first":                         {aTransfer(planned, planned), casework.TransferMoving, 2},
		"half way":                         {aTransfer(moved, planned), casework.TransferMoving, 1},
		"one to try again":                 {aTransfer(moved, failed), casework.TransferMoving, 1},
		"all moved":                        {aTransfer(moved, moved), casework.TransferDone, 0},
		"one stays":                        {aTransfer(moved, refused), casework.TransferPartly, 0},
		"all or nothing, one stays":        {all(aTransfer(moved, refused, planned)), casework.TransferUndoing, 1},
		"all or nothing, gone back":        {all(aTransfer(undone, refused, planned)), casework.TransferUndone, 0},
		"all or nothing, one to try again": {all(aTransfer(moved, failed)), casework.TransferMoving, 1},
		"to be undone":                     {undo(aTransfer(moved, planned)), casework.TransferUndoing, 1},
		"undone but for one":               {undo(aTransfer(undone, kept)), casework.TransferUndone, 0},
	} {
		require.Equal(t, c.want, c.of.Outcome(), name)
		require.Len(t, c.of.Next(), c.next, name)
	}
	require.NoError(t, aTransfer(moved).RefuseUndo())
	require.Equal(t, casework.Blocked, casework.KindOf(aTransfer(refused).RefuseUndo()))
	require.NoError(t, undo(aTransfer(undone)).RefuseUndo(), "asked twice")
}

// A transfer moves records by the same steps as a person does, so the case itself
// says whether it still can.
func TestTransfer_MovesAndTakesBackByAssignments(t *testing.T) {
	t.Parallel()
	c := opened(t)
	x := aTransfer(casework.ItemPlanned)
	x.From, x.Items[0].Supervisor = caseworker().ID, supervisor().ID
	take := func() error {
		cmd, err := x.Command(x.Items[0])
		require.NoError(t, err)
		cmd.Now = c.now
		e, err := c.state.Decide(cmd)
		if err == nil {
			c.accept(t, &e)
		}
		return err
	}
	require.NoError(t, take())
	require.Equal(t, "w-2", c.state.Worker)
	reason, final := x.Refused(take())
	require.Equal(t, casework.TransferMovedOn, reason)
	require.True(t, final)
	x.UndoAt = c.now
	require.NoError(t, take())
	require.Equal(t, caseworker().ID, c.state.Worker)
	require.Equal(t, supervisor().ID, c.state.Supervisor)
}

func TestTransfer_RefusesWhatIsNoRecordAndToUndoNothing(t *testing.T) {
	t.Parallel()
	x := aTransfer(casework.ItemRefused)
	_, err := x.Command(casework.TransferItem{Record: "house-1"})
	requireRefusal(t, err, casework.Invalid, "record")
	requireRefusal(t, x.RefuseUndo(), casework.Blocked, "")
}

func TestTransfer_TellsRefusalsFromWhatPasses(t *testing.T) {
	t.Parallel()
	var x casework.Transfer
	for kind, want := range map[casework.Kind]struct { //nolint:exhaustive // the others are as one of these
		reason string
		final  bool
	}{
		casework.Unavailable: {"unavailable", false},
		casework.Unknown:     {"outcome-unknown", false},
		casework.TooMany:     {"too-many-requests", false},
		casework.Gone:        {casework.TransferClosed, true},
		casework.NotFound:    {casework.TransferClosed, true},
		casework.Invalid:     {casework.TransferMovedOn, true},
		casework.Blocked:     {casework.TransferUnscreened, true},
		casework.Forbidden:   {casework.TransferNotYours, true},
		casework.Reused:      {"key-reused", true},
	} {
		reason, final := x.Refused(casework.NewError(kind, "x"))
		require.Equal(t, want.reason, reason)
		require.Equal(t, want.final, final)
	}
	for _, reason := range []string{
		casework.TransferConflict, casework.TransferRestricted, casework.TransferNotYours, casework.TransferWrongRole,
		casework.TransferUnscreened, casework.TransferMovedOn, casework.TransferClosed, casework.TransferStopped, "unavailable",
	} {
		require.NotEmpty(t, casework.TransferDetail(reason))
	}
}
