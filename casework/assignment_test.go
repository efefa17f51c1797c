package casework_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// asked is a case whose assignment to a second worker waits for their answer.
func asked(t testing.TB) (*caseClerk, casework.Actor) {
	t.Helper()
	c := opened(t)
	c.does(t, supervisor(), &casework.Assignment{Worker: "w-2", Supervisor: supervisor().ID, Ask: true})
	return c, casework.Actor{ID: "w-2", Role: casework.RoleCaseworker}
}

// handovers are the facts about who carries a record, without when.
func handovers(facts []casework.Fact) []casework.Fact {
	var of []casework.Fact
	for _, f := range facts {
		switch f.Type { //nolint:exhaustive // the others are about something else
		case casework.FactWorkerAssigned, casework.FactWorkerAccepted, casework.FactWorkerDeclined,
			casework.FactRecordUnassigned, casework.FactRecordAssigned:
			of = append(of, f)
		}
	}
	return of
}

func requireHandovers(t testing.TB, r *casework.Record, want ...casework.Fact) {
	t.Helper()
	require.Empty(t, cmp.Diff(want, handovers(r.Facts), cmpopts.IgnoreFields(casework.Fact{}, "ID", "At", "Recorded")))
}

func TestAssignment_MovesTheCase(t *testing.T) {
	t.Parallel()
	c := opened(t)
	c.does(t, supervisor(), &casework.Assignment{Worker: "w-2", Supervisor: "w-3"})
	require.Equal(t, "w-2", c.state.Worker)
	require.Equal(t, "w-3", c.state.Supervisor)
	require.Equal(t, casework.StagePlanning, c.state.Stage())
	requireHandovers(t, &c.state.Record)
	require.Equal(t, casework.Handover{}, c.state.Handover, "what a stored assignment means stays as it was")
}

func TestAssignment_Refuses(t *testing.T) {
	t.Parallel()
	opened(t).refuses(
		t,
		refusal{
			name: "by the caseworker", by: caseworker(), kind: casework.Forbidden,
			body: &casework.Assignment{Worker: "w-2", Supervisor: "w-3"},
		},
		refusal{
			name: "to nobody", by: supervisor(), kind: casework.Invalid, field: "worker",
			body: &casework.Assignment{Supervisor: "w-3"},
		},
		refusal{
			name: "without a supervisor", by: supervisor(), kind: casework.Invalid, field: "supervisor",
			body: &casework.Assignment{Worker: "w-2"},
		},
		refusal{
			name: "to one person alone", by: supervisor(), kind: casework.Invalid, field: "supervisor",
			body: &casework.Assignment{Worker: "w-2", Supervisor: "w-2"},
		},
	)
	opened(t).refuses(
		t,
		refusal{
			name: "what somebody else carries by now", by: supervisor(), kind: casework.Invalid, field: "from",
			body: &casework.Assignment{Worker: "w-2", Supervisor: "w-3", From: "w-9"},
		},
		refusal{
			name: "from a name", by: supervisor(), kind: casework.Invalid, field: "from",
			body: &casework.Assignment{Worker: "w-2", Supervisor: "w-3", From: "Kim Lee"},
		},
	)
	received(t).refuses(t, refusal{
		name: "a report before screening", by: supervisor(), kind: casework.Blocked, codes: []string{"not-screened-in"},
		body: &casework.ReportAssignment{Assignment: casework.Assignment{Worker: "w-2", Supervisor: "w-3"}},
	})
}

func TestAssignment_IsTheWorkersFromTheMomentTheyAreAsked(t *testing.T) {
	t.Parallel()
	c, worker := asked(t)
	require.Equal(t, worker.ID, c.state.Worker)
	require.Equal(t, "Case assigned to w-2, supervised by w-supervisor. They are asked to accept or decline.",
		c.events[len(c.events)-1].Body.Says())
	told := c.notices(t)
	require.Len(t, told, 1)
	require.Equal(t, "Case 2001 was assigned to you. Accept it, or decline it with a reason. It is yours until you do."+
		" You are told because you are its caseworker.", told[0].Text)
	c.does(t, worker, &casework.Acceptance{})
	require.Empty(t, c.notices(t))
	requireHandovers(
		t, &c.state.Record,
		casework.Fact{Type: casework.FactWorkerAssigned, Ref: "assignment-1", Worker: "w-2"},
		casework.Fact{Type: casework.FactWorkerAccepted, Ref: "assignment-1", Worker: "w-2"},
	)
}

