package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestMeeting_DecisionsAreOwedAsStepsUntilTheyEnd(t *testing.T) {
	t.Parallel()
	c := opened(t)
	e := c.does(t, caseworker(), aConference(t))
	require.Equal(t, "Meeting called (family-team), 2 people invited.", e.Body.Says())
	c.at(t, "2025-01-20 17:00")
	held := with(aMeetingHeld(t), func(b *casework.MeetingHeld) {
		b.Meeting, b.Type, b.At = 1, "", clock(t, "2025-01-20 15:10")
		b.Decisions = append(b.Decisions, casework.MeetingDecision{What: "text", Owner: "p-7", Due: day(t, "2025-03-01")})
	})
	e = c.does(t, caseworker(), held)
	require.Equal(t, "Meeting held with 1 person; 2 decisions.", e.Body.Says())
	require.Equal(t, []string{"meeting-1.1 P1", "meeting-1.2 "}, c.refs(casework.FactPlanStepAgreed))
	agreed := c.facts(casework.FactPlanStepAgreed)[0]
	require.Equal(t, day(t, "2025-02-20"), agreed.Until)
	require.Equal(t, "w-caseworker", agreed.Worker)
	require.Equal(t, day(t, "2025-01-20"), agreed.On)

	before := c.state.Fork()
	c.does(t, caseworker(), &casework.DecisionEnd{Meeting: 1, Decision: 1, On: day(t, "2025-01-20"), Result: "done", Evidence: "text"})
	require.Empty(t, before.Meetings[0].Decisions[0].Result, "a copy is not changed")
	e = c.does(t, caseworker(), &casework.DecisionEnd{Meeting: 1, Decision: 2, On: day(t, "2025-01-20"), Result: "adopted"})
	require.Equal(t, "Decision 1.2 of a meeting: adopted.", e.Body.Says())
	require.Equal(t, []string{"meeting-1.1 P1"}, c.refs(casework.FactPlanStepDone))
	require.Equal(t, []string{"meeting-1.2 "}, c.refs(casework.FactPlanStepDropped))
	c.does(t, caseworker(), &casework.Addendum{Entry: 3, Words: "text"})
}

func TestMeeting_ThatWasNotCalledIsRecordedAndOneThatWasCanBeCalledOff(t *testing.T) {
	t.Parallel()
	c := opened(t)
	c.does(t, caseworker(), aConference(t))
	c.does(t, caseworker(), aMeetingHeld(t))
	c.does(t, caseworker(), &casework.MeetingCancel{Meeting: 1, Reason: "text"})
	var statuses []string
	for _, m := range c.state.Meetings {
		statuses = append(statuses, m.Type+" "+m.Status)
	}
	require.Equal(t, []string{"family-team cancelled", "case-conference held"}, statuses)
}

func TestMeeting_Refuses(t *testing.T) {
	t.Parallel()
	c := opened(t)
	end := &casework.DecisionEnd{Meeting: 2, Decision: 1, On: day(t, "2025-01-20"), Result: "done", Evidence: "text"}
	c.refuses(
		t,
		refusal{
			name: "calling off none", by: caseworker(), body: &casework.MeetingCancel{Meeting: 1, Reason: "text"}, kind: casework.Blocked,
			codes: []string{"no-meeting"},
		},
		refusal{name: "the end of no decision", by: caseworker(), body: end, kind: casework.Blocked, codes: []string{"no-decision"}},
	)
	c.does(t, caseworker(), aConference(t))
	c.does(t, caseworker(), aMeetingHeld(t))
	call := func(name, field string, change func(*casework.MeetingCall)) refusal {
		return refusal{name: name, by: caseworker(), body: with(aConference(t), change), kind: casework.Invalid, field: field}
	}
	hold := func(name, field string, change func(*casework.MeetingHeld)) refusal {
		return refusal{name: name, by: caseworker(), body: with(aMeetingHeld(t), change), kind: casework.Invalid, field: field}
	}
	decide := func(name, field string, change func(*casework.MeetingDecision)) refusal {
		return hold(name, "decisions[0]."+field, func(b *casework.MeetingHeld) {
			b.Decisions = []casework.MeetingDecision{b.Decisions[0]}
			change(&b.Decisions[0])
		})
	}
	finish := func(name, field string, change func(*casework.DecisionEnd)) refusal {
		return refusal{name: name, by: caseworker(), body: with(end, change), kind: casework.Invalid, field: field}
	}
	c.refuses(
		t,
		refusal{name: "called by the hotline", by: hotline(), body: aConference(t), kind: casework.Forbidden},
		call("of no known type", "type", func(b *casework.MeetingCall) { b.Type = "party" }),
		call("called for yesterday", "at", func(b *casework.MeetingCall) { b.At = clock(t, "2025-01-19 15:00") }),
		call("on the moon", "place", func(b *casework.MeetingCall) { b.Place = "moon" }),
		call("by raven", "medium", func(b *casework.MeetingCall) { b.Medium = "raven" }),
		call("of nobody", "invited", func(b *casework.MeetingCall) { b.Invited = nil }),
		hold("of a number below nought", "meeting", func(b *casework.MeetingHeld) { b.Meeting = -1 }),
		hold("called as one and held as another", "type", func(b *casework.MeetingHeld) { b.Meeting = 1 }),
		hold("held and never called", "meeting", func(b *casework.MeetingHeld) { b.Meeting, b.Type = 7, "" }),
		hold("held of no type", "type", func(b *casework.MeetingHeld) { b.Type = "" }),
		hold("held tomorrow", "at", func(b *casework.MeetingHeld) { b.At = clock(t, "2025-01-21 09:00") }),
		hold("held for two days", "minutes", func(b *casework.MeetingHeld) { b.Minutes = 2880 }),
		hold("to which nobody came", "came", func(b *casework.MeetingHeld) { b.Came = nil }),
		decide("what is not said", "what", func(d *casework.MeetingDecision) { d.What = "" }),
		decide("who is not said", "owner", func(d *casework.MeetingDecision) { d.Owner = "" }),
		decide("who is a name", "owner", func(d *casework.MeetingDecision) { d.Owner = "Sam Example" }),
		decide("due before", "due", func(d *casework.MeetingDecision) { d.Due = day(t, "2025-01-19") }),
		decide("done already", "result", func(d *casework.MeetingDecision) { d.Result = "done" }),
		decide("about a stranger", "child", func(d *casework.MeetingDecision) { d.Child = "P7" }),
		refusal{
			name: "called off without a reason", by: caseworker(), body: &casework.MeetingCancel{Meeting: 1}, kind: casework.Invalid,
			field: "reason",
		},
		refusal{
			name: "called off when held", by: caseworker(), body: &casework.MeetingCancel{Meeting: 2, Reason: "text"},
			kind: casework.Invalid, field: "meeting",
		},
		finish("of another number", "decision", func(b *casework.DecisionEnd) { b.Decision = 2 }),
		finish("of another meeting", "decision", func(b *casework.DecisionEnd) { b.Meeting = 9 }),
		finish("on no day", "on", func(b *casework.DecisionEnd) { b.On = casework.Date{} }),
		finish("with no known result", "result", func(b *casework.DecisionEnd) { b.Result = "maybe" }),
		finish("done without evidence", "evidence", func(b *casework.DecisionEnd) { b.Evidence = "" }),
	)
	c.does(t, caseworker(), end)
	c.does(t, caseworker(), aMeetingHeld(t))
	c.refuses(t, finish("twice", "decision", func(*casework.DecisionEnd) {}))
}
