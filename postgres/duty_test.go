package postgres_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/postgres"
)

func dutyIDs(duties []postgres.RecordDuty) []string {
	list := make([]string, len(duties))
	for i, d := range duties {
		list[i] = d.Aggregate + "/" + d.ID
	}
	return list
}

// owing records two cases with duties in different states, due on different days.
func owing(t *testing.T) *postgres.DB {
	t.Helper()
	db := testdb.New(t)
	for number, statuses := range map[int][]casework.DutyStatus{
		1: {casework.DutyOverdue, casework.DutyMet, casework.DutyOpen},
		2: {casework.DutyAtRisk, casework.DutyIncurable},
	} {
		f := newFile(number)
		duties := make([]casework.Duty, len(statuses))
		for i, status := range statuses {
			duties[i] = duty(fmt.Sprint(i), status, start().AddDate(0, 0, 10*i+number))
		}
		f.record(t, db, f.next(t, "c-1", duties...))
	}
	return db
}

func TestDuties_KeepsWhatTheFilterNames(t *testing.T) {
	t.Parallel()
	db := owing(t)
	for name, c := range map[string]struct {
		filter postgres.DutyFilter
		want   []string
	}{
		"what an agency owes": {postgres.DutyFilter{}, []string{"case-1/0", "case-2/0", "case-1/2"}},
		"due before a day":    {postgres.DutyFilter{DueBefore: start().AddDate(0, 0, 2)}, []string{"case-1/0"}},
		"all of a record":     {postgres.DutyFilter{Aggregate: "case-1"}, []string{"case-1/0", "case-1/1", "case-1/2"}},
		"pending of a record": {postgres.DutyFilter{Aggregate: "case-2", Pending: true}, []string{"case-2/0"}},
		"some statuses": {
			postgres.DutyFilter{Aggregate: "case-1", Statuses: []casework.DutyStatus{casework.DutyMet, casework.DutyOpen}},
			[]string{"case-1/1", "case-1/2"},
		},
		"an unknown record": {postgres.DutyFilter{Aggregate: "case-404"}, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, err := db.Duties(t.Context(), c.filter)
			require.NoError(t, err)
			require.Equal(t, c.want, dutyIDs(page.Items))
		})
	}
}

func TestDuties_PagesNeitherRepeatNorSkip(t *testing.T) {
	t.Parallel()
	db := owing(t)
	var got []string
	f := postgres.DutyFilter{Limit: 1}
	for {
		page, err := db.Duties(t.Context(), f)
		require.NoError(t, err)
		require.Len(t, page.Items, 1)
		got = append(got, dutyIDs(page.Items)...)
		if f.After = page.Next; f.After == "" {
			break
		}
	}
	require.Equal(t, []string{"case-1/0", "case-2/0", "case-1/2"}, got)
	_, err := db.Duties(t.Context(), postgres.DutyFilter{After: `[1]`})
	require.Equal(t, casework.Invalid, casework.KindOf(err))
}

func TestDuty_ThatIsNotThereIsNotFound(t *testing.T) {
	t.Parallel()
	_, err := owing(t).Duty(t.Context(), "case-1", "9")
	require.Equal(t, casework.NotFound, casework.KindOf(err))
}

func TestRecord_KeepsWhatASettledDutyWasWhenItIsSuperseded(t *testing.T) {
	t.Parallel()
	db, _ := open(t)
	f := newFile(1)
	met := duty("visit/p-7/3", casework.DutyMet, start())
	f.record(t, db, f.next(t, "c-1", met))
	f.record(t, db, f.next(t, "c-2", casework.Duty{
		ID: met.ID, Clock: met.Clock, Subject: met.Subject, Occurrence: met.Occurrence, Due: met.Due, DueAt: met.DueAt,
		Status: casework.DutySuperseded,
	}))
	got, err := db.Duty(t.Context(), f.aggregate, met.ID)
	require.NoError(t, err)
	require.Equal(t, casework.DutySuperseded, got.Status)
	require.Equal(t, met.Title, got.Title)
	require.Equal(t, met.Why, got.Why)
	require.Equal(t, met.Citation, got.Citation)
}
