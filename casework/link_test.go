package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func aDuplicate() *casework.DuplicateClosing {
	return &casework.DuplicateClosing{
		Original: "1000", SameIncident: true, SameSubjects: true, SameChildren: true, SamePeriod: true, NothingNew: true, Note: "text",
	}
}

func aCaseLink() *casework.CaseLink {
	return &casework.CaseLink{Case: "2001", Carrier: caseworker().ID, PersonsMatch: true}
}

// Transition Intake.Open -> Intake.Closed(dup).
func TestDuplicate_EndsTheNewcomerAndNamesItsOriginal(t *testing.T) {
	t.Parallel()
	c := accused(t)
	c.does(t, hotline(), aDuplicate())
	require.True(t, c.state.Closed(), "with its cross-reports owed: the original has them")
	require.Equal(t, "duplicate", c.state.Disposition)
	require.Equal(t, "1000", c.state.Original)
	require.Equal(t, "1000", c.state.Summary().Original)
	require.Len(t, c.facts(casework.FactReportReceived), 1, "no clock starts again")
}

// A report that differs in anything is a subsequent report, not a duplicate.
func TestDuplicate_Refuses(t *testing.T) {
	t.Parallel()
	bad := func(field string, change func(*casework.DuplicateClosing)) refusal {
		return refusal{name: field, by: hotline(), body: with(aDuplicate(), change), kind: casework.Invalid, field: field}
	}
	received(t).refuses(
		t,
		bad("same_incident", func(b *casework.DuplicateClosing) { b.SameIncident = false }),
		bad("same_subjects", func(b *casework.DuplicateClosing) { b.SameSubjects = false }),
		bad("same_children", func(b *casework.DuplicateClosing) { b.SameChildren = false }),
		bad("same_period", func(b *casework.DuplicateClosing) { b.SamePeriod = false }),
		bad("nothing_new", func(b *casework.DuplicateClosing) { b.NothingNew = false }),
		bad("note", func(b *casework.DuplicateClosing) { b.Note = "" }),
		bad("original", func(b *casework.DuplicateClosing) { b.Original = "" }),
		bad("original", func(b *casework.DuplicateClosing) { b.Original = "1001" }),
		refusal{name: "by a caseworker", by: caseworker(), body: aDuplicate(), kind: casework.Forbidden},
	)
	screened(t).refuses(t, refusal{
		name: "after it was screened in", by: supervisor(), body: aDuplicate(), kind: casework.Blocked, codes: []string{"already-screened"},
	})
}

// Transition Intake on open case -> new Investigation attached.
func TestCaseLink_WantsAnIndependentInvestigator(t *testing.T) {
	t.Parallel()
	c := received(t)
	c.does(t, hotline(), aCaseLink())
	c.refuses(
		t,
		refusal{
			name: "whoever carries the case", by: supervisor(), kind: casework.Invalid, field: "investigator",
			body: with(aScreeningIn(), func(b *casework.ScreeningIn) { b.Investigator = caseworker().ID }),
		},
		refusal{name: "a second link", by: hotline(), body: aCaseLink(), kind: casework.Blocked, codes: []string{"already-linked"}},
	)
	c.does(t, supervisor(), aScreeningIn())
	require.Len(t, c.facts(casework.FactReportReceived), 1)
	require.Empty(t, c.facts(casework.FactVictimContacted), "no contact is borrowed from the case")

	carried := screened(t)
	carried.refuses(t, refusal{
		name: "linked after it was given to the case's worker", by: supervisor(), kind: casework.Invalid, field: "case",
		body: with(aCaseLink(), func(b *casework.CaseLink) { b.Carrier = investigator().ID }),
	})
}

