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
	if !s.most.isZero() {
		st.to = s.plannedEnd(start)
	}
	over := h.first(s.ends, seek{from: start.moment(), not: start.fact})
	if !over.none() && (st.to.IsZero() || over.day.Before(st.to)) {
		st.to = over.day
	}
	return st
}

// plannedEnd returns the day after the last that was planned. Without a court
// order a plan cannot go over the span's limit.
func (s *span) plannedEnd(start event) casework.Date {
	limit := s.most.dayAfter(start.day)
	until := start.fact.Until
	if until.IsZero() || (until.After(limit) && !start.fact.CourtOrdered) {
		return limit
	}
	return until.AddDays(1)
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
