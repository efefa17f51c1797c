package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func aMissing(t testing.TB, children ...string) *casework.Missing {
	t.Helper()
	return &casework.Missing{
		Children: children, InformedAt: clock(t, "2025-03-01 22:10"), LastSeen: day(t, "2025-02-28"), Kind: "runaway",
		Circumstances: "text",
	}
}

// astray is a case at noon of 2025-03-02, the children missing since the evening before.
func astray(t testing.TB, children ...string) *caseClerk {
	t.Helper()
	c := planned(t, children...)
	c.at(t, "2025-03-02 12:00")
	c.does(t, caseworker(), aMissing(t, children...))
	return c
}

func aFound(t testing.TB, children ...string) *casework.Found {
	t.Helper()
	return &casework.Found{Children: children, At: clock(t, "2025-03-20 15:00")}
}

// back is the same case at noon of 2025-03-21, the children found on the day before.
func back(t testing.TB, children ...string) *caseClerk {
	t.Helper()
	c := astray(t, children...)
	c.at(t, "2025-03-21 12:00")
	c.does(t, caseworker(), aFound(t, children...))
	return c
}

func aDebrief(t testing.TB, children ...string) *casework.Debrief {
	t.Helper()
	return &casework.Debrief{
		Children: children, At: clock(t, "2025-03-21 11:00"), Screen: "not-indicated", Factors: "text", Experiences: "text",
	}
}

// Transition: Episode -> missing/runaway.
func TestTransition_EpisodeToMissing(t *testing.T) {
	t.Parallel()
	c := astray(t, elder)
	child := c.state.Children[0]
	require.Equal(t, day(t, "2025-03-01"), child.Missing, "the day on which the agency was told")
	require.Equal(t, casework.StageOutOfHomeCare, child.Stage, "the episode goes on")
	require.True(t, c.state.Children[1].Missing.IsZero(), "siblings diverge")
	lost := c.facts(casework.FactChildMissing)
	require.Len(t, lost, 1)
	require.True(t, lost[0].At.Equal(clock(t, "2025-03-01 22:10")), "the clock runs from the information, not from the last sight")
	require.Equal(t, "runaway", lost[0].Reason)
	require.Equal(t, "1 child missing (runaway), last seen on 2025-02-28.", c.events[len(c.events)-1].Body.Says())

	for _, to := range casework.MissingAuthorities() {
		c.does(t, caseworker(), &casework.MissingReport{Children: []string{elder}, At: clock(t, "2025-03-01 23:00"), To: to})
	}
	told := c.facts(casework.FactMissingReported)
	require.Len(t, told, 2)
	require.Equal(t, "law-enforcement", told[0].To)
	require.Equal(t, "ncmec", told[1].To)
}

// Transition: Missing -> returned.
func TestTransition_MissingToReturned(t *testing.T) {
	t.Parallel()
	c := back(t, elder)
	child := c.state.Children[0]
	require.True(t, child.Missing.IsZero())
	require.True(t, child.DebriefOwed)
	require.Equal(t, "foster-home", child.Setting, "back to where the child was")
	require.Len(t, c.facts(casework.FactChildFound), 1)
	require.Len(t, c.facts(casework.FactPlacementStarted), 1, "the same placement")

	c.does(t, caseworker(), with(aDebrief(t, elder), func(b *casework.Debrief) { b.Screen = "indicated" }))
	require.False(t, c.state.Children[0].DebriefOwed)
	require.Len(t, c.facts(casework.FactMissingDebriefed), 1)
	require.Len(t, c.facts(casework.FactTraffickingSuspected), 1, "the police are to be told")
	c.does(t, caseworker(), &casework.MissingReport{Children: []string{elder}, At: c.now, To: "law-enforcement"})
}

func TestFound_SomewhereElseIsANewPlacement(t *testing.T) {
	t.Parallel()
	c := astray(t, elder)
	c.at(t, "2025-03-21 12:00")
	c.does(t, caseworker(), with(aFound(t, elder), func(b *casework.Found) { b.Setting, b.Placing = "shelter", aPlacing(t) }))
	require.Equal(t, "shelter", c.state.Children[0].Setting)
	require.Len(t, c.facts(casework.FactPlacementEnded), 1)
	require.Len(t, c.facts(casework.FactPlacementStarted), 2)
}

