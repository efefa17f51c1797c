package casework

import (
	"fmt"
	"slices"
	"time"
)

// furthest is how many years ahead a court can set a day; later ones are slips
// of the keyboard.
const furthest = 5

// CourtDate is a hearing that is to come, or was; what was held is told by
// [Hearing].
type CourtDate struct {
	// Ref is its number within the case: "hearing-1".
	Ref      string    `json:"ref"`
	Type     string    `json:"type"`
	Children []string  `json:"children"`
	At       time.Time `json:"at"`
	Matter   string    `json:"matter,omitempty"`
	// Lead is how many days before the hearing the judge wants the court report,
	// 0 where the law's own lead counts.
	Lead int `json:"lead,omitempty"`
	// Heard are the children for whom it was held, while others still wait.
	Heard []string `json:"heard,omitempty"`
	// Status is "" while it is to come, and else held, vacated or withdrawn.
	Status string `json:"status,omitempty"`
}

// What becomes of a hearing, or of an order.
const (
	courtHeld      = "held"
	courtVacated   = "vacated"
	courtComplied  = "complied"
	courtWithdrawn = "withdrawn" // its fact was withdrawn: it never was
)

// HearingSchedule puts a hearing on the calendar of the case.
type HearingSchedule struct {
	Children []string `json:"children"`
	// Type is one of [HearingTypes], without orders on the papers.
	Type string `json:"type"`
	// At is the day and the time, to come.
	At    time.Time `json:"at"`
	Judge Text      `json:"judge,omitempty"`
	// Matter is the court matter that it is held in: "matter-1".
	Matter string `json:"matter,omitempty"`
	// ReportDue is the day by which the judge wants the court report; the law's
	// own day otherwise.
	ReportDue Date `json:"report_due,omitzero"`
}

// Says tells the event in a sentence.
func (b *HearingSchedule) Says() string { return hearingNames()[b.Type] + " scheduled." }

// Narratives returns the judge.
func (b *HearingSchedule) Narratives() []*Text { return []*Text{&b.Judge} }

func (b *HearingSchedule) subjects() []string { return b.Children }

func (b *HearingSchedule) check(k *checker) {
	k.list("children", b.Children)
	k.oneOf("type", b.Type, slices.DeleteFunc(HearingTypes(), func(t string) bool { return t == OnPapers })...)
	k.ahead("at", b.At)
	k.lead("report_due", b.ReportDue, b.At)
}

// ahead refuses an instant that is not to come, and one that is too far ahead.
func (k *checker) ahead(field string, t time.Time) {
	switch {
	case t.IsZero():
		k.refuse(field, "A time with its zone, like 2026-01-31T14:05:00-08:00, is required.")
	case !t.After(k.now):
		k.refuse(field, "This time has passed. Record the hearing as held instead, or give the day that is to come.")
	case t.After(k.now.AddDate(furthest, 0, 0)):
		k.refuse(field, "This time is too far ahead to be right. Give one within five years.")
	}
}

// lead refuses a report that would be due on the day of its hearing or later.
func (k *checker) lead(field string, due Date, hearing time.Time) {
	if !due.IsZero() && (due.Before(earliest()) || !due.Before(DateOf(hearing.In(k.loc)))) {
		k.refuse(field, "A court report is due before the day of its hearing. Leave it out where the judge named no day.")
	}
}

func (b *HearingSchedule) blockers(c *Case, id string) []Blocker { return c.beforeCourt(id) }

func (b *HearingSchedule) refuse(c *Case, _ Command) error {
	if err := c.ofMatter(b.Matter, b.Children); err != nil {
		return err
	}
	if twice, ok := c.sameDay(b.Type, b.Children, b.At); ok {
		return InvalidField("at", "This hearing is on the calendar already, as "+twice.Ref+". Put that one off instead, or give another time.")
	}
	return nil
}

func (b *HearingSchedule) apply(c *Case, e Event) {
	date := CourtDate{
		Ref: fmt.Sprintf("hearing-%d", len(c.Court.Dates)+1), Type: b.Type, Children: b.Children, At: b.At, Matter: b.Matter,
	}
	if !b.ReportDue.IsZero() {
		date.Lead = b.ReportDue.DaysUntil(DateOf(b.At.In(c.Location())))
	}
	c.Court.Dates = append(slices.Clip(c.Court.Dates), date)
	c.calls(e, date, "")
}

func (b *HearingSchedule) item(c *Case) string { return c.Court.Dates[len(c.Court.Dates)-1].Ref }

// calls records on which day a hearing is to be. It is one thing for all of its
// children, and so is the report for it.
func (c *Case) calls(e Event, date CourtDate, reason string) {
	c.record(e, Fact{
		Type: FactHearingScheduled, Subject: sole(date.Children), At: e.RecordedAt, Ref: date.Ref,
		Until: DateOf(date.At.In(c.Location())), Days: date.Lead, Reason: reason,
	})
}

// sole is the only child of a list; a thing about several is about no single one.
func sole(ids []string) string {
	if len(ids) == 1 {
		return ids[0]
	}
	return ""
}

