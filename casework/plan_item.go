package casework

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// The most that one plan holds: it travels with the case.
const (
	maxNeeds        = 12
	maxPlanGoals    = 24
	maxPlanSteps    = 60
	maxParticipants = 30
	maxAbout        = 20
)

// PlanNeed is what must change in the family, with the goals that are to bring it
// about.
type PlanNeed struct {
	// Ref is the item's number, "need-1": given by the case to a new item, named by
	// a caller who keeps one. No number is given twice.
	Ref string `json:"ref,omitempty"`
	// Area is one of [NeedAreas].
	Area string `json:"area"`
	// About are the IDs of the persons whose need it is; none for the family's.
	About []string `json:"about,omitempty"`
	// Words may be left out of an item that is kept: they stay as they are.
	Words Text       `json:"words,omitempty"`
	Goals []PlanGoal `json:"goals"`
}

// PlanGoal is what is to be reached for a need, with the steps that lead there.
type PlanGoal struct {
	// Ref is the item's number, "goal-1.2".
	Ref   string `json:"ref,omitempty"`
	Words Text   `json:"words,omitempty"`
	// Serves is one of [GoalServices]; empty is primary.
	Serves string     `json:"serves,omitempty"`
	Steps  []PlanStep `json:"steps"`
}

// PlanStep is what one person does by a day. Its owner is a person of the family,
// a worker or a role, one of them.
type PlanStep struct {
	// Ref is the item's number, "step-1.2.3".
	Ref    string `json:"ref,omitempty"`
	Words  Text   `json:"words,omitempty"`
	Person string `json:"person,omitempty"`
	Worker string `json:"worker,omitempty"`
	Role   string `json:"role,omitempty"`
	Due    Date   `json:"due"`
}

// NeedAreas are the parts of a family's life in which something must change.
func NeedAreas() []string {
	return []string{
		"safety", "parenting", "housing", "income", "mental-health", "substance-use", "domestic-violence",
		"physical-health", "education", "development", "family-contact", "legal", "culture", "independent-living", "other",
	}
}

// GoalServices say to which permanency goal of the children a goal of the plan leads.
func GoalServices() []string { return []string{"primary", "concurrent", "both"} }

// wordsOf returns the addresses of the items' words, in the order of the plan.
func wordsOf(needs []PlanNeed) []*Text {
	var texts []*Text
	for i := range needs {
		need := &needs[i]
		texts = append(texts, &need.Words)
		for j := range need.Goals {
			goal := &need.Goals[j]
			texts = append(texts, &goal.Words)
			for n := range goal.Steps {
				texts = append(texts, &goal.Steps[n].Words)
			}
		}
	}
	return texts
}

// checkNeeds looks at the form of the items.
func checkNeeds(k *checker, needs []PlanNeed) {
	goals, steps := 0, 0
	for i, need := range needs {
		at := fmt.Sprintf("needs[%d]", i)
		k.kept(at, need.Ref, need.Words)
		k.oneOf(at+".area", need.Area, NeedAreas()...)
		for n, id := range need.About {
			k.opaque(fmt.Sprintf("%s.about[%d]", at, n), id)
		}
		k.atMost(at+".about", len(need.About), maxAbout, "persons for one need")
		k.some(at+".goals", len(need.Goals), "Say what is to be reached for this need.")
		goals += len(need.Goals)
		for j, goal := range need.Goals {
			checkGoal(k, fmt.Sprintf("%s.goals[%d]", at, j), goal)
			steps += len(goal.Steps)
		}
	}
	k.atMost("needs", len(needs), maxNeeds, "needs")
	k.atMost("needs", goals, maxPlanGoals, "goals")
	k.atMost("needs", steps, maxPlanSteps, "steps")
}

func checkGoal(k *checker, at string, goal PlanGoal) {
	k.kept(at, goal.Ref, goal.Words)
	if goal.Serves != "" {
		k.oneOf(at+".serves", goal.Serves, GoalServices()...)
	}
	k.some(at+".steps", len(goal.Steps), "Say who does what by when to reach this goal.")
	for i, step := range goal.Steps {
		checkStep(k, fmt.Sprintf("%s.steps[%d]", at, i), step)
	}
}

func checkStep(k *checker, at string, step PlanStep) {
	k.kept(at, step.Ref, step.Words)
	owners := 0
	for field, id := range map[string]string{"person": step.Person, "worker": step.Worker} {
		if id != "" {
			owners++
			k.opaque(at+"."+field, id)
		}
	}
	if step.Role != "" {
		owners++
		k.oneOf(at+".role", step.Role, stepOwners()...)
	}
	if owners != 1 {
		k.refuse(at, "Say who does this: a person, a worker or a role, one of them.")
	}
	if step.Due.IsZero() || step.Due.Before(earliest()) {
		k.refuse(at+".due", "Say by which day this is to be done, like 2026-01-31.")
	}
}

// stepOwners are the roles that can owe a step of a plan.
func stepOwners() []string {
	roles := StepRoles()
	owners := make([]string, len(roles))
	for i, r := range roles {
		owners[i] = string(r)
	}
	return owners
}

