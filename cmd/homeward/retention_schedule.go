package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"homeward/internal/app"
)

type retentionScheduleCommand struct {
	app.ScheduleConfig

	What string `arg:"" enum:"on,off,show" help:"on, off or show."`
}

// Run turns the schedule on or off, and says in any case whether it is.
func (s retentionScheduleCommand) Run(ctx context.Context, c console) error {
	found, err := app.ScheduledRetention(ctx, s.ScheduleConfig, s.Process.Logger(os.Stderr), s.What)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(c, scheduleLine(found))
	return err
}

func scheduleLine(s app.Schedule) string {
	line := "The rules of retention are applied every night; next on " + s.Next.Format(time.RFC3339) + "."
	if s.Paused {
		line = "The rules of retention are not applied by themselves. " + s.Note
	}
	if !s.Last.IsZero() {
		line += " They were last applied on " + s.Last.Format(time.RFC3339) + "."
	}
	return line
}
