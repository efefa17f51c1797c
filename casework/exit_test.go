package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func anExit(t testing.TB, reason string, children ...string) *casework.Exit {
	t.Helper()
	return &casework.Exit{
		Children: children, On: day(t, "2025-06-01"), Reason: reason, To: "p-31", CourtOrdered: true, RightsEnded: true,
	}
}

// summer is a case on 2025-06-10, the children in care since January.
func summer(t testing.TB, children ...string) *caseClerk {
	t.Helper()
	c := planned(t, children...)
	c.at(t, "2025-06-10 12:00")
	return c
}

// Transition: Episode -> exits, with the codes of AFCARS and the aftercare that
// follows some of them.
func TestTransition_EpisodeToExits(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]struct {
		code  int
		stage casework.Stage
	}{
		casework.ExitRelative:     {2, casework.StageAftercare},
		casework.ExitAdoption:     {3, casework.StageExited},
		casework.ExitEmancipation: {4, casework.StageExited},
		casework.ExitGuardianship: {5, casework.StageAftercare},
		casework.ExitRunaway:      {6, casework.StageExited},
		casework.ExitDeath:        {7, casework.StageExited},
		casework.ExitTransfer:     {8, casework.StageExited},
	} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			c := summer(t, elder)
			if reason == casework.ExitRunaway {
				c.does(t, caseworker(), aMissing(t, elder))
			}
			e := c.does(t, caseworker(), anExit(t, reason, elder))
			require.Equal(t, "1 child left care: "+reason+".", e.Body.Says())
			child := c.state.Children[0]
			require.Equal(t, want.stage, child.Stage)
			require.Equal(t, reason, child.ExitReason)
			require.Equal(t, day(t, "2025-06-01"), child.ExitedOn)
			require.False(t, child.InCare())
			require.Empty(t, child.Setting)
			require.Equal(t, want.code, casework.AFCARSExit(reason))
			stay := c.state.Stays(elder, day(t, "2025-06-10"))[0]
			requireTiled(t, stay)
			require.Equal(t, reason, stay.Exit)
			requireStays(t, c.state, day(t, "2025-06-10"))
		})
	}
	require.ElementsMatch(t, []string{
		casework.ExitRelative, casework.ExitAdoption, casework.ExitEmancipation, casework.ExitGuardianship, casework.ExitRunaway,
		casework.ExitDeath, casework.ExitTransfer,
	}, casework.ExitReasons())
	require.Equal(t, 1, casework.AFCARSExit(casework.ExitReunification))
	require.Equal(t, 9, casework.AFCARSExit(""))
}

// Invariant: the exit date is after the removal date.
func TestInvariant_ExitIsAfterTheRemoval(t *testing.T) {
	t.Parallel()
	c := summer(t, elder)
	c.refuses(t, refusal{
		name: "on the day of the removal", by: caseworker(), kind: casework.Invalid, field: "on",
		body: with(anExit(t, casework.ExitDeath, elder), func(b *casework.Exit) { b.On = day(t, "2025-01-21") }),
	})
	c.does(t, caseworker(), anExit(t, casework.ExitGuardianship, elder))
	c.refuses(t, refusal{
		name: "corrected to the day of the removal", by: caseworker(), kind: casework.Invalid, field: "on",
		body: correctsOn(c.factID(t, casework.FactEpisodeEnded, elder), day(t, "2025-01-21")),
	})
}

func TestExit_Refuses(t *testing.T) {
	t.Parallel()
	c := summer(t, elder)
	refuse := func(name, reason, field string, change func(*casework.Exit)) refusal {
		return refusal{name: name, by: caseworker(), body: with(anExit(t, reason, elder), change), kind: casework.Invalid, field: field}
	}
	same := func(*casework.Exit) {}
	c.refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: anExit(t, "death", elder), kind: casework.Forbidden},
		refuse("of nobody", "death", "children", func(b *casework.Exit) { b.Children = nil }),
		refuse("of a stranger", "death", "children", func(b *casework.Exit) { b.Children = []string{"P7"} }),
		refuse("tomorrow", "death", "on", func(b *casework.Exit) { b.On = day(t, "2025-06-11") }),
		refuse("home", "reunification", "reason", same),
		refuse("in no way", "", "reason", same),
		refuse("to a guardian who is nobody", "guardianship", "to", func(b *casework.Exit) { b.To = "" }),
		refuse("to a guardian by name", "guardianship", "to", func(b *casework.Exit) { b.To = "Kim Example" }),
		refuse("to a guardian without a court", "guardianship", "court_ordered", func(b *casework.Exit) { b.CourtOrdered = false }),
		refuse("adopted while a parent has rights", "adoption", "rights_ended", func(b *casework.Exit) { b.RightsEnded = false }),
		refuse("as a runaway who is here", "runaway", "reason", same),
		refuse("emancipated at 16 without a court", "emancipation", "reason", func(b *casework.Exit) { b.CourtOrdered = false }),
		refusal{
			name: "of the child at home", by: caseworker(), kind: casework.Blocked, codes: []string{"not-in-care"},
			body: anExit(t, "death", elder, younger),
		},
	)
	gone := summer(t, elder)
	gone.does(t, caseworker(), aMissing(t, elder))
	gone.refuses(t, refuse("of a missing child to a guardian", "guardianship", "reason", same))
	trial := onTrial(t, elder)
	trial.refuses(t, refuse("from a trial home visit to a guardian", "guardianship", "reason", func(b *casework.Exit) {
		b.On = day(t, "2025-08-10")
	}))
	papers := aDuty("exit-documents/P1/1", "2027-02-10", clock(t, "2027-02-10 23:59"), casework.DutyOpen)
	papers.Clock, papers.Subject = "exit-documents", elder
	c.owes(t, papers)
	c.refuses(t, refuse("without the documents", "emancipation", "reason", same))
}

