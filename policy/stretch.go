package policy

import "homeward/casework"

// stretch is one time that a span took place.
type stretch struct {
	span  *span
	start event
	// from is the first day, to the day after the last; zero while it lasts.
	from, to casework.Date
}

// holds says whether d lies in the stretch.
func (s *stretch) holds(d casework.Date) bool {
	return !d.Before(s.from) && (s.to.IsZero() || d.Before(s.to))
}

func (e *evaluation) findStretches(h *history) {
	h.stretches = make([][]stretch, len(e.pack.spans))
	for i := range e.pack.spans {
		s := &e.pack.spans[i]
		for j := range s.starts {
			for _, v := range h.events[s.starts[j].fact] {
				if s.starts[j].holds(v.fact) {
					h.stretches[i] = append(h.stretches[i], s.stretch(h, v))
				}
			}
		}
	}
}

func (s *span) stretch(h *history, start event) stretch {
	st := stretch{span: s, start: start, from: start.day}
	over := h.first(s.ends, seek{from: start.moment(), not: start.fact, planned: true})
	if s.most.isZero() {
		st.to = over.day
		return st
	}
	limit := s.limit(start)
	switch until := start.fact.Until; {
	case !over.none() && !over.day.After(limit):
		st.to = over.day
	case over.none() && !until.IsZero() && until.Before(limit):
		st.to = until.AddDays(1)
	default:
		st.to = limit.AddDays(1)
	}
	return st
}

// limit returns the last day of a span that has a limit: without a court order
// no plan goes over it.
func (s *span) limit(start event) casework.Date {
	limit := s.most.dayAfter(start.day)
	if until := start.fact.Until; until.After(limit) && start.fact.CourtOrdered {
		return until
	}
	return limit
}

// pausedAt returns the time without a gap in which one of the spans takes place
// and that holds d, or nil: from the hospital into detention is one absence.
func (h *history) pausedAt(spans []int, d casework.Date) *stretch {
	s := h.stretchAt(spans, d)
	if s == nil || s.to.IsZero() {
		return s
	}
	next := h.stretchAt(spans, s.to)
	if next == nil {
		return s
	}
	whole := *s
	for ; next != nil; next = h.stretchAt(spans, whole.to) {
		whole.to = next.to
		if whole.to.IsZero() {
			break
		}
	}
	return &whole
}

// stretchAt returns the stretch of one of the spans that holds d, or nil.
func (h *history) stretchAt(spans []int, d casework.Date) *stretch {
	for _, i := range spans {
		for j := range h.stretches[i] {
			if h.stretches[i][j].holds(d) {
				return &h.stretches[i][j]
			}
		}
	}
	return nil
}
