package casework_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func anOffer(t testing.TB) *casework.ReferralOffer {
	t.Helper()
	return &casework.ReferralOffer{
		On: day(t, "2025-01-22"), Need: "parenting", Service: "county-211:s-1", FollowUp: day(t, "2025-02-05"), Notes: "text-20",
	}
}

// brought is a case at noon of 2025-01-22 with a referral in a status, and the number
// that it has.
func brought(t testing.TB, to casework.ReferralStatus) (c *caseClerk, number int) {
	t.Helper()
	c = opened(t)
	c.at(t, "2025-01-22 12:00")
	return c, refer(t, c, to)
}

// refer brings one more referral to a status, all on the day of the clerk.
func refer(t testing.TB, c *caseClerk, to casework.ReferralStatus) int {
	t.Helper()
	offer := anOffer(t)
	offer.On = today(c.now, c.state.Location())
	offer.FollowUp = offer.On.AddDays(14)
	n, on := len(c.state.Referrals)+1, offer.On
	if to == casework.ReferralRefused {
		offer.Refused, offer.Reason, offer.FollowUp = true, "too-far", casework.Date{}
	}
	c.does(t, caseworker(), offer)
	answer := &casework.ReferralAnswer{Referral: n, On: on, Answer: to}
	progress := func(s casework.ReferralStatus, reason string) casework.Body {
		return &casework.ReferralProgress{Referral: n, On: on, Progress: s, Reason: reason, Evidence: "text"}
	}
	consent := &casework.ReferralConsent{Referral: n, On: on, By: "parent"}
	send := &casework.ReferralSending{Referral: n, On: on, By: "phone"}
	ways := map[casework.ReferralStatus][]casework.Body{ //nolint:exhaustive // the others are offers
		casework.ReferralConsented: {consent}, casework.ReferralSent: {consent, send},
		casework.ReferralReceived: {consent, send, answer}, casework.ReferralAccepted: {consent, send, answer},
		casework.ReferralDeclined:     {consent, send, with(answer, func(b *casework.ReferralAnswer) { b.Reason = "no-capacity" })},
		casework.ReferralWaiting:      {consent, send, with(answer, func(b *casework.ReferralAnswer) { b.Position = 7 })},
		casework.ReferralAppointed:    {consent, send, with(answer, func(b *casework.ReferralAnswer) { b.Appointment = c.now.AddDate(0, 0, 8) })},
		casework.ReferralStarted:      {consent, send, progress(casework.ReferralStarted, "")},
		casework.ReferralAttained:     {consent, send, progress(casework.ReferralStarted, ""), progress(casework.ReferralAttained, "")},
		casework.ReferralDiscontinued: {consent, send, progress(casework.ReferralStarted, ""), progress(casework.ReferralDiscontinued, "no-progress")},
		casework.ReferralRevoked:      {&casework.ReferralEnd{Referral: n, On: on, By: "agency", Reason: "wrong-service"}},
	}
	for _, body := range ways[to] {
		c.does(t, caseworker(), body)
	}
	require.Equal(t, to, c.state.Referrals[n-1].Status)
	return n
}

// referred is a case with a referral for each thing that can be done with one.
func referred(t testing.TB) *caseClerk {
	t.Helper()
	c := opened(t)
	c.at(t, "2025-01-22 12:00")
	return withReferrals(t, c)
}

func withReferrals(t testing.TB, c *caseClerk) *caseClerk {
	t.Helper()
	for _, s := range []casework.ReferralStatus{casework.ReferralOffered, casework.ReferralConsented, casework.ReferralSent, casework.ReferralStarted} {
		refer(t, c, s)
	}
	return c
}

