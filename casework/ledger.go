package casework

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// EventDutiesChanged records what facts, or time alone, made of the duties.
const EventDutiesChanged EventType = "duties.changed"

// DutiesChanged is the body of [EventDutiesChanged]: every duty that is new,
// moved, met, overdue or superseded, with what it was before.
type DutiesChanged struct {
	Changes []DutyChange `json:"changes"`
}

// Says tells each change in a sentence.
func (d *DutiesChanged) Says() string {
	said := make([]string, 0, len(d.Changes))
	for _, c := range d.Changes {
		said = append(said, c.Says())
	}
	return strings.Join(said, " ")
}

// Says tells one change in a sentence, with the old date, the new one and why
// where it moved.
func (c DutyChange) Says() string {
	d := c.Duty
	name, due, why := d.name(), inWords(d.Due), strings.Join(d.Why, "; ")
	moved := c.OldDue != "" && c.OldDue != d.Due
	var said string
	switch {
	case c.Reworded:
		return fmt.Sprintf("%s: due %s as before, for another reason (%s; %s).", name, due, why, d.Citation)
	case d.Status == DutyMet:
		said = fmt.Sprintf("%s: done in time, was due %s.", name, due)
	case d.Status == DutyMetLate:
		said = fmt.Sprintf("%s: done late, was due %s.", name, due)
	case d.MovedTo != "":
		return fmt.Sprintf("%s: goes on in case %s, was due %s.", name, d.MovedTo, due)
	case d.Status == DutySuperseded:
		return fmt.Sprintf("%s: no longer required, was due %s.", name, due)
	case d.Status == DutyIncurable:
		said = fmt.Sprintf("%s: missed on %s and cannot be made up.", name, due)
	case moved && d.Status == DutyOverdue:
		return fmt.Sprintf("%s: moved from %s to %s and overdue (%s).", name, inWords(c.OldDue), due, why)
	case moved:
		return fmt.Sprintf("%s: moved from %s to %s (%s).", name, inWords(c.OldDue), due, why)
	case d.Status == DutyOverdue:
		return fmt.Sprintf("%s: overdue since %s.", name, due)
	case d.Status == DutyAtRisk:
		return fmt.Sprintf("%s: due soon, on %s.", name, due)
	case c.OldStatus == "":
		return fmt.Sprintf("%s: now due %s.", name, due)
	default:
		return fmt.Sprintf("%s: %s, due %s.", name, d.Status, due)
	}
	if moved {
		said += fmt.Sprintf(" Its date moved from %s (%s).", inWords(c.OldDue), why)
	}
	return said
}

// name is what people call the duty, with the child or victim whom it is about,
// and the item.
func (d Duty) name() string {
	name := cmp.Or(d.Title, d.Clock)
	switch {
	case d.Subject != "" && d.Ref != "":
		return name + " (" + d.Subject + ", " + d.Ref + ")"
	case d.Subject != "" || d.Ref != "":
		return name + " (" + d.Subject + d.Ref + ")"
	}
	return name
}

// inWords writes a due date as people say it: "30 April 2027", or
// "25 November 2026, 23:59" where the duty has an hour.
func inWords(due string) string {
	if d, err := ParseDate(due); err == nil {
		return d.Long()
	}
	if t, err := time.Parse(time.RFC3339, due); err == nil {
		return t.Format("2 January 2006, 15:04")
	}
	return due
}

// Changes compares the duties that policy computes now with the ledger and
// returns every difference, in the order of duties, vanished ones last. A duty
// that was pending and is no longer required is superseded, so that nothing
// disappears.
//
// The ledger keeps settled duties in short form, without their reasons. Where
// the past itself has changed, before are the duties as they were computed
// without that change, so that no settled duty keeps a reason that is not true
// any more.
func (r *Record) Changes(duties []Duty, now time.Time, before ...Duty) []DutyChange {
	known := r.known(before)
	var changes []DutyChange
	present := make(map[string]bool, len(duties))
	for _, d := range duties {
		present[d.ID] = true
		old, exists := known[d.ID]
		d.DayCount = nil
		d.Told = max(old.Told, d.passed(now))
		if !exists {
			changes = append(changes, DutyChange{Duty: d})
			continue
		}
		if old.Due != d.Due {
			d.Told = d.passed(now)
		}
		if c, differs := old.became(d); differs {
			changes = append(changes, c)
		}
	}
	for _, old := range r.Ledger {
		if !present[old.ID] && old.Status != DutySuperseded {
			gone := known[old.ID]
			gone.Status = DutySuperseded
			changes = append(changes, DutyChange{Duty: gone, OldStatus: old.Status, OldDue: old.Due})
		}
	}
	return changes
}

