package casework_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// aDuty is a duty that falls due at an instant, with a ladder of three rungs:
// a week before, at once after, and a week after.
func aDuty(id, due string, at time.Time, status casework.DutyStatus) casework.Duty {
	return casework.Duty{
		ID: id, Clock: "visit", Subject: elder, Occurrence: 1, Title: "Visit the child", Due: due, DueAt: at.UTC(),
		Status: status, Owner: casework.RoleCaseworker, Citation: "42 USC 624(f)", Why: []string{"once a month"},
		Rungs: []casework.Rung{
			{Kind: casework.RungAtRisk, At: at.AddDate(0, 0, -7).UTC(), Tell: []casework.Role{casework.RoleCaseworker}},
			{
				Kind: casework.RungOverdue, At: at.Add(time.Second).UTC(),
				Tell: []casework.Role{casework.RoleCaseworker, casework.RoleSupervisor},
			},
			{Kind: casework.RungEscalated, At: at.AddDate(0, 0, 7).UTC(), Tell: []casework.Role{casework.RoleSupervisor}},
		},
	}
}

func dueOnMarch(t testing.TB, status casework.DutyStatus) casework.Duty {
	t.Helper()
	return aDuty("visit/P1/1", "2025-03-31", clock(t, "2025-03-31 23:59"), status)
}

func metBy(d casework.Duty, fact string) casework.Duty {
	d.MetBy = fact
	return d
}

// inCare is a case on 2025-03-01 with the elder in care.
func inCare(t testing.TB) *caseClerk {
	t.Helper()
	c := removed(t, elder)
	c.at(t, "2025-03-01 12:00")
	return c
}

func TestChanges_AreNoneOnceApplied(t *testing.T) {
	t.Parallel()
	c := inCare(t)
	history := []struct {
		wall   string
		duties []casework.Duty
	}{
		{"2025-03-01 12:00", []casework.Duty{dueOnMarch(t, casework.DutyOpen)}},
		{"2025-03-25 12:00", []casework.Duty{dueOnMarch(t, casework.DutyAtRisk)}},
		{"2025-04-01 12:00", []casework.Duty{dueOnMarch(t, casework.DutyOverdue)}},
		{"2025-04-02 12:00", []casework.Duty{
			metBy(dueOnMarch(t, casework.DutyMetLate), "3.1"),
		}},
		{"2025-04-03 12:00", nil},
	}
	for _, h := range history {
		c.at(t, h.wall)
		require.NotEmpty(t, c.owes(t, h.duties...), h.wall)
		require.Empty(t, c.state.Changes(h.duties, c.now), "%s: applied, nothing is left to change", h.wall)
		require.Empty(t, reread(t, c.state).Changes(h.duties, c.now), "%s: nor after a restart", h.wall)
	}
	require.Equal(t, casework.DutySuperseded, c.state.Ledger[0].Status)
}

func TestChanges_NameANewDutyAndItsDate(t *testing.T) {
	t.Parallel()
	c := inCare(t)
	changes := c.owes(t, dueOnMarch(t, casework.DutyOpen))
	require.Equal(t, []casework.DutyChange{{Duty: dueOnMarch(t, casework.DutyOpen)}}, changes)
	require.Equal(t, "Visit the child (P1): now due 31 March 2025.", changes[0].Says())
	require.Equal(t, clock(t, "2025-03-31 23:59").UTC(), c.state.NextDue())
	require.Zero(t, c.state.Overdue())
}

func TestChanges_CountTheRungsThatHaveBeenReached(t *testing.T) {
	t.Parallel()
	c := inCare(t)
	for _, step := range []struct {
		wall   string
		status casework.DutyStatus
		told   int
	}{
		{"2025-03-01 12:00", casework.DutyOpen, 0},
		{"2025-03-25 12:00", casework.DutyAtRisk, 1},
		{"2025-04-01 12:00", casework.DutyOverdue, 2},
		{"2025-04-09 12:00", casework.DutyOverdue, 3},
		{"2025-04-10 12:00", casework.DutyMetLate, 3},
	} {
		c.at(t, step.wall)
		changes := c.owes(t, dueOnMarch(t, step.status))
		require.Len(t, changes, 1, step.wall)
		require.Equal(t, step.told, changes[0].Duty.Told, step.wall)
		require.Equal(t, step.told, c.state.Ledger[0].Told, step.wall)
	}
}

