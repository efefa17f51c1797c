package policy

// once adds the one duty of a run.
func (e *evaluation) once(r *run) {
	e.plan(r)
	d, ok := e.earliest()
	if !ok {
		r.number++ // it may have been given before the facts changed
		return
	}
	if d.base.kind == baseBirthday && d.day.Before(r.start.day) {
		r.number++ // the birthday was over when the run began
		return
	}
	e.extend(r, &d)
	e.settle(r, &d, seek{from: e.opening(r, &d)})
}

// opening returns the moment from which facts may meet a run's first duty:
// its start, or what it is counted from if that came before.
func (e *evaluation) opening(r *run, d *deadline) moment {
	from := r.start.moment()
	if d.base.kind == baseFact && d.base.before(from) {
		from = d.base.moment
	}
	if r.clock.early > 0 {
		from = moment{day: from.day.AddDays(-r.clock.early)}
	}
	if r.episode != nil && from.before(r.episode.since) {
		from = r.episode.since
	}
	return from
}

// fromHeld adds an occurrence for each interval, counted from the date the
// act was done. Where it was not done for a whole interval, the next is
// counted from the date it was due.
func (e *evaluation) fromHeld(r *run) {
	e.plan(r)
	d, ok := e.earliest()
	if !ok {
		r.number++ // it may have been given before the facts changed
		return
	}
	s := seek{from: e.opening(r, &d)}
	for {
		done, over := e.settle(r, &d, s)
		if over {
			return
		}
		e.advance(&d)
		next, _ := e.earliest()
		// What fell due in the pause that moved d is owed once.
		for d.day != d.counted.day && next.day.Before(d.day) {
			e.advance(&next)
			next, _ = e.earliest()
		}
		if !done.none() && !next.passedBy(done.moment()) {
			s = seek{from: done.moment(), past: true}
			e.planFrom(r.clock, base{moment: done.moment(), kind: baseFact, event: done})
			next, _ = e.earliest()
		}
		d = next
	}
}

// fromDue adds an occurrence for each interval of a schedule that does not move.
func (e *evaluation) fromDue(r *run) {
	e.plan(r)
	first, ok := e.earliest()
	if !ok {
		r.number++
		return
	}
	from := e.opening(r, &first)
	d := first
	for n := 1; ; n++ {
		// What was due before the run began, on an earlier birthday, is not owed.
		if !d.day.Before(r.start.day) {
			if _, over := e.settle(r, &d, seek{from: from}); over {
				return
			}
			from = moment{day: d.day.AddDays(1)}
		}
		every := first.term.every.times(n)
		d = first
		d.end = every.after(moment{day: first.day}, e.loc)
		d.counted = d.end
		d.base = base{moment: moment{day: first.day}, kind: baseDue}
		d.length = every
	}
}

// monthly adds an occurrence for each calendar month that lies wholly within
// the run. A month that begins with the run's first day counts.
func (e *evaluation) monthly(r *run) {
	month := r.start.day
	if month != month.MonthStart() {
		month = month.MonthEnd().AddDays(1)
	}
	for ; ; month = month.AddMonths(1) {
		d := deadline{
			end:  endOfDay(month.MonthEnd(), e.loc),
			term: &r.clock.terms[0],
			base: base{moment: moment{day: month}, kind: baseMonth},
		}
		if _, over := e.settle(r, &d, seek{from: moment{day: month}}); over {
			return
		}
	}
}
