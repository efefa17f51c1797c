package workflows

import (
	"fmt"
	"strings"

	"go.temporal.io/sdk/workflow"

	"homeward/casework"
)

// publish shows a supervisor in the Temporal UI what waits to be reviewed.
func (v *vigil) publish(ctx workflow.Context) {
	if v.watched {
		next := v.attributes(ctx)
		if updates := next.changes(v.shown); len(updates) > 0 {
			if err := workflow.UpsertTypedSearchAttributes(ctx, updates...); err != nil {
				v.stuck(ctx, "showing it in lists", err)
			}
		}
		v.shown = next
	}
	workflow.SetCurrentDetails(ctx, v.details(ctx))
}

// attributes are those of a record, as far as they make sense here: the review
// is its one duty.
func (v *vigil) attributes(ctx workflow.Context) attributes {
	a := attributes{revision: 1, office: v.glass.Office, supervisor: v.glass.Supervisor, restricted: v.glass.Restricted}
	switch {
	case v.settled():
	case v.glass.Overdue(clock(ctx)):
		a.overdue = 1
	default:
		a.nextDue = v.glass.ReviewDue
	}
	return a
}

// details is the page that a supervisor reads. It names people by their IDs.
func (v *vigil) details(ctx workflow.Context) string {
	var parts []string
	if v.trouble != "" {
		parts = append(parts, "**Needs attention:** "+v.trouble+" failed and is tried again.")
	}
	if !v.watched {
		return strings.Join(append(parts, "Nobody reads anything yet."), "\n\n")
	}
	g := v.glass
	parts = append(parts,
		fmt.Sprintf("**%s** · opened in an emergency by %s (%s) · purpose %s · supervisor %s",
			g.Record, g.Worker, g.Role, g.Purpose, orNobody(g.Supervisor)),
		fmt.Sprintf("Broken on %s, readable until %s.", g.Clock(g.BrokenAt), g.Clock(g.ExpiresAt)))
	if v.outbox.waiting > 0 {
		parts = append(parts, fmt.Sprintf("**%d notices are not delivered yet**, %d attempts so far.", v.outbox.waiting, v.outbox.attempt))
	}
	return strings.Join(append(parts, v.standing(ctx)), "\n\n")
}

// standing says what has become of the review.
func (v *vigil) standing(ctx workflow.Context) string {
	g, status := v.glass, casework.DutyOpen
	switch {
	case v.gone:
		return "It is not on record any more, and gives no access."
	case g.Reviewed():
		return fmt.Sprintf("Reviewed by %s on %s: **%s**.", g.ReviewedBy, g.Clock(g.ReviewedAt), g.Finding)
	case g.Overdue(clock(ctx)):
		status = casework.DutyOverdue
	}
	return fmt.Sprintf("| Status | Due | Duty | Told so far |\n|---|---|---|---|\n| %s | %s | Say whether it was justified | %s |",
		status, g.DueOn(), told(v.told))
}

// told says how far up the ladder it has come.
func told(rung int) string {
	switch rung {
	case 0:
		return "supervisor and manager, at once"
	case 1:
		return "supervisor and manager, that it is overdue"
	}
	return fmt.Sprintf("manager and auditors, %d times", rung-1)
}
