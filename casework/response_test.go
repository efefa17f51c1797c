package casework_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func anInitiation(t testing.TB, how string) *casework.Initiation {
	t.Helper()
	return &casework.Initiation{At: clock(t, "2025-01-06 15:30"), How: how, Notes: "text"}
}

// attempted is a report on the evening of its day, after a failed try to meet a child.
func attempted(t testing.TB) *reportClerk {
	t.Helper()
	c := screened(t)
	c.at(t, "2025-01-06 18:00")
	c.does(t, investigator(), &casework.ContactAttempt{Victim: elder, At: clock(t, "2025-01-06 15:00"), Outcome: "not-home"})
	return c
}

func TestInitiation_BeginsTheResponseAndMeetsNobody(t *testing.T) {
	t.Parallel()
	c := attempted(t)
	c.does(t, investigator(), anInitiation(t, "good-faith-attempt"))
	facts := c.facts(casework.FactReportInitiated)
	require.Len(t, facts, 1)
	require.Equal(t, "good-faith-attempt", facts[0].By)
	require.True(t, facts[0].At.Equal(clock(t, "2025-01-06 15:30")))
	require.Empty(t, c.facts(casework.FactVictimContacted), "the duty to meet each victim goes on")
	c.refuses(t, refusal{
		name: "a second beginning", by: investigator(), body: anInitiation(t, "collateral-contact"),
		kind: casework.Blocked, codes: []string{"already-initiated"},
	})
	c.does(t, investigator(), reportCorrects(c.factID(t, casework.FactReportInitiated, ""), time.Time{}))
	c.does(t, investigator(), anInitiation(t, "collateral-contact"))
}

func TestInitiation_Refuses(t *testing.T) {
	t.Parallel()
	in := anInitiation(t, "partner-response")
	bad := func(name, field string, change func(*casework.Initiation)) refusal {
		return refusal{name: name, by: investigator(), body: with(in, change), kind: casework.Invalid, field: field}
	}
	received(t).refuses(t, refusal{
		name: "before screening", by: investigator(), kind: casework.Blocked, codes: []string{"not-screened-in"},
		body: with(in, func(b *casework.Initiation) { b.At = clock(t, "2025-01-06 09:10") }),
	})
	attempted(t).refuses(
		t,
		refusal{name: "by a caseworker", by: caseworker(), body: in, kind: casework.Forbidden},
		bad("an unknown way", "how", func(b *casework.Initiation) { b.How = "telepathy" }),
		bad("no notes", "notes", func(b *casework.Initiation) { b.Notes = "" }),
		bad("before the call", "at", func(b *casework.Initiation) { b.At = clock(t, "2025-01-06 08:00") }),
		bad("to come", "at", func(b *casework.Initiation) { b.At = clock(t, "2025-01-06 19:00") }),
	)
	c := screened(t)
	c.at(t, "2025-01-06 18:00")
	c.refuses(t, refusal{
		name: "good faith without an attempt", by: investigator(), body: anInitiation(t, "good-faith-attempt"),
		kind: casework.Invalid, field: "how",
	})
}

func aMeeting(t testing.TB, perpetrator string) *casework.PerpetratorContact {
	t.Helper()
	return &casework.PerpetratorContact{Perpetrator: perpetrator, At: clock(t, "2025-01-07 11:00"), ToldAllegations: true}
}

func TestPerpetratorContact_IsDoneOnceTheLastOneIsMet(t *testing.T) {
	t.Parallel()
	c := contacted(t)
	c.does(t, investigator(), &casework.PerpetratorNaming{Allegations: []string{"A2"}, Perpetrator: "P8"})
	require.Equal(t, "P8", c.state.Allegations[1].Perpetrator)
	c.does(t, investigator(), aMeeting(t, "P9"))
	require.Len(t, c.facts(casework.FactPerpetratorMet), 1)
	require.Empty(t, c.facts(casework.FactPerpetratorContacted), "the other one has not been met")
	c.does(t, investigator(), with(aMeeting(t, "P8"), func(b *casework.PerpetratorContact) { b.Attempted, b.ToldAllegations = true, false }))
	require.Empty(t, c.facts(casework.FactPerpetratorContacted), "attempts are not contacts")
	c.does(t, investigator(), aMeeting(t, "P8"))
	require.Len(t, c.facts(casework.FactPerpetratorContacted), 1)

	first := c.facts(casework.FactPerpetratorMet)[0].ID
	c.does(t, investigator(), reportCorrects(first, time.Time{}))
	require.Empty(t, c.facts(casework.FactPerpetratorContacted), "one of the two has not been met after all")
	c.does(t, investigator(), aMeeting(t, "P9"))
	require.Len(t, c.facts(casework.FactPerpetratorContacted), 1)
}

