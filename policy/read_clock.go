package policy

import (
	"fmt"
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
	single   caseLength
	most     length
}

func (r *packReader) readClock(n *yaml.Node) {
	c := &clockReader{packReader: r, node: n}
	id, _ := scalarAt(n, "id")
	i := slices.IndexFunc(r.pack.clocks, func(d clock) bool { return d.id == id })
	switch {
	case i < 0:
		if c.suspectChange(id) {
			return
		}
		c.define()
		r.pack.clocks = append(r.pack.clocks, c.out)
	case r.pack.base != nil && i < len(r.pack.base.clocks):
		if slices.Contains(r.changed, id) {
			r.fail(n, "clock %s is changed twice in this pack; put both changes into one", id)
		}
		r.changed = append(r.changed, id)
		c.out = r.pack.clocks[i]
		c.override()
		r.pack.clocks[i] = c.out
	default:
		r.fail(n, "there is already a clock %q", id)
	}
}

// suspectChange says of a clock that looks like a change that there is none of
// its name to change, and whether the name is one that is misspelt.
func (c *clockReader) suspectChange(id string) (misspelt bool) {
	base := c.pack.base
	if base == nil || id == "" || c.has("scope") {
		return false
	}
	known := make([]string, len(base.clocks))
	for i := range base.clocks {
		known[i] = base.clocks[i].id
	}
	other := meant(id, known)
	c.fail(c.node, "there is no clock %s in %s to change, so this is a new one%s", id, base.Ref(), other)
	return other != ""
}

// define reads a clock that no pack below has.
func (c *clockReader) define() {
	var during string
	c.out.restart = restartAdds
	fields := []field{
		must("id", c.id(&c.out.id)),
		must("title", c.text("title", &c.out.title)),
		must("scope", oneOf(&c.reader, &c.out.scope, ScopeRecord, ScopeSubject, ScopeItem)),
		must("owner", c.role(&c.out.owner)),
		may("during", oneOf(&c.reader, &during, "care", unagreed)),
		may("starts_with", c.matches("starts_with", &c.out.starts)),
		may("if_started_again", oneOf(&c.reader, &c.out.restart, restartAdds, restartReplaces, restartIgnored, restartMoves)),
		may("starts_early", c.days(&c.out.before)),
		may("early_where", c.conditions(&c.out.beforeWhere)),
		may("recurs", oneOf(&c.reader, &c.out.recurs, recursFromHeld, recursFromDue, recursMonthly, recursStated)),
		may("met_by", c.matches("met_by", &c.out.metBy)),
		may("met_by_all", c.metAll),
		may("forbids", c.matches("forbids", &c.out.forbids)),
		may("lasts", c.word("until the date", &c.out.lasts)),
		may("met_early", c.days(&c.out.early)),
		may("met_within", c.length(&c.out.within, unitDays, unitMonths, unitYears)),
		may("in_care_for", c.length(&c.out.careFor, unitDays, unitMonths, unitYears)),
		may("waived_by", c.matches("waived_by", &c.out.waivedBy)),
		may("ends_with", c.matches("ends_with", &c.out.ends)),
		may("extended_by", c.each("extended_by", c.extension)),
		may("met_after_start", c.word("never", &c.out.atStart)),
		may("on_the_day", c.word("too late", &c.out.beforeDay)),
		may("missed", c.word("incurable", &c.out.incurable)),
		must("ladder", c.ladderNamed),
	}
	read := c.object(c.node, "a clock", append(fields, c.termFields(true)...)...)
	c.out.care, c.out.unagreed = during != "", during == unagreed
	c.out.from = c.pack.Ref()
	if c.single.stated && !c.has("if_started_again") {
		c.out.restart = restartMoves
	}
	if read {
		c.finishTerm()
		c.check()
	}
	c.out.terms = []term{c.term}
}