// kept refuses a new item without words: only one that is kept keeps its words.
func (k *checker) kept(at, ref string, words Text) {
	if ref == "" {
		k.required(at+".words", string(words))
	}
}

func (k *checker) some(field string, n int, detail string) {
	if n == 0 {
		k.refuse(field, detail)
	}
}

func (k *checker) atMost(field string, n, most int, what string) {
	if n > most {
		k.refuse(field, fmt.Sprintf("A plan holds at most %d %s, and this one has %d. Leave out what is done or no longer needed.",
			most, what, n))
	}
}

// item is an item of a plan on its way through the tree.
type item struct {
	ref, parent, field string
	words              Text
	// step is set on a step.
	step *PlanStep
}

// items lists the items of a plan in its order, with where they stand.
func items(needs []PlanNeed) []item {
	var all []item
	for i, need := range needs {
		at := fmt.Sprintf("needs[%d]", i)
		all = append(all, item{ref: need.Ref, field: at, words: need.Words})
		for j, goal := range need.Goals {
			at := fmt.Sprintf("%s.goals[%d]", at, j)
			all = append(all, item{ref: goal.Ref, parent: need.Ref, field: at, words: goal.Words})
			for n := range goal.Steps {
				step := &goal.Steps[n]
				all = append(all, item{
					ref: step.Ref, parent: goal.Ref, field: fmt.Sprintf("%s.steps[%d]", at, n), words: step.Words, step: step,
				})
			}
		}
	}
	return all
}

// planItems finds the items that a caller may keep, by their refs: those of the
// last version and of the one in force.
func (c *Case) planItems() map[string]item {
	known := map[string]item{}
	for _, plan := range []Plan{c.planInForce(), c.lastPlan()} {
		for _, it := range items(plan.Needs) {
			known[it.ref] = it
		}
	}
	return known
}

// refuseItems refuses a ref that stands for nothing, twice, or elsewhere in the
// plan, and a change to a step that is done.
func (c *Case) refuseItems(needs []PlanNeed, on Date) error {
	known, steps, seen := c.planItems(), c.PlanSteps(), map[string]bool{}
	for _, it := range items(needs) {
		if it.ref == "" {
			if it.step != nil && it.step.Due.Before(on) {
				return InvalidField(it.field+".due", "A new step is due on the day of the plan or later. Give such a day.")
			}
			continue
		}
		was, ok := known[it.ref]
		switch state := steps[it.ref]; {
		case !ok:
			return InvalidField(it.field+".ref", "The plan has no such item. Leave the ref out of a new one; it gets its number.")
		case seen[it.ref]:
			return InvalidField(it.field+".ref", "This item stands in the plan twice. Leave one of them out.")
		case was.parent != it.parent:
			return InvalidField(it.field+".ref", "This item belongs elsewhere in the plan. Leave the ref out to add it here as a new one.")
		case state.Status == StepDropped:
			return InvalidField(it.field+".ref", "This step was dropped. Leave it out, or add it as a new one.")
		case state.Status == StepDone && it.step.Due != state.Due:
			return InvalidField(it.field+".due", "This step is done, so its date stays. Add a new step for what remains.")
		}
		seen[it.ref] = true
	}
	return c.keepsOrdered(steps, seen)
}

// numbered returns needs with a ref on each item and with the words that were
// left as they were, and the numbers that have then been given.
func (c *Case) numbered(needs []PlanNeed) ([]PlanNeed, map[string]int) {
	if len(needs) == 0 {
		return nil, c.PlanNumbers
	}
	numbers, known := maps.Clone(c.PlanNumbers), c.planItems()
	if numbers == nil {
		numbers = map[string]int{}
	}
	settle := func(ref *string, words *Text, kind, parent string) {
		if *ref == "" {
			numbers[parent]++
			*ref = kind + "-" + strings.TrimPrefix(below(parent)+"."+strconv.Itoa(numbers[parent]), ".")
		}
		if *words == "" {
			*words = known[*ref].words
		}
	}
	all := slices.Clone(needs)
	for i := range all {
		need := &all[i]
		settle(&need.Ref, &need.Words, "need", "plan")
		need.Goals = slices.Clone(need.Goals)
		for j := range need.Goals {
			goal := &need.Goals[j]
			settle(&goal.Ref, &goal.Words, "goal", need.Ref)
			goal.Steps = slices.Clone(goal.Steps)
			for n := range goal.Steps {
				settle(&goal.Steps[n].Ref, &goal.Steps[n].Words, "step", goal.Ref)
			}
		}
	}
	return all, numbers
}

// below is the number of an item without its kind, empty for the whole plan:
// "1.2" for "goal-1.2".
func below(ref string) string {
	_, number, _ := strings.Cut(ref, "-")
	return number
}

// HasPlanItem says whether a ref stands for an item of the plan in effect, so that
// an order or a decision can be bound to it.
func (c *Case) HasPlanItem(ref string) bool {
	return slices.ContainsFunc(items(c.planInEffect().Needs), func(it item) bool { return it.ref == ref })
}
