package casework

import "slices"

// SplitPlan is what a split would do: which items of the case, by their refs, would
// go with those who leave, be in both cases, or stay; and which duties would go.
type SplitPlan struct {
	Leaves []string `json:"leaves"`
	Both   []string `json:"both"`
	Stays  []string `json:"stays"`
	// Duties are the IDs of those that are owed now.
	Duties []string `json:"duties"`
}

// PlanSplit says what a split would do. It changes nothing.
func (c *Case) PlanSplit(b *Split) SplitPlan {
	on := DateOf(c.Now.In(c.Location()))
	gone, here := c.side(b, true), c.side(b, false)
	c.portion(gone, on)
	c.portion(here, on)
	plan := SplitPlan{Leaves: []string{}, Both: []string{}, Stays: []string{}, Duties: []string{}}
	for ref, goes := range gone.items {
		switch {
		case goes && here.items[ref]:
			plan.Both = append(plan.Both, ref)
		case goes:
			plan.Leaves = append(plan.Leaves, ref)
		default:
			plan.Stays = append(plan.Stays, ref)
		}
	}
	for _, d := range c.Pending() {
		if gone.keeps(Fact{Subject: d.Subject, Ref: d.Ref}) && !here.keeps(Fact{Subject: d.Subject, Ref: d.Ref}) {
			plan.Duties = append(plan.Duties, d.ID)
		}
	}
	for _, refs := range [][]string{plan.Leaves, plan.Both, plan.Stays} {
		slices.Sort(refs)
	}
	return plan
}
