package casework

import (
	"slices"
	"strings"
)

// PlanVersion is a version of the plan as it was submitted, with what became of it.
type PlanVersion struct {
	// Number is what people call it: "1", "1.1". What was returned and submitted
	// again has the same.
	Number string `json:"number"`
	Plan
}

// PlanHistory tells every version of a case's plan from its events, oldest first,
// each whole.
func PlanHistory(events []Event) []PlanVersion {
	c, plans := &Case{}, []Plan(nil)
	for _, e := range events {
		c.Apply(e)
		for i, plan := range c.Plans {
			switch {
			case i == len(plans):
				plans = append(plans, plan)
			case len(plan.Goals) < len(plans[i].Goals): // it was made for children who have left since, and says so for ever
				plans[i].Signatures = joinSignatures(plans[i].Signatures, plan.Signatures)
			case len(plan.Needs) == len(plans[i].Needs): // a version that was slimmed has said its last
				plans[i] = plan
			}
		}
	}
	numbers, versions := PlanNumbers(plans), make([]PlanVersion, len(plans))
	for i, plan := range plans {
		versions[i] = PlanVersion{Number: numbers[i], Plan: plan}
	}
	return versions
}

// Narratives returns the addresses of the version's words.
func (v *PlanVersion) Narratives() []*Text {
	texts := []*Text{&v.Content, &v.Comments}
	for i := range v.Goals {
		g := &v.Goals[i]
		texts = append(texts, &g.Why, &g.Objects, &g.NotConsulted, &g.Health, &g.Education)
	}
	if v.Amendment != nil {
		texts = append(texts, &v.Amendment.Why)
	}
	for i := range v.Signatures {
		texts = append(texts, &v.Signatures[i].Words)
	}
	return append(texts, wordsOf(v.Needs)...)
}

// StepRefs lists the steps of the version, in its order.
func (v *PlanVersion) StepRefs() []string {
	var refs []string
	for _, it := range items(v.Needs) {
		if it.step != nil {
			refs = append(refs, it.ref)
		}
	}
	return refs
}

// Unsigned lists the participants who have neither signed nor refused.
func (v *PlanVersion) Unsigned() []string {
	unsigned := []string{}
	for _, p := range v.Participants {
		if !slices.ContainsFunc(v.Signatures, func(s Signature) bool { return s.Person == p.Person }) {
			unsigned = append(unsigned, p.Person)
		}
	}
	return unsigned
}

// PlanDifference is what is different about one item of two versions: a child's
// goal, a participant, a need, a goal, a step, or the plan's own words.
type PlanDifference struct {
	// Item is "plan", "child P12", "participant P1", or the ref of an item.
	Item string `json:"item"`
	// Change is added, removed or changed.
	Change string            `json:"change"`
	Fields []PlanFieldChange `json:"fields"`
}

// PlanFieldChange is one field that differs. A side that the item is missing from
// is empty.
type PlanFieldChange struct {
	Field string `json:"field"`
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
	// Narrative says that From and To are references to what a person wrote.
	Narrative bool `json:"narrative,omitempty"`
}

// The changes of a [PlanDifference].
const (
	PlanItemAdded   = "added"
	PlanItemRemoved = "removed"
	PlanItemChanged = "changed"
)

// ComparePlans lists what a reader of one version must know to have read another,
// item by item in the order of the newer one, what was removed last.
func ComparePlans(from, to Plan) []PlanDifference {
	old, differences := listed(from), []PlanDifference{}
	for _, now := range listed(to) {
		at := slices.IndexFunc(old, func(o listedItem) bool { return o.name == now.name })
		if at < 0 {
			differences = append(differences, PlanDifference{now.name, PlanItemAdded, between(nil, now.fields)})
			continue
		}
		if changed := between(old[at].fields, now.fields); len(changed) > 0 {
			differences = append(differences, PlanDifference{now.name, PlanItemChanged, changed})
		}
		old = slices.Delete(old, at, at+1)
	}
	for _, gone := range old {
		differences = append(differences, PlanDifference{gone.name, PlanItemRemoved, between(gone.fields, nil)})
	}
	return differences
}

// listedItem is an item of a plan as a list of fields, each in its place.
type listedItem struct {
	name   string
	fields []PlanFieldChange
}

// between pairs the fields of an item with those that it had. A side that is nil
// had none.
func between(from, to []PlanFieldChange) []PlanFieldChange {
	changed := []PlanFieldChange{}
	for i := range max(len(from), len(to)) {
		var field PlanFieldChange
		if i < len(to) {
			field = to[i]
		}
		if i < len(from) {
			field.Field, field.Narrative, field.From = from[i].Field, from[i].Narrative, from[i].To
		}
		if field.From != field.To {
			changed = append(changed, field)
		}
	}
	return changed
}

// listed lists the items of a plan.
func listed(p Plan) []listedItem {
	list := []listedItem{{"plan", []PlanFieldChange{word("on", p.On.String()), text("content", p.Content)}}}
	for _, g := range p.Goals {
		list = append(list, listedItem{"child " + g.Child, []PlanFieldChange{
			word("primary", g.Primary), word("concurrent", g.Concurrent), text("why", g.Why), word("by", g.By.String()),
			word("consulted", yes(g.Consulted)), text("objects", g.Objects), text("not_consulted", g.NotConsulted),
			text("health", g.Health), text("education", g.Education),
		}})
	}
	for _, part := range p.Participants {
		list = append(list, listedItem{"participant " + part.Person, []PlanFieldChange{
			word("as", part.As), word("chosen_by", part.ChosenBy),
		}})
	}
	for _, need := range p.Needs {
		list = append(list, listedItem{need.Ref, []PlanFieldChange{
			word("area", need.Area), word("about", strings.Join(need.About, ", ")), text("words", need.Words),
		}})
		for _, goal := range need.Goals {
			list = append(list, listedItem{goal.Ref, []PlanFieldChange{word("serves", goal.Serves), text("words", goal.Words)}})
			for _, step := range goal.Steps {
				list = append(list, listedItem{step.Ref, []PlanFieldChange{
					text("words", step.Words), word("person", step.Person), word("worker", step.Worker), word("role", step.Role),
					word("due", step.Due.String()),
				}})
			}
		}
	}
	return list
}

func word(field, value string) PlanFieldChange { return PlanFieldChange{Field: field, To: value} }

func text(field string, value Text) PlanFieldChange {
	return PlanFieldChange{Field: field, To: string(value), Narrative: true}
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return ""
}