// referralBody writes the bodies of referrals; nil for any other.
func (w *walk) referralBody(c *casework.Case, now time.Time, body casework.Body) casework.Body {
	on := today(now, c.Location())
	pick := func(from ...casework.ReferralStatus) int {
		for _, i := range w.rng.Perm(len(c.Referrals)) {
			if slices.Contains(from, c.Referrals[i].Status) {
				return i + 1
			}
		}
		return 1
	}
	answerable := []casework.ReferralStatus{
		casework.ReferralSent, casework.ReferralReceived, casework.ReferralAccepted, casework.ReferralWaiting, casework.ReferralAppointed,
	}
	open := slices.Concat(answerable, []casework.ReferralStatus{casework.ReferralOffered, casework.ReferralConsented})
	switch b := body.(type) {
	case *casework.ReferralOffer:
		b.On, b.Need, b.Service, b.FollowUp = on, one(w, casework.Needs()...), "county-211:s-1", on.AddDays(w.rng.IntN(30))
		if w.rng.IntN(5) == 0 {
			b.Refused, b.Reason, b.FollowUp = true, one(w, casework.ServiceRefusalReasons()...), casework.Date{}
		}
	case *casework.ReferralConsent:
		b.Referral, b.On, b.By = pick(casework.ReferralOffered), on, one(w, casework.ConsentGivers()...)
	case *casework.ReferralSending:
		b.Referral, b.On, b.By = pick(casework.ReferralConsented), on, one(w, casework.SendingWays()...)
	case *casework.ReferralAnswer:
		b.Referral, b.On, b.Answer = pick(answerable...), on, one(w, casework.ReferralAccepted, casework.ReferralWaiting, casework.ReferralAppointed)
		if b.Answer == casework.ReferralAppointed {
			b.Appointment = now.AddDate(0, 0, 7)
		}
	case *casework.ReferralProgress:
		b.Referral, b.On, b.Progress, b.Evidence = pick(casework.ReferralStarted), on, casework.ReferralAttained, "text"
		if i := pick(answerable...); b.Referral > len(c.Referrals) || c.Referrals[b.Referral-1].Status != casework.ReferralStarted {
			b.Referral, b.Progress = i, casework.ReferralStarted
		}
	case *casework.ReferralFollowUp:
		b.Referral, b.On, b.Asked, b.Found = pick(open...), on, one(w, casework.FollowUpAsked()...), one(w, casework.FollowUpFound()...)
		b.Next, b.Notes = on.AddDays(w.rng.IntN(30)), "text"
	case *casework.ReferralHandOver:
		b.Referral, b.On, b.Notes = pick(append(open, casework.ReferralStarted)...), on, "text"
		b.To, b.Reason = one(w, casework.HandOverReceivers()...), one(w, casework.HandOverReasons()...)
	case *casework.ReferralEnd:
		b.Referral, b.On, b.By, b.Reason = pick(open...), on, "agency", one(w, casework.RevocationReasons()...)
	case *casework.UnmetNeed:
		b.On, b.Need, b.County, b.Reason = on, one(w, casework.Needs()...), "us-wa-king", one(w, casework.UnmetReasons()...)
	default:
		return nil
	}
	return body
}

func TestReferral_GoesFromTheOfferToTheServiceAndIsFollowedUpUntilThen(t *testing.T) {
	t.Parallel()
	c, n := brought(t, casework.ReferralSent)
	made := c.facts(casework.FactReferralMade)
	require.Len(t, made, 1)
	require.Equal(t, "referral-1", made[0].Ref)
	require.Equal(t, day(t, "2025-02-05"), made[0].Until)

	c.at(t, "2025-02-04 12:00")
	c.does(t, caseworker(), &casework.ReferralAnswer{
		Referral: n, On: day(t, "2025-02-03"), Answer: casework.ReferralWaiting, Position: 4, Expected: day(t, "2025-03-10"), FollowUp: day(t, "2025-02-20"),
	})
	r := c.state.Referrals[0]
	require.Equal(t, 4, r.Position)
	require.Equal(t, day(t, "2025-02-20"), r.FollowUp)
	c.does(t, caseworker(), &casework.ReferralFollowUp{
		Referral: n, On: day(t, "2025-02-04"), Asked: "family", Found: "in-contact", Next: day(t, "2025-02-25"), Notes: "text",
	})
	moved := c.facts(casework.FactReferralFollowedUp)
	require.Len(t, moved, 2)
	require.Equal(t, day(t, "2025-02-25"), moved[1].Until)
	require.Empty(t, c.facts(casework.FactReferralEnded), "an appointment is not the service")

	c.does(t, caseworker(), &casework.ReferralAnswer{
		Referral: n, On: day(t, "2025-02-04"), Answer: casework.ReferralAppointed, Appointment: clock(t, "2025-02-10 09:00"),
	})
	require.Zero(t, c.state.Referrals[0].Position, "off the waiting list")
	c.at(t, "2025-02-11 12:00")
	c.does(t, caseworker(), &casework.ReferralProgress{Referral: n, On: day(t, "2025-02-10"), Progress: casework.ReferralStarted, Evidence: "text"})
	ended := c.facts(casework.FactReferralEnded)
	require.Len(t, ended, 1)
	require.Equal(t, "started", ended[0].Reason)
	require.True(t, c.state.Referrals[0].FollowUp.IsZero())
}

