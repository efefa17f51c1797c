package casework

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// conferenceSteps lists how people meet and decide.
func conferenceSteps() []Step {
	works := []Role{RoleCaseworker, RoleSupervisor}
	return []Step{
		caseStep("meeting.call", "meeting.called", "Call a meeting", "meetings", works, false, func() Body { return &MeetingCall{} }),
		caseStep("meeting.hold", "meeting.held", "Record a meeting that was held", "meetings-held", works, false,
			func() Body { return &MeetingHeld{} }),
		caseStep("meeting.cancel", "meeting.cancelled", "Call a meeting off", "meeting-cancellations", works, false,
			func() Body { return &MeetingCancel{} }),
		caseStep("decision.end", "decision.ended", "Record what became of a decision", "decision-ends", works, false,
			func() Body { return &DecisionEnd{} }),
	}
}

// Meeting is a family team meeting or a conference as a case keeps it.
type Meeting struct {
	Number int    `json:"number"`
	Type   string `json:"type"`
	// At is when it is to be, and once it was held, when it was.
	At time.Time `json:"at"`
	// Status is called, held or cancelled.
	Status string `json:"status"`
	// Decisions are what was decided, by their place from 1.
	Decisions []MeetingDecision `json:"decisions,omitempty"`
}

// MeetingDecision is one decision of a meeting: who does what until when.
type MeetingDecision struct {
	// What is to be done, in words.
	What Text `json:"what"`
	// Owner does it, by opaque ID; Child is whom it is about, all where left out.
	Owner string `json:"owner"`
	Child string `json:"child,omitempty"`
	Due   Date   `json:"due"`
	// Result is how it ended: one of [DecisionResults]; empty while it is owed.
	Result string `json:"result,omitempty"`
}

// The statuses of a meeting.
const (
	meetingCalled    = "called"
	meetingHeld      = "held"
	meetingCancelled = "cancelled"
)

// MeetingTypes are the codes for what kind of meeting it is.
func MeetingTypes() []string {
	return []string{"family-team", "case-conference", "placement", "sibling", "transition", "school", "other"}
}

// decisionRef names a decision in facts: "meeting-2.1".
func decisionRef(meeting, decision int) string {
	return meetingRef + strconv.Itoa(meeting) + "." + strconv.Itoa(decision)
}

// isDecision says whether a fact about a step is about a decision of a meeting.
func isDecision(ref string) bool { return strings.HasPrefix(ref, meetingRef) }

const meetingRef = "meeting-"

// MeetingCall calls a meeting.
type MeetingCall struct {
	wholeRecord

	Type    string        `json:"type"`
	At      time.Time     `json:"at"`
	Place   string        `json:"place,omitempty"`
	Medium  string        `json:"medium,omitempty"`
	Invited []Participant `json:"invited"`
	Agenda  Text          `json:"agenda,omitempty"`
}

// Says tells the event in a sentence.
func (b *MeetingCall) Says() string {
	return fmt.Sprintf("Meeting called (%s), %s invited.", b.Type, count(len(b.Invited), "person", "people"))
}

// Narratives returns what it is about.
func (b *MeetingCall) Narratives() []*Text { return []*Text{&b.Agenda} }

func (b *MeetingCall) check(k *checker) {
	k.oneOf("type", b.Type, MeetingTypes()...)
	if b.At.Before(k.now.Add(-clockSkew)) {
		k.refuse("at", "Say when it will be. One that has been held already is recorded as held.")
	}
	if b.Place != "" {
		k.oneOf("place", b.Place, VisitPlaces()...)
	}
	if b.Medium != "" {
		k.oneOf("medium", b.Medium, Media()...)
	}
	k.present("invited", b.Invited)
}

// present refuses a meeting of nobody.
func (k *checker) present(field string, list []Participant) {
	if len(list) == 0 {
		k.refuse(field, "Name at least one.")
	}
	k.participants(field, list)
}

func (b *MeetingCall) blockers(*Case, string) []Blocker { return nil }

func (b *MeetingCall) refuse(*Case, Command) error { return nil }

func (b *MeetingCall) apply(c *Case, _ Event) {
	c.Meetings = append(slices.Clip(c.Meetings), Meeting{Number: len(c.Meetings) + 1, Type: b.Type, At: b.At, Status: meetingCalled})
}