func TestCaseLink_Refuses(t *testing.T) {
	t.Parallel()
	bad := func(name, field string, change func(*casework.CaseLink)) refusal {
		return refusal{name: name, by: hotline(), body: with(aCaseLink(), change), kind: casework.Invalid, field: field}
	}
	received(t).refuses(
		t,
		bad("no case", "case", func(b *casework.CaseLink) { b.Case = "" }),
		bad("a case that nobody carries", "carrier", func(b *casework.CaseLink) { b.Carrier = "" }),
		bad("persons whom nobody compared", "persons_match", func(b *casework.CaseLink) { b.PersonsMatch = false }),
		refusal{name: "by a caseworker", by: caseworker(), body: aCaseLink(), kind: casework.Forbidden},
	)
}

func TestReportsOfACase_RefuseWhatIsNoReport(t *testing.T) {
	t.Parallel()
	settled := &casework.ReportSettlement{Case: "2001", Report: "1007", Disposition: "case-continues"}
	refuse := func(name, field string, body casework.Body) refusal {
		return refusal{name: name, by: casework.System(), body: body, kind: casework.Invalid, field: field}
	}
	opened(t).refuses(
		t,
		refuse("linked without a number", "report", &casework.ReportAttachment{}),
		refuse("ended without a number", "report", with(settled, func(b *casework.ReportSettlement) { b.Report = "" })),
		refuse("ended in no way", "disposition", with(settled, func(b *casework.ReportSettlement) { b.Disposition = "" })),
	)
}

// linkedAndFound is a report on an open case, with its findings made.
func linkedAndFound(t testing.TB, decision string) *reportClerk {
	t.Helper()
	c := found(t, decision)
	c.does(t, supervisor(), aCaseLink())
	return c
}

func TestCaseLink_LetsTheCaseGoOn(t *testing.T) {
	t.Parallel()
	closing := &casework.ReportClosing{Reason: "case-continues", Note: "text"}
	c := linkedAndFound(t, casework.Unsafe)
	c.refuses(
		t,
		refusal{name: "a second case", by: supervisor(), body: aCaseRequest(), kind: casework.Blocked, codes: []string{"case-open"}},
		refusal{
			name: "leaving unsafe children", by: supervisor(), kind: casework.Invalid, field: "reason",
			body: &casework.ReportClosing{Reason: "referred", Note: "text"},
		},
	)
	found(t, casework.Safe).refuses(t, refusal{
		name: "a case that is not there", by: supervisor(), body: closing, kind: casework.Invalid, field: "reason",
	})
	e := c.does(t, supervisor(), closing)
	told, asked := c.state.Opening(e)
	require.True(t, asked, "the case is told that the report has ended")
	require.Equal(t, casework.StepSettleReport, told.Name)
	require.Equal(t, &casework.ReportSettlement{Case: "2001", Report: "1001", Disposition: "case-continues"}, told.Body)
}

// reported is a case with an open report about its family.
func reported(t testing.TB) *caseClerk {
	t.Helper()
	c := opened(t)
	link := aCaseLink().Attachment("1007", nil, hotline())
	c.does(t, link.Actor, link.Body)
	return c
}

// Invariant: no closure with an open investigation.
func TestCase_IsNotClosedWithAnOpenInvestigation(t *testing.T) {
	t.Parallel()
	c := reported(t)
	c.does(t, casework.System(), &casework.ReportAttachment{Report: "1007"})
	request := &casework.ClosingRequest{Risk: "low", Reason: "text"}
	c.refuses(
		t,
		refusal{name: "closing", by: caseworker(), body: request, kind: casework.Blocked, codes: []string{"investigation-open"}},
		refusal{name: "a person who says so", by: supervisor(), body: &casework.ReportSettlement{}, kind: casework.Forbidden},
		refusal{name: "a person who links", by: supervisor(), body: &casework.ReportAttachment{}, kind: casework.Forbidden},
	)
	c.does(t, casework.System(), &casework.ReportSettlement{Case: "2001", Report: "1007", Disposition: "case-continues"})
	require.Empty(t, c.state.Investigations)
	c.does(t, caseworker(), request)
}
