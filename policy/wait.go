package policy

import "homeward/casework"

// waits says whether time alone meets the clock: it forbids something until its
// date, or a right lasts until then.
func (c *clock) waits() bool { return c.lasts || len(c.forbids) > 0 }

// wait adds the duty of a clock that time alone meets.
func (e *evaluation) wait(r *run, d *deadline, number int) {
	broken := e.broken(r, d)
	passed := d.passed(e.asOf)
	if r.ended() {
		passed = d.passedBy(r.end)
	}
	switch {
	case !broken.none():
		e.add(r, d, number, casework.DutyIncurable, broken)
	case passed:
		e.add(r, d, number, casework.DutyMet, event{})
	case !r.ended():
		e.add(r, d, number, casework.DutyOpen, event{})
	}
}

// broken returns the first fact that came before the waiting time was over, as
// long as it was at that moment: a request for more time does not make a hearing
// unlawful that was held before it.
func (e *evaluation) broken(r *run, d *deadline) event {
	for s := (seek{from: r.start.moment()}); ; {
		v := r.history.first(r.clock.forbids, s)
		if v.none() || d.passedBy(v.moment()) {
			return event{}
		}
		until := d.counted
		for _, x := range d.extensions {
			if !v.moment().before(x.by.moment()) {
				until = endOfDay(x.to, e.loc)
			}
		}
		if !until.passedBy(v.moment()) {
			return v
		}
		s = seek{from: v.moment(), past: true}
	}
}
