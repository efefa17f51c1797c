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

// Says tells one change in a sentence, with the old date and the new one where
// it moved.
func (c DutyChange) Says() string {
	d := c.Duty
	name := d.name()
	due := inWords(d.Due)
	switch {
	case d.Status == DutyMet:
		return fmt.Sprintf("%s: done in time, was due %s.", name, due)
	case d.Status == DutyMetLate:
		return fmt.Sprintf("%s: done late, was due %s.", name, due)
	case d.Status == DutySuperseded:
		return fmt.Sprintf("%s: no longer required, was due %s.", name, due)
	case d.Status == DutyIncurable:
		return fmt.Sprintf("%s: missed on %s and cannot be made up.", name, due)
	case c.OldDue != "" && c.OldDue != d.Due:
		return fmt.Sprintf("%s: moved from %s to %s (%s).", name, inWords(c.OldDue), due, strings.Join(d.Why, "; "))
	case d.Status == DutyOverdue:
		return fmt.Sprintf("%s: overdue since %s.", name, due)
	case d.Status == DutyAtRisk:
		return fmt.Sprintf("%s: due soon, on %s.", name, due)
	case c.OldStatus == "":
		return fmt.Sprintf("%s: now due %s.", name, due)
	}
	return fmt.Sprintf("%s: %s, due %s.", name, d.Status, due)
}

// name is what people call the duty, with the child or victim whom it is about.
func (d Duty) name() string {
	name := cmp.Or(d.Title, d.Clock)
	if d.Subject != "" {
		name += " (" + d.Subject + ")"
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
func (r *Record) Changes(duties []Duty, now time.Time) []DutyChange {
	known := make(map[string]Duty, len(r.Ledger))
	for _, d := range r.Ledger {
		known[d.ID] = d
	}
	var changes []DutyChange
	present := make(map[string]bool, len(duties))
	for _, d := range duties {
		present[d.ID] = true
		old, exists := known[d.ID]
		d.Told = max(old.Told, d.passed(now))
		if !exists {
			changes = append(changes, DutyChange{Duty: d})
			continue
		}
		if old.Due != d.Due {
			d.Told = d.passed(now)
		}
		if old.Due != d.Due || old.Status != d.Status || old.Told != d.Told || old.MetBy != d.MetBy {
			changes = append(changes, DutyChange{Duty: d, OldStatus: old.Status, OldDue: old.Due})
		}
	}
	for _, old := range r.Ledger {
		if !present[old.ID] && old.Status != DutySuperseded {
			gone := old
			gone.Status = DutySuperseded
			changes = append(changes, DutyChange{Duty: gone, OldStatus: old.Status, OldDue: old.Due})
		}
	}
	return changes
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
		if !d.Status.Pending() {
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
		ID: d.ID, Clock: d.Clock, Subject: d.Subject, Occurrence: d.Occurrence,
		Due: d.Due, DueAt: d.DueAt, Status: d.Status, MetBy: d.MetBy, Told: d.Told,
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

func seqOf(factID string) int {
	head, _, _ := strings.Cut(factID, ".")
	seq, _ := strconv.Atoi(head)
	return seq
}
