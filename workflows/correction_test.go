package workflows_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

// The dates below are worked out by hand for a removal in January 2033, under
// the federal pack. The record's own clock is moved there first.
const (
	removedAt = "2033-01-10 10:00"
	correctly = "2033-01-08 09:00"
)

// wall is an instant of the office's wall clock.
func wall(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, zone(t))
	require.NoError(t, err)
	return at
}

// reach moves the record's clock ahead to a local time.
func (r record) reach(text string) {
	r.t.Helper()
	require.NoError(r.t, r.Mover.To(r.t.Context(), r.id, wall(r.t, text)))
	require.NoError(r.t, r.Mover.Settled(r.t.Context(), r.id))
}

// takes records a removal from home.
func (r record) takes(at string, children ...string) {
	r.t.Helper()
	b := removal(wall(r.t, at).Add(time.Hour))
	b.Children = children
	r.do(casework.RoleCaseworker, "child.remove", b)
}

// inCare2033 is a case whose children were removed on 10 January 2033, two days
// later.
func inCare2033(t testing.TB, o teststack.Options, children ...string) record {
	t.Helper()
	return inCareOn(t, teststack.New(t, o), children...)
}

func inCareOn(t testing.TB, s *teststack.Stack, children ...string) record {
	t.Helper()
	c := openCase(t, s)
	c.reach("2033-01-12 12:00")
	c.takes(removedAt, children...)
	return c
}

// hears records a hearing about p-1 with what the court found.
func (r record) hears(kind, at string, finds func(*casework.Hearing)) {
	r.t.Helper()
	b := &casework.Hearing{Children: []string{"p-1"}, Type: kind, At: wall(r.t, at), Body: "court"}
	finds(b)
	r.do(casework.RoleCaseworker, "hearing.record", b)
}

// fact is the ID of the last standing fact of a type about p-1.
func (r record) fact(kind casework.FactType) string {
	r.t.Helper()
	state, _ := r.logged()
	var last string
	for _, f := range casework.Current(state.Facts) {
		if f.Type == kind && (f.Subject == "p-1" || f.Subject == "") {
			last = f.ID
		}
	}
	require.NotEmpty(r.t, last, "there is no fact %s", kind)
	return last
}

// corrects corrects a fact about p-1 and returns what the step made of the duties.
func (r record) corrects(kind casework.FactType, change func(*casework.CaseCorrection)) []casework.DutyChange {
	r.t.Helper()
	b := &casework.CaseCorrection{}
	b.Fact, b.Reason = r.fact(kind), "t-9"
	change(b)
	answer := r.do(casework.RoleCaseworker, "case.correct", b)
	return r.changedBy(answer)
}

// changedBy lists what a step has made of the duties.
func (r record) changedBy(answer casework.Answer) []casework.DutyChange {
	r.t.Helper()
	events, err := r.DB.Events(r.t.Context(), r.id, 1)
	require.NoError(r.t, err)
	var made []casework.DutyChange
	for _, e := range events {
		if e.CommandID == answer.CommandID {
			made = append(made, changes(e)...)
		}
	}
	return made
}

// move is the way of a due date.
type move struct{ from, to string }

// moves requires that a step has moved exactly these duties, says so with both
// dates and the reason, and that timers and read models have followed.
func (r record) moves(made []casework.DutyChange, want map[string]move) {
	r.t.Helper()
	got := make(map[string]move)
	names := strings.Join(r.running(), "\n")
	for _, c := range made {
		if c.OldDue == "" || c.OldDue == c.Duty.Due {
			continue
		}
		got[c.Duty.ID] = move{c.OldDue, c.Duty.Due}
		for _, date := range []string{c.OldDue, c.Duty.Due} {
			require.Contains(r.t, c.Says(), day(r.t, date).Long(), c.Duty.ID)
		}
		require.NotEmpty(r.t, c.Duty.Why, c.Duty.ID)
		require.Contains(r.t, c.Says(), strings.Join(c.Duty.Why, "; "))
		if c.Duty.Status.Pending() {
			require.Contains(r.t, names, c.Duty.Clock+" due "+c.Duty.Due+" ("+c.Duty.Citation+")")
		}
		require.NotContains(r.t, names, c.Duty.Clock+" due "+c.OldDue, "no timer is left for the old date")
	}
	require.Equal(r.t, want, got)
	r.rowsAgree()
	r.agrees()
}

