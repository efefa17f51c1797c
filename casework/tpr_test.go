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
