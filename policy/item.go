package policy

import (
	"cmp"
	"slices"
	"strings"

	"homeward/casework"
)

// bond says how a type of fact belongs to items; zero, that no clock of one names it.
type bond uint8

const (
	// bondEnds: it ends clocks of items: of one, where it has a Ref, else of all.
	bondEnds bond = iota + 1
	// bondOwn: it starts, meets, moves or waives clocks of its item alone.
	bondOwn
)

// bind notes which types of fact belong to items.
func (p *Pack) bind() {
	p.bonds = make([]bond, len(p.kinds))
	tie := func(b bond, matches ...match) {
		for _, m := range matches {
			p.bonds[m.fact] = max(p.bonds[m.fact], b)
		}
	}
	for i := range p.clocks {
		c := &p.clocks[i]
		if c.scope != ScopeItem {
			continue
		}
		tie(bondEnds, c.ends...)
		tie(bondOwn, slices.Concat(c.starts, c.metBy, c.forbids, c.waivedBy)...)
		for _, x := range c.extended {
			tie(bondOwn, x.by)
		}
	}
}

// ofItem says whether an event belongs to the item that it names, and to no other.
func (e *evaluation) ofItem(v event) bool {
	b := e.pack.bonds[v.kind]
	return b == bondOwn || b == bondEnds && v.fact.Ref != ""
}

// runItems adds the duties of the clocks that run for each item. Items are told
// apart by subject and Ref; a fact without a Ref is of the one item that has none.
func (e *evaluation) runItems() {
	var items, common []event
	for _, v := range e.events {
		if e.ofItem(v) {
			items = append(items, v)
		}
	}
	if len(items) == 0 {
		return
	}
	slices.SortStableFunc(items, func(a, b event) int {
		return cmp.Or(compareItems(a.fact, b.fact), cmp.Compare(a.kind, b.kind))
	})
	for _, v := range e.events {
		if !e.ofItem(v) {
			common = append(common, v)
		}
	}
	var about *history
	for len(items) > 0 {
		first := items[0].fact
		n := slices.IndexFunc(items, func(v event) bool { return compareItems(v.fact, first) != 0 })
		if n < 0 {
			n = len(items)
		}
		if about == nil || about.subject.ID != first.Subject {
			about = e.history(Subject{ID: first.Subject}, common, false)
		}
		h := about.of(first.Ref, items[:n])
		for i := range e.pack.clocks {
			if c := &e.pack.clocks[i]; c.scope == ScopeItem {
				e.run(c, h)
			}
		}
		items = items[n:]
	}
}

// takeUp lets what is said of an item before its first starting fact count: it can
// be about nothing else, so the start was written down late. What ended the item
// then has ended it.
func (r *run) takeUp() {
	if r.clock.scope != ScopeItem {
		return
	}
	r.late = true
	if r.history.ref == "" {
		return
	}
	for i := range r.clock.ends {
		m := &r.clock.ends[i]
		for _, v := range r.history.events[m.fact] {
			if v.fact.Ref == r.history.ref && v.moment().before(r.start.moment()) && m.holds(v.fact) {
				r.end, r.ending = r.start.moment(), v
			}
		}
	}
}

func compareItems(f, g *casework.Fact) int {
	return cmp.Or(strings.Compare(f.Subject, g.Subject), strings.Compare(f.Ref, g.Ref))
}

// of returns the history of an item: what happened to its subject, and the
// item's own events, which come sorted by type.
func (h *history) of(ref string, own []event) *history {
	item := *h
	item.ref = ref
	item.events = slices.Clone(h.events)
	for len(own) > 0 {
		kind := own[0].kind
		n := slices.IndexFunc(own, func(v event) bool { return v.kind != kind })
		if n < 0 {
			n = len(own)
		}
		events := own[:n:n]
		if common := h.events[kind]; len(common) > 0 {
			events = slices.Concat(common, events)
			slices.SortFunc(events, compareEvents)
		}
		item.events[kind], own = events, own[n:]
	}
	return &item
}
