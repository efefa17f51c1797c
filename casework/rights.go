package casework

import (
	"fmt"
	"slices"
	"strconv"
)

// rightSteps lists what people are told of, may appeal and may complain about.
func rightSteps() []Step {
	works := []Role{RoleCaseworker, RoleSupervisor}
	leads := []Role{RoleSupervisor, RoleManager}
	return []Step{
		caseStep("rights-notice.owe", "rights-notice.owed", "Say that a notice of rights is owed", "rights-notices-owed", works, false,
			func() Body { return &RightsNoticeOwed{} }),
		caseStep("rights-notice.give", "rights-notice.given", "Record that a notice of rights was given", "rights-notices", works, false,
			func() Body { return &RightsNotice{} }),
		caseStep("appeal.file", "appeal.filed", "Record an appeal", "appeals", works, false, func() Body { return &Appeal{} }),
		caseStep("appeal.decide", "appeal.decided", "Record how an appeal was decided", "appeal-decisions", works, false,
			func() Body { return &AppealDecision{} }),
		caseStep("grievance.file", "grievance.filed", "Record a grievance", "grievances", works, false,
			func() Body { return &Grievance{} }),
		caseStep("grievance.answer", "grievance.answered", "Answer a grievance", "grievance-answers", leads, false,
			func() Body { return &GrievanceAnswer{} }),
	}
}

// The kinds of right that a case keeps.
const (
	rightNotice    = "rights-notice"
	rightAppeal    = "appeal"
	rightGrievance = "grievance"
)

// Right is a notice of rights, an appeal or a grievance as a case keeps it. Each
// kind has numbers of its own.
type Right struct {
	Kind   string `json:"kind"`
	Number int    `json:"number"`
	// About is one of [RightSubjects].
	About string `json:"about"`
	// Person is who is to be told, or who has appealed or complained.
	Person Participant `json:"person"`
	// Until is the day by which the notice, the decision or the answer is due.
	Until Date `json:"until,omitzero"`
	// Window is the last day on which the one who was told may appeal.
	Window Date `json:"window,omitzero"`
	// Settled is when it was given, decided or answered; Result is how.
	Settled Date   `json:"settled,omitzero"`
	Result  string `json:"result,omitempty"`
}

// Ref names the right in facts: "appeal-2".
func (r Right) Ref() string { return r.Kind + "-" + strconv.Itoa(r.Number) }

// RightSubjects are the codes for what a notice, an appeal or a grievance is about.
func RightSubjects() []string {
	return []string{
		"finding", "removal", "placement", "case-plan", "visits", "service-denied", "school", "termination", "treatment-by-staff",
		"records", "other",
	}
}

// addRight keeps a new one and returns it with its number.
func (c *Case) addRight(r Right) Right {
	r.Number = 1
	for _, old := range c.Rights {
		if old.Kind == r.Kind {
			r.Number++
		}
	}
	c.Rights = append(slices.Clip(c.Rights), r)
	return r
}

// openRight finds one of a kind that is not settled, by number.
func (c *Case) openRight(kind string, number int) (int, bool) {
	i := slices.IndexFunc(c.Rights, func(r Right) bool {
		return r.Kind == kind && r.Number == number && r.Settled.IsZero()
	})
	return i, i >= 0
}

// settleRight notes how one ended.
func (c *Case) settleRight(i int, on Date, result string) Right {
	c.Rights = slices.Clone(c.Rights)
	c.Rights[i].Settled, c.Rights[i].Result = on, result
	return c.Rights[i]
}

func (c *Case) anyOpenRight(kind string) bool {
	return slices.ContainsFunc(c.Rights, func(r Right) bool { return r.Kind == kind && r.Settled.IsZero() })
}

// dueDay refuses a due date that is missing or before the day from which it runs.
func (k *checker) dueDay(field string, due, from Date) {
	if due.IsZero() || due.Before(from) {
		k.refuse(field, "Say by which day it is due; it cannot be before the day on which it began.")
	}
}

func (k *checker) one(field string, p Participant) { k.participant(field+".", p) }

