package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"homeward/internal/app"
	"homeward/internal/casetime"
	"homeward/internal/config"
)

// fastForwardCommand moves the clock of one report or case.
type fastForwardCommand struct {
	Temporal config.Temporal `embed:"" group:"Temporal"`
	Process  config.Process  `embed:"" group:"Process"`

	Record string    `arg:"" help:"Report or case, as in report-1001 or case-1002."`
	Days   int       `xor:"how" help:"How many days to move."`
	To     time.Time `xor:"how" format:"2006-01-02" help:"The day to move to (UTC)."`
}

// Run moves the clock and says where it stands.
func (f fastForwardCommand) Run(ctx context.Context, c console) error {
	temporal, err := app.Temporal(ctx, f.Temporal, app.WithoutPayloads(), f.Process.Logger(os.Stderr), app.NewRegistry())
	if err != nil {
		return err
	}
	defer temporal.Close()
	mover, err := casetime.New(ctx, temporal.WorkflowService(), f.Temporal.Namespace)
	if err != nil {
		return err
	}
	if f.Days <= 0 && f.To.IsZero() {
		return errors.New("say how far: --days N or --to 2026-01-31")
	}
	if f.To.IsZero() {
		err = mover.By(ctx, f.Record, time.Duration(f.Days)*24*time.Hour)
	} else {
		err = mover.To(ctx, f.Record, f.To)
	}
	if err != nil {
		return err
	}
	now, err := mover.Now(ctx, f.Record)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c, "%s is now at %s.\n", f.Record, now.Format("2 January 2006, 15:04 MST"))
	return err
}
