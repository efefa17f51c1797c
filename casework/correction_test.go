package casework_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func correctsOn(fact string, on casework.Date) *casework.CaseCorrection {
	b := &casework.CaseCorrection{}
	b.Fact, b.On, b.Reason = fact, on, "text"
	return b
}

func correctsAt(fact string, at time.Time) *casework.CaseCorrection {
	b := &casework.CaseCorrection{}
	b.Fact, b.At, b.Reason = fact, at, "text"
	return b
}

func withdraws(fact string) *casework.CaseCorrection {
	b := &casework.CaseCorrection{}
	b.Fact, b.Withdraw, b.Reason = fact, true, "text"
	return b
}

func reportCorrects(fact string, at time.Time) *casework.ReportCorrection {
	b := &casework.ReportCorrection{}
	b.Fact, b.At, b.Reason, b.Withdraw = fact, at, "text", at.IsZero()
	return b
}

func TestCorrection_MovesTheDateAndKeepsTheOld(t *testing.T) {
	t.Parallel()
	c := planned(t, elder)
	old := c.factID(t, casework.FactChildRemoved, elder)
	before := len(c.state.Facts)
	right := clock(t, "2025-01-20 15:00")
	e := c.does(t, caseworker(), correctsAt(old, right))
	require.Equal(t, day(t, "2025-01-20"), c.state.Children[0].RemovedOn)
	require.Contains(t, e.Body.Says(), "Fact "+old+" corrected")

	require.Len(t, c.state.Facts, before+2, "the removal and its placement are one thing that happened")
	for _, kind := range []casework.FactType{casework.FactChildRemoved, casework.FactPlacementStarted} {
		current := c.facts(kind)
		require.Len(t, current, 1)
		require.True(t, current[0].At.Equal(right), "%s moves along", kind)
		require.NotEmpty(t, current[0].Corrects)
	}
	require.Equal(t, "foster-home", c.facts(casework.FactPlacementStarted)[0].Setting, "what was right stays")
	_, stands := c.state.CurrentFact(old)
	require.False(t, stands)
}

func TestCorrection_CanBeCorrectedAgain(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	first := c.factID(t, casework.FactChildRemoved, elder)
	c.does(t, caseworker(), correctsAt(first, clock(t, "2025-01-19 15:00")))
	c.refuses(t, refusal{
		name: "the replaced fact", by: caseworker(), body: correctsAt(first, clock(t, "2025-01-18 15:00")),
		kind: casework.Invalid, field: "fact",
	})
	c.does(t, caseworker(), correctsAt(c.factID(t, casework.FactChildRemoved, elder), clock(t, "2025-01-18 15:00")))
	require.Equal(t, day(t, "2025-01-18"), c.state.Children[0].RemovedOn)
	require.Len(t, c.facts(casework.FactPlacementStarted), 1)
}

func TestCorrection_LeavesAloneWhatOnlyHappenedAtTheSameMoment(t *testing.T) {
	t.Parallel()
	c := removed(t, elder, younger)
	c.does(t, caseworker(), aHearing(t, casework.ShelterCare))
	c.does(t, caseworker(), aHearing(t, casework.Adjudication))
	held := c.factID(t, casework.FactCustodyHearingHeld, elder)
	c.does(t, caseworker(), correctsAt(held, clock(t, "2025-01-22 11:00")))
	var at10, at11 int
	for _, f := range c.facts(casework.FactCourtOrder) {
		switch {
		case f.At.Equal(clock(t, "2025-01-22 10:00")):
			at10++
		case f.At.Equal(clock(t, "2025-01-22 11:00")):
			at11++
		}
	}
	require.Equal(t, 1, at11, "the order of the corrected hearing moves with it")
	require.Equal(t, 1, at10, "the other hearing, recorded in the same second, stays")

	c.does(t, caseworker(), correctsAt(c.factID(t, casework.FactChildRemoved, elder), clock(t, "2025-01-20 15:00")))
	require.Equal(t, day(t, "2025-01-21"), c.state.Children[1].RemovedOn, "the sibling's removal stays")
}