// RightsNoticeOwed says that somebody is to be told of their rights by a day.
type RightsNoticeOwed struct {
	wholeRecord

	About string      `json:"about"`
	To    Participant `json:"to"`
	Due   Date        `json:"due"`
}

// Says tells the event in a sentence.
func (b *RightsNoticeOwed) Says() string {
	return fmt.Sprintf("A notice of rights is owed (%s) by %s.", b.About, b.Due.Long())
}

func (b *RightsNoticeOwed) check(k *checker) {
	k.oneOf("about", b.About, RightSubjects()...)
	k.one("to", b.To)
	k.dueDay("due", b.Due, earliest())
}

func (b *RightsNoticeOwed) blockers(*Case, string) []Blocker { return nil }

func (b *RightsNoticeOwed) refuse(c *Case, cmd Command) error {
	return c.knownParticipant(cmd, "to", b.To)
}

func (b *RightsNoticeOwed) apply(c *Case, e Event) {
	r := c.addRight(Right{Kind: rightNotice, About: b.About, Person: b.To, Until: b.Due})
	c.record(e, Fact{Type: FactRightsNoticeOwed, Ref: r.Ref(), On: DateOf(e.RecordedAt.In(c.Location())), Until: b.Due, Reason: b.About})
}

// RightsNotice records that somebody was told of their rights, with the last day
// on which they may appeal.
type RightsNotice struct {
	wholeRecord

	// Notice is the number of the one that was owed, 0 where none was on record;
	// then About and To are given.
	Notice int         `json:"notice,omitempty"`
	About  string      `json:"about,omitempty"`
	To     Participant `json:"to,omitzero"`
	On     Date        `json:"on"`
	// How is one of [NoticeWays].
	How string `json:"how"`
	// AppealUntil is the last day on which they may appeal, none where left out.
	AppealUntil Date `json:"appeal_until,omitzero"`
	Notes       Text `json:"notes,omitempty"`
}

// NoticeWays are the codes for how somebody was told.
func NoticeWays() []string {
	return []string{"in-hand", "mail", "registered-mail", "e-mail", "court-service", "publication", "other"}
}

// Says tells the event in a sentence.
func (b *RightsNotice) Says() string { return "Notice of rights given: " + b.How + "." }

// Narratives returns the notes.
func (b *RightsNotice) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *RightsNotice) happened() moment { return moment{on: b.On} }

func (b *RightsNotice) check(k *checker) {
	switch given := b.About != "" || b.To != (Participant{}); {
	case b.Notice < 0:
		k.refuse("notice", "Give the number of the notice that is owed, or leave it out.")
	case b.Notice > 0 && given:
		k.refuse("notice", "The notice that is owed says what it is about and to whom. Leave about and to out, or the number.")
	case b.Notice == 0:
		k.oneOf("about", b.About, RightSubjects()...)
		k.one("to", b.To)
	}
	k.day("on", b.On)
	k.oneOf("how", b.How, NoticeWays()...)
	if !b.AppealUntil.IsZero() {
		k.dueDay("appeal_until", b.AppealUntil, b.On)
	}
}

func (b *RightsNotice) blockers(*Case, string) []Blocker { return nil }

func (b *RightsNotice) refuse(c *Case, cmd Command) error {
	if _, open := c.openRight(rightNotice, b.Notice); b.Notice > 0 && !open {
		return InvalidField("notice", "No such notice is owed, or it has been given already. Leave the number out to record another one.")
	}
	return c.knownParticipant(cmd, "to", b.To)
}

func (b *RightsNotice) apply(c *Case, e Event) {
	i, open := c.openRight(rightNotice, b.Notice)
	if !open {
		c.addRight(Right{Kind: rightNotice, About: b.About, Person: b.To})
		i = len(c.Rights) - 1
	}
	r := c.settleRight(i, b.On, b.How)
	c.Rights[i].Window = b.AppealUntil
	c.record(e, Fact{Type: FactRightsNoticeGiven, Ref: r.Ref(), On: b.On, Reason: r.About})
}
