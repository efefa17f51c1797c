package casework

import (
	"fmt"
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
	Plan  Text `json:"plan,omitempty"`
	Notes Text `json:"notes,omitempty"`
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
	return []Blocker{{Code: "no-contact", Detail: "No victim has been met face to face yet."}}
}

func (b *SafetyAssessment) refuse(r *Report, _ Command) error { return r.sinceReceipt(b.At) }

func (b *SafetyAssessment) apply(r *Report, e Event) {
	r.Safety = b.Decision
	fact := Fact{Type: FactSafetyResolved, At: b.At}
	if b.Decision == Unsafe {
		fact.Type = FactSafetyUnsafe
	}
	r.record(e, fact)
}
