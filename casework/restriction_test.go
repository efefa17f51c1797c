package casework_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestRestriction_ClosesTheRecordToAllButNamedPeopleAndOpensItAgain(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	require.False(t, c.state.Summary().Restricted)
	e := c.does(t, manager(), casework.NewRestriction(casework.KindCase, true, "text"))
	require.Equal(t, casework.EventType("case.restriction-changed"), e.Type)
	require.Equal(t, "Restricted to named people.", e.Body.Says())
	require.True(t, c.state.Summary().Restricted)
	require.Empty(t, cmp.Diff(casework.FoldCase(c.events), c.state, asStored()))
	e = c.does(t, supervisor(), casework.NewRestriction(casework.KindCase, false, "text"))
	require.Equal(t, "No longer restricted.", e.Body.Says())
	require.False(t, c.state.Summary().Restricted)

	r := screened(t)
	e = r.does(t, supervisor(), casework.NewRestriction(casework.KindReport, true, "text"))
	require.Equal(t, casework.EventType("report.restriction-changed"), e.Type)
	require.True(t, r.state.Summary().Restricted)
}

func TestRestriction_Refuses(t *testing.T) {
	t.Parallel()
	restrict := func(restricted bool, reason casework.Text) casework.Body {
		return casework.NewRestriction(casework.KindCase, restricted, reason)
	}
	c := removed(t, elder)
	c.refuses(
		t,
		refusal{name: "by the caseworker", by: caseworker(), body: restrict(true, "text"), kind: casework.Forbidden},
		refusal{name: "no reason", by: supervisor(), body: restrict(true, " "), kind: casework.Invalid, field: "reason"},
		refusal{name: "what is open already", by: supervisor(), body: restrict(false, "text"), kind: casework.Invalid, field: "restricted"},
	)
	c.does(t, supervisor(), restrict(true, "text"))
	c.refuses(t, refusal{
		name: "what is restricted already", by: manager(), body: restrict(true, "text"), kind: casework.Invalid, field: "restricted",
	})
	ended := closed(t, elder)
	ended.refuses(t, refusal{name: "a closed case", by: supervisor(), body: restrict(true, "text"), kind: casework.Gone})
}

func TestRestriction_OfAReportRefuses(t *testing.T) {
	t.Parallel()
	c := screened(t)
	refuse := func(name, field string, restricted bool, reason casework.Text) refusal {
		return refusal{
			name: name, by: supervisor(), kind: casework.Invalid, field: field,
			body: casework.NewRestriction(casework.KindReport, restricted, reason),
		}
	}
	c.refuses(t, refuse("no reason", "reason", true, " "), refuse("what is open already", "restricted", false, "text"))
	c.does(t, supervisor(), casework.NewRestriction(casework.KindReport, true, "text"))
	c.refuses(t, refuse("what is restricted already", "restricted", true, "text"))
}
