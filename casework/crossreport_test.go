package casework_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// taken is a report that came in the form of a receipt, half an hour after the call.
func taken(t testing.TB, change func(*casework.Receipt)) *reportClerk {
	t.Helper()
	c := &reportClerk{state: &casework.Report{}}
	c.at(t, "2025-01-06 09:30")
	c.does(t, hotline(), with(aReceipt(t), change))
	return c
}

// accused is a report whose allegations must be passed on.
func accused(t testing.TB) *reportClerk {
	t.Helper()
	return taken(t, func(b *casework.Receipt) { b.CrossReports = true })
}

// counselled is a call about children that alleges nothing.
func counselled(t testing.TB) *reportClerk {
	t.Helper()
	return taken(t, func(b *casework.Receipt) { b.Call, b.Allegations, b.CrossReports = casework.CallCounselling, nil, true })
}

func aCrossReport(t testing.TB, to string) *casework.CrossReport {
	t.Helper()
	return &casework.CrossReport{To: to, At: clock(t, "2025-01-06 09:20"), Agency: "police-7", Means: "telephone"}
}

func overrules(to string) *casework.CrossReportOverruling {
	return &casework.CrossReportOverruling{To: to, Reason: "already-reported", Note: "text"}
}

func aScreeningIn() *casework.ScreeningIn {
	return &casework.ScreeningIn{Priority: "P1", Track: "investigation", Investigator: investigator().ID}
}

// A screening cannot complete until each authority is told or that is overruled
// with a reason (transition Intake.Open -> screen in, screen out).
func TestCrossReport_IsMadeOrOverruledBeforeTheScreeningIsDone(t *testing.T) {
	t.Parallel()
	c := accused(t)
	require.Len(t, c.facts(casework.FactCrossReportOwed), 2)
	out := &casework.ScreeningOut{Reason: "not-maltreatment", Note: "text"}
	c.refuses(
		t,
		refusal{
			name: "in with both owed", by: supervisor(), body: aScreeningIn(), kind: casework.Blocked,
			codes: []string{"cross-report-owed", "cross-report-owed"},
		},
		refusal{
			name: "out with both owed", by: supervisor(), body: out, kind: casework.Blocked,
			codes: []string{"cross-report-owed", "cross-report-owed"},
		},
	)
	c.does(t, hotline(), aCrossReport(t, casework.LawEnforcement))
	c.refuses(t, refusal{
		name: "in with one owed", by: supervisor(), body: aScreeningIn(), kind: casework.Blocked, codes: []string{"cross-report-owed"},
	})
	c.does(t, supervisor(), overrules(casework.Prosecutor))
	fact := c.facts(casework.FactCrossReportOverruled)[0]
	require.Equal(t, "prosecutor already-reported w-supervisor", fact.Ref+" "+fact.Reason+" "+fact.By)
	c.does(t, supervisor(), aScreeningIn())
}

func TestCrossReport_ThatNeverHappenedIsOwedAgain(t *testing.T) {
	t.Parallel()
	c := accused(t)
	c.does(t, hotline(), aCrossReport(t, casework.LawEnforcement))
	c.does(t, supervisor(), reportCorrects(c.factID(t, casework.FactCrossReportMade, ""), time.Time{}))
	require.Len(t, c.state.Next()[0].Missing, 2)
}

func TestCrossReport_IsOwedForAllButThreeOfTheKindsOfAllegation(t *testing.T) {
	t.Parallel()
	owed := map[string]bool{
		"neglect": false, "severe-neglect": true, "physical-abuse": true, "sexual-abuse": true, "psychological-maltreatment": true,
		"caretaker-absence": false, "exploitation": true, "at-risk-sibling": false,
		"sex-trafficking": true, "medical-neglect": false, "other": false,
	}
	for _, kind := range casework.AllegationTypes() {
		require.Contains(t, owed, kind)
		require.Equal(t, owed[kind], casework.ObligesCrossReport(kind), kind)
	}
	require.Empty(t, received(t).facts(casework.FactCrossReportOwed), "not under the rule: taken before it")
	neglect := taken(t, func(b *casework.Receipt) { b.CrossReports, b.Allegations = true, b.Allegations[:1] })
	require.Empty(t, neglect.facts(casework.FactCrossReportOwed))
	neglect.does(t, hotline(), aCrossReport(t, casework.Prosecutor))
	neglect.does(t, supervisor(), aScreeningIn())
}

