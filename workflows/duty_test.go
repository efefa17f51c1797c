package workflows_test

import (
	"cmp"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"

	"homeward/casework"
	"homeward/internal/teststack"
	"homeward/postgres"
	"homeward/workflows"
)

// due24 is how long ago a report was received whose 24 hours end in a moment.
const due24 = 24*time.Hour - 4*time.Second

// ends counts how the timers of the record's current run have ended, by name.
type ends struct{ fired, canceled, running map[string]int }

func (r record) history() []*history.HistoryEvent {
	r.t.Helper()
	return r.History(r.t, r.id, "")
}

func (r record) ends() ends {
	r.t.Helper()
	names := make(map[int64]string)
	e := ends{make(map[string]int), make(map[string]int), make(map[string]int)}
	end := func(how map[string]int, started int64) {
		how[names[started]]++
		e.running[names[started]]--
	}
	for _, event := range r.history() {
		switch event.GetEventType() { //nolint:exhaustive // the others are about no timer
		case enums.EVENT_TYPE_TIMER_STARTED:
			var name string
			require.NoError(r.t, json.Unmarshal(event.GetUserMetadata().GetSummary().GetData(), &name))
			names[event.GetEventId()] = name
			e.running[name]++
		case enums.EVENT_TYPE_TIMER_FIRED:
			end(e.fired, event.GetTimerFiredEventAttributes().GetStartedEventId())
		case enums.EVENT_TYPE_TIMER_CANCELED:
			end(e.canceled, event.GetTimerCanceledEventAttributes().GetStartedEventId())
		}
	}
	return e
}

// notices lists the notices about a duty, of one kind.
func (r record) notices(duty string, kind casework.NoticeKind) []string {
	r.t.Helper()
	page, err := r.DB.Notices(r.t.Context(), postgres.NoticeFilter{Aggregate: r.id, Limit: 500})
	require.NoError(r.t, err)
	var told []string
	for _, n := range page.Items {
		if n.Duty == duty && n.Kind == kind {
			told = append(told, n.Recipient)
		}
	}
	return told
}

func TestDuty_ThatFallsDueActsByItselfInTime(t *testing.T) {
	t.Parallel()
	r := openReport(t, teststack.New(t, teststack.Options{}), ago(due24))
	due := r.falls("screening-decision/1", casework.DutyOverdue)
	_, events := r.logged()
	overdue := events[len(events)-1]
	require.Equal(t, casework.EventDutiesChanged, overdue.Type)
	require.Equal(t, casework.System(), overdue.Actor)
	require.WithinRange(t, overdue.RecordedAt, due.DueAt.Add(time.Second), due.DueAt.Add(10*time.Second))
	require.ElementsMatch(t, []string{hotline, supervisor}, r.notices(due.ID, casework.NoticeDutyOverdue))
	require.Equal(t, 1, r.overdueEvents(due.ID))
	r.agrees()
}

// Nobody is told ten times because a worker was down.
func TestDuty_PastDueAfterDowntimeFiresOnceAtOnce(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	r := openReport(t, s, ago(due24))
	r.screenIn("emergent")
	s.StopWorker(t)
	require.Eventually(t, func() bool { return len(r.ends().fired) > 0 }, 30*time.Second, 50*time.Millisecond)
	s.StartWorker(t)
	for _, duty := range []string{"initial-face-to-face/p-1/1", "initial-face-to-face/p-2/1"} {
		r.falls(duty, casework.DutyOverdue)
		require.Equal(t, 1, r.overdueEvents(duty))
		require.ElementsMatch(t, []string{investigator, supervisor}, r.notices(duty, casework.NoticeDutyOverdue))
	}
	_, events := r.logged()
	require.Len(t, changes(events[len(events)-1]), 2, "both in one event")
	r.agrees()
}

// A whole ladder that passed during downtime speaks once, as it stands now.
func TestDuty_WhoseLadderHasPassedIsToldOfOnce(t *testing.T) {
	t.Parallel()
	r := openReport(t, teststack.New(t, teststack.Options{}), ago(30*24*time.Hour))
	const duty = "screening-decision/1"
	r.falls(duty, casework.DutyOverdue)
	_, events := r.logged()
	require.Len(t, events, 2, "the opening and its duties")
	page, err := r.DB.Notices(t.Context(), postgres.NoticeFilter{Aggregate: r.id})
	require.NoError(t, err)
	for _, n := range page.Items {
		require.NotEqual(t, casework.NoticeDutyAtRisk, n.Kind)
	}
	r.agrees()
}

func TestDuty_ThatIsMetCancelsItsTimer(t *testing.T) {
	t.Parallel()
	c := openCase(t, teststack.New(t, teststack.Options{}))
	c.remove()
	before := c.running()
	c.do(casework.RoleCaseworker, "relatives.notify", &casework.RelativeNotice{
		Children: []string{"p-1", "p-2"}, On: casework.DateOf(c.now().In(zone(t))),
	})
	after := c.running()
	met := only(t, before, "relative-notice")
	require.NotContains(t, after, met)
	require.Equal(t, 1, c.ends().canceled[met])
	c.forward(45) // past its date
	require.Zero(t, c.ends().fired[met])
	for _, child := range []string{"p-1", "p-2"} {
		duty := "relative-notice/" + child + "/1"
		c.falls(duty, casework.DutyMet)
		require.Zero(t, c.overdueEvents(duty))
		require.Empty(t, c.notices(duty, casework.NoticeDutyOverdue))
	}
	c.agrees()
}

// only returns the one name that begins with a clock.
func only(t *testing.T, names []string, clock string) string {
	t.Helper()
	var found []string
	for _, name := range names {
		if strings.HasPrefix(name, clock+" ") {
			found = append(found, name)
		}
	}
	require.Len(t, found, 1, names)
	return found[0]
}

