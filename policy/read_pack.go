package policy

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"homeward/casework"
)

// packReader reads one pack file on top of the pack it extends.
type packReader struct {
	reader
	pack *Pack
	// changed are the clocks of the packs below that this one has changed.
	changed []string
}

func readPack(file string, root *yaml.Node, base *Pack) (*Pack, error) {
	r := &packReader{reader: reader{file: file}, pack: base.extend()}
	p := r.pack
	var extends string
	r.object(root, "a pack",
		must("id", r.id(&p.id)),
		must("version", r.readVersion),
		must("title", r.text("title", &p.title)),
		must("jurisdiction", r.text("jurisdiction", &p.jurisdiction)),
		may("extends", r.text("extends", &extends)),
		may("ends", r.readEnds),
		may("care", r.readCare),
		may("spans", r.each("spans", r.readSpan)),
		may("calendars", r.each("calendars", r.readCalendar)),
		may("ladders", r.each("ladders", r.readLadder)),
		must("clocks", r.each("clocks", r.readClock)),
		may("retention", r.each("retention", r.readRetention)),
		may("visit_goals", r.readVisitGoals),
	)
	p.findWorkingDays()
	p.bind()
	return p, r.err()
}

func (r *packReader) readVersion(n *yaml.Node) {
	year, minor, ok := strings.Cut(n.Value, ".")
	_, err1 := strconv.Atoi(year)
	_, err2 := strconv.Atoi(minor)
	if !ok || len(year) != 4 || err1 != nil || err2 != nil || n.Tag != "!!str" {
		r.fail(n, `%q must be a quoted year and number like "2025.1"`, n.Value)
	}
	r.pack.version = n.Value
}

func (r *packReader) readEnds(n *yaml.Node) {
	if len(r.pack.ends) > 0 {
		r.fail(n, "what ends every clock is set by %s and cannot be changed", r.pack.base.Ref())
		return
	}
	r.matches("ends", &r.pack.ends)(n)
}

// care reads the numbers behind episodes. A state may be stricter than the
// pack it extends, never laxer.
func (r *packReader) readCare(n *yaml.Node) {
	p := r.pack
	c := &care{
		removed:      p.kind(casework.FactChildRemoved),
		ended:        p.kind(casework.FactEpisodeEnded),
		found:        p.kind(casework.FactMaltreatmentFound),
		visitStarted: p.kind(casework.FactTrialHomeVisitStarted),
		visitEnded:   p.kind(casework.FactTrialHomeVisitEnded),
	}
	read := r.object(n, "care",
		must("entered_after", r.length(&c.enteredAfter, unitDays)),
		must("trial_home_visit", r.length(&c.trialHomeVisit, unitMonths)),
		must("citation", r.text("citation", &c.citation)),
	)
	// A shorter trial home visit is laxer: the return to care begins all clocks anew.
	if old := p.care; read && old != nil && (c.enteredAfter.n > old.enteredAfter.n || c.trialHomeVisit != old.trialHomeVisit) {
		r.fail(n, "care is laxer than %s, which has %s and %s", p.base.Ref(), old.enteredAfter.words(), old.trialHomeVisit.words())
	}
	p.care = c
}

func (r *packReader) readSpan(n *yaml.Node) {
	var s span
	r.object(n, "a span",
		must("id", r.id(&s.id)),
		must("title", r.text("title", &s.title)),
		must("starts_with", r.matches("starts_with", &s.starts)),
		must("ends_with", r.matches("ends_with", &s.ends)),
		may("at_most", r.length(&s.most, unitDays, unitMonths)),
	)
	if slices.ContainsFunc(r.pack.spans, func(t span) bool { return t.id == s.id }) {
		r.fail(n, "there is already a span %q", s.id)
	}
	r.pack.spans = append(r.pack.spans, s)
}

