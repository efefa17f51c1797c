package policy

// has says whether the pack gives a field of the clock.
func (c *clockReader) has(field string) bool { return find(c.node.Content, field) != nil }

// finishTerm applies the rules of the clock to its lengths.
func (c *clockReader) finishTerm() {
	t := &c.term
	if !c.single.isZero() {
		if len(t.lengths) > 0 {
			c.fail(c.node, "clock %s has both \"length\" and \"lengths\"", c.out.id)
		}
		t.lengths = []caseLength{c.single}
	}
	if t.from.kind == "" {
		t.from.kind = anchorStart
		if c.out.care && len(c.out.starts) == 0 {
			t.from.kind = anchorRemoval
		}
	}
	if (t.window != nil) != !c.most.isZero() {
		c.fail(c.node, "clock %s needs \"of\" and \"excluding\" together", c.out.id)
	} else if t.window != nil {
		t.window.months = c.most.n
	}
	if t.every.isZero() && len(t.lengths) > 0 && (c.out.recurs == recursFromHeld || c.out.recurs == recursFromDue) {
		t.every = t.lengths[0].length
	}
	for i := range t.lengths {
		t.lengths[i].counting, t.lengths[i].calendar = c.counting, c.calendar
	}
	if !t.every.isZero() {
		t.every.counting, t.every.calendar = c.counting, c.calendar
	}
}

// check refuses a clock that cannot run.
func (c *clockReader) check() {
	switch {
	case c.out.care && c.out.scope != ScopeSubject:
		c.fail(c.node, "clock %s runs during care, so its scope is subject", c.out.id)
	case c.out.care && c.pack.care == nil:
		c.fail(c.node, "clock %s runs during care, and the pack does not say what care is", c.out.id)
	case !c.out.care && len(c.out.starts) == 0:
		c.fail(c.node, "clock %s needs \"starts_with\" or \"during\"", c.out.id)
	case c.has("starts_early") && (!c.out.care || len(c.out.starts) == 0):
		c.fail(c.node, "clock %s: \"starts_early\" goes with \"during\" and \"starts_with\"", c.out.id)
	case c.has("early_where") && !c.has("starts_early"):
		c.fail(c.node, "clock %s: \"early_where\" goes with \"starts_early\"", c.out.id)
	case len(c.out.metBy) == 0 && !c.out.waits():
		c.fail(c.node, "clock %s needs \"met_by\", \"met_by_all\", \"forbids\" or \"lasts\"", c.out.id)
	case c.has("met_by") && c.out.metByAll:
		c.fail(c.node, "clock %s has both \"met_by\" and \"met_by_all\"", c.out.id)
	case c.out.lasts && len(c.out.forbids) > 0:
		c.fail(c.node, "clock %s forbids nothing while a right lasts; give \"forbids\" or \"lasts\"", c.out.id)
	case len(c.out.metBy) > 0 && c.out.waits():
		c.fail(c.node, "clock %s waits for its date, so nothing meets it earlier", c.out.id)
	case c.out.waits() && c.out.recurs != recursNever:
		c.fail(c.node, "clock %s waits for its date, so it cannot recur", c.out.id)
	case c.out.beforeDay && c.out.recurs != recursNever:
		c.fail(c.node, "clock %s recurs, so \"on_the_day\" has no meaning", c.out.id)
	case !c.out.careFor.isZero() && (!c.out.care || c.out.recurs != recursNever):
		c.fail(c.node, "clock %s: \"in_care_for\" goes with \"during: care\" and a duty that does not recur", c.out.id)
	case len(c.out.extended) > 0 && c.out.recurs != recursNever:
		c.fail(c.node, "clock %s recurs, so it cannot be extended", c.out.id)
	case c.out.restart == restartMoves && !c.term.stated():
		c.fail(c.node, "clock %s has no date that a starting fact could move; its length must be stated", c.out.id)
	}
	c.checkTerm()
}

