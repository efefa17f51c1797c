package workflows_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"

	"homeward/casework"
	"homeward/internal/teststack"
	"homeward/workflows"
)

// What five years of a large family may cost.
const (
	// maxEventsPerRun is half of what the server suggests to continue as new at:
	// 4,096 events.
	maxEventsPerRun = 2_048
	// yearOfRun is how long a run lasts before it makes way by itself.
	yearOfRun = 365 * 24 * time.Hour
	// weeksOfFamily are five years and some weeks, so that five runs have ended.
	weeksOfFamily = 267
)

// years is a family of six in care for five years, on the real server.
type years struct {
	record

	ids  []string
	zone *time.Location
	week int
	// ran is when the current run began.
	ran time.Time
	// skipped are the weeks in which nobody met the parents.
	skipped int
	refs    map[string]string
}

// A family of six children over five years, with weekly contacts, monthly visits,
// hearings with their reports, amendments of the plan and referrals: it stays within
// the events that a run may have, continues as new once a year, has the same timers
// before and after, and owes nothing that was forgotten.
func TestFamilyOfSixOverFiveYears_KeepsItsBudgetAndItsTimers(t *testing.T) {
	t.Parallel()
	if raced {
		t.Skip("make test plays these five years by themselves; the race detector sees the same code in the other tests")
	}
	y := newYears(t)
	for y.week = 1; y.week <= weeksOfFamily; y.week++ {
		y.goOn()
	}
	y.costs()
	y.agrees()
	y.owesNothingForgotten(current(t).Law)
}

func newYears(t *testing.T) *years {
	t.Helper()
	y := &years{refs: make(map[string]string)}
	begun := time.Now()
	var children []casework.Subject
	for i := range 6 {
		y.ids = append(y.ids, fmt.Sprintf("p-%d", 100_000+i))
		children = append(children, casework.Subject{ID: y.ids[i], Born: casework.NewDate(begun.Year()-1-i, time.May, 1)})
	}
	y.record, _ = tryOpenCase(t, teststack.New(t, teststack.Options{}), func(b *casework.Opening) {
		b.Pack, b.Children = "washington@2025.1", children
	})
	zone, err := time.LoadLocation("America/Los_Angeles")
	require.NoError(t, err)
	y.zone, y.ran = zone, y.now()

	body := &casework.Removal{
		Children: y.ids, At: y.ran, Authority: "court-order", Danger: "t-1", Efforts: "t-2", ICWAInquiry: "no-reason-to-know",
		RelativesAsked: true, Setting: "foster-home",
	}
	y.works("child.remove", body)
	y.hears(casework.ShelterCare, func(h *casework.Hearing) { h.ContraryToWelfare, h.EffortsToPrevent = true, true })
	y.works("relatives.notify", &casework.RelativeNotice{Children: y.ids, On: y.dayOf(y.now())})
	y.works("contact-plan.set", &casework.ContactPlan{Children: y.ids, Relationship: "parent", EveryDays: 7, By: "court"})
	y.works("plan.submit", y.plan())
	y.do(casework.RoleSupervisor, "plan.approve", &casework.PlanApproval{})
	return y
}

// works has the caseworker take a step.
func (y *years) works(name string, body casework.Body) casework.Answer {
	y.t.Helper()
	answer, err := y.insist(y.t.Context(), command(casework.RoleCaseworker, name, body))
	require.NoError(y.t, err, "%s in week %d", name, y.week)
	return answer
}

func (y *years) hears(kind string, change func(*casework.Hearing)) {
	y.t.Helper()
	h := &casework.Hearing{Children: y.ids, Type: kind, At: y.now(), Body: "court", Result: "t-3"}
	change(h)
	y.works("hearing.record", h)
}

// in is a day some weeks from now.
func (y *years) in(weeks int) casework.Date { return y.dayOf(y.now().AddDate(0, 0, 7*weeks)) }

