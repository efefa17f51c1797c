package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// onTrack is a report that was screened in on a track.
func onTrack(t testing.TB, track string) *reportClerk {
	t.Helper()
	c := received(t)
	c.at(t, "2025-01-06 10:00")
	c.does(t, supervisor(), &casework.ScreeningIn{Priority: "non-emergent", Track: track, Investigator: investigator().ID})
	return c
}

func seeks(t testing.TB, victim, wall, method, place string) *casework.ContactAttempt {
	t.Helper()
	return &casework.ContactAttempt{Victim: victim, At: clock(t, wall), Outcome: "moved", Method: method, Place: place}
}

// searched is a report whose victims were sought on three days, in three ways, at
// two places and more.
func searched(t testing.TB, victims ...string) *reportClerk {
	t.Helper()
	c := screened(t)
	c.at(t, "2025-01-10 12:00")
	for _, id := range victims {
		c.does(t, investigator(), seeks(t, id, "2025-01-07 10:00", "visit", "home"))
		c.does(t, investigator(), seeks(t, id, "2025-01-08 10:00", "school", "school"))
		c.does(t, investigator(), seeks(t, id, "2025-01-09 10:00", "records", "nowhere"))
	}
	return c
}

func sought(t testing.TB) *reportClerk {
	t.Helper()
	return searched(t, elder, younger)
}

func gaveUp(t testing.TB, victims ...string) *casework.UnableToLocate {
	t.Helper()
	return &casework.UnableToLocate{Victims: victims, On: day(t, "2025-01-10"), Note: "text"}
}

// Transition AlternativeResponse -> switch to Investigation.
func TestTrack_SwitchesToAnInvestigationUponNewDanger(t *testing.T) {
	t.Parallel()
	c := onTrack(t, "alternative-response")
	c.does(t, supervisor(), &casework.TrackSwitch{Danger: "text", Priority: "emergent", Investigator: "w-other"})
	require.Equal(t, "investigation", c.state.Track)
	require.Equal(t, "w-other", c.state.Worker)
	require.Equal(t, "emergent", c.state.Priority)
	facts := c.facts(casework.FactTrackSwitched)
	require.Len(t, facts, 1, "the day from which the pack may count")
	require.Equal(t, "investigation", facts[0].To)
	c.refuses(t, refusal{
		name: "again", by: supervisor(), body: &casework.TrackSwitch{Danger: "text"}, kind: casework.Blocked,
		codes: []string{"not-alternative-response"},
	})
}

func TestTrack_Refuses(t *testing.T) {
	t.Parallel()
	c := received(t)
	c.does(t, hotline(), aCaseLink())
	c.does(t, supervisor(), &casework.ScreeningIn{Priority: "P2", Track: "alternative-response", Investigator: investigator().ID})
	bad := func(name, field string, change func(*casework.TrackSwitch)) refusal {
		return refusal{
			name: name, by: supervisor(), body: with(&casework.TrackSwitch{Danger: "text"}, change), kind: casework.Invalid, field: field,
		}
	}
	c.refuses(
		t,
		refusal{name: "by the investigator", by: investigator(), body: &casework.TrackSwitch{Danger: "text"}, kind: casework.Forbidden},
		bad("without a danger", "danger", func(b *casework.TrackSwitch) { b.Danger = "" }),
		bad("an unknown priority", "priority", func(b *casework.TrackSwitch) { b.Priority = "soon" }),
		bad("an investigator with a name", "investigator", func(b *casework.TrackSwitch) { b.Investigator = "Jane Roe" }),
		bad("to whoever carries the case", "investigator", func(b *casework.TrackSwitch) { b.Investigator = caseworker().ID }),
	)
}

func TestTrack_OfAnAlternativeResponseEndsWithoutAFinding(t *testing.T) {
	t.Parallel()
	c := onTrack(t, "alternative-response")
	c.at(t, "2025-01-07 12:00")
	for _, id := range []string{elder, younger} {
		c.does(t, investigator(), &casework.Contact{Victim: id, At: clock(t, "2025-01-07 11:00"), Place: "home"})
	}
	c.does(t, investigator(), &casework.SafetyAssessment{At: clock(t, "2025-01-07 11:30"), Decision: casework.Safe})
	c.does(t, supervisor(), &casework.ReportClosing{Reason: "referred", Note: "text"})
	require.Empty(t, c.facts(casework.FactDeterminationMade))
	require.Len(t, c.facts(casework.FactInvestigationCompleted), 1)
}

// Transition Investigation -> unable to locate.
func TestUnableToLocate_EndsAReportNoneOfWhoseChildrenIsFound(t *testing.T) {
	t.Parallel()
	c := searched(t, elder, younger)
	c.does(t, supervisor(), gaveUp(t, elder))
	require.False(t, c.state.Closed(), "one is still to be found")
	require.Empty(t, c.facts(casework.FactDeterminationMade))
	c.does(t, supervisor(), gaveUp(t, younger))
	require.True(t, c.state.Closed())
	require.Equal(t, "unable-to-locate", c.state.Disposition)
	facts := c.facts(casework.FactDeterminationMade)
	require.Len(t, facts, 1)
	require.Equal(t, "unable-to-locate", facts[0].Reason)
	require.Empty(t, c.facts(casework.FactVictimContacted), "attempts are not contacts")
}

