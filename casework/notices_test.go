package casework_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// told is what a test looks at in a notice.
type told struct {
	recipient string
	kind      casework.NoticeKind
}

func toldOf(notices []casework.Notice) []told {
	var all []told
	for _, n := range notices {
		all = append(all, told{n.Recipient, n.Kind})
	}
	return all
}

// notices returns whom a clerk's last event concerns.
func (c *clerk[S, P]) notices(t testing.TB) []casework.Notice {
	t.Helper()
	return c.state.NoticesFor(c.events[len(c.events)-1])
}

// tells owes duties and returns the notices, asked as the loop asks: before the
// ledger knows the change.
func (c *clerk[S, P]) tells(t testing.TB, duties ...casework.Duty) []casework.Notice {
	t.Helper()
	before := P(c.state.Fork())
	if c.owes(t, duties...) == nil {
		return nil
	}
	return before.NoticesFor(c.events[len(c.events)-1])
}

func TestNotices_TellWhomAStepConcerns(t *testing.T) {
	t.Parallel()
	r := received(t)
	require.Equal(t, []told{{supervisor().ID, casework.NoticeApproval}}, toldOf(r.notices(t)))
	r = screened(t)
	require.Equal(t, []told{{investigator().ID, casework.NoticeAssigned}}, toldOf(r.notices(t)))

	c := opened(t)
	require.Equal(t, []told{
		{caseworker().ID, casework.NoticeAssigned}, {supervisor().ID, casework.NoticeAssigned},
	}, toldOf(c.notices(t)))
	for _, step := range []struct {
		by   casework.Actor
		body casework.Body
		want []told
	}{
		{caseworker(), aPlan(), []told{{supervisor().ID, casework.NoticeApproval}}},
		{supervisor(), &casework.PlanReturn{Comments: "text"}, []told{{caseworker().ID, casework.NoticeReturned}}},
		{caseworker(), aPlan(), []told{{supervisor().ID, casework.NoticeApproval}}},
		{supervisor(), &casework.PlanApproval{}, []told{{caseworker().ID, casework.NoticeApproved}}},
		{caseworker(), aVisit(t, "2025-01-20 09:00", elder), nil},
		{caseworker(), aClosingRequest(), []told{{supervisor().ID, casework.NoticeApproval}}},
		{supervisor(), &casework.ClosingReturn{Comments: "text"}, []told{{caseworker().ID, casework.NoticeReturned}}},
		{caseworker(), aClosingRequest(), []told{{supervisor().ID, casework.NoticeApproval}}},
		{supervisor(), &casework.Assignment{Worker: "w-2", Supervisor: supervisor().ID}, []told{{"w-2", casework.NoticeAssigned}}},
		{supervisor(), &casework.ClosingApproval{}, []told{{"w-2", casework.NoticeApproved}}},
	} {
		c.does(t, step.by, step.body)
		require.Equal(t, step.want, toldOf(c.notices(t)), "%T", step.body)
	}
}

func TestNotices_NeverTellOfOnesOwnActs(t *testing.T) {
	t.Parallel()
	c := opened(t)
	c.does(t, supervisor(), aPlan())
	require.Empty(t, c.notices(t), "the supervisor knows")
	r := &reportClerk{state: &casework.Report{}, now: clock(t, "2025-01-06 09:30")}
	r.does(t, supervisor(), aReceipt(t))
	require.Empty(t, r.notices(t))
	r.does(t, supervisor(), &casework.ScreeningIn{Priority: "P1", Track: "investigation", Investigator: supervisor().ID})
	require.Empty(t, r.notices(t))
}

func TestLadder_TellsOncePerRung(t *testing.T) {
	t.Parallel()
	c := inCare(t)
	for _, step := range []struct {
		wall   string
		status casework.DutyStatus
		want   []told
	}{
		{"2025-03-01 12:00", casework.DutyOpen, nil},
		{"2025-03-25 12:00", casework.DutyAtRisk, []told{{caseworker().ID, casework.NoticeDutyAtRisk}}},
		{"2025-03-26 12:00", casework.DutyAtRisk, nil},
		{"2025-03-27 12:00", casework.DutyOpen, nil},
		{"2025-04-01 12:00", casework.DutyOverdue, []told{
			{caseworker().ID, casework.NoticeDutyOverdue}, {supervisor().ID, casework.NoticeDutyOverdue},
		}},
		{"2025-04-02 12:00", casework.DutyOverdue, nil},
		{"2025-04-09 12:00", casework.DutyOverdue, []told{{supervisor().ID, casework.NoticeDutyEscalated}}},
		{"2025-04-10 12:00", casework.DutyMetLate, nil},
	} {
		c.at(t, step.wall)
		require.Equal(t, step.want, toldOf(c.tells(t, dueOnMarch(t, step.status))), step.wall)
	}
}