// plan is one of which the single step is due in eight weeks.
func (y *years) plan() *casework.PlanSubmission {
	p := &casework.PlanSubmission{
		Content: "t-4", On: y.in(0), Participants: []casework.PlanParticipant{{Person: "p-1", As: "parent"}},
		Needs: []casework.PlanNeed{{Area: "housing", Words: "t-5", Goals: []casework.PlanGoal{{
			Words: "t-6", Serves: "both", Steps: []casework.PlanStep{{Words: "t-7", Person: "p-1", Due: y.in(8)}},
		}}}},
	}
	for _, id := range y.ids {
		p.Goals = append(p.Goals, casework.Goal{
			Child: id, Primary: "reunification", Concurrent: "guardianship", Why: "t-8", By: y.in(52), Consulted: true,
			Health: "t-9", Education: "t-10",
		})
	}
	return p
}

// goOn moves the family to the next week and does what is due in it.
func (y *years) goOn() {
	y.t.Helper()
	before := y.now().In(y.zone)
	next := before.AddDate(0, 0, 7)
	renewed := next.Sub(y.ran) > yearOfRun
	if renewed {
		y.renews()
	}
	require.NoError(y.t, y.Mover.To(y.t.Context(), y.id, next))
	if renewed {
		y.skipped++ // the fresh run must notice by itself that this week has no contact
		return
	}
	y.works("family-contact.record", &casework.FamilyContact{Children: y.ids, Relationship: "parent", At: y.now(), Notes: "t-11"})
	if next.Month() != before.Month() {
		y.works("visit.record", &casework.Visit{Children: y.ids, At: y.now(), InResidence: true, Alone: true, Notes: "t-12"})
	}
	y.court()
	y.services()
}

// court is a hearing in every 25th week from the adjudication on, on the calendar
// six weeks before, with its report.
func (y *years) court() {
	y.t.Helper()
	const adjudicated, cycle = 4, 25
	switch since := y.week - adjudicated; {
	case since == 0:
		y.hears(casework.Adjudication, func(h *casework.Hearing) { h.Maltreatment = true })
	case since < 0:
	case since%cycle == cycle-6:
		y.refs["hearing"] = y.works("hearing.schedule", &casework.HearingSchedule{
			Children: y.ids, Type: casework.Review, At: y.now().AddDate(0, 0, 6*7),
		}).Ref
	case since%cycle == cycle-5:
		y.works("court-report.file", &casework.CourtReportFiling{Hearing: y.refs["hearing"], On: y.in(0), Content: "t-13"})
	case since%cycle == 0:
		y.hears(casework.Review, func(h *casework.Hearing) { h.Hearing = y.refs["hearing"] })
		if since%(2*cycle) == 0 {
			y.hears(casework.Permanency, func(h *casework.Hearing) { h.EffortsToFinalize = true })
		}
	case since == 2*cycle+1:
		y.works("tpr.except", &casework.TPRException{Children: y.ids, On: y.in(0), Ground: casework.CompellingReason, Reason: "t-14"})
	}
}

// services are an amendment of the plan each quarter, the step of it, and a
// referral that is followed up.
func (y *years) services() {
	y.t.Helper()
	switch y.week % 13 {
	case 0:
		y.works("plan.amend", &casework.PlanAmendment{
			PlanSubmission: *y.plan(), PlanChange: casework.PlanChange{Reason: "review", Why: "t-15"},
		})
		y.do(casework.RoleSupervisor, "plan.approve", &casework.PlanApproval{})
	case 6:
		for ref, step := range y.state().PlanSteps() {
			if step.Status == casework.StepPending {
				y.works("plan-step.complete", &casework.PlanStepCompletion{Step: ref, On: y.in(0), Evidence: "t-16"})
			}
		}
	case 7:
		y.works("referral.offer", &casework.ReferralOffer{
			On: y.in(0), Need: casework.Needs()[0], Provider: "t-17", FollowUp: y.in(2),
		})
	case 9:
		y.works("referral.follow-up", &casework.ReferralFollowUp{
			Referral: len(y.state().Referrals), On: y.in(0), Asked: "family", Found: "no-news", Next: y.in(3), Notes: "t-18",
		})
	case 11:
		y.works("referral.end", &casework.ReferralEnd{Referral: len(y.state().Referrals), On: y.in(0), By: "family", Reason: "other", Notes: "t-19"})
	}
}

