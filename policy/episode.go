package policy

import (
	"time"

	"homeward/casework"
)

// care holds the numbers that decide when a child is considered to have
// entered care and when a trial home visit ends an episode.
type care struct {
	// enteredAfter: without a finding the child enters care this long after removal.
	enteredAfter length
	// trialHomeVisit is the limit of a trial home visit without a longer order.
	trialHomeVisit length
	citation       string
	// Indexes of the fact types that make an episode.
	removed, ended, found, visitStarted, visitEnded int
}

// episode is one stay in care of one child.
type episode struct {
	// start is the removal, or the return to care after the limit of a trial
	// home visit, which the law treats as a new removal.
	start event
	// since is the end of the episode before; zero in the first.
	since moment
	// entered is the date on which the child is considered to have entered care.
	entered casework.Date
	// finding set the date, if it came before the limit.
	finding event
	// end is none while the child is in care. For a trial home visit that went
	// over its limit, the day of the limit.
	end    moment
	ending event
	// visit is the trial home visit whose limit ended the episode.
	visit event
	// after is the trial home visit after whose limit the child came back.
	after event
}

// unagreed is the word of a pack for stays in care to which the parents did not
// agree: what the law asks of the court that takes a child is not asked of a
// placement by agreement, which has a finding of its own (42 USC 672(e)).
const unagreed = "care without agreement"

// agreed says whether the stay began with the parents' agreement.
func (p *episode) agreed() bool { return p.start.fact.Reason == "voluntary" }

func (p *episode) ended() bool { return !p.end.day.IsZero() }

// findEpisodes computes the stays in care of the history's subject.
func (e *evaluation) findEpisodes(h *history) {
	c := e.pack.care
	if c == nil {
		return
	}
	var after, left event
	var since moment
	start := h.firstOf(&match{fact: c.removed}, seek{planned: true})
	for !start.none() {
		ep := episode{start: start, since: since, after: after}
		ending := h.firstOf(&match{fact: c.ended}, seek{from: start.moment(), not: left.fact, planned: true})
		visit, back := e.overstayed(h, start, ending)
		switch {
		case !back.none():
			ep.visit, ep.end = visit, moment{day: c.limit(visit)}
		case !ending.none():
			ep.ending, ep.end = ending, ending.moment()
		}
		e.enter(h, &ep)
		h.episodes = append(h.episodes, ep)
		if !ep.ended() {
			return
		}
		since, after, left, start = ep.end, visit, ep.ending, back
		if back.none() {
			start = h.removalAfter(c, ep)
		}
	}
}

// removalAfter returns the removal that begins the episode after ep. It lies
// behind the start of ep in the order of events, so that a day with two removals
// and two returns, all without an hour, has two episodes and no more.
func (h *history) removalAfter(c *care, ep episode) event {
	for _, v := range h.events[c.removed] {
		if compareEvents(v, ep.start) > 0 && !v.moment().before(ep.end) {
			return v
		}
	}
	return event{}
}

// overstayed returns the first trial home visit of an episode that went over
// its limit, and the return to care that followed, which is a new removal
// (45 CFR 1356.21(e)).
func (e *evaluation) overstayed(h *history, start, ending event) (visit, back event) {
	c := e.pack.care
	for _, v := range h.events[c.visitStarted] {
		if v.moment().before(start.moment()) {
			continue
		}
		returns := []match{{fact: c.visitEnded}, {fact: c.removed}}
		r := h.first(returns, seek{from: v.moment(), not: start.fact, planned: true})
		if r.none() || !r.day.After(c.limit(v)) {
			continue
		}
		if !ending.none() && !ending.day.After(r.day) {
			continue // the visit ended with the child at home for good
		}
		return v, r
	}
	return event{}, event{}
}

// limit returns the last day of a trial home visit: six months, or the longer
// span that a court ordered.
func (c *care) limit(visit event) casework.Date {
	limit := c.trialHomeVisit.dayAfter(visit.day)
	if visit.fact.CourtOrdered && visit.fact.Until.After(limit) {
		return visit.fact.Until
	}
	return limit
}

// enter computes the date considered as entry into care: the first finding of
// abuse or neglect, or sixty days after removal (42 USC 675(5)(F)).
func (e *evaluation) enter(h *history, ep *episode) {
	c := e.pack.care
	ep.entered = c.enteredAfter.dayAfter(ep.start.day)
	found := h.firstOf(&match{fact: c.found}, seek{from: ep.start.moment(), planned: true})
	if !found.none() && !found.day.After(ep.entered) {
		ep.entered, ep.finding = found.day, found
	}
}

// Entry is the date on which a child is considered to have entered care, in
// the latest episode.
type Entry struct {
	Removed casework.Date `json:"removed"`
	On      casework.Date `json:"on"`
	// Ended is the end of the episode; zero while the child is in care.
	Ended casework.Date `json:"ended,omitzero"`
	Why   []string      `json:"why"`
}

// EnteredCare returns the entry into care of a subject's latest episode, and
// false when the subject was never removed. The date is computed from facts
// and never typed. Before day 60 it is the date on which the child will have
// entered care unless a finding comes first.
func (p *Pack) EnteredCare(in Input, subject string) (Entry, bool) {
	entry, ok := p.Entries(in, subject)[subject]
	return entry, ok
}

// Entries returns the entry into care of each of the subjects' latest episodes, as
// [Pack.EnteredCare] does. A subject that was never removed has none.
func (p *Pack) Entries(in Input, subjects ...string) map[string]Entry {
	e := newEvaluation(p, in, time.Time{})
	entries := make(map[string]Entry, len(subjects))
	for _, subject := range subjects {
		h := e.history(Subject{ID: subject}, e.events, false)
		if len(h.episodes) == 0 {
			continue
		}
		ep := &h.episodes[len(h.episodes)-1]
		e.whyEntered(ep)
		entries[subject] = Entry{Removed: ep.start.day, On: ep.entered, Ended: ep.end.day, Why: e.why.take()}
	}
	return entries
}
