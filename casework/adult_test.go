package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func anAdult(kind casework.AggregateKind, id string, as ...string) casework.Body {
	return casework.NewAdult(kind, casework.Adult{ID: id, As: as})
}

func TestAdult_IsOnRecordOnceWithAllThatTheyAre(t *testing.T) {
	t.Parallel()
	c := received(t)
	c.does(t, hotline(), anAdult(casework.KindReport, "P9", "parent"))
	c.does(t, hotline(), anAdult(casework.KindReport, "P9", "parent", "alleged-perpetrator"))
	c.does(t, hotline(), casework.NewAdult(casework.KindReport, casework.Adult{ID: "P9", As: []string{"parent"}, Protected: true}))
	c.does(t, hotline(), anAdult(casework.KindReport, "P9", "caregiver"))
	want := []casework.AdultSummary{{
		Aggregate: "report-1001", Person: "P9", As: []string{"parent", "alleged-perpetrator", "caregiver"}, Protected: true,
	}}
	require.Equal(t, want, c.state.AdultRows(), "who is protected once stays so")
	require.Equal(t, want, casework.FoldReport(c.events).AdultRows())
}

func TestAdult_Refuses(t *testing.T) {
	t.Parallel()
	for kind, by := range map[casework.AggregateKind]casework.Actor{casework.KindReport: hotline(), casework.KindCase: caseworker()} {
		cases := []refusal{
			{name: "nobody", by: by, body: anAdult(kind, "", "parent"), kind: casework.Invalid, field: "person"},
			{name: "a name", by: by, body: anAdult(kind, "Aunt May", "relative"), kind: casework.Invalid, field: "person"},
			{name: "a child", by: by, body: anAdult(kind, elder, "parent"), kind: casework.Invalid, field: "person"},
			{name: "nothing", by: by, body: anAdult(kind, "P9"), kind: casework.Invalid, field: "as"},
			{name: "an unknown code", by: by, body: anAdult(kind, "P9", "reporter"), kind: casework.Invalid, field: "as"},
			{name: "a code twice", by: by, body: anAdult(kind, "P9", "parent", "parent"), kind: casework.Invalid, field: "as"},
			{name: "what is known", by: by, body: anAdult(kind, "P10", "parent"), kind: casework.Invalid, field: "person"},
			{name: "by a manager", by: manager(), body: anAdult(kind, "P9", "parent"), kind: casework.Forbidden},
		}
		if kind == casework.KindReport {
			c := received(t)
			c.does(t, by, anAdult(kind, "P10", "parent", "caregiver"))
			c.refuses(t, cases...)
			continue
		}
		c := opened(t)
		c.does(t, by, anAdult(kind, "P10", "parent", "caregiver"))
		c.refuses(t, cases...)
	}
}

func TestReceipt_RefusesAdultsWhoCannotBe(t *testing.T) {
	t.Parallel()
	c := &reportClerk{state: &casework.Report{}}
	c.at(t, "2025-01-06 09:30")
	of := func(name, field string, change func(*casework.Receipt)) refusal {
		return refusal{name: name, by: hotline(), body: with(aReceipt(t), change), kind: casework.Invalid, field: field}
	}
	mother := casework.Adult{ID: "P9", As: []string{"parent"}}
	c.refuses(
		t,
		of("twice", "adults[1].person", func(b *casework.Receipt) { b.Adults = []casework.Adult{mother, mother} }),
		of("a child", "adults[0].person", func(b *casework.Receipt) { b.Adults = []casework.Adult{{ID: elder, As: []string{"parent"}}} }),
		of("nothing", "adults[0].as", func(b *casework.Receipt) { b.Adults = []casework.Adult{{ID: "P9"}} }),
		of("a call about nobody", "adults", func(b *casework.Receipt) {
			b.Call, b.Children, b.Allegations, b.Adults = casework.CallInformation, nil, nil, []casework.Adult{mother}
		}),
	)
}

// Whom a report knows, the case that it opens knows, and the one that it is linked with.
func TestAdults_GoWithTheReportToTheCase(t *testing.T) {
	t.Parallel()
	mother := casework.Adult{ID: "P9", As: []string{"parent"}}
	c := found(t, casework.Safe)
	c.does(t, investigator(), anAdult(casework.KindReport, mother.ID, mother.As...))
	e := c.does(t, supervisor(), &casework.CaseRequest{Number: "2001", Caseworker: "w-1", Supervisor: "w-2", Risk: "high"})
	open, asked := c.state.Opening(e)
	require.True(t, asked)
	require.Equal(t, []casework.Adult{mother}, open.Body.(*casework.Opening).Adults)

	family := opened(t)
	family.does(t, casework.System(), aCaseLink().Attachment("1007", []casework.Adult{mother}, hotline()).Body)
	require.Equal(t, []casework.Adult{mother}, family.state.Adults)
	father := casework.Adult{ID: "P8", As: []string{"parent"}}
	family.does(t, casework.System(), &casework.ReportSettlement{
		Case: "2001", Report: "1007", Disposition: "referred", Adults: []casework.Adult{mother, father},
	})
	require.Equal(t, []casework.Adult{mother, father}, family.state.Adults, "those who were learned of during the investigation, too")
}

func TestPerpetratorNaming_WantsThemOnTheReport(t *testing.T) {
	t.Parallel()
	c := screened(t)
	naming := &casework.PerpetratorNaming{Allegations: []string{"A2"}, Perpetrator: "P8"}
	before := c.command(t, investigator(), naming)
	_, err := c.state.Decide(before)
	require.NoError(t, err, "as it was decided before adults were put on record")
	now := before
	now.Edition = casework.Edition
	c.refuses(t, refusal{
		name: "unknown", edition: casework.Edition, by: investigator(), body: naming, kind: casework.Invalid, field: "perpetrator",
	})
	c.does(t, investigator(), anAdult(casework.KindReport, "P8", "relative"))
	_, err = c.state.Decide(now)
	require.NoError(t, err)
}
