package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// decided is a report with its findings made under a standard of evidence.
func decided(t testing.TB) *reportClerk {
	t.Helper()
	c := assessed(t, casework.Safe)
	c.at(t, "2025-01-20 10:00")
	for _, id := range []string{"A1", "A2"} {
		c.does(t, investigator(), &casework.Finding{
			Allegation: id, Result: "substantiated", Standard: "preponderance", On: day(t, "2025-01-19"), Evidence: "text",
		})
	}
	return c
}

func aFindingNotice(t testing.TB) *casework.FindingNotice {
	t.Helper()
	return &casework.FindingNotice{
		Allegation: "A1", On: day(t, "2025-01-20"), Means: "certified-mail", AppealUntil: day(t, "2025-02-19"), AppealRights: true,
	}
}

// Transition Investigation -> finding(s) per allegation x child x perpetrator: the
// appeal window starts with the notice.
func TestFindingNotice_OpensTheAppealWindowBeforeTheReportEnds(t *testing.T) {
	t.Parallel()
	c := decided(t)
	closing := &casework.ReportClosing{Reason: "referred", Risk: "low", Note: "text"}
	c.refuses(
		t,
		refusal{
			name: "ending without a notice", by: supervisor(), body: closing, kind: casework.Blocked, codes: []string{"finding-notice-owed"},
		},
		refusal{
			name: "a case without a notice", by: supervisor(), body: aCaseRequest(), kind: casework.Blocked,
			codes: []string{"finding-notice-owed"},
		},
	)
	c.does(t, investigator(), aFindingNotice(t))
	facts := c.facts(casework.FactFindingNotified)
	require.Len(t, facts, 1)
	require.Equal(t, "allegation-A1 P1 2025-02-19", facts[0].Ref+" "+facts[0].Subject+" "+facts[0].Until.String())
	c.refuses(t, refusal{
		name: "a second notice", by: investigator(), body: aFindingNotice(t), kind: casework.Blocked, codes: []string{"nothing-to-notify"},
	})
	c.does(t, supervisor(), closing)
	require.Equal(t, "low", c.state.Risk)
}

func TestFindingNotice_Refuses(t *testing.T) {
	t.Parallel()
	bad := func(name, field string, change func(*casework.FindingNotice)) refusal {
		return refusal{name: name, by: investigator(), body: with(aFindingNotice(t), change), kind: casework.Invalid, field: field}
	}
	decided(t).refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: aFindingNotice(t), kind: casework.Forbidden},
		bad("on nothing", "allegation", func(b *casework.FindingNotice) { b.Allegation = "" }),
		bad("on another report's allegation", "allegation", func(b *casework.FindingNotice) { b.Allegation = "A7" }),
		bad("to nobody", "allegation", func(b *casework.FindingNotice) { b.Allegation = "A2" }),
		bad("to come", "on", func(b *casework.FindingNotice) { b.On = day(t, "2025-01-21") }),
		bad("before the call", "on", func(b *casework.FindingNotice) { b.On = day(t, "2025-01-05") }),
		bad("by rumour", "means", func(b *casework.FindingNotice) { b.Means = "rumour" }),
		bad("with a window that is over", "appeal_until", func(b *casework.FindingNotice) { b.AppealUntil = b.On }),
		bad("without the right to appeal", "appeal_rights", func(b *casework.FindingNotice) { b.AppealRights = false }),
		refusal{
			name: "a finding by an unknown standard", by: investigator(), kind: casework.Invalid, field: "standard",
			body: &casework.Finding{Allegation: "A1", Result: "substantiated", Standard: "hunch", On: day(t, "2025-01-19"), Evidence: "text"},
		},
	)
}

// Transition Investigation -> close no services / refer: the risk rule, or an
// override with a reason.
func TestClosing_OfAFamilyAtHighRiskNeedsAReason(t *testing.T) {
	t.Parallel()
	closing := &casework.ReportClosing{Reason: "no-services-needed", Risk: "high", Note: "text"}
	c := found(t, casework.Safe)
	c.refuses(
		t,
		refusal{name: "at high risk", by: supervisor(), body: closing, kind: casework.Invalid, field: "override"},
		refusal{
			name: "at an unknown risk", by: supervisor(), kind: casework.Invalid, field: "risk",
			body: with(closing, func(b *casework.ReportClosing) { b.Risk = "some" }),
		},
	)
	c.does(t, supervisor(), with(closing, func(b *casework.ReportClosing) { b.Override = "text" }))
}
