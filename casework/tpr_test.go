package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func aTPRPetition(t testing.TB) *casework.TPRPetition {
	t.Helper()
	return &casework.TPRPetition{
		Children: []string{elder}, Parents: []string{"P8", "P9"}, On: day(t, "2025-01-22"), Grounds: "text-12",
	}
}

func TestTPRPetition_IsAFactPerChildAndParent(t *testing.T) {
	t.Parallel()
	c := removed(t, elder, younger)
	e := c.does(t, caseworker(), with(aTPRPetition(t), func(b *casework.TPRPetition) { b.Children = []string{elder, younger} }))
	require.Equal(t, "Petition filed to end the rights of 2 parents to 2 children.", e.Body.Says())
	var about []string
	for _, f := range c.facts(casework.FactTPRPetitionFiled) {
		about = append(about, f.Subject+"/"+f.Ref)
	}
	require.Equal(t, []string{"P1/P8", "P1/P9", "P2/P8", "P2/P9"}, about)
}

func TestTPRPetition_Refuses(t *testing.T) {
	t.Parallel()
	refuse := func(name, field string, change func(*casework.TPRPetition)) refusal {
		return refusal{name: name, by: caseworker(), body: with(aTPRPetition(t), change), kind: casework.Invalid, field: field}
	}
	removed(t, elder).refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: aTPRPetition(t), kind: casework.Forbidden},
		refuse("about nobody", "children", func(b *casework.TPRPetition) { b.Children = nil }),
		refuse("about a stranger", "children", func(b *casework.TPRPetition) { b.Children = []string{"P7"} }),
		refuse("against nobody", "parents", func(b *casework.TPRPetition) { b.Parents = nil }),
		refuse("against a name", "parents", func(b *casework.TPRPetition) { b.Parents = []string{"Ann Example"} }),
		refuse("against the child", "parents", func(b *casework.TPRPetition) { b.Parents = []string{elder} }),
		refuse("to come", "on", func(b *casework.TPRPetition) { b.On = day(t, "2025-01-23") }),
		refuse("before the removal", "on", func(b *casework.TPRPetition) { b.On = day(t, "2025-01-20") }),
		refuse("without grounds", "grounds", func(b *casework.TPRPetition) { b.Grounds = "" }),
		refuse("in a matter that is not there", "matter", func(b *casework.TPRPetition) { b.Matter = "matter-9" }),
		refusal{
			name: "about the child at home", by: caseworker(), kind: casework.Blocked, codes: []string{"not-before-court"},
			body: with(aTPRPetition(t), func(b *casework.TPRPetition) { b.Children = []string{elder, younger} }),
		},
	)
	one := opened(t)
	one.does(t, caseworker(), aPetition(t, elder))
	one.at(t, "2025-01-22 12:00")
	one.does(t, caseworker(), aRemoval(t, elder, younger))
	one.refuses(t, refuse("in a sibling's matter", "matter", func(b *casework.TPRPetition) {
		b.Children, b.Matter = []string{elder, younger}, "matter-1"
	}))
}

func anException(t testing.TB, ground string) *casework.TPRException {
	t.Helper()
	return &casework.TPRException{Children: []string{elder}, On: day(t, "2025-01-22"), Ground: ground, Reason: "text-13"}
}

func TestTPRException_HasOneOfThreeGrounds(t *testing.T) {
	t.Parallel()
	for _, ground := range casework.TPRExceptions() {
		c := opened(t)
		c.at(t, "2025-01-22 12:00")
		c.does(t, caseworker(), with(aRemoval(t, elder), func(b *casework.Removal) { b.Setting = "relative" }))
		c.does(t, caseworker(), anException(t, ground))
		facts := c.facts(casework.FactTPRException)
		require.Len(t, facts, 1)
		require.Equal(t, ground, facts[0].Reason)
	}
}

