package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func aHandOver(t testing.TB, referral int) *casework.ReferralHandOver {
	t.Helper()
	return &casework.ReferralHandOver{
		Referral: referral, On: day(t, "2025-12-10"), To: "provider", Reason: "service-goes-on", Notes: "text",
	}
}

// Transition Case.Open -> close: a family is not left with a referral that nobody answers for.
func TestClosing_WaitsForReferralsOfThoseWhoKnowTheRule(t *testing.T) {
	t.Parallel()
	c := visited(t, elder, younger)
	for _, s := range []casework.ReferralStatus{casework.ReferralOffered, casework.ReferralStarted, casework.ReferralAttained} {
		refer(t, c, s)
	}
	c.at(t, "2025-12-10 18:00")
	asks := c.command(t, caseworker(), &casework.ClosingRequest{Risk: "low", Reason: "text-9"})
	decide := func(edition int) error {
		asks.Edition = edition
		_, err := c.state.Decide(asks)
		return err
	}
	c.refuses(t, refusal{
		name: "asking for it", edition: casework.Edition, by: caseworker(), body: asks.Body, kind: casework.Blocked,
		codes: []string{"referral-open", "referral-open"},
	})
	require.NoError(t, decide(casework.EditionNamedProviders), "what was taken before is decided as it was then")

	c.does(t, caseworker(), with(aHandOver(t, 1), func(b *casework.ReferralHandOver) { b.To = "family" }))
	requireRefusal(t, decide(casework.Edition), casework.Blocked, "", "referral-open")
	c.does(t, caseworker(), aHandOver(t, 2))
	require.NoError(t, decide(casework.Edition))
	require.Equal(t, casework.ReferralStarted, c.state.Referrals[1].Status, "it stands where it is")
	ended := c.facts(casework.FactReferralEnded)
	require.Equal(t, "handed-over", ended[len(ended)-1].Reason)
	require.Equal(t, "referral-1", ended[len(ended)-1].Ref, "nobody follows up any more; what has begun was not followed up")
	c.does(t, caseworker(), &casework.ReferralProgress{
		Referral: 2, On: day(t, "2025-12-10"), Progress: casework.ReferralAttained, Evidence: "text",
	})
}

// One that came up after closing was asked for is looked at again.
func TestClosing_IsNotApprovedOverAReferralOfThoseWhoKnowTheRule(t *testing.T) {
	t.Parallel()
	c := visited(t, elder, younger)
	c.at(t, "2025-12-10 18:00")
	c.does(t, caseworker(), &casework.ClosingRequest{Risk: "low", Reason: "text-9"})
	refer(t, c, casework.ReferralOffered)
	c.refuses(t, refusal{
		name: "approving it", edition: casework.Edition, by: supervisor(), body: &casework.ClosingApproval{}, kind: casework.Blocked,
		codes: []string{"referral-open"},
	})
}

func TestReferralHandOver_Refuses(t *testing.T) {
	t.Parallel()
	c := visited(t, elder)
	c.refuses(t, refusal{
		name: "without a referral", by: caseworker(), body: aHandOver(t, 1), kind: casework.Blocked, codes: []string{"no-referral-open"},
	})
	for _, s := range []casework.ReferralStatus{casework.ReferralOffered, casework.ReferralAttained, casework.ReferralSent, casework.ReferralSent} {
		refer(t, c, s)
	}
	c.at(t, "2025-12-10 18:00")
	c.does(t, caseworker(), aHandOver(t, 4))
	bad := func(name, field string, referral int, change func(*casework.ReferralHandOver)) refusal {
		return refusal{name: name, by: caseworker(), body: with(aHandOver(t, referral), change), kind: casework.Invalid, field: field}
	}
	none := func(*casework.ReferralHandOver) {}
	c.refuses(
		t,
		bad("one that is not there", "referral", 9, none),
		bad("one that has ended", "referral", 2, none),
		bad("one that was handed over", "referral", 4, none),
		bad("without consent", "to", 1, none),
		bad("to nobody", "to", 3, func(b *casework.ReferralHandOver) { b.To = "" }),
		bad("for no reason", "reason", 3, func(b *casework.ReferralHandOver) { b.Reason = "tidy" }),
		bad("without words", "notes", 3, func(b *casework.ReferralHandOver) { b.Notes = "" }),
		bad("to come", "on", 3, func(b *casework.ReferralHandOver) { b.On = day(t, "2025-12-11") }),
		bad("before the last move", "on", 3, func(b *casework.ReferralHandOver) { b.On = day(t, "2025-01-01") }),
		refusal{name: "by an investigator", by: investigator(), body: aHandOver(t, 3), kind: casework.Forbidden},
	)
	c.refuses(t, refusal{
		name: "following up what was handed over", by: caseworker(), kind: casework.Invalid, field: "referral", body: &casework.ReferralFollowUp{
			Referral: 4, On: day(t, "2025-12-10"), Asked: "family", Found: "no-news", Next: day(t, "2025-12-20"), Notes: "text",
		},
	})
}
