package policy

import (
	"slices"

	"homeward/casework"
)

// tally is the count behind a date in a sliding window.
type tally struct {
	// counted and excluded are days inside the window that ends on the due date.
	counted, excluded int
	// from is the first day of the window.
	from casework.Date
}

// period is a stretch of days: after the first date, up to and with the second.
type period struct{ after, to casework.Date }

// in returns how many of the days lie inside the window w.
func (s period) in(w period) int {
	if w.after.After(s.after) {
		s.after = w.after
	}
	if w.to.Before(s.to) {
		s.to = w.to
	}
	return max(0, s.after.DaysUntil(s.to))
}

// farAway stands for "still in care".
const farAway = 200 * 366

// slide sets the day on which the days in care inside a sliding window first
// reach the length: 15 months of the most recent 22 (42 USC 675(5)(E)). It
// returns false if the child left care before.
//
// The arithmetic that no regulation defines, as a rule of its own: care counts
// from entry into care in each episode, that day left out and the last
// included. Trial home visits and absences do not count, from their first day
// to the day before the return. Fifteen months are as many days as fifteen
// calendar months from entry into care of the present episode. A span that
// still lasts without a planned end counts as if it ended at once: the
// earliest date possible, on which the duty is then paused.
func (e *evaluation) slide(r *run, d *deadline) bool {
	care, excluded := e.careDays(d.term, r, casework.Date{})
	present := r.episode.entered
	target := present.DaysUntil(d.length.dayAfter(present))
	for day := present; ; {
		w := period{day.AddMonths(-d.term.window.months), day}
		out := sum(excluded, w)
		counted := sum(care, w) - out
		if counted >= target {
			d.end = endOfDay(day, e.loc)
			d.tally = tally{counted: counted, excluded: out, from: w.after.AddDays(1)}
			return true
		}
		// A day adds one at most, so none of the days skipped can be the one.
		day = day.AddDays(target - counted)
		if r.ended() && day.After(r.end.day) {
			return false
		}
	}
}

// countDays says how many days count in the window that ends with the day of
// the evaluation, or with the day on which the child left care.
func (e *evaluation) countDays(r *run, d *deadline) *casework.DayCount {
	to := e.today
	if r.ended() && r.end.day.Before(to) {
		to = r.end.day
	}
	care, excluded := e.careDays(d.term, r, to)
	w := period{to.AddMonths(-d.term.window.months), to}
	out := sum(excluded, w)
	present := r.episode.entered
	return &casework.DayCount{
		Counted: sum(care, w) - out, Excluded: out, Needed: present.DaysUntil(d.length.dayAfter(present)),
		From: w.after.AddDays(1), To: to,
	}
}

// careDays returns the days in care up to the run's episode, and those of them
// that do not count, without overlaps. A span that still lasts without a planned
// end does not count up to and with the day lasting, or not at all if that is zero.
func (e *evaluation) careDays(t *term, r *run, lasting casework.Date) (care, excluded []period) {
	for i := range r.history.episodes {
		ep := &r.history.episodes[i]
		stay := period{ep.entered, ep.entered.AddDays(farAway)}
		if ep.ended() && (ep != r.episode || r.ended()) {
			stay.to = ep.end.day
		}
		if stay.after.Before(stay.to) {
			care = append(care, stay)
		}
		if ep == r.episode {
			break
		}
	}
	for _, i := range t.window.excluded {
		for _, s := range r.history.stretches[i] {
			switch {
			case !s.to.IsZero():
				excluded = append(excluded, period{s.from.AddDays(-1), s.to.AddDays(-1)})
			case s.from.Before(lasting.AddDays(1)):
				excluded = append(excluded, period{s.from.AddDays(-1), lasting})
			}
		}
	}
	return care, overlap(care, union(excluded))
}

// union sorts and joins days that overlap.
func union(spans []period) []period {
	slices.SortFunc(spans, func(a, b period) int { return a.after.Compare(b.after) })
	joined := spans[:0]
	for _, s := range spans {
		if n := len(joined); n > 0 && !s.after.After(joined[n-1].to) {
			if s.to.After(joined[n-1].to) {
				joined[n-1].to = s.to
			}
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// overlap returns the parts of b that lie in a.
func overlap(a, b []period) []period {
	var both []period
	for _, s := range a {
		for _, x := range b {
			if x.in(s) == 0 {
				continue
			}
			if x.after.Before(s.after) {
				x.after = s.after
			}
			if s.to.Before(x.to) {
				x.to = s.to
			}
			both = append(both, x)
		}
	}
	return both
}

func sum(spans []period, w period) int {
	n := 0
	for _, s := range spans {
		n += s.in(w)
	}
	return n
}