func TestChanges_NoteTheOldDateOfAMovedDuty(t *testing.T) {
	t.Parallel()
	c := inCare(t)
	c.at(t, "2025-04-01 12:00")
	c.owes(t, dueOnMarch(t, casework.DutyOverdue))
	require.Equal(t, 2, c.state.Ledger[0].Told)
	require.Equal(t, 1, c.state.Overdue())

	moved := aDuty("visit/P1/1", "2025-04-30", clock(t, "2025-04-30 23:59"), casework.DutyOpen)
	changes := c.owes(t, moved)
	require.Len(t, changes, 1)
	require.Equal(t, "2025-03-31", changes[0].OldDue)
	require.Equal(t, casework.DutyOverdue, changes[0].OldStatus)
	require.Zero(t, changes[0].Duty.Told, "the ladder starts again from the new date")
	require.Equal(t, "Visit the child (P1): moved from 31 March 2025 to 30 April 2025 (once a month).", changes[0].Says())
	require.Zero(t, c.state.Overdue())
}

func TestChanges_NoteThatADutyRestsOnOtherGrounds(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*casework.Duty){
		"another reason":      func(d *casework.Duty) { d.Why = []string{"each month"} },
		"another law":         func(d *casework.Duty) { d.Citation = "42 USC 622(b)(17)" },
		"another ladder":      func(d *casework.Duty) { d.Rungs = d.Rungs[:2] },
		"another consequence": func(d *casework.Duty) { d.Consequence = "Less money" },
		"a window":            func(d *casework.Duty) { d.NotBefore = day(t, "2025-03-01") },
	} {
		c := inCare(t)
		c.owes(t, dueOnMarch(t, casework.DutyOpen))
		next := dueOnMarch(t, casework.DutyOpen)
		change(&next)
		changes := c.owes(t, next)
		require.Len(t, changes, 1, name)
		require.True(t, changes[0].Reworded, name)
		require.Contains(t, changes[0].Says(), "Visit the child (P1): due 31 March 2025 as before, for another reason (", name)
		require.Empty(t, c.owes(t, next), "%s: once", name)
		require.Empty(t, cmp.Diff([]casework.Duty{next}, c.state.Pending(), asStored()), name)
	}
}

func TestChanges_NameTheLawThatADutyWasOwedUnder(t *testing.T) {
	t.Parallel()
	c := inCare(t)
	c.owes(t, dueOnMarch(t, casework.DutyOpen))
	next := aDuty("visit/P1/1", "2025-03-15", clock(t, "2025-03-15 23:59"), casework.DutyOpen)
	next.Citation = "Made-up code 1"
	changes := c.owes(t, next)
	require.Len(t, changes, 1)
	require.Equal(t, "42 USC 624(f)", changes[0].OldCitation)
	require.False(t, changes[0].Reworded, "it has moved, too")
}

// A correction can make the reason of what was done long ago untrue, though not
// its date.
func TestChanges_OfThePastReachSettledDuties(t *testing.T) {
	t.Parallel()
	c := inCare(t)
	met := metBy(dueOnMarch(t, casework.DutyMet), "3.1")
	met.Rungs = nil
	c.owes(t, met)
	next := met
	next.Why = []string{"once a month from the right day"}
	require.Empty(t, c.state.Changes([]casework.Duty{next}, c.now), "the ledger alone does not know the reason")
	require.Empty(t, c.state.Changes([]casework.Duty{met}, c.now, met))

	changes := c.state.Changes([]casework.Duty{next}, c.now, met)

	require.Len(t, changes, 1)
	require.True(t, changes[0].Reworded)
	require.Equal(t, next.Why, changes[0].Duty.Why)
}

func TestChanges_SupersedeWhatIsNoLongerRequired(t *testing.T) {
	t.Parallel()
	for _, status := range []casework.DutyStatus{
		casework.DutyOpen, casework.DutyOverdue, casework.DutyMet, casework.DutyMetLate, casework.DutyIncurable,
	} {
		t.Run(string(status), func(t *testing.T) {
			t.Parallel()
			c := inCare(t)
			c.owes(t, dueOnMarch(t, status))
			changes := c.owes(t)
			require.Len(t, changes, 1)
			require.Equal(t, casework.DutySuperseded, changes[0].Duty.Status)
			require.Equal(t, status, changes[0].OldStatus)
			require.Contains(t, changes[0].Says(), "no longer required, was due 31 March 2025.")
			require.NotEqual(t, ':', changes[0].Says()[0], "a settled duty still has a name")
			require.Empty(t, c.owes(t), "once")
			require.Empty(t, c.state.Pending())
			require.Len(t, c.state.Ledger, 1, "nothing disappears")

			back := c.owes(t, dueOnMarch(t, casework.DutyOpen))
			require.Len(t, back, 1)
			require.Equal(t, casework.DutySuperseded, back[0].OldStatus)
			require.Len(t, c.state.Pending(), 1)
		})
	}
}

