package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func aClosingRequest() *casework.ClosingRequest {
	return &casework.ClosingRequest{Risk: "low", Reason: "text"}
}

func TestClosing_EndsTheCase(t *testing.T) {
	t.Parallel()
	c := closed(t, elder, younger)
	require.Equal(t, casework.StageClosed, c.state.Stage())
	require.True(t, c.state.ClosedAt.Equal(clock(t, "2025-12-12 12:00")))
	require.Equal(t, "low", c.state.Risk)
	for _, child := range c.state.Children {
		require.Equal(t, casework.StageReunified, child.Stage)
	}
	require.Len(t, c.facts(casework.FactAftercareEnded), 2)
	require.Len(t, c.facts(casework.FactRecordClosed), 1)
	require.Empty(t, c.state.Next())
}

func TestClosedCase_TakesNoSteps(t *testing.T) {
	t.Parallel()
	c := closed(t, elder, younger)
	for _, step := range casework.Steps(casework.KindCase) {
		if step.Path == "" || step.Reopens {
			continue
		}
		c.refuses(t, refusal{
			name: step.Name, by: casework.Actor{ID: "w-2", Role: step.Roles[0]}, body: step.New(), kind: casework.Gone,
		})
	}
}

func TestClosing_DeclinedLeavesTheCaseOpen(t *testing.T) {
	t.Parallel()
	c := visited(t, elder)
	c.does(t, caseworker(), aClosingRequest())
	require.Equal(t, casework.StageAftercare, c.state.Stage())
	c.does(t, supervisor(), &casework.ClosingReturn{Comments: "text"})
	require.Empty(t, c.state.Closing)
	require.False(t, c.state.Closed())
	decided := c.facts(casework.FactClosingDecided)
	require.Len(t, decided, 1)
	require.Equal(t, "declined", decided[0].Reason)
	c.does(t, caseworker(), aClosingRequest())
	require.Equal(t, caseworker().ID, c.state.Closing)
}

func TestClosing_IsNeverApprovedByWhoAskedForIt(t *testing.T) {
	t.Parallel()
	c := visited(t, elder)
	c.does(t, supervisor(), aClosingRequest())
	c.refuses(t, refusal{name: "own request", by: supervisor(), body: &casework.ClosingApproval{}, kind: casework.Forbidden})
	c.does(t, casework.Actor{ID: "w-other", Role: casework.RoleSupervisor}, &casework.ClosingApproval{})
	require.True(t, c.state.Closed())
}

func TestClosing_Refuses(t *testing.T) {
	t.Parallel()
	request, approve, decline := aClosingRequest(), &casework.ClosingApproval{}, &casework.ClosingReturn{Comments: "text"}
	blocked := func(name string, by casework.Actor, body casework.Body, codes ...string) refusal {
		return refusal{name: name, by: by, body: body, kind: casework.Blocked, codes: codes}
	}
	onTrial(t, elder, younger).refuses(
		t,
		blocked("while children are in care", caseworker(), request, "child-in-care", "child-in-care"),
		blocked("unasked, in care", supervisor(), approve, "child-in-care", "child-in-care", "closing-not-requested"),
	)
	home(t, elder).refuses(t, blocked("without an aftercare visit", caseworker(), request, "no-aftercare-visit"))
	ready := visited(t, elder)
	ready.refuses(
		t,
		blocked("approved unasked", supervisor(), approve, "closing-not-requested"),
		blocked("declined unasked", supervisor(), decline, "closing-not-requested"),
		refusal{name: "asked by the hotline", by: hotline(), body: request, kind: casework.Forbidden},
		refusal{name: "approved by a caseworker", by: caseworker(), body: approve, kind: casework.Forbidden},
		refusal{name: "declined by a caseworker", by: caseworker(), body: decline, kind: casework.Forbidden},
		refusal{
			name: "an unknown risk", by: caseworker(), kind: casework.Invalid, field: "risk",
			body: &casework.ClosingRequest{Risk: "none", Reason: "text"},
		},
		refusal{
			name: "no reason", by: caseworker(), kind: casework.Invalid, field: "reason",
			body: &casework.ClosingRequest{Risk: "low"},
		},
		refusal{name: "no comments", by: supervisor(), body: &casework.ClosingReturn{}, kind: casework.Invalid, field: "comments"},
	)
	ready.does(t, caseworker(), request)
	ready.refuses(t, blocked("asked twice", caseworker(), request, "closing-requested"))
	ready.does(t, caseworker(), aPlan())
	ready.refuses(t, blocked("with a plan in suspense", supervisor(), approve, "plan-awaits-approval"))
}

func TestClosing_WaitsForOverdueDuties(t *testing.T) {
	t.Parallel()
	c := visited(t, elder)
	late := aDuty("visit/P1/1", "2025-11-30", clock(t, "2025-11-30 23:59"), casework.DutyOverdue)
	c.owes(t, late)
	_, err := c.state.Decide(c.command(t, caseworker(), aClosingRequest()))
	requireRefusal(t, err, casework.Blocked, "", "duty-overdue")
	var refused *casework.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, late.ID, refused.Missing[0].Duty)

	late.Status = casework.DutyMetLate
	c.owes(t, late)
	c.does(t, caseworker(), aClosingRequest())
	require.NotEmpty(t, c.state.Closing)
}