func TestDecline_LeavesTheRecordToNobodyUntilItIsAssignedAgain(t *testing.T) {
	t.Parallel()
	c, worker := asked(t)
	c.does(t, worker, casework.NewDecline(casework.KindCase, "workload", ""))
	require.Empty(t, c.state.Worker)
	require.True(t, c.state.Unassigned())
	require.True(t, c.state.Summary().Unassigned(), "it shows in lists")
	require.Equal(t, []told{{supervisor().ID, casework.NoticeUnassigned}}, toldOf(c.notices(t)))
	c.does(t, supervisor(), &casework.Assignment{Worker: "w-3", Supervisor: supervisor().ID, Ask: true})
	require.False(t, c.state.Unassigned())
	requireHandovers(
		t, &c.state.Record,
		casework.Fact{Type: casework.FactWorkerAssigned, Ref: "assignment-1", Worker: "w-2"},
		casework.Fact{Type: casework.FactWorkerDeclined, Ref: "assignment-1", Worker: "w-2", Reason: "workload"},
		casework.Fact{Type: casework.FactRecordUnassigned, Worker: "w-2", Reason: "workload"},
		casework.Fact{Type: casework.FactRecordAssigned, Worker: "w-3"},
		casework.Fact{Type: casework.FactWorkerAssigned, Ref: "assignment-2", Worker: "w-3"},
	)
}

func TestUnassignment_TellsWhoCarriedItAndWhoMustFindSomebody(t *testing.T) {
	t.Parallel()
	c, _ := asked(t)
	c.does(t, manager(), casework.NewUnassignment(casework.KindCase, "left-agency", ""))
	require.Equal(t, []told{
		{supervisor().ID, casework.NoticeUnassigned}, {"w-2", casework.NoticeUnassigned},
	}, toldOf(c.notices(t)))
	requireHandovers(
		t, &c.state.Record,
		casework.Fact{Type: casework.FactWorkerAssigned, Ref: "assignment-1", Worker: "w-2"},
		casework.Fact{Type: casework.FactWorkerDeclined, Ref: "assignment-1", Worker: "w-2", Reason: "withdrawn"},
		casework.Fact{Type: casework.FactRecordUnassigned, Worker: "w-2", Reason: "left-agency"},
	)
	r := screened(t)
	r.does(t, supervisor(), casework.NewUnassignment(casework.KindReport, "absence", ""))
	require.True(t, r.state.Unassigned())
	require.Equal(t, []told{{investigator().ID, casework.NoticeUnassigned}}, toldOf(r.notices(t)), "nobody is told what they did")
}

// A duty of a worker whom nobody is goes to the supervisor, who is told why.
func TestUnassigned_DutiesAreToldToTheSupervisor(t *testing.T) {
	t.Parallel()
	c, worker := asked(t)
	c.does(t, worker, casework.NewDecline(casework.KindCase, "absence", ""))
	d := aDuty("visit/P1/1", "2025-01-01", clock(t, "2025-01-01 23:59"), casework.DutyOverdue)
	d.Owner = casework.RoleCaseworker
	d.Rungs = []casework.Rung{{
		Kind: casework.RungOverdue, At: c.now.Add(-1), Tell: []casework.Role{casework.RoleCaseworker, casework.RoleSupervisor},
	}}
	notices := c.tells(t, d)
	require.Len(t, notices, 1, "who stands in for the worker is told once")
	require.Equal(t, supervisor().ID, notices[0].Recipient)
	require.Contains(t, notices[0].Text, "You are told because nobody carries case 2001 and you supervise it.")
}

func TestAnswers_Refuse(t *testing.T) {
	t.Parallel()
	c, worker := asked(t)
	decline := func(reason string, note casework.Text) casework.Body {
		return casework.NewDecline(casework.KindCase, reason, note)
	}
	c.refuses(
		t,
		refusal{name: "accept for somebody else", by: caseworker(), kind: casework.Forbidden, body: &casework.Acceptance{}},
		refusal{name: "decline for somebody else", by: caseworker(), kind: casework.Forbidden, body: decline("workload", "")},
		refusal{name: "accept as the supervisor", by: supervisor(), kind: casework.Forbidden, body: &casework.Acceptance{}},
		refusal{name: "decline without a reason", by: worker, kind: casework.Invalid, field: "reason", body: decline("", "")},
		refusal{name: "decline for other without words", by: worker, kind: casework.Invalid, field: "note", body: decline("other", " ")},
		refusal{
			name: "unassign without a reason", by: supervisor(), kind: casework.Invalid, field: "reason",
			body: casework.NewUnassignment(casework.KindCase, "", ""),
		},
		refusal{
			name: "unassign for other without words", by: supervisor(), kind: casework.Invalid, field: "note",
			body: casework.NewUnassignment(casework.KindCase, "other", ""),
		},
		refusal{
			name: "unassign as the worker", by: worker, kind: casework.Forbidden,
			body: casework.NewUnassignment(casework.KindCase, "workload", ""),
		},
	)
	c.does(t, worker, &casework.Acceptance{})
	c.refuses(
		t,
		refusal{name: "accept twice", by: worker, kind: casework.Blocked, codes: []string{"no-assignment-waits"}, body: &casework.Acceptance{}},
		refusal{name: "decline what was accepted", by: worker, kind: casework.Blocked, codes: []string{"no-assignment-waits"}, body: decline("workload", "")},
	)
	c.does(t, supervisor(), casework.NewUnassignment(casework.KindCase, "workload", ""))
	c.refuses(t, refusal{
		name: "unassign what is nobody's", by: supervisor(), kind: casework.Blocked, codes: []string{"unassigned"},
		body: casework.NewUnassignment(casework.KindCase, "workload", ""),
	})
}

