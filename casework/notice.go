package casework

import "time"

// NoticeKind says why a person is told something.
type NoticeKind string

// The kinds of notice.
const (
	NoticeDutyAtRisk    NoticeKind = "duty-at-risk"
	NoticeDutyOverdue   NoticeKind = "duty-overdue"
	NoticeDutyEscalated NoticeKind = "duty-escalated"
	NoticeDutyMoved     NoticeKind = "duty-moved"
	NoticeAssigned      NoticeKind = "assigned"
	// NoticeUnassigned: nobody carries the record.
	NoticeUnassigned NoticeKind = "unassigned"
	NoticeApproval   NoticeKind = "approval-asked"
	NoticeReturned   NoticeKind = "returned"
	NoticeApproved   NoticeKind = "approved"
	// NoticeGlassBroken: somebody reads a record that is not theirs.
	NoticeGlassBroken NoticeKind = "glass-broken"
	// NoticeGlassUnreviewed: nobody has said in time whether that was justified.
	NoticeGlassUnreviewed NoticeKind = "glass-unreviewed"
	// NoticeDigest is a mail that puts several into one; it is in no inbox.
	NoticeDigest NoticeKind = "digest"
)

// Notice is one thing to tell one person. It is delivered at least once on
// every channel that the person has, and recognisable by its key, so that a
// second delivery can be told from a second notice. Its texts hold no personal
// data: they name the record and the child by number, and the API has the rest.
type Notice struct {
	// Key is unique for ever and made from what happened, not from when it
	// was sent: "case-1002/caseworker-visit/P12/3/overdue/w-17".
	Key       string `json:"key"`
	Aggregate string `json:"aggregate"`
	Recipient string `json:"recipient"`
	// ManagerOf names a worker whose manager is the recipient, where Recipient is
	// empty: a record knows its worker and its supervisor, and the directory of
	// workers knows who leads them at that moment.
	ManagerOf string     `json:"manager_of,omitempty"`
	Role      Role       `json:"role"`
	Kind      NoticeKind `json:"kind"`
	// Duty is the duty that it is about, if it is about one.
	Duty    string `json:"duty,omitempty"`
	Subject string `json:"subject"`
	// Text is a few plain sentences that end with why this person is told.
	Text string `json:"text"`
	// Urgent notices are told at once, whatever else a person prefers.
	Urgent bool `json:"urgent"`
	// Why is the reason in parts, for programs; Text says it in words.
	Why *NoticeWhy `json:"why,omitempty"`
	// CreatedAt is by the record's clock.
	CreatedAt time.Time `json:"created_at"`
}

// NoticeWhy says why a person is told: which step of whom, or which rung of which
// duty's ladder, under which law, in which role, and for whom they stand in.
type NoticeWhy struct {
	// Event is the number of the event that the notice is about, where somebody
	// has taken a step; By took it.
	Event int    `json:"event,omitempty"`
	By    string `json:"by,omitempty"`
	// Rung is the rung of the ladder from 1, of Rungs; At is when it was reached by plan.
	Rung  int       `json:"rung,omitempty"`
	Rungs int       `json:"rungs,omitempty"`
	At    time.Time `json:"at,omitzero"`
	// Title and Due are those of the duty, Citation is the law and Steps lead to the date.
	Title    string   `json:"title,omitempty"`
	Due      string   `json:"due,omitempty"`
	Citation string   `json:"citation,omitempty"`
	Steps    []string `json:"steps,omitempty"`
	// Consequence is what follows from missing the duty.
	Consequence string `json:"consequence,omitempty"`
	// Role is the one in which the person is told. For is who is absent and whom
	// they stand in for.
	Role Role   `json:"role"`
	For  string `json:"for,omitempty"`
}

// soon is within how long a duty is due so that its warning cannot wait for the
// digest of the next day.
const soon = 48 * time.Hour

// urgent says whether a notice cannot wait for a digest: what is overdue, what
// waits for a decision of this person, what is newly theirs or nobody's, and broken
// glass. A
// warning can, unless the duty is due soon after it.
func (k NoticeKind) urgent(due, now time.Time) bool {
	switch k {
	case NoticeDutyAtRisk, NoticeDutyMoved:
		return !due.IsZero() && due.Before(now.Add(soon))
	case NoticeReturned, NoticeApproved, NoticeDigest:
		return false
	case NoticeDutyOverdue, NoticeDutyEscalated, NoticeAssigned, NoticeUnassigned, NoticeApproval, NoticeGlassBroken,
		NoticeGlassUnreviewed:
	}
	return true
}