func TestTPRException_Refuses(t *testing.T) {
	t.Parallel()
	refuse := func(name, field string, change func(*casework.TPRException)) refusal {
		return refusal{
			name: name, by: caseworker(), body: with(anException(t, casework.CompellingReason), change), kind: casework.Invalid,
			field: field,
		}
	}
	removed(t, elder).refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: anException(t, casework.CompellingReason), kind: casework.Forbidden},
		refuse("for nobody", "children", func(b *casework.TPRException) { b.Children = nil }),
		refuse("for a stranger", "children", func(b *casework.TPRException) { b.Children = []string{"P7"} }),
		refuse("to come", "on", func(b *casework.TPRException) { b.On = day(t, "2025-01-23") }),
		refuse("before the removal", "on", func(b *casework.TPRException) { b.On = day(t, "2025-01-20") }),
		refuse("on a fourth ground", "ground", func(b *casework.TPRException) { b.Ground = "no-time" }),
		refuse("without its documentation", "reason", func(b *casework.TPRException) { b.Reason = "" }),
		refuse("for a relative who does not care for the child", "ground", func(b *casework.TPRException) { b.Ground = casework.RelativeCare }),
	)
	opened(t).refuses(t, refusal{
		name: "for a child at home", by: caseworker(), body: with(anException(t, casework.CompellingReason), func(b *casework.TPRException) {
			b.On = day(t, "2025-01-20")
		}), kind: casework.Blocked, codes: []string{"not-before-court"},
	})
}

func aDecision(t testing.TB, status string) *casework.TPRDecision {
	t.Helper()
	return &casework.TPRDecision{Children: []string{elder}, Parent: "P9", Status: status, On: day(t, "2025-01-22")}
}

// Section 2.2: petition and order for each parent; the other parent diverges.
func TestTPRDecision_IsOfOneParent(t *testing.T) {
	t.Parallel()
	for _, status := range casework.TPROutcomes() {
		c := removed(t, elder)
		c.does(t, caseworker(), aTPRPetition(t))
		e := c.does(t, caseworker(), aDecision(t, status))
		require.Contains(t, e.Body.Says(), status)
		rights := c.state.Court.Rights
		require.Len(t, rights, 2)
		require.Equal(t, casework.ParentalRights{
			Child: elder, Parent: "P8", Status: casework.TPRFiled, Petitioned: day(t, "2025-01-22"), On: day(t, "2025-01-22"),
		}, rights[0])
		require.Equal(t, status, rights[1].Status)
	}
}

func TestTPRDecision_NeedsNoPetitionWhereNoCourtDecides(t *testing.T) {
	t.Parallel()
	for _, status := range []string{casework.TPRRelinquished, casework.TPRDeceased, casework.TPRNotApplicable} {
		c := removed(t, elder)
		c.does(t, caseworker(), aDecision(t, status))
		require.Equal(t, status, c.state.Court.Rights[0].Status)
		require.True(t, c.state.Court.Rights[0].Petitioned.IsZero())
	}
}

func TestTPRPetition_FollowsADenialAndNotAnEnd(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	only := with(aTPRPetition(t), func(b *casework.TPRPetition) { b.Parents = []string{"P9"} })
	c.does(t, caseworker(), only)
	twice := refusal{name: "twice", by: caseworker(), body: only, kind: casework.Invalid, field: "parents"}
	c.refuses(t, twice)
	c.at(t, "2025-01-24 12:00")
	c.does(t, caseworker(), with(aDecision(t, casework.TPRDenied), func(b *casework.TPRDecision) { b.On = day(t, "2025-01-24") }))
	c.refuses(t, refusal{name: "before the denial", by: caseworker(), body: only, kind: casework.Invalid, field: "on"})
	again := with(only, func(b *casework.TPRPetition) { b.On = day(t, "2025-01-24") })
	c.does(t, caseworker(), again)
	c.does(t, caseworker(), with(aDecision(t, casework.TPRGranted), func(b *casework.TPRDecision) { b.On = day(t, "2025-01-24") }))
	twice.name, twice.body = "after the end", again
	c.refuses(t, twice)
}

