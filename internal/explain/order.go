package explain

import (
	"fmt"
	"slices"

	"homeward/casework"
	"homeward/policy"
)

// order refuses what cannot have happened to one child in this order. Facts
// are looked at in the order in which they happened, as corrected, and never in
// that of recording. Two facts of one day without hours may have come either
// way round. What is late or odd is lawful: a plan before the removal, a visit
// to a child at home, a placement that nobody ended.
func (r *reader) order(child policy.Subject, standing []entry) {
	var story []entry
	for _, e := range standing {
		if e.Subject == "" || e.Subject == child.ID {
			story = append(story, e)
		}
	}
	slices.SortStableFunc(story, func(a, b entry) int {
		if c := r.dayOf(a).Compare(r.dayOf(b)); c != 0 {
			return c
		}
		return a.At.Compare(b.At)
	})
	r.unborn(child, story)
	r.ends(story, casework.FactTrialHomeVisitStarted, casework.FactTrialHomeVisitEnded, "no trial home visit began before it")
	r.ends(story, casework.FactChildMissing, casework.FactChildFound, "the child was not missing before it")
	r.ends(story, casework.FactPlacementStarted, casework.FactPlacementEnded, "no placement began before it")
	r.ends(story, casework.FactAftercareStarted, casework.FactAftercareEnded, "no aftercare began before it")
	if r.sameDay(story) {
		return
	}
	r.stays(story)
	r.removals(story)
}

// moves says whether the order of facts of a type is looked at.
func moves(t casework.FactType) bool {
	switch t { //nolint:exhaustive // the others may come in any order
	case casework.FactVoluntaryAgreement, casework.FactExtendedCareStarted,
		casework.FactAftercareStarted, casework.FactAftercareEnded:
		return true
	}
	return bodily(t)
}

// bodily says whether a fact of a type needs a child who is born.
func bodily(t casework.FactType) bool {
	switch t { //nolint:exhaustive // the others can be about an unborn child
	case casework.FactChildRemoved, casework.FactEpisodeEnded,
		casework.FactPlacementStarted, casework.FactPlacementEnded,
		casework.FactTrialHomeVisitStarted, casework.FactTrialHomeVisitEnded,
		casework.FactChildMissing, casework.FactChildFound,
		casework.FactVisitMade, casework.FactVictimContacted:
		return true
	}
	return false
}

func (r *reader) dayOf(e entry) casework.Date { return e.LocalDate(r.in.Zone) }

// precedes says whether a happened before b for certain: by hour where both
// have one, else by day.
func (r *reader) precedes(a, b entry) bool {
	if a.At.IsZero() || b.At.IsZero() {
		return r.dayOf(a).Before(r.dayOf(b))
	}
	return a.At.Before(b.At)
}

// unborn refuses what happened to a child before the birth.
func (r *reader) unborn(child policy.Subject, story []entry) {
	if child.Born.IsZero() {
		return
	}
	whose := "the child's birth"
	if len(r.in.Subjects) > 1 {
		whose = "the birth of " + child.ID
	}
	for _, e := range story {
		if bodily(e.Type) && r.dayOf(e).Before(child.Born) {
			r.refuse(e.index, e.when(), fmt.Sprintf("is before %s on %s", whose, child.Born))
		}
	}
}

// ends refuses an end for which nothing has begun: the third end needs three
// beginnings that do not come after it.
func (r *reader) ends(story []entry, begins, ends casework.FactType, reason string) {
	begun := of(story, begins)
	next := 0
	for _, end := range of(story, ends) {
		if next == len(begun) || r.precedes(end, begun[next]) {
			r.refuse(end.index, end.when(), "ends what has not begun: "+reason)
			continue
		}
		next++
	}
}

// stays refuses the end of a stay in care that is not open, and a trial home
// visit of a child who never came into care. A voluntary placement and extended
// care are stays, too.
func (r *reader) stays(story []entry) {
	begun := of(story, casework.FactChildRemoved, casework.FactVoluntaryAgreement, casework.FactExtendedCareStarted)
	next := 0
	var last entry
	for _, end := range of(story, casework.FactEpisodeEnded) {
		// What began before the last end is over.
		for last.Type != "" && next < len(begun) && r.precedes(begun[next], last) {
			next++
		}
		last = end
		if next == len(begun) || r.precedes(end, begun[next]) {
			r.refuse(end.index, end.when(), "ends a stay in care that is not open: no removal comes before it")
			continue
		}
		next++
	}
	for _, trial := range of(story, casework.FactTrialHomeVisitStarted) {
		if len(begun) == 0 || r.precedes(trial, begun[0]) {
			r.refuse(trial.index, trial.when(), "is not possible yet: the child was not removed before it")
		}
	}
}

// removals refuses the removal of a child who is in care. After a trial home
// visit a return to care can be a new removal (45 CFR 1356.21(e)).
func (r *reader) removals(story []entry) {
	removed := of(story, casework.FactChildRemoved)
	home := of(story, casework.FactEpisodeEnded, casework.FactTrialHomeVisitStarted)
	for i := 1; i < len(removed); i++ {
		first, again := removed[i-1], removed[i]
		between := func(e entry) bool { return !r.precedes(e, first) && !r.precedes(again, e) }
		if !slices.ContainsFunc(home, between) {
			r.refuse(again.index, again.when(), fmt.Sprintf(
				"is not possible: the child is in care since the removal on %s", r.dayOf(first)))
		}
	}
}

// sameDay refuses a day on which a child was removed twice and came home twice
// where an hour is missing: nobody could say which stay was which.
func (r *reader) sameDay(story []entry) (refused bool) {
	removed, home := of(story, casework.FactChildRemoved), of(story, casework.FactEpisodeEnded)
	on := func(moves []entry, day casework.Date) []entry {
		return slices.DeleteFunc(slices.Clone(moves), func(e entry) bool { return r.dayOf(e) != day })
	}
	for i := 1; i < len(removed); i++ {
		day := r.dayOf(removed[i])
		if r.dayOf(removed[i-1]) != day || len(on(home, day)) < 2 {
			continue
		}
		for _, e := range slices.Concat(on(removed, day), on(home, day)) {
			if e.At.IsZero() {
				r.refuse(e.index, e.when(), "needs its hour, under at: the child was removed twice on that day")
				refused = true
			}
		}
	}
	return refused
}

// of returns the facts of some types, in their order.
func of(story []entry, types ...casework.FactType) []entry {
	var found []entry
	for _, e := range story {
		if slices.Contains(types, e.Type) {
			found = append(found, e)
		}
	}
	return found
}
