package casework_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func aReopening() *casework.CaseReopening {
	return &casework.CaseReopening{PersonsMatch: true, Worker: "w-other", Supervisor: supervisor().ID, Risk: "high", Reason: "text"}
}

// Transition Case.Closed -> reopen: a new opening date, prior history kept.
func TestReopening_TakesUpTheSameRecordFromANewDateOn(t *testing.T) {
	t.Parallel()
	c := closed(t, elder, younger)
	before := len(c.events)
	c.at(t, "2026-03-02 12:00")
	c.does(t, supervisor(), aReopening())
	require.False(t, c.state.Closed())
	require.Equal(t, before+1, c.state.Revision, "one log, which goes on")
	require.Equal(t, "w-other", c.state.Worker)
	require.True(t, c.state.OpenedAt.Equal(clock(t, "2026-03-02 12:00")))
	opened := c.facts(casework.FactCaseOpened)
	require.Len(t, opened, 2)
	require.Equal(t, day(t, "2026-03-02"), opened[1].On)
	require.Len(t, c.facts(casework.FactRecordClosed), 1, "that it was closed stays true")
	require.Empty(t, cmp.Diff(casework.FoldCase(c.events), c.state, asStored()))
	c.refuses(t, refusal{name: "again", by: supervisor(), body: aReopening(), kind: casework.Blocked})
	c.does(t, supervisor(), &casework.Assignment{Worker: caseworker().ID, Supervisor: supervisor().ID})

	c.at(t, "2026-03-04 12:00")
	c.does(t, caseworker(), with(aRemoval(t, elder), func(b *casework.Removal) { b.At = clock(t, "2026-03-03 12:00") }))
	require.Equal(t, day(t, "2026-03-03"), c.state.Children[0].RemovedOn)
	require.Equal(t, casework.StageOutOfHomeCare, c.state.Stage())
}

func TestReopening_CanBeClosedAgain(t *testing.T) {
	t.Parallel()
	c := closed(t, elder)
	c.at(t, "2026-03-02 12:00")
	c.does(t, supervisor(), aReopening())
	c.does(t, caseworker(), &casework.ClosingRequest{Risk: "low", Reason: "text"})
	c.does(t, supervisor(), &casework.ClosingApproval{})
	require.True(t, c.state.Closed())
	require.Len(t, c.facts(casework.FactRecordClosed), 2)
}

func TestReopening_Refuses(t *testing.T) {
	t.Parallel()
	c := closed(t, elder)
	bad := func(name, field string, change func(*casework.CaseReopening)) refusal {
		return refusal{name: name, by: supervisor(), body: with(aReopening(), change), kind: casework.Invalid, field: field}
	}
	c.refuses(
		t,
		refusal{name: "by a caseworker", by: caseworker(), body: aReopening(), kind: casework.Forbidden},
		refusal{name: "any other step", by: supervisor(), body: &casework.ClosingApproval{}, kind: casework.Gone},
		bad("persons whom nobody compared", "persons_match", func(b *casework.CaseReopening) { b.PersonsMatch = false }),
		bad("for nobody", "worker", func(b *casework.CaseReopening) { b.Worker = "" }),
		bad("without a supervisor", "supervisor", func(b *casework.CaseReopening) { b.Supervisor = "" }),
		bad("supervised by oneself", "supervisor", func(b *casework.CaseReopening) { b.Worker = b.Supervisor }),
		bad("at no risk", "risk", func(b *casework.CaseReopening) { b.Risk = "" }),
		bad("without a reason", "reason", func(b *casework.CaseReopening) { b.Reason = "" }),
	)
	opened(t).refuses(t, refusal{name: "an open case", by: supervisor(), body: aReopening(), kind: casework.Blocked})
}

func TestUnlinking_OpensTheReportAsIfItHadNeverBeenClosed(t *testing.T) {
	t.Parallel()
	c := accused(t)
	c.does(t, hotline(), aDuplicate())
	c.at(t, "2025-01-07 09:00")
	c.refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: &casework.Unlinking{Note: "text"}, kind: casework.Forbidden},
		refusal{name: "without a note", by: supervisor(), body: &casework.Unlinking{}, kind: casework.Invalid, field: "note"},
	)
	c.does(t, supervisor(), &casework.Unlinking{Note: "text"})
	require.Equal(t, casework.StageIntake, c.state.Stage())
	require.Empty(t, c.facts(casework.FactRecordClosed), "no clock has stopped for it")
	received := c.facts(casework.FactReportReceived)
	require.Len(t, received, 1)
	require.True(t, received[0].At.Equal(clock(t, "2025-01-06 09:00")), "and none starts again")
	require.Empty(t, c.state.Summary().Original)
	require.Empty(t, cmp.Diff(casework.FoldReport(c.events), c.state, asStored()))

	out := screenedOut(t)
	out.refuses(t, refusal{
		name: "what was screened out", by: supervisor(), body: &casework.Unlinking{Note: "text"}, kind: casework.Blocked,
		codes: []string{"not-a-duplicate"},
	})
}

// screenedOut is a report that was screened out.
func screenedOut(t testing.TB) *reportClerk {
	t.Helper()
	c := received(t)
	c.does(t, supervisor(), &casework.ScreeningOut{Reason: "other", Note: "text"})
	return c
}
