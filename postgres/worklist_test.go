package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/postgres"
)

// staffed records two cases of worker w-17, the second under another
// supervisor, with a duty for each tier.
func staffed(t *testing.T) *postgres.DB {
	t.Helper()
	db := testdb.New(t)
	testdb.Hire(t, db, postgres.Worker{ID: "w-3", Role: casework.RoleSupervisor, Manager: "w-1"})
	for number, supervisor := range map[int]string{1: "w-3", 2: "w-4"} {
		f := newFile(number)
		late := duty("visit", casework.DutyOverdue, start().AddDate(0, 0, -number))
		plan := duty("plan", casework.DutyOpen, start().AddDate(0, 0, -9))
		done := duty("done", casework.DutyMet, start().AddDate(0, 0, -9))
		approval := duty("approval", casework.DutyAtRisk, start().AddDate(0, 0, number))
		approval.Owner = casework.RoleSupervisor
		escalated := duty("escalated", casework.DutyOpen, start())
		escalated.Owner = casework.RoleManager
		tr := f.next(t, "c-1", late, plan, done, approval, escalated)
		tr.Summary.Supervisor = supervisor
		f.record(t, db, tr)
	}
	return db
}

func TestWorklist_IsWhatThePersonOwesMostUrgentFirst(t *testing.T) {
	t.Parallel()
	db := staffed(t)
	for name, c := range map[string]struct {
		filter postgres.WorklistFilter
		want   []string
	}{
		"the worker":         {postgres.WorklistFilter{Worker: "w-17"}, []string{"case-2/visit", "case-1/visit", "case-1/plan", "case-2/plan"}},
		"one supervisor":     {postgres.WorklistFilter{Worker: "w-3"}, []string{"case-1/approval"}},
		"the manager of one": {postgres.WorklistFilter{Worker: "w-1"}, []string{"case-1/escalated"}},
		"a role one has":     {postgres.WorklistFilter{Worker: "w-4", Role: casework.RoleSupervisor}, []string{"case-2/approval"}},
		"a role one has not": {postgres.WorklistFilter{Worker: "w-4", Role: casework.RoleCaseworker}, []string{}},
		"somebody else":      {postgres.WorklistFilter{Worker: "w-99"}, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, err := db.Worklist(t.Context(), c.filter)
			require.NoError(t, err)
			require.Equal(t, c.want, worklistIDs(page.Items))
		})
	}
}

func TestWorklist_OfARecordThatNobodyCarriesIsItsSupervisors(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	f := newFile(1)
	tr := f.next(t, "c-1", duty("visit", casework.DutyOverdue, start()))
	tr.Summary.Worker, tr.Summary.Supervisor = "", "w-3"
	f.record(t, db, tr)
	page, err := db.Worklist(t.Context(), postgres.WorklistFilter{Worker: "w-3"})
	require.NoError(t, err)
	require.Equal(t, []string{"case-1/visit"}, worklistIDs(page.Items))
}

func TestWorklist_ShowsTheRecordBesideTheDuty(t *testing.T) {
	t.Parallel()
	page, err := staffed(t).Worklist(t.Context(), postgres.WorklistFilter{Worker: "w-17", Limit: 1})
	require.NoError(t, err)
	same(t, []postgres.WorklistItem{{
		RecordDuty: postgres.RecordDuty{
			Duty: duty("visit", casework.DutyOverdue, start().AddDate(0, 0, -2)), Aggregate: "case-2",
		},
		Kind: casework.KindCase, Number: "2", Stage: casework.StageServices,
	}}, page.Items)
}

func TestWorklist_PagesNeitherRepeatNorSkip(t *testing.T) {
	t.Parallel()
	db := staffed(t)
	var got []string
	f := postgres.WorklistFilter{Worker: "w-17", Limit: 1}
	for {
		page, err := db.Worklist(t.Context(), f)
		require.NoError(t, err)
		got = append(got, worklistIDs(page.Items)...)
		if f.After = page.Next; f.After == "" {
			break
		}
	}
	require.Equal(t, []string{"case-2/visit", "case-1/visit", "case-1/plan", "case-2/plan"}, got)
	_, err := db.Worklist(t.Context(), postgres.WorklistFilter{Worker: "w-17", After: `[1]`})
	require.Equal(t, casework.Invalid, casework.KindOf(err))
}

func worklistIDs(items []postgres.WorklistItem) []string {
	duties := make([]postgres.RecordDuty, len(items))
	for i, item := range items {
		duties[i] = item.RecordDuty
	}
	return dutyIDs(duties)
}
