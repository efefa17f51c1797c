package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func aVoluntary(t testing.TB, children ...string) *casework.VoluntaryPlacement {
	t.Helper()
	return &casework.VoluntaryPlacement{
		Children: children, On: day(t, "2025-01-21"), Setting: "foster-home", ICWAInquiry: "no-reason-to-know",
		Placing: aPlacing(t), Agreement: "text",
	}
}

// agreed is a case at noon of 2025-03-02, the children in care by agreement.
func agreed(t testing.TB, children ...string) *caseClerk {
	t.Helper()
	c := opened(t)
	c.at(t, "2025-01-22 12:00")
	c.does(t, caseworker(), aVoluntary(t, children...))
	c.at(t, "2025-03-02 12:00")
	return c
}

func TestVoluntary_IsAnEpisodeThatTheParentsCanEnd(t *testing.T) {
	t.Parallel()
	c := agreed(t, elder, younger)
	require.Equal(t, "voluntary", c.facts(casework.FactChildRemoved)[0].Reason)
	require.Len(t, c.facts(casework.FactVoluntaryAgreement), 2, "the 180 days run")
	require.True(t, c.state.Children[0].Voluntary)
	require.True(t, c.state.Stays(elder, day(t, "2025-03-02"))[0].Voluntary)

	end := &casework.VoluntaryEnd{Children: []string{elder}, On: day(t, "2025-03-01"), Outcome: "returned-home"}
	c.does(t, caseworker(), end)
	require.Equal(t, casework.StageAftercare, c.state.Children[0].Stage)
	require.Equal(t, "reunification", c.state.Children[0].ExitReason)
	c.does(t, caseworker(), with(end, func(b *casework.VoluntaryEnd) { b.Children, b.Outcome = []string{younger}, "court-custody" }))
	require.True(t, c.state.Children[1].InCare(), "the episode goes on")
	require.False(t, c.state.Children[1].Voluntary)
	requireStays(t, c.state, day(t, "2025-03-02"))
}

func TestVoluntaryPlacement_Refuses(t *testing.T) {
	t.Parallel()
	c := opened(t)
	c.at(t, "2025-01-22 12:00")
	place := aVoluntary(t, elder)
	refuse := func(name, field string, change func(*casework.VoluntaryPlacement)) refusal {
		return refusal{name: name, by: caseworker(), body: with(place, change), kind: casework.Invalid, field: field}
	}
	c.refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: place, kind: casework.Forbidden},
		refuse("of nobody", "children", func(b *casework.VoluntaryPlacement) { b.Children = nil }),
		refuse("of a stranger", "children", func(b *casework.VoluntaryPlacement) { b.Children = []string{"P7"} }),
		refuse("tomorrow", "on", func(b *casework.VoluntaryPlacement) { b.On = day(t, "2025-01-23") }),
		refuse("before birth", "on", func(b *casework.VoluntaryPlacement) { b.On = day(t, "2009-02-09") }),
		refuse("to nowhere", "setting", func(b *casework.VoluntaryPlacement) { b.Setting = "" }),
		refuse("to an uncleared provider", "cleared_until", func(b *casework.VoluntaryPlacement) { b.ClearedUntil = casework.Date{} }),
		refuse("without the ICWA inquiry", "icwa_inquiry", func(b *casework.VoluntaryPlacement) { b.ICWAInquiry = "" }),
		refuse("of an Indian child without a judge", "judge_certified", func(b *casework.VoluntaryPlacement) { b.ICWAInquiry = "member" }),
		refuse("without an agreement", "agreement", func(b *casework.VoluntaryPlacement) { b.Agreement = "" }),
	)
	removed(t, elder).refuses(t, refusal{
		name: "of a child in care", by: caseworker(), body: place, kind: casework.Blocked, codes: []string{"already-in-care"},
	})
}