// rowsAgree holds the rows that lists show to the state of the workflow.
func (r record) rowsAgree() {
	r.t.Helper()
	state := r.state()
	summary, err := r.DB.Summary(r.t.Context(), r.id)
	require.NoError(r.t, err)
	require.Empty(r.t, cmp.Diff(state.Summary(), summary))
	for _, d := range state.Ledger {
		row, err := r.DB.Duty(r.t.Context(), r.id, d.ID)
		require.NoError(r.t, err)
		require.Equal(r.t, d.Status, row.Status, d.ID)
		require.Equal(r.t, d.Due, row.Due, d.ID)
		if d.Status.Pending() || d.Status == casework.DutyPaused {
			require.Empty(r.t, cmp.Diff(d, row, cmp.AllowUnexported(casework.Date{}), cmpopts.EquateEmpty()), d.ID)
		}
	}
}

func TestCorrection_OfARemovalMovesEveryDateOfThatChild(t *testing.T) {
	t.Parallel()
	c := inCare2033(t, teststack.Options{}, "p-1")
	made := c.corrects(casework.FactChildRemoved, func(b *casework.CaseCorrection) { b.At = wall(t, correctly) })

	c.moves(made, map[string]move{
		"relative-notice/p-1/1":            {"2033-02-09", "2033-02-07"}, // removal + 30 days
		"efforts-to-prevent-finding/p-1/1": {"2033-03-11", "2033-03-09"}, // removal + 60 days: 21 + 28 + 11
		"case-plan/p-1/1":                  {"2033-03-11", "2033-03-09"},
		"periodic-review/p-1/1":            {"2033-09-11", "2033-09-09"}, // entered care on day 60, + 6 months
		"permanency-hearing/p-1/1":         {"2034-03-11", "2034-03-09"}, // + 12 months
		"efforts-to-finalize-finding/p-1/1": {
			"2034-03-11", "2034-03-09",
		},
		"tpr-petition/p-1/1": {"2034-06-11", "2034-06-09"}, // + 15 months
	})
	var visit casework.DutyChange
	for _, change := range made {
		if change.Duty.ID == "caseworker-visit/p-1/1" {
			visit = change
		}
	}
	require.True(t, visit.Reworded, "the first full month is still February, and the reason names the right day now")
	require.Contains(t, strings.Join(visit.Duty.Why, "; "), "2033-01-08")
}

func TestCorrection_OfOneChildsRemovalLeavesTheSiblingAlone(t *testing.T) {
	t.Parallel()
	c := inCare2033(t, teststack.Options{}, "p-1", "p-2")
	made := c.corrects(casework.FactChildRemoved, func(b *casework.CaseCorrection) { b.At = wall(t, correctly) })
	for _, change := range made {
		require.Equal(t, "p-1", change.Duty.Subject, change.Duty.ID)
	}
	names := strings.Join(c.running(), "\n")
	require.Contains(t, names, "relative-notice due 2033-02-07")
	require.Contains(t, names, "relative-notice due 2033-02-09", "the sibling's timer runs on")
	c.rowsAgree()
	c.agrees()
}

