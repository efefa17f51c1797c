package casework

import (
	"fmt"
	"strconv"
	"time"
)

// The safety decisions.
const (
	Safe         = "safe"
	SafeWithPlan = "safe-with-plan"
	Unsafe       = "unsafe"
)

// SafetyAssessment is the decision whether the children can stay: safe, safe
// with a plan that names adults and actions, or unsafe.
type SafetyAssessment struct {
	wholeRecord

	At       time.Time `json:"at"`
	Decision string    `json:"decision"`
	// Plan is required with safe-with-plan.
	Plan Text `json:"plan,omitempty"`
	// Adults are the opaque IDs of those who keep the plan, and ReviewOn the day on
	// which it is looked at again, by another assessment.
	Adults   []string `json:"adults,omitempty"`
	ReviewOn Date     `json:"review_on,omitzero"`
	Notes    Text     `json:"notes,omitempty"`
}

// Says tells the event in a sentence.
func (b *SafetyAssessment) Says() string {
	return fmt.Sprintf("Safety assessed: %s.", b.Decision)
}

// Narratives returns the plan and the notes.
func (b *SafetyAssessment) Narratives() []*Text { return []*Text{&b.Plan, &b.Notes} }

func (b *SafetyAssessment) happened() moment { return moment{at: b.At} }

func (b *SafetyAssessment) check(k *checker) {
	k.instant("at", b.At)
	k.oneOf("decision", b.Decision, Safe, SafeWithPlan, Unsafe)
	if b.Decision == SafeWithPlan {
		k.required("plan", string(b.Plan))
	}
	if b.Decision != SafeWithPlan && (len(b.Adults) > 0 || !b.ReviewOn.IsZero()) {
		k.refuse("decision", "Only a safety plan has adults who keep it and a day of review. Say safe-with-plan, or leave them out.")
	}
	for i, id := range b.Adults {
		k.opaque("adults["+strconv.Itoa(i)+"]", id)
	}
	if !b.ReviewOn.IsZero() && !b.ReviewOn.After(DateOf(b.At.In(k.loc))) {
		k.refuse("review_on", "The plan is reviewed after the day on which it was agreed. Give a later day.")
	}
}

// blockers: nobody can say how safe children are whom nobody has met.
func (b *SafetyAssessment) blockers(r *Report, _ string) []Blocker {
	if missing := r.underInvestigation(); missing != nil {
		return missing
	}
	for _, v := range r.Victims {
		if v.reached() {
			return nil
		}
	}
	return []Blocker{{Code: "no-contact", Detail: "No victim has been met face to face yet. Record the contact first."}}
}

func (b *SafetyAssessment) refuse(r *Report, _ Command) error { return r.sinceReceipt(b.At) }

func (b *SafetyAssessment) apply(r *Report, e Event) {
	r.Safety = b.Decision
	fact := Fact{Type: FactSafetyResolved, At: b.At}
	if b.Decision == Unsafe {
		fact.Type = FactSafetyUnsafe
	}
	r.record(e, fact)
	r.plansSafety(e, b)
}

// plansSafety notes that the plan of before has been reviewed, which each
// assessment does, and that there is a new one with a day of its own.
func (r *Report) plansSafety(e Event, b *SafetyAssessment) {
	if r.SafetyPlan != "" {
		r.record(e, Fact{Type: FactSafetyPlanReviewed, Ref: r.SafetyPlan, At: b.At})
		r.SafetyPlan = ""
	}
	if b.ReviewOn.IsZero() {
		return
	}
	r.SafetyPlan = "safety-plan-" + strconv.Itoa(e.Seq)
	r.record(e, Fact{Type: FactSafetyPlanAgreed, Ref: r.SafetyPlan, At: b.At, Until: b.ReviewOn})
}
