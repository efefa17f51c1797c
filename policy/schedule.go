package policy

// once adds the one duty of a run.
func (e *evaluation) once(r *run) {
	e.plan(r)
	d, ok := e.earliest(r.history)
	if !ok {
		r.number++ // it may have been given before the facts changed
		return
	}
	e.extend(r, &d)
	if d.base.kind == baseBirthday && d.day.Before(r.start.day) {
		r.number++ // the birthday was over when the run began
		return
	}
	if need := r.clock.careFor; !need.isZero() && d.day.Before(need.dayAfter(r.episode.start.day)) {
		r.number++
		return
	}
	s := e.opening(r, &d)
	if r.late {
		s = seek{}
	}
	if r.clock.restart == restartMoves {
		s.behind = r.start
	}
	e.settle(r, &d, s)
}

// opening says from where on facts may meet a run's first duty: its start, or
// what it is counted from if that came before. Where the clock counts from an
// act that would meet it, it asks for the next one.
func (e *evaluation) opening(r *run, d *deadline) seek {
	if v := d.base.event; d.term.from.kind == anchorFact && d.base.kind == baseFact && r.clock.metByFact(v) {
		return seek{from: v.moment(), past: true}
	}
	return seek{from: e.earliestUse(r, d)}
}

func (e *evaluation) earliestUse(r *run, d *deadline) moment {
	from := r.start.moment()
	if d.base.kind == baseFact && !d.term.added && d.base.before(from) {
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
	d, ok := e.earliest(r.history)
	if !ok {
		r.number++ // it may have been given before the facts changed
		return
	}
	s := e.opening(r, &d)
	for {
		done, over := e.settle(r, &d, s)
		if over {
			return
		}
		e.advance(&d)
		next, _ := e.earliest(r.history)
		// What fell due in the pause that moved d is owed once.
		for d.day != d.counted.day && next.day.Before(d.day) {
			e.advance(&next)
			next, _ = e.earliest(r.history)
		}
		if !done.none() && !next.passedBy(done.moment()) {
			s = seek{from: done.moment(), past: true}
			e.planFrom(r.clock, base{moment: done.moment(), kind: baseFact, event: done})
			next, _ = e.earliest(r.history)
		}
		d = next
	}
}

// fromDue adds an occurrence for each interval of a schedule that does not move.
func (e *evaluation) fromDue(r *run) {
	e.plan(r)
	first, ok := e.earliest(r.history)
	if !ok {
		r.number++
		return
	}
	from := e.opening(r, &first).from
	d := first
	for n := 1; ; n++ {
		// What was due before the run began, on an earlier birthday, is not owed.
		if !d.day.Before(r.start.day) {
			if _, over := e.settle(r, &d, seek{from: from}); over {
				return
			}
			from = moment{day: d.day.AddDays(1)}
		}
		d = e.nth(r, first, n)
	}
}

// nth returns the date n intervals after the first of a schedule. On birthdays
// each is counted from its own, so that a leap day stays where it is.
func (e *evaluation) nth(r *run, first deadline, n int) deadline {
	d, every := first, first.term.every.times(n)
	if years := every.years(); first.base.kind == baseBirthday && years > 0 {
		d.base.age += years
		d.base.day = r.history.subject.Born.AddMonths(12 * d.base.age)
		d.end = e.count(d.term, d.length, d.base.moment)
		if length := d.length.years(); length > 0 && d.length.counting == countPlain {
			d.end = endOfDay(d.term.back.dayBefore(r.history.subject.Born.AddMonths(12*(d.base.age+length))), e.loc)
		}
	} else {
		d.end = every.after(moment{day: first.day}, e.loc)
		d.base = base{moment: moment{day: first.day}, kind: baseDue}
		d.length = every
	}
	d.counted = d.end
	return d
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
