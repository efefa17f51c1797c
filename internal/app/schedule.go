package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"homeward/internal/config"
	"homeward/workflows"
)

// ScheduleConfig is what the command reads that turns the rules of retention on.
type ScheduleConfig struct {
	Temporal config.Temporal `embed:"" group:"Temporal"`
	Process  config.Process  `embed:"" group:"Process"`
}

// Schedule says when the rules of retention are applied.
type Schedule struct {
	Paused bool
	// Note is why it is paused, or who turned it on.
	Note string
	// Next is the next time in UTC, zero while it is paused; Last the one before,
	// zero for none.
	Next, Last time.Time
}

// ScheduledRetention turns the schedule of the rules of retention on or off, or
// leaves it as it is, and returns how it stands then.
func ScheduledRetention(ctx context.Context, c ScheduleConfig, log *slog.Logger, turn string) (Schedule, error) {
	temporal, err := Temporal(ctx, c.Temporal, WithoutPayloads(), log, NewRegistry())
	if err != nil {
		return Schedule{}, err
	}
	defer temporal.Close()
	handle := temporal.ScheduleClient().GetHandle(ctx, workflows.RetentionSchedule)
	switch turn {
	case "on":
		err = handle.Unpause(ctx, client.ScheduleUnpauseOptions{Note: "Turned on with `homeward retention schedule on`."})
	case "off":
		err = handle.Pause(ctx, client.SchedulePauseOptions{Note: "Turned off with `homeward retention schedule off`."})
	}
	var described *client.ScheduleDescription
	if err == nil {
		described, err = handle.Describe(ctx)
	}
	if _, missing := errors.AsType[*serviceerror.NotFound](err); missing {
		return Schedule{}, errors.New("there is no schedule yet: run `homeward migrate`")
	}
	if err != nil {
		return Schedule{}, err
	}
	found := Schedule{Paused: described.Schedule.State.Paused, Note: described.Schedule.State.Note}
	if next := described.Info.NextActionTimes; len(next) > 0 && !found.Paused {
		found.Next = next[0].UTC()
	}
	if last := described.Info.RecentActions; len(last) > 0 {
		found.Last = last[len(last)-1].ActualTime.UTC()
	}
	return found, nil
}