func (c *clockReader) checkTerm() {
	t := &c.term
	inCare := t.from.kind == anchorRemoval || t.from.kind == anchorEntered
	switch {
	case c.out.recurs == recursMonthly:
		if len(t.lengths) > 0 || !t.every.isZero() || c.has("counted_from") || c.counting != "" || c.calendar != nil ||
			!t.back.isZero() || !c.out.within.isZero() {
			c.fail(c.node, "clock %s is due at the end of each month, so it has no length, no beginning and no counting rule", c.out.id)
		}
	case c.out.recurs == recursStated:
		c.checkCadence()
	case t.stated() || t.backStated:
		c.checkStated()
	case len(t.lengths) == 0 && (t.every.isZero() || !t.added):
		c.fail(c.node, "clock %s needs \"length\" or \"lengths\"", c.out.id)
	case len(t.lengths) == 0 && (c.has("counted_from") || !t.back.isZero()):
		c.fail(c.node, "clock %s changes the interval only; a beginning or an end goes with a length", c.out.id)
	case inCare && !c.out.care:
		c.fail(c.node, "clock %s counts from %s, so it runs \"during: care\"", c.out.id, t.from.kind)
	case t.from.kind == anchorBirthday && c.out.scope != ScopeSubject:
		c.fail(c.node, "clock %s counts from a birthday, so its scope is subject", c.out.id)
	case !t.every.isZero() && c.out.recurs == recursNever:
		c.fail(c.node, "clock %s has \"every\" and does not say how it recurs", c.out.id)
	case t.window != nil && (len(t.lengths) != 1 || t.lengths[0].unit != unitMonths):
		c.fail(c.node, "clock %s counts days in a window, so it has one length, in months", c.out.id)
	case t.window != nil && t.lengths[0].n >= t.window.months:
		c.fail(c.node, "clock %s can never count %d months within %d", c.out.id, t.lengths[0].n, t.window.months)
	case t.fixed && (c.out.recurs != recursFromHeld || len(t.lengths) == 0):
		c.fail(c.node, "clock %s: \"recurs\" changes a clock that recurs from the date held, and needs a length", c.out.id)
	case t.window != nil && (t.from.kind != anchorEntered || c.out.recurs != recursNever):
		c.fail(c.node, "clock %s counts days in care, so it counts once from entered care", c.out.id)
	}
	if !t.every.isZero() && t.every.n == 0 {
		c.fail(c.node, "clock %s would recur at once", c.out.id)
	}
	if !t.every.isZero() {
		c.checkLength(t.every)
	}
	for i, l := range t.lengths {
		c.checkLength(l.length)
		if len(l.where) == 0 && i < len(t.lengths)-1 {
			c.fail(c.node, "clock %s: only the last length can do without \"where\"", c.out.id)
		}
	}
}

// checkStated refuses what a date that the starting fact states cannot have.
func (c *clockReader) checkStated() {
	t := &c.term
	bare := len(t.lengths) == 1 && t.lengths[0].unit == unitStated
	switch {
	case len(c.out.starts) == 0:
		c.fail(c.node, "clock %s is due on a stated date, so it needs the fact that states it in \"starts_with\"", c.out.id)
	case c.has("counted_from"):
		c.fail(c.node, "clock %s is due on the date that its starting fact states, so it counts from nothing else", c.out.id)
	case c.out.recurs != recursNever:
		c.fail(c.node, "clock %s is due on a stated date, so it does not recur; a further starting fact states the next", c.out.id)
	case t.window != nil:
		c.fail(c.node, "clock %s counts days in a window, so nobody can state its date", c.out.id)
	case bare && (c.counting != "" || c.calendar != nil):
		c.fail(c.node, "clock %s is due on a stated date, so it has no counting rule and no calendar", c.out.id)
	case t.backStated && !bare:
		c.fail(c.node, "clock %s: what is stated can be counted back from a stated date only; its length is \"stated\"", c.out.id)
	}
}

// checkCadence refuses what a clock cannot have whose facts say how often.
func (c *clockReader) checkCadence() {
	t := &c.term
	switch {
	case c.out.care || len(c.out.starts) == 0:
		c.fail(c.node, "clock %s asks for an act as often as facts say, so it needs them in \"starts_with\", and no \"during\"", c.out.id)
	case c.has("counted_from") || c.has("if_started_again") || !t.back.isZero() || !t.every.isZero() || t.window != nil ||
		!c.out.within.isZero() || t.stated():
		c.fail(c.node, "clock %s counts each interval from the act before it; besides, it has a length or none", c.out.id)
	}
	for _, l := range t.lengths {
		if l.n == 0 || l.unit == unitHours {
			c.fail(c.node, "clock %s would recur at once; its length is at least a day", c.out.id)
		}
	}
}

func (c *clockReader) checkLength(l length) {
	open := l.unit == unitBusinessDays || l.unit == unitJudicialDays
	needs := open || l.counting == countSkip || l.counting == countRoll
	months := l.unit == unitMonths || l.unit == unitYears
	switch {
	case needs && l.calendar == nil:
		c.fail(c.node, "clock %s needs a calendar", c.out.id)
	case !needs && l.calendar != nil:
		c.fail(c.node, "clock %s has a calendar that it does not use", c.out.id)
	case l.counting == countSkip && l.unit != unitHours:
		c.fail(c.node, "clock %s: only hours can skip closed days; count business or judicial days", c.out.id)
	case l.counting == countRoll && open:
		c.fail(c.node, "clock %s counts open days, so it never ends on a closed one", c.out.id)
	case (l.counting == countFirstMonday || l.counting == countMonthEnd) && !months:
		c.fail(c.node, "clock %s: %q goes with months", c.out.id, l.counting)
	case len(c.out.extended) > 0 && l.unit == unitHours:
		c.fail(c.node, "clock %s is counted in hours, so it cannot be extended by days", c.out.id)
	}
}
