package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func aHearing(t testing.TB, kind string) *casework.Hearing {
	t.Helper()
	return &casework.Hearing{Children: []string{elder}, Type: kind, At: clock(t, "2025-01-22 10:00"), Body: "court"}
}

func TestHearing_RecordsWhatWasFoundApartFromThatItWasHeld(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		hearing casework.Hearing
		facts   []casework.FactType
	}{
		"shelter care without its finding": {
			casework.Hearing{Type: casework.ShelterCare, Body: "court"},
			[]casework.FactType{casework.FactCustodyHearingHeld, casework.FactCourtOrder},
		},
		"adjudication": {
			casework.Hearing{Type: casework.Adjudication, Body: "court", Maltreatment: true},
			[]casework.FactType{casework.FactMaltreatmentFound, casework.FactCourtOrder},
		},
		"adjudication that finds nothing": {
			casework.Hearing{Type: casework.Adjudication, Body: "court"}, []casework.FactType{casework.FactCourtOrder},
		},
		"review by the court": {
			casework.Hearing{Type: casework.Review, Body: "court"},
			[]casework.FactType{casework.FactReviewHeld, casework.FactCourtOrder},
		},
		"review by a panel": {
			casework.Hearing{Type: casework.Review, Body: "panel"}, []casework.FactType{casework.FactReviewHeld},
		},
		"permanency": {
			casework.Hearing{Type: casework.Permanency, Body: "court"},
			[]casework.FactType{casework.FactPermanencyHearingHeld, casework.FactCourtOrder},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := removed(t, elder, younger)
			before := len(c.state.Facts)
			body := test.hearing
			body.Children, body.At = []string{elder}, clock(t, "2025-01-22 10:00")
			e := c.does(t, caseworker(), &body)
			var got []casework.FactType
			for _, f := range c.state.Facts[before:] {
				require.Equal(t, elder, f.Subject)
				got = append(got, f.Type)
			}
			require.Equal(t, test.facts, got)
			require.NotEmpty(t, e.Body.Says())
			require.Equal(t, casework.StageOutOfHomeCare, c.state.Stage())
		})
	}
}

func TestHearing_MeetsTheClockOfItsType(t *testing.T) {
	t.Parallel()
	for kind, held := range map[string]casework.FactType{
		casework.StatusHearing: casework.FactStatusHearingHeld, casework.Disposition: casework.FactDisposition,
		casework.Trial: casework.FactDisposition,
	} {
		c := removed(t, elder)
		e := c.does(t, caseworker(), aHearing(t, kind))
		require.Len(t, c.facts(held), 1, kind)
		require.Contains(t, e.Body.Says(), "held.")
	}
	for _, kind := range []string{casework.Motion, casework.OnPapers} {
		c := removed(t, elder)
		before := len(c.state.Facts)
		e := c.does(t, caseworker(), aHearing(t, kind))
		require.Len(t, c.state.Facts, before+1, "an order alone")
		require.NotEmpty(t, e.Body.Says())
	}
}

func TestHearing_MakesAFactOfEachFinding(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	c.does(t, caseworker(), with(aHearing(t, casework.OnPapers), func(b *casework.Hearing) {
		b.TemporaryCustody, b.EffortsNotRequired, b.ContraryToWelfare = true, true, true
	}))
	require.Len(t, c.facts(casework.FactTemporaryCustody), 1)
	require.Len(t, c.facts(casework.FactEffortsNotRequired), 1)
	require.True(t, c.facts(casework.FactCourtOrder)[0].ContraryToWelfare)
}

// 45 CFR 1356.21(c) asks for the finding in the first order that sanctions the
// removal. It is often signed before the child is picked up, and written down after.
func TestHearing_MayHaveAllowedTheRemovalBeforeIt(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	c.does(t, caseworker(), with(aHearing(t, casework.OnPapers), func(b *casework.Hearing) {
		b.At, b.AllowsRemoval = clock(t, "2025-01-20 09:00"), true
	}))
	require.True(t, c.facts(casework.FactCourtOrder)[0].AllowsRemoval)
	require.Equal(t, []string{"allows-removal"}, casework.DocketOf(c.events).Held[0].Findings)
}