// override reads what a pack changes of a clock that it takes over. Its term
// is added to those of the clock: whichever gives the earlier date counts.
// What meets, ends or pauses the clock stays.
func (c *clockReader) override() {
	var id string
	ladder := c.out.ladder
	fields := []field{
		must("id", c.id(&id)),
		may("title", c.text("title", &c.out.title)),
		may("owner", c.role(&c.out.owner)),
		may("ladder", c.ladderNamed),
		may("recurs", c.word(string(recursFromDue), &c.term.fixed)),
	}
	if !c.object(c.node, "a change to clock "+c.out.id+" of "+c.pack.base.Ref(), append(fields, c.termFields(false)...)...) {
		return
	}
	c.finishTerm()
	c.checkLadder(ladder)
	if len(c.term.lengths) == 0 && c.term.every.isZero() {
		c.checkNoTerm()
		return
	}
	c.term.added = true
	c.checkStricter()
	if c.term.citation == "" || c.term.source == "" || !c.has("confirmed") {
		c.fail(c.node, "clock %s has a length of its own, so it needs its own \"citation\", \"source\" and \"confirmed\"", c.out.id)
	}
	if c.term.consequence == "" {
		c.term.consequence = c.out.terms[0].consequence
	}
	c.out.terms = slices.Insert(slices.Clone(c.out.terms), 0, c.term)
	c.out.from = c.pack.Ref()
	c.checkTerm()
}

// termFields are the keys that say how a date is counted and on what grounds.
func (c *clockReader) termFields(required bool) []field {
	grounds := func(name string, read func(*yaml.Node)) field { return field{name, required, read} }
	return []field{
		may("counting", oneOf(&c.reader, &c.counting, countSkip, countRoll, countFirstMonday, countMonthEnd)),
		may("calendar", c.calendarNamed),
		may("counted_from", c.anchor),
		may("length", c.mainLength),
		may("lengths", c.each("lengths", c.caseLength)),
		may("counted_back", c.orStated(&c.term.back, &c.term.backStated, unitDays, unitMonths)),
		may("of", c.length(&c.most, unitMonths)),
		may("excluding", c.excluding),
		may("every", c.length(&c.term.every, unitDays, unitMonths, unitYears)),
		may("paused_during", c.spanNamed(&c.term.paused)),
		may("consequence", c.text("consequence", &c.term.consequence)),
		grounds("citation", c.text("citation", &c.term.citation)),
		grounds("source", oneOf(&c.reader, &c.term.source, SourceStatute, SourceRegulation, SourcePractice)),
		grounds("confirmed", c.truth(&c.term.confirmed)),
	}
}

// longest bounds every length, so that no count leaves the calendar.
const longest = 100_000

// length reads "60 days" in one of the allowed units.
func (r *packReader) length(to *length, allowed ...unit) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if !r.one(n, "length") {
			return
		}
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
			said := strings.Join(list, ", ")
			if name == "weeks" && err == nil && slices.Contains(allowed, unitDays) {
				said += fmt.Sprintf("; %s are %d days", n.Value, 7*count)
			}
			r.fail(n, "%q must be a number of %s", n.Value, said)
			return
		}
		*to = length{n: count, unit: unit(name)}
	}
}

// mainLength reads the length of a clock, or that its starting fact states the date.
func (c *clockReader) mainLength(n *yaml.Node) {
	if n.Value == string(unitStated) {
		c.single = caseLength{length: length{unit: unitStated}, stated: true}
		return
	}
	c.orStated(&c.single.length, &c.single.stated,
		unitHours, unitDays, unitBusinessDays, unitJudicialDays, unitMonths, unitYears)(n)
}

// orStated reads a length that gives way to what the starting fact states:
// "21 days, or as stated".
func (c *clockReader) orStated(to *length, stated *bool, allowed ...unit) func(*yaml.Node) {
	return func(n *yaml.Node) {
		number := *n
		number.Value, *stated = strings.CutSuffix(n.Value, ", or as stated")
		c.length(to, allowed...)(&number)
	}
}

func (c *clockReader) caseLength(n *yaml.Node) {
	var l caseLength
	c.object(n, "a length",
		may("where", c.conditions(&l.where)),
		must("length", c.length(&l.length, unitHours, unitDays, unitBusinessDays, unitJudicialDays, unitMonths)),
	)
	c.term.lengths = append(c.term.lengths, l)
}

