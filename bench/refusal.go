package main

import (
	"context"
	"fmt"
)

// refusal measures what a command costs that is refused.
func refusal() measurement {
	return measurement{
		title: "A refused command",
		method: func(s scale) string {
			return fmt.Sprintf("One client asks %d times a repeat to close a case whose children are in care, and sends a "+
				"bare workflow as many updates that its validator refuses. Events are those of the history, rows those "+
				"of all tables of Homeward's database.", s.refusals)
		},
		run: func(ctx context.Context, b *bench) ([]figure, error) {
			var took paired
			var bareEvents, events, rows series
			for i := range b.repeats {
				left, err := b.refuse(ctx, &took)
				if err != nil {
					return nil, err
				}
				bareEvents, events = append(bareEvents, left.bareEvents), append(events, left.events)
				rows = append(rows, left.rows)
				b.say("repeat %d of %d", i+1, b.repeats)
			}
			return append([]figure{
				found("events left behind", number, bareEvents, events).with(atMost(0)),
				found("rows left behind", number, nil, rows).with(atMost(0)),
			}, latencies("refusal", took, goal{}, goal{})...), nil
		},
	}
}

// traces are what the refusals of one repeat have left behind.
type traces struct{ bareEvents, events, rows float64 }

// refuse is one repeat.
func (b *bench) refuse(ctx context.Context, took *paired) (traces, error) {
	pair, err := b.openBoth(ctx, 1)
	if err != nil {
		return traces{}, err
	}
	// A task that ships more than ten new events is kept by the server, even
	// with nothing but a refusal in it; the first step takes them off.
	if err := b.visitBoth(ctx, pair.homeward[0]); err != nil {
		return traces{}, err
	}
	rows, err := b.rows(ctx)
	if err != nil {
		return traces{}, err
	}
	bareBefore, before, err := b.countBoth(ctx, pair)
	if err != nil {
		return traces{}, err
	}
	bare, homeward, err := b.takeTurns(ctx, b.refusals,
		func(ctx context.Context, _ int) error { return b.refusedBare(ctx, pair.bare[0]) },
		func(ctx context.Context, _ int) error { return b.refusedClosing(ctx, pair.homeward[0]) })
	if err != nil {
		return traces{}, err
	}
	took.add(bare, homeward)
	bareAfter, after, err := b.countBoth(ctx, pair)
	if err != nil {
		return traces{}, err
	}
	rowsAfter, err := b.rows(ctx)
	return traces{
		float64(bareAfter.events - bareBefore.events), float64(after.events - before.events), float64(rowsAfter - rows),
	}, err
}