func TestMissing_FromAHospitalLetsReviewsGoOn(t *testing.T) {
	t.Parallel()
	c := opened(t)
	c.at(t, "2025-01-22 12:00")
	c.does(t, caseworker(), with(aRemoval(t, elder), func(b *casework.Removal) { b.Setting = "hospital" }))
	c.at(t, "2025-03-02 12:00")
	c.does(t, caseworker(), aMissing(t, elder))
	require.Len(t, c.facts(casework.FactPlacementEnded), 1, "what was paused by the stay is paused no longer")
	c.at(t, "2025-03-21 12:00")
	c.refuses(t, refusal{
		name: "back to nowhere", by: caseworker(), body: aFound(t, elder), kind: casework.Invalid, field: "setting",
	})
	c.does(t, caseworker(), with(aFound(t, elder), func(b *casework.Found) { b.Setting, b.Placing = "foster-home", aPlacing(t) }))
	require.Equal(t, "foster-home", c.state.Children[0].Setting)
	require.Len(t, c.facts(casework.FactPlacementEnded), 1)
}

func TestMissing_HoldsForAChildAtHome(t *testing.T) {
	t.Parallel()
	c := opened(t)
	c.at(t, "2025-03-02 12:00")
	c.does(t, caseworker(), aMissing(t, younger))
	c.does(t, caseworker(), &casework.MissingReport{Children: []string{younger}, At: c.now, To: "ncmec"})
	c.at(t, "2025-03-21 12:00")
	c.does(t, caseworker(), aFound(t, younger))
	require.Equal(t, casework.StageAtHome, c.state.Children[1].Stage)
}

func TestMissing_OnTrialComesBackToTheTrial(t *testing.T) {
	t.Parallel()
	c := onTrial(t, elder)
	c.does(t, caseworker(), with(aMissing(t, elder), func(b *casework.Missing) {
		b.InformedAt, b.LastSeen = clock(t, "2025-08-10 09:00"), day(t, "2025-08-09")
	}))
	found := with(aFound(t, elder), func(b *casework.Found) { b.At = clock(t, "2025-08-10 11:00") })
	c.refuses(t, refusal{
		name: "into a placement", by: caseworker(), kind: casework.Invalid, field: "setting",
		body: with(found, func(b *casework.Found) { b.Setting, b.Placing = "shelter", aPlacing(t) }),
	})
	c.does(t, caseworker(), found)
	require.Equal(t, casework.StageTrialHome, c.state.Children[0].Stage)
}

func TestCorrection_OfBeingMissingKeepsTheStory(t *testing.T) {
	t.Parallel()
	c := back(t, elder)
	c.does(t, caseworker(), aDebrief(t, elder))
	lost, found := c.factID(t, casework.FactChildMissing, elder), c.factID(t, casework.FactChildFound, elder)
	refuse := func(name, field string, body *casework.CaseCorrection) refusal {
		return refusal{name: name, by: caseworker(), body: body, kind: casework.Invalid, field: field}
	}
	c.refuses(
		t,
		refuse("never missing, yet found", "withdraw", withdraws(lost)),
		refuse("never found, yet debriefed", "withdraw", withdraws(found)),
		refuse("found before being missing", "at", correctsAt(found, clock(t, "2025-02-27 12:00"))),
		refuse("missing after being found", "at", correctsAt(lost, clock(t, "2025-03-21 01:00"))),
	)
	c.does(t, caseworker(), correctsAt(lost, clock(t, "2025-02-28 08:00")))
	c.does(t, caseworker(), withdraws(c.factID(t, casework.FactMissingDebriefed, elder)))
	c.does(t, caseworker(), withdraws(found))
	require.Equal(t, day(t, "2025-02-28"), c.state.Children[0].Missing, "as if nobody had found the child")
}