func TestLadder_AfterDowntimeOnlyTheLastRungSpeaks(t *testing.T) {
	t.Parallel()
	c := inCare(t)
	c.tells(t, dueOnMarch(t, casework.DutyOpen))
	c.at(t, "2025-04-20 12:00")
	notices := c.tells(t, dueOnMarch(t, casework.DutyOverdue))
	require.Equal(t, []told{{supervisor().ID, casework.NoticeDutyEscalated}}, toldOf(notices))

	fresh := inCare(t)
	fresh.at(t, "2025-04-02 12:00")
	require.Equal(t, []told{
		{caseworker().ID, casework.NoticeDutyOverdue}, {supervisor().ID, casework.NoticeDutyOverdue},
	}, toldOf(fresh.tells(t, dueOnMarch(t, casework.DutyOverdue))), "a duty that is born late is told of as it stands")
}

func TestLadder_SpeaksAgainForANewDate(t *testing.T) {
	t.Parallel()
	c := inCare(t)
	c.at(t, "2025-04-01 12:00")
	first := c.tells(t, dueOnMarch(t, casework.DutyOverdue))
	moved := aDuty("visit/P1/1", "2025-03-30", clock(t, "2025-03-30 23:59"), casework.DutyOverdue)
	second := c.tells(t, moved)
	require.Equal(t, append([]told{{caseworker().ID, casework.NoticeDutyMoved}}, toldOf(first)...), toldOf(second))
	require.Contains(t, second[0].Text, "was due 31 March 2025 and is now due 30 March 2025")
	require.NotEqual(t, first[0].Key, second[1].Key)
	require.Contains(t, second[1].Text, "was due 30 March 2025 and is overdue")
}

func TestLadder_ReachesTheManagerThroughTheSupervisor(t *testing.T) {
	t.Parallel()
	c := inCare(t)
	c.at(t, "2025-04-01 12:00")
	d := dueOnMarch(t, casework.DutyOverdue)
	d.Rungs = []casework.Rung{{Kind: casework.RungEscalated, At: d.DueAt, Tell: []casework.Role{casework.RoleManager}}}
	notices := c.tells(t, d)
	require.Equal(t, []told{{"", casework.NoticeDutyEscalated}}, toldOf(notices))
	require.Equal(t, supervisor().ID, notices[0].ManagerOf)
	require.Contains(t, notices[0].Key, "/manager")
}

func TestLadder_TellsWhoHoldsTwoRolesOnce(t *testing.T) {
	t.Parallel()
	r := &reportClerk{state: &casework.Report{}, now: clock(t, "2025-01-06 09:30")}
	r.does(t, supervisor(), aReceipt(t))
	r.at(t, "2025-04-01 12:00")
	require.Equal(t, []told{{supervisor().ID, casework.NoticeDutyOverdue}}, toldOf(r.tells(t, dueOnMarch(t, casework.DutyOverdue))))
}

func TestNotices_HaveKeysThatAreUniqueAndStable(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, record := range wholeStory(t) {
		again := record.notices()
		for i, n := range record.notices() {
			require.NotEmpty(t, n.Key)
			require.False(t, seen[n.Key], "%s is there twice", n.Key)
			seen[n.Key] = true
			require.Equal(t, again[i], n, "told again, it is the same notice")
			require.NotEmpty(t, n.Recipient)
			require.NotEmpty(t, n.Subject)
			require.Contains(t, n.Text, "You are told because you are")
			require.NotContains(t, n.Subject+n.Text, "%!", "every verb of the text is filled")
		}
	}
	require.Greater(t, len(seen), 15)
}

// Two siblings' duties must be told apart; the number of a child says nothing
// about who it is.
func TestNotices_NameTheChildByNumber(t *testing.T) {
	t.Parallel()
	c := inCare(t)
	c.at(t, "2025-04-01 12:00")
	n := c.tells(t, dueOnMarch(t, casework.DutyOverdue))[0]
	require.Contains(t, n.Subject, "Visit the child (P1)")
	require.Contains(t, n.Text, "\u201cVisit the child (P1)\u201d")
}