func TestExit_ForGoodLetsNobodyBackIn(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{casework.ExitDeath, casework.ExitAdoption} {
		c := summer(t, elder)
		c.does(t, caseworker(), anExit(t, reason, elder))
		blocked := func(name string, body casework.Body) refusal {
			return refusal{name: reason + ", " + name, by: caseworker(), body: body, kind: casework.Blocked, codes: []string{"gone-for-good"}}
		}
		c.refuses(
			t,
			blocked("removed", with(aRemoval(t, elder), func(b *casework.Removal) { b.At = c.now })),
			blocked("placed by agreement", with(aVoluntary(t, elder), func(b *casework.VoluntaryPlacement) { b.On = day(t, "2025-06-09") })),
			blocked("missing", with(aMissing(t, elder), func(b *casework.Missing) { b.InformedAt, b.LastSeen = c.now, day(t, "2025-06-09") })),
		)
	}
}

func TestExit_ToARelativeHasAftercareBeforeTheCaseCloses(t *testing.T) {
	t.Parallel()
	c := summer(t, elder)
	c.does(t, caseworker(), anExit(t, casework.ExitGuardianship, elder))
	request := &casework.ClosingRequest{Risk: "low", Reason: "text"}
	c.refuses(t, refusal{
		name: "not visited since", by: caseworker(), body: request, kind: casework.Blocked, codes: []string{"no-aftercare-visit"},
	})
	c.does(t, caseworker(), aVisit(t, "2025-06-09 10:00", elder))
	c.does(t, caseworker(), request)
	c.does(t, supervisor(), &casework.ClosingApproval{})
	require.Equal(t, casework.StageExited, c.state.Children[0].Stage)
}

// overlong is a case on 2026-03-01, the elder on trial since 2025-08-01, a month
// longer than the limit of 2026-02-01 allows.
func overlong(t testing.TB) *caseClerk {
	t.Helper()
	c := onTrial(t, elder)
	c.at(t, "2026-03-01 12:00")
	limit := aDuty("trial-home-visit-limit/P1/1", "2026-02-01", clock(t, "2026-02-01 23:59"), casework.DutyOverdue)
	limit.Clock, limit.Subject = "trial-home-visit-limit", elder
	c.owes(t, limit)
	return c
}

// Transition: THV -> exceeds the limit without an order, then returns to care:
// a new episode.
func TestTransition_OverlongTrialToANewEpisode(t *testing.T) {
	t.Parallel()
	c := overlong(t)
	c.refuses(t, refusal{
		name: "as if the episode went on", by: caseworker(), kind: casework.Invalid, field: "on",
		body: &casework.TrialEnd{Children: []string{elder}, On: day(t, "2026-02-28"), Setting: "shelter", Reason: "text"},
	})
	c.refuses(t, refusal{
		name: "a removal within the limit", by: caseworker(), kind: casework.Invalid, field: "at",
		body: with(aRemoval(t, elder), func(b *casework.Removal) { b.At = clock(t, "2026-02-01 12:00") }),
	})
	c.does(t, caseworker(), with(aRemoval(t, elder), func(b *casework.Removal) { b.At = clock(t, "2026-02-28 18:00") }))
	stays := c.state.Stays(elder, day(t, "2026-03-01"))
	require.Len(t, stays, 2)
	requireStays(t, c.state, day(t, "2026-03-01"))
	require.Equal(t, day(t, "2026-02-01"), stays[0].EndedOn, "the limit ended the first")
	require.Equal(t, 1, casework.AFCARSExit(stays[0].Exit), "a reunification")
	require.Equal(t, day(t, "2026-02-28"), stays[1].RemovedOn)
	require.Equal(t, day(t, "2026-02-28"), c.state.Children[0].RemovedOn)
	require.True(t, c.state.Children[0].Trial.IsZero())
}

// Transition: THV -> returns to care within the limit: the same episode.
func TestTransition_TrialWithinItsLimitToTheSameEpisode(t *testing.T) {
	t.Parallel()
	c := overlong(t)
	c.does(t, caseworker(), &casework.TrialEnd{
		Children: []string{elder}, On: day(t, "2026-02-01"), Setting: "shelter", Reason: "text",
	})
	require.Len(t, c.state.Stays(elder, day(t, "2026-03-01")), 1, "recorded late, and in time")
}

func TestMilestones_FollowTheBirthday(t *testing.T) {
	t.Parallel()
	child := casework.Child{ID: elder, Born: day(t, "2009-02-10")}
	var days []string
	for _, m := range child.Milestones() {
		require.NotEmpty(t, m.Means)
		days = append(days, m.Age+" "+m.On.String())
	}
	require.Equal(t, []string{
		"14 years 2023-02-10", "16 years 2025-02-10", "17 years 9 months 2026-11-10", "18 years 2027-02-10", "21 years 2030-02-10",
	}, days)
	unknown := casework.Child{ID: elder}
	require.Empty(t, unknown.Milestones())
}
