package casework_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestAddendum_LeavesTheEntryAsItWasWritten(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	visit := c.does(t, caseworker(), aVisit(t, "2025-01-22 10:00", elder))
	attempt := c.does(t, caseworker(), &casework.Visit{
		Children: []string{elder}, At: clock(t, "2025-01-22 11:00"), Attempted: true, Outcome: "not-home", Notes: "text",
	})
	c.at(t, "2025-02-03 09:00")
	before := c.state.Fork()
	for _, entry := range []casework.Event{visit, attempt} {
		e := c.does(t, supervisor(), &casework.Addendum{Entry: entry.Seq, Words: "text-20"})
		require.Equal(t, supervisor(), e.Actor)
		require.Equal(t, clock(t, "2025-02-03 09:00").UTC(), e.RecordedAt)
	}
	require.Equal(t, "Words added to entry 3.", c.events[4].Body.Says())
	require.Equal(t, visit, c.events[2], "the entry itself is never edited")
	require.Empty(t, cmp.Diff(before.Facts, c.state.Facts, asStored()), "words change no fact")
}

func TestAddendum_GoesToAVisitWhoseTimeWasCorrected(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	visit := c.does(t, caseworker(), aVisit(t, "2025-01-22 10:00", elder))
	correction := &casework.CaseCorrection{}
	correction.Fact, correction.At, correction.Reason = c.factID(t, casework.FactVisitMade, elder), clock(t, "2025-01-22 09:00"), "text"
	c.does(t, caseworker(), correction)
	c.does(t, caseworker(), &casework.Addendum{Entry: visit.Seq, Words: "text-20"})
	c.refuses(t, refusal{
		name: "to the correction", by: caseworker(), body: &casework.Addendum{Entry: visit.Seq + 1, Words: "text-20"},
		kind: casework.Invalid, field: "entry",
	})
}

func TestAddendum_Refuses(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	c.refuses(t, refusal{
		name: "before there is a contact", by: caseworker(), body: &casework.Addendum{Entry: 2, Words: "text"},
		kind: casework.Blocked, codes: []string{"nothing-noted"},
	})
	visit := c.does(t, caseworker(), aVisit(t, "2025-01-22 10:00", elder))
	c.refuses(
		t,
		refusal{
			name: "by the hotline", by: hotline(), body: &casework.Addendum{Entry: visit.Seq, Words: "text"},
			kind: casework.Forbidden,
		},
		refusal{
			name: "to no entry", by: caseworker(), body: &casework.Addendum{Words: "text"},
			kind: casework.Invalid, field: "entry",
		},
		refusal{
			name: "without words", by: caseworker(), body: &casework.Addendum{Entry: visit.Seq, Words: " "},
			kind: casework.Invalid, field: "text",
		},
		refusal{
			name: "to a removal", by: caseworker(), body: &casework.Addendum{Entry: 2, Words: "text"},
			kind: casework.Invalid, field: "entry",
		},
		refusal{
			name: "to an entry to come", by: caseworker(), body: &casework.Addendum{Entry: visit.Seq + 5, Words: "text"},
			kind: casework.Invalid, field: "entry",
		},
	)
}
