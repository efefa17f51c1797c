package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// amends corrects details of a fact, and leaves its time alone.
func amends(fact string, change func(*casework.CaseCorrection)) *casework.CaseCorrection {
	b := &casework.CaseCorrection{}
	b.Fact, b.Reason = fact, "text"
	change(b)
	return b
}

// inCourt is a case with the elder in care and an adjudication on record, at
// which the court made the findings that the test names.
func inCourt(t testing.TB, findings func(*casework.Hearing)) *caseClerk {
	t.Helper()
	c := removed(t, elder)
	held := aHearing(t, casework.Adjudication)
	findings(held)
	c.does(t, caseworker(), held)
	return c
}

func TestAmendment_OfAnOrderCorrectsItsFindings(t *testing.T) {
	t.Parallel()
	c := inCourt(t, func(b *casework.Hearing) { b.ContraryToWelfare = true })
	e := c.does(t, caseworker(), amends(c.factID(t, casework.FactCourtOrder, elder), func(b *casework.CaseCorrection) {
		b.ContraryToWelfare, b.EffortsToPrevent = new(false), new(true)
	}))
	order := c.facts(casework.FactCourtOrder)
	require.Len(t, order, 1)
	require.False(t, order[0].ContraryToWelfare)
	require.True(t, order[0].EffortsToPrevent)
	require.True(t, order[0].At.Equal(clock(t, "2025-01-22 10:00")), "the hearing was when it was")
	require.Equal(t, "Fact 3.1 corrected: not finding that home is contrary to welfare; finding efforts to prevent the removal.",
		e.Body.Says())
}

func TestAmendment_SaysThatAnOrderAllowedTheRemoval(t *testing.T) {
	t.Parallel()
	c := inCourt(t, func(*casework.Hearing) {})
	e := c.does(t, caseworker(), amends(c.factID(t, casework.FactCourtOrder, elder), func(b *casework.CaseCorrection) {
		b.AllowsRemoval = new(true)
	}))
	require.True(t, c.facts(casework.FactCourtOrder)[0].AllowsRemoval)
	require.Equal(t, "Fact 3.1 corrected: allowing the removal.", e.Body.Says())
}

func TestAmendment_AddsAFindingThatWasForgottenAndTakesOneBack(t *testing.T) {
	t.Parallel()
	c := inCourt(t, func(*casework.Hearing) {})
	order := func() string { return c.factID(t, casework.FactCourtOrder, elder) }
	finds := func(truth bool) *casework.CaseCorrection {
		return amends(order(), func(b *casework.CaseCorrection) { b.Maltreatment = &truth })
	}
	require.Empty(t, c.facts(casework.FactMaltreatmentFound))

	c.does(t, caseworker(), finds(true))
	require.Len(t, c.facts(casework.FactMaltreatmentFound), 1)
	c.does(t, caseworker(), finds(true))
	require.Len(t, c.facts(casework.FactMaltreatmentFound), 1, "saying so again adds none")
	c.does(t, caseworker(), correctsAt(order(), clock(t, "2025-01-22 09:00")))
	found := c.facts(casework.FactMaltreatmentFound)
	require.Len(t, found, 1)
	require.True(t, found[0].At.Equal(clock(t, "2025-01-22 09:00")), "the finding moves with its hearing")

	c.does(t, caseworker(), finds(false))
	require.Empty(t, c.facts(casework.FactMaltreatmentFound))
	require.Len(t, c.facts(casework.FactCourtOrder), 1, "the hearing was held")
	c.does(t, caseworker(), finds(true))
	require.Len(t, c.facts(casework.FactMaltreatmentFound), 1)
}

func TestAmendment_KeepsWhatHappenedTogether(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	c.does(t, caseworker(), amends(c.factID(t, casework.FactPlacementStarted, elder), func(b *casework.CaseCorrection) {
		b.Setting = "relative"
	}))
	require.Equal(t, "relative", c.state.Children[0].Setting)
	c.does(t, caseworker(), correctsAt(c.factID(t, casework.FactChildRemoved, elder), clock(t, "2025-01-20 10:00")))
	require.True(t, c.facts(casework.FactPlacementStarted)[0].At.Equal(clock(t, "2025-01-20 10:00")),
		"a placement whose setting was corrected still belongs to its removal")
	require.Equal(t, "relative", c.state.Children[0].Setting)
}

func TestAmendment_OfATrialAndOfAVisit(t *testing.T) {
	t.Parallel()
	c := onTrial(t, elder)
	c.does(t, caseworker(), amends(c.factID(t, casework.FactTrialHomeVisitStarted, elder), func(b *casework.CaseCorrection) {
		b.Until, b.CourtOrdered = day(t, "2026-06-30"), new(true)
	}))
	trial := c.facts(casework.FactTrialHomeVisitStarted)[0]
	require.Equal(t, day(t, "2026-06-30"), trial.Until)
	require.True(t, trial.CourtOrdered)
	require.Equal(t, day(t, "2025-08-01"), trial.On)

	c.does(t, caseworker(), aVisit(t, "2025-08-09 17:00", elder))
	e := c.does(t, caseworker(), amends(c.factID(t, casework.FactVisitMade, elder), func(b *casework.CaseCorrection) {
		b.At, b.InResidence = clock(t, "2025-08-08 17:00"), new(false)
	}))
	visit := c.facts(casework.FactVisitMade)[0]
	require.False(t, visit.InResidence)
	require.True(t, visit.At.Equal(clock(t, "2025-08-08 17:00")), "a detail and the time in one step")
	require.Contains(t, e.Body.Says(), "it happened at 2025-08-08T17:00:00-07:00; not where the child lives.")
}

