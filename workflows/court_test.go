package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

// due requires that a duty stands as it should, with its date.
func (r record) due(id, on string, status casework.DutyStatus) {
	r.t.Helper()
	state, _ := r.logged()
	for _, d := range state.Ledger {
		if d.ID == id {
			require.Equal(r.t, on, d.Due, id)
			require.Equal(r.t, status, d.Status, id)
			return
		}
	}
	require.Fail(r.t, "no duty", "%s was never owed", id)
}

// The suit in Texas, on the real server: the court gives the department temporary
// custody on Monday, 10 January 2033, and every clock of the suit can be met. The
// dates: 10 January + 45 days = 24 February, + 60 days = 11 March, + 180 days =
// 9 July; the first Monday after 10 January 2034 is the 16th, and 60 days before
// that is 17 November 2033; 16 January + 180 days = 15 July 2034.
func TestTexas_EveryClockOfTheSuitCanBeMet(t *testing.T) {
	t.Parallel()
	c, _ := tryOpenCase(t, teststack.New(t, teststack.Options{}), func(b *casework.Opening) { b.Pack = "texas@2025.1" })
	c.reach("2033-01-12 12:00")
	c.do(casework.RoleCaseworker, "matter.open", &casework.MatterOpening{
		Children: []string{"p-1", "p-2"}, Kind: casework.Dependency, At: wall(t, "2033-01-10 08:00"), Docket: "t-1",
	})
	c.takes(removedAt, "p-1", "p-2")
	c.hears(casework.OnPapers, "2033-01-10 09:00", func(b *casework.Hearing) {
		b.Children, b.Matter = []string{"p-1", "p-2"}, "matter-1"
		b.TemporaryCustody, b.ContraryToWelfare, b.EffortsToPrevent = true, true, true
	})
	c.due("service-plan/p-1/1", "2033-02-24", casework.DutyOpen)
	c.due("status-hearing/p-1/1", "2033-03-11", casework.DutyOpen)
	c.due("initial-permanency-hearing/p-1/1", "2033-07-09", casework.DutyOpen)
	c.due("dismissal/p-1/1", "2034-01-16", casework.DutyOpen)
	c.due("dismissal-notice/p-1/1", "2033-11-17", casework.DutyOpen)

	c.reach("2033-02-20 12:00")
	both, on := []string{"p-1", "p-2"}, casework.NewDate(2033, time.February, 20)
	c.do(casework.RoleCaseworker, "service-plan.file", &casework.ServicePlanFiling{Children: both, On: on})
	c.hears(casework.StatusHearing, "2033-02-18 10:00", func(b *casework.Hearing) { b.Children = both })
	c.do(casework.RoleCaseworker, "dismissal.extend", &casework.DismissalExtension{Children: both, On: on, Days: 180, Reason: "t-2"})
	c.due("dismissal/p-1/1", "2034-07-15", casework.DutyOpen)
	c.do(casework.RoleCaseworker, "dismissal.notify", &casework.DismissalNotice{Children: both, On: on.AddDays(-2)})
	c.hears(casework.Motion, "2033-02-18 11:00", func(b *casework.Hearing) { b.EffortsNotRequired = true })
	c.due("no-efforts-permanency-hearing/p-1/1", "2033-03-20", casework.DutyOpen)
	c.hears(casework.Permanency, "2033-02-19 11:00", func(*casework.Hearing) {})
	c.do(casework.RoleCaseworker, "tpr.petition", &casework.TPRPetition{
		Children: []string{"p-1"}, Parents: []string{"p-8", "p-9"}, On: on, Matter: "matter-1", Grounds: "t-3",
	})
	c.do(casework.RoleCaseworker, "tpr.except", &casework.TPRException{
		Children: []string{"p-2"}, On: on, Ground: casework.CompellingReason, Reason: "t-4",
	})
	c.hears(casework.Trial, "2033-02-19 14:00", func(b *casework.Hearing) { b.Children = both })
	for _, met := range []string{
		"service-plan/p-1/1", "status-hearing/p-2/1", "initial-permanency-hearing/p-1/1",
		"dismissal/p-2/1", "dismissal-notice/p-2/1", "efforts-to-prevent-finding/p-1/1", "no-efforts-permanency-hearing/p-1/1",
		"no-efforts-tpr-petition/p-1/1", "tpr-petition/p-1/1",
	} {
		state, _ := c.logged()
		require.Equal(t, casework.DutyMet, state.StatusOf(met), met)
	}
	state, _ := c.logged()
	require.Equal(t, casework.DutyWaived, state.StatusOf("tpr-petition/p-2/1"))
}

// In California the agency must take the petition to the court by itself, and the
// detention hearing is due on the next court day.
func TestCalifornia_APetitionMeetsItsClockAndStartsTheNext(t *testing.T) {
	t.Parallel()
	f := &family{tb: t, law: current(t).Law, state: &casework.Case{}, now: time.Date(2026, time.March, 2, 18, 0, 0, 0, time.UTC)}
	c := *opening("7008")
	body := *c.Body.(*casework.Opening)
	body.Pack = "california@2025.1"
	c.Body = &body
	f.takes(c)
	taken := removal(f.now)
	f.caseworker("child.remove", taken)
	require.Equal(t, casework.DutyOpen, f.state.StatusOf("custody-petition/p-1/1"))
	f.now = f.now.Add(20 * time.Hour)
	f.caseworker("matter.open", &casework.MatterOpening{Children: taken.Children, Kind: casework.Dependency, At: f.now})
	require.Equal(t, casework.DutyMet, f.state.StatusOf("custody-petition/p-1/1"))
	require.Equal(t, casework.DutyOpen, f.state.StatusOf("detention-hearing/p-1/1"))
	f.now = f.now.Add(24 * time.Hour)
	f.caseworker("hearing.record", &casework.Hearing{
		Children: taken.Children, Type: casework.ShelterCare, At: f.now, Body: "court", ContraryToWelfare: true,
	})
	require.Equal(t, casework.DutyMet, f.state.StatusOf("detention-hearing/p-1/1"))
}
