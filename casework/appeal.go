package casework

import (
	"fmt"
	"slices"
)

// Appeal is somebody's request that a decision be looked at again by others.
type Appeal struct {
	wholeRecord

	// Notice is the number of the notice of rights that it answers, if one does.
	Notice int         `json:"notice,omitempty"`
	About  string      `json:"about"`
	By     Participant `json:"by"`
	On     Date        `json:"on"`
	// DecideBy is the day by which it is to be decided.
	DecideBy Date `json:"decide_by"`
	// Late says that it came after the window that the notice gave: whoever
	// decides says whether it is heard.
	Late  bool `json:"late,omitempty"`
	Words Text `json:"words,omitempty"`
}

// Says tells the event in a sentence.
func (b *Appeal) Says() string {
	return fmt.Sprintf("Appeal filed (%s), to be decided by %s.", b.About, b.DecideBy.Long())
}

// Narratives returns what was appealed and why.
func (b *Appeal) Narratives() []*Text { return []*Text{&b.Words} }

func (b *Appeal) happened() moment { return moment{on: b.On} }

func (b *Appeal) check(k *checker) {
	k.oneOf("about", b.About, RightSubjects()...)
	k.one("by", b.By)
	k.day("on", b.On)
	k.dueDay("decide_by", b.DecideBy, b.On)
}

func (b *Appeal) blockers(*Case, string) []Blocker { return nil }

func (b *Appeal) refuse(c *Case, cmd Command) error {
	if err := c.knownParticipant(cmd, "by", b.By); err != nil || b.Notice == 0 {
		return err
	}
	i := slices.IndexFunc(c.Rights, func(r Right) bool {
		return r.Kind == rightNotice && r.Number == b.Notice && !r.Settled.IsZero()
	})
	if i < 0 {
		return InvalidField("notice", "No such notice of rights has been given. Leave it out, or record the notice first.")
	}
	if window := c.Rights[i].Window; !b.Late && !window.IsZero() && b.On.After(window) {
		return InvalidField("late", "The time to appeal ended on "+window.Long()+". An appeal is never turned away here: set late, "+
			"and whoever decides says whether it is heard.")
	}
	return nil
}

func (b *Appeal) apply(c *Case, e Event) {
	r := c.addRight(Right{Kind: rightAppeal, About: b.About, Person: b.By, Until: b.DecideBy})
	c.record(e, Fact{Type: FactAppealFiled, Ref: r.Ref(), On: b.On, Until: b.DecideBy, Reason: b.About})
}

// AppealDecision ends an appeal.
type AppealDecision struct {
	wholeRecord

	Appeal int  `json:"appeal"`
	On     Date `json:"on"`
	// Result is one of [AppealResults].
	Result string `json:"result"`
	Words  Text   `json:"words,omitempty"`
}

// AppealResults are the codes for how an appeal ends.
func AppealResults() []string {
	return []string{"upheld", "reversed", "changed", "dismissed", "withdrawn"}
}

// Says tells the event in a sentence.
func (b *AppealDecision) Says() string {
	return fmt.Sprintf("Appeal %d ended, the decision was %s.", b.Appeal, map[string]string{
		"upheld": "upheld", "reversed": "reversed", "changed": "changed", "dismissed": "left as it was: dismissed",
		"withdrawn": "left as it was: withdrawn",
	}[b.Result])
}

// Narratives returns the reasons.
func (b *AppealDecision) Narratives() []*Text { return []*Text{&b.Words} }

func (b *AppealDecision) happened() moment { return moment{on: b.On} }

func (b *AppealDecision) check(k *checker) {
	k.day("on", b.On)
	k.oneOf("result", b.Result, AppealResults()...)
}

func (b *AppealDecision) blockers(c *Case, _ string) []Blocker {
	if c.anyOpenRight(rightAppeal) {
		return nil
	}
	return []Blocker{{Code: "no-appeal", Detail: "No appeal waits for a decision. Record the appeal first."}}
}

func (b *AppealDecision) refuse(c *Case, _ Command) error {
	if _, open := c.openRight(rightAppeal, b.Appeal); !open {
		return InvalidField("appeal", "There is no such appeal, or it has been decided already. Name one that waits; against a wrong decision, record a new appeal.")
	}
	return nil
}