func TestHearing_IsRecordedAfterTheReturnHome(t *testing.T) {
	t.Parallel()
	c := home(t, elder)
	late := with(aHearing(t, casework.Permanency), func(b *casework.Hearing) { b.At = clock(t, "2025-10-20 10:00") })
	c.does(t, caseworker(), late)
	require.Len(t, c.facts(casework.FactPermanencyHearingHeld), 1)
	c.does(t, caseworker(), with(late, func(b *casework.Hearing) {
		b.Type, b.At = casework.Review, clock(t, "2025-11-05 10:00")
	}))
	require.Equal(t, casework.StageAftercare, c.state.Children[0].Stage)
}

func TestHearing_IsRecordedOfAChildAtHomeOnceThereIsAPetition(t *testing.T) {
	t.Parallel()
	c := beforeCourt(t)
	c.does(t, caseworker(), with(aHearing(t, casework.Adjudication), func(b *casework.Hearing) {
		b.Children, b.At, b.Matter = []string{elder, younger}, clock(t, "2025-01-20 10:00"), "matter-1"
	}))
	require.Equal(t, casework.StagePlanning, c.state.Stage(), "supervision by the court removes nobody")
}

func TestHearing_CarriesItsFindings(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	c.does(t, caseworker(), with(aHearing(t, casework.ShelterCare), func(b *casework.Hearing) {
		b.ContraryToWelfare, b.EffortsToPrevent, b.EffortsToFinalize = true, true, true
	}))
	orders := c.facts(casework.FactCourtOrder)
	require.Len(t, orders, 1)
	require.True(t, orders[0].ContraryToWelfare)
	require.True(t, orders[0].EffortsToPrevent)
	require.True(t, orders[0].EffortsToFinalize)
}

func TestHearing_Refuses(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	refuse := func(name, field string, change func(*casework.Hearing)) refusal {
		return refusal{
			name: name, by: caseworker(), body: with(aHearing(t, casework.Review), change), kind: casework.Invalid, field: field,
		}
	}
	panel := func(change func(*casework.Hearing)) func(*casework.Hearing) {
		return func(b *casework.Hearing) {
			b.Body = "panel"
			change(b)
		}
	}
	c.refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: aHearing(t, casework.Review), kind: casework.Forbidden},
		refuse("for nobody", "children", func(b *casework.Hearing) { b.Children = nil }),
		refuse("for a stranger", "children", func(b *casework.Hearing) { b.Children = []string{"P7"} }),
		refuse("of an unknown type", "type", func(b *casework.Hearing) { b.Type = "wedding" }),
		refuse("to come", "at", func(b *casework.Hearing) { b.At = clock(t, "2025-01-23 10:00") }),
		refuse("before the removal", "at", func(b *casework.Hearing) { b.At = clock(t, "2025-01-20 10:00") }),
		refuse("before nobody", "body", func(b *casework.Hearing) { b.Body = "" }),
		refuse("permanency by a panel", "body", panel(func(b *casework.Hearing) { b.Type = casework.Permanency })),
		refuse("maltreatment by a panel", "body", panel(func(b *casework.Hearing) { b.Maltreatment = true })),
		refuse("contrary to welfare by a panel", "body", panel(func(b *casework.Hearing) { b.ContraryToWelfare = true })),
		refuse("efforts by a panel", "body", panel(func(b *casework.Hearing) { b.EffortsToPrevent = true })),
		refuse("a removal by a panel", "body", panel(func(b *casework.Hearing) { b.AllowsRemoval = true })),
		refuse("custody by a panel", "body", panel(func(b *casework.Hearing) { b.TemporaryCustody = true })),
		refuse("efforts waived by a panel", "body", panel(func(b *casework.Hearing) { b.EffortsNotRequired = true })),
		refuse("efforts made and not required", "efforts_not_required", func(b *casework.Hearing) {
			b.EffortsToFinalize, b.EffortsNotRequired = true, true
		}),
		refuse("in a matter that is not there", "matter", func(b *casework.Hearing) { b.Matter = "matter-1" }),
		refuse("finalizing by a panel", "body", panel(func(b *casework.Hearing) { b.EffortsToFinalize = true })),
		refusal{
			name: "for the child at home", by: caseworker(), kind: casework.Blocked, codes: []string{"not-before-court"},
			body: with(aHearing(t, casework.Review), func(b *casework.Hearing) { b.Children = []string{elder, younger} }),
		},
	)
}
