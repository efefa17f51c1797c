package workflows

import (
	"fmt"
	"strings"

	"go.temporal.io/sdk/workflow"

	"homeward/casework"
)

// publish shows a supervisor in the Temporal UI how far the transfer has come.
func (m *mover) publish(ctx workflow.Context) { workflow.SetCurrentDetails(ctx, m.details()) }

// details is the page that a supervisor reads: what has happened, and each record
// with the reason where it stays, those first that somebody must look at.
func (m *mover) details() string {
	t := m.transfer
	parts := []string{
		fmt.Sprintf("From **%s** to **%s**, supervised by %s · asked by %s · reason %s\n\n", t.From, t.To, t.Supervisor, t.By.ID, t.Reason),
		fmt.Sprintf("**%d of %d moved.**", t.Count(casework.ItemMoved), len(t.Items)),
	}
	for _, n := range []struct {
		state casework.ItemState
		words string
	}{
		{casework.ItemRefused, "stay"},
		{casework.ItemFailed, "are tried again"},
		{casework.ItemUndone, "went back"},
		{casework.ItemKept, "could not go back"},
		{casework.ItemPlanned, "wait"},
	} {
		if count := t.Count(n.state); count > 0 {
			parts = append(parts, fmt.Sprintf(" %d %s.", count, n.words))
		}
	}
	if t.Undoing() && !t.Settled() {
		parts = append(parts, " Everything is being taken back.")
	}
	parts = append(parts, "\n\n| Record | State | Why |\n|---|---|---|\n")
	size := 0
	for i, item := range t.Items {
		row := fmt.Sprintf("| %s | %s | %s |\n", item.Record, item.State, casework.TransferDetail(item.Reason))
		if size += len(row); size > maxDetails {
			parts = append(parts, fmt.Sprintf("\nand %d more.\n", len(t.Items)-i))
			break
		}
		parts = append(parts, row)
	}
	return strings.Join(parts, "")
}
