package main

import (
	"context"
	"fmt"
)

// span is how many commands at each end of a record's life are compared.
func (s scale) span() int { return min(100, s.commands/2) }

// age compares the last commands of a long life with its first.
func age() measurement {
	return measurement{
		title: "Age",
		method: func(s scale) string {
			return fmt.Sprintf("One client sends one case (both children in care) and one bare workflow %d commands "+
				"each, in turns, for %d pairs. Compared are the medians of the first and of the last %d commands. The "+
				"runs continue as new on the way; the client sends a command again that meets this.",
				s.commands, s.lives, s.span())
		},
		run: func(ctx context.Context, b *bench) ([]figure, error) {
			lives := lifetimes{span: b.span()}
			for i := range b.lives {
				if err := b.live(ctx, &lives); err != nil {
					return lives.figures(), err
				}
				b.say("life %d of %d", i+1, b.lives)
			}
			return lives.figures(), nil
		},
	}
}

// lifetimes are what was found for each pair.
type lifetimes struct {
	span                             int
	bareFirst, bareLast, first, last series
	bareEvents, events               series
	bareRuns, runs                   series
}

func (l lifetimes) figures() []figure {
	if len(l.runs) == 0 {
		return nil
	}
	return []figure{
		found(fmt.Sprintf("first %d commands, p50", l.span), milliseconds, l.bareFirst, l.first),
		found(fmt.Sprintf("last %d commands, p50", l.span), milliseconds, l.bareLast, l.last),
		found("last over first", times, l.bareLast.over(l.bareFirst), l.last.over(l.first)).with(atMost(1.1)),
		found("events a command", number, l.bareEvents, l.events).with(atMost(9)),
		found("runs", number, l.bareRuns, l.runs),
	}
}

// live follows one pair.
func (b *bench) live(ctx context.Context, l *lifetimes) error {
	pair, err := b.openBoth(ctx, 1)
	if err != nil {
		return err
	}
	bareBefore, before, err := b.countBoth(ctx, pair)
	if err != nil {
		return err
	}
	bareTook, took, err := b.takeTurns(ctx, b.commands,
		func(ctx context.Context, _ int) error { return b.touchBare(ctx, pair.bare[0]) },
		func(ctx context.Context, _ int) error { return b.visitBoth(ctx, pair.homeward[0]) })
	if err != nil {
		return err
	}
	bareAfter, after, err := b.countBoth(ctx, pair)
	if err != nil {
		return err
	}
	end := len(took) - l.span
	l.bareFirst, l.bareLast = append(l.bareFirst, bareTook[:l.span].quantile(.5)), append(l.bareLast, bareTook[end:].quantile(.5))
	l.first, l.last = append(l.first, took[:l.span].quantile(.5)), append(l.last, took[end:].quantile(.5))
	l.bareEvents = append(l.bareEvents, float64(bareAfter.events-bareBefore.events)/float64(b.commands))
	l.events = append(l.events, float64(after.events-before.events)/float64(b.commands))
	l.bareRuns, l.runs = append(l.bareRuns, float64(bareAfter.runs)), append(l.runs, float64(after.runs))
	return nil
}

func (b *bench) countBoth(ctx context.Context, pair ids) (bare, homeward counts, err error) {
	if bare, err = b.count(ctx, pair.bare[0]); err != nil {
		return bare, homeward, err
	}
	homeward, err = b.count(ctx, pair.homeward[0])
	return bare, homeward, err
}
