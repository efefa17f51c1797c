package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func aFinding(t testing.TB) *casework.Finding {
	t.Helper()
	return &casework.Finding{Allegation: "A1", Result: "unsubstantiated", On: day(t, "2025-01-07"), Evidence: "text"}
}

func TestFinding_DeterminesWithTheLastAllegation(t *testing.T) {
	t.Parallel()
	c := assessed(t, casework.Safe)
	c.does(t, investigator(), aFinding(t))
	require.Equal(t, "unsubstantiated", c.state.Allegations[0].Finding)
	require.Empty(t, c.facts(casework.FactDeterminationMade), "one allegation is open")

	c.does(t, supervisor(), with(aFinding(t), func(b *casework.Finding) { b.Allegation = "A2" }))
	determined := c.facts(casework.FactDeterminationMade)
	require.Len(t, determined, 1)
	require.Equal(t, day(t, "2025-01-07"), determined[0].On)
	require.Equal(t, casework.StageInvestigation, c.state.Stage())
}

func TestFinding_Refuses(t *testing.T) {
	t.Parallel()
	refuse := func(name, field string, change func(*casework.Finding)) refusal {
		return refusal{name: name, by: investigator(), body: with(aFinding(t), change), kind: casework.Invalid, field: field}
	}
	blocked := func(name string, codes ...string) refusal {
		return refusal{name: name, by: investigator(), body: aFinding(t), kind: casework.Blocked, codes: codes}
	}
	received(t).refuses(t, refusal{
		name: "before screening", by: investigator(), kind: casework.Blocked, codes: []string{"not-screened-in"},
		body: with(aFinding(t), func(b *casework.Finding) { b.On = day(t, "2025-01-06") }),
	})
	contacted(t).refuses(t, blocked("before safety is known", "no-safety-assessment"))
	assessed(t, casework.Safe).refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: aFinding(t), kind: casework.Forbidden},
		refuse("on nothing", "allegation", func(b *casework.Finding) { b.Allegation = "" }),
		refuse("on another report's", "allegation", func(b *casework.Finding) { b.Allegation = "A7" }),
		refuse("an unknown result", "result", func(b *casework.Finding) { b.Result = "guilty" }),
		refuse("without a day", "on", func(b *casework.Finding) { b.On = casework.Date{} }),
		refuse("tomorrow", "on", func(b *casework.Finding) { b.On = day(t, "2025-01-08") }),
		refuse("before the call", "on", func(b *casework.Finding) { b.On = day(t, "2025-01-05") }),
		refuse("without evidence", "evidence", func(b *casework.Finding) { b.Evidence = "" }),
	)
	half := assessed(t, casework.Safe)
	half.does(t, investigator(), aFinding(t))
	half.refuses(t, blocked("a second finding", "finding-made"))
	found(t, casework.Safe).refuses(t, blocked("when all are made", "finding-made"))
}

func TestFinding_NeedsItsVictimMet(t *testing.T) {
	t.Parallel()
	c := screened(t)
	c.at(t, "2025-01-07 12:00")
	c.does(t, investigator(), &casework.Contact{Victim: elder, At: clock(t, "2025-01-07 11:00"), Place: "home"})
	c.does(t, investigator(), &casework.SafetyAssessment{At: clock(t, "2025-01-07 11:30"), Decision: casework.Safe})
	unmet := with(aFinding(t), func(b *casework.Finding) { b.Allegation = "A2" })
	c.refuses(t, refusal{name: "of the sibling", by: investigator(), body: unmet, kind: casework.Blocked, codes: []string{"victim-not-contacted"}})
	c.does(t, investigator(), aFinding(t))
	c.refuses(t, refusal{name: "when only theirs is left", by: investigator(), body: unmet, kind: casework.Blocked, codes: []string{"victim-not-contacted"}})
	for _, next := range c.state.Next() {
		if next.Step == "finding.make" {
			require.False(t, next.Ready, "what is offered can be done")
			require.Equal(t, younger, next.Missing[0].Subject)
		}
	}
}