func TestReportAssignment_IsAnsweredByTheInvestigator(t *testing.T) {
	t.Parallel()
	r := screened(t)
	body := &casework.ReportAssignment{Assignment: casework.Assignment{Worker: "w-2", Supervisor: supervisor().ID, Ask: true}}
	r.does(t, supervisor(), body)
	other := casework.Actor{ID: "w-2", Role: casework.RoleInvestigator}
	r.refuses(t, refusal{name: "by another", by: investigator(), kind: casework.Forbidden, body: &casework.ReportAcceptance{}})
	r.does(t, other, casework.NewDecline(casework.KindReport, "conflict-of-interest", ""))
	require.True(t, r.state.Unassigned())
	r.does(t, supervisor(), body)
	r.does(t, other, &casework.ReportAcceptance{})
	require.Equal(t, casework.Handover{Count: 2}, r.state.Handover)
}

func TestHandover_CannotBeCorrectedAway(t *testing.T) {
	t.Parallel()
	c, worker := asked(t)
	c.does(t, worker, &casework.Acceptance{})
	c.refuses(t, refusal{
		name: "the acceptance", by: supervisor(), kind: casework.Invalid, field: "fact",
		body: withdraws(c.factID(t, casework.FactWorkerAccepted, "")),
	})
}

// What this part of the log says stays readable and verifiable for ever.
func TestReleasedLog_OfHandoversStaysVerifiable(t *testing.T) {
	t.Parallel()
	c, worker := asked(t)
	c.does(t, worker, casework.NewDecline(casework.KindCase, "other", "text"))
	c.does(t, supervisor(), &casework.Assignment{Worker: "w-2", Supervisor: supervisor().ID, Ask: true})
	c.does(t, worker, &casework.Acceptance{})
	c.does(t, manager(), casework.NewUnassignment(casework.KindCase, "left-agency", ""))
	path := filepath.Join("testdata", "log", "v3-handovers.jsonl")
	golden(t, path, lines(t, c.events))
	require.Empty(t, cmp.Diff(c.state, fold("case", readBack(t, path)), asStored(), withoutAnswers()))
}

func TestReportAssignment_Refuses(t *testing.T) {
	t.Parallel()
	assigned := &casework.ReportAssignment{Assignment: casework.Assignment{Worker: "w-2", Supervisor: supervisor().ID, Ask: true}}
	assign := func(name, field string, change func(*casework.ReportAssignment)) refusal {
		return refusal{name: "assigned " + name, by: supervisor(), body: with(assigned, change), kind: casework.Invalid, field: field}
	}
	end := func(name, field, reason string, of func(casework.AggregateKind, string, casework.Text) casework.Body, by casework.Actor) refusal {
		return refusal{name: name, by: by, body: of(casework.KindReport, reason, ""), kind: casework.Invalid, field: field}
	}
	unassigned := casework.NewUnassignment(casework.KindReport, "workload", "")
	worker := casework.Actor{ID: "w-2", Role: casework.RoleInvestigator}
	received(t).refuses(t, refusal{
		name: "taken away before screening", by: supervisor(), body: unassigned, kind: casework.Blocked, codes: []string{"not-screened-in"},
	})
	c := screened(t)
	c.refuses(
		t,
		assign("to nobody", "worker", func(b *casework.ReportAssignment) { b.Worker = "" }),
		assign("without a supervisor", "supervisor", func(b *casework.ReportAssignment) { b.Supervisor = "" }),
		assign("to their own supervisor", "supervisor", func(b *casework.ReportAssignment) { b.Supervisor = "w-2" }),
		assign("from a name", "from", func(b *casework.ReportAssignment) { b.From = "Kim Lee" }),
		assign("from somebody else", "from", func(b *casework.ReportAssignment) { b.From = "w-9" }),
		refusal{
			name: "accepted unasked", by: investigator(), body: &casework.ReportAcceptance{}, kind: casework.Blocked,
			codes: []string{"no-assignment-waits"},
		},
		refusal{
			name: "declined unasked", by: investigator(), body: casework.NewDecline(casework.KindReport, "workload", ""),
			kind: casework.Blocked, codes: []string{"no-assignment-waits"},
		},
		end("taken away without a reason", "reason", "", casework.NewUnassignment, supervisor()),
		end("taken away for other without words", "note", "other", casework.NewUnassignment, supervisor()),
	)
	c.does(t, supervisor(), assigned)
	c.refuses(
		t,
		end("declined without a reason", "reason", "", casework.NewDecline, worker),
		end("declined for other without words", "note", "other", casework.NewDecline, worker),
		refusal{
			name: "declined for somebody else", by: investigator(), body: casework.NewDecline(casework.KindReport, "workload", ""),
			kind: casework.Forbidden,
		},
	)
	c.does(t, supervisor(), unassigned)
	c.refuses(t, refusal{
		name: "taken away from nobody", by: supervisor(), body: unassigned, kind: casework.Blocked, codes: []string{"unassigned"},
	})
}
