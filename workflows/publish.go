package workflows

import (
	"fmt"
	"slices"
	"strings"

	"go.temporal.io/sdk/workflow"

	"homeward/casework"
)

// maxDetails keeps Current Details below the 20,000 bytes that Temporal keeps,
// with room for encryption.
const maxDetails = 12_000

// publish shows the record to supervisors in the Temporal UI: search
// attributes where they changed, all in one event, and the table of duties,
// which costs none.
func (l *loop[S, P]) publish(ctx workflow.Context) {
	next := attributesOf(l.state.Summary())
	if updates := next.changes(l.shown); len(updates) > 0 {
		if err := workflow.UpsertTypedSearchAttributes(ctx, updates...); err != nil {
			l.stuck(ctx, "showing the record in lists", err)
		}
	}
	l.shown = next
	workflow.SetCurrentDetails(ctx, l.details())
}

// details is the page that a supervisor reads: where the record stands and what
// is owed, overdue first.
func (l *loop[S, P]) details() string {
	base := l.state.Base()
	var b strings.Builder
	fmt.Fprintf(&b, "**%s** · stage **%s** · worker %s · supervisor %s · law %s\n\n",
		l.id, l.state.Stage(), orNobody(base.Worker), orNobody(base.Supervisor), base.Pack)
	if l.trouble != "" {
		fmt.Fprintf(&b, "**Needs attention:** %s failed and is tried again.\n\n", l.trouble)
	}
	if l.refused {
		b.WriteString("**Needs attention:** a step could not be recorded, so it was not taken. Send it again.\n\n")
	}
	if l.outbox.waiting > 0 {
		fmt.Fprintf(&b, "**%d notices are not delivered yet**, %d attempts so far.\n\n", l.outbox.waiting, l.outbox.attempt)
	}
	pending := overdueFirst(base.Pending())
	if len(pending) == 0 {
		b.WriteString("No open duties.\n")
		return b.String()
	}
	b.WriteString("| Status | Due | Duty | Child | Law | Why |\n|---|---|---|---|---|---|\n")
	for i, d := range pending {
		title := d.Title
		if d.Ref != "" {
			title += " (" + d.Ref + ")"
		}
		row := fmt.Sprintf("| %s | %s | %s | %s | %s | %s |\n",
			d.Status, d.Due, title, d.Subject, d.Citation, cell(strings.Join(d.Why, "; ")))
		if b.Len()+len(row) > maxDetails {
			fmt.Fprintf(&b, "\nand %d more.\n", len(pending)-i)
			break
		}
		b.WriteString(row)
	}
	return b.String()
}

// overdueFirst orders duties as they must be looked at.
func overdueFirst(duties []casework.Duty) []casework.Duty {
	slices.SortStableFunc(duties, func(a, b casework.Duty) int { return urgency(a) - urgency(b) })
	return duties
}

func urgency(d casework.Duty) int {
	switch d.Status { //nolint:exhaustive // only pending duties are shown
	case casework.DutyOverdue:
		return 0
	case casework.DutyAtRisk:
		return 1
	}
	return 2
}

// cell keeps a text within one cell of a markdown table.
func cell(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, "|", "/"), "\n", " ") }

func orNobody(worker string) string {
	if worker == "" {
		return "nobody"
	}
	return worker
}
