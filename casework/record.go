package casework

import (
	"slices"
	"strconv"
	"time"
)

// StateVersion is the version of the stored form of a state. A newer program
// reads every older version; golden files hold it to that.
const StateVersion = 1

// answersKept is how many answers a record carries along, so that a command
// that is sent again after a continue-as-new is recognised. Older ones are
// found in the log.
const answersKept = 50

// Subject is a person whom duties are about: a child of a case or a victim of a
// report, by opaque ID.
type Subject struct {
	ID string `json:"id"`
	// Born is the date of birth, zero where it is not known.
	Born Date `json:"born,omitzero"`
}

// Record is what a report and a case have in common: identity, law, people,
// facts and duties. It travels with the workflow and holds no names and no
// narratives.
type Record struct {
	Version      int           `json:"version"`
	Kind         AggregateKind `json:"kind"`
	Number       string        `json:"number"`
	Office       string        `json:"office"`
	Jurisdiction string        `json:"jurisdiction"`
	// Timezone is the IANA zone of the office; every local date is a date there.
	Timezone string `json:"timezone"`
	// Pack is the policy pack and version that the record is pinned to.
	Pack       string   `json:"pack"`
	Worker     string   `json:"worker"`
	Supervisor string   `json:"supervisor"`
	Handover   Handover `json:"handover,omitzero"`
	Risk       string   `json:"risk,omitempty"`
	Restricted bool     `json:"restricted,omitempty"`
	// Adults are the grown people whom the record knows.
	Adults   []Adult   `json:"adults,omitempty"`
	OpenedAt time.Time `json:"opened_at"`
	ClosedAt time.Time `json:"closed_at,omitzero"`
	// Revision is the Seq of the last event, Head its hash.
	Revision int    `json:"revision"`
	Head     string `json:"head"`
	// Now is the record's clock at the last event.
	Now   time.Time `json:"now"`
	Facts []Fact    `json:"facts"`
	// Ledger holds each duty as it was last recorded, by ID. What is settled is
	// kept in short form.
	Ledger []Duty `json:"ledger,omitempty"`
	// Answers are the last answers given, oldest first.
	Answers []Answer `json:"answers,omitempty"`

	location *time.Location
	// standing are the facts that stand, as of so many facts.
	standing   []Fact
	standingOf int
}

// Base returns the record itself; states embed it.
func (r *Record) Base() *Record { return r }

// Exists says whether the record has been opened.
func (r *Record) Exists() bool { return r.Revision > 0 }

// Closed says whether the record is closed for ever.
func (r *Record) Closed() bool { return !r.ClosedAt.IsZero() }

// Location returns the zone of the record's office, UTC before it is opened.
func (r *Record) Location() *time.Location {
	if r.location == nil {
		loc, err := time.LoadLocation(r.Timezone)
		if err != nil {
			loc = time.UTC
		}
		r.location = loc
	}
	return r.location
}

// Answered returns the answer that was given to a command, if it is still known here.
func (r *Record) Answered(commandID string) (Answer, bool) {
	for _, a := range r.Answers {
		if a.CommandID == commandID {
			return a, true
		}
	}
	return Answer{}, false
}

// Keep remembers an answer, and forgets the oldest where there are too many.
func (r *Record) Keep(a Answer) {
	r.Answers = append(slices.Clip(r.Answers), a)
	if extra := len(r.Answers) - answersKept; extra > 0 {
		r.Answers = slices.Clone(r.Answers[extra:])
	}
}

// admits says whether the record takes steps at all, and this one at this revision.
func (r *Record) admits(step Step, c Command) error {
	opening := step.Name == StepReceive || step.Name == StepOpen || step.Name == StepBranch
	switch {
	case !r.Exists() && !opening:
		return NewError(NotFound, "There is no such record.")
	case r.Exists() && opening:
		return NewError(Blocked, "This record is open already. Take one of its next steps.")
	case r.Exists() && !r.Closed() && step.Reopens:
		return NewError(Blocked, "This record is open. Only a closed one is reopened; take one of its next steps.")
	case r.Closed() && !step.Reopens:
		return NewError(Gone, "This record is closed. It can be read, but takes no further steps. Reopen a case, or take what is new as a new report.")
	case c.Revision != 0 && c.Revision != r.Revision:
		return NewError(Stale, "Somebody has changed this record since you read it. Read it again, then decide.")
	}
	return nil
}

// record adds facts of an event, giving each its ID and the time of recording.
// A caller's clock may run a little ahead; nothing counts as having happened
// after it was recorded, or a record could close before its own last fact.
func (r *Record) record(e Event, facts ...Fact) {
	first := r.factsOf(e)
	for i := range facts {
		facts[i].ID = factID(e.Seq, first+i+1)
		facts[i].Recorded = e.RecordedAt
		if !e.RecordedAt.IsZero() && facts[i].At.After(e.RecordedAt) {
			facts[i].At = e.RecordedAt
		}
	}
	r.Facts = append(slices.Clip(r.Facts), facts...)
}

// recordEach adds a fact about each of several children or victims, in their order.
func (r *Record) recordEach(e Event, subjects []string, f Fact) {
	for _, id := range subjects {
		f.Subject = id
		r.record(e, f)
	}
}

// factsOf counts the facts that this event has recorded so far.
func (r *Record) factsOf(e Event) int {
	n := 0
	for i := len(r.Facts) - 1; i >= 0 && r.Facts[i].Recorded.Equal(e.RecordedAt); i-- {
		if eventOf(r.Facts[i].ID) == strconv.Itoa(e.Seq) {
			n++
		}
	}
	return n
}

// current returns [Current] of the record's facts. Facts are only ever added, so it
// is worked out once for each number of them.
func (r *Record) current() []Fact {
	if r.standingOf != len(r.Facts) {
		r.standing, r.standingOf = Current(r.Facts), len(r.Facts)
	}
	return r.standing
}

// advance moves the record to an event.
func (r *Record) advance(e Event) {
	r.Revision, r.Head, r.Now = e.Seq, e.Hash, e.RecordedAt
}

// fork returns a copy that can be changed without the original seeing it.
// Slices are only ever appended to or replaced, except the ledger.
func (r *Record) fork() Record {
	f := *r
	f.Ledger = slices.Clone(r.Ledger)
	return f
}

// CurrentFact finds a fact that no later fact corrects.
func (r *Record) CurrentFact(id string) (Fact, bool) {
	for _, f := range r.current() {
		if f.ID == id {
			return f, true
		}
	}
	return Fact{}, false
}