func TestPerpetrator_Refuses(t *testing.T) {
	t.Parallel()
	naming := &casework.PerpetratorNaming{Allegations: []string{"A2"}, Perpetrator: "P8"}
	name := func(name, field string, change func(*casework.PerpetratorNaming)) refusal {
		return refusal{name: "naming " + name, by: investigator(), body: with(naming, change), kind: casework.Invalid, field: field}
	}
	meet := func(name, field string, change func(*casework.PerpetratorContact)) refusal {
		return refusal{name: "meeting " + name, by: investigator(), body: with(aMeeting(t, "P9"), change), kind: casework.Invalid, field: field}
	}
	received(t).refuses(t, refusal{
		name: "meeting before screening", by: investigator(), kind: casework.Blocked, codes: []string{"not-screened-in"},
		body: with(aMeeting(t, "P9"), func(b *casework.PerpetratorContact) { b.At = clock(t, "2025-01-06 09:20") }),
	})
	contacted(t).refuses(
		t,
		name("nobody", "perpetrator", func(b *casework.PerpetratorNaming) { b.Perpetrator = "" }),
		name("a name", "perpetrator", func(b *casework.PerpetratorNaming) { b.Perpetrator = "Uncle Bob" }),
		name("of no allegation", "allegations", func(b *casework.PerpetratorNaming) { b.Allegations = nil }),
		name("of another report", "allegations", func(b *casework.PerpetratorNaming) { b.Allegations = []string{"A7"} }),
		name("instead of somebody", "allegations", func(b *casework.PerpetratorNaming) { b.Allegations = []string{"A1"} }),
		refusal{name: "naming by the hotline", by: hotline(), body: naming, kind: casework.Forbidden},
		meet("a stranger", "perpetrator", func(b *casework.PerpetratorContact) { b.Perpetrator = "P7" }),
		meet("before the call", "at", func(b *casework.PerpetratorContact) { b.At = clock(t, "2025-01-06 08:00") }),
		meet("to come", "at", func(b *casework.PerpetratorContact) { b.At = clock(t, "2025-01-09 08:00") }),
		meet("without a word of why", "told_allegations", func(b *casework.PerpetratorContact) { b.ToldAllegations = false }),
		meet("nobody and telling", "told_allegations", func(b *casework.PerpetratorContact) { b.Attempted = true }),
		refusal{name: "meeting by a caseworker", by: caseworker(), body: aMeeting(t, "P9"), kind: casework.Forbidden},
	)
	named := found(t, casework.Safe)
	named.refuses(t, refusal{
		name: "naming after the findings", by: investigator(), body: naming, kind: casework.Blocked, codes: []string{"perpetrators-named"},
	})
	nobody := &reportClerk{state: &casework.Report{}}
	nobody.at(t, "2025-01-06 09:30")
	nobody.does(t, hotline(), with(aReceipt(t), func(b *casework.Receipt) { b.Allegations = b.Allegations[1:] }))
	nobody.does(t, supervisor(), &casework.ScreeningIn{Priority: "P1", Track: "investigation", Investigator: investigator().ID})
	nobody.refuses(t, refusal{
		name: "meeting whom nobody named", by: investigator(), kind: casework.Invalid, field: "perpetrator",
		body: with(aMeeting(t, "P9"), func(b *casework.PerpetratorContact) { b.At = clock(t, "2025-01-06 09:25") }),
	})
}

