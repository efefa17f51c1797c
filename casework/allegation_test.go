package casework_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// added is one more allegation about the elder, and one about a child who was not on
// the report.
func added(t testing.TB) *casework.AllegationAdding {
	t.Helper()
	return &casework.AllegationAdding{
		LearnedAt: clock(t, "2025-01-20 09:00"), How: "text", Children: []casework.Subject{{ID: "P3", Born: day(t, "2020-05-01")}},
		Allegations: []casework.Allegation{{ID: "a3", Victim: elder, Type: "exploitation"}, {ID: "a4", Victim: "P3", Type: "neglect"}},
	}
}

// Finding(s) per allegation x child x perpetrator, of those that are learned later as well.
func TestAllegations_ThatAreLearnedLaterAreInvestigatedLikeTheFirst(t *testing.T) {
	t.Parallel()
	c := found(t, casework.Safe)
	require.Len(t, c.facts(casework.FactDeterminationMade), 1)
	closing := &casework.ReportClosing{Reason: "no-services-needed", Note: "text", Risk: "low"}
	c.does(t, investigator(), added(t))
	require.Empty(t, c.facts(casework.FactDeterminationMade), "two allegations wait for a finding again")
	require.Len(t, c.facts(casework.FactCrossReportOwed), 2, "exploitation goes to the police and to the prosecutor")
	require.Len(t, c.state.Subjects(), 3)
	require.Len(t, c.state.ChildRows(), 3)
	_, err := c.state.Decide(c.command(t, supervisor(), closing))
	require.Equal(t, casework.Blocked, casework.KindOf(err), "the report does not end over them")

	find := func(id string) casework.Body {
		return &casework.Finding{Allegation: id, Result: "substantiated", On: day(t, "2025-01-20"), Evidence: "text"}
	}
	c.does(t, investigator(), find("a3"))
	_, err = c.state.Decide(c.command(t, investigator(), find("a4")))
	requireRefusal(t, err, casework.Blocked, "", "victim-not-contacted")
	c.does(t, investigator(), &casework.Contact{Victim: "P3", At: clock(t, "2025-01-20 09:30"), Place: "home"})
	c.does(t, investigator(), &casework.PerpetratorNaming{Allegations: []string{"a4"}, Perpetrator: "P8"})
	c.does(t, investigator(), find("a4"))
	require.Len(t, c.facts(casework.FactDeterminationMade), 1)
	require.Empty(t, cmp.Diff(c.state, casework.FoldReport(c.events), asStored()), "the log tells the same")
}

// What is learned of a child who could not be located gives the search another start.
func TestAllegations_AboutAChildWhoWasNotLocatedStartTheSearchAgain(t *testing.T) {
	t.Parallel()
	c := searched(t, elder)
	on := today(c.now, c.state.Location())
	c.does(t, supervisor(), &casework.UnableToLocate{Victims: []string{elder}, On: on, Note: "text"})
	require.True(t, c.state.Victims[0].Unlocated)
	c.does(t, investigator(), &casework.AllegationAdding{
		LearnedAt: c.now, How: "text", Allegations: []casework.Allegation{{ID: "a3", Victim: elder, Type: "other"}},
	})
	require.False(t, c.state.Victims[0].Unlocated)
	require.Empty(t, c.state.Allegations[0].Finding, "it is to be decided after all")
	require.False(t, c.state.Closed())
}

func TestAllegations_TakeTheNewChildToTheCase(t *testing.T) {
	t.Parallel()
	c := screened(t)
	c.at(t, "2025-01-20 10:00")
	c.does(t, investigator(), with(added(t), func(b *casework.AllegationAdding) { b.Allegations = b.Allegations[1:] }))
	require.Empty(t, c.facts(casework.FactCrossReportOwed), "general neglect obliges to nothing")
	require.Equal(t, "P3", c.state.Subjects()[2].ID)
}

func TestAllegationAdding_Refuses(t *testing.T) {
	t.Parallel()
	c := screened(t)
	c.at(t, "2025-01-20 10:00")
	bad := func(name, field string, change func(*casework.AllegationAdding)) refusal {
		return refusal{name: name, by: investigator(), body: with(added(t), change), kind: casework.Invalid, field: field}
	}
	first := func(a casework.Allegation) func(*casework.AllegationAdding) {
		return func(b *casework.AllegationAdding) { b.Children, b.Allegations = nil, []casework.Allegation{a} }
	}
	c.refuses(
		t,
		bad("at no time", "learned_at", func(b *casework.AllegationAdding) { b.LearnedAt = clock(t, "2025-01-20 10:30") }),
		bad("before the call", "learned_at", func(b *casework.AllegationAdding) { b.LearnedAt = clock(t, "2025-01-06 08:00") }),
		bad("without words", "how", func(b *casework.AllegationAdding) { b.How = "" }),
		bad("nothing", "allegations", func(b *casework.AllegationAdding) { b.Children, b.Allegations = nil, nil }),
		bad("a child twice", "children", func(b *casework.AllegationAdding) { b.Children = append(b.Children, b.Children[0]) }),
		bad("a child to be born", "children[0].born", func(b *casework.AllegationAdding) {
			b.Children = []casework.Subject{{ID: "P3", Born: day(t, "2025-02-01")}}
		}),
		bad("a child who is there", "children[0].person", func(b *casework.AllegationAdding) {
			b.Children = []casework.Subject{{ID: younger}}
		}),
		bad("a child about whom nothing is alleged", "children[0].person", func(b *casework.AllegationAdding) { b.Allegations = b.Allegations[:1] }),
		bad("a stranger", "allegations[0].victim", first(casework.Allegation{ID: "a3", Victim: "P7", Type: "neglect"})),
		bad("nobody", "allegations[0].victim", first(casework.Allegation{ID: "a3", Type: "neglect"})),
		bad("without an ID", "allegations[0].id", first(casework.Allegation{Victim: elder, Type: "neglect"})),
		bad("an ID twice", "allegations[1].id", func(b *casework.AllegationAdding) {
			b.Allegations = []casework.Allegation{b.Allegations[0], {ID: "a3", Victim: "P3", Type: "neglect"}}
		}),
		bad("an unknown kind", "allegations[0].type", first(casework.Allegation{ID: "a3", Victim: elder, Type: "rudeness"})),
		bad("what is alleged already", "allegations[0].type", first(casework.Allegation{ID: "a3", Victim: younger, Type: "physical-abuse"})),
		refusal{name: "by the hotline", by: hotline(), body: added(t), kind: casework.Forbidden},
		refusal{
			name: "what somebody has just added", by: investigator(), kind: casework.Stale,
			body: with(added(t), first(casework.Allegation{ID: "A1", Victim: elder, Type: "exploitation"})),
		},
	)
	nothing := counselled(t)
	nothing.at(t, "2025-01-20 10:00")
	nothing.refuses(t, refusal{
		name: "to a call that alleges nothing", by: supervisor(), body: added(t), kind: casework.Blocked, codes: []string{"no-allegation"},
	})
}