func TestCorrection_OfAHearingMovesTheNextOne(t *testing.T) {
	t.Parallel()
	c := inCare2033(t, teststack.Options{}, "p-1")
	c.reach("2033-08-25 12:00")
	c.hears(casework.Review, "2033-08-01 10:00", func(b *casework.Hearing) { b.Body = "panel" })

	made := c.corrects(casework.FactReviewHeld, func(b *casework.CaseCorrection) { b.At = wall(t, "2033-08-20 10:00") })

	c.moves(made, map[string]move{"periodic-review/p-1/2": {"2034-02-01", "2034-02-20"}}) // 6 months from the review held
	first, err := c.DB.Duty(t.Context(), c.id, "periodic-review/p-1/1")
	require.NoError(t, err)
	require.Equal(t, casework.DutyMet, first.Status)
	require.Equal(t, "2033-08-20", first.MetOn)
}

func TestCorrection_OfAFindingMovesTheDayOnWhichTheChildEnteredCare(t *testing.T) {
	t.Parallel()
	c := inCare2033(t, teststack.Options{}, "p-1")
	c.hears(casework.ShelterCare, "2033-01-11 10:00", func(b *casework.Hearing) { b.ContraryToWelfare = true })
	c.reach("2033-02-20 12:00")
	c.hears(casework.Adjudication, "2033-02-01 10:00", func(b *casework.Hearing) { b.Maltreatment = true })
	from := func(review, permanency, tpr, later, hearing, petition string) map[string]move {
		return map[string]move{
			"periodic-review/p-1/1": {review, later}, "permanency-hearing/p-1/1": {permanency, hearing},
			"efforts-to-finalize-finding/p-1/1": {permanency, hearing}, "tpr-petition/p-1/1": {tpr, petition},
		}
	}

	made := c.corrects(casework.FactMaltreatmentFound, func(b *casework.CaseCorrection) { b.At = wall(t, "2033-02-15 10:00") })
	c.moves(made, from("2033-08-01", "2034-02-01", "2034-05-01", "2033-08-15", "2034-02-15", "2034-05-15"))

	// The order made no such finding: the child entered care on day 60.
	no, yes := false, true
	made = c.corrects(casework.FactCourtOrder, func(b *casework.CaseCorrection) { b.Maltreatment = &no })
	c.moves(made, from("2033-08-15", "2034-02-15", "2034-05-15", "2033-09-11", "2034-03-11", "2034-06-11"))

	// It did after all.
	made = c.corrects(casework.FactCourtOrder, func(b *casework.CaseCorrection) { b.Maltreatment = &yes })
	c.moves(made, from("2033-09-11", "2034-03-11", "2034-06-11", "2033-08-15", "2034-02-15", "2034-05-15"))
}

func TestCorrection_ThatWithdrawsAFactBringsTheDutyBack(t *testing.T) {
	t.Parallel()
	c := inCare2033(t, teststack.Options{}, "p-1")
	c.reach("2033-01-25 12:00")
	c.do(casework.RoleCaseworker, "relatives.notify", &casework.RelativeNotice{
		Children: []string{"p-1"}, On: casework.NewDate(2033, time.January, 20),
	})
	require.NotContains(t, strings.Join(c.running(), "\n"), "relative-notice")

	made := c.corrects(casework.FactRelativesNotified, func(b *casework.CaseCorrection) { b.Withdraw = true })

	require.Len(t, made, 1)
	require.Equal(t, casework.DutyMet, made[0].OldStatus)
	require.Equal(t, casework.DutyOpen, made[0].Duty.Status)
	require.Contains(t, strings.Join(c.running(), "\n"), "relative-notice due 2033-02-09 (42 USC 671(a)(29))")
	c.rowsAgree()
	c.agrees()
}