func TestAmendment_Refuses(t *testing.T) {
	t.Parallel()
	c := onTrial(t, elder)
	removal, trial := c.factID(t, casework.FactChildRemoved, elder), c.factID(t, casework.FactTrialHomeVisitStarted, elder)
	refuse := func(name, field, fact string, change func(*casework.CaseCorrection)) refusal {
		return refusal{name: name, by: caseworker(), body: amends(fact, change), kind: casework.Invalid, field: field}
	}
	c.refuses(
		t,
		refuse("nothing", "on", trial, func(*casework.CaseCorrection) {}),
		refuse("a detail of another fact", "setting", removal, func(b *casework.CaseCorrection) { b.Setting = "relative" }),
		refuse("a finding in a trial visit", "maltreatment", trial, func(b *casework.CaseCorrection) { b.Maltreatment = new(true) }),
		refuse("a priority in a case", "priority", trial, func(b *casework.CaseCorrection) { b.Priority = "P1" }),
		refuse("an unknown setting", "setting", c.factID(t, casework.FactChildRemoved, elder),
			func(b *casework.CaseCorrection) { b.Setting = "moon" }),
		refuse("a trial that ends before it begins", "until", trial,
			func(b *casework.CaseCorrection) { b.Until = day(t, "2025-07-31") }),
		refuse("an end in another century", "until", trial, func(b *casework.CaseCorrection) { b.Until = day(t, "1925-07-31") }),
		refuse("both withdrawn and corrected", "withdraw", trial, func(b *casework.CaseCorrection) {
			b.Withdraw, b.CourtOrdered = true, new(true)
		}),
		refuse("both withdrawn and moved", "withdraw", trial, func(b *casework.CaseCorrection) {
			b.Withdraw, b.On = true, day(t, "2025-08-02")
		}),
	)
}

func TestReportCorrection_ChangesThePriority(t *testing.T) {
	t.Parallel()
	c := screened(t)
	b := &casework.ReportCorrection{}
	b.Fact, b.Priority, b.Reason = c.factID(t, casework.FactReportScreened, ""), "non-emergent", "text"
	c.refuses(t, refusal{name: "by the investigator", by: investigator(), body: b, kind: casework.Forbidden})

	e := c.does(t, supervisor(), b)

	require.Equal(t, "non-emergent", c.state.Priority)
	require.Equal(t, "non-emergent", c.state.Summary().Priority)
	require.Equal(t, casework.StageInvestigation, c.state.Stage())
	require.Equal(t, "Fact 2.1 corrected: priority non-emergent.", e.Body.Says())
	require.Equal(t, "non-emergent", casework.FoldReport(c.events).Priority)
	moved := with(b, func(b *casework.ReportCorrection) {
		b.Fact, b.At = c.factID(t, casework.FactReportScreened, ""), clock(t, "2025-01-06 09:45")
	})
	c.refuses(t, refusal{name: "the time of the decision", by: supervisor(), body: moved, kind: casework.Invalid, field: "fact"})
}

func TestReportCorrection_MovesTheDayOfTheFindingsAndOfTheAssessment(t *testing.T) {
	t.Parallel()
	c := found(t, casework.Unsafe)
	made := func() string { return c.factID(t, casework.FactDeterminationMade, "") }
	on := func(fact string, on casework.Date) *casework.ReportCorrection {
		b := &casework.ReportCorrection{}
		b.Fact, b.On, b.Reason = fact, on, "text"
		return b
	}
	c.does(t, investigator(), on(made(), day(t, "2025-01-18")))
	require.Equal(t, day(t, "2025-01-18"), c.facts(casework.FactDeterminationMade)[0].On)
	assessed := c.factID(t, casework.FactSafetyUnsafe, "")
	c.does(t, investigator(), reportCorrects(assessed, clock(t, "2025-01-07 11:15")))
	require.Equal(t, casework.Unsafe, c.state.Safety)

	refuse := func(name, field string, body *casework.ReportCorrection) refusal {
		return refusal{name: name, by: investigator(), body: body, kind: casework.Invalid, field: field}
	}
	unmade := with(on(made(), casework.Date{}), func(b *casework.ReportCorrection) { b.Withdraw = true })
	c.refuses(
		t,
		refuse("findings before the call", "on", on(made(), day(t, "2025-01-05"))),
		refuse("findings withdrawn", "withdraw", unmade),
		refuse("an assessment before the call", "at",
			reportCorrects(c.factID(t, casework.FactSafetyUnsafe, ""), clock(t, "2025-01-06 08:00"))),
		refuse("an assessment withdrawn", "withdraw", with(unmade, func(b *casework.ReportCorrection) {
			b.Fact = c.factID(t, casework.FactSafetyUnsafe, "")
		})),
	)
}
