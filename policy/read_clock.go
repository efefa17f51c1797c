package policy

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"homeward/casework"
)

// clockReader reads one clock.
type clockReader struct {
	*packReader
	node *yaml.Node
	out  clock
	// term is the clock's own way to count.
	term term
	// counting and calendar apply to every length of the clock.
	counting counting
	calendar *calendar
	single   length
	most     length
}

func (r *packReader) readClock(n *yaml.Node) {
	c := &clockReader{packReader: r, node: n}
	id, _ := scalarAt(n, "id")
	i := slices.IndexFunc(r.pack.clocks, func(d clock) bool { return d.id == id })
	switch {
	case i < 0:
		c.define()
		r.pack.clocks = append(r.pack.clocks, c.out)
	case r.pack.base != nil && i < len(r.pack.base.clocks):
		c.out = r.pack.clocks[i]
		c.override()
		r.pack.clocks[i] = c.out
	default:
		r.fail(n, "there is already a clock %q", id)
	}
}

// define reads a clock that no pack below has.
func (c *clockReader) define() {
	var during string
	c.out.restart = restartAdds
	fields := []field{
		must("id", c.name(&c.out.id)),
		must("title", c.text(&c.out.title)),
		must("scope", oneOf(&c.reader, &c.out.scope, ScopeRecord, ScopeSubject)),
		must("owner", c.role(&c.out.owner)),
		may("during", oneOf(&c.reader, &during, "care")),
		may("starts_with", c.matches("starts_with", &c.out.starts)),
		may("if_started_again", oneOf(&c.reader, &c.out.restart, restartAdds, restartReplaces, restartIgnored)),
		may("recurs", oneOf(&c.reader, &c.out.recurs, recursFromHeld, recursFromDue, recursMonthly)),
		may("met_by", c.matches("met_by", &c.out.metBy)),
		may("met_by_all", c.metAll),
		may("met_early", c.early),
		may("met_within", c.length(&c.out.within, unitDays, unitMonths)),
		may("waived_by", c.matches("waived_by", &c.out.waivedBy)),
		may("ends_with", c.matches("ends_with", &c.out.ends)),
		may("extended_by", c.each("extended_by", c.extension)),
		may("paused_during", c.spanNamed(&c.out.paused)),
		may("missed", c.missed),
		must("ladder", c.ladderNamed),
	}
	c.object(c.node, "a clock", append(fields, c.termFields(true)...)...)
	c.out.care = during == "care"
	c.finishTerm()
	c.out.terms = []term{c.term}
	c.check()
}

// override reads what a pack changes of a clock that it takes over. Its term
// is added to those of the clock: whichever gives the earlier date counts.
// What meets, ends or pauses the clock stays.
func (c *clockReader) override() {
	var id string
	fields := []field{
		must("id", c.name(&id)),
		may("title", c.text(&c.out.title)),
		may("owner", c.role(&c.out.owner)),
		may("ladder", c.ladderNamed),
	}
	c.object(c.node, "a change to clock "+c.out.id+" of "+c.pack.base.Ref(), append(fields, c.termFields(false)...)...)
	c.finishTerm()
	c.out.terms = slices.Clone(c.out.terms)
	if c.term.citation == "" {
		c.term.citation = c.out.terms[0].citation
	}
	if len(c.term.lengths) == 0 && c.term.every.isZero() {
		if c.counting != "" || c.calendar != nil || c.term.from.kind == anchorFact {
			c.fail(c.node, "clock %s changes how to count and has no length", c.out.id)
		}
		c.out.terms[0].citation = c.term.citation
		return
	}
	for _, old := range c.out.terms {
		if c.term.laxer(&old) {
			c.fail(c.node, "clock %s is laxer than %s: %s", c.out.id, c.pack.base.Ref(), old.lengths[0].words())
		}
	}
	c.out.terms = slices.Insert(c.out.terms, 0, c.term)
	c.checkTerm()
}

// termFields are the keys that say how a date is counted and on what grounds.
func (c *clockReader) termFields(required bool) []field {
	grounds := func(name string, read func(*yaml.Node)) field { return field{name, required, read} }
	return []field{
		may("counting", oneOf(&c.reader, &c.counting, countSkip, countRoll, countFirstMonday, countMonthEnd)),
		may("calendar", c.calendarNamed),
		may("counted_from", c.anchor),
		may("length", c.length(&c.single, unitHours, unitDays, unitBusinessDays, unitJudicialDays, unitMonths, unitYears)),
		may("lengths", c.each("lengths", c.caseLength)),
		may("counted_back", c.length(&c.term.back, unitDays, unitMonths)),
		may("of", c.length(&c.most, unitMonths)),
		may("excluding", c.excluding),
		may("every", c.length(&c.term.every, unitDays, unitMonths, unitYears)),
		may("consequence", c.text(&c.out.consequence)),
		grounds("citation", c.text(&c.term.citation)),
		grounds("source", oneOf(&c.reader, &c.out.source, SourceStatute, SourceRegulation, SourcePractice)),
		grounds("confirmed", c.truth(&c.out.confirmed)),
	}
}

// longest bounds every length, so that no count leaves the calendar.
const longest = 100_000