func TestVoluntaryEnd_Refuses(t *testing.T) {
	t.Parallel()
	end := &casework.VoluntaryEnd{Children: []string{elder}, On: day(t, "2025-03-01"), Outcome: "returned-home"}
	refuse := func(name, field string, change func(*casework.VoluntaryEnd)) refusal {
		return refusal{name: name, by: caseworker(), body: with(end, change), kind: casework.Invalid, field: field}
	}
	agreed(t, elder).refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: end, kind: casework.Forbidden},
		refuse("tomorrow", "on", func(b *casework.VoluntaryEnd) { b.On = day(t, "2025-03-03") }),
		refuse("on its first day", "on", func(b *casework.VoluntaryEnd) { b.On = day(t, "2025-01-21") }),
		refuse("in no way", "outcome", func(b *casework.VoluntaryEnd) { b.Outcome = "" }),
	)
	c := planned(t, elder)
	c.at(t, "2025-03-02 12:00")
	c.refuses(t, refusal{
		name: "of no agreement", by: caseworker(), body: end, kind: casework.Blocked, codes: []string{"no-agreement"},
	})
}

func TestQRTP_IsAssessedAndDecided(t *testing.T) {
	t.Parallel()
	c := planned(t, elder)
	c.at(t, "2025-04-01 12:00")
	assess := &casework.QRTPAssessment{Children: []string{elder}, On: day(t, "2025-03-20"), Result: "needed", Independent: true}
	decide := &casework.QRTPDecision{Children: []string{elder}, On: day(t, "2025-03-28"), Result: "disapproved"}
	for _, body := range []casework.Body{assess, decide} {
		c.refuses(
			t,
			refusal{name: "by the hotline", by: hotline(), body: body, kind: casework.Forbidden},
			refusal{name: "in no program", by: caseworker(), body: body, kind: casework.Blocked, codes: []string{"not-in-qrtp"}},
		)
	}
	c.does(t, caseworker(), aMove(t, "2025-03-01", "qrtp", "level-of-care", elder))
	invalid := func(name, field string, body casework.Body) refusal {
		return refusal{name: name, by: caseworker(), body: body, kind: casework.Invalid, field: field}
	}
	c.refuses(
		t,
		invalid("assessed before the placement", "on", with(assess, func(b *casework.QRTPAssessment) { b.On = day(t, "2025-02-28") })),
		invalid("assessed without a result", "result", with(assess, func(b *casework.QRTPAssessment) { b.Result = "" })),
		invalid("assessed by the program", "independent", with(assess, func(b *casework.QRTPAssessment) { b.Independent = false })),
		invalid("decided before the placement", "on", with(decide, func(b *casework.QRTPDecision) { b.On = day(t, "2025-02-28") })),
		invalid("decided without a result", "result", with(decide, func(b *casework.QRTPDecision) { b.Result = "" })),
	)
	c.does(t, caseworker(), assess)
	c.does(t, caseworker(), decide)
	require.Equal(t, "needed", c.facts(casework.FactQRTPNeedAssessed)[0].Reason)
	require.Equal(t, "disapproved", c.facts(casework.FactQRTPCourtDecided)[0].Reason)
}

func TestICWA_NoticeCountsFromItsReceipt(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	c.at(t, "2025-02-20 12:00")
	notice := &casework.ICWANotice{Children: []string{elder}, On: day(t, "2025-02-01"), By: "tribe"}
	more := &casework.ICWAExtension{Children: []string{elder}, On: day(t, "2025-02-05"), By: "tribe", Days: 20}
	invalid := func(name, field string, body casework.Body) refusal {
		return refusal{name: name, by: caseworker(), body: body, kind: casework.Invalid, field: field}
	}
	c.refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: notice, kind: casework.Forbidden},
		invalid("by nobody", "by", with(notice, func(b *casework.ICWANotice) { b.By = "" })),
		invalid("tomorrow", "on", with(notice, func(b *casework.ICWANotice) { b.On = day(t, "2025-02-21") })),
		invalid("of a stranger", "children", with(notice, func(b *casework.ICWANotice) { b.Children = []string{"P7"} })),
		invalid("too much time", "days", with(more, func(b *casework.ICWAExtension) { b.Days = 21 })),
		invalid("no time", "days", with(more, func(b *casework.ICWAExtension) { b.Days = 0 })),
		invalid("time for the Secretary", "by", with(more, func(b *casework.ICWAExtension) { b.By = "secretary" })),
	)
	c.does(t, caseworker(), notice)
	c.refuses(
		t,
		invalid("before the receipt", "on", with(more, func(b *casework.ICWAExtension) { b.On = day(t, "2025-01-31") })),
		invalid("a placement outside the Act", "icwa_preference", aMove(t, "2025-02-10", "foster-home", "safety", elder)),
	)
	c.does(t, caseworker(), more)
	require.Equal(t, "tribe", c.facts(casework.FactICWANoticeReceived)[0].By)
	require.Equal(t, 20, c.facts(casework.FactICWAExtension)[0].Days)
}