func TestCrossReport_Refuses(t *testing.T) {
	t.Parallel()
	made := aCrossReport(t, casework.Prosecutor)
	bad := func(name, field string, change func(*casework.CrossReport)) refusal {
		return refusal{name: name, by: hotline(), body: with(made, change), kind: casework.Invalid, field: field}
	}
	over := func(name, field string, change func(*casework.CrossReportOverruling)) refusal {
		return refusal{
			name: "overruling " + name, by: supervisor(), body: with(overrules(casework.Prosecutor), change),
			kind: casework.Invalid, field: field,
		}
	}
	c := accused(t)
	c.does(t, hotline(), aCrossReport(t, casework.LawEnforcement))
	c.refuses(
		t,
		bad("to nobody", "to", func(b *casework.CrossReport) { b.To = "the press" }),
		bad("before the call", "at", func(b *casework.CrossReport) { b.At = clock(t, "2025-01-06 08:00") }),
		bad("to come", "at", func(b *casework.CrossReport) { b.At = clock(t, "2025-01-06 10:00") }),
		bad("to no agency", "agency", func(b *casework.CrossReport) { b.Agency = "" }),
		bad("to a person", "agency", func(b *casework.CrossReport) { b.Agency = "Officer Miller" }),
		bad("by rumour", "means", func(b *casework.CrossReport) { b.Means = "rumour" }),
		bad("under a sentence", "reference", func(b *casework.CrossReport) { b.Reference = "ask for Jim" }),
		refusal{name: "by a caseworker", by: caseworker(), body: made, kind: casework.Forbidden},
		refusal{name: "overruled by the hotline", by: hotline(), body: overrules(casework.Prosecutor), kind: casework.Forbidden},
		over("nobody", "to", func(b *casework.CrossReportOverruling) { b.To = "" }),
		over("what was made", "to", func(b *casework.CrossReportOverruling) { b.To = casework.LawEnforcement }),
		over("for no reason", "reason", func(b *casework.CrossReportOverruling) { b.Reason = "busy" }),
		over("without a note", "note", func(b *casework.CrossReportOverruling) { b.Note = "" }),
	)
	received(t).refuses(t, refusal{
		name: "overruling what is not owed", by: supervisor(), body: overrules(casework.Prosecutor), kind: casework.Blocked,
		codes: []string{"no-cross-report-owed"},
	})
}

func TestCall_AboutNobodyIsWrittenDownAndEnds(t *testing.T) {
	t.Parallel()
	for _, call := range []string{casework.CallInformation, casework.CallSpam, casework.CallWrongNumber} {
		c := taken(t, func(b *casework.Receipt) { b.Call, b.Children, b.Allegations = call, nil, nil })
		require.True(t, c.state.Closed())
		require.Equal(t, casework.StageClosed, c.state.Stage())
		require.Equal(t, call, c.state.Disposition)
		require.Contains(t, casework.Dispositions(), call)
		require.Empty(t, c.state.NoticesFor(c.events[0]), "nobody has to screen it")
		require.Equal(t, "Call received: "+call+".", c.events[0].Body.Says())
	}
}

func TestCall_WithoutAnAllegationIsNotScreenedIn(t *testing.T) {
	t.Parallel()
	c := counselled(t)
	c.refuses(t, refusal{name: "in", by: supervisor(), body: aScreeningIn(), kind: casework.Blocked, codes: []string{"no-allegation"}})
	c.does(t, supervisor(), &casework.ScreeningOut{Reason: "consultation", Note: "text"})
}

func TestCall_Refuses(t *testing.T) {
	t.Parallel()
	bad := func(name, field string, change func(*casework.Receipt)) refusal {
		return refusal{name: name, by: hotline(), body: with(aReceipt(t), change), kind: casework.Invalid, field: field}
	}
	c := &reportClerk{state: &casework.Report{}}
	c.at(t, "2025-01-06 09:30")
	c.refuses(
		t,
		bad("an unknown kind", "call", func(b *casework.Receipt) { b.Call = "prank" }),
		bad("spam about a child", "children", func(b *casework.Receipt) { b.Call, b.Allegations = casework.CallSpam, nil }),
		bad("an update that alleges", "allegations", func(b *casework.Receipt) { b.Call = casework.CallUpdate }),
		bad("an update about nobody", "children", func(b *casework.Receipt) {
			b.Call, b.Children, b.Allegations = casework.CallUpdate, nil, nil
		}),
		bad("information without a word", "narrative", func(b *casework.Receipt) {
			b.Call, b.Children, b.Allegations, b.Narrative = casework.CallInformation, nil, nil, ""
		}),
	)
}
