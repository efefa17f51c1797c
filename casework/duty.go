package casework

import "time"

// DutyStatus is where a duty stands.
type DutyStatus string

// The statuses of a duty. Late is recordable: a duty whose window has passed
// stays overdue until it is met late, and never disappears.
const (
	DutyOpen    DutyStatus = "open"
	DutyAtRisk  DutyStatus = "at-risk"
	DutyOverdue DutyStatus = "overdue"
	DutyMet     DutyStatus = "met"
	DutyMetLate DutyStatus = "met-late"
	DutyWaived  DutyStatus = "waived"
	DutyPaused  DutyStatus = "paused"
	// DutySuperseded: it was recorded once, and the facts no longer require it (a
	// correction, an exit). Only the ledger of a record has it, never policy.
	DutySuperseded DutyStatus = "superseded"
	// DutyIncurable: missed, and no later act can meet it, because the law says
	// so (45 CFR 1356.21(c)) or because what required it has ended.
	DutyIncurable DutyStatus = "incurable"
)

// Pending says whether somebody still owes the duty.
func (s DutyStatus) Pending() bool {
	return s == DutyOpen || s == DutyAtRisk || s == DutyOverdue
}

// Duty is something that the law or the plan requires now: who owes it, when
// it is due, under which citation, and by which steps the date was reached.
// Duties are computed by policy from facts and never typed.
type Duty struct {
	// ID is stable across recomputation: clock, subject and occurrence,
	// "caseworker-visit/P12/3", and the item where there is one,
	// "court-order/1/order-2". It holds nothing personal.
	ID      string `json:"id"`
	Clock   string `json:"clock"`
	Subject string `json:"subject,omitempty"`
	// Ref is the item of the record that the duty is about, where the clock runs
	// for each of several: "order-2". It is then the last part of the ID.
	Ref        string `json:"ref,omitempty"`
	Occurrence int    `json:"occurrence"`
	// Title is what a person must do, in plain words: "Visit the child".
	Title string `json:"title"`
	// Due is what people read: a local date for day and month clocks, a local
	// RFC 3339 instant for hour clocks.
	Due string `json:"due"`
	// DueAt is the UTC instant after which the duty is overdue.
	DueAt time.Time `json:"due_at"`
	// OriginalDue is the date before extensions, kept for measurement.
	OriginalDue string `json:"original_due,omitempty"`
	// NotBefore is the first local day of a window: an earlier act does not count.
	NotBefore Date       `json:"not_before,omitzero"`
	Status    DutyStatus `json:"status"`
	// ResumesAt is the UTC instant at which the pause of a paused duty ends by
	// plan, zero where no end is planned.
	ResumesAt time.Time `json:"resumes_at,omitzero"`
	// MetOn is the day, or the instant, at which it was met; MetBy the fact that met it.
	MetOn string `json:"met_on,omitempty"`
	MetBy string `json:"met_by,omitempty"`
	// Owner is the role that owes the duty.
	Owner       Role     `json:"owner"`
	Citation    string   `json:"citation"`
	Consequence string   `json:"consequence,omitempty"`
	Why         []string `json:"why"`
	// Rungs are the moments of the escalation ladder, earliest first.
	Rungs []Rung `json:"rungs,omitempty"`
	// Told counts the rungs that have been acted on.
	Told int `json:"told,omitempty"`
	// MovedTo is the case in which a superseded duty goes on, since the children
	// whom it is about have left for it.
	MovedTo string `json:"moved_to,omitempty"`

	*DayCount
}

// DayCount is how far a clock is that counts days inside a sliding window ("15
// of the most recent 22 months"), at the time of the evaluation. It changes
// every day, so a ledger does not keep it.
type DayCount struct {
	Counted  int `json:"days_counted"`
	Needed   int `json:"days_needed"`
	Excluded int `json:"days_excluded"`
	// From and To are the first and the last day of the window.
	From Date `json:"window_from"`
	To   Date `json:"window_to"`
}

// RungKind says what a rung of the ladder tells.
type RungKind string

// The rungs of a ladder.
const (
	RungAtRisk    RungKind = "at-risk"
	RungOverdue   RungKind = "overdue"
	RungEscalated RungKind = "escalated"
)

// Rung is one moment at which somebody must be told about a pending duty.
type Rung struct {
	Kind RungKind  `json:"kind"`
	At   time.Time `json:"at"`
	Tell []Role    `json:"tell"`
}

// NextWake returns the next instant after now at which time alone changes the
// duty or must tell somebody, and the zero time when there is none.
func (d Duty) NextWake(now time.Time) time.Time {
	if d.Status == DutyPaused && d.ResumesAt.After(now) {
		return d.ResumesAt
	}
	if !d.Status.Pending() {
		return time.Time{}
	}
	var next time.Time
	consider := func(t time.Time) {
		if t.After(now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	for _, r := range d.Rungs {
		consider(r.At)
	}
	// A duty turns overdue in the second after its last permitted one.
	consider(d.DueAt.Add(time.Second))
	return next
}

// DutyChange is one line of a duties.changed event: what a duty was and what
// it is now. A new duty has no OldDue.
type DutyChange struct {
	Duty      Duty       `json:"duty"`
	OldStatus DutyStatus `json:"old_status,omitempty"`
	OldDue    string     `json:"old_due,omitempty"`
	// OldCitation is the law under which it was owed before, where that is another.
	OldCitation string `json:"old_citation,omitempty"`
	// Reworded says that date and status stay as they were, and what they rest on
	// is another: the reason, the law or the ladder.
	Reworded bool `json:"reworded,omitempty"`
}
