package casework_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestHearingSchedule_PutsOneHearingOnTheCalendar(t *testing.T) {
	t.Parallel()
	c := awaitsHearing(t)
	dates := c.state.Court.Dates
	require.Len(t, dates, 1)
	require.Equal(t, "hearing-1", dates[0].Ref)
	require.Empty(t, dates[0].Status)
	facts := c.facts(casework.FactHearingScheduled)
	require.Len(t, facts, 1, "one report is due for one hearing, whomever it is about")
	require.Equal(t, "hearing-1", facts[0].Ref)
	require.Empty(t, facts[0].Subject)
	require.Equal(t, day(t, "2025-02-28"), facts[0].Until)
	require.Zero(t, facts[0].Days, "the law says when the report is due")
	require.Equal(t, "hearing-1", casework.ItemOf(c.state, c.events[len(c.events)-1]))
}

func TestHearingSchedule_OfOneChildIsAboutThatChild(t *testing.T) {
	t.Parallel()
	c := awaitsHearing(t)
	c.does(t, caseworker(), with(aHearingDate(t), func(b *casework.HearingSchedule) {
		b.Children, b.Type, b.ReportDue = []string{younger}, casework.Review, day(t, "2025-02-18")
	}))
	fact := c.facts(casework.FactHearingScheduled)[1]
	require.Equal(t, younger, fact.Subject)
	require.Equal(t, 10, fact.Days, "the judge wants the report ten days before the 28th")
}

func TestHearingSchedule_Refuses(t *testing.T) {
	t.Parallel()
	refuse := func(name, field string, change func(*casework.HearingSchedule)) refusal {
		return refusal{name: name, by: caseworker(), body: with(aHearingDate(t), change), kind: casework.Invalid, field: field}
	}
	awaitsHearing(t).refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: aHearingDate(t), kind: casework.Forbidden},
		refuse("about nobody", "children", func(b *casework.HearingSchedule) { b.Children = nil }),
		refuse("about a stranger", "children", func(b *casework.HearingSchedule) { b.Children = []string{"P7"} }),
		refuse("of an unknown type", "type", func(b *casework.HearingSchedule) { b.Type = "wedding" }),
		refuse("on the papers", "type", func(b *casework.HearingSchedule) { b.Type = casework.OnPapers }),
		refuse("at no time", "at", func(b *casework.HearingSchedule) { b.At = time.Time{} }),
		refuse("that has passed", "at", func(b *casework.HearingSchedule) { b.At = clock(t, "2025-01-22 12:00") }),
		refuse("in six years", "at", func(b *casework.HearingSchedule) { b.At = clock(t, "2031-01-22 12:00") }),
		refuse("twice", "at", func(b *casework.HearingSchedule) { b.At = clock(t, "2025-02-28 14:00") }),
		refuse("in a matter that is not there", "matter", func(b *casework.HearingSchedule) { b.Matter = "matter-2" }),
		refuse("with its report due on the day", "report_due", func(b *casework.HearingSchedule) { b.ReportDue = day(t, "2025-02-28") }),
	)
	opened(t).refuses(t, refusal{
		name: "of a child before no court", by: caseworker(), kind: casework.Blocked, codes: []string{"not-before-court"},
		body: with(aHearingDate(t), func(b *casework.HearingSchedule) { b.Children = []string{elder} }),
	})
}

// Section 1C, 45: a continuance of a hearing is not an extension.
func TestContinuance_MovesTheHearingAndNoOtherDate(t *testing.T) {
	t.Parallel()
	c := awaitsHearing(t)
	c.owes(t, standIn(c.state.Base(), c.state.Subjects(), c.now)...)
	due := c.state.Pending()
	e := c.does(t, caseworker(), &casework.Continuance{
		Hearing: "hearing-1", To: clock(t, "2025-03-28 10:00"), Reason: "notice-not-given",
	})
	require.Contains(t, e.Body.Says(), "extends no date of the law")
	require.Contains(t, casework.AdviceOf(e), "A continuance extends nothing.")
	require.Equal(t, "hearing-1", casework.ItemOf(c.state, e))
	require.True(t, c.state.Court.Dates[0].At.Equal(clock(t, "2025-03-28 10:00")))
	facts := c.facts(casework.FactHearingScheduled)
	require.Len(t, facts, 2, "the first day stays on record")
	require.Equal(t, day(t, "2025-03-28"), facts[1].Until)
	require.Equal(t, "notice-not-given", facts[1].Reason)
	require.Empty(t, c.state.Changes(standIn(c.state.Base(), c.state.Subjects(), c.now), c.now))
	require.Equal(t, due, c.state.Pending())
}

