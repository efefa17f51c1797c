package workflows_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
	"homeward/workflows"
)

// report drives one report in a test.
type report struct{ record }

// openReport opens a report about two children that was received just now.
func openReport(t testing.TB, s *teststack.Stack, change func(*casework.Receipt)) report {
	t.Helper()
	r, _ := tryOpenReport(t, s, change)
	return r
}

func tryOpenReport(t testing.TB, s *teststack.Stack, change func(*casework.Receipt)) (report, casework.Answer) {
	t.Helper()
	number := s.Number(t, casework.KindReport)
	body := receipt(number, time.Now())
	if change != nil {
		change(body)
	}
	id := casework.AggregateID(casework.KindReport, number)
	answer, err := s.Open(t.Context(), id, command(casework.RoleHotline, casework.StepReceive, body))
	require.NoError(t, err)
	return report{record{Stack: s, t: t, id: id}}, answer
}

// receipt is a report about two children.
func receipt(number string, received time.Time) *casework.Receipt {
	return &casework.Receipt{
		Number: number, ReceivedAt: received, Timezone: "America/Los_Angeles", Office: "north", Jurisdiction: "US-WA",
		Pack: "washington@2025.1", ReporterCategory: "mandated", Narrative: "t-1", Supervisor: supervisor,
		Children: []casework.Subject{{ID: "p-1", Born: casework.NewDate(2017, time.May, 1)}, {ID: "p-2"}},
		Allegations: []casework.Allegation{
			{ID: "a1", Victim: "p-1", Type: "physical-abuse"}, {ID: "a2", Victim: "p-2", Type: "physical-abuse"},
		},
	}
}

// ago opens a report that was received so long ago.
func ago(past time.Duration) func(*casework.Receipt) {
	return func(b *casework.Receipt) { b.ReceivedAt = time.Now().Add(-past) }
}

func (r report) screenIn(priority string) casework.Answer {
	return r.do(casework.RoleSupervisor, "report.screen-in", &casework.ScreeningIn{
		Priority: priority, Track: "investigation", Investigator: investigator,
	})
}

func (r report) screenOut() casework.Answer {
	return r.do(casework.RoleSupervisor, "report.screen-out", &casework.ScreeningOut{Reason: "not-maltreatment", Note: "t-2"})
}

func (r report) meet(victim string) casework.Answer {
	return r.do(casework.RoleInvestigator, "contact.record", &casework.Contact{Victim: victim, At: r.now(), Place: "home"})
}

// investigate does all that an investigation needs before it can end.
func (r report) investigate() {
	r.screenIn("emergent")
	r.meet("p-1")
	r.meet("p-2")
	r.do(casework.RoleInvestigator, "safety.assess", &casework.SafetyAssessment{At: r.now(), Decision: casework.Unsafe})
	for _, allegation := range []string{"a1", "a2"} {
		r.do(casework.RoleInvestigator, "finding.make", &casework.Finding{
			Allegation: allegation, Result: "substantiated", Evidence: "t-3",
			On: casework.DateOf(r.now().In(zone(r.t))),
		})
	}
}

// zone is where the tests' offices are.
func zone(t testing.TB) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("America/Los_Angeles")
	require.NoError(t, err)
	return loc
}

// ended waits until the record's workflow has completed.
func (r record) ended() {
	r.t.Helper()
	require.NoError(r.t, r.Client.GetWorkflow(r.t.Context(), r.id, "").Get(r.t.Context(), nil))
}

// logged folds the report's event log.
func (r report) logged() (*casework.Report, []casework.Event) {
	r.t.Helper()
	events, err := r.DB.Events(r.t.Context(), r.id, 1)
	require.NoError(r.t, err)
	return casework.FoldReport(events), events
}

// agrees holds the workflow's state to the log.
func (r report) agrees() {
	r.t.Helper()
	value, err := r.Client.QueryWorkflow(r.t.Context(), r.id, "", workflows.QueryState)
	require.NoError(r.t, err)
	running := &casework.Report{}
	require.NoError(r.t, value.Get(running))
	logged, _ := r.logged()
	require.Empty(r.t, cmp.Diff(logged, running,
		cmpopts.IgnoreUnexported(casework.Record{}), cmpopts.IgnoreFields(casework.Record{}, "Answers"),
		cmpopts.EquateEmpty(), cmp.AllowUnexported(casework.Date{})))
}