func TestExtension_IsASupervisorsAndKeepsItsCause(t *testing.T) {
	t.Parallel()
	c := assessed(t, casework.Safe)
	c.does(t, supervisor(), &casework.Extension{Days: 30, Cause: "medical-evidence", Note: "text"})
	facts := c.facts(casework.FactDeterminationExtended)
	require.Len(t, facts, 1)
	require.Equal(t, casework.Fact{
		ID: facts[0].ID, Type: casework.FactDeterminationExtended, On: day(t, "2025-01-07"), Recorded: facts[0].Recorded,
		Days: 30, Reason: "medical-evidence", By: supervisor().ID,
	}, facts[0])
}

func TestExtension_Refuses(t *testing.T) {
	t.Parallel()
	more := &casework.Extension{Days: 30, Cause: "other", Note: "text"}
	received(t).refuses(t, refusal{
		name: "before screening", by: supervisor(), body: more, kind: casework.Blocked, codes: []string{"not-screened-in"},
	})
	found(t, casework.Safe).refuses(t, refusal{
		name: "after the determination", by: supervisor(), body: more, kind: casework.Blocked, codes: []string{"determination-made"},
	})
	screened(t).refuses(
		t,
		refusal{name: "by the investigator", by: investigator(), body: more, kind: casework.Forbidden},
		refusal{
			name: "of one's own", by: casework.Actor{ID: investigator().ID, Role: casework.RoleSupervisor}, body: more,
			kind: casework.Forbidden,
		},
		refusal{
			name: "of nothing", by: supervisor(), kind: casework.Invalid, field: "days",
			body: with(more, func(b *casework.Extension) { b.Days = 0 }),
		},
		refusal{
			name: "without an end", by: supervisor(), kind: casework.Invalid, field: "days",
			body: with(more, func(b *casework.Extension) { b.Days = 91 }),
		},
		refusal{
			name: "without a cause", by: supervisor(), kind: casework.Invalid, field: "cause",
			body: with(more, func(b *casework.Extension) { b.Cause = "busy" }),
		},
		refusal{
			name: "without a note", by: supervisor(), kind: casework.Invalid, field: "note",
			body: with(more, func(b *casework.Extension) { b.Note = " " }),
		},
	)
}

func TestProtection_IsOfOneChildAndNoAssessment(t *testing.T) {
	t.Parallel()
	c := assessed(t, casework.Unsafe)
	c.does(t, investigator(), &casework.Protection{
		Victims: []string{elder}, At: clock(t, "2025-01-07 11:50"), Measure: "removed", Notes: "text",
	})
	facts := c.facts(casework.FactSafetyResolved)
	require.Len(t, facts, 1)
	require.Equal(t, elder, facts[0].Subject, "the other child is not protected by it")
	require.Equal(t, "removed", facts[0].By)
	require.Equal(t, casework.Unsafe, c.state.Safety, "how safe they are says the next assessment")
}

func TestProtection_Refuses(t *testing.T) {
	t.Parallel()
	removed := &casework.Protection{Victims: []string{elder}, At: clock(t, "2025-01-07 11:45"), Measure: "removed", Notes: "text"}
	bad := func(name, field string, change func(*casework.Protection)) refusal {
		return refusal{name: name, by: investigator(), body: with(removed, change), kind: casework.Invalid, field: field}
	}
	assessed(t, casework.SafeWithPlan).refuses(t, refusal{
		name: "of safe children", by: investigator(), body: removed, kind: casework.Blocked, codes: []string{"not-unsafe"},
	})
	assessed(t, casework.Unsafe).refuses(
		t,
		refusal{name: "by a caseworker", by: caseworker(), body: removed, kind: casework.Forbidden},
		bad("of nobody", "victims", func(b *casework.Protection) { b.Victims = nil }),
		bad("of a stranger", "victims", func(b *casework.Protection) { b.Victims = []string{"P7"} }),
		bad("before the danger was seen", "at", func(b *casework.Protection) { b.At = clock(t, "2025-01-07 11:00") }),
		bad("to come", "at", func(b *casework.Protection) { b.At = clock(t, "2025-01-08 11:00") }),
		bad("by an unknown measure", "measure", func(b *casework.Protection) { b.Measure = "hope" }),
		bad("without notes", "notes", func(b *casework.Protection) { b.Notes = "" }),
	)
}
