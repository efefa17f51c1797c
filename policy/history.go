package policy

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"homeward/casework"
)

// moment is when something happened: a local day, and the instant where it is
// known.
type moment struct {
	day casework.Date
	at  time.Time
}

// before compares by instant where both have one, else by day.
func (m moment) before(n moment) bool {
	if m.at.IsZero() || n.at.IsZero() {
		return m.day.Before(n.day)
	}
	return m.at.Before(n.at)
}

// instant returns the instant, or the start of the day where there is none.
func (m moment) instant(loc *time.Location) time.Time {
	if m.at.IsZero() {
		return m.day.Start(loc)
	}
	return m.at
}

// event is a fact with its local day. The zero event is none.
type event struct {
	fact *casework.Fact
	day  casework.Date
	kind int32
}

func (v event) none() bool { return v.fact == nil }

func (v event) moment() moment { return moment{day: v.day, at: v.fact.At} }

// history is what happened to one subject, or to the record as a whole.
type history struct {
	subject Subject
	// ref is the item, where the history is that of one.
	ref string
	// now is the moment of the evaluation: what comes after it is planned.
	now moment
	// events are grouped by fact type, oldest first.
	events   [][]event
	episodes []episode
	// stretches are the spans of the pack, in its order.
	stretches [][]stretch
}

// events returns the facts that the pack reads, in the order in which they
// happened. The order does not depend on that of the input.
func (p *Pack) events(facts []casework.Fact, loc *time.Location) []event {
	current := casework.Current(facts)
	events := make([]event, 0, len(current))
	for i := range current {
		f := &current[i]
		kind, used := p.kinds[f.Type]
		if !used {
			continue
		}
		if day := f.LocalDate(loc); !day.IsZero() {
			events = append(events, event{fact: f, day: day, kind: int32(kind)}) //nolint:gosec // an index of a closed list
		}
	}
	slices.SortFunc(events, compareEvents)
	return events
}

func compareEvents(a, b event) int {
	if c := a.day.Compare(b.day); c != 0 {
		return c
	}
	if c := a.fact.At.Compare(b.fact.At); c != 0 {
		return c
	}
	return compareFacts(a.fact, b.fact)
}

// compareFacts orders facts of the same moment by what they say, so that the
// order of recording never decides.
func compareFacts(f, g *casework.Fact) int {
	return cmp.Or(
		strings.Compare(string(f.Type), string(g.Type)),
		strings.Compare(f.Subject, g.Subject),
		strings.Compare(f.Ref, g.Ref),
		f.Until.Compare(g.Until),
		strings.Compare(f.Priority, g.Priority),
		strings.Compare(f.Setting, g.Setting),
		strings.Compare(f.Reason, g.Reason),
		strings.Compare(f.By, g.By),
		strings.Compare(f.To, g.To),
		cmp.Compare(f.Days, g.Days),
		strings.Compare(f.ID, g.ID),
	)
}

// history sorts the events of a subject, or all of them, by type.
func (e *evaluation) history(s Subject, events []event, all bool) *history {
	counts := make([]int, len(e.pack.kinds))
	total := 0
	for _, v := range events {
		if all || v.fact.Subject == "" || v.fact.Subject == s.ID {
			counts[v.kind]++
			total++
		}
	}
	h := &history{subject: s, now: moment{day: e.today, at: e.asOf}, events: make([][]event, len(counts))}
	backing := make([]event, 0, total)
	for kind, n := range counts {
		h.events[kind] = backing[len(backing) : len(backing) : len(backing)+n]
		backing = backing[:len(backing)+n]
	}
	for _, v := range events {
		if all || v.fact.Subject == "" || v.fact.Subject == s.ID {
			h.events[v.kind] = append(h.events[v.kind], v)
		}
	}
	if !all {
		e.findEpisodes(h)
	}
	e.findStretches(h)
	return h
}

// seek says where a search for a fact begins.
type seek struct {
	from moment
	// past leaves out facts of the moment itself.
	past bool
	// not is an event that does not count.
	not *casework.Fact
	// planned takes what comes after the evaluation as well.
	planned bool
	// behind leaves out events of its own type that come no later in their order.
	behind event
}

func (s seek) wants(v event) bool {
	if v.fact == s.not || !s.behind.none() && v.kind == s.behind.kind && compareEvents(v, s.behind) <= 0 {
		return false
	}
	if s.past {
		return s.from.before(v.moment())
	}
	return !v.moment().before(s.from)
}

// first returns the earliest event that one of the matches picks.
func (h *history) first(matches []match, s seek) event {
	var found event
	for i := range matches {
		if v := h.firstOf(&matches[i], s); !v.none() && (found.none() || v.moment().before(found.moment())) {
			found = v
		}
	}
	return found
}

func (h *history) firstOf(m *match, s seek) event {
	events := h.events[m.fact]
	i, _ := slices.BinarySearchFunc(events, s.from.day, func(v event, d casework.Date) int {
		return v.day.Compare(d)
	})
	for _, v := range events[i:] {
		if !s.planned && h.now.before(v.moment()) {
			return event{}
		}
		if s.wants(v) && m.holds(v.fact) {
			return v
		}
	}
	return event{}
}
