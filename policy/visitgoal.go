package policy

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// VisitGoals are what a pack asks of the monthly visits of caseworkers, in
// percent; see [VisitSums].
type VisitGoals struct {
	// Visited is the share of the full months in care in which the child was visited.
	Visited int
	// InResidence is the share of those months with a visit where the child lives.
	InResidence int
	// Citation, Source and Confirmed say what they rest on, as of a clock.
	Citation  string
	Source    Source
	Confirmed bool
}

// VisitGoals returns the goals of the pack, those of the pack that it extends where
// it has none of its own. Without any, all is zero and every sum meets them.
func (p *Pack) VisitGoals() VisitGoals { return p.goals }

// Stricter returns the higher of each of two goals, for sums over records of several
// packs. What they rest on is left out where both packs have a part in it.
func (g VisitGoals) Stricter(other VisitGoals) VisitGoals {
	higher := VisitGoals{Visited: max(g.Visited, other.Visited), InResidence: max(g.InResidence, other.InResidence)}
	for _, whole := range []VisitGoals{g, other} {
		if whole.Visited == higher.Visited && whole.InResidence == higher.InResidence {
			return whole
		}
	}
	return higher
}

// Meet says whether both goals are reached; without a month they are.
func (s VisitSums) Meet(g VisitGoals) bool {
	return s.Visited*100 >= s.Months*g.Visited && s.InResidence*100 >= s.Visited*g.InResidence
}

// readVisitGoals reads the goals. A state can ask for more than the pack that it
// extends, never for less.
func (r *packReader) readVisitGoals(n *yaml.Node) {
	old := r.pack.goals
	var g VisitGoals
	read := r.object(n, "visit goals",
		must("visited", r.percent(&g.Visited)),
		must("in_residence", r.percent(&g.InResidence)),
		must("citation", r.text("citation", &g.Citation)),
		must("source", oneOf(&r.reader, &g.Source, SourceStatute, SourceRegulation, SourcePractice)),
		must("confirmed", r.truth(&g.Confirmed)),
	)
	if read && (g.Visited < old.Visited || g.InResidence < old.InResidence) {
		r.fail(n, "the visit goals are laxer than %s, which has %d and %d percent", r.pack.base.Ref(), old.Visited, old.InResidence)
	}
	r.pack.goals = g
}

// percent reads "95 percent".
func (r *packReader) percent(to *int) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if !r.one(n, "share") {
			return
		}
		number, said := strings.CutSuffix(n.Value, " percent")
		share, err := strconv.Atoi(number)
		if !said || err != nil || share < 0 || share > 100 {
			r.fail(n, `%q must be a share like "95 percent"`, n.Value)
			return
		}
		*to = share
	}
}
