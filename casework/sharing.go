package casework

import "slices"

// remindable is a body that agrees what may be shared, and may be under the rule
// that whoever carries the case is reminded before it ends.
type remindable struct {
	// Reminds says that it is under that rule. What was recorded before the rule is
	// not. The service sets it; what a caller sends counts for nothing.
	Reminds bool `json:"reminds,omitempty"`
}

// Remind puts the body under the rule.
func (r *remindable) Remind() { r.Reminds = true }

// remind records the first day on which what is agreed with a professional ends, or
// that what was agreed before ends with this. Until that day somebody asks again.
func (r *remindable) remind(c *Case, e Event, number int, shares []Share) {
	if !r.Reminds {
		return
	}
	var first Date
	for _, s := range shares {
		if !s.Until.IsZero() && (first.IsZero() || s.Until.Before(first)) {
			first = s.Until
		}
	}
	if first.IsZero() {
		c.endSharing(e, number)
		return
	}
	c.record(e, Fact{Type: FactSharingAgreed, Ref: professionalRef(number), At: e.RecordedAt, Until: first})
}

// endSharing records that nobody asks again for what was agreed with a professional.
func (c *Case) endSharing(e Event, number int) {
	ref := professionalRef(number)
	if slices.ContainsFunc(c.current(), func(f Fact) bool { return f.Type == FactSharingAgreed && f.Ref == ref }) {
		c.record(e, Fact{Type: FactSharingEnded, Ref: ref, At: e.RecordedAt})
	}
}
