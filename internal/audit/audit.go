// Package audit says who did what, when, to which record, and what came of it:
// acts, looks, refusals. A line holds codes and IDs and nothing else, so that
// the audit may be read by people who may not read the records. It is pure; how
// lines are kept and chained is package postgres's, and docs/audit.md tells it.
//
// The law behind it: who looked into a record must be known as well as who
// changed it (45 CFR 205.50, 42 USC 671(a)(8), and 42 CFR 2.16 for records of
// treatment).
package audit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"homeward/casework"
	"homeward/internal/access"
)

// Outcome says what came of an act.
type Outcome string

// The outcomes.
const (
	// Done: it was done, and what was asked for was shown.
	Done Outcome = "done"
	// Denied: it was refused, and Reason says why.
	Denied Outcome = "denied"
	// Failed: it was allowed, and did not come off.
	Failed Outcome = "failed"
)

// Outcomes lists every outcome.
func Outcomes() []Outcome { return []Outcome{Done, Denied, Failed} }

// Entry is one line of the audit.
type Entry struct {
	// At is when the line was written, by the clock of the database and in UTC.
	// It is set where a line is read; a writer leaves it alone.
	At time.Time `json:"at,omitzero"`
	// Actor is who did it. Program says that it was a program with an account,
	// in the role that the account names.
	Actor   casework.Actor `json:"actor"`
	Program bool           `json:"program,omitempty"`
	Action  access.Action  `json:"action"`
	Outcome Outcome        `json:"outcome"`
	// Record is the record that it was about, by its aggregate ID; empty for none.
	Record string `json:"record,omitempty"`
	// Records are those that a list, a search or an export has shown.
	Records []string `json:"records,omitempty"`
	// Part says which part of the record, or of Homeward, by a code or an ID:
	// "timeline", the name of a step, a worker.
	Part string `json:"part,omitempty"`
	// Reason is a code: an [access.Reason] for a refusal, a purpose otherwise.
	Reason string `json:"reason,omitempty"`
	// Request is the ID of the request that it came with, Command that of the
	// command that it became.
	Request string `json:"request,omitempty"`
	Command string `json:"command,omitempty"`
	// Count is how many things were shown, where that is more than Records says.
	Count int `json:"count,omitempty"`
}

// Chain names the chain that the line belongs to: that of its record. What is
// about no record is in the actor's own, so that lists do not wait for each
// other, and so is a search for a record that does not exist: nobody can fill
// the audit with chains by trying numbers.
func (e Entry) Chain() string {
	if e.Record == "" || access.Reason(e.Reason) == access.Absent {
		return "w:" + e.Actor.ID
	}
	return e.Record
}

// maxRecords is the most records that one line names: more than any page shows.
const maxRecords = 1000

// What the texts of a line are made of. None allows a space, so none holds a
// sentence or a full name.
const (
	small  = "abcdefghijklmnopqrstuvwxyz"
	digits = "0123456789"
	code   = small + digits + "-"
	id     = code + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + "._:/|"
)

// Check refuses a line that could hold anything personal, or that nobody could
// read. Its error is Internal and repeats no text: callers are our own code.
func (e Entry) Check() error {
	switch {
	case !slices.Contains(access.Actions(), e.Action):
		return refuse("action")
	case !slices.Contains(Outcomes(), e.Outcome):
		return refuse("outcome")
	case e.Actor.ID == "" || !visible(e.Actor.ID):
		return refuse("actor")
	case e.Actor.Role == "" || !made(string(e.Actor.Role), small, 32):
		return refuse("role")
	case e.Record != "" && !isRecord(e.Record):
		return refuse("record")
	case len(e.Records) > maxRecords || slices.ContainsFunc(e.Records, func(r string) bool { return !isRecord(r) }):
		return refuse("list of records")
	case !visible(e.Part):
		return refuse("part")
	case !made(e.Reason, code, 64):
		return refuse("reason")
	case !made(e.Request, id, 128):
		return refuse("request")
	case !made(e.Command, id, 200):
		return refuse("command")
	case e.Count < 0:
		return refuse("count")
	}
	return nil
}

func refuse(field string) error {
	return casework.WrapError(casework.Internal, "Something went wrong on our side. It has been recorded.",
		fmt.Errorf("the %s of an audit line is neither a code nor an ID", field))
}

// made says whether text is empty, or up to limit of these characters alone.
func made(text, of string, limit int) bool {
	return len(text) <= limit && strings.Trim(text, of) == ""
}

// visible says whether text is up to 200 visible ASCII characters, as the IDs of
// people are: a sign-in service makes them.
func visible(text string) bool {
	return len(text) <= 200 && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}

// isRecord says whether text is an aggregate ID: "case-1002".
func isRecord(text string) bool {
	_, _, ok := casework.SplitAggregate(text)
	return ok
}
