package casework

import "time"

// Court is what a case keeps of its courts: enough to decide what is lawful. The
// whole story, with its words, is in the log.
type Court struct {
	Matters []Matter `json:"matters,omitempty"`
	// Dates are the hearings of the calendar, in the order of their numbers.
	Dates []CourtDate `json:"dates,omitempty"`
}

// derive brings what became of each thing to the facts that stand, so that a
// correction moves it.
func (c Court) derive(facts []Fact, _ *time.Location) Court {
	of := make(map[string][]Fact)
	for _, f := range facts {
		if f.Ref != "" {
			of[f.Ref] = append(of[f.Ref], f)
		}
	}
	c.Dates = deriveEach(c.Dates, func(d *CourtDate) { d.follow(of[d.Ref]) })
	return c
}

// deriveEach returns a list of which each item was brought up to date.
func deriveEach[T any](items []T, follow func(*T)) []T {
	if len(items) == 0 {
		return items
	}
	next := make([]T, len(items))
	for i, item := range items {
		follow(&item)
		next[i] = item
	}
	return next
}

// follow sets what became of a hearing.
func (d *CourtDate) follow(facts []Fact) {
	d.Status = courtWithdrawn
	for _, f := range facts {
		switch f.Type { //nolint:exhaustive // the other facts settle nothing
		case FactHearingScheduled:
			if d.Status == courtWithdrawn {
				d.Status = ""
			}
		case FactHearingSettled:
			d.Status = f.Reason
		}
	}
}

// ItemOf names the item that an event made or moved in a record, "" for none:
// "hearing-1".
func ItemOf(record any, e Event) string {
	c, family := record.(*Case)
	b, itemized := e.Body.(interface{ item(*Case) string })
	if !family || !itemized {
		return ""
	}
	return b.item(c)
}

// AdviceOf is what the person who took a step should know beside what it did, ""
// for nothing.
func AdviceOf(e Event) string {
	if b, ok := e.Body.(interface{ Advice() string }); ok {
		return b.Advice()
	}
	return ""
}