func TestUnableToLocate_GoesOnForTheOthers(t *testing.T) {
	t.Parallel()
	c := searched(t, elder)
	c.does(t, supervisor(), gaveUp(t, elder))
	c.does(t, investigator(), &casework.Contact{Victim: younger, At: clock(t, "2025-01-10 11:00"), Place: "home"})
	c.does(t, investigator(), &casework.SafetyAssessment{At: clock(t, "2025-01-10 11:30"), Decision: casework.Safe})
	c.does(t, investigator(), &casework.Finding{Allegation: "A2", Result: "unsubstantiated", On: day(t, "2025-01-10"), Evidence: "text"})
	require.Len(t, c.facts(casework.FactDeterminationMade), 1)

	found := c.fork()
	found.does(t, investigator(), &casework.Contact{Victim: elder, At: clock(t, "2025-01-10 11:50"), Place: "relative"})
	require.Empty(t, found.facts(casework.FactDeterminationMade), "the child was found, so nothing is determined yet")
	require.Empty(t, found.state.Allegations[0].Finding)

	c.does(t, supervisor(), &casework.ReportClosing{Reason: "no-services-needed", Note: "text"})
}

func TestUnableToLocate_Refuses(t *testing.T) {
	t.Parallel()
	blocked := func(name string, body casework.Body, code string) refusal {
		return refusal{name: name, by: supervisor(), body: body, kind: casework.Blocked, codes: []string{code}}
	}
	received(t).refuses(t, blocked("before screening", with(gaveUp(t, elder), func(b *casework.UnableToLocate) {
		b.On = day(t, "2025-01-06")
	}), "not-screened-in"))
	c := searched(t, elder)
	c.refuses(
		t,
		refusal{name: "by the investigator", by: investigator(), body: gaveUp(t, elder), kind: casework.Forbidden},
		blocked("nobody looked", gaveUp(t, younger), "search-incomplete"),
		refusal{name: "nobody", by: supervisor(), body: gaveUp(t), kind: casework.Invalid, field: "victims"},
		refusal{name: "a stranger", by: supervisor(), body: gaveUp(t, "P7"), kind: casework.Invalid, field: "victims"},
		refusal{
			name: "before the call", by: supervisor(), kind: casework.Invalid, field: "on",
			body: with(gaveUp(t, elder), func(b *casework.UnableToLocate) { b.On = day(t, "2025-01-05") }),
		},
		refusal{
			name: "without a note", by: supervisor(), kind: casework.Invalid, field: "note",
			body: with(gaveUp(t, elder), func(b *casework.UnableToLocate) { b.Note = "" }),
		},
		refusal{
			name: "an attempt by an unknown method", by: investigator(), kind: casework.Invalid, field: "method",
			body: seeks(t, elder, "2025-01-08 11:00", "seance", "home"),
		},
		refusal{
			name: "an attempt without its place", by: investigator(), kind: casework.Invalid, field: "place",
			body: seeks(t, elder, "2025-01-08 11:00", "visit", ""),
		},
	)
	for _, more := range []*casework.ContactAttempt{
		seeks(t, younger, "2025-01-07 10:00", "visit", "home"), seeks(t, younger, "2025-01-08 10:00", "visit", "school"),
		seeks(t, younger, "2025-01-09 10:00", "telephone", "home"),
	} {
		c.does(t, investigator(), more)
	}
	c.refuses(t, blocked("two ways alone", gaveUp(t, younger), "search-incomplete"))
	c.does(t, investigator(), &casework.Contact{Victim: younger, At: clock(t, "2025-01-10 11:00"), Place: "home"})
	c.refuses(t, blocked("who was met", gaveUp(t, younger), "victim-settled"))
}

// Invariant: no finding without per-victim contact or an approved exception.
func TestFinding_NeedsAContactOrAnApprovedException(t *testing.T) {
	t.Parallel()
	c := screened(t)
	c.at(t, "2025-01-07 12:00")
	except := &casework.ContactException{Victim: elder, Ground: "deceased", Note: "text"}
	finding := &casework.Finding{Allegation: "A1", Result: "substantiated", On: day(t, "2025-01-07"), Evidence: "text"}
	c.does(t, investigator(), &casework.Contact{Victim: younger, At: clock(t, "2025-01-07 11:00"), Place: "home"})
	c.does(t, investigator(), &casework.SafetyAssessment{At: clock(t, "2025-01-07 11:30"), Decision: casework.Safe})
	c.refuses(
		t,
		refusal{name: "unmet", by: investigator(), body: finding, kind: casework.Blocked, codes: []string{"victim-not-contacted"}},
		refusal{name: "excepted by the investigator", by: investigator(), body: except, kind: casework.Forbidden},
		refusal{
			name: "excepted from one's own duty", by: casework.Actor{ID: investigator().ID, Role: casework.RoleSupervisor}, body: except,
			kind: casework.Forbidden,
		},
		refusal{
			name: "a stranger excepted", by: supervisor(), kind: casework.Invalid, field: "victim",
			body: with(except, func(b *casework.ContactException) { b.Victim = "P7" }),
		},
		refusal{
			name: "nobody excepted", by: supervisor(), kind: casework.Invalid, field: "victim",
			body: with(except, func(b *casework.ContactException) { b.Victim = "" }),
		},
		refusal{
			name: "for no ground", by: supervisor(), kind: casework.Invalid, field: "ground",
			body: with(except, func(b *casework.ContactException) { b.Ground = "busy" }),
		},
		refusal{
			name: "without a note", by: supervisor(), kind: casework.Invalid, field: "note",
			body: with(except, func(b *casework.ContactException) { b.Note = "" }),
		},
		refusal{
			name: "who was met", by: supervisor(), kind: casework.Blocked, codes: []string{"victim-settled"},
			body: with(except, func(b *casework.ContactException) { b.Victim = younger }),
		},
	)
	received(t).refuses(t, refusal{
		name: "excepted before screening", by: supervisor(), body: except, kind: casework.Blocked, codes: []string{"not-screened-in"},
	})
	c.does(t, supervisor(), except)
	require.Len(t, c.facts(casework.FactContactExcepted), 1)
	c.does(t, investigator(), finding)
}
