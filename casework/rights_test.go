package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func owedNotice(t testing.TB) *casework.RightsNoticeOwed {
	t.Helper()
	return &casework.RightsNoticeOwed{About: "finding", To: casework.Participant{Person: "p-7", Role: "parent"}, Due: day(t, "2025-01-30")}
}

func TestRightsNotice_IsOwedByItsDayUntilItIsGiven(t *testing.T) {
	t.Parallel()
	c := opened(t)
	e := c.does(t, caseworker(), owedNotice(t))
	require.Equal(t, "A notice of rights is owed (finding) by 30 January 2025.", e.Body.Says())
	owed := c.facts(casework.FactRightsNoticeOwed)[0]
	require.Equal(t, "rights-notice-1", owed.Ref)
	require.Equal(t, day(t, "2025-01-30"), owed.Until)
	c.does(t, caseworker(), &casework.RightsNotice{
		About: "removal", To: casework.Participant{Role: "parent"}, On: day(t, "2025-01-20"), How: "in-hand",
	})
	c.does(t, caseworker(), &casework.RightsNotice{
		Notice: 1, On: day(t, "2025-01-20"), How: "registered-mail", AppealUntil: day(t, "2025-02-19"),
	})
	require.Equal(t, []string{"rights-notice-2 ", "rights-notice-1 "}, c.refs(casework.FactRightsNoticeGiven))
	require.Equal(t, day(t, "2025-02-19"), c.state.Rights[0].Window)
}

func TestRightsNotice_Refuses(t *testing.T) {
	t.Parallel()
	c := opened(t)
	c.does(t, caseworker(), owedNotice(t))
	given := &casework.RightsNotice{Notice: 1, On: day(t, "2025-01-20"), How: "mail"}
	refuse := func(name, field string, change func(*casework.RightsNotice)) refusal {
		return refusal{name: name, by: caseworker(), body: with(given, change), kind: casework.Invalid, field: field}
	}
	owe := func(name, field string, change func(*casework.RightsNoticeOwed)) refusal {
		return refusal{name: name, by: caseworker(), body: with(owedNotice(t), change), kind: casework.Invalid, field: field}
	}
	c.refuses(
		t,
		refusal{name: "owed by the hotline", by: hotline(), body: owedNotice(t), kind: casework.Forbidden},
		owe("owed about nothing", "about", func(b *casework.RightsNoticeOwed) { b.About = "" }),
		owe("owed to nobody", "to.role", func(b *casework.RightsNoticeOwed) { b.To = casework.Participant{} }),
		owe("owed by no day", "due", func(b *casework.RightsNoticeOwed) { b.Due = casework.Date{} }),
		refuse("one that nobody owes", "notice", func(b *casework.RightsNotice) { b.Notice = 2 }),
		refuse("of a number below nought", "notice", func(b *casework.RightsNotice) { b.Notice = -1 }),
		refuse("owed about one thing and given about another", "notice", func(b *casework.RightsNotice) { b.About = "removal" }),
		refuse("about nothing", "about", func(b *casework.RightsNotice) { b.Notice = 0 }),
		refuse("to come", "on", func(b *casework.RightsNotice) { b.On = day(t, "2025-01-21") }),
		refuse("by raven", "how", func(b *casework.RightsNotice) { b.How = "raven" }),
		refuse("with a window that is over", "appeal_until", func(b *casework.RightsNotice) { b.AppealUntil = day(t, "2025-01-19") }),
	)
	c.does(t, caseworker(), given)
	c.refuses(t, refusal{name: "twice", by: caseworker(), body: given, kind: casework.Invalid, field: "notice"})
}

func TestAppeal_IsDueUntilItIsDecidedAndHoldsTheCaseOpen(t *testing.T) {
	t.Parallel()
	c := visited(t, elder)
	c.does(t, caseworker(), anAppeal(t))
	filed := c.facts(casework.FactAppealFiled)[0]
	require.Equal(t, "appeal-1", filed.Ref)
	require.Equal(t, day(t, "2025-03-21"), filed.Until)
	c.refuses(t, refusal{
		name: "no closing with a pending appeal", by: caseworker(), body: aClosingRequest(), kind: casework.Blocked,
		codes: []string{"appeal-pending"},
	})
	e := c.does(t, caseworker(), &casework.AppealDecision{Appeal: 1, On: day(t, "2025-03-01"), Result: "reversed"})
	require.Equal(t, "Appeal 1 ended, the decision was reversed.", e.Body.Says())
	require.Equal(t, []string{"appeal-1 "}, c.refs(casework.FactAppealDecided))
	c.does(t, caseworker(), aClosingRequest())
}

func TestAppeal_AfterItsWindowIsTakenAndMarked(t *testing.T) {
	t.Parallel()
	c := opened(t)
	c.does(t, caseworker(), owedNotice(t))
	c.refuses(t, refusal{
		name: "to a notice not given", by: caseworker(), body: with(anAppeal(t), func(b *casework.Appeal) { b.Notice = 1 }),
		kind: casework.Invalid, field: "notice",
	})
	c.does(t, caseworker(), &casework.RightsNotice{Notice: 1, On: day(t, "2025-01-20"), How: "mail", AppealUntil: day(t, "2025-01-30")})
	c.at(t, "2025-02-01 09:00")
	late := with(anAppeal(t), func(b *casework.Appeal) { b.Notice, b.On = 1, day(t, "2025-01-31") })
	c.refuses(t, refusal{name: "a day late, unmarked", by: caseworker(), body: late, kind: casework.Invalid, field: "late"})
	c.does(t, caseworker(), with(late, func(b *casework.Appeal) { b.On = day(t, "2025-01-30") }))
	c.does(t, caseworker(), with(late, func(b *casework.Appeal) { b.Late = true }))
	require.Equal(t, []string{"appeal-1 ", "appeal-2 "}, c.refs(casework.FactAppealFiled))
}

