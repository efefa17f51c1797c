package postgres_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/testdb"
	"homeward/postgres"
)

// investigated is a report with two allegations against p-9 and a finding on each.
func investigated(t *testing.T, db *postgres.DB) *file {
	t.Helper()
	f := newFile(7)
	f.aggregate = "report-7"
	found := casework.NewDate(2026, time.January, 30)
	events := []casework.Event{
		f.event("c-1", 1, "report.received", start(), &casework.Receipt{Number: "7", Allegations: []casework.Allegation{
			{ID: "a1", Victim: "p-7", Type: "neglect", Perpetrator: "p-9"}, {ID: "a2", Victim: "p-7", Type: "physical-abuse", Perpetrator: "p-9"},
		}}),
		f.event("c-1", 2, "finding.made", start(), &casework.Finding{Allegation: "a1", Result: "unsubstantiated", On: found, Evidence: "t-1"}),
		f.event("c-1", 3, "finding.made", start(), &casework.Finding{Allegation: "a2", Result: "substantiated", On: found, Evidence: "t-2"}),
	}
	prev := ""
	for i := range events {
		require.NoError(t, events[i].Seal(prev))
		prev = events[i].Hash
	}
	tr := f.next(t, "c-1")
	tr.Events, tr.Summary, tr.Answer.Revision = events, f.summary(3), 3
	tr.Summary.Kind, tr.Summary.ClosedAt = casework.KindReport, start()
	f.record(t, db, tr)
	return f
}

func TestRegistry_HasAFindingFromTheMomentItIsRecorded(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	investigated(t, db)
	got, err := db.Registry(t.Context(), "p-9")
	require.NoError(t, err)
	found := casework.NewDate(2026, time.January, 30)
	same(t, []postgres.RegistryEntry{
		{Report: "report-7", Allegation: "a1", Perpetrator: "p-9", Type: "neglect", Result: "unsubstantiated", FoundOn: found},
		{Report: "report-7", Allegation: "a2", Perpetrator: "p-9", Type: "physical-abuse", Result: "substantiated", FoundOn: found},
	}, got)
	for _, other := range []string{"", "p-7"} {
		got, err := db.Registry(t.Context(), other)
		require.NoError(t, err)
		require.Empty(t, got)
	}
}

func TestRegistry_KnowsWhoWasNamedAfterTheCall(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	f := newFile(8)
	f.aggregate = "report-8"
	found := casework.NewDate(2026, time.January, 30)
	events := []casework.Event{
		f.event("c-1", 1, "report.received", start(), &casework.Receipt{Number: "8", Allegations: []casework.Allegation{
			{ID: "a1", Victim: "p-7", Type: "neglect"},
		}}),
		f.event("c-1", 2, "perpetrator.named", start(), &casework.PerpetratorNaming{Allegations: []string{"a1"}, Perpetrator: "p-11"}),
		f.event("c-1", 3, "finding.made", start(), &casework.Finding{Allegation: "a1", Result: "substantiated", On: found, Evidence: "t-1"}),
	}
	prev := ""
	for i := range events {
		require.NoError(t, events[i].Seal(prev))
		prev = events[i].Hash
	}
	tr := f.next(t, "c-1")
	tr.Events, tr.Summary, tr.Answer.Revision = events, f.summary(3), 3
	tr.Summary.Kind, tr.Summary.ClosedAt = casework.KindReport, start()
	f.record(t, db, tr)
	got, err := db.Registry(t.Context(), "p-11")
	require.NoError(t, err)
	same(t, []postgres.RegistryEntry{
		{Report: "report-8", Allegation: "a1", Perpetrator: "p-11", Type: "neglect", Result: "substantiated", FoundOn: found},
	}, got)
}

func TestExpunge_LeavesNothingOfTheFindingAndTheWholeFile(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	f := investigated(t, db)
	expunge := postgres.RegistryEntry{
		Report: "report-7", Allegation: "a1", ExpungedBy: "w-3", ExpungedAt: start(), Authority: "appeal", Reference: "26-A-17",
	}
	done, err := db.Expunge(t.Context(), expunge, did("report-7", access.Expunge))
	require.NoError(t, err)
	same(t, expunge, done)
	later := expunge
	later.ExpungedBy, later.ExpungedAt = "w-4", start().Add(time.Hour)
	again, err := db.Expunge(t.Context(), later, did("report-7", access.Expunge))
	require.NoError(t, err)
	same(t, expunge, again)
	require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM audit_lines WHERE action = 'finding.expunge'`))

	left, err := db.Registry(t.Context(), "p-9")
	require.NoError(t, err)
	require.Len(t, left, 1)
	require.Equal(t, "a2", left[0].Allegation)
	expunged, err := db.Expunged(t.Context(), "report-7")
	require.NoError(t, err)
	same(t, []postgres.RegistryEntry{expunge}, expunged)
	require.Zero(t, count(t, raw, `SELECT count(*) FROM registry WHERE allegation = 'a1' AND (registry::text LIKE '%p-9%' OR registry::text LIKE '%substantiated%')`))
	events, err := db.Events(t.Context(), f.aggregate, 1)
	require.NoError(t, err)
	require.Len(t, events, 3, "the agency keeps its casework file")

	expunge.Allegation = "a3"
	_, err = db.Expunge(t.Context(), expunge, did("report-7", access.Expunge))
	require.Equal(t, casework.NotFound, casework.KindOf(err))
}
