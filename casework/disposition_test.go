package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func aCaseRequest() *casework.CaseRequest {
	return &casework.CaseRequest{Number: "2001", Caseworker: caseworker().ID, Supervisor: supervisor().ID, Risk: "high"}
}

func TestOpenCase_EndsTheReportAndAsksForACase(t *testing.T) {
	t.Parallel()
	c := found(t, casework.Unsafe)
	_, asked := c.state.Opening(c.events[0])
	require.False(t, asked)

	e := c.does(t, supervisor(), aCaseRequest())
	require.Equal(t, casework.StageClosed, c.state.Stage())
	require.Equal(t, "case-opened", c.state.Disposition)
	require.Equal(t, "2001", c.state.Case)
	require.Len(t, c.facts(casework.FactInvestigationCompleted), 1)

	cmd, asked := c.state.Opening(e)
	require.True(t, asked)
	again, _ := c.state.Opening(e)
	require.Equal(t, cmd, again, "asking twice is the same command")
	cmd.Now = c.now
	family := &casework.Case{}
	opened, err := family.Decide(cmd)
	require.NoError(t, err)
	require.Equal(t, "case-2001", opened.Aggregate)
	family.Apply(opened)
	require.Equal(t, "1001", family.Report)
	require.Equal(t, theChildren(t), family.Subjects())
	require.Equal(t, caseworker().ID, family.Worker)
	require.Equal(t, "us-federal/1", family.Pack)
	require.Equal(t, day(t, "2025-01-20"), family.Facts[0].On)
}

func TestCloseReport_EndsItWithoutACase(t *testing.T) {
	t.Parallel()
	c := found(t, casework.Safe)
	c.does(t, supervisor(), &casework.ReportClosing{Reason: "referred", Note: "text"})
	require.Equal(t, casework.StageClosed, c.state.Stage())
	require.Equal(t, "referred", c.state.Disposition)
	require.Len(t, c.facts(casework.FactInvestigationCompleted), 1)
	require.Len(t, c.facts(casework.FactRecordClosed), 1)
	c.refuses(t, refusal{name: "a step after", by: supervisor(), body: aCaseRequest(), kind: casework.Gone})
}

func TestDisposition_Refuses(t *testing.T) {
	t.Parallel()
	end := &casework.ReportClosing{Reason: "no-services-needed", Note: "text"}
	request := func(name, field string, change func(*casework.CaseRequest)) refusal {
		return refusal{name: name, by: supervisor(), body: with(aCaseRequest(), change), kind: casework.Invalid, field: field}
	}
	for _, body := range []casework.Body{aCaseRequest(), end} {
		name := stepOf(t, body).Name + " "
		received(t).refuses(t, refusal{
			name: name + "unscreened", by: supervisor(), body: body, kind: casework.Blocked, codes: []string{"not-screened-in"},
		})
		screened(t).refuses(t, refusal{
			name: name + "uninvestigated", by: supervisor(), body: body, kind: casework.Blocked, codes: []string{
				"victim-not-contacted", "victim-not-contacted", "no-safety-assessment", "finding-missing", "finding-missing",
			},
		})
		found(t, casework.Safe).refuses(t, refusal{name: name + "by an investigator", by: investigator(), body: body, kind: casework.Forbidden})
	}
	found(t, casework.Unsafe).refuses(
		t,
		refusal{name: "leave unsafe children", by: supervisor(), body: end, kind: casework.Blocked, codes: []string{"children-unsafe"}},
		request("no number", "number", func(b *casework.CaseRequest) { b.Number = "" }),
		request("no caseworker", "caseworker", func(b *casework.CaseRequest) { b.Caseworker = "" }),
		request("no supervisor", "supervisor", func(b *casework.CaseRequest) { b.Supervisor = "" }),
		request("their own supervisor", "supervisor", func(b *casework.CaseRequest) { b.Supervisor = b.Caseworker }),
		request("an unknown risk", "risk", func(b *casework.CaseRequest) { b.Risk = "some" }),
		refusal{
			name: "an unknown reason", by: supervisor(), kind: casework.Invalid, field: "reason",
			body: with(end, func(b *casework.ReportClosing) { b.Reason = "tired" }),
		},
		refusal{
			name: "no note", by: supervisor(), kind: casework.Invalid, field: "note",
			body: with(end, func(b *casework.ReportClosing) { b.Note = "" }),
		},
	)
}