func (b *AppealDecision) apply(c *Case, e Event) {
	if i, open := c.openRight(rightAppeal, b.Appeal); open {
		r := c.settleRight(i, b.On, b.Result)
		c.record(e, Fact{Type: FactAppealDecided, Ref: r.Ref(), On: b.On, Reason: b.Result})
	}
}

// Grievance is a complaint of a child, a parent, a caregiver or another about how
// they were treated.
type Grievance struct {
	wholeRecord

	About    string      `json:"about"`
	By       Participant `json:"by"`
	On       Date        `json:"on"`
	AnswerBy Date        `json:"answer_by"`
	Words    Text        `json:"words"`
}

// Says tells the event in a sentence.
func (b *Grievance) Says() string {
	return fmt.Sprintf("Grievance filed (%s), to be answered by %s.", b.About, b.AnswerBy.Long())
}

// Narratives returns the complaint.
func (b *Grievance) Narratives() []*Text { return []*Text{&b.Words} }

func (b *Grievance) happened() moment { return moment{on: b.On} }

func (b *Grievance) check(k *checker) {
	k.oneOf("about", b.About, RightSubjects()...)
	k.one("by", b.By)
	k.day("on", b.On)
	k.dueDay("answer_by", b.AnswerBy, b.On)
	k.required("words", string(b.Words))
}

func (b *Grievance) blockers(*Case, string) []Blocker { return nil }

func (b *Grievance) refuse(c *Case, cmd Command) error { return c.knownParticipant(cmd, "by", b.By) }

func (b *Grievance) apply(c *Case, e Event) {
	r := c.addRight(Right{Kind: rightGrievance, About: b.About, Person: b.By, Until: b.AnswerBy})
	c.record(e, Fact{Type: FactGrievanceFiled, Ref: r.Ref(), On: b.On, Until: b.AnswerBy, Reason: b.About})
}

// GrievanceAnswer answers a grievance. The caseworker of the case does not: a
// complaint may be about them.
type GrievanceAnswer struct {
	wholeRecord

	Grievance int  `json:"grievance"`
	On        Date `json:"on"`
	// Result is one of [GrievanceResults].
	Result string `json:"result"`
	Words  Text   `json:"words"`
}

// GrievanceResults are the codes for how a grievance ends.
func GrievanceResults() []string { return []string{"granted", "partly-granted", "denied", "withdrawn"} }

// Says tells the event in a sentence.
func (b *GrievanceAnswer) Says() string {
	return fmt.Sprintf("Grievance %d answered: %s.", b.Grievance, b.Result)
}

// Narratives returns the answer.
func (b *GrievanceAnswer) Narratives() []*Text { return []*Text{&b.Words} }

func (b *GrievanceAnswer) happened() moment { return moment{on: b.On} }

func (b *GrievanceAnswer) check(k *checker) {
	k.day("on", b.On)
	k.oneOf("result", b.Result, GrievanceResults()...)
	k.required("words", string(b.Words))
}

func (b *GrievanceAnswer) blockers(c *Case, _ string) []Blocker {
	if c.anyOpenRight(rightGrievance) {
		return nil
	}
	return []Blocker{{Code: "no-grievance", Detail: "No grievance waits for an answer. Record the grievance first."}}
}

func (b *GrievanceAnswer) refuse(c *Case, cmd Command) error {
	if _, open := c.openRight(rightGrievance, b.Grievance); !open {
		return InvalidField("grievance", "There is no such grievance, or it has been answered already. Name one that waits for its answer.")
	}
	if cmd.Actor.ID == c.Worker {
		return NewError(Forbidden, "Nobody answers a grievance in their own case. Another supervisor or a manager must do it.")
	}
	return nil
}

func (b *GrievanceAnswer) apply(c *Case, e Event) {
	if i, open := c.openRight(rightGrievance, b.Grievance); open {
		r := c.settleRight(i, b.On, b.Result)
		c.record(e, Fact{Type: FactGrievanceAnswered, Ref: r.Ref(), On: b.On, Reason: b.Result})
	}
}

// appealPending blocks the end of a case whose decisions are being looked at again.
func (c *Case) appealPending() []Blocker {
	if !c.anyOpenRight(rightAppeal) {
		return nil
	}
	return []Blocker{{Code: "appeal-pending", Detail: "An appeal has not been decided. Record the decision, or that it was withdrawn, first."}}
}
