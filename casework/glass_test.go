package casework_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// night is an emergency on Friday, 20 November 2026, at ten past ten in Seattle.
func night() casework.Glass {
	return casework.Glass{
		ID: "3f", Record: "case-1002", Worker: "w-hotline", Role: casework.RoleHotline, Purpose: casework.GlassDanger, Reason: "t-1",
		BrokenAt: time.Date(2026, time.November, 21, 6, 10, 0, 0, time.UTC), ExpiresAt: time.Date(2026, time.November, 21, 10, 10, 0, 0, time.UTC),
		ReviewDue: time.Date(2026, time.November, 24, 7, 59, 59, 0, time.UTC),
		Office:    "north", Supervisor: "w-supervisor", Timezone: "America/Los_Angeles",
	}
}

func TestGlass_IsOverdueAfterTheLastSecondOfItsDayAndClimbsOnceADay(t *testing.T) {
	t.Parallel()
	g := night()
	require.Equal(t, casework.NewDate(2026, time.November, 23), g.DueOn())
	for _, test := range []struct {
		after time.Duration
		rung  int
	}{
		{-time.Hour, 0}, {0, 0}, {999 * time.Millisecond, 0}, {time.Second, 1}, {23 * time.Hour, 1}, {24*time.Hour + time.Second, 2}, {73 * time.Hour, 4},
	} {
		after, rung := test.after, test.rung
		at := g.ReviewDue.Add(after)
		require.Equal(t, rung, g.Rung(at), after)
		require.Equal(t, rung > 0, g.Overdue(at))
		if rung > 0 {
			require.False(t, g.RungAt(rung).After(at))
			require.True(t, g.RungAt(rung+1).After(at))
		}
	}
	g.ReviewedBy = "w-supervisor"
	require.False(t, g.Overdue(g.ReviewDue.Add(time.Hour)))
}

func TestGlass_TellsWhoIsNearestAndNeverNobody(t *testing.T) {
	t.Parallel()
	supervisor := casework.GlassHearer{Person: "w-s", Tier: casework.GlassSupervisor}
	manager := casework.GlassHearer{Person: "w-m", Tier: casework.GlassManager}
	office := casework.GlassHearer{Person: "w-o", Tier: casework.GlassOffice}
	alsoOffice := casework.GlassHearer{Person: "w-m", Tier: casework.GlassOffice}
	auditor := casework.GlassHearer{Person: "w-a", Tier: casework.GlassAuditor}
	all := []casework.GlassHearer{supervisor, manager, office, alsoOffice, auditor}
	for name, test := range map[string]struct {
		rung    int
		hearers []casework.GlassHearer
		told    []string
	}{
		"at once":                  {0, all, []string{"w-s", "w-m"}},
		"overdue":                  {1, all, []string{"w-s", "w-m"}},
		"a day later":              {2, all, []string{"w-m", "w-a"}},
		"and each day":             {9, all, []string{"w-m", "w-a"}},
		"a manager who supervises": {0, []casework.GlassHearer{{Person: "w-s", Tier: casework.GlassManager}, supervisor}, []string{"w-s"}},
		"nobody in the line":       {0, []casework.GlassHearer{office, auditor}, []string{"w-o"}},
		"nobody in the office":     {1, []casework.GlassHearer{auditor}, []string{"w-a"}},
		"no manager, no auditor":   {2, []casework.GlassHearer{supervisor}, []string{"w-s"}},
		"nobody at all":            {0, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var told []string
			for _, n := range night().Notices(test.rung, test.hearers, night().BrokenAt) {
				told = append(told, n.Recipient)
			}
			require.Equal(t, test.told, told)
		})
	}
}

func TestGlass_NoticesSayWhatHappenedInTheOfficesTimeAndNameNobody(t *testing.T) {
	t.Parallel()
	g, hearers := night(), []casework.GlassHearer{{Person: "w-s", Tier: casework.GlassSupervisor}}
	require.Equal(t, []casework.Notice{{
		Key: "glass-3f/broken/w-s", Aggregate: "case-1002", Recipient: "w-s", Role: casework.RoleSupervisor, Kind: casework.NoticeGlassBroken,
		Subject: "Case 1002 was opened in an emergency", CreatedAt: g.BrokenAt,
		Urgent: true, Why: &casework.NoticeWhy{Role: casework.RoleSupervisor},
		Text: "Somebody (hotline) has broken the glass of case 1002 on 20 November 2026 at 22:10. They gave as the purpose: a child may be " +
			"in danger now. They may read it until 21 November 2026 at 02:10. Read the reason, and say by the end of 23 November 2026 " +
			"whether it was justified. You are told because you are its supervisor.",
	}}, g.Notices(0, hearers, g.BrokenAt))
	late := g.Notices(3, hearers, g.RungAt(3))
	require.Len(t, late, 1)
	require.Equal(t, "glass-3f/unreviewed/3/w-s", late[0].Key)
	require.Equal(t, casework.NoticeGlassUnreviewed, late[0].Kind)
	require.Equal(t, "Somebody (hotline) has broken the glass of case 1002 on 20 November 2026 at 22:10. The review was due by the end of "+
		"23 November 2026 and nobody has made it. You are told because you are its supervisor.", late[0].Text)
}

func TestGlass_IsReviewedOnceAndByAnother(t *testing.T) {
	t.Parallel()
	review := casework.GlassReview{
		Glass: "3f", By: casework.Actor{ID: "w-s", Role: casework.RoleSupervisor}, Finding: casework.GlassJustified, Note: "t-2",
	}
	with := func(change func(*casework.GlassReview)) casework.GlassReview { r := review; change(&r); return r }
	done := night()
	done.ReviewedBy, done.Note = "w-s", "t-2"
	for name, test := range map[string]struct {
		of     casework.Glass
		review casework.GlassReview
		kind   casework.Kind
	}{
		"right":                 {night(), review, ""},
		"the same again":        {done, review, ""},
		"their own":             {night(), with(func(r *casework.GlassReview) { r.By.ID = "w-hotline" }), casework.Forbidden},
		"no finding":            {night(), with(func(r *casework.GlassReview) { r.Finding = "" }), casework.Invalid},
		"no note":               {night(), with(func(r *casework.GlassReview) { r.Note = "" }), casework.Invalid},
		"another of the same":   {done, with(func(r *casework.GlassReview) { r.Note = "t-3" }), casework.Blocked},
		"of another, same note": {done, with(func(r *casework.GlassReview) { r.By.ID = "w-m" }), casework.Blocked},
	} {
		err := test.of.Refuse(test.review)
		require.Equal(t, test.kind, casework.KindOf(err), name)
		everyRefusal().row("", err)
	}
}

func TestGlassPurposes_AreSaidInWords(t *testing.T) {
	t.Parallel()
	for _, p := range casework.GlassPurposes() {
		g := night()
		g.Purpose = p
		text := g.Notices(0, []casework.GlassHearer{{Person: "w-s", Tier: casework.GlassManager}}, g.BrokenAt)[0].Text
		require.NotContains(t, text, string(p)+".")
		require.Contains(t, text, "You are told because you lead its supervisor.")
	}
}