func TestContinuance_KeepsTheJudgesLeadForTheReport(t *testing.T) {
	t.Parallel()
	c := beforeCourt(t)
	c.does(t, caseworker(), with(aHearingDate(t), func(b *casework.HearingSchedule) { b.ReportDue = day(t, "2025-02-18") }))
	put := &casework.Continuance{Hearing: "hearing-1", To: clock(t, "2025-03-28 10:00"), Reason: "other"}
	c.does(t, caseworker(), put)
	require.Equal(t, 10, c.facts(casework.FactHearingScheduled)[1].Days)
	put.To, put.ReportDue = clock(t, "2025-04-04 10:00"), day(t, "2025-03-28")
	c.does(t, caseworker(), put)
	require.Equal(t, 7, c.facts(casework.FactHearingScheduled)[2].Days)
}

func TestContinuance_Refuses(t *testing.T) {
	t.Parallel()
	put := &casework.Continuance{Hearing: "hearing-1", To: clock(t, "2025-03-28 10:00"), Reason: "other"}
	refuse := func(name, field string, change func(*casework.Continuance)) refusal {
		return refusal{name: name, by: caseworker(), body: with(put, change), kind: casework.Invalid, field: field}
	}
	awaitsHearing(t).refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: put, kind: casework.Forbidden},
		refuse("of no hearing", "hearing", func(b *casework.Continuance) { b.Hearing = "" }),
		refuse("of another hearing", "hearing", func(b *casework.Continuance) { b.Hearing = "hearing-2" }),
		refuse("to no time", "to", func(b *casework.Continuance) { b.To = time.Time{} }),
		refuse("for six years", "to", func(b *casework.Continuance) { b.To = clock(t, "2031-03-28 10:00") }),
		refuse("into the past", "to", func(b *casework.Continuance) { b.To = clock(t, "2025-01-21 10:00") }),
		refuse("to the same time", "to", func(b *casework.Continuance) { b.To = clock(t, "2025-02-28 09:00") }),
		refuse("without a reason", "reason", func(b *casework.Continuance) { b.Reason = "" }),
		refuse("with a report due after it", "report_due", func(b *casework.Continuance) { b.ReportDue = day(t, "2025-04-01") }),
	)
	beforeCourt(t).refuses(t, refusal{
		name: "with nothing scheduled", by: caseworker(), body: put, kind: casework.Blocked, codes: []string{"no-hearing-scheduled"},
	})
}

func TestVacatedHearing_LeavesTheCalendar(t *testing.T) {
	t.Parallel()
	c := awaitsHearing(t)
	off := &casework.VacatedHearing{Hearing: "hearing-1", Reason: "text-15"}
	c.does(t, caseworker(), off)
	require.Equal(t, "vacated", c.state.Court.Dates[0].Status)
	settled := c.facts(casework.FactHearingSettled)
	require.Len(t, settled, 1)
	require.Equal(t, "hearing-1", settled[0].Ref)
	c.refuses(t, refusal{name: "twice", by: caseworker(), body: off, kind: casework.Blocked, codes: []string{"no-hearing-scheduled"}})

	// That it was vacated was a slip: withdrawn, it waits again.
	c.does(t, caseworker(), withdraws(settled[0].ID))
	require.Empty(t, c.state.Court.Dates[0].Status)
}

func TestVacatedHearing_Refuses(t *testing.T) {
	t.Parallel()
	off := &casework.VacatedHearing{Hearing: "hearing-1", Reason: "text-15"}
	awaitsHearing(t).refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: off, kind: casework.Forbidden},
		refusal{
			name: "another", by: caseworker(), kind: casework.Invalid, field: "hearing",
			body: with(off, func(b *casework.VacatedHearing) { b.Hearing = "hearing-7" }),
		},
		refusal{
			name: "none", by: caseworker(), kind: casework.Invalid, field: "hearing",
			body: with(off, func(b *casework.VacatedHearing) { b.Hearing = "" }),
		},
		refusal{
			name: "without a reason", by: caseworker(), kind: casework.Invalid, field: "reason",
			body: with(off, func(b *casework.VacatedHearing) { b.Reason = "" }),
		},
	)
}

// held is a hearing of the calendar that was held on its day.
func held(t testing.TB, children ...string) *casework.Hearing {
	t.Helper()
	return &casework.Hearing{Children: children, Type: casework.Permanency, At: clock(t, "2025-02-28 09:10"), Body: "court"}
}