// Each ending says that nobody has to follow up any more, once.
func TestReferral_EndsItsFollowUpHoweverItEnds(t *testing.T) {
	t.Parallel()
	for _, s := range casework.ReferralStatuses() {
		c, _ := brought(t, s)
		made, ended := len(c.facts(casework.FactReferralMade)), len(c.facts(casework.FactReferralEnded))
		r := c.state.Referrals[0]
		if s == casework.ReferralRefused {
			require.Zero(t, made+ended, "what was never wanted is not followed up")
			continue
		}
		require.Equal(t, 1, made)
		require.Equal(t, r.FollowUp.IsZero(), ended == 1, "%s", s)
	}
}

func TestReferral_AttainedDoesItsStepOfThePlan(t *testing.T) {
	t.Parallel()
	c := opened(t)
	c.at(t, "2025-01-22 12:00")
	offer := with(anOffer(t), func(b *casework.ReferralOffer) { b.PlanStep = "step-1.2.3" })
	_, err := c.state.Decide(c.command(t, caseworker(), offer))
	requireRefusal(t, err, casework.Invalid, "plan_step")

	c.state.Facts = append(c.state.Facts, casework.Fact{ID: "0.1", Type: casework.FactPlanStepAgreed, Ref: "step-1.2.3", On: day(t, "2025-01-20"), Until: day(t, "2025-06-01")})
	c.does(t, caseworker(), offer)
	on := day(t, "2025-01-22")
	c.does(t, caseworker(), &casework.ReferralConsent{Referral: 1, On: on, By: "parent"})
	c.does(t, caseworker(), &casework.ReferralSending{Referral: 1, On: on, By: "phone"})
	c.does(t, caseworker(), &casework.ReferralProgress{Referral: 1, On: on, Progress: casework.ReferralStarted, Evidence: "text"})
	require.Empty(t, c.facts(casework.FactPlanStepDone))
	c.does(t, caseworker(), &casework.ReferralProgress{Referral: 1, On: on, Progress: casework.ReferralAttained, Evidence: "text"})
	done := c.facts(casework.FactPlanStepDone)
	require.Len(t, done, 1)
	require.Equal(t, "step-1.2.3", done[0].Ref)
	require.Equal(t, on, done[0].On)
}

// Each status is one FHIR Task, and each such Task one status; the document says the same.
func TestReferral_StatusesAreTheOnesOfFHIR(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/referrals.md")
	require.NoError(t, err)
	codes := []string{ // Task.status of FHIR R4, without those that say that nothing is meant yet
		"draft", "requested", "received", "accepted", "rejected", "ready", "cancelled", "in-progress", "on-hold", "failed", "completed", "entered-in-error",
	}
	tasks, business := map[casework.FHIRTask]bool{}, map[string]bool{}
	for _, s := range casework.ReferralStatuses() {
		task := casework.ReferralTask(s)
		require.Contains(t, codes, task.Status)
		require.NotEmpty(t, task.Business)
		tasks[task], business[task.Business] = true, true
		require.Contains(t, string(page), fmt.Sprintf("| `%s` | `%s` | `%s` |", s, task.Status, task.Business))
	}
	require.Len(t, tasks, len(casework.ReferralStatuses()), "no two statuses are one Task")
	require.Len(t, business, len(casework.ReferralStatuses()))
	rows := regexp.MustCompile("(?m)^\\| `[a-z]+` \\| `[a-z-]+` \\| `[a-z-]+` \\|").FindAllString(string(page), -1)
	require.Len(t, rows, len(casework.ReferralStatuses()))
}