// MeetingHeld records a meeting: who came and what was decided.
type MeetingHeld struct {
	wholeRecord

	// Meeting is the number of the one that was called, 0 for one that was not;
	// then Type is given.
	Meeting int           `json:"meeting,omitempty"`
	Type    string        `json:"type,omitempty"`
	At      time.Time     `json:"at"`
	Minutes int           `json:"minutes,omitempty"`
	Came    []Participant `json:"came"`
	// Decisions are what was decided; each is owed from then on.
	Decisions []MeetingDecision `json:"decisions,omitempty"`
	Notes     Text              `json:"notes,omitempty"`
}

// Says tells the event in a sentence.
func (b *MeetingHeld) Says() string {
	return fmt.Sprintf("Meeting held with %s; %s.", count(len(b.Came), "person", "people"), count(len(b.Decisions), "decision", "decisions"))
}

// Narratives returns the notes and the words of each decision.
func (b *MeetingHeld) Narratives() []*Text {
	texts := []*Text{&b.Notes}
	for i := range b.Decisions {
		texts = append(texts, &b.Decisions[i].What)
	}
	return texts
}

func (b *MeetingHeld) happened() moment { return moment{at: b.At} }

func (b *MeetingHeld) check(k *checker) {
	switch {
	case b.Meeting < 0:
		k.refuse("meeting", "Give the number of the meeting that was called, or leave it out.")
	case b.Meeting > 0 && b.Type != "":
		k.refuse("type", "The meeting that was called says what kind it is. Leave the type out, or the number.")
	case b.Meeting == 0:
		k.oneOf("type", b.Type, MeetingTypes()...)
	}
	k.instant("at", b.At)
	k.minutes(b.Minutes)
	k.present("came", b.Came)
	for i, d := range b.Decisions {
		at := fmt.Sprintf("decisions[%d].", i)
		k.required(at+"what", string(d.What))
		k.opaque(at+"owner", d.Owner)
		k.dueDay(at+"due", d.Due, DateOf(b.At.In(k.loc)))
		if d.Result != "" {
			k.refuse(at+"result", "What has just been decided is not done yet. Record how it ended when it has.")
		}
	}
}

func (b *MeetingHeld) blockers(*Case, string) []Blocker { return nil }

func (b *MeetingHeld) refuse(c *Case, _ Command) error {
	if _, called := c.calledMeeting(b.Meeting); b.Meeting > 0 && !called {
		return InvalidField("meeting", "No such meeting is called. Leave the number out, and give the type, to record one that was not.")
	}
	for i, d := range b.Decisions {
		if d.Child != "" && c.child(d.Child) == nil {
			return InvalidField(fmt.Sprintf("decisions[%d].child", i), "This child is not part of this case. Name a child of the case.")
		}
	}
	return nil
}

func (b *MeetingHeld) apply(c *Case, e Event) {
	c.enter(e)
	c.Meetings = slices.Clone(c.Meetings)
	i, called := c.calledMeeting(b.Meeting)
	if !called {
		i = len(c.Meetings)
		c.Meetings = append(c.Meetings, Meeting{Number: i + 1, Type: b.Type})
	}
	m := &c.Meetings[i]
	m.At, m.Status, m.Decisions = b.At, meetingHeld, slices.Clone(b.Decisions)
	for n, d := range b.Decisions {
		c.record(e, Fact{
			Type: FactPlanStepAgreed, Ref: decisionRef(m.Number, n+1), Subject: d.Child, On: DateOf(b.At.In(c.Location())),
			Until: d.Due, Worker: d.Owner, By: "meeting",
		})
	}
}

// calledMeeting finds a meeting that was called and neither held nor cancelled.
func (c *Case) calledMeeting(number int) (int, bool) {
	i := slices.IndexFunc(c.Meetings, func(m Meeting) bool { return m.Number == number && m.Status == meetingCalled })
	return i, i >= 0
}

// MeetingCancel calls a meeting off.
type MeetingCancel struct {
	wholeRecord

	Meeting int  `json:"meeting"`
	Reason  Text `json:"reason"`
}

// Says tells the event in a sentence.
func (b *MeetingCancel) Says() string { return fmt.Sprintf("Meeting %d was called off.", b.Meeting) }