func TestPending_IsMostUrgentFirst(t *testing.T) {
	t.Parallel()
	c := inCare(t)
	c.owes(
		t,
		aDuty("b", "2025-05-01", clock(t, "2025-05-01 23:59"), casework.DutyOpen),
		aDuty("c", "2025-03-01", clock(t, "2025-03-01 23:59"), casework.DutyMet),
		aDuty("d", "2025-04-01", clock(t, "2025-04-01 23:59"), casework.DutyOpen),
		aDuty("a", "2025-05-01", clock(t, "2025-05-01 23:59"), casework.DutyAtRisk),
	)
	var ids []string
	for _, d := range c.state.Pending() {
		ids = append(ids, d.ID)
	}
	require.Equal(t, []string{"d", "a", "b"}, ids)
	require.Equal(t, casework.DutyMet, c.state.StatusOf("c"))
	require.Empty(t, c.state.StatusOf("e"))
	require.Equal(t, clock(t, "2025-04-01 23:59").UTC(), c.state.NextDue())
	require.Empty(t, c.state.Ledger[1].Why, "a settled duty is carried in short form")
	require.NotEmpty(t, c.state.Ledger[0].Why)
}

func TestDuty_WakesForEachRungAndOnceAfterItsLastSecond(t *testing.T) {
	t.Parallel()
	d := dueOnMarch(t, casework.DutyOpen)
	now := clock(t, "2025-03-01 12:00")
	var wakes []time.Time
	for at := d.NextWake(now); !at.IsZero(); at = d.NextWake(at) {
		wakes = append(wakes, at)
	}
	require.Empty(t, cmp.Diff([]time.Time{d.Rungs[0].At, d.DueAt.Add(time.Second), d.Rungs[2].At}, wakes))
	d.Status = casework.DutyMet
	require.True(t, d.NextWake(now).IsZero())
}

func TestDutyChange_SaysEachOutcome(t *testing.T) {
	t.Parallel()
	says := func(status, before casework.DutyStatus) string {
		return casework.DutyChange{Duty: dueOnMarch(t, status), OldStatus: before, OldDue: "2025-03-31"}.Says()
	}
	require.Equal(t, "Visit the child (P1): done in time, was due 31 March 2025.", says(casework.DutyMet, casework.DutyOpen))
	require.Equal(t, "Visit the child (P1): done late, was due 31 March 2025.", says(casework.DutyMetLate, casework.DutyOverdue))
	require.Equal(t, "Visit the child (P1): overdue since 31 March 2025.", says(casework.DutyOverdue, casework.DutyOpen))
	require.Equal(t, "Visit the child (P1): due soon, on 31 March 2025.", says(casework.DutyAtRisk, casework.DutyOpen))
	require.Equal(t, "Visit the child (P1): missed on 31 March 2025 and cannot be made up.", says(casework.DutyIncurable, casework.DutyOpen))
	require.Equal(t, "Visit the child (P1): paused, due 31 March 2025.", says(casework.DutyPaused, casework.DutyOpen))
	moved := func(status casework.DutyStatus) string {
		return casework.DutyChange{Duty: dueOnMarch(t, status), OldStatus: status, OldDue: "2025-03-28"}.Says()
	}
	require.Equal(t, "Visit the child (P1): done in time, was due 31 March 2025. Its date moved from 28 March 2025 (once a month).",
		moved(casework.DutyMet))
	require.Equal(t, "Visit the child (P1): moved from 28 March 2025 to 31 March 2025 (once a month).", moved(casework.DutyOpen))
	require.Equal(t, "Visit the child (P1): moved from 28 March 2025 to 31 March 2025 and overdue (once a month).",
		moved(casework.DutyOverdue))
	whole := &casework.DutiesChanged{Changes: []casework.DutyChange{
		{Duty: dueOnMarch(t, casework.DutyOpen)}, {Duty: dueOnMarch(t, casework.DutyMet)},
	}}
	require.Equal(t, "Visit the child (P1): now due 31 March 2025. Visit the child (P1): done in time, was due 31 March 2025.", whole.Says())
}

// Two orders of one day have duties of one title, which only the item tells apart.
func TestDutiesOfItems_AreToldApartByWhatIsSaidOfThem(t *testing.T) {
	t.Parallel()
	d := dueOnMarch(t, casework.DutyOpen)
	d.ID, d.Ref = "order/P1/1/order-2", "order-2"
	about := casework.DutyChange{Duty: d}
	require.Equal(t, "Visit the child ("+elder+", order-2): now due 31 March 2025.", about.Says())
	about.Duty.Subject = ""
	require.Equal(t, "Visit the child (order-2): now due 31 March 2025.", about.Says())
}