func (r *packReader) spanNamed(to *[]int) func(*yaml.Node) {
	return r.each("a list of spans", func(n *yaml.Node) {
		i := slices.IndexFunc(r.pack.spans, func(s span) bool { return s.id == n.Value })
		if i < 0 {
			r.fail(n, "there is no span %q%s", n.Value, choice(r.pack.spans, func(s span) string { return s.id }))
			return
		}
		*to = append(*to, i)
	})
}

func (r *packReader) readCalendar(n *yaml.Node) {
	c := &calendar{}
	r.object(n, "a calendar",
		must("id", r.id(&c.id)),
		must("title", r.text("title", &c.title)),
		must("from", r.date(&c.from)),
		must("to", r.date(&c.to)),
		must("weekend", r.each("weekend", func(n *yaml.Node) { r.weekday(n, c) })),
		must("closed", r.each("closed", func(n *yaml.Node) { r.closed(n, c) })),
	)
	if c.weekend == [7]bool{true, true, true, true, true, true, true} {
		r.fail(n, "calendar %s has no open day", c.id)
	}
	if c.id == workingDays || slices.ContainsFunc(r.pack.calendars, func(d *calendar) bool { return d.id == c.id }) {
		r.fail(n, "there is already a calendar %q", c.id)
	}
	r.pack.calendars = append(r.pack.calendars, c)
}

func (r *packReader) weekday(n *yaml.Node, c *calendar) {
	if !r.one(n, "day of the week") {
		return
	}
	for day := range c.weekend {
		if strings.EqualFold(time.Weekday(day).String(), n.Value) {
			c.weekend[day] = true
			return
		}
	}
	r.fail(n, "%q is not a day of the week", n.Value)
}

// closed reads a day, or a list of days such as those of one year.
func (r *packReader) closed(n *yaml.Node, c *calendar) {
	if n.Kind == yaml.SequenceNode {
		r.each("closed", func(n *yaml.Node) { r.closed(n, c) })(n)
		return
	}
	var d casework.Date
	r.date(&d)(n)
	if d.IsZero() {
		return
	}
	if last := len(c.closed) - 1; last >= 0 && !c.closed[last].Before(d) {
		r.fail(n, "%s must come after %s", d, c.closed[last])
	}
	if !c.from.IsZero() && !c.to.IsZero() && !c.covers(d) {
		r.fail(n, "%s lies outside the calendar, %s to %s", d, c.from, c.to)
	}
	c.closed = append(c.closed, d)
}

func (r *packReader) readLadder(n *yaml.Node) {
	var l namedLadder
	r.object(n, "a ladder",
		must("id", r.id(&l.id)),
		may("at_risk", r.rung(&l.atRisk, "before")),
		must("overdue", r.rung(&l.overdue, "")),
		may("escalated", r.each("escalated", func(n *yaml.Node) {
			var x rung
			r.rung(&x, "after")(n)
			l.escalated = append(l.escalated, x)
		})),
	)
	if slices.ContainsFunc(r.pack.ladders, func(m namedLadder) bool { return m.id == l.id }) {
		r.fail(n, "there is already a ladder %q", l.id)
	}
	r.pack.ladders = append(r.pack.ladders, l)
}

func (r *packReader) rung(to *rung, lead string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		fields := []field{must("tell", r.each("tell", func(n *yaml.Node) {
			var role casework.Role
			r.role(&role)(n)
			to.tell = append(to.tell, role)
		}))}
		if lead != "" {
			fields = append(fields, must(lead, r.length(&to.lead, unitHours, unitDays)))
		}
		r.object(n, "a rung", fields...)
	}
}

func (r *packReader) role(to *casework.Role) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if !r.one(n, "role") {
			return
		}
		*to = casework.Role(n.Value)
		if !to.Known() {
			list := choice(casework.StepRoles(), func(r casework.Role) string { return string(r) })
			r.fail(n, "%q is not a role%s", n.Value, list)
		}
	}
}
