package casework

import (
	"slices"
	"time"
)

// GlassPurpose says in a code why somebody must read a record that is not theirs.
type GlassPurpose string

// The purposes of breaking the glass. Each is an emergency.
const (
	// GlassDanger: a child may be in danger now.
	GlassDanger GlassPurpose = "immediate-danger"
	// GlassCall: somebody calls about a family that is known already.
	GlassCall GlassPurpose = "call-about-family"
	// GlassMissing: a child is missing.
	GlassMissing GlassPurpose = "missing-child"
	// GlassPlacement: a child needs a place to sleep tonight.
	GlassPlacement GlassPurpose = "placement-tonight"
	// GlassMedical: a doctor must decide now.
	GlassMedical GlassPurpose = "medical-emergency"
)

// GlassPurposes lists the purposes.
func GlassPurposes() []GlassPurpose {
	return []GlassPurpose{GlassDanger, GlassCall, GlassMissing, GlassPlacement, GlassMedical}
}

// says finishes the sentence "They gave as the purpose: ".
func (p GlassPurpose) says() string {
	switch p {
	case GlassDanger:
		return "a child may be in danger now"
	case GlassCall:
		return "somebody called about this family"
	case GlassMissing:
		return "a child is missing"
	case GlassPlacement:
		return "a child needed a place to sleep"
	case GlassMedical:
		return "a medical emergency"
	}
	return string(p)
}

// GlassFinding is what a review has come to.
type GlassFinding string

// The findings.
const (
	// GlassJustified: the emergency was one.
	GlassJustified GlassFinding = "justified"
	// GlassNotJustified: it was not. What is left of the access ends.
	GlassNotJustified GlassFinding = "not-justified"
)

// GlassFindings lists the findings.
func GlassFindings() []GlassFinding { return []GlassFinding{GlassJustified, GlassNotJustified} }

// GlassAggregate names the workflow that watches over broken glass, by the
// opaque ID of the latter: "glass-3f0c...".
func GlassAggregate(id string) string { return "glass-" + id }

// Glass is an emergency in which somebody reads a record that is not theirs,
// with the review that follows. It holds codes, dates and opaque IDs. Its times
// are by the wall clock.
type Glass struct {
	ID string `json:"id"`
	// Record is the record's aggregate ID.
	Record string `json:"record"`
	// Worker has broken the glass, acting as Role.
	Worker  string       `json:"worker"`
	Role    Role         `json:"role"`
	Purpose GlassPurpose `json:"purpose"`
	// Reason refers to what the person wrote.
	Reason   Text      `json:"reason"`
	BrokenAt time.Time `json:"broken_at"`
	// ExpiresAt ends the access.
	ExpiresAt time.Time `json:"expires_at"`
	// ReviewDue is the last second in which the review is in time.
	ReviewDue time.Time `json:"review_due"`
	// WatchedAt is when the workflow took over; before, there is no access.
	WatchedAt time.Time `json:"watched_at,omitzero"`

	ReviewedBy string       `json:"reviewed_by,omitempty"`
	ReviewedAt time.Time    `json:"reviewed_at,omitzero"`
	Finding    GlassFinding `json:"finding,omitempty"`
	// Note refers to what the reviewer wrote.
	Note Text `json:"note,omitempty"`

	// Office, Supervisor, Restricted and Timezone are the record's, as they are now.
	Office     string `json:"office"`
	Supervisor string `json:"supervisor,omitempty"`
	Restricted bool   `json:"restricted,omitempty"`
	Timezone   string `json:"timezone"`
}

// Reviewed says whether somebody has looked at it.
func (g Glass) Reviewed() bool { return g.ReviewedBy != "" }

// Overdue says whether the review is late at an instant.
func (g Glass) Overdue(at time.Time) bool { return !g.Reviewed() && g.Rung(at) > 0 }

// DueOn is the day by whose end the review is due, in the record's office.
func (g Glass) DueOn() Date { return DateOf(g.ReviewDue.In(g.zone())) }

func (g Glass) zone() *time.Location {
	loc, err := time.LoadLocation(g.Timezone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// GlassReview is what somebody entitled says about broken glass.
type GlassReview struct {
	// Glass is its ID.
	Glass string `json:"glass"`
	// By is the reviewer.
	By      Actor        `json:"by"`
	Finding GlassFinding `json:"finding"`
	// Note refers to what the reviewer wrote. It differs from one key to the
	// next, so a review that is sent again is recognised by it.
	Note Text `json:"note"`
	// At is by the wall clock.
	At time.Time `json:"at"`
}

// Refuse says why a review cannot be taken: nobody reviews their own, and each is
// made once. The same one again is none the worse for it.
func (g Glass) Refuse(r GlassReview) error {
	switch {
	case r.By.ID == g.Worker:
		return NewError(Forbidden, "Somebody else must review this: it was you who broke the glass.")
	case !slices.Contains(GlassFindings(), r.Finding):
		return InvalidField("finding", "Unknown code. Use one of: justified, not-justified.")
	case r.Note == "":
		return InvalidField("note", "Say in a few words what you found.")
	case g.Reviewed() && (g.Note != r.Note || g.ReviewedBy != r.By.ID):
		return NewError(Blocked, "This has been reviewed already. Read what the review found.")
	}
	return nil
}