func (c *clockReader) anchor(n *yaml.Node) {
	if !c.one(n, "beginning") {
		return
	}
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
	if n.Value == workingDays {
		c.calendar = &calendar{id: workingDays} // it is filled in when every calendar has been read
		return
	}
	i := slices.IndexFunc(c.pack.calendars, func(d *calendar) bool { return d.id == n.Value })
	if i < 0 {
		c.fail(n, "there is no calendar %q%s", n.Value, choice(c.pack.calendars, func(d *calendar) string { return d.id }))
		return
	}
	c.calendar = c.pack.calendars[i]
}

func (c *clockReader) ladderNamed(n *yaml.Node) {
	i := slices.IndexFunc(c.pack.ladders, func(l namedLadder) bool { return l.id == n.Value })
	if i < 0 {
		c.fail(n, "there is no ladder %q%s", n.Value, choice(c.pack.ladders, func(l namedLadder) string { return l.id }))
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

// days reads a number of days.
func (c *clockReader) days(to *int) func(*yaml.Node) {
	return func(n *yaml.Node) {
		var l length
		c.length(&l, unitDays)(n)
		*to = l.n
	}
}

// word reads a key that can have one value only.
func (c *clockReader) word(want string, to *bool) func(*yaml.Node) {
	return func(n *yaml.Node) {
		var word string
		oneOf(&c.reader, &word, want)(n)
		*to = word == want
	}
}

func (c *clockReader) extension(n *yaml.Node) {
	var x extension
	var to string
	var days, each, most length
	read := c.object(n, "an extension",
		must("fact", func(n *yaml.Node) { x.by.fact = c.factType(n) }),
		may("where", c.conditions(&x.by.where)),
		may("to", oneOf(&c.reader, &to, "until")),
		may("by", c.length(&days, unitDays)),
		may("each_at_most", c.length(&each, unitDays)),
		may("at_most", c.length(&most, unitDays)),
		may("given", c.word("before the date", &x.inTime)),
	)
	x.toUntil, x.days, x.each, x.most = to == "until", days.n, each.n, most.n
	switch {
	case !read:
	case x.toUntil == (x.days > 0):
		c.fail(n, "an extension needs either \"to\" or \"by\"")
	case x.toUntil && (!each.isZero() || !most.isZero()):
		c.fail(n, "an extension to a day has no number of days, so nothing can be \"each_at_most\" or \"at_most\"")
	case each.isZero() != (x.each == 0) || most.isZero() != (x.most == 0):
		c.fail(n, "an extension of at most 0 days is none")
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
	if !r.one(n, "fact") {
		return 0
	}
	t := casework.FactType(n.Value)
	if _, known := phrases()[t]; !known {
		r.fail(n, "%q is not a type of fact%s", n.Value, meant(n.Value, factTypes()))
		return 0
	}
	return r.pack.kind(t)
}

// conditions reads attributes and the values, any one of which will do.
func (r *packReader) conditions(to *[]condition) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
			r.fail(n, "where must have attributes and their values")
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			if at := find(n.Content[:i], key.Value); at != nil {
				r.fail(key, "%q is given twice, first in line %d; several values are a list", key.Value, at.Line)
			}
			*to = append(*to, r.condition(key, value))
		}
	}
}

func (r *packReader) condition(key, value *yaml.Node) condition {
	c := condition{attribute: key.Value}
	absent, known := attribute(&casework.Fact{}, c.attribute)
	// Only what is true or false has a value in a fact that says nothing.
	boolean := absent != ""
	read := func(n *yaml.Node) {
		var text string
		if boolean {
			var truth bool
			r.truth(&truth)(n)
			text = n.Value
		} else {
			r.text(c.attribute, &text)(n)
		}
		c.values = append(c.values, text)
	}
	switch {
	case !known:
		r.fail(key, "facts have no attribute %q for conditions", c.attribute)
	case boolean || value.Kind == yaml.ScalarNode:
		read(value)
	default:
		r.each(c.attribute, read)(value)
	}
	return c
}
