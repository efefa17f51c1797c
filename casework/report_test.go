package casework_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestReceive_OpensAReportAtIntake(t *testing.T) {
	t.Parallel()
	c := received(t)
	r := c.state
	require.Equal(t, casework.StageIntake, r.Stage())
	require.Equal(t, "1001", r.Number)
	require.Equal(t, hotline().ID, r.Worker)
	require.Equal(t, 1, r.Revision)
	require.Equal(t, []casework.Victim{
		{ID: elder, Born: day(t, "2009-02-10")}, {ID: younger, Born: day(t, "2018-06-30")},
	}, r.Victims)
	received := c.facts(casework.FactReportReceived)
	require.Len(t, received, 1)
	require.Equal(t, "1.1", received[0].ID)
	require.True(t, received[0].At.Equal(clock(t, "2025-01-06 09:00")), "the clocks run from the call, not from the keyboard")
	require.True(t, received[0].Recorded.Equal(clock(t, "2025-01-06 09:30")))

	e := c.events[0]
	require.Equal(t, "report-1001", e.Aggregate)
	require.Equal(t, casework.EventType("report.received"), e.Type)
	require.True(t, e.OccurredAt.Equal(clock(t, "2025-01-06 09:00")))
	require.Equal(t, "Report received about 2 children with 2 allegations.", e.Body.Says())
}

func TestReceive_RefusesWhatIsNotWellFormed(t *testing.T) {
	t.Parallel()
	c := &reportClerk{state: &casework.Report{}, now: clock(t, "2025-01-06 09:30")}
	refuse := func(name, field string, change func(*casework.Receipt)) refusal {
		return refusal{name: name, by: hotline(), body: with(aReceipt(t), change), kind: casework.Invalid, field: field}
	}
	c.refuses(
		t,
		refuse("no instant", "received_at", func(b *casework.Receipt) { b.ReceivedAt = time.Time{} }),
		refuse("a call to come", "received_at", func(b *casework.Receipt) { b.ReceivedAt = clock(t, "2025-01-06 09:33") }),
		refuse("a call of long ago", "received_at", func(b *casework.Receipt) { b.ReceivedAt = clock(t, "1949-12-31 09:00") }),
		refuse("no zone", "timezone", func(b *casework.Receipt) { b.Timezone = "" }),
		refuse("an unknown zone", "timezone", func(b *casework.Receipt) { b.Timezone = "Pacific/Atlantis" }),
		refuse("the zone of the server", "timezone", func(b *casework.Receipt) { b.Timezone = "Local" }),
		refuse("no number", "number", func(b *casework.Receipt) { b.Number = "" }),
		refuse("no office", "office", func(b *casework.Receipt) { b.Office = " " }),
		refuse("no jurisdiction", "jurisdiction", func(b *casework.Receipt) { b.Jurisdiction = "" }),
		refuse("no supervisor", "supervisor", func(b *casework.Receipt) { b.Supervisor = "" }),
		refuse("no narrative", "narrative", func(b *casework.Receipt) { b.Narrative = "" }),
		refuse("an unknown category", "reporter_category", func(b *casework.Receipt) { b.ReporterCategory = "teacher" }),
		refuse("no children", "children", func(b *casework.Receipt) { b.Children, b.Allegations = nil, nil }),
		refuse("a child without an ID", "children", func(b *casework.Receipt) {
			b.Children = append(theChildren(t), casework.Subject{})
		}),
		refuse("a child twice", "children", func(b *casework.Receipt) {
			b.Children = append(theChildren(t), casework.Subject{ID: elder})
		}),
		refuse("a child to be born", "children[1].born", func(b *casework.Receipt) {
			b.Children = theChildren(t)
			b.Children[1].Born = day(t, "2025-01-07")
		}),
		refuse("no allegation", "allegations", func(b *casework.Receipt) { b.Allegations = nil }),
		refuse("an allegation without an ID", "allegations[0].id", func(b *casework.Receipt) {
			b.Allegations = []casework.Allegation{{Victim: elder, Type: "neglect"}}
		}),
		refuse("an allegation twice", "allegations[1].id", func(b *casework.Receipt) {
			b.Allegations = []casework.Allegation{
				{ID: "A1", Victim: elder, Type: "neglect"}, {ID: "A1", Victim: younger, Type: "neglect"},
			}
		}),
		refuse("an unknown allegation", "allegations[0].type", func(b *casework.Receipt) {
			b.Allegations = []casework.Allegation{{ID: "A1", Victim: elder, Type: "rudeness"}}
		}),
		refuse("an allegation about a stranger", "allegations[0].child", func(b *casework.Receipt) {
			b.Allegations = []casework.Allegation{{ID: "A1", Victim: "P7", Type: "neglect"}}
		}),
	)
}

func TestReceive_KnowsTheOfficesToday(t *testing.T) {
	t.Parallel()
	// 08:00 on the 7th in Guam is still the 6th in UTC; a child born that morning is born.
	c := &reportClerk{state: &casework.Report{}, now: clock(t, "2025-01-06 14:00")}
	c.does(t, hotline(), with(aReceipt(t), func(b *casework.Receipt) {
		b.Timezone = "Pacific/Guam"
		b.Children = theChildren(t)
		b.Children[1].Born = day(t, "2025-01-07")
	}))
	require.Equal(t, day(t, "2025-01-07"), c.state.Victims[1].Born)
}

func TestReport_IsOpenedOnceAndFirst(t *testing.T) {
	t.Parallel()
	none := &reportClerk{state: &casework.Report{}, now: clock(t, "2025-01-06 09:30")}
	none.refuses(t, refusal{
		name: "a step on nothing", by: supervisor(), kind: casework.NotFound,
		body: &casework.ScreeningIn{Priority: "P1", Track: "investigation", Investigator: "w"},
	})
	received(t).refuses(t, refusal{name: "a second receipt", by: hotline(), body: aReceipt(t), kind: casework.Blocked})
}

func TestReport_RefusesAStaleRevision(t *testing.T) {
	t.Parallel()
	c := screened(t)
	cmd := c.command(t, investigator(), &casework.ContactAttempt{
		Victim: elder, At: clock(t, "2025-01-06 09:50"), Outcome: "not-home",
	})
	cmd.Revision = 1
	_, err := c.state.Decide(cmd)
	requireRefusal(t, err, casework.Stale, "")
	cmd.Revision = 2
	_, err = c.state.Decide(cmd)
	require.NoError(t, err)
}

func TestReport_HasNoStepsOfACase(t *testing.T) {
	t.Parallel()
	screened(t).refuses(
		t,
		refusal{name: "a case step", by: caseworker(), body: aVisit(t, "2025-01-06 09:40", elder), kind: casework.Invalid, field: "name"},
	)
	c := screened(t)
	_, err := c.state.Decide(casework.Command{Name: "report.burn", Actor: supervisor(), Body: &casework.ScreeningIn{}})
	requireRefusal(t, err, casework.Invalid, "name")
}

func TestReport_ShowsItselfInLists(t *testing.T) {
	t.Parallel()
	c := screened(t)
	s := c.state.Summary()
	require.Equal(t, "report-1001", s.Aggregate)
	require.Equal(t, casework.KindReport, s.Kind)
	require.Equal(t, casework.StageInvestigation, s.Stage)
	require.Equal(t, "emergent", s.Priority)
	require.Equal(t, 2, s.Revision)
	rows := c.state.ChildRows()
	require.Len(t, rows, 2)
	require.Equal(t, casework.ChildSummary{
		Aggregate: "report-1001", Child: younger, Stage: casework.StageInvestigation, Born: day(t, "2018-06-30"),
	}, rows[1])
}
