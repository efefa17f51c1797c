package policy

import (
	"slices"

	"homeward/casework"
)

// checkStricter refuses a change to a clock that would make it laxer than the
// pack it comes from, or that could. The earlier date counts, so a further term
// is mostly safe; it is not where the date also decides from when an act counts.
func (c *clockReader) checkStricter() {
	base := c.pack.base.Ref()
	if why := c.bound(); why != "" {
		c.fail(c.node, "clock %s would be laxer than %s: %s", c.out.id, base, why)
		return
	}
	for i := range c.out.terms {
		if mine, floor, ok := c.term.laxer(&c.out.terms[i]); ok {
			at := find(c.node.Content, "length")
			if at == nil {
				at = find(c.node.Content, "lengths")
			}
			c.fail(at, "clock %s has %s, which is laxer than the %s of %s", c.out.id, mine.words(), floor.words(), base)
			return
		}
	}
}

// bound says why another date, also an earlier one, would make the clock laxer.
func (c *clockReader) bound() string {
	own := c.out.terms[len(c.out.terms)-1]
	switch {
	case c.out.lasts:
		return "it is the time of a right, and an earlier date would cut it short"
	case len(c.out.forbids) > 0:
		return "it is a waiting time, and an earlier date would end it"
	case !c.out.within.isZero():
		return "it has a window, which another date would move"
	case !c.out.careFor.isZero():
		return "it is owed on leaving care, on no other date"
	case own.window != nil:
		return "it counts days in a window, and a change would count others"
	case c.out.recurs == recursFromDue || c.out.recurs == recursMonthly:
		return "it keeps a schedule, which a change would move"
	case c.term.from.kind == anchorBirthday:
		return "a birthday may be long over when the duty begins"
	}
	return ""
}

// checkNoTerm refuses a change of how, or on what grounds, a clock counts that
// has no length: the words would stand beside a date that they did not give.
func (c *clockReader) checkNoTerm() {
	t := &c.term
	counts := c.counting != "" || c.calendar != nil || c.has("counted_from") || !t.back.isZero() ||
		t.window != nil || !c.most.isZero() || len(t.paused) > 0 || t.fixed
	speaks := t.grounds != grounds{} || c.has("confirmed")
	switch {
	case len(c.node.Content) <= 2:
		c.fail(c.node, "clock %s is named and nothing of it is changed", c.out.id)
	case counts:
		c.fail(c.node, "clock %s changes how to count and has no length", c.out.id)
	case speaks:
		c.fail(c.node, "clock %s changes the law behind a date that stays; give it a length of its own", c.out.id)
	}
}

// checkLadder refuses a ladder that tells somebody less, or later, than the one
// of the pack that the clock comes from.
func (c *clockReader) checkLadder(old ladder) {
	l := &c.out.ladder
	if r, ok := unheard(old.atRisk.tell, l.atRisk.tell); ok || longer(old.atRisk.lead, l.atRisk.lead) {
		c.fail(c.node, "clock %s would be laxer than %s: its ladder warns later or fewer people%s", c.out.id, c.pack.base.Ref(), named(r))
	}
	if r, ok := unheard(old.overdue.tell, l.overdue.tell); ok {
		c.fail(c.node, "clock %s would be laxer than %s: its ladder tells fewer people when the duty is overdue%s", c.out.id, c.pack.base.Ref(), named(r))
	}
	for _, step := range old.escalated {
		told := slices.Clone(l.overdue.tell)
		for _, x := range l.escalated {
			if !longer(x.lead, step.lead) {
				told = append(told, x.tell...)
			}
		}
		if r, ok := unheard(step.tell, told); ok {
			c.fail(c.node, "clock %s would be laxer than %s: its ladder escalates later or to fewer people%s", c.out.id, c.pack.base.Ref(), named(r))
		}
	}
}

func named(r casework.Role) string {
	if r == "" {
		return ""
	}
	return ": " + string(r)
}

// unheard returns a role that was told and is not any more.
func unheard(before, now []casework.Role) (casework.Role, bool) {
	i := slices.IndexFunc(before, func(r casework.Role) bool { return !slices.Contains(now, r) })
	if i < 0 {
		return "", false
	}
	return before[i], true
}

// longer says whether a is more time than b.
func longer(a, b length) bool { return a.elapsed() > b.elapsed() }

// laxer returns a length of t that goes over one of old, for the same starting
// facts and from the same point, and that one.
func (t *term) laxer(old *term) (mine, floor length, laxer bool) {
	if t.from != old.from {
		return length{}, length{}, false
	}
	for _, l := range t.lengths {
		for _, o := range old.lengths {
			same := slices.EqualFunc(l.where, o.where, func(a, b condition) bool {
				return a.attribute == b.attribute && slices.Equal(a.values, b.values)
			})
			if same && l.surelyOver(o.length) {
				return l.length, o.length, true
			}
			// Of a stated date, more days before it are stricter.
			if l.unit == unitStated && o.unit == unitStated && t.laterThan(old) {
				return t.back.orNone(), old.back, true
			}
		}
	}
	return length{}, length{}, false
}

// laterThan says whether t counts less far back from the same date than old.
func (t *term) laterThan(old *term) bool {
	return !old.back.isZero() && old.back.surelyOver(t.back.orNone())
}

// orNone returns the length, and no days where there is none.
func (l length) orNone() length {
	if l.isZero() {
		return length{unit: unitDays}
	}
	return l
}

// surelyOver says whether l is longer than o from whatever day they count.
func (l length) surelyOver(o length) bool {
	if l.unit == o.unit {
		return l.n > o.n
	}
	least, _, known := l.hours()
	_, most, fixed := o.hours()
	return known && fixed && o.counting == countPlain && least > most
}

// hours bounds the elapsed time of a length that does not depend on a calendar.
// Days end with a local day, and one of them may lose or gain an hour.
func (l length) hours() (least, most int, known bool) {
	days := func(least, most int) (int, int, bool) { return 24*least*l.n - 1, 24*(most*l.n+1) + 1, true }
	switch l.unit {
	case unitHours:
		return l.n, l.n, true
	case unitDays:
		return days(1, 1)
	case unitMonths:
		return days(28, 31)
	case unitYears:
		return days(365, 366)
	case unitBusinessDays, unitJudicialDays, unitStated:
	}
	return 0, 0, false
}