// Every move between two statuses is lawful or refused with what can be done instead,
// as docs/referrals.md draws it.
func TestReferral_MovesAsItIsDrawn(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/referrals.md")
	require.NoError(t, err)
	drawn := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^    ([a-z]+) --> ([a-z]+)$`).FindAllStringSubmatch(string(page), -1) {
		drawn[m[1]+" "+m[2]] = true
	}
	for _, from := range casework.ReferralStatuses() {
		c, n := brought(t, from)
		on := day(t, "2025-01-22")
		for _, to := range casework.ReferralStatuses()[1:] {
			_, err := c.state.Decide(c.command(t, caseworker(), moving(t, n, on, to)))
			if drawn[string(from)+" "+string(to)] {
				require.NoError(t, err, "%s to %s", from, to)
				continue
			}
			require.Error(t, err, "%s to %s", from, to)
			if casework.KindOf(err) == casework.Invalid {
				requireRefusal(t, err, casework.Invalid, "referral")
				require.Regexp(t, `[Rr]ecord|[Oo]ffer|withdraw`, err.Error(), "it says what can be done instead")
			}
		}
	}
	require.Len(t, drawn, 44)
}

// moving is the step by which a referral becomes something.
func moving(t testing.TB, n int, on casework.Date, to casework.ReferralStatus) casework.Body {
	t.Helper()
	switch to { //nolint:exhaustive // an offer is no move
	case casework.ReferralConsented:
		return &casework.ReferralConsent{Referral: n, On: on, By: "youth"}
	case casework.ReferralSent:
		return &casework.ReferralSending{Referral: n, On: on, By: "letter"}
	case casework.ReferralRefused:
		return &casework.ReferralEnd{Referral: n, On: on, By: "family", Reason: "culture"}
	case casework.ReferralRevoked:
		return &casework.ReferralEnd{Referral: n, On: on, By: "agency", Reason: "family-moved"}
	case casework.ReferralStarted, casework.ReferralAttained:
		return &casework.ReferralProgress{Referral: n, On: on, Progress: to, Evidence: "text"}
	case casework.ReferralDiscontinued:
		return &casework.ReferralProgress{Referral: n, On: on, Progress: to, Reason: "other", Evidence: "text"}
	}
	b := &casework.ReferralAnswer{Referral: n, On: on, Answer: to}
	switch to { //nolint:exhaustive // the others need nothing more
	case casework.ReferralDeclined:
		b.Reason = "other"
	case casework.ReferralAppointed:
		b.Appointment = clock(t, "2025-02-01 10:00")
	}
	return b
}

func TestReferral_IsRefusedInWordsThatHelp(t *testing.T) {
	t.Parallel()
	invalid := func(name, field string, body casework.Body) refusal {
		return refusal{name: name, by: caseworker(), body: body, kind: casework.Invalid, field: field}
	}
	offer := func(name, field string, change func(*casework.ReferralOffer)) refusal {
		return invalid("an offer "+name, field, with(anOffer(t), change))
	}
	answer := func(name, field string, change func(*casework.ReferralAnswer)) refusal {
		b := &casework.ReferralAnswer{Referral: 3, On: day(t, "2025-01-22"), Answer: casework.ReferralAccepted}
		return invalid("an answer "+name, field, with(b, change))
	}
	on := day(t, "2025-01-22")
	referred(t).refuses(
		t,
		refusal{name: "by an investigator", by: investigator(), body: anOffer(t), kind: casework.Forbidden},
		offer("of tomorrow", "on", func(b *casework.ReferralOffer) { b.On = day(t, "2025-01-23") }),
		offer("before the case", "on", func(b *casework.ReferralOffer) { b.On = day(t, "2024-01-23") }),
		offer("for no need", "need", func(b *casework.ReferralOffer) { b.Need = "luck" }),
		offer("of nothing", "service", func(b *casework.ReferralOffer) { b.Service = "" }),
		offer("of a name", "service", func(b *casework.ReferralOffer) { b.Service = "Jane's classes" }),
		offer("of two", "provider", func(b *casework.ReferralOffer) { b.Provider = "text" }),
		offer("to a stranger", "children", func(b *casework.ReferralOffer) { b.Children = []string{"P7"} }),
		offer("that nobody follows up", "follow_up", func(b *casework.ReferralOffer) { b.FollowUp = casework.Date{} }),
		offer("to be followed up yesterday", "follow_up", func(b *casework.ReferralOffer) { b.FollowUp = day(t, "2025-01-21") }),
		offer("to be forgotten", "follow_up", func(b *casework.ReferralOffer) { b.FollowUp = day(t, "2025-03-24") }),
		offer("that serves no step", "plan_step", func(b *casework.ReferralOffer) { b.PlanStep = "step-9" }),
		offer("refused without a reason", "reason", func(b *casework.ReferralOffer) { b.Refused, b.FollowUp = true, casework.Date{} }),
		offer("refused and followed up", "follow_up", func(b *casework.ReferralOffer) { b.Refused, b.Reason = true, "cost" }),
		offer("with a reason and not refused", "reason", func(b *casework.ReferralOffer) { b.Reason = "cost" }),
		invalid("consent of nobody", "by", &casework.ReferralConsent{Referral: 1, On: on, By: "neighbor"}),
		invalid("consent overridden by a parent", "by", &casework.ReferralConsent{Referral: 1, On: on, By: "parent", Overridden: true, Reason: "text"}),
		invalid("consent overridden without a reason", "reason", &casework.ReferralConsent{Referral: 1, On: on, By: "court-order", Overridden: true}),
		refusal{
			name: "consent overridden by a caseworker", by: caseworker(), kind: casework.Forbidden,
			body: &casework.ReferralConsent{Referral: 1, On: on, By: "court-order", Overridden: true, Reason: "text"},
		},
		invalid("consent to what is not there", "referral", &casework.ReferralConsent{Referral: 9, On: on, By: "parent"}),
		invalid("consent before the offer", "on", &casework.ReferralConsent{Referral: 1, On: day(t, "2025-01-21"), By: "parent"}),
		invalid("sent by pigeon", "by", &casework.ReferralSending{Referral: 2, On: on, By: "pigeon"}),
		answer("of no kind", "answer", func(b *casework.ReferralAnswer) { b.Answer = "perhaps" }),
		answer("declined without a reason", "reason", func(b *casework.ReferralAnswer) { b.Answer = casework.ReferralDeclined }),
		answer("declined and followed up", "follow_up", func(b *casework.ReferralAnswer) {
			b.Answer, b.Reason, b.FollowUp = casework.ReferralDeclined, "other", day(t, "2025-02-01")
		}),
		answer("accepted with a reason", "reason", func(b *casework.ReferralAnswer) { b.Reason = "other" }),
		answer("accepted in seventh place", "position", func(b *casework.ReferralAnswer) { b.Position = 7 }),
		answer("accepted and expected", "expected", func(b *casework.ReferralAnswer) { b.Expected = day(t, "2025-02-01") }),
		answer("waiting in no place", "position", func(b *casework.ReferralAnswer) { b.Answer, b.Position = casework.ReferralWaiting, -1 }),
		answer("expected last year", "expected", func(b *casework.ReferralAnswer) {
			b.Answer, b.Expected = casework.ReferralWaiting, day(t, "2024-02-01")
		}),
		answer("appointed at no time", "appointment", func(b *casework.ReferralAnswer) { b.Answer = casework.ReferralAppointed }),
		answer("appointed last week", "appointment", func(b *casework.ReferralAnswer) {
			b.Answer, b.Appointment = casework.ReferralAppointed, clock(t, "2025-01-15 09:00")
		}),
		answer("accepted at a time", "appointment", func(b *casework.ReferralAnswer) { b.Appointment = clock(t, "2025-02-15 09:00") }),
		answer("to be followed up yesterday", "follow_up", func(b *casework.ReferralAnswer) { b.FollowUp = day(t, "2025-01-21") }),
		invalid("progress of no kind", "progress", &casework.ReferralProgress{Referral: 4, On: on, Progress: "well", Evidence: "text"}),
		invalid("progress that nobody saw", "evidence", &casework.ReferralProgress{Referral: 4, On: on, Progress: casework.ReferralAttained}),
		invalid("discontinued without a reason", "reason", &casework.ReferralProgress{Referral: 4, On: on, Progress: casework.ReferralDiscontinued, Evidence: "text"}),
		invalid("attained with a reason", "reason", &casework.ReferralProgress{Referral: 4, On: on, Progress: casework.ReferralAttained, Reason: "other", Evidence: "text"}),
		invalid("follow-up of what has begun", "referral", &casework.ReferralFollowUp{Referral: 4, On: on, Asked: "family", Found: "no-news", Next: on, Notes: "text"}),
		invalid("follow-up without the next", "next", &casework.ReferralFollowUp{Referral: 3, On: on, Asked: "family", Found: "no-news", Notes: "text"}),
		invalid("follow-up of nobody", "asked", &casework.ReferralFollowUp{Referral: 3, On: on, Asked: "moon", Found: "no-news", Next: on, Notes: "text"}),
		invalid("follow-up that found nothing", "found", &casework.ReferralFollowUp{Referral: 3, On: on, Asked: "family", Found: "gold", Next: on, Notes: "text"}),
		invalid("follow-up without words", "notes", &casework.ReferralFollowUp{Referral: 3, On: on, Asked: "family", Found: "no-news", Next: on}),
		invalid("follow-up before the offer", "on", &casework.ReferralFollowUp{Referral: 3, On: day(t, "2025-01-21"), Asked: "family", Found: "no-news", Next: on, Notes: "text"}),
		invalid("taken back by nobody", "by", &casework.ReferralEnd{Referral: 1, On: on, By: "rain", Reason: "other"}),
		invalid("taken back for the other's reason", "reason", &casework.ReferralEnd{Referral: 1, On: on, By: "family", Reason: "wrong-service"}),
		invalid("taken back after it began", "referral", &casework.ReferralEnd{Referral: 4, On: on, By: "agency", Reason: "other"}),
	)
	c := opened(t)
	c.at(t, "2025-01-22 12:00")
	for code, body := range map[string]casework.Body{
		"no-referral-offered":      &casework.ReferralConsent{Referral: 1, On: on, By: "parent"},
		"no-referral-consented":    &casework.ReferralSending{Referral: 1, On: on, By: "phone"},
		"no-referral-sent":         &casework.ReferralAnswer{Referral: 1, On: on, Answer: casework.ReferralAccepted},
		"no-service-under-way":     &casework.ReferralProgress{Referral: 1, On: on, Progress: casework.ReferralStarted, Evidence: "text"},
		"no-referral-to-follow-up": &casework.ReferralFollowUp{Referral: 1, On: on, Asked: "both", Found: "barrier", Next: on, Notes: "text"},
		"no-referral-to-withdraw":  &casework.ReferralEnd{Referral: 1, On: on, By: "agency", Reason: "other"},
	} {
		c.refuses(t, refusal{name: code, by: caseworker(), body: body, kind: casework.Blocked, codes: []string{code}})
	}
}

func TestReferral_GoesOnWithoutConsentOnASupervisorsWord(t *testing.T) {
	t.Parallel()
	c, n := brought(t, casework.ReferralOffered)
	e := c.does(t, supervisor(), &casework.ReferralConsent{Referral: n, On: day(t, "2025-01-22"), By: "court-order", Overridden: true, Reason: "text"})
	require.True(t, c.state.Referrals[0].Overridden)
	require.Equal(t, "court-order", c.state.Referrals[0].ConsentBy)
	require.Contains(t, e.Body.Says(), "without consent")
}

func TestReferral_FactsStandForWhatWasDone(t *testing.T) {
	t.Parallel()
	c, _ := brought(t, casework.ReferralOffered)
	id := c.factID(t, casework.FactReferralMade, "")
	_, err := c.state.Decide(c.command(t, caseworker(), correcting(id)))
	requireRefusal(t, err, casework.Invalid, "fact")
}

// correcting withdraws a fact.
func correcting(id string) *casework.CaseCorrection {
	b := &casework.CaseCorrection{}
	b.Fact, b.Withdraw, b.Reason = id, true, "text"
	return b
}

func TestUnmetNeed_IsKeptAndMovesNothing(t *testing.T) {
	t.Parallel()
	c, n := brought(t, casework.ReferralDeclined)
	need := &casework.UnmetNeed{On: day(t, "2025-01-22"), Need: "housing", County: "us-wa-king", Reason: "no-service", Children: []string{elder}, Referral: n}
	before := c.state.Next()
	e := c.does(t, caseworker(), need)
	require.Equal(t, "No service was found for a need: housing (no-service).", e.Body.Says())
	require.Equal(t, before, c.state.Next())
	refuse := func(name, field string, change func(*casework.UnmetNeed)) refusal {
		return refusal{name: name, by: caseworker(), body: with(need, change), kind: casework.Invalid, field: field}
	}
	c.refuses(t,
		refuse("of tomorrow", "on", func(b *casework.UnmetNeed) { b.On = day(t, "2025-01-23") }),
		refuse("of luck", "need", func(b *casework.UnmetNeed) { b.Need = "luck" }),
		refuse("nowhere", "county", func(b *casework.UnmetNeed) { b.County = "King County" }),
		refuse("for no reason", "reason", func(b *casework.UnmetNeed) { b.Reason = "" }),
		refuse("of a stranger", "children", func(b *casework.UnmetNeed) { b.Children = []string{"P7"} }),
		refuse("of another referral", "referral", func(b *casework.UnmetNeed) { b.Referral = 4 }),
	)
}

// What was said stays out of the state: codes, dates and references alone.
func TestReferral_StateIsSmall(t *testing.T) {
	t.Parallel()
	c, _ := brought(t, casework.ReferralAttained)
	r := c.state.Referrals[0]
	require.Zero(t, r.Position)
	require.True(t, r.FollowUp.IsZero())
	require.True(t, strings.HasPrefix(r.Service, "county-211:"))
}

// Whatever is recorded about a referral is about one that is there, on a day that can
// be right, and follows from where it stands.
func TestReferral_RefusesWhatDoesNotFollow(t *testing.T) {
	t.Parallel()
	c := referred(t) // 1 was offered, 2 has consent, 3 was sent, 4 has begun
	on := day(t, "2025-01-22")
	for name, step := range map[string]struct {
		right, wrong int
		body         func(number int, on casework.Date) casework.Body
	}{
		"sending": {2, 1, func(n int, on casework.Date) casework.Body {
			return &casework.ReferralSending{Referral: n, On: on, By: "phone"}
		}},
		"answer": {3, 4, func(n int, on casework.Date) casework.Body {
			return &casework.ReferralAnswer{Referral: n, On: on, Answer: casework.ReferralAccepted}
		}},
		"progress": {4, 1, func(n int, on casework.Date) casework.Body {
			return &casework.ReferralProgress{Referral: n, On: on, Progress: casework.ReferralAttained, Evidence: "text"}
		}},
		"follow-up": {3, 4, func(n int, on casework.Date) casework.Body {
			next := day(t, "2025-02-05")
			return &casework.ReferralFollowUp{Referral: n, On: on, Asked: "family", Found: "no-news", Next: next, Notes: "text"}
		}},
		"end": {1, 4, func(n int, on casework.Date) casework.Body {
			return &casework.ReferralEnd{Referral: n, On: on, By: "agency", Reason: "other"}
		}},
	} {
		refuse := func(what, field string, body casework.Body) refusal {
			return refusal{name: name + " " + what, by: caseworker(), body: body, kind: casework.Invalid, field: field}
		}
		c.refuses(
			t,
			refuse("on no day", "on", step.body(step.right, casework.Date{})),
			refuse("tomorrow", "on", step.body(step.right, day(t, "2025-01-23"))),
			refuse("before the last thing that happened", "on", step.body(step.right, day(t, "2025-01-21"))),
			refuse("of none", "referral", step.body(9, on)),
			refuse("of another that stands elsewhere", "referral", step.body(step.wrong, on)),
		)
	}
	asked := func(name string, next casework.Date) refusal {
		return refusal{
			name: name, by: caseworker(), kind: casework.Invalid, field: "next",
			body: &casework.ReferralFollowUp{Referral: 3, On: on, Asked: "family", Found: "no-news", Next: next, Notes: "text"},
		}
	}
	c.refuses(
		t,
		asked("to be asked again yesterday", day(t, "2025-01-21")),
		asked("to be asked again in two months", day(t, "2025-03-24")),
		refusal{
			name: "an answer to be forgotten", by: caseworker(), kind: casework.Invalid, field: "follow_up",
			body: &casework.ReferralAnswer{Referral: 3, On: on, Answer: casework.ReferralAccepted, FollowUp: day(t, "2025-03-24")},
		},
	)
}
