package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestContact_IsAFactPerVictim(t *testing.T) {
	t.Parallel()
	c := screened(t)
	c.at(t, "2025-01-06 16:00")
	c.does(t, investigator(), &casework.Contact{Victim: elder, At: clock(t, "2025-01-06 15:00"), Place: "school"})
	require.True(t, c.state.Victims[0].Contacted)
	require.False(t, c.state.Victims[1].Contacted, "one child's contact is not the other's")
	facts := c.facts(casework.FactVictimContacted)
	require.Len(t, facts, 1)
	require.Equal(t, elder, facts[0].Subject)
	require.Equal(t, investigator().ID, facts[0].Worker)
	require.Equal(t, casework.StageInvestigation, c.state.Stage())
}

func TestContactAttempt_IsNotAContact(t *testing.T) {
	t.Parallel()
	c := screened(t)
	c.at(t, "2025-01-06 16:00")
	facts := len(c.state.Facts)
	c.does(t, investigator(), &casework.ContactAttempt{Victim: elder, At: clock(t, "2025-01-06 15:00"), Outcome: "not-home"})
	require.Equal(t, 1, c.state.Victims[0].Attempts)
	require.False(t, c.state.Victims[0].Contacted)
	require.Len(t, c.state.Facts, facts, "no clock is met by an attempt")
	require.Equal(t, "Tried to meet victim P1 without success: not-home.", c.events[2].Body.Says())
}

func TestContact_Refuses(t *testing.T) {
	t.Parallel()
	meeting := &casework.Contact{Victim: elder, At: clock(t, "2025-01-06 09:20"), Place: "home"}
	attempt := &casework.ContactAttempt{Victim: elder, At: clock(t, "2025-01-06 09:20"), Outcome: "moved"}
	contact := func(name, field string, change func(*casework.Contact)) refusal {
		return refusal{name: "contact " + name, by: investigator(), body: with(meeting, change), kind: casework.Invalid, field: field}
	}
	try := func(name, field string, change func(*casework.ContactAttempt)) refusal {
		return refusal{name: "attempt " + name, by: investigator(), body: with(attempt, change), kind: casework.Invalid, field: field}
	}
	received(t).refuses(
		t,
		refusal{name: "before screening", by: investigator(), body: meeting, kind: casework.Blocked, codes: []string{"not-screened-in"}},
		refusal{name: "try before screening", by: investigator(), body: attempt, kind: casework.Blocked, codes: []string{"not-screened-in"}},
	)
	screened(t).refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: meeting, kind: casework.Forbidden},
		refusal{name: "by a caseworker", by: caseworker(), body: attempt, kind: casework.Forbidden},
		contact("with nobody", "victim", func(b *casework.Contact) { b.Victim = "" }),
		contact("with a stranger", "victim", func(b *casework.Contact) { b.Victim = "P7" }),
		contact("to come", "at", func(b *casework.Contact) { b.At = clock(t, "2025-01-06 10:03") }),
		contact("before the call", "at", func(b *casework.Contact) { b.At = clock(t, "2025-01-06 08:59") }),
		contact("nowhere", "place", func(b *casework.Contact) { b.Place = "12 Elm Street" }),
		try("with nobody", "victim", func(b *casework.ContactAttempt) { b.Victim = "" }),
		try("with a stranger", "victim", func(b *casework.ContactAttempt) { b.Victim = "P7" }),
		try("to come", "at", func(b *casework.ContactAttempt) { b.At = clock(t, "2025-01-06 10:03") }),
		try("before the call", "at", func(b *casework.ContactAttempt) { b.At = clock(t, "2025-01-06 08:59") }),
		try("for an unknown reason", "outcome", func(b *casework.ContactAttempt) { b.Outcome = "asleep" }),
	)
}

func TestContact_AllowsAClockThatRunsAMinuteAhead(t *testing.T) {
	t.Parallel()
	c := screened(t)
	c.does(t, investigator(), &casework.Contact{Victim: elder, At: clock(t, "2025-01-06 10:01"), Place: "home"})
	require.True(t, c.state.Victims[0].Contacted)
}
