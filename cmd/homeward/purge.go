package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"homeward/internal/app"
)

// purgeCommand looks after records that were destroyed.
type purgeCommand struct {
	Verify purgeVerifyCommand `cmd:"" help:"Prove that a record was destroyed: its key, its rows, its workflows."`
}

type purgeVerifyCommand struct {
	app.ErasureConfig

	Record string `arg:"" help:"The record, such as case-1002."`
}

// Run prints what the tombstone says and what is wrong with it. It fails where
// anything is left, and where it could not look everywhere.
func (v purgeVerifyCommand) Run(ctx context.Context, c console) error {
	found, err := app.VerifyPurge(ctx, v.ErasureConfig, v.Process.Logger(os.Stderr), v.Record)
	if err != nil {
		return err
	}
	t := found.Tombstone
	table := tabwriter.NewWriter(c, 0, 0, 2, ' ', 0)
	line := func(what, says string) { _, _ = fmt.Fprintf(table, "%s\t%s\n", what, says) } // Flush tells.
	line("record", t.Record)
	line("destroyed", t.ErasedAt.Format(time.RFC3339))
	line("authority", t.Authority+" "+t.Reference)
	line("requested", t.RequestedAt.Format(time.RFC3339)+" by "+t.RequestedBy)
	line("approved", t.ApprovedAt.Format(time.RFC3339)+" by "+t.ApprovedBy)
	line("events", fmt.Sprintf("%d, %s to %s", t.Events, t.FirstHash, t.LastHash))
	line("workflow runs", fmt.Sprint(t.Executions))
	line("proof", t.Proof)
	if err := table.Flush(); err != nil {
		return err
	}
	for _, wrong := range found.Wrong {
		_, _ = fmt.Fprintln(c, "WRONG: "+wrong) // The exit status tells.
	}
	if len(found.Wrong) > 0 {
		return errors.New("the record is not destroyed as the proof says")
	}
	_, err = fmt.Fprintln(c, "The record is destroyed: no key, no row, no workflow, and what was sealed does not open.")
	return err
}