func TestMissing_Refuses(t *testing.T) {
	t.Parallel()
	lost := aMissing(t, elder)
	refuse := func(name, field string, change func(*casework.Missing)) refusal {
		return refusal{name: name, by: caseworker(), body: with(lost, change), kind: casework.Invalid, field: field}
	}
	c := planned(t, elder)
	c.at(t, "2025-03-02 12:00")
	c.refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: lost, kind: casework.Forbidden},
		refuse("of nobody", "children", func(b *casework.Missing) { b.Children = nil }),
		refuse("of a stranger", "children", func(b *casework.Missing) { b.Children = []string{"P7"} }),
		refuse("to come", "informed_at", func(b *casework.Missing) { b.InformedAt = clock(t, "2025-03-02 12:03") }),
		refuse("before the removal", "informed_at", func(b *casework.Missing) {
			b.InformedAt, b.LastSeen = clock(t, "2025-01-20 12:00"), day(t, "2025-01-19")
		}),
		refuse("never seen", "last_seen", func(b *casework.Missing) { b.LastSeen = casework.Date{} }),
		refuse("seen since", "last_seen", func(b *casework.Missing) { b.LastSeen = day(t, "2025-03-02") }),
		refuse("in no way", "kind", func(b *casework.Missing) { b.Kind = "lost" }),
		refuse("without circumstances", "circumstances", func(b *casework.Missing) { b.Circumstances = "" }),
	)
	gone := astray(t, elder)
	blocked := func(name string, body casework.Body) refusal {
		return refusal{name: name, by: caseworker(), body: body, kind: casework.Blocked, codes: []string{"child-missing"}}
	}
	gone.refuses(
		t,
		blocked("twice", lost),
		blocked("and goes home on trial", &casework.TrialStart{Children: []string{elder}, On: day(t, "2025-03-02"), Safety: "text"}),
		blocked("and goes home for good", &casework.Reunification{Children: []string{elder}, On: day(t, "2025-03-02")}),
		blocked("and is debriefed", with(aDebrief(t, elder), func(b *casework.Debrief) { b.At = gone.now })),
	)
	trial := onTrial(t, elder)
	trial.does(t, caseworker(), with(lost, func(b *casework.Missing) {
		b.InformedAt, b.LastSeen = clock(t, "2025-08-10 09:00"), day(t, "2025-08-09")
	}))
	trial.refuses(t, blocked("and comes back from a trial", &casework.TrialEnd{
		Children: []string{elder}, On: day(t, "2025-08-10"), Setting: "shelter", Reason: "text",
	}))
	home := opened(t)
	home.at(t, "2025-03-02 12:00")
	home.does(t, caseworker(), lost)
	home.refuses(
		t,
		blocked("and is removed", with(aRemoval(t, elder), func(b *casework.Removal) { b.At = home.now })),
		blocked("and is placed by agreement", aVoluntary(t, elder)),
	)
	home.at(t, "2025-03-21 12:00")
	home.does(t, caseworker(), aFound(t, elder))
	home.refuses(t, refusal{
		name: "and was removed meanwhile", by: caseworker(), kind: casework.Invalid, field: "at",
		body: with(aRemoval(t, elder), func(b *casework.Removal) { b.At = clock(t, "2025-03-10 10:00") }),
	})
	placed := agreed(t, elder)
	placed.does(t, caseworker(), lost)
	placed.refuses(t, blocked("and an agreement ends", &casework.VoluntaryEnd{
		Children: []string{elder}, On: day(t, "2025-03-02"), Outcome: "returned-home",
	}))
}

func TestMissingReport_Refuses(t *testing.T) {
	t.Parallel()
	report := &casework.MissingReport{Children: []string{elder}, At: clock(t, "2025-03-02 09:00"), To: "ncmec"}
	refuse := func(name, field string, change func(*casework.MissingReport)) refusal {
		return refusal{name: name, by: caseworker(), body: with(report, change), kind: casework.Invalid, field: field}
	}
	c := astray(t, elder)
	c.refuses(
		t,
		refusal{name: "by an investigator", by: investigator(), body: report, kind: casework.Forbidden},
		refuse("of nobody", "children", func(b *casework.MissingReport) { b.Children = nil }),
		refuse("of a stranger", "children", func(b *casework.MissingReport) { b.Children = []string{"P7"} }),
		refuse("to come", "at", func(b *casework.MissingReport) { b.At = clock(t, "2025-03-02 12:03") }),
		refuse("before the agency knew", "at", func(b *casework.MissingReport) { b.At = clock(t, "2025-03-01 22:09") }),
		refuse("to the neighbors", "to", func(b *casework.MissingReport) { b.To = "neighbors" }),
		refusal{
			name: "of a child who was never missing", by: caseworker(), kind: casework.Blocked, codes: []string{"nothing-to-report"},
			body: with(report, func(b *casework.MissingReport) { b.Children = []string{younger} }),
		},
	)
}

