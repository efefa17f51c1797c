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
	// CreatedAt is by the record's clock.
	CreatedAt time.Time `json:"created_at"`
}