// renews lets the year of the run end, with a step that changes no duty, and
// requires the same timers on both sides.
func (y *years) renews() {
	y.t.Helper()
	require.NoError(y.t, y.Mover.To(y.t.Context(), y.id, y.ran.Add(yearOfRun-10*time.Minute)))
	require.NoError(y.t, y.Mover.Settled(y.t.Context(), y.id))
	before, runs := y.armed(), y.runs()
	require.NoError(y.t, y.Mover.To(y.t.Context(), y.id, y.ran.Add(yearOfRun+10*time.Minute)))
	y.works("family-contact.record", &casework.FamilyContact{
		Children: y.ids, Relationship: "parent", At: y.now(), Attempted: true, Outcome: "child-ill", Notes: "t-20",
	})
	require.Eventually(y.t, func() bool { return y.runs() == runs+1 }, 30*time.Second, 20*time.Millisecond)
	require.NoError(y.t, y.Mover.Settled(y.t.Context(), y.id))
	y.ran = y.now()
	require.Equal(y.t, before, y.armed(), "the timers after continue-as-new, in week %d", y.week)
	carried := size(y.t, workflows.Input[casework.Case]{State: y.state()})
	require.Less(y.t, carried, payloadWarns)
	y.t.Logf("week %d: %d timers, %d bytes carried over", y.week, len(before), carried)
}

// armed lists the timers that run, and holds them to the duties: one for each
// instant at which time moves one.
func (y *years) armed() []string {
	y.t.Helper()
	wakes := make(map[int64]bool)
	for _, d := range y.state().Waiting() {
		if at := d.NextWake(y.now()); !at.IsZero() {
			wakes[at.UnixNano()] = true
		}
	}
	timers := y.timers()
	require.NotEmpty(y.t, timers)
	require.Len(y.t, timers, len(wakes))
	slices.Sort(timers)
	return timers
}

// costs holds each run to its events, and to its year.
func (y *years) costs() {
	y.t.Helper()
	runs := y.Runs(y.t, y.id)
	require.Len(y.t, runs, 6, "one run for each of five years, and the current one")
	for i, run := range runs {
		events := 0
		for _, e := range y.Stored(y.t, y.id, run) {
			switch e.GetEventType() { //nolint:exhaustive // the others happen without time skipping, too
			case enums.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED, enums.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED:
			default:
				events++
			}
			if w := e.GetWorkflowTaskStartedEventAttributes(); w != nil {
				require.False(y.t, w.GetSuggestContinueAsNew(), "run %d was too long for the server", i+1)
			}
		}
		y.t.Logf("run %d: %d events", i+1, events)
		require.LessOrEqual(y.t, events, maxEventsPerRun)
	}
}

// owesNothingForgotten: everything was done in time but the contacts of the weeks
// that were skipped, and the ledger is what the law says by itself.
func (y *years) owesNothingForgotten(law workflows.Law) {
	y.t.Helper()
	state := y.state()
	late, visits := 0, 0
	for _, d := range state.Ledger {
		switch {
		case d.Status == casework.DutyMetLate && d.Clock == "family-contact":
			late++
		case d.Clock == "caseworker-visit" && d.Status == casework.DutyMet:
			visits++
		default:
			require.NotContains(y.t, []casework.DutyStatus{casework.DutyMetLate, casework.DutyOverdue, casework.DutyIncurable}, d.Status,
				"%s was due %s", d.ID, d.Due)
		}
	}
	require.Equal(y.t, y.skipped*len(y.ids), late, "each week that was skipped is on record for each child")
	require.GreaterOrEqual(y.t, visits, 60*len(y.ids))
	duties, err := law.Duties(state.Base(), state.Subjects(), state.Now)
	require.NoError(y.t, err)
	require.Empty(y.t, state.Changes(duties, state.Now))
}