// Transition: 18th birthday -> emancipation or extended care.
func TestTransition_EighteenthBirthdayToEmancipationOrExtendedCare(t *testing.T) {
	t.Parallel()
	c := planned(t, elder, younger)
	c.at(t, "2027-02-11 12:00")
	theirs := []string{elder}
	plan := &casework.TransitionPlan{Children: theirs, On: day(t, "2026-12-01"), YouthLed: true, HealthProxy: true, Content: "text"}
	credit := &casework.CreditReport{Children: theirs, On: day(t, "2026-12-01")}
	papers := &casework.ExitDocuments{Children: theirs, On: day(t, "2027-02-01"), Given: casework.Documents()}
	extended := &casework.ExtendedCare{
		Children: theirs, On: day(t, "2027-02-10"), Until: day(t, "2029-02-09"), Condition: "employed", Agreement: "text",
	}
	invalid := func(name, field string, body casework.Body) refusal {
		return refusal{name: name, by: caseworker(), body: body, kind: casework.Invalid, field: field}
	}
	c.refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: plan, kind: casework.Forbidden},
		invalid("a plan by others", "youth_led", with(plan, func(b *casework.TransitionPlan) { b.YouthLed = false })),
		invalid("a plan without a proxy", "health_proxy", with(plan, func(b *casework.TransitionPlan) { b.HealthProxy = false })),
		invalid("an empty plan", "content", with(plan, func(b *casework.TransitionPlan) { b.Content = "" })),
		invalid("a plan of a child", "on", with(plan, func(b *casework.TransitionPlan) { b.Children = []string{younger} })),
		invalid("credit of a child", "on", with(credit, func(b *casework.CreditReport) { b.Children = []string{younger} })),
		invalid("errors that nobody mends", "notes", with(credit, func(b *casework.CreditReport) { b.Errors = true })),
		invalid("one document short", "given", with(papers, func(b *casework.ExitDocuments) { b.Given = casework.Documents()[1:] })),
		invalid("an unknown document", "given", with(papers, func(b *casework.ExitDocuments) { b.Given = []string{"passport"} })),
		invalid("extended to yesterday", "until", with(extended, func(b *casework.ExtendedCare) { b.Until = day(t, "2027-02-10") })),
		invalid("extended beyond 21", "until", with(extended, func(b *casework.ExtendedCare) { b.Until = day(t, "2030-02-11") })),
		invalid("extended on no condition", "condition", with(extended, func(b *casework.ExtendedCare) { b.Condition = "" })),
		invalid("extended without an agreement", "agreement", with(extended, func(b *casework.ExtendedCare) { b.Agreement = "" })),
	)
	for _, body := range []casework.Body{plan, credit, papers, extended} {
		c.does(t, caseworker(), body)
	}
	require.Len(t, c.facts(casework.FactTransitionPlan), 1)
	require.Len(t, c.facts(casework.FactCreditReport), 1)
	require.Len(t, c.facts(casework.FactExitDocuments), 1)
	require.Equal(t, day(t, "2029-02-09"), c.facts(casework.FactExtendedCareStarted)[0].Until)
	require.True(t, c.state.Children[0].InCare())
	c.does(t, caseworker(), &casework.Exit{Children: theirs, On: day(t, "2027-02-11"), Reason: casework.ExitEmancipation})
	require.Equal(t, casework.StageExited, c.state.Children[0].Stage)
}
