package casework

import "strconv"

// PlanChange says why a version changes an approved plan.
type PlanChange struct {
	// Reason is one of [AmendmentReasons].
	Reason string `json:"reason"`
	// Emergency amendments take effect when they are submitted, before the
	// supervisor has decided; one that is returned takes it away again.
	Emergency bool `json:"emergency,omitempty"`
	Why       Text `json:"why"`
}

// AmendmentReasons are why an approved plan is changed.
func AmendmentReasons() []string {
	return []string{
		"goal-changed", "placement-changed", "court-order", "service-changed", "child-added", "circumstances-changed",
		"review", "family-request", "safety", "error",
	}
}

// PlanAmendment puts a change of the approved plan before the supervisor: the
// whole plan as it is to be. What is kept is named by its ref, and what is left
// out of it stays as it was. An approved plan is changed in no other way.
type PlanAmendment struct {
	PlanSubmission
	PlanChange
}

// Says tells the event in a sentence.
func (b *PlanAmendment) Says() string {
	if b.Emergency {
		return "Emergency amendment of the case plan submitted; in effect until it is decided (" + b.Reason + ")."
	}
	return "Amendment of the case plan submitted for approval (" + b.Reason + ")."
}

// Narratives returns the plan's words and why it is changed.
func (b *PlanAmendment) Narratives() []*Text {
	return append(b.PlanSubmission.Narratives(), &b.Why)
}

func (b *PlanAmendment) check(k *checker) {
	k.oneOf("reason", b.Reason, AmendmentReasons()...)
	k.required("why", string(b.Why))
	b.checkGoals(k)
	b.checkWhole(k)
}

func (b *PlanAmendment) blockers(c *Case, id string) []Blocker {
	missing := b.PlanSubmission.blockers(c, id)
	if c.planInForce().Version == 0 {
		missing = append(missing, c.noPlanInForce())
	}
	return missing
}

func (b *PlanAmendment) apply(c *Case, e Event) {
	was := c.planInEffect()
	change := b.PlanChange
	c.submitPlan(e, &b.PlanSubmission, &change)
	submitted := "amendment"
	if b.Emergency {
		submitted = "emergency"
	}
	c.record(e, Fact{Type: FactCasePlanSubmitted, At: e.RecordedAt, Reason: submitted})
	c.agree(e, was.Needs, c.planInEffect().Needs, "amended")
}

func (c *Case) noPlanInForce() Blocker {
	return Blocker{Code: "no-plan-in-force", Detail: "No plan has been approved yet. Submit one and have it approved."}
}

// PlanNumbers returns the number of each version as people say it: 1 for the
// first plan and 1.1 for its first amendment, 2 for a new plan. What was returned
// and is submitted again keeps its number.
func PlanNumbers(plans []Plan) []string {
	numbers := make([]string, len(plans))
	whole, inForce, minor := 0, 0, map[int]int{}
	for i, plan := range plans {
		again := i > 0 && plans[i-1].Status == PlanReturned && (plans[i-1].Amendment == nil) == (plan.Amendment == nil)
		base := inForce
		switch {
		case plan.Amendment == nil && !again:
			whole++
		case plan.Amendment != nil && !again:
			minor[inForce]++
		}
		if plan.Amendment == nil {
			base = whole
		}
		numbers[i] = strconv.Itoa(base)
		if plan.Amendment != nil {
			numbers[i] += "." + strconv.Itoa(minor[base])
		}
		if plan.Status == PlanApproved {
			inForce = base
		}
	}
	return numbers
}