// length reads "60 days" in one of the allowed units.
func (r *packReader) length(to *length, allowed ...unit) func(*yaml.Node) {
	return func(n *yaml.Node) {
		number, name, _ := strings.Cut(n.Value, " ")
		count, err := strconv.Atoi(number)
		if !strings.HasSuffix(name, "s") {
			name += "s"
		}
		if err != nil || count < 0 || count > longest || !slices.Contains(allowed, unit(name)) {
			list := make([]string, 0, len(allowed))
			for _, u := range allowed {
				list = append(list, string(u))
			}
			r.fail(n, "%q must be a number of %s", n.Value, strings.Join(list, ", "))
			return
		}
		*to = length{n: count, unit: unit(name)}
	}
}

func (c *clockReader) caseLength(n *yaml.Node) {
	var l caseLength
	c.object(n, "a length",
		must("where", c.conditions(&l.where)),
		must("length", c.length(&l.length, unitHours, unitDays, unitBusinessDays, unitJudicialDays, unitMonths)),
	)
	c.term.lengths = append(c.term.lengths, l)
}

func (c *clockReader) anchor(n *yaml.Node) {
	a := &c.term.from
	if age, ok := strings.CutPrefix(n.Value, "birthday "); ok {
		years, err := strconv.Atoi(age)
		if err != nil || years < 1 || years > 30 {
			c.fail(n, "%q must be a birthday like \"birthday 18\"", n.Value)
		}
		*a = anchor{kind: anchorBirthday, age: years}
		return
	}
	switch kind := anchorKind(n.Value); kind {
	case anchorStart, anchorRemoval, anchorEntered:
		*a = anchor{kind: kind}
	case anchorBirthday, anchorFact:
		c.fail(n, "%q must say which", n.Value)
	default:
		*a = anchor{kind: anchorFact, fact: c.factType(n)}
	}
}

func (c *clockReader) calendarNamed(n *yaml.Node) {
	i := slices.IndexFunc(c.pack.calendars, func(d *calendar) bool { return d.id == n.Value })
	if i < 0 {
		c.fail(n, "there is no calendar %q", n.Value)
		return
	}
	c.calendar = c.pack.calendars[i]
}

func (c *clockReader) ladderNamed(n *yaml.Node) {
	i := slices.IndexFunc(c.pack.ladders, func(l namedLadder) bool { return l.id == n.Value })
	if i < 0 {
		c.fail(n, "there is no ladder %q", n.Value)
		return
	}
	c.out.ladder = c.pack.ladders[i].ladder
}

func (c *clockReader) excluding(n *yaml.Node) {
	c.term.window = &window{}
	c.spanNamed(&c.term.window.excluded)(n)
}

func (c *clockReader) metAll(n *yaml.Node) {
	c.out.metByAll = true
	c.matches("met_by_all", &c.out.metBy)(n)
}

func (c *clockReader) early(n *yaml.Node) {
	var l length
	c.length(&l, unitDays)(n)
	c.out.early = l.n
}

func (c *clockReader) missed(n *yaml.Node) {
	var word string
	oneOf(&c.reader, &word, "incurable")(n)
	c.out.incurable = word == "incurable"
}

func (c *clockReader) extension(n *yaml.Node) {
	var x extension
	var to string
	var days, most length
	c.object(n, "an extension",
		must("fact", func(n *yaml.Node) { x.by.fact = c.factType(n) }),
		may("where", c.conditions(&x.by.where)),
		may("to", oneOf(&c.reader, &to, "until")),
		may("by", c.length(&days, unitDays)),
		may("at_most", c.length(&most, unitDays)),
	)
	x.toUntil, x.days, x.most = to == "until", days.n, most.n
	if x.toUntil == (x.days > 0) {
		c.fail(n, "an extension needs either \"to\" or \"by\"")
	}
	c.out.extended = append(c.out.extended, x)
}

// matches reads a list of facts, each a type or a type with conditions.
func (r *packReader) matches(what string, to *[]match) func(*yaml.Node) {
	return r.each(what, func(n *yaml.Node) {
		var m match
		if n.Kind == yaml.ScalarNode {
			m.fact = r.factType(n)
		} else {
			r.object(n, "a fact",
				must("fact", func(n *yaml.Node) { m.fact = r.factType(n) }),
				may("where", r.conditions(&m.where)),
			)
		}
		*to = append(*to, m)
	})
}

func (r *packReader) factType(n *yaml.Node) int {
	t := casework.FactType(n.Value)
	if _, known := phrases()[t]; !known {
		r.fail(n, "%q is not a type of fact", n.Value)
		return 0
	}
	return r.pack.kind(t)
}

func (r *packReader) conditions(to *[]condition) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.MappingNode {
			r.fail(n, "where must have attributes and their values")
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			c := condition{attribute: n.Content[i].Value}
			if _, known := attribute(&casework.Fact{}, c.attribute); !known {
				r.fail(n.Content[i], "facts have no attribute %q for conditions", c.attribute)
			}
			values := n.Content[i+1].Content
			if n.Content[i+1].Kind == yaml.ScalarNode {
				values = []*yaml.Node{n.Content[i+1]}
			}
			for _, v := range values {
				c.values = append(c.values, v.Value)
			}
			*to = append(*to, c)
		}
	}
}