func TestCorrection_WithdrawnReturnBringsTheChildBackIntoCare(t *testing.T) {
	t.Parallel()
	c := home(t, elder)
	c.does(t, caseworker(), withdraws(c.factID(t, casework.FactEpisodeEnded, elder)))
	child := c.state.Children[0]
	require.Equal(t, casework.StageTrialHome, child.Stage)
	require.True(t, child.ExitedOn.IsZero())
	require.Empty(t, c.facts(casework.FactAftercareStarted), "aftercare never began either")

	c.does(t, caseworker(), withdraws(c.factID(t, casework.FactTrialHomeVisitStarted, elder)))
	require.Equal(t, casework.StageOutOfHomeCare, c.state.Children[0].Stage)
	require.Equal(t, "foster-home", c.state.Children[0].Setting, "the placement had not ended")

	c.does(t, caseworker(), withdraws(c.factID(t, casework.FactChildRemoved, elder)))
	require.Equal(t, casework.StageAtHome, c.state.Children[0].Stage)
	require.Empty(t, c.state.Children[0].Setting)
}

func TestCorrection_WithdrawnVisitIsNotCounted(t *testing.T) {
	t.Parallel()
	c := visited(t, elder)
	require.Equal(t, 1, c.state.Children[0].AftercareVisits)
	c.does(t, caseworker(), withdraws(c.factID(t, casework.FactVisitMade, elder)))
	require.Zero(t, c.state.Children[0].AftercareVisits)
}

func TestCorrection_RefusesAStoryThatDoesNotHold(t *testing.T) {
	t.Parallel()
	refuse := func(name, field string, body *casework.CaseCorrection) refusal {
		return refusal{name: name, by: caseworker(), body: body, kind: casework.Invalid, field: field}
	}
	c := home(t, elder)
	removal := c.factID(t, casework.FactChildRemoved, elder)
	trial := c.factID(t, casework.FactTrialHomeVisitStarted, elder)
	exit := c.factID(t, casework.FactEpisodeEnded, elder)
	c.refuses(
		t,
		refuse("home before the removal", "on", correctsOn(exit, day(t, "2025-01-20"))),
		refuse("home on the day of the removal", "on", correctsOn(exit, day(t, "2025-01-21"))),
		refuse("home before the trial", "on", correctsOn(exit, day(t, "2025-07-31"))),
		refuse("removed after the return", "at", correctsAt(removal, clock(t, "2025-11-02 10:00"))),
		refuse("removed after the trial began", "at", correctsAt(removal, clock(t, "2025-08-02 10:00"))),
		refuse("removed before birth", "at", correctsAt(removal, clock(t, "2009-02-09 10:00"))),
		refuse("on trial before the removal", "on", correctsOn(trial, day(t, "2025-01-20"))),
		refuse("on trial after the return", "on", correctsOn(trial, day(t, "2025-11-02"))),
		refuse("never removed, yet home", "withdraw", withdraws(removal)),
	)
	straight := planned(t, elder)
	straight.does(t, caseworker(), &casework.Reunification{Children: []string{elder}, On: day(t, "2025-02-20")})
	straight.refuses(t, refuse("home on the day of the removal, without a trial", "on",
		correctsOn(straight.factID(t, casework.FactEpisodeEnded, elder), day(t, "2025-01-21"))))
	again := visited(t, elder)
	again.does(t, caseworker(), with(aRemoval(t, elder), func(b *casework.Removal) { b.At = clock(t, "2025-12-10 09:00") }))
	again.at(t, "2025-12-12 12:00")
	first := again.factID(t, casework.FactEpisodeEnded, elder)
	again.refuses(
		t,
		refuse("the first episode into the second", "on", correctsOn(first, day(t, "2025-12-11"))),
		refuse("the first episode never ended", "withdraw", withdraws(first)),
		refuse("the second removal into the first episode", "at",
			correctsAt(again.factID(t, casework.FactChildRemoved, elder), clock(t, "2025-10-31 09:00"))),
	)
	until := planned(t, elder)
	until.at(t, "2025-08-10 12:00")
	until.does(t, caseworker(), &casework.TrialStart{
		Children: []string{elder}, On: day(t, "2025-08-01"), Until: day(t, "2025-08-05"), Safety: "text",
	})
	until.refuses(t, refuse("a trial that begins after its end", "on",
		correctsOn(until.factID(t, casework.FactTrialHomeVisitStarted, elder), day(t, "2025-08-06"))))
}