// known returns the ledger by ID, what is settled with its grounds as they were
// computed before.
func (r *Record) known(before []Duty) map[string]Duty {
	known := make(map[string]Duty, len(r.Ledger))
	for _, d := range r.Ledger {
		known[d.ID] = d
	}
	for _, b := range before {
		if d, exists := known[b.ID]; exists && d.outlined() {
			d.Title, d.Owner, d.Citation, d.Consequence, d.Why = b.Title, b.Owner, b.Citation, b.Consequence, b.Why
			d.OriginalDue, d.NotBefore = b.OriginalDue, b.NotBefore
			known[b.ID] = d
		}
	}
	return known
}

// became returns the change from d, as it was recorded, to next, and whether it
// is one.
func (d Duty) became(next Duty) (DutyChange, bool) {
	stands := d.Due == next.Due && d.Status == next.Status && d.Told == next.Told && d.MetBy == next.MetBy &&
		d.ResumesAt.Equal(next.ResumesAt)
	rests := d.outlined() || d.restsAs(next)
	c := DutyChange{Duty: next, OldStatus: d.Status, OldDue: d.Due, Reworded: stands && !rests}
	if d.Citation != next.Citation {
		c.OldCitation = d.Citation
	}
	return c, !stands || !rests
}

// outlined says whether the ledger keeps d in short form.
func (d Duty) outlined() bool { return d.Title == "" }

// restsAs says whether two duties rest on the same grounds: law, reason and ladder.
func (d Duty) restsAs(other Duty) bool {
	sameRung := func(a, b Rung) bool { return a.Kind == b.Kind && a.At.Equal(b.At) && slices.Equal(a.Tell, b.Tell) }
	return d.Title == other.Title && d.Owner == other.Owner && d.Citation == other.Citation &&
		d.Consequence == other.Consequence && slices.Equal(d.Why, other.Why) && d.OriginalDue == other.OriginalDue &&
		d.NotBefore == other.NotBefore && slices.EqualFunc(d.Rungs, other.Rungs, sameRung)
}

// passed counts the rungs of the ladder that lie behind now while the duty is
// still pending.
func (d Duty) passed(now time.Time) int {
	if !d.Status.Pending() {
		return d.Told
	}
	n := 0
	for _, rung := range d.Rungs {
		if !rung.At.After(now) {
			n++
		}
	}
	return n
}

// applyDuties brings the ledger up to a recorded change.
func (r *Record) applyDuties(changes []DutyChange) {
	ledger := slices.Clone(r.Ledger)
	at := make(map[string]int, len(ledger))
	for i, d := range ledger {
		at[d.ID] = i
	}
	for _, c := range changes {
		d := c.Duty
		if !d.Status.Pending() && d.Status != DutyPaused {
			d = d.short()
		}
		if i, ok := at[d.ID]; ok {
			ledger[i] = d
			continue
		}
		at[d.ID] = len(ledger)
		ledger = append(ledger, d)
	}
	r.Ledger = ledger
}

// short is what a record carries along of a settled duty: enough to notice
// when a correction unsettles it. The whole of it is in the log.
func (d Duty) short() Duty {
	return Duty{
		ID: d.ID, Clock: d.Clock, Subject: d.Subject, Ref: d.Ref, Occurrence: d.Occurrence,
		Due: d.Due, DueAt: d.DueAt, Status: d.Status, ResumesAt: d.ResumesAt, MetBy: d.MetBy, Told: d.Told,
	}
}

// Pending returns the ledger's pending duties, most urgent first.
func (r *Record) Pending() []Duty {
	var pending []Duty
	for _, d := range r.Ledger {
		if d.Status.Pending() {
			pending = append(pending, d)
		}
	}
	slices.SortStableFunc(pending, func(a, b Duty) int {
		if c := a.DueAt.Compare(b.DueAt); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return pending
}

// Waiting returns the ledger's duties that time alone will change: the pending
// ones, and the paused ones whose pause has a planned end.
func (r *Record) Waiting() []Duty {
	waiting := r.Pending()
	for _, d := range r.Ledger {
		if d.Status == DutyPaused && !d.ResumesAt.IsZero() {
			waiting = append(waiting, d)
		}
	}
	return waiting
}

// StatusOf returns the status in which a duty was last recorded, empty for one
// that is new.
func (r *Record) StatusOf(id string) DutyStatus {
	for _, d := range r.Ledger {
		if d.ID == id {
			return d.Status
		}
	}
	return ""
}

// Overdue counts the ledger's overdue duties.
func (r *Record) Overdue() int {
	n := 0
	for _, d := range r.Ledger {
		if d.Status == DutyOverdue {
			n++
		}
	}
	return n
}

func factID(seq, n int) string { return strconv.Itoa(seq) + "." + strconv.Itoa(n) }

// eventOf is the event that recorded a fact: "12" of "12.1", and "1.12" of what
// event 12 of another case recorded before its children came here by event 1.
func eventOf(factID string) string {
	return factID[:max(0, strings.LastIndexByte(factID, '.'))]
}

func seqOf(factID string) int {
	head, _, _ := strings.Cut(factID, ".")
	seq, _ := strconv.Atoi(head)
	return seq
}