// Section 2.3: the day of an order on parental rights is not before its petition.
func TestTPRDecision_Refuses(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	c.does(t, caseworker(), aTPRPetition(t))
	c.does(t, caseworker(), with(aDecision(t, casework.TPRDeceased), func(b *casework.TPRDecision) { b.Parent = "P8" }))
	refuse := func(name, field string, change func(*casework.TPRDecision)) refusal {
		return refusal{
			name: name, by: caseworker(), body: with(aDecision(t, casework.TPRGranted), change), kind: casework.Invalid, field: field,
		}
	}
	c.refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: aDecision(t, casework.TPRGranted), kind: casework.Forbidden},
		refuse("about nobody", "children", func(b *casework.TPRDecision) { b.Children = nil }),
		refuse("about a stranger", "children", func(b *casework.TPRDecision) { b.Children = []string{"P7"} }),
		refuse("of no parent", "parent", func(b *casework.TPRDecision) { b.Parent = "" }),
		refuse("of the child", "parent", func(b *casework.TPRDecision) { b.Parent = elder }),
		refuse("of a parent whose rights are over", "parent", func(b *casework.TPRDecision) { b.Parent = "P8" }),
		refuse("of an unknown outcome", "status", func(b *casework.TPRDecision) { b.Status = "filed" }),
		refuse("without a petition", "status", func(b *casework.TPRDecision) { b.Parent = "P6" }),
		refuse("before the petition", "on", func(b *casework.TPRDecision) { b.On = day(t, "2025-01-21") }),
		refuse("to come", "on", func(b *casework.TPRDecision) { b.On = day(t, "2025-01-23") }),
		refuse("before any court", "on", func(b *casework.TPRDecision) {
			b.Parent, b.Status, b.On = "P6", casework.TPRRelinquished, day(t, "2025-01-20")
		}),
	)
	c.does(t, caseworker(), aDecision(t, casework.TPRGranted))
	c.refuses(t, refusal{
		name: "a correction that leaves the order without its petition", by: caseworker(), kind: casework.Invalid, field: "withdraw",
		body: withdraws(c.factID(t, casework.FactTPRPetitionFiled, elder)),
	})
	opened(t).refuses(t, refusal{
		name: "of a child before no court", by: caseworker(), kind: casework.Blocked, codes: []string{"not-before-court"},
		body: with(aDecision(t, casework.TPRRelinquished), func(b *casework.TPRDecision) { b.On = day(t, "2025-01-20") }),
	})
}

// Section 2.2: an exit to adoption waits for each parent's rights; a guardianship
// does not.
func TestExit_ToAdoptionWaitsForEachParentsRights(t *testing.T) {
	t.Parallel()
	decides := func(parent, status, on string) *casework.TPRDecision {
		return &casework.TPRDecision{Children: []string{elder}, Parent: parent, Status: status, On: day(t, on)}
	}
	adoption := anExit(t, casework.ExitAdoption, elder) // on 2025-06-01
	refuse := func(name, says string) func(*testing.T, *caseClerk) {
		return func(t *testing.T, c *caseClerk) {
			t.Helper()
			c.refuses(t, refusal{name: name, by: caseworker(), body: adoption, kind: casework.Invalid, field: "reason"})
			_, err := c.state.Decide(c.command(t, caseworker(), adoption))
			require.ErrorContains(t, err, says)
		}
	}
	c := summer(t, elder)
	c.does(t, caseworker(), aTPRPetition(t)) // of P8 and P9
	refuse("while the petition waits", "waits for the court since 22 January 2025")(t, c)
	c.does(t, caseworker(), decides("P8", casework.TPRGranted, "2025-05-02"))
	refuse("while that of one parent waits", "waits for the court")(t, c)
	denied := c.fork()
	denied.does(t, caseworker(), decides("P9", casework.TPRDenied, "2025-05-02"))
	refuse("after a denial", "left a parent the rights to this child on 2 May 2025")(t, denied)
	late := c.fork()
	late.does(t, caseworker(), decides("P9", casework.TPRRelinquished, "2025-06-02"))
	refuse("the day before a parent gave them up", "until 2 June 2025")(t, late)
	for _, status := range []string{
		casework.TPRGranted, casework.TPRRelinquished, casework.TPRDeceased, casework.TPRNotApplicable,
	} {
		over := c.fork()
		over.does(t, caseworker(), decides("P9", status, "2025-06-01"))
		over.does(t, caseworker(), adoption)
		require.Equal(t, casework.ExitAdoption, over.state.Children[0].ExitReason)
		over.refuses(t, refusal{
			name: status + " withdrawn after the adoption", by: caseworker(), kind: casework.Invalid, field: "withdraw",
			body: withdraws(over.facts(casework.FactTPRDecided)[1].ID),
		}, refusal{
			name: status + " and the adoption put before it", by: caseworker(), kind: casework.Invalid, field: "on",
			body: correctsOn(over.factID(t, casework.FactEpisodeEnded, elder), day(t, "2025-05-01")),
		})
	}
	c.does(t, caseworker(), anExit(t, casework.ExitGuardianship, elder))
	require.Equal(t, casework.ExitGuardianship, c.state.Children[0].ExitReason, "a guardianship leaves the rights")
}
