package workflows_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/postgres"
	"homeward/workflows"
)

// The numbers of the story's two records.
const (
	storyReport = "7001"
	storyCase   = "7002"
)

// The story of the issue, from the call to the closing, at fixed dates: eighteen
// months pass in a second. The case is opened with what the report asked for.
func TestStory_RunsFromTheCallToTheClosing(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	opening := storyOfTheReport(t, db)
	storyOfTheCase(t, db, opening)
}

// storyOfTheReport ends with the command that opens the case.
func storyOfTheReport(t *testing.T, db *postgres.DB) workflows.Input[casework.Case] {
	t.Helper()
	p := begins(t, db, casework.AggregateID(casework.KindReport, storyReport), "2026-03-02 09:10")
	p.step("2026-03-02 09:20", casework.RoleSupervisor, "report.screen-in", &casework.ScreeningIn{
		Priority: "emergent", Track: "investigation", Investigator: investigator,
	})
	p.step("2026-03-02 12:00", casework.RoleInvestigator, "contact.attempt", &casework.ContactAttempt{
		Victim: "p-1", At: p.time("2026-03-02 11:50"), Outcome: "not-home",
	})
	finding := func(wall, allegation string) {
		p.step(wall, casework.RoleInvestigator, "finding.make", &casework.Finding{
			Allegation: allegation, Result: "substantiated", On: p.day("2026-03-02"), Evidence: "t-2",
		})
	}
	finding("2026-03-02 12:01", "a1") // refused: nobody has met the children
	for _, victim := range []string{"p-1", "p-2"} {
		p.step("2026-03-02 15:00", casework.RoleInvestigator, "contact.record", &casework.Contact{
			Victim: victim, At: p.time("2026-03-02 14:30"), Place: "home",
		})
	}
	p.step("2026-03-02 15:30", casework.RoleInvestigator, "safety.assess", &casework.SafetyAssessment{
		At: p.time("2026-03-02 15:00"), Decision: casework.Unsafe,
	})
	finding("2026-03-02 16:00", "a1")
	finding("2026-03-02 16:01", "a2")
	p.step("2026-03-02 16:30", casework.RoleSupervisor, "report.open-case", &casework.CaseRequest{
		Number: storyCase, Caseworker: caseworker, Supervisor: supervisor, Risk: "high",
	})
	received := command(casework.RoleHotline, casework.StepReceive, receipt(storyReport, p.time("2026-03-02 09:00")))
	refusals := perform(p, casework.KindReport, workflows.Input[casework.Report]{Open: &received})

	require.Len(t, refusals, 1)
	require.Equal(t, casework.Blocked, casework.KindOf(refusals[0].err))
	report := casework.FoldReport(p.events())
	require.Equal(t, casework.StageClosed, report.Stage())
	for _, victim := range []string{"p-1", "p-2"} {
		require.Equal(t, casework.DutyMet, report.StatusOf("initial-face-to-face/"+victim+"/1"))
	}
	require.Equal(t, 1, report.Victims[0].Attempts)
	settled(t, report, p.time("2026-03-02 16:30"))

	require.Len(t, p.started, 1)
	require.Equal(t, casework.AggregateID(casework.KindCase, storyCase), p.started[0].WorkflowID)
	return workflows.Input[casework.Case]{Open: &p.started[0].Command}
}

// settled requires that nothing is owed any more, and that the ledger is what
// the law says by itself about the facts.
func settled(t *testing.T, r interface {
	Base() *casework.Record
	Subjects() []casework.Subject
}, at time.Time,
) {
	t.Helper()
	require.Empty(t, r.Base().Pending())
	duties, err := current(t).Law.Duties(r.Base(), r.Subjects(), at)
	require.NoError(t, err)
	require.NotEmpty(t, duties)
	require.Empty(t, r.Base().Changes(duties, at))
}

// monthly is a local time in a month of the story, counted from March 2026.
func monthly(month int, dayAndTime string) string {
	at := time.Date(2026, time.March+time.Month(month), 1, 0, 0, 0, 0, time.UTC)
	return at.Format("2006-01-") + dayAndTime
}

func storyOfTheCase(t *testing.T, db *postgres.DB, opening workflows.Input[casework.Case]) {
	t.Helper()
	p := begins(t, db, casework.AggregateID(casework.KindCase, storyCase), "2026-03-02 16:30")
	both := []string{"p-1", "p-2"}
	removalAndPlan(p, both)
	const missed, overdueFrom = "2026-07-31", "2026-08-01 08:00"
	var late casework.Duty
	p.at(overdueFrom, func() { late = visitDue(p, missed) })
	care(p, both)
	homeAndClosing(p, both)
	refusals := perform(p, casework.KindCase, opening)

	require.Len(t, refusals, 1)
	var refused *casework.Error
	require.ErrorAs(t, refusals[0].err, &refused)
	require.Equal(t, casework.Blocked, refused.Kind)
	require.True(t, slices.ContainsFunc(refused.Missing, func(b casework.Blocker) bool { return b.Code == "child-in-care" }))

	c := casework.FoldCase(p.events())
	require.Equal(t, casework.StageClosed, c.Stage())
	require.Equal(t, 2, p.runs, "a run lasts a year at most")
	require.True(t, c.ClosedAt.Equal(p.time("2027-09-11 15:00")))
	require.Equal(t, casework.DutyOverdue, late.Status, "the clock must act by itself")
	require.Equal(t, casework.DutyMetLate, c.StatusOf(late.ID))
	require.Equal(t, casework.DutyMet, c.StatusOf("case-plan/p-1/1"))
	require.Equal(t, casework.DutyMet, c.StatusOf("shelter-care-hearing/p-2/1"))
	settled(t, c, c.ClosedAt)
	require.ElementsMatch(t, []string{caseworker, supervisor}, toldOf(p, late.ID), "each once")
	for _, d := range c.Ledger {
		if d.Due != missed {
			require.NotEqual(t, casework.DutyMetLate, d.Status, d.ID)
		}
	}
}

