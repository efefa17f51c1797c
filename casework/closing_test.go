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
	c.refuses(t, refusal{
		name: "overdue", by: caseworker(), body: aClosingRequest(), kind: casework.Blocked, codes: []string{"duty-overdue"},
	})
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

// What blocks asking for the end blocks approving it as well: the family's case went on
// meanwhile.
func TestClosing_IsBlockedByWhatComesAfterItWasAskedFor(t *testing.T) {
	t.Parallel()
	ready := visited(t, elder)
	ready.does(t, caseworker(), aClosingRequest())
	late := aDuty("visit/P1/1", "2025-11-30", clock(t, "2025-11-30 23:59"), casework.DutyOverdue)
	for code, meanwhile := range map[string]func(*caseClerk){
		"no-aftercare-visit": func(c *caseClerk) {
			c.does(t, caseworker(), withdraws(c.factID(t, casework.FactVisitMade, elder)))
		},
		"investigation-open": func(c *caseClerk) {
			link := aCaseLink().Attachment("1007", nil, hotline())
			c.does(t, link.Actor, link.Body)
		},
		"hearing-on-calendar": func(c *caseClerk) {
			c.does(t, caseworker(), with(aHearingDate(t), func(b *casework.HearingSchedule) {
				b.Children, b.Matter, b.At = []string{elder}, "", clock(t, "2026-01-15 09:00")
			}))
		},
		"order-stands": func(c *caseClerk) {
			c.does(t, caseworker(), with(anOrder(t), func(b *casework.OrderMaking) { b.Children, b.Matter = []string{elder}, "" }))
		},
		"duty-overdue":   func(c *caseClerk) { c.owes(t, late) },
		"appeal-pending": func(c *caseClerk) { c.does(t, caseworker(), anAppeal(t)) },
	} {
		c := ready.fork()
		meanwhile(c)
		c.refuses(t, refusal{name: code, by: supervisor(), body: &casework.ClosingApproval{}, kind: casework.Blocked, codes: []string{code}})
	}
	planning := visited(t, elder)
	planning.does(t, caseworker(), aPlan())
	planning.refuses(t, refusal{
		name: "asked for with a plan in suspense", by: caseworker(), body: aClosingRequest(), kind: casework.Blocked,
		codes: []string{"plan-awaits-approval"},
	})
}
