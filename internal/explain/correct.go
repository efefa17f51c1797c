package explain

// correct puts each correction after the fact that it corrects, hands the facts
// to the input, and returns those that stand. It refuses an ID that is given
// twice and a correction of nothing, of itself, or of what has been corrected.
func (r *reader) correct() []entry {
	byID := make(map[string]int)
	for i, e := range r.entries {
		if e.ID == "" {
			continue
		}
		if _, twice := byID[e.ID]; twice {
			r.refuse(e.index, e.field("id"), "is the id of another fact, too")
			r.torn = true
			continue
		}
		byID[e.ID] = i
	}
	next := r.corrections(byID)
	var standing []entry
	for i, e := range r.entries {
		if e.Corrects != "" {
			continue // it comes with the fact that it corrects
		}
		last := i
		r.in.Facts = append(r.in.Facts, e.Fact)
		for later, ok := next[last]; ok; later, ok = next[last] {
			last = later
			r.in.Facts = append(r.in.Facts, r.entries[last].Fact)
		}
		if !r.entries[last].Withdrawn {
			standing = append(standing, r.entries[last])
		}
	}
	if len(r.in.Facts) < len(r.entries) && !r.torn {
		r.refuseCircles(next)
	}
	return standing
}

// corrections returns which entry corrects which.
func (r *reader) corrections(byID map[string]int) map[int]int {
	next := make(map[int]int)
	for i, e := range r.entries {
		if e.Corrects == "" {
			continue
		}
		old, ok := byID[e.Corrects]
		if !ok {
			if !r.torn {
				r.refuse(e.index, e.field("corrects"), "names no fact; it must be the id of one")
			}
			r.torn = true
			continue
		}
		if other, twice := next[old]; twice {
			r.refuse(e.index, e.field("corrects"), "names a fact that "+r.entries[other].field("corrects")+
				" corrects already; correct that one instead")
			r.torn = true
			continue
		}
		next[old] = i
	}
	return next
}

// refuseCircles refuses the corrections that no fact leads to: they correct
// themselves, or each other.
func (r *reader) refuseCircles(next map[int]int) {
	for first := range r.entries {
		if r.entries[first].Corrects == "" {
			continue
		}
		for i, ok := next[first]; ok && i >= first; i, ok = next[i] {
			if i == first {
				e := r.entries[first]
				r.refuse(e.index, e.field("corrects"), "leads back to the fact itself")
				break
			}
		}
	}
	r.torn = true
}