func removalAndPlan(p *play, both []string) {
	p.step("2026-03-02 17:00", casework.RoleCaseworker, "child.remove", &casework.Removal{
		Children: both, At: p.time("2026-03-02 16:45"), Authority: "law-enforcement", Danger: "t-1", Efforts: "t-2",
		ICWAInquiry: "no-reason-to-know", RelativesAsked: true, Setting: "relative",
	})
	p.step("2026-03-02 17:05", casework.RoleCaseworker, "closing.request", &casework.ClosingRequest{Risk: "low", Reason: "t-3"})
	p.step("2026-03-04 10:30", casework.RoleCaseworker, "hearing.record", &casework.Hearing{
		Children: both, Type: casework.ShelterCare, At: p.time("2026-03-04 10:00"), Body: "court",
		ContraryToWelfare: true, EffortsToPrevent: true,
	})
	p.step("2026-03-11 12:00", casework.RoleCaseworker, "relatives.notify", &casework.RelativeNotice{
		Children: both, On: p.day("2026-03-11"),
	})
	plan := &casework.PlanSubmission{Content: "t-4", Goals: []casework.Goal{
		{Child: "p-1", Primary: "reunification"}, {Child: "p-2", Primary: "reunification"},
	}}
	p.step("2026-03-27 12:00", casework.RoleCaseworker, "plan.submit", plan)
	p.step("2026-03-30 12:00", casework.RoleSupervisor, "plan.return", &casework.PlanReturn{Comments: "t-5"})
	p.step("2026-04-02 12:00", casework.RoleCaseworker, "plan.submit", plan)
	p.step("2026-04-03 12:00", casework.RoleSupervisor, "plan.approve", &casework.PlanApproval{})
}

// care is a year of visits and hearings, with one month missed.
func care(p *play, both []string) {
	for month := 1; month <= 12; month++ {
		held, visited := monthly(month, "10 14:00"), monthly(month, "10 15:00")
		hearing := &casework.Hearing{Children: both, At: p.time(held), Body: "court"}
		switch month {
		case 1:
			hearing.Type, hearing.Maltreatment = casework.Adjudication, true
		case 4:
			visited = monthly(5, "03 10:00") // July's, made in August
		case 6, 11:
			hearing.Type = casework.Review
		case 12:
			hearing.Type, hearing.EffortsToFinalize = casework.Permanency, true
		}
		if hearing.Type != "" {
			p.step(monthly(month, "10 14:30"), casework.RoleCaseworker, "hearing.record", hearing)
		}
		visit(p, visited, both)
	}
}

func visit(p *play, wall string, children []string) {
	p.step(wall, casework.RoleCaseworker, "visit.record", &casework.Visit{
		Children: children, At: p.time(wall), InResidence: true, Alone: true, Notes: "t-6",
	})
}

// homeAndClosing brings one child home after the other, and closes the case
// after three months of aftercare.
func homeAndClosing(p *play, both []string) {
	for i, child := range both {
		from, until := monthly(12+i, "10 16:00"), monthly(14+i, "10 16:00")
		p.step(from, casework.RoleCaseworker, "trial-home-visit.start", &casework.TrialStart{
			Children: []string{child}, On: p.day(from[:10]), Until: p.day(monthly(16+i, "10")), Safety: "t-7",
		})
		p.step(until, casework.RoleCaseworker, "child.reunify", &casework.Reunification{
			Children: []string{child}, On: p.day(until[:10]),
		})
	}
	for month := 13; month <= 18; month++ {
		visit(p, monthly(month, "10 15:00"), both)
	}
	p.step("2027-09-10 16:00", casework.RoleCaseworker, "closing.request", &casework.ClosingRequest{Risk: "low", Reason: "t-8"})
	p.step("2027-09-11 15:00", casework.RoleSupervisor, "closing.approve", &casework.ClosingApproval{})
}

// visitDue reads the first child's visit duty that is due on a day, as
// PostgreSQL has it.
func visitDue(p *play, day string) casework.Duty {
	page, err := p.db.Duties(p.t.Context(), postgres.DutyFilter{Aggregate: p.id, Limit: 500})
	if err != nil {
		return casework.Duty{}
	}
	for _, d := range page.Items {
		if d.Clock == "caseworker-visit" && d.Subject == "p-1" && d.Due == day {
			return d.Duty
		}
	}
	return casework.Duty{ID: fmt.Sprintf("no visit is due on %s", day)}
}

// toldOf lists who was told that a duty is overdue.
func toldOf(p *play, duty string) []string {
	p.t.Helper()
	page, err := p.db.Notices(p.t.Context(), postgres.NoticeFilter{Aggregate: p.id, Limit: 500})
	require.NoError(p.t, err)
	var told []string
	for _, n := range page.Items {
		if n.Duty == duty && n.Kind == casework.NoticeDutyOverdue {
			told = append(told, n.Recipient)
		}
	}
	return told
}
