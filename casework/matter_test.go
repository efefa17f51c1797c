package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestMatterOpening_IsOneMatterForAllItsChildren(t *testing.T) {
	t.Parallel()
	c := opened(t)
	e := c.does(t, caseworker(), aPetition(t, elder, younger))
	require.Equal(t, "Petition filed (dependency) about 2 children.", e.Body.Says())
	require.Equal(t, []casework.Matter{{
		Ref: "matter-1", Kind: casework.Dependency, Children: []string{elder, younger}, Petitioned: day(t, "2025-01-17"),
	}}, c.state.Court.Matters)
	require.Len(t, c.facts(casework.FactCustodyPetitionFiled), 2, "one for the clock of each child")
}

func TestMatterOpening_OfAnotherKindIsNoPetitionForCustody(t *testing.T) {
	t.Parallel()
	c := opened(t)
	c.does(t, caseworker(), with(aPetition(t, elder), func(b *casework.MatterOpening) { b.Kind = casework.Delinquency }))
	require.Empty(t, c.facts(casework.FactCustodyPetitionFiled))
	require.Equal(t, "matter-1", c.state.Court.Matters[0].Ref)
}

func TestMatterOpening_Refuses(t *testing.T) {
	t.Parallel()
	c := opened(t)
	refuse := func(name, field string, change func(*casework.MatterOpening)) refusal {
		return refusal{name: name, by: caseworker(), body: with(aPetition(t, elder), change), kind: casework.Invalid, field: field}
	}
	c.refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: aPetition(t, elder), kind: casework.Forbidden},
		refuse("about nobody", "children", func(b *casework.MatterOpening) { b.Children = nil }),
		refuse("about a stranger", "children", func(b *casework.MatterOpening) { b.Children = []string{elder, "P7"} }),
		refuse("of an unknown kind", "kind", func(b *casework.MatterOpening) { b.Kind = "divorce" }),
		refuse("to come", "at", func(b *casework.MatterOpening) { b.At = clock(t, "2025-01-20 12:00") }),
		refuse("about the unborn", "at", func(b *casework.MatterOpening) { b.At = clock(t, "2009-02-09 10:00") }),
	)
}

func TestServicePlanFiling_IsAFactPerChild(t *testing.T) {
	t.Parallel()
	c := removed(t, elder, younger)
	c.does(t, caseworker(), &casework.ServicePlanFiling{Children: []string{elder, younger}, On: day(t, "2025-01-22")})
	require.Len(t, c.facts(casework.FactServicePlanFiled), 2)
}

func TestServicePlanFiling_Refuses(t *testing.T) {
	t.Parallel()
	filing := &casework.ServicePlanFiling{Children: []string{elder}, On: day(t, "2025-01-22")}
	opened(t).refuses(t, refusal{
		name: "before any court", by: caseworker(), kind: casework.Blocked, codes: []string{"not-before-court"},
		body: with(filing, func(b *casework.ServicePlanFiling) { b.On = day(t, "2025-01-20") }),
	})
	refuse := func(name, field string, change func(*casework.ServicePlanFiling)) refusal {
		return refusal{name: name, by: caseworker(), body: with(filing, change), kind: casework.Invalid, field: field}
	}
	removed(t, elder).refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: filing, kind: casework.Forbidden},
		refuse("of nobody", "children", func(b *casework.ServicePlanFiling) { b.Children = nil }),
		refuse("of a stranger", "children", func(b *casework.ServicePlanFiling) { b.Children = []string{"P7"} }),
		refuse("to come", "on", func(b *casework.ServicePlanFiling) { b.On = day(t, "2025-01-23") }),
		refuse("before the removal", "on", func(b *casework.ServicePlanFiling) { b.On = day(t, "2025-01-20") }),
	)
}

// What happens in a court matter is about children of that matter.
func TestMatter_OfASiblingIsRefused(t *testing.T) {
	t.Parallel()
	c := awaitsHearing(t)
	c.does(t, caseworker(), aPetition(t, elder)) // matter-2
	refuse := func(name string, body casework.Body) refusal {
		return refusal{name: name, by: caseworker(), body: body, kind: casework.Invalid, field: "matter"}
	}
	c.refuses(
		t,
		refuse("a hearing held", with(aHearing(t, casework.Review), func(b *casework.Hearing) {
			b.Children, b.Matter = []string{elder, younger}, "matter-2"
		})),
		refuse("a hearing to come", with(aHearingDate(t), func(b *casework.HearingSchedule) { b.Matter = "matter-2" })),
		refuse("an order", with(anOrder(t), func(b *casework.OrderMaking) { b.Matter = "matter-2" })),
	)
}
