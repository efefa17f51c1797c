package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestScreenIn_StartsAnInvestigation(t *testing.T) {
	t.Parallel()
	c := screened(t)
	require.Equal(t, casework.StageInvestigation, c.state.Stage())
	require.Equal(t, "emergent", c.state.Priority)
	require.Equal(t, investigator().ID, c.state.Worker, "the investigator takes over from the hotline")
	facts := c.facts(casework.FactReportScreened)
	require.Len(t, facts, 1)
	require.Equal(t, "emergent", facts[0].Priority)
}

func TestScreenOut_EndsTheReport(t *testing.T) {
	t.Parallel()
	c := received(t)
	c.does(t, supervisor(), &casework.ScreeningOut{Reason: "not-a-child", Note: "text"})
	require.Equal(t, casework.StageScreenedOut, c.state.Stage())
	require.True(t, c.state.Closed())
	require.Equal(t, "screened-out", c.state.Disposition)
	require.Len(t, c.facts(casework.FactRecordClosed), 1)
	require.Empty(t, c.state.Next())
	c.refuses(t, refusal{
		name: "second thoughts", by: supervisor(), kind: casework.Gone,
		body: &casework.ScreeningIn{Priority: "P1", Track: "investigation", Investigator: "w"},
	})
}

func TestScreening_Refuses(t *testing.T) {
	t.Parallel()
	in := &casework.ScreeningIn{Priority: "P1", Track: "alternative-response", Investigator: "w-2"}
	out := &casework.ScreeningOut{Reason: "not-maltreatment", Note: "text"}
	received(t).refuses(
		t,
		refusal{name: "the hotline itself", by: hotline(), body: in, kind: casework.Forbidden},
		refusal{name: "an investigator", by: investigator(), body: out, kind: casework.Forbidden},
		refusal{name: "time itself", by: casework.System(), body: in, kind: casework.Forbidden},
		refusal{
			name: "an unknown priority", by: supervisor(), kind: casework.Invalid, field: "priority",
			body: with(in, func(b *casework.ScreeningIn) { b.Priority = "soon" }),
		},
		refusal{
			name: "an unknown track", by: supervisor(), kind: casework.Invalid, field: "track",
			body: with(in, func(b *casework.ScreeningIn) { b.Track = "" }),
		},
		refusal{
			name: "nobody to respond", by: supervisor(), kind: casework.Invalid, field: "investigator",
			body: with(in, func(b *casework.ScreeningIn) { b.Investigator = "" }),
		},
		refusal{
			name: "an unknown reason", by: supervisor(), kind: casework.Invalid, field: "reason",
			body: with(out, func(b *casework.ScreeningOut) { b.Reason = "busy" }),
		},
		refusal{
			name: "no note", by: supervisor(), kind: casework.Invalid, field: "note",
			body: with(out, func(b *casework.ScreeningOut) { b.Note = "" }),
		},
	)
	screened(t).refuses(
		t,
		refusal{name: "in again", by: supervisor(), body: in, kind: casework.Blocked, codes: []string{"already-screened"}},
		refusal{name: "out after in", by: supervisor(), body: out, kind: casework.Blocked, codes: []string{"already-screened"}},
	)
}
