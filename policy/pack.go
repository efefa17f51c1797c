package policy

import (
	"maps"
	"slices"

	"homeward/casework"
)

// Pack is one version of the law of one jurisdiction, with all that it takes
// over from the pack it extends. It never changes after loading.
type Pack struct {
	id, version, title, jurisdiction string

	base *Pack
	// kinds numbers the fact types that the pack reads.
	kinds map[casework.FactType]int
	// phrases say what each kind is, by its number.
	phrases []string
	// bonds say how each kind belongs to items, by its number.
	bonds     []bond
	ends      []match
	care      *care
	spans     []span
	calendars []*calendar
	// working are the days on which none of the calendars is closed.
	working   *calendar
	ladders   []namedLadder
	clocks    []clock
	retention []retentionRule
	goals     VisitGoals
}

type namedLadder struct {
	id string
	ladder
}

// Ref names the pack and its version: "washington@2025.1". A record is pinned
// to it.
func (p *Pack) Ref() string { return p.id + "@" + p.version }

// ID returns the name of the pack without its version.
func (p *Pack) ID() string { return p.id }

// Version returns the version of the pack: "2025.1".
func (p *Pack) Version() string { return p.version }

// Title returns the name of the pack as people read it.
func (p *Pack) Title() string { return p.title }

// Jurisdiction returns the jurisdiction that the pack is for: "US-WA".
func (p *Pack) Jurisdiction() string { return p.jurisdiction }

// Clock describes a clock of a pack, for lists.
type Clock struct {
	ID          string        `json:"id"`
	Title       string        `json:"title"`
	Scope       Scope         `json:"scope"`
	Owner       casework.Role `json:"owner"`
	Citation    string        `json:"citation"`
	Consequence string        `json:"consequence,omitempty"`
	// From is the pack, with its version, that brought the clock or last changed
	// how it counts.
	From   string `json:"from"`
	Source Source `json:"source"`
	// Confirmed says that somebody checked the clock against its source. An
	// unconfirmed clock runs like any other, and must be checked before use.
	Confirmed bool `json:"confirmed"`
}

// Clocks lists the clocks of the pack, those of the packs it extends first.
func (p *Pack) Clocks() []Clock {
	list := make([]Clock, 0, len(p.clocks))
	for i := range p.clocks {
		c := &p.clocks[i]
		g := &c.terms[0].grounds
		list = append(list, Clock{
			ID: c.id, Title: c.title, Scope: c.scope, Owner: c.owner, Citation: g.citation,
			Consequence: g.consequence, From: c.from, Source: g.source, Confirmed: g.confirmed,
		})
	}
	return list
}

// extend returns a pack that begins with everything p has.
func (p *Pack) extend() *Pack {
	if p == nil {
		return &Pack{kinds: make(map[casework.FactType]int)}
	}
	return &Pack{
		base:      p,
		kinds:     maps.Clone(p.kinds),
		phrases:   slices.Clone(p.phrases),
		ends:      slices.Clone(p.ends),
		care:      p.care,
		spans:     slices.Clone(p.spans),
		calendars: slices.Clone(p.calendars),
		ladders:   slices.Clone(p.ladders),
		clocks:    slices.Clone(p.clocks),
		retention: slices.Clone(p.retention),
		goals:     p.goals,
	}
}

// kind returns the number of a fact type, a new one if the pack did not read
// the type before.
func (p *Pack) kind(t casework.FactType) int {
	n, ok := p.kinds[t]
	if !ok {
		n = len(p.kinds)
		p.kinds[t] = n
		p.phrases = append(p.phrases, phrases()[t])
	}
	return n
}

func (p *Pack) hasScope(s Scope) bool {
	return slices.ContainsFunc(p.clocks, func(c clock) bool { return c.scope == s })
}
