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
	// DutySuperseded: the facts no longer require it (a correction, an exit).
	DutySuperseded DutyStatus = "superseded"
	// DutyIncurable: missed, and no later act can mend it (45 CFR 1356.21(c)).
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
	// "caseworker-visit/P12/3". It holds nothing personal.
	ID         string `json:"id"`
	Clock      string `json:"clock"`
	Subject    string `json:"subject,omitempty"`
	Occurrence int    `json:"occurrence"`
	// Title is what a person must do, in plain words: "Visit the child".
	Title string `json:"title"`
	// Due is what people read: a local date for day and month clocks, a local
	// RFC 3339 instant for hour clocks.
	Due string `json:"due"`
	// DueAt is the UTC instant after which the duty is overdue.
	DueAt time.Time `json:"due_at"`
	// OriginalDue is the date before extensions, kept for measurement.
	OriginalDue string     `json:"original_due,omitempty"`
	Status      DutyStatus `json:"status"`
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
}
