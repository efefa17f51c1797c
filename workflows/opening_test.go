package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"

	"homeward/casework"
	"homeward/internal/teststack"
)

// opening is the command that opens a case with two children.
func opening(number string) *casework.Command {
	return &casework.Command{
		ID: casework.OpeningID("report-1"), Fingerprint: "open", Name: casework.StepOpen,
		Actor: casework.Actor{ID: supervisor, Role: casework.RoleSystem},
		Body: &casework.Opening{
			Number: number, Report: "1", On: casework.NewDate(2026, time.March, 2), Timezone: "America/Los_Angeles",
			Office: "north", Jurisdiction: "US-WA", Pack: "washington@2025.1", Worker: caseworker, Supervisor: supervisor,
			Risk: "high", Children: []casework.Subject{{ID: "p-1"}, {ID: "p-2"}},
		},
	}
}

// status is how Temporal sees the record.
func (r record) status() enums.WorkflowExecutionStatus {
	r.t.Helper()
	described, err := r.Client.DescribeWorkflowExecution(r.t.Context(), r.id, "")
	require.NoError(r.t, err)
	return described.GetWorkflowExecutionInfo().GetStatus()
}

func TestRefusedOpening_EndsByItselfAndLeavesNothing(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	number := s.Number(t, casework.KindReport)
	r := record{Stack: s, t: t, id: casework.AggregateID(casework.KindReport, number)}
	bad := receipt(number, time.Now())
	bad.Allegations = nil
	_, err := s.Open(t.Context(), r.id, command(casework.RoleHotline, casework.StepReceive, bad))
	require.Equal(t, casework.Invalid, casework.KindOf(err))
	_ = r.Mover.By(t.Context(), r.id, time.Hour) // it ends on the way
	r.ended()
	_, err = s.DB.Summary(t.Context(), r.id)
	require.Equal(t, casework.NotFound, casework.KindOf(err))
}

// The minute in which a refused record says so is no trap for the right command.
func TestRefusedOpening_LeavesRoomForTheRightOne(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	number := s.Number(t, casework.KindReport)
	r := report{record{Stack: s, t: t, id: casework.AggregateID(casework.KindReport, number)}}
	bad := receipt(number, time.Now())
	bad.Allegations = nil
	_, err := s.Open(t.Context(), r.id, command(casework.RoleHotline, casework.StepReceive, bad))
	require.Equal(t, casework.Invalid, casework.KindOf(err))
	_, err = s.Open(t.Context(), r.id, command(casework.RoleHotline, casework.StepReceive, receipt(number, time.Now())))
	require.NoError(t, err)
	r.forward(2)
	r.falls("screening-decision/1", casework.DutyOverdue)
	require.Equal(t, enums.WORKFLOW_EXECUTION_STATUS_RUNNING, r.status())
	r.agrees()
}

// Temporal forgets closed runs; the log does not let a number be used twice.
func TestClosedRecord_IsNotOpenedAgain(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	number := s.Number(t, casework.KindReport)
	id := casework.AggregateID(casework.KindReport, number)
	first := command(casework.RoleHotline, casework.StepReceive, receipt(number, time.Now()))
	opened, err := s.Open(t.Context(), id, first)
	require.NoError(t, err)
	r := report{record{Stack: s, t: t, id: id}}
	r.screenOut()
	r.ended()
	_, before := r.logged()

	again, err := s.Open(t.Context(), id, first)
	require.NoError(t, err)
	require.Equal(t, opened, again, "the same command gets the answer that it got")
	r.ended()
	_, err = s.Open(t.Context(), id, command(casework.RoleHotline, casework.StepReceive, receipt(number, time.Now())))
	require.Error(t, err)
	_ = r.Mover.By(t.Context(), r.id, time.Hour)
	r.ended()
	_, after := r.logged()
	require.Len(t, after, len(before))
	require.Empty(t, r.running())
}