// Siblings who were removed together share each timer, and so do duties of one day.
func TestTimers_AreSharedAndSayDutyDateAndLaw(t *testing.T) {
	t.Parallel()
	c := openCase(t, teststack.New(t, teststack.Options{}))
	answer := c.remove()
	instants, children := make(map[time.Time]bool), make(map[string]time.Time)
	now := c.now()
	for _, line := range answer.Duties {
		d, err := c.DB.Duty(t.Context(), c.id, line.ID)
		require.NoError(t, err)
		if wake := d.NextWake(now); !wake.IsZero() {
			instants[wake.UTC()] = true
			if d.NotBefore.IsZero() && d.Clock != "exit-documents" { // those are counted from each child's own birthday
				require.Equal(t, cmp.Or(children[d.Clock], wake), wake, "%s: one timer serves both", d.ID)
				children[d.Clock] = wake
			}
		}
	}
	names := c.running()
	require.Len(t, names, len(instants))
	require.NotEmpty(t, children)
	plan, err := c.DB.Duty(t.Context(), c.id, "case-plan/p-1/1")
	require.NoError(t, err)
	var shared string
	for _, name := range names {
		require.NotContains(t, name, "p-1")
		require.NotContains(t, name, "p-2")
		require.LessOrEqual(t, len(name), 200)
		if strings.Contains(name, "case-plan due "+plan.Due+" ("+plan.Citation+")") {
			shared = name
		}
	}
	require.NotEmpty(t, shared, names)
}

func TestCorrection_MovesDatesAndTheirTimers(t *testing.T) {
	t.Parallel()

	t.Run("of a removal", func(t *testing.T) {
		t.Parallel()
		c := openCase(t, teststack.New(t, teststack.Options{}))
		c.remove()
		logged, _ := c.logged()
		for _, f := range logged.Facts {
			if f.Type != casework.FactChildRemoved {
				continue
			}
			b := &casework.CaseCorrection{}
			b.Fact, b.At, b.Reason = f.ID, f.At.Add(-10*24*time.Hour), "t-9"
			c.do(casework.RoleCaseworker, "case.correct", b)
		}
		moved(t, c, "relative-notice/p-1/1", -10)
		c.agrees()
	})

	t.Run("of the receipt of a report", func(t *testing.T) {
		t.Parallel()
		r := openReport(t, teststack.New(t, teststack.Options{}), ago(time.Hour))
		r.screenIn("non-emergent")
		logged, _ := r.logged()
		b := &casework.ReportCorrection{}
		b.Fact, b.At, b.Reason = logged.Facts[0].ID, logged.Facts[0].At.Add(-24*time.Hour), "t-9"
		r.do(casework.RoleInvestigator, "report.correct", b)
		moved(t, r.record, "initial-face-to-face/p-1/1", -1)
		r.agrees()
	})
}

// moved requires that a duty has moved by days, that the timeline says from
// where to where, and that its timer has followed.
func moved(t *testing.T, r record, duty string, days int) {
	t.Helper()
	events, err := r.DB.Events(t.Context(), r.id, 1)
	require.NoError(t, err)
	var change casework.DutyChange
	for _, e := range events {
		for _, c := range changes(e) {
			if c.Duty.ID == duty && c.OldDue != "" && c.OldDue != c.Duty.Due {
				change = c
			}
		}
	}
	require.NotEmpty(t, change.OldDue)
	was, is := day(t, change.OldDue), day(t, change.Duty.Due)
	require.Equal(t, was.AddDays(days), is)
	require.Contains(t, change.Says(), "moved from")
	all := strings.Join(r.running(), "\n")
	require.Contains(t, all, change.Duty.Due)
	require.NotContains(t, all, change.Duty.Clock+" due "+change.OldDue)
	require.NotEmpty(t, r.ends().canceled)
}

// day is the local day of a due date.
func day(t testing.TB, due string) casework.Date {
	t.Helper()
	d, err := casework.ParseDate(due[:len(time.DateOnly)])
	require.NoError(t, err)
	return d
}

// A case is ended by an audited step alone.
func TestCancelRequest_EndsNoCaseAndStopsNoStep(t *testing.T) {
	t.Parallel()
	c := openCase(t, teststack.New(t, teststack.Options{}))
	c.remove()
	require.NoError(t, c.Client.CancelWorkflow(t.Context(), c.id, ""))
	c.visit()
	require.NoError(t, c.Client.CancelWorkflow(t.Context(), c.id, ""))
	c.visit()
	require.NotEmpty(t, c.running())
	c.forward(45)
	c.falls("relative-notice/p-1/1", casework.DutyOverdue)
	require.NoError(t, c.Client.SignalWorkflow(t.Context(), c.id, "", workflows.SignalRenew, nil))
	require.Eventually(t, func() bool { return c.runs() == 2 }, 10*time.Second, 20*time.Millisecond)
	c.agrees()
}

func TestClosedRecord_EndsWithNoTimerAndTakesNoStep(t *testing.T) {
	t.Parallel()
	r := openReport(t, teststack.New(t, teststack.Options{}), nil)
	require.NotEmpty(t, r.running())
	answer := r.screenOut()
	require.Equal(t, casework.StageScreenedOut, answer.Stage)
	r.ended()
	require.Empty(t, r.running())
	_, err := r.Send(t.Context(), r.id, command(casework.RoleSupervisor, "report.screen-in", &casework.ScreeningIn{
		Priority: "emergent", Track: "investigation", Investigator: investigator,
	}))
	require.Equal(t, casework.NotFound, casework.KindOf(err), "the API says from the log that it is closed")
	logged, _ := r.logged()
	require.Empty(t, logged.Pending())
}
