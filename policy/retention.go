package policy

import (
	"cmp"
	"slices"
	"time"

	"homeward/casework"
)

// Matter is what a rule of retention is about.
type Matter string

// The matters.
const (
	// MatterFinding is a finding, as the registry has it for background checks.
	MatterFinding Matter = "finding"
	// MatterReport and MatterCase are whole records.
	MatterReport Matter = "report"
	MatterCase   Matter = "case"
)

// Measure is what a rule of retention asks for.
type Measure string

// The measures.
const (
	// MeasureExpunge takes a finding out of the registry, on the day at the latest.
	// The record stays.
	MeasureExpunge Measure = "expunge"
	// MeasureKeep forbids to ask for the purge of a record until the length is over.
	MeasureKeep Measure = "keep"
	// MeasurePurge asks for the purge of a record once the length is over. A person
	// decides on it.
	MeasurePurge Measure = "purge-request"
)

// basis is the event whose date a rule of retention counts from.
type basis string

const (
	basisFound  basis = "found"
	basisClosed basis = "closed"
)

// retentionRule is one rule of a pack. Rules of a pack and of those that it extends
// hold side by side: the quickest expungement counts and the longest keeping, so
// that no rule of a state can make the law above it laxer.
type retentionRule struct {
	// ref is the pack that brought it, its version and the rule's ID.
	id, ref string
	of      Matter
	// outcomes are the results or dispositions that it is for; none means all.
	outcomes []string
	after    length
	from     basis
	then     Measure
	note     string
	grounds
}

// Kept is a finding or a record as far as rules of retention look at it.
type Kept struct {
	Of Matter
	// Outcome is the result of a finding or the disposition of a report. A case has
	// none.
	Outcome string
	// FoundOn is the day of a finding.
	FoundOn casework.Date
	// ClosedAt is when the record was closed, zero while it is open.
	ClosedAt time.Time
	// Zone is where the record's days begin and end. Nil means UTC.
	Zone *time.Location
}

// Disposal is what the law asks for once a finding or a record was kept long enough.
type Disposal struct {
	// Rule names the pack that brought the rule, its version, and the rule:
	// "us-federal@2025.1/unsubstantiated-finding".
	Rule string `json:"rule"`
	// Then is MeasureExpunge or MeasurePurge.
	Then Measure `json:"then"`
	// Due is the first day on which it is to be done, where the record is.
	Due casework.Date `json:"due"`
	// DueAt is the beginning of that day, in UTC.
	DueAt    time.Time `json:"due_at"`
	Citation string    `json:"citation"`
	Source   Source    `json:"source"`
	// Confirmed says that somebody checked the rule against its source.
	Confirmed bool   `json:"confirmed"`
	Note      string `json:"note,omitempty"`
	// Why leads from the event to the day, one step a line.
	Why []string `json:"why"`
}

// IsDue says whether the day has begun at asOf.
func (d Disposal) IsDue(asOf time.Time) bool { return !d.DueAt.After(asOf) }

// Disposal says what the law asks for in the end of a finding or a record, and from
// which day on; it is false where no rule asks for anything, or the event that the
// rules count from has not happened. A finding is expunged by the quickest rule. A
// purge is asked for by the quickest rule, and never before the longest keeping is
// over. Like Evaluate it is pure.
func (p *Pack) Disposal(k Kept) (Disposal, bool) {
	zone := cmp.Or(k.Zone, time.UTC)
	quickest, last := p.quickest(k, zone)
	if quickest == nil {
		return Disposal{}, false
	}
	d := Disposal{
		Rule: quickest.ref, Then: quickest.then, Due: last, Citation: quickest.citation, Source: quickest.source,
		Confirmed: quickest.confirmed, Note: quickest.note,
		Why: []string{string(quickest.from) + " " + k.begins(quickest.from, zone).String()},
	}
	if quickest.then == MeasureExpunge {
		d.Why = append(d.Why, "expunged within "+quickest.words(last))
	} else {
		d.Why = append(d.Why, "purge after "+quickest.words(last))
		for _, r := range p.rules(k, zone, MeasureKeep) {
			until := r.after.dayAfter(k.begins(r.from, zone))
			d.Why = append(d.Why, "kept for "+r.words(until))
			if until.After(last) {
				last = until
			}
		}
		d.Due = last.AddDays(1)
		d.Why = append(d.Why, "asked for from "+d.Due.String())
	}
	d.DueAt = d.Due.Start(zone).UTC()
	return d, true
}

// quickest returns the rule that asks for something first, and its last day.
func (p *Pack) quickest(k Kept, zone *time.Location) (quickest *retentionRule, last casework.Date) {
	for _, r := range p.rules(k, zone, MeasureExpunge, MeasurePurge) {
		end := r.after.dayAfter(k.begins(r.from, zone))
		if quickest == nil || end.Before(last) {
			quickest, last = r, end
		}
	}
	return quickest, last
}

// rules returns the rules that ask for one of the measures and have begun to count,
// those of the law above first.
func (p *Pack) rules(k Kept, zone *time.Location, then ...Measure) []*retentionRule {
	var rules []*retentionRule
	for i := range p.retention {
		r := &p.retention[i]
		if slices.Contains(then, r.then) && r.covers(k) && !k.begins(r.from, zone).IsZero() {
			rules = append(rules, r)
		}
	}
	return rules
}

func (r *retentionRule) covers(k Kept) bool {
	return r.of == k.Of && (len(r.outcomes) == 0 || slices.Contains(r.outcomes, k.Outcome))
}

// begins returns the day that a rule counts from, zero where it has not come.
func (k Kept) begins(from basis, zone *time.Location) casework.Date {
	switch {
	case from == basisFound:
		return k.FoundOn
	case k.ClosedAt.IsZero():
		return casework.Date{}
	}
	return casework.DateOf(k.ClosedAt.In(zone))
}

// words says how long and until when, and under which law.
func (r *retentionRule) words(until casework.Date) string {
	return r.after.words() + ", to " + until.String() + " (" + r.citation + ")"
}
