package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/testdb"
	"homeward/postgres"
)

// shelf records five cases and a report that differ in what lists filter by:
// case 999 is due first, 1003 has nothing due, 1004 is closed.
func shelf(t *testing.T) *postgres.DB {
	t.Helper()
	db := testdb.New(t)
	for number, change := range map[int]func(s *casework.Summary){
		999:  func(s *casework.Summary) { s.NextDue, s.Overdue = start().AddDate(0, 0, 1), 2 },
		1001: func(s *casework.Summary) { s.Office, s.Worker, s.Stage = "south", "w-18", casework.StagePlanning },
		1002: func(s *casework.Summary) { s.Jurisdiction, s.Supervisor, s.Report = "us-tx", "w-4", "77" },
		1003: func(s *casework.Summary) { s.NextDue = time.Time{} },
		1004: func(s *casework.Summary) { s.ClosedAt, s.Restricted = start(), true },
		5: func(s *casework.Summary) {
			s.Aggregate, s.Kind, s.Case, s.Report = "report-5", casework.KindReport, "1002", ""
		},
	} {
		f := newFile(number)
		if number == 5 {
			f.aggregate = "report-5"
		}
		tr := f.next(t, "c-1")
		change(&tr.Summary)
		f.record(t, db, tr)
	}
	return db
}

// everything is the scope of somebody who sees every record but the restricted
// ones of others.
func everything(viewer string) access.Scope {
	return access.Scope{Viewer: viewer, Line: true, All: true}
}

func numbers(summaries []casework.Summary) []string {
	list := make([]string, len(summaries))
	for i, s := range summaries {
		list[i] = s.Number
	}
	return list
}

// What nobody carries is found by the unit of its supervisor, and is no longer
// that of whoever carried it.
func TestRecords_FindsWhatNobodyCarriesByUnit(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	testdb.Hire(t, db, postgres.Worker{ID: "w-17", Role: casework.RoleCaseworker, Office: "north", Unit: "n-1"})
	testdb.Hire(t, db, postgres.Worker{ID: "w-3", Role: casework.RoleSupervisor, Office: "north", Unit: "n-2"})
	for number, worker := range map[int]string{1: "w-17", 2: "", 3: ""} {
		f := newFile(number)
		tr := f.next(t, "c-1")
		tr.Summary.Worker, tr.Summary.Supervisor = worker, "w-3"
		if number == 3 {
			tr.Summary.ClosedAt = start()
		}
		f.record(t, db, tr)
	}
	for name, c := range map[string]struct {
		filter postgres.RecordFilter
		want   []string
	}{
		"unassigned":            {postgres.RecordFilter{Unassigned: true}, []string{"2"}},
		"unassigned of a unit":  {postgres.RecordFilter{Unassigned: true, Unit: "n-2"}, []string{"2"}},
		"unassigned of another": {postgres.RecordFilter{Unassigned: true, Unit: "n-1"}, []string{}},
		"of a unit":             {postgres.RecordFilter{Unit: "n-1"}, []string{"1"}},
	} {
		c.filter.Kind, c.filter.Scope = casework.KindCase, everything("w-9")
		page, err := db.Records(t.Context(), c.filter)
		require.NoError(t, err)
		require.Equal(t, c.want, numbers(page.Items), name)
	}
}

func TestRecords_KeepsWhatTheFilterNames(t *testing.T) {
	t.Parallel()
	db := shelf(t)
	for name, c := range map[string]struct {
		filter postgres.RecordFilter
		want   []string
	}{
		"all cases":                {postgres.RecordFilter{}, []string{"999", "1001", "1002", "1003", "1004"}},
		"reports":                  {postgres.RecordFilter{Kind: casework.KindReport}, []string{"5"}},
		"a stage":                  {postgres.RecordFilter{Stage: casework.StagePlanning}, []string{"1001"}},
		"an office":                {postgres.RecordFilter{Office: "south"}, []string{"1001"}},
		"a worker":                 {postgres.RecordFilter{Worker: "w-18"}, []string{"1001"}},
		"a supervisor":             {postgres.RecordFilter{Supervisor: "w-4"}, []string{"1002"}},
		"a jurisdiction":           {postgres.RecordFilter{Jurisdiction: "us-tx"}, []string{"1002"}},
		"the case of a report":     {postgres.RecordFilter{Report: "77"}, []string{"1002"}},
		"the report of a case":     {postgres.RecordFilter{Kind: casework.KindReport, Case: "1002"}, []string{"5"}},
		"open":                     {postgres.RecordFilter{Open: true}, []string{"999", "1001", "1002", "1003"}},
		"overdue":                  {postgres.RecordFilter{Overdue: true}, []string{"999"}},
		"due soon":                 {postgres.RecordFilter{DueBefore: start().AddDate(0, 0, 2)}, []string{"999"}},
		"one's own restricted":     {postgres.RecordFilter{Office: "north"}, []string{"999", "1002", "1003", "1004"}},
		"nobody else's restricted": {postgres.RecordFilter{Office: "north", Scope: everything("w-9")}, []string{"999", "1002", "1003"}},
		"two at once":              {postgres.RecordFilter{Open: true, Office: "north", Worker: "w-18"}, []string{}},
		"by due date":              {postgres.RecordFilter{ByDue: true, Open: true}, []string{"999", "1001", "1002", "1003"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.filter.Kind == "" {
				c.filter.Kind = casework.KindCase
			}
			if c.filter.Scope.Viewer == "" {
				c.filter.Scope = everything("w-17")
			}
			page, err := db.Records(t.Context(), c.filter)
			require.NoError(t, err)
			require.Equal(t, c.want, numbers(page.Items))
			require.Empty(t, page.Next)
		})
	}
}

func TestRecords_PagesNeitherRepeatNorSkip(t *testing.T) {
	t.Parallel()
	db := shelf(t)
	for _, byDue := range []bool{false, true} {
		t.Run(fmt.Sprintf("by due %t", byDue), func(t *testing.T) {
			t.Parallel()
			f := postgres.RecordFilter{Kind: casework.KindCase, Scope: everything("w-17"), ByDue: byDue, Limit: 2}
			var pages [][]string
			for {
				page, err := db.Records(t.Context(), f)
				require.NoError(t, err)
				pages = append(pages, numbers(page.Items))
				if f.After = page.Next; f.After == "" {
					break
				}
			}
			want := [][]string{{"999", "1001"}, {"1002", "1003"}, {"1004"}}
			if byDue {
				want = [][]string{{"999", "1001"}, {"1002", "1004"}, {"1003"}}
			}
			require.Equal(t, want, pages)
		})
	}
}

func TestRecords_RefusesThePositionOfAnotherList(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	for _, after := range []postgres.Position{`nonsense`, `["x"]`, `[1,2,3]`} {
		for _, byDue := range []bool{false, true} {
			_, err := db.Records(t.Context(), postgres.RecordFilter{Kind: casework.KindCase, ByDue: byDue, After: after})
			require.Equal(t, casework.Invalid, casework.KindOf(err))
			require.ErrorContains(t, err, "cursor")
		}
	}
}

func TestSummary_OfAnUnknownRecordIsNotFound(t *testing.T) {
	t.Parallel()
	_, err := testdb.New(t).Summary(t.Context(), "case-404")
	require.Equal(t, casework.NotFound, casework.KindOf(err))
}
