package main

import (
	"context"
	"fmt"
)

// opening compares opening a case with starting a bare workflow by an update.
func opening() measurement {
	return measurement{
		title: "Opening a case",
		method: func(s scale) string {
			return fmt.Sprintf("One client opens %d cases and starts %d bare workflows a repeat, each with one "+
				"Update-with-Start. Opening tells the worker and the supervisor, so each case also delivers two notices "+
				"behind the answer.", s.records, s.records)
		},
		run: func(ctx context.Context, b *bench) ([]figure, error) {
			var took paired
			for i := range b.repeats {
				bare, homeward, err := b.takeTurns(ctx, b.records,
					func(ctx context.Context, _ int) error { _, err := b.openBare(ctx); return err },
					func(ctx context.Context, _ int) error { _, err := b.openCase(ctx); return err })
				if err != nil {
					return latencies("open", took, goal{}, goal{}), err
				}
				took.add(bare, homeward)
				b.say("repeat %d of %d", i+1, b.repeats)
			}
			return latencies("open", took, goal{}, goal{}), nil
		},
	}
}

// latencies are the lines for the median and for the 99th percentile. The
// median is taken of each repeat, the 99th percentile of all repeats together.
func latencies(what string, took paired, p50, p99 goal) []figure {
	if len(took.bare) == 0 {
		return nil
	}
	return []figure{
		found(what+", p50", milliseconds, quantiles(took.bare, .5), quantiles(took.homeward, .5)).with(p50),
		found(what+", p99", milliseconds, tail(took.bare), tail(took.homeward)).with(p99),
	}
}