// A court that orders a longer trial home visit moves its limit.
func TestCorrection_OfADetailMovesTheLimitOfATrialHomeVisit(t *testing.T) {
	t.Parallel()
	c := inCare2033(t, teststack.Options{}, "p-1")
	c.do(casework.RoleCaseworker, "plan.submit", &casework.PlanSubmission{Content: "t-5", Goals: []casework.Goal{
		{Child: "p-1", Primary: "reunification"}, {Child: "p-2", Primary: "remain-home"},
	}})
	c.do(casework.RoleSupervisor, "plan.approve", &casework.PlanApproval{})
	c.reach("2033-06-02 12:00")
	c.do(casework.RoleCaseworker, "trial-home-visit.start", &casework.TrialStart{
		Children: []string{"p-1"}, On: casework.NewDate(2033, time.June, 1), Until: casework.NewDate(2033, time.November, 30),
		Safety: "t-6",
	})
	limit, err := c.DB.Duty(t.Context(), c.id, "trial-home-visit-limit/p-1/1")
	require.NoError(t, err)
	require.Equal(t, "2033-12-01", limit.Due, "1 June + 6 months")

	ordered := true
	made := c.corrects(casework.FactTrialHomeVisitStarted, func(b *casework.CaseCorrection) {
		b.Until, b.CourtOrdered = casework.NewDate(2034, time.March, 15), &ordered
	})

	var change casework.DutyChange
	for _, one := range made {
		if one.Duty.ID == limit.ID {
			change = one
		}
	}
	require.Equal(t, "2033-12-01", change.OldDue)
	require.Equal(t, "2034-03-15", change.Duty.Due)
	require.Equal(t, "2033-12-01", change.Duty.OriginalDue)
	require.Contains(t, strings.Join(c.running(), "\n"), "trial-home-visit-limit due 2034-03-15")
	require.NotContains(t, strings.Join(c.running(), "\n"), "trial-home-visit-limit due 2033-12-01")
	c.rowsAgree()
	c.agrees()
}

// The priority was mistyped: not 24 hours from the call, but 72.
func TestCorrection_OfThePriorityMovesTheFirstContact(t *testing.T) {
	t.Parallel()
	r := openReport(t, teststack.New(t, teststack.Options{}), ago(time.Hour))
	r.screenIn("emergent")
	before, err := r.DB.Duty(t.Context(), r.id, "initial-face-to-face/p-1/1")
	require.NoError(t, err)
	logged, _ := r.logged()
	b := &casework.ReportCorrection{}
	b.Priority, b.Reason = "non-emergent", "t-9"
	for _, f := range logged.Facts {
		if f.Type == casework.FactReportScreened {
			b.Fact = f.ID
		}
	}
	answer := r.do(casework.RoleSupervisor, "report.correct", b)

	after, err := r.DB.Duty(t.Context(), r.id, before.ID)
	require.NoError(t, err)
	require.Equal(t, before.DueAt.Add(48*time.Hour), after.DueAt)
	require.Contains(t, strings.Join(after.Why, "; "), "priority non-emergent")
	for _, change := range r.changedBy(answer) {
		if change.Duty.Clock == "initial-face-to-face" {
			require.Contains(t, change.Says(), "moved from")
		}
	}
	names := strings.Join(r.running(), "\n")
	require.Contains(t, names, "initial-face-to-face due "+after.Due)
	require.NotContains(t, names, before.Due)
	summary, err := r.DB.Summary(t.Context(), r.id)
	require.NoError(t, err)
	require.Equal(t, "non-emergent", summary.Priority)
	r.agrees()
}

func TestChildren_RowsTellWhenEachEnteredCare(t *testing.T) {
	t.Parallel()
	c := inCareOn(t, teststack.New(t, teststack.Options{}), "p-1")
	entered := func() []string {
		rows, err := c.DB.Children(t.Context(), c.id)
		require.NoError(t, err)
		var days []string
		for _, row := range rows {
			days = append(days, row.Child+" "+row.EnteredCare.String())
		}
		return days
	}
	require.Equal(t, []string{"p-1 2033-03-11", "p-2 "}, entered(), "60 days after the removal of 10 January")
	c.hears(casework.Adjudication, "2033-01-11 10:00", func(b *casework.Hearing) { b.Maltreatment = true })
	require.Equal(t, []string{"p-1 2033-01-11", "p-2 "}, entered(), "the finding came first")
}