func TestHearing_ThatIsHeldLeavesTheCalendar(t *testing.T) {
	t.Parallel()
	c := awaitsHearing(t)
	c.at(t, "2025-03-03 12:00")
	c.does(t, caseworker(), held(t, elder))
	require.Empty(t, c.state.Court.Dates[0].Status, "the sibling still waits")
	require.Equal(t, []string{elder}, c.state.Court.Dates[0].Heard)
	require.Empty(t, c.facts(casework.FactHearingSettled))
	c.does(t, caseworker(), with(held(t, younger), func(b *casework.Hearing) {
		b.Type, b.Hearing, b.At = casework.Review, "hearing-1", clock(t, "2025-03-03 09:00")
	}))
	require.Equal(t, "held", c.state.Court.Dates[0].Status, "by its number, whatever it was in the end")
	require.Len(t, c.facts(casework.FactHearingSettled), 1)
}

func TestHearing_RefusesAnotherHearingOfTheCalendar(t *testing.T) {
	t.Parallel()
	c := awaitsHearing(t)
	c.does(t, caseworker(), with(aHearingDate(t), func(b *casework.HearingSchedule) {
		b.Children, b.Type = []string{younger}, casework.Review
	}))
	c.at(t, "2025-03-03 12:00")
	refuse := func(name string, change func(*casework.Hearing)) refusal {
		return refusal{
			name: name, by: caseworker(), body: with(held(t, elder), change), kind: casework.Invalid, field: "hearing",
		}
	}
	c.refuses(
		t,
		refuse("not on the calendar", func(b *casework.Hearing) { b.Hearing = "hearing-9" }),
		refuse("of a sibling", func(b *casework.Hearing) { b.Hearing = "hearing-2" }),
	)
	c.does(t, caseworker(), held(t, elder, younger))
	c.refuses(t, refuse("held already", func(b *casework.Hearing) { b.Hearing = "hearing-1" }))
}

func TestCourtReport_IsFiledForItsHearingAlsoLate(t *testing.T) {
	t.Parallel()
	c := awaitsHearing(t)
	c.at(t, "2025-03-03 12:00")
	c.does(t, caseworker(), held(t, elder, younger))
	c.does(t, caseworker(), &casework.CourtReportFiling{Hearing: "hearing-1", On: day(t, "2025-02-07"), Content: "text-16"})
	filed := c.facts(casework.FactCourtReportFiled)
	require.Len(t, filed, 1)
	require.Equal(t, "hearing-1", filed[0].Ref)
	require.Equal(t, c.facts(casework.FactHearingScheduled)[0].Subject, filed[0].Subject, "both are about the same")
}

func TestCourtReport_Refuses(t *testing.T) {
	t.Parallel()
	report := &casework.CourtReportFiling{Hearing: "hearing-1", On: day(t, "2025-01-22")}
	refuse := func(name, field string, change func(*casework.CourtReportFiling)) refusal {
		return refusal{name: name, by: caseworker(), body: with(report, change), kind: casework.Invalid, field: field}
	}
	c := awaitsHearing(t)
	c.refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: report, kind: casework.Forbidden},
		refuse("for no hearing", "hearing", func(b *casework.CourtReportFiling) { b.Hearing = "" }),
		refuse("for another hearing", "hearing", func(b *casework.CourtReportFiling) { b.Hearing = "hearing-2" }),
		refuse("to come", "on", func(b *casework.CourtReportFiling) { b.On = day(t, "2025-01-23") }),
	)
	c.does(t, caseworker(), &casework.VacatedHearing{Hearing: "hearing-1", Reason: "text-15"})
	c.refuses(t, refusal{
		name: "for a hearing that was vacated", by: caseworker(), body: report, kind: casework.Blocked,
		codes: []string{"no-hearing-scheduled"},
	})
}

func TestHearing_ThatLeftTheCalendarIsNeitherMovedNorVacated(t *testing.T) {
	t.Parallel()
	c := awaitsHearing(t)
	c.does(t, caseworker(), with(aHearingDate(t), func(b *casework.HearingSchedule) { b.Type = casework.Review }))
	off := &casework.VacatedHearing{Hearing: "hearing-1", Reason: "text-15"}
	c.does(t, caseworker(), off)
	put := &casework.Continuance{Hearing: "hearing-1", To: clock(t, "2025-03-28 10:00"), Reason: "other"}
	c.refuses(
		t,
		refusal{name: "put off", by: caseworker(), body: put, kind: casework.Invalid, field: "hearing"},
		refusal{name: "vacated", by: caseworker(), body: off, kind: casework.Invalid, field: "hearing"},
	)
}
