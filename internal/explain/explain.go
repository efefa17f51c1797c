// Package explain answers what the law asks for, given what happened: it reads
// facts as people write them, evaluates a policy pack on them, and shows the
// duties with the reason for each date, as JSON or as a calendar to pin up.
//
// The way in:
//
//	in, err := explain.Read(file)              // refuses what cannot be, all at once
//	in := explain.Stored(record, children)     // or the facts of a stored record
//	answer := explain.Explain(pack, in, asOf)  // pure
//	answer.WriteJSON(os.Stdout)
//	answer.WriteText(os.Stdout)
//
// Dates come from policy alone. Nothing here reads a clock, a setting or a
// server, so the command line and the HTTP API give the same explanation.
package explain

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"homeward/casework"
	"homeward/policy"
)

// Answer is what follows from facts, under one pack, as of one time. Its JSON
// form is the output of `homeward explain`.
type Answer struct {
	// Pack names the pack with its version: "us-federal@2025.1".
	Pack string `json:"pack"`
	// AsOf is the local day as whose end the duties stand; a local RFC 3339
	// instant where the time is not the end of a day.
	AsOf string `json:"as_of"`
	// OnlyChild is set where the facts are about one child.
	*OnlyChild

	// Children are set where the facts are about several.
	Children []Child `json:"children,omitempty"`
	// Duties are sorted by due_at, then by ID. An empty list is [].
	Duties []Duty `json:"duties"`

	// about, at and zone are what the text form shows besides.
	about []Child
	at    time.Time
	zone  *time.Location
}

// OnlyChild tells when the one child that the facts are about entered care.
type OnlyChild struct {
	// EnteredCare is null for a child who was never removed.
	EnteredCare *EnteredCare `json:"entered_care"`
}

// Child tells when one of several children entered care.
type Child struct {
	ID          string       `json:"child"`
	EnteredCare *EnteredCare `json:"entered_care"`
}

// EnteredCare is the date on which a child is considered to have entered care
// in the latest episode (42 USC 675(5)(F)), and the steps to it. Until day 60
// it is the date on which the child will have, unless a finding comes first.
type EnteredCare struct {
	On  casework.Date `json:"on"`
	Why []string      `json:"why"`
}

// Duty is a duty with what is known about the source of its clock. The moments
// of the ladder are left out: they say who is told, not what the law asks.
type Duty struct {
	casework.Duty

	// Source says whether a statute, a regulation or an agency's own practice
	// asks for it.
	Source policy.Source `json:"source"`
	// Confirmed says that somebody checked the clock against its source.
	Confirmed bool `json:"confirmed"`
}

// Explain returns the duties that follow from in under pack, as they stand at
// asOf. It is pure, and neither changes nor keeps what in holds.
func Explain(pack *policy.Pack, in policy.Input, asOf time.Time) Answer {
	if in.Zone == nil {
		in.Zone = time.UTC
	}
	a := Answer{Pack: pack.Ref(), AsOf: shownTime(asOf, in.Zone), at: asOf, zone: in.Zone}
	for _, s := range in.Subjects {
		child := Child{ID: s.ID}
		if entry, ok := pack.EnteredCare(in, s.ID); ok {
			child.EnteredCare = &EnteredCare{On: entry.On, Why: entry.Why}
		}
		a.about = append(a.about, child)
	}
	if len(a.about) == 1 {
		a.OnlyChild = &OnlyChild{EnteredCare: a.about[0].EnteredCare}
	} else {
		a.Children = a.about
	}
	clocks := make(map[string]policy.Clock)
	for _, c := range pack.Clocks() {
		clocks[c.ID] = c
	}
	duties := pack.Evaluate(in, asOf)
	a.Duties = make([]Duty, len(duties))
	for i, d := range duties {
		d.Rungs = nil
		a.Duties[i] = Duty{Duty: d, Source: clocks[d.Clock].Source, Confirmed: clocks[d.Clock].Confirmed}
	}
	return a
}

// Stored returns the facts of a stored record about its children or victims.
func Stored(r *casework.Record, subjects []casework.Subject) policy.Input {
	in := policy.Input{Zone: r.Location(), Facts: r.Facts}
	for _, s := range subjects {
		in.Subjects = append(in.Subjects, policy.Subject{ID: s.ID, Born: s.Born})
	}
	return in
}

// AsOf reads the time to look from: a local day, which means its last second in
// zone, or an RFC 3339 instant.
func AsOf(text string, zone *time.Location) (time.Time, error) {
	if day, err := casework.ParseDate(text); err == nil && inRange(day) {
		return day.End(zone), nil
	}
	var at time.Time
	if err := at.UnmarshalText([]byte(text)); err == nil && inRange(casework.DateOf(at.In(zone))) {
		return at, nil
	}
	return time.Time{}, fmt.Errorf("%q is neither a date like 2025-03-01 nor a time like 2025-03-01T14:05:00-06:00, "+
		"from %d to %d", text, firstYear, lastYear)
}

// Today returns the last second of the day that now is in zone: what a date
// without an hour means.
func Today(now time.Time, zone *time.Location) time.Time {
	return casework.DateOf(now.In(zone)).End(zone)
}

// WriteJSON writes the answer as one JSON object.
func (a Answer) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(a)
}

// shownTime writes the end of a local day as the day, and any other time as a
// local instant.
func shownTime(t time.Time, zone *time.Location) string {
	if day := casework.DateOf(t.In(zone)); day.End(zone).Equal(t) {
		return day.String()
	}
	return t.In(zone).Format(time.RFC3339)
}