func TestCorrection_Refuses(t *testing.T) {
	t.Parallel()
	c := onTrial(t, elder)
	refuse := func(name, field string, change func(*casework.CaseCorrection)) refusal {
		removal := correctsAt(c.factID(t, casework.FactChildRemoved, elder), clock(t, "2025-01-20 10:00"))
		return refusal{name: name, by: caseworker(), body: with(removal, change), kind: casework.Invalid, field: field}
	}
	c.refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: withdraws("2.1"), kind: casework.Forbidden},
		refuse("no fact", "fact", func(b *casework.CaseCorrection) { b.Fact = "" }),
		refuse("an unknown fact", "fact", func(b *casework.CaseCorrection) { b.Fact = "99.1" }),
		refuse("no reason", "reason", func(b *casework.CaseCorrection) { b.Reason = "" }),
		refuse("no date", "on", func(b *casework.CaseCorrection) { b.At = time.Time{} }),
		refuse("two dates", "on", func(b *casework.CaseCorrection) { b.On = day(t, "2025-01-20") }),
		refuse("a time to come", "at", func(b *casework.CaseCorrection) { b.At = clock(t, "2025-08-11 10:00") }),
		refuse("a day for a moment", "at", func(b *casework.CaseCorrection) { b.At, b.On = time.Time{}, day(t, "2025-01-20") }),
		refuse("a moment for a day", "on", func(b *casework.CaseCorrection) {
			b.Fact = c.factID(t, casework.FactTrialHomeVisitStarted, elder)
		}),
		refuse("a day to come", "on", func(b *casework.CaseCorrection) {
			b.Fact, b.At, b.On = c.factID(t, casework.FactTrialHomeVisitStarted, elder), time.Time{}, day(t, "2025-08-11")
		}),
		refuse("an act in the system", "fact", func(b *casework.CaseCorrection) {
			b.Fact = c.factID(t, casework.FactCasePlanSubmitted, "")
		}),
		refuse("the opening", "fact", func(b *casework.CaseCorrection) { b.Fact = c.factID(t, casework.FactCaseOpened, "") }),
	)
}

func TestReportCorrection_WithdrawnContactUncontacts(t *testing.T) {
	t.Parallel()
	c := found(t, casework.Safe)
	c.does(t, investigator(), reportCorrects(c.factID(t, casework.FactVictimContacted, younger), time.Time{}))
	require.True(t, c.state.Victims[0].Contacted)
	require.False(t, c.state.Victims[1].Contacted)
	c.refuses(t, refusal{
		name: "so the report cannot end", by: supervisor(), body: aCaseRequest(),
		kind: casework.Blocked, codes: []string{"victim-not-contacted"},
	})
}

func TestReportCorrection_MovesTheCall(t *testing.T) {
	t.Parallel()
	c := screened(t)
	c.does(t, investigator(), reportCorrects(c.factID(t, casework.FactReportReceived, ""), clock(t, "2025-01-06 08:30")))
	received := c.facts(casework.FactReportReceived)
	require.Len(t, received, 1)
	require.True(t, received[0].At.Equal(clock(t, "2025-01-06 08:30")))
	c.does(t, investigator(), &casework.Contact{Victim: elder, At: clock(t, "2025-01-06 08:45"), Place: "home"})
	require.True(t, c.state.Victims[0].Contacted, "the call as it stands now counts")
}

