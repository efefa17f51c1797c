package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/workflows"
)

// A caller's clock may run two minutes ahead of the record's, so a report can
// be closed before the last thing that happened in it.
func TestClosedReport_OwesNothingThoughACallersClockRanAhead(t *testing.T) {
	t.Parallel()
	p := begins(t, testdb.New(t), "report-7009", "2026-03-02 09:10")
	p.step("2026-03-02 09:20", casework.RoleSupervisor, "report.screen-in", &casework.ScreeningIn{
		Priority: "emergent", Track: "investigation", Investigator: investigator,
	})
	for _, victim := range []string{"p-1", "p-2"} {
		p.step("2026-03-02 09:30", casework.RoleInvestigator, "contact.record", &casework.Contact{
			Victim: victim, At: p.time("2026-03-02 09:30"), Place: "home",
		})
	}
	p.step("2026-03-02 09:40", casework.RoleInvestigator, "safety.assess", &casework.SafetyAssessment{
		At: p.time("2026-03-02 09:40").Add(110 * time.Second), Decision: casework.Unsafe,
	})
	for _, allegation := range []string{"a1", "a2"} {
		p.step("2026-03-02 09:40:"+allegation[1:]+"0", casework.RoleInvestigator, "finding.make", &casework.Finding{
			Allegation: allegation, Result: "substantiated", On: p.day("2026-03-02"), Evidence: "t-2",
		})
	}
	p.step("2026-03-02 09:41", casework.RoleSupervisor, "report.open-case", &casework.CaseRequest{
		Number: "7010", Caseworker: caseworker, Supervisor: supervisor, Risk: "high",
	})
	received := command(casework.RoleHotline, casework.StepReceive, receipt("7009", p.time("2026-03-02 09:00")))
	require.Empty(t, perform(p, casework.KindReport, workflows.Input[casework.Report]{Open: &received}))
	report := casework.FoldReport(p.events())
	require.True(t, report.Closed())
	require.Empty(t, report.Pending())
	require.True(t, p.now.Equal(p.time("2026-03-02 09:41")), "it ended at %s", p.now)
}