// Narratives returns why.
func (b *MeetingCancel) Narratives() []*Text { return []*Text{&b.Reason} }

func (b *MeetingCancel) check(k *checker) { k.required("reason", string(b.Reason)) }

func (b *MeetingCancel) blockers(c *Case, _ string) []Blocker {
	if slices.ContainsFunc(c.Meetings, func(m Meeting) bool { return m.Status == meetingCalled }) {
		return nil
	}
	return []Blocker{{Code: "no-meeting", Detail: "No meeting is called. Call it first."}}
}

func (b *MeetingCancel) refuse(c *Case, _ Command) error {
	if _, called := c.calledMeeting(b.Meeting); !called {
		return InvalidField("meeting", "No such meeting is called, or it was held or called off already. Name one that is called, or leave the number out.")
	}
	return nil
}

func (b *MeetingCancel) apply(c *Case, _ Event) {
	if i, called := c.calledMeeting(b.Meeting); called {
		c.Meetings = slices.Clone(c.Meetings)
		c.Meetings[i].Status = meetingCancelled
	}
}

// DecisionEnd records what became of a decision of a meeting.
type DecisionEnd struct {
	wholeRecord

	Meeting  int  `json:"meeting"`
	Decision int  `json:"decision"`
	On       Date `json:"on"`
	// Result is one of [DecisionResults].
	Result   string `json:"result"`
	Evidence Text   `json:"evidence,omitempty"`
}

// decisionDone says that what was decided has been done.
const decisionDone = "done"

// DecisionResults are the codes for what became of a decision: adopted means that
// a step of the case plan has taken its place.
func DecisionResults() []string { return []string{decisionDone, "adopted", "dropped"} }

// Says tells the event in a sentence.
func (b *DecisionEnd) Says() string {
	return fmt.Sprintf("Decision %d.%d of a meeting: %s.", b.Meeting, b.Decision, b.Result)
}

// Narratives returns the evidence.
func (b *DecisionEnd) Narratives() []*Text { return []*Text{&b.Evidence} }

func (b *DecisionEnd) happened() moment { return moment{on: b.On} }

func (b *DecisionEnd) check(k *checker) {
	k.day("on", b.On)
	k.oneOf("result", b.Result, DecisionResults()...)
	if b.Result != "adopted" {
		k.required("evidence", string(b.Evidence))
	}
}

func (b *DecisionEnd) blockers(c *Case, _ string) []Blocker {
	open := func(d MeetingDecision) bool { return d.Result == "" }
	if slices.ContainsFunc(c.Meetings, func(m Meeting) bool { return slices.ContainsFunc(m.Decisions, open) }) {
		return nil
	}
	return []Blocker{{Code: "no-decision", Detail: "No decision of a meeting is open. Record the meeting with its decisions first."}}
}

func (b *DecisionEnd) refuse(c *Case, _ Command) error {
	if c.openDecision(b.Meeting, b.Decision) == nil {
		return InvalidField("decision", "There is no such decision, or it has ended already. Name an open one; decisions are numbered within their meeting.")
	}
	return nil
}

func (b *DecisionEnd) apply(c *Case, e Event) {
	if c.openDecision(b.Meeting, b.Decision) == nil {
		return
	}
	c.Meetings = slices.Clone(c.Meetings)
	m := &c.Meetings[b.Meeting-1]
	m.Decisions = slices.Clone(m.Decisions)
	d := &m.Decisions[b.Decision-1]
	d.Result = b.Result
	f := Fact{Type: FactPlanStepDropped, Ref: decisionRef(b.Meeting, b.Decision), Subject: d.Child, On: b.On, Reason: b.Result}
	if b.Result == decisionDone {
		f.Type, f.Reason = FactPlanStepDone, ""
	}
	c.record(e, f)
}

// openDecision finds a decision that is still owed, nil where there is none.
func (c *Case) openDecision(meeting, decision int) *MeetingDecision {
	if meeting < 1 || meeting > len(c.Meetings) || decision < 1 || decision > len(c.Meetings[meeting-1].Decisions) {
		return nil
	}
	if d := &c.Meetings[meeting-1].Decisions[decision-1]; d.Result == "" {
		return d
	}
	return nil
}