func TestReportCorrection_Refuses(t *testing.T) {
	t.Parallel()
	c := contacted(t)
	call, contact := c.factID(t, casework.FactReportReceived, ""), c.factID(t, casework.FactVictimContacted, elder)
	refuse := func(name, field string, body *casework.ReportCorrection) refusal {
		return refusal{name: name, by: investigator(), body: body, kind: casework.Invalid, field: field}
	}
	c.refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: reportCorrects(call, time.Time{}), kind: casework.Forbidden},
		refuse("a call that never came", "withdraw", reportCorrects(call, time.Time{})),
		refuse("a call after the contact", "at", reportCorrects(call, clock(t, "2025-01-07 11:30"))),
		refuse("a contact before the call", "at", reportCorrects(contact, clock(t, "2025-01-06 08:00"))),
		refuse("a contact to come", "at", reportCorrects(contact, clock(t, "2025-01-09 08:00"))),
		refuse("the screening", "fact", reportCorrects(c.factID(t, casework.FactReportScreened, ""), time.Time{})),
	)
}

func TestReportCorrection_RefusesWhatIsNoCorrection(t *testing.T) {
	t.Parallel()
	c := found(t, casework.Unsafe)
	contact, made := c.factID(t, casework.FactVictimContacted, elder), c.factID(t, casework.FactDeterminationMade, "")
	refuse := func(name, field, fact string, change func(*casework.ReportCorrection)) refusal {
		b := &casework.ReportCorrection{}
		b.Fact, b.At, b.Reason = fact, clock(t, "2025-01-07 10:00"), "text"
		change(b)
		return refusal{name: name, by: investigator(), body: b, kind: casework.Invalid, field: field}
	}
	on := day(t, "2025-01-07")
	c.refuses(
		t,
		refuse("without a reason", "reason", contact, func(b *casework.ReportCorrection) { b.Reason = "" }),
		refuse("both withdrawn and corrected", "withdraw", contact, func(b *casework.ReportCorrection) { b.Withdraw = true }),
		refuse("of nothing", "on", contact, func(b *casework.ReportCorrection) { b.At = time.Time{} }),
		refuse("to a day and a time", "on", contact, func(b *casework.ReportCorrection) { b.On = on }),
		refuse("to an end in another century", "until", contact, func(b *casework.ReportCorrection) { b.Until = day(t, "1925-01-07") }),
		refuse("to an unknown priority", "priority", contact, func(b *casework.ReportCorrection) { b.Priority = "high" }),
		refuse("to an unknown setting", "setting", contact, func(b *casework.ReportCorrection) { b.Setting = "moon" }),
		refuse("of what is not there", "fact", "99.1", func(*casework.ReportCorrection) {}),
		refuse("of a day with a time", "on", made, func(*casework.ReportCorrection) {}),
		refuse("of a time with a day", "at", contact, func(b *casework.ReportCorrection) { b.At, b.On = time.Time{}, on }),
		refuse("to a detail of another fact", "setting", contact, func(b *casework.ReportCorrection) { b.Setting = "relative" }),
	)
}

func TestCorrection_LeavesADecisionOfAMeetingThatWasCarriedOut(t *testing.T) {
	t.Parallel()
	c := opened(t)
	c.does(t, caseworker(), aMeetingHeld(t))
	c.does(t, caseworker(), &casework.DecisionEnd{Meeting: 1, Decision: 1, On: day(t, "2025-01-20"), Result: "done", Evidence: "text"})
	done := c.facts(casework.FactPlanStepDone)[0]
	c.refuses(t, refusal{
		name: "withdrawn", by: caseworker(), body: withdraws(done.ID), kind: casework.Invalid, field: "withdraw",
	})
}