// sameDay finds a hearing of a type that waits for one of the children on a day.
func (c *Case) sameDay(kind string, ids []string, at time.Time) (CourtDate, bool) {
	day := DateOf(at.In(c.Location()))
	for _, d := range c.Court.Dates {
		waits := slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(d.Children, id) })
		if d.Status == "" && d.Type == kind && waits && DateOf(d.At.In(c.Location())).Equal(day) {
			return d, true
		}
	}
	return CourtDate{}, false
}

// courtDate finds a hearing of the calendar by its number.
func (c *Case) courtDate(ref string) *CourtDate {
	for i := range c.Court.Dates {
		if c.Court.Dates[i].Ref == ref {
			return &c.Court.Dates[i]
		}
	}
	return nil
}

// waiting finds a hearing that is still to be held, or refuses.
func (c *Case) waiting(ref string) (CourtDate, error) {
	date := c.courtDate(ref)
	switch {
	case date == nil || date.Status == courtWithdrawn:
		return CourtDate{}, InvalidField("hearing", "This case has no such hearing on its calendar. Name one that it shows, or schedule it first.")
	case date.Status != "":
		return CourtDate{}, InvalidField("hearing", "This hearing was "+date.Status+" already. Schedule a new one.")
	}
	return *date, nil
}

// scheduled blocks what needs a hearing to come.
func (c *Case) scheduled() []Blocker {
	if slices.ContainsFunc(c.Court.Dates, func(d CourtDate) bool { return d.Status == "" }) {
		return nil
	}
	return []Blocker{{Code: "no-hearing-scheduled", Detail: "No hearing is on the calendar. Schedule it first."}}
}

// Continuance puts a hearing off to another day. It extends nothing: whatever the
// law asks for stays due on its day, also the hearing itself.
type Continuance struct {
	wholeRecord

	// Hearing is its number: "hearing-1".
	Hearing string `json:"hearing"`
	// To is the new day and time, to come.
	To time.Time `json:"to"`
	// Reason is one of [ContinuanceReasons]; Notes say more.
	Reason string `json:"reason"`
	Notes  Text   `json:"notes,omitempty"`
	// ReportDue is as in [HearingSchedule]; the judge's lead stays otherwise.
	ReportDue Date `json:"report_due,omitzero"`
}

// ContinuanceReasons are the codes for why a hearing is put off.
func ContinuanceReasons() []string {
	return []string{
		"court-calendar", "agency-request", "parent-request", "child-request", "notice-not-given", "counsel-not-ready",
		"evidence-missing", "other",
	}
}

// Says tells the event in a sentence.
func (b *Continuance) Says() string {
	return "Hearing " + b.Hearing + " continued (" + b.Reason + "). That extends no date of the law."
}

// Advice tells the caller what a continuance does not do.
func (b *Continuance) Advice() string {
	return "A continuance extends nothing. Only the court report moved with the hearing; every duty that the law sets is still " +
		"due on its day, also the one that this hearing was to meet."
}

// Narratives returns the notes.
func (b *Continuance) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *Continuance) check(k *checker) {
	k.required("hearing", b.Hearing)
	k.ahead("to", b.To)
	k.oneOf("reason", b.Reason, ContinuanceReasons()...)
	k.lead("report_due", b.ReportDue, b.To)
}

func (b *Continuance) blockers(c *Case, _ string) []Blocker { return c.scheduled() }

func (b *Continuance) refuse(c *Case, _ Command) error {
	date, err := c.waiting(b.Hearing)
	if err != nil {
		return err
	}
	if date.At.Equal(b.To) {
		return InvalidField("to", "The hearing is at this time already. Give the new day, or leave it as it is.")
	}
	return nil
}

func (b *Continuance) apply(c *Case, e Event) {
	c.Court.Dates = slices.Clone(c.Court.Dates)
	date := c.courtDate(b.Hearing)
	date.At = b.To
	if !b.ReportDue.IsZero() {
		date.Lead = b.ReportDue.DaysUntil(DateOf(b.To.In(c.Location())))
	}
	c.calls(e, *date, b.Reason)
}

func (b *Continuance) item(*Case) string { return b.Hearing }

// VacatedHearing takes a hearing off the calendar.
type VacatedHearing struct {
	wholeRecord

	// Hearing is its number: "hearing-1".
	Hearing string `json:"hearing"`
	Reason  Text   `json:"reason"`
}

// Says tells the event in a sentence.
func (b *VacatedHearing) Says() string { return "Hearing " + b.Hearing + " taken off the calendar." }

// Narratives returns the reason.
func (b *VacatedHearing) Narratives() []*Text { return []*Text{&b.Reason} }

func (b *VacatedHearing) check(k *checker) {
	k.required("hearing", b.Hearing)
	k.required("reason", string(b.Reason))
}

func (b *VacatedHearing) blockers(c *Case, _ string) []Blocker { return c.scheduled() }

func (b *VacatedHearing) refuse(c *Case, _ Command) error {
	_, err := c.waiting(b.Hearing)
	return err
}

func (b *VacatedHearing) apply(c *Case, e Event) {
	c.settles(e, *c.courtDate(b.Hearing), e.RecordedAt, courtVacated)
}

func (b *VacatedHearing) item(*Case) string { return b.Hearing }

// settles records what became of a hearing.
func (c *Case) settles(e Event, date CourtDate, at time.Time, how string) {
	c.record(e, Fact{Type: FactHearingSettled, Subject: sole(date.Children), At: at, Ref: date.Ref, Reason: how})
}
