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
		refuse("of an unknown type", "type", func(b *casework.Hearing) { b.Type = "trial" }),
		refuse("to come", "at", func(b *casework.Hearing) { b.At = clock(t, "2025-01-23 10:00") }),
		refuse("before the removal", "at", func(b *casework.Hearing) { b.At = clock(t, "2025-01-20 10:00") }),
		refuse("before nobody", "body", func(b *casework.Hearing) { b.Body = "" }),
		refuse("permanency by a panel", "body", panel(func(b *casework.Hearing) { b.Type = casework.Permanency })),
		refuse("maltreatment by a panel", "body", panel(func(b *casework.Hearing) { b.Maltreatment = true })),
		refuse("contrary to welfare by a panel", "body", panel(func(b *casework.Hearing) { b.ContraryToWelfare = true })),
		refuse("efforts by a panel", "body", panel(func(b *casework.Hearing) { b.EffortsToPrevent = true })),
		refuse("finalizing by a panel", "body", panel(func(b *casework.Hearing) { b.EffortsToFinalize = true })),
		refusal{
			name: "for the child at home", by: caseworker(), kind: casework.Blocked, codes: []string{"not-in-care"},
			body: with(aHearing(t, casework.Review), func(b *casework.Hearing) { b.Children = []string{elder, younger} }),
		},
	)
}
