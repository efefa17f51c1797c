package casework_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// movesCase pins a case of the scenes to another pack.
func movesCase(pack string) *casework.CasePolicyMove {
	b := &casework.CasePolicyMove{}
	b.From, b.Pack, b.Reason = "us-federal/1", pack, "text"
	return b
}

func TestPolicyMove_PinsTheRecordAndKeepsBothPacksOnRecord(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	facts := c.state.Facts
	e := c.does(t, supervisor(), movesCase("washington@2025.1"))
	require.Equal(t, casework.EventType("case.policy-moved"), e.Type)
	require.True(t, e.Revises())
	require.Equal(t, "washington@2025.1", c.state.Pack)
	require.Equal(t, "washington@2025.1", c.state.Summary().Pack)
	require.Equal(t, facts, c.state.Facts, "no fact has happened")
	require.Equal(t, "Moved from policy pack us-federal/1 to washington@2025.1.", e.Body.Says())
	require.Empty(t, cmp.Diff(casework.FoldCase(c.events), c.state, asStored()))
	require.Empty(t, cmp.Diff(c.state, reread(t, c.state), asStored()))

	r := screened(t)
	e = r.does(t, supervisor(), casework.NewPolicyMove(casework.KindReport, "us-federal/1", "washington@2025.1", "text"))
	require.Equal(t, casework.EventType("report.policy-moved"), e.Type)
	require.Equal(t, "washington@2025.1", r.state.Pack)
	require.Equal(t, casework.StageInvestigation, r.state.Stage())
}

func TestPolicyMove_Refuses(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	c.does(t, supervisor(), movesCase("washington@2025.1"))
	move := func(change func(*casework.CasePolicyMove)) casework.Body {
		return with(movesCase("washington@2025.2"), func(b *casework.CasePolicyMove) {
			b.From = "washington@2025.1"
			change(b)
		})
	}
	refuse := func(name, field string, change func(*casework.CasePolicyMove)) refusal {
		return refusal{name: name, by: supervisor(), body: move(change), kind: casework.Invalid, field: field}
	}
	right := func(*casework.CasePolicyMove) {}
	c.refuses(
		t,
		refusal{name: "by the caseworker", by: caseworker(), body: move(right), kind: casework.Forbidden},
		refusal{name: "by a manager", by: manager(), body: move(right), kind: casework.Forbidden},
		refuse("no pack", "pack", func(b *casework.CasePolicyMove) { b.Pack = "" }),
		refuse("a pack without a version", "pack", func(b *casework.CasePolicyMove) { b.Pack = "washington" }),
		refuse("an empty version", "pack", func(b *casework.CasePolicyMove) { b.Pack = "washington@" }),
		refuse("a name in place of a pack", "pack", func(b *casework.CasePolicyMove) { b.Pack = "Ana Doe@2025.1" }),
		refuse("no reason", "reason", func(b *casework.CasePolicyMove) { b.Reason = " " }),
		refuse("the pack that it has", "pack", func(b *casework.CasePolicyMove) { b.Pack = "washington@2025.1" }),
		refusal{
			name: "from a pack that it has left", by: supervisor(), kind: casework.Stale,
			body: move(func(b *casework.CasePolicyMove) { b.From = "us-federal/1" }),
		},
	)
	ended := closed(t, elder)
	ended.refuses(t, refusal{
		name: "a closed case", by: supervisor(), body: movesCase("washington@2025.1"), kind: casework.Gone,
	})
}

func TestPolicyMove_OfAReportRefuses(t *testing.T) {
	t.Parallel()
	refuse := func(name, field, pack string, reason casework.Text) refusal {
		return refusal{
			name: name, by: supervisor(), kind: casework.Invalid, field: field,
			body: casework.NewPolicyMove(casework.KindReport, "us-federal/1", pack, reason),
		}
	}
	c := screened(t)
	c.does(t, supervisor(), casework.NewPolicyMove(casework.KindReport, "us-federal/1", "washington@2025.2", "text"))
	c.refuses(
		t,
		refuse("no pack", "pack", "", "text"),
		refuse("a pack without a version", "pack", "washington", "text"),
		refuse("no reason", "reason", "washington@2025.1", " "),
		refuse("the pack that it has", "pack", "washington@2025.2", "text"),
		refusal{
			name: "from a pack that it has left", by: supervisor(), kind: casework.Stale,
			body: casework.NewPolicyMove(casework.KindReport, "us-federal/1", "washington@2025.1", "text"),
		},
	)
}