func TestFound_Refuses(t *testing.T) {
	t.Parallel()
	found := with(aFound(t, elder), func(b *casework.Found) { b.At = clock(t, "2025-03-02 11:00") })
	refuse := func(name, field string, change func(*casework.Found)) refusal {
		return refusal{name: name, by: caseworker(), body: with(found, change), kind: casework.Invalid, field: field}
	}
	c := astray(t, elder)
	c.refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: found, kind: casework.Forbidden},
		refuse("of nobody", "children", func(b *casework.Found) { b.Children = nil }),
		refuse("of a stranger", "children", func(b *casework.Found) { b.Children = []string{"P7"} }),
		refuse("to come", "at", func(b *casework.Found) { b.At = clock(t, "2025-03-02 12:03") }),
		refuse("before being missing", "at", func(b *casework.Found) { b.At = clock(t, "2025-03-01 22:09") }),
		refuse("with an unknown provider", "provider", func(b *casework.Found) { b.Setting = "shelter" }),
		refuse("with a provider and no setting", "setting", func(b *casework.Found) { b.Placing = aPlacing(t) }),
		refuse("in no known setting", "setting", func(b *casework.Found) { b.Setting = "car" }),
		refusal{
			name: "of a child who is not missing", by: caseworker(), kind: casework.Blocked, codes: []string{"not-missing"},
			body: with(found, func(b *casework.Found) { b.Children = []string{elder, younger} }),
		},
	)
	home := opened(t)
	home.at(t, "2025-03-02 12:00")
	home.does(t, caseworker(), aMissing(t, elder))
	home.refuses(t, refuse("into a placement from home", "setting", func(b *casework.Found) { b.Setting, b.Placing = "shelter", aPlacing(t) }))
}

func TestDebrief_Refuses(t *testing.T) {
	t.Parallel()
	talk := aDebrief(t, elder)
	refuse := func(name, field string, change func(*casework.Debrief)) refusal {
		return refusal{name: name, by: caseworker(), body: with(talk, change), kind: casework.Invalid, field: field}
	}
	c := back(t, elder)
	c.refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: talk, kind: casework.Forbidden},
		refuse("of nobody", "children", func(b *casework.Debrief) { b.Children = nil }),
		refuse("to come", "at", func(b *casework.Debrief) { b.At = clock(t, "2025-03-21 12:03") }),
		refuse("before the child was back", "at", func(b *casework.Debrief) { b.At = clock(t, "2025-03-20 14:59") }),
		refuse("without a screening", "screen", func(b *casework.Debrief) { b.Screen = "" }),
		refuse("without the factors", "factors", func(b *casework.Debrief) { b.Factors = "" }),
		refuse("without the experiences", "experiences", func(b *casework.Debrief) { b.Experiences = "" }),
		refusal{
			name: "of a child who was never away", by: caseworker(), kind: casework.Blocked, codes: []string{"no-debrief-owed"},
			body: with(talk, func(b *casework.Debrief) { b.Children = []string{younger} }),
		},
	)
	c.does(t, caseworker(), talk)
	c.refuses(t, refusal{name: "twice", by: caseworker(), body: talk, kind: casework.Blocked, codes: []string{"no-debrief-owed"}})
}

func TestTraffickingSuspicion_IsReportable(t *testing.T) {
	t.Parallel()
	c := opened(t)
	suspicion := &casework.TraffickingSuspicion{Children: []string{elder}, InformedAt: clock(t, "2025-01-20 09:00"), Basis: "text"}
	refuse := func(name, field string, change func(*casework.TraffickingSuspicion)) refusal {
		return refusal{name: name, by: caseworker(), body: with(suspicion, change), kind: casework.Invalid, field: field}
	}
	c.refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: suspicion, kind: casework.Forbidden},
		refuse("of a stranger", "children", func(b *casework.TraffickingSuspicion) { b.Children = []string{"P7"} }),
		refuse("to come", "informed_at", func(b *casework.TraffickingSuspicion) { b.InformedAt = clock(t, "2025-01-20 10:03") }),
		refuse("without a basis", "basis", func(b *casework.TraffickingSuspicion) { b.Basis = "" }),
	)
	c.does(t, caseworker(), suspicion)
	c.does(t, caseworker(), &casework.MissingReport{Children: []string{elder}, At: c.now, To: "law-enforcement"})
	require.Len(t, c.facts(casework.FactTraffickingSuspected), 1)
	require.Len(t, c.facts(casework.FactMissingReported), 1)
}
