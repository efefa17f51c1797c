package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// Transition: InHome.Open -> court-ordered supervision without removal. The court
// watches a child who stays at home; no episode of care begins.
func TestTransition_InHomeToSupervisionByTheCourt(t *testing.T) {
	t.Parallel()
	c := opened(t)
	order := with(anOrder(t), func(b *casework.OrderMaking) {
		b.Children, b.Code, b.On, b.Due = []string{elder}, "supervision", day(t, "2025-01-20"), day(t, "2025-07-20")
	})
	c.refuses(t, refusal{
		name: "without a petition", by: caseworker(), body: order, kind: casework.Blocked, codes: []string{"not-before-court"},
	})
	c.does(t, caseworker(), aPetition(t, elder))
	c.does(t, caseworker(), order)
	child := c.state.Children[0]
	require.Equal(t, casework.StageAtHome, child.Stage)
	require.False(t, child.InCare())
	require.Empty(t, c.state.Stays(elder, day(t, "2025-01-20")))
	c.refuses(t, refusal{
		name: "closing under the court's eyes", by: caseworker(), body: aClosingRequest(), kind: casework.Blocked,
		codes: []string{"order-stands"},
	})
}

// Transition: InHome.Open -> close, by a supervisor, with the risk assessed again.
func TestTransition_InHomeToClosed(t *testing.T) {
	t.Parallel()
	c := opened(t)
	c.plans(t)
	require.Equal(t, casework.StageServices, c.state.Stage())
	c.refuses(t, refusal{
		name: "without the risk", by: caseworker(), kind: casework.Invalid, field: "risk",
		body: with(aClosingRequest(), func(b *casework.ClosingRequest) { b.Risk = "" }),
	})
	c.does(t, caseworker(), aClosingRequest())
	c.does(t, supervisor(), &casework.ClosingApproval{})
	require.True(t, c.state.Closed())
	require.Empty(t, c.state.Pending())
	require.Equal(t, casework.StageAtHome, c.state.Children[0].Stage, "nobody was ever removed")
}

// Transition: THV -> reunification is made final, and aftercare begins.
func TestTransition_TrialToReunification(t *testing.T) {
	t.Parallel()
	c := onTrial(t, elder)
	c.does(t, caseworker(), &casework.Reunification{Children: []string{elder}, On: day(t, "2025-08-10")})
	stay := c.state.Stays(elder, day(t, "2025-08-10"))[0]
	require.Equal(t, day(t, "2025-08-10"), stay.EndedOn, "the day on which custody ended, not that of going home")
	require.Equal(t, casework.StageAftercare, c.state.Children[0].Stage)
	require.Len(t, c.facts(casework.FactAftercareStarted), 1)
}

// Invariant: one open RemovalEpisode a child, whichever way it would begin.
func TestInvariant_OneOpenEpisodeAChild(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	for _, situation := range []*caseClerk{c, onTrial(t, elder)} {
		blocked := func(name string, body casework.Body) refusal {
			return refusal{name: name, by: caseworker(), body: body, kind: casework.Blocked, codes: []string{"already-in-care"}}
		}
		situation.refuses(
			t,
			blocked("removed again", with(aRemoval(t, elder), func(b *casework.Removal) { b.At = situation.now })),
			blocked("placed by agreement", &casework.VoluntaryPlacement{
				Children: []string{elder}, On: today(situation.now, situation.state.Location()), Setting: "foster-home",
				ICWAInquiry: "no-reason-to-know", Placing: aPlacing(t), Agreement: "text",
			}),
		)
	}
	before := len(c.facts(casework.FactChildRemoved))
	c.does(t, caseworker(), with(aRemoval(t, younger), func(b *casework.Removal) { b.At = c.now }))
	require.Len(t, c.facts(casework.FactChildRemoved), before+1, "a sibling has an episode of its own")
}