func TestTexts_HoldNothingThatAPersonWrote(t *testing.T) {
	t.Parallel()
	// Every narrative of the story is a reference that holds the word "text-".
	for _, record := range wholeStory(t) {
		data, err := json.Marshal(record.notices())
		require.NoError(t, err)
		require.NotContains(t, string(data), "text-")
		for _, e := range record.events {
			require.NotEmpty(t, e.Body.Says(), "%s", e.Type)
			require.NotContains(t, e.Body.Says(), "text-", "%s", e.Type)
		}
	}
}

func TestNotices_SayWhyInParts(t *testing.T) {
	t.Parallel()
	c := inCare(t)
	c.tells(t, dueOnMarch(t, casework.DutyOpen))
	c.at(t, "2025-04-01 12:00")
	notices := c.tells(t, dueOnMarch(t, casework.DutyOverdue))
	d := dueOnMarch(t, casework.DutyOverdue)
	require.Len(t, notices, 2)
	for i, role := range []casework.Role{casework.RoleCaseworker, casework.RoleSupervisor} {
		why := notices[i].Why
		require.Equal(t, role, why.Role)
		require.Equal(t, 2, why.Rung)
		require.Equal(t, len(d.Rungs), why.Rungs)
		require.Equal(t, d.Rungs[1].At, why.At)
		require.Equal(t, d.Citation, why.Citation)
		require.Equal(t, d.Why, why.Steps)
		require.Equal(t, d.Due, why.Due)
		require.True(t, notices[i].Urgent)
	}
	c.does(t, caseworker(), aPlan())
	told := c.notices(t)[0]
	require.Equal(t, &casework.NoticeWhy{Event: c.state.Revision, By: caseworker().ID, Role: casework.RoleSupervisor}, told.Why)
	require.True(t, told.Urgent, "somebody waits for this person")
	c.does(t, supervisor(), &casework.PlanApproval{})
	require.False(t, c.notices(t)[0].Urgent, "good news can wait for the digest")
}

// A warning can wait for tomorrow's digest only if the duty is not due by then.
func TestNotices_AWarningIsUrgentWhenTheDutyIsDueWithinTwoDays(t *testing.T) {
	t.Parallel()
	for wall, urgent := range map[string]bool{"2025-03-25 12:00": false, "2025-03-30 12:00": true} {
		c := inCare(t)
		c.tells(t, dueOnMarch(t, casework.DutyOpen))
		c.at(t, wall)
		notices := c.tells(t, dueOnMarch(t, casework.DutyAtRisk))
		require.Len(t, notices, 1, wall)
		require.Equal(t, urgent, notices[0].Urgent, wall)
	}
}

// A duty that is missed for good has no later rung, so its ladder ends at once
// with everybody on it; one that was overdue has been told of already.
func TestLadder_OfWhatCannotBeMadeUpTellsEverybodyAtOnce(t *testing.T) {
	t.Parallel()
	c := inCare(t)
	c.tells(t, dueOnMarch(t, casework.DutyOpen))
	c.at(t, "2025-04-01 12:00")
	notices := c.tells(t, dueOnMarch(t, casework.DutyIncurable))
	require.Equal(t, []told{
		{caseworker().ID, casework.NoticeDutyOverdue}, {supervisor().ID, casework.NoticeDutyOverdue},
	}, toldOf(notices), "the supervisor of the next rung is the same person, and told once")
	require.Contains(t, notices[0].Text, "was missed, and cannot be made up. Why this date:")
	require.Equal(t, "Case 2001: missed: Visit the child (P1)", notices[0].Subject)
	require.Empty(t, c.tells(t, dueOnMarch(t, casework.DutyIncurable)))

	late := inCare(t)
	late.at(t, "2025-04-01 12:00")
	require.Len(t, late.tells(t, dueOnMarch(t, casework.DutyOverdue)), 2)
	require.Empty(t, late.tells(t, dueOnMarch(t, casework.DutyIncurable)), "told of as overdue; the child has left care since")

	unknown := inCare(t)
	unknown.at(t, "2025-04-01 12:00")
	require.Len(t, unknown.tells(t, dueOnMarch(t, casework.DutyIncurable)), 2, "recorded late, and lost from the first")
}
