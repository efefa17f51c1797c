package policy

import (
	"slices"

	"homeward/casework"
)

// match picks facts of one type whose attributes meet all conditions.
type match struct {
	fact  int
	where []condition
}

// condition asks that an attribute of a fact has one of some values.
type condition struct {
	attribute string
	values    []string
}

func (m match) holds(f *casework.Fact) bool { return allHold(m.where, f) }

// metByFact says whether an event is of a kind that meets the clock.
func (c *clock) metByFact(v event) bool {
	return slices.ContainsFunc(c.metBy, func(m match) bool { return m.fact == int(v.kind) && m.holds(v.fact) })
}

// spokenOf says whether a fact has anything in the attribute.
func (c condition) spokenOf(f *casework.Fact) bool {
	value, _ := attribute(f, c.attribute)
	return value != "" && value != "false"
}

func allHold(where []condition, f *casework.Fact) bool {
	for _, c := range where {
		value, _ := attribute(f, c.attribute)
		if !slices.Contains(c.values, value) {
			return false
		}
	}
	return true
}

// attribute returns a field of a fact by its JSON name, booleans as "true" and
// "false", and whether there is such a field for conditions.
func attribute(f *casework.Fact, name string) (value string, known bool) {
	switch name {
	case "priority":
		return f.Priority, true
	case "setting":
		return f.Setting, true
	case "reason":
		return f.Reason, true
	case "by":
		return f.By, true
	case "to":
		return f.To, true
	case "court_ordered":
		return truth(f.CourtOrdered), true
	case "contrary_to_welfare":
		return truth(f.ContraryToWelfare), true
	case "efforts_to_prevent":
		return truth(f.EffortsToPrevent), true
	case "efforts_to_finalize":
		return truth(f.EffortsToFinalize), true
	case "provider":
		return truth(f.Provider != ""), true // an opaque ID: whether one is named
	case "allows_removal":
		return truth(f.AllowsRemoval), true
	case "in_residence":
		return truth(f.InResidence), true
	}
	return "", false
}

func truth(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