func TestAppeal_Refuses(t *testing.T) {
	t.Parallel()
	c := opened(t)
	decision := &casework.AppealDecision{Appeal: 1, On: day(t, "2025-01-20"), Result: "upheld"}
	c.refuses(t, refusal{name: "a decision on none", by: caseworker(), body: decision, kind: casework.Blocked, codes: []string{"no-appeal"}})
	c.does(t, caseworker(), anAppeal(t))
	refuse := func(name, field string, change func(*casework.Appeal)) refusal {
		return refusal{name: name, by: caseworker(), body: with(anAppeal(t), change), kind: casework.Invalid, field: field}
	}
	decide := func(name, field string, change func(*casework.AppealDecision)) refusal {
		return refusal{name: name, by: caseworker(), body: with(decision, change), kind: casework.Invalid, field: field}
	}
	c.refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: anAppeal(t), kind: casework.Forbidden},
		refuse("about nothing", "about", func(b *casework.Appeal) { b.About = "" }),
		refuse("by nobody", "by.role", func(b *casework.Appeal) { b.By = casework.Participant{} }),
		refuse("to come", "on", func(b *casework.Appeal) { b.On = day(t, "2025-01-21") }),
		refuse("decided before it is filed", "decide_by", func(b *casework.Appeal) { b.DecideBy = day(t, "2025-01-19") }),
		refuse("to no notice", "notice", func(b *casework.Appeal) { b.Notice = 3 }),
		decide("unknown", "appeal", func(b *casework.AppealDecision) { b.Appeal = 2 }),
		decide("on no day", "on", func(b *casework.AppealDecision) { b.On = casework.Date{} }),
		decide("with no known result", "result", func(b *casework.AppealDecision) { b.Result = "maybe" }),
	)
	id := c.factID(t, casework.FactAppealFiled, "")
	c.refuses(t, refusal{
		name: "as if it never was", by: caseworker(), body: withdrawal(id), kind: casework.Invalid, field: "withdraw",
	})
}

func withdrawal(fact string) *casework.CaseCorrection {
	b := &casework.CaseCorrection{}
	b.Fact, b.Withdraw, b.Reason = fact, true, "text"
	return b
}

func TestGrievance_IsAnsweredByAnother(t *testing.T) {
	t.Parallel()
	c := opened(t)
	answer := &casework.GrievanceAnswer{Grievance: 1, On: day(t, "2025-01-20"), Result: "granted", Words: "text"}
	c.refuses(t, refusal{name: "an answer to none", by: supervisor(), body: answer, kind: casework.Blocked, codes: []string{"no-grievance"}})
	c.does(t, caseworker(), aGrievance(t))
	require.Equal(t, day(t, "2025-02-03"), c.facts(casework.FactGrievanceFiled)[0].Until)
	refuse := func(name, field string, change func(*casework.Grievance)) refusal {
		return refusal{name: name, by: caseworker(), body: with(aGrievance(t), change), kind: casework.Invalid, field: field}
	}
	reply := func(name, field string, change func(*casework.GrievanceAnswer)) refusal {
		return refusal{name: name, by: supervisor(), body: with(answer, change), kind: casework.Invalid, field: field}
	}
	c.refuses(
		t,
		refusal{name: "answered by the caseworker", by: caseworker(), body: answer, kind: casework.Forbidden},
		refuse("about nothing", "about", func(b *casework.Grievance) { b.About = "" }),
		refuse("by nobody", "by.role", func(b *casework.Grievance) { b.By = casework.Participant{} }),
		refuse("without words", "words", func(b *casework.Grievance) { b.Words = " " }),
		refuse("to come", "on", func(b *casework.Grievance) { b.On = day(t, "2025-01-21") }),
		refuse("answered before", "answer_by", func(b *casework.Grievance) { b.AnswerBy = day(t, "2025-01-19") }),
		reply("unknown", "grievance", func(b *casework.GrievanceAnswer) { b.Grievance = 2 }),
		reply("on no day", "on", func(b *casework.GrievanceAnswer) { b.On = casework.Date{} }),
		reply("with no known result", "result", func(b *casework.GrievanceAnswer) { b.Result = "maybe" }),
		reply("without words", "words", func(b *casework.GrievanceAnswer) { b.Words = "" }),
	)
	own := c.fork()
	own.does(t, supervisor(), &casework.Assignment{Worker: manager().ID, Supervisor: supervisor().ID})
	own.refuses(t, refusal{name: "answered in one's own case", by: manager(), body: answer, kind: casework.Forbidden})
	e := c.does(t, supervisor(), answer)
	require.Equal(t, "Grievance 1 answered: granted.", e.Body.Says())
	require.Equal(t, []string{"grievance-1 "}, c.refs(casework.FactGrievanceAnswered))
}
