package explain

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"homeward/casework"
	"homeward/policy"
)

const (
	// maxDays bounds one extension. A slip of the keyboard is longer.
	maxDays = 366
	// maxExtended bounds all of them together: a hundred years.
	maxExtended = 36_525
)

// facts reads the list of facts.
func (r *reader) facts(given map[string]member) {
	m, ok := given["facts"]
	if !ok {
		r.refuse(before, "facts", "is missing; write [] where nothing has happened yet")
		return
	}
	var list []json.RawMessage
	switch {
	case m.value[0] != '[' || json.Unmarshal(m.value, &list) != nil:
		r.refuse(before, m.field, "must be a list, in [ and ]")
		return
	case len(list) > maxFacts:
		r.refuse(before, m.field, fmt.Sprintf("is longer than %d", maxFacts))
		return
	}
	for i, data := range list {
		r.fact(i, data)
	}
}

// fact reads one fact and notes whether the others can be ordered without it.
func (r *reader) fact(index int, data json.RawMessage) {
	seen := len(r.refusals)
	e := entry{index: index}
	members, ok := r.object(index, fmt.Sprintf("facts[%d]", index), data)
	if ok {
		r.attributes(&e, members)
	}
	if len(r.refusals) == seen {
		r.entries = append(r.entries, e)
		return
	}
	if _, known := r.forms[e.Type]; !known || e.Corrects != "" || e.ID != "" || moves(e.Type) {
		r.torn = true
	}
}

// attributes reads the members of a fact by the form of its type.
func (r *reader) attributes(e *entry, members []member) {
	given := make(map[string]bool)
	for _, m := range members {
		given[m.name] = true
		if m.name == "type" {
			r.value(e.index, m, &e.Type)
		}
	}
	f, known := r.forms[e.Type]
	switch {
	case !given["type"]:
		r.refuse(e.index, e.field("type"), `is missing; write one like "child.removed"`)
	case !known:
		r.refuse(e.index, e.field("type"), "is no type of fact"+r.nearest(e.Type))
	}
	for _, m := range members {
		into := target(&e.Fact, m.name)
		switch {
		case m.name == "type":
		case into == nil:
			r.refuse(e.index, m.field, "is not known; no fact has it")
		case known && !f.allows(m.name):
			r.refuse(e.index, m.field, "does not belong to "+string(e.Type)+f.belongs())
		default:
			r.value(e.index, m, into)
		}
	}
	if known {
		r.complete(*e, f, given)
	}
}

// complete refuses what is missing and what contradicts itself.
func (r *reader) complete(e entry, f form, given map[string]bool) {
	switch {
	case given["on"] && given["at"]:
		r.refuse(e.index, e.field("at"), "stands beside on; give the day or the time, not both")
	case !given["on"] && !given["at"] && !e.Withdrawn:
		r.refuse(e.index, e.field(f.usual), "is missing; say when it happened, with on or at")
	}
	for _, name := range f.must {
		if !given[name] && !e.Withdrawn {
			r.refuse(e.index, e.field(name), "is missing; a "+string(e.Type)+" needs it")
		}
	}
	if e.Withdrawn && !given["corrects"] {
		r.refuse(e.index, e.field("withdrawn"), "needs corrects: the id of the fact that never happened")
	}
	if given["days"] && (e.Days < 1 || e.Days > maxDays) {
		r.refuse(e.index, e.field("days"), fmt.Sprintf("must be from 1 to %d", maxDays))
	}
	if r.extended += e.Days; r.extended > maxExtended {
		r.refuse(e.index, e.field("days"), "brings all extensions together to more than a hundred years")
	}
	begun := e.On
	if r.in.Zone != nil && !e.At.IsZero() {
		begun = e.LocalDate(r.in.Zone)
	}
	if !e.Until.IsZero() && e.Until.Before(begun) {
		r.refuse(e.index, e.field("until"), "is before the day on which it began")
	}
	r.about(e)
}

// about refuses a fact about somebody whom the input does not name.
func (r *reader) about(e entry) {
	known := func(s policy.Subject) bool { return s.ID == e.Subject }
	if e.Subject != "" && !slices.ContainsFunc(r.in.Subjects, known) {
		r.refuse(e.index, e.field("subject"), "names nobody; give the child's id under child or children")
	}
}

func (f form) allows(name string) bool {
	return slices.Contains(common(), name) || slices.Contains(f.may, name) || slices.Contains(f.must, name)
}

// belongs says what does belong to facts of the form.
func (f form) belongs() string {
	own := slices.Concat(f.must, f.may)
	if len(own) == 0 {
		return ", which has no attributes of its own"
	}
	return ", which has " + strings.Join(own, ", ")
}

// nearest proposes the types that begin like an unknown one.
func (r *reader) nearest(t casework.FactType) string {
	family, _, _ := strings.Cut(string(t), ".")
	var like []string
	for _, f := range forms() {
		if strings.HasPrefix(string(f.fact), family+".") {
			like = append(like, string(f.fact))
		}
	}
	if len(like) == 0 {
		return "; docs/explain.md lists them"
	}
	return "; there is " + strings.Join(like, ", ")
}
