package main

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"
)

// clientsAtSetUp open the records that a measurement needs.
const clientsAtSetUp = 16

// ids are records of both sides.
type ids struct{ bare, homeward []string }

// openBoth opens n bare workflows and n cases with both children in care.
func (b *bench) openBoth(ctx context.Context, n int) (ids, error) {
	opened := ids{make([]string, n), make([]string, n)}
	group, among := errgroup.WithContext(ctx)
	group.SetLimit(clientsAtSetUp)
	for i := range n {
		group.Go(func() (err error) {
			opened.bare[i], err = b.openBare(among)
			return err
		})
		group.Go(func() (err error) {
			opened.homeward[i], err = b.openInCare(among)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return opened, err
	}
	return opened, b.rest(ctx)
}

// command compares one step on a case with one update of a bare workflow.
func command() measurement {
	return measurement{
		title: "One command",
		method: func(s scale) string {
			return fmt.Sprintf("One client sends steps to %d cases in turn, both children of each in care; the records of "+
				"both sides are new in each repeat. First it records on each case that relatives were notified, which "+
				"meets a duty for each child, moves a timer and may change search attributes; then %d visits with both "+
				"children on each, which change no duty.", s.records, s.further)
		},
		run: func(ctx context.Context, b *bench) ([]figure, error) {
			var notices, visits paired
			for i := range b.repeats {
				if err := b.steps(ctx, &notices, &visits); err != nil {
					return commandFigures(notices, visits), err
				}
				b.say("repeat %d of %d", i+1, b.repeats)
			}
			return commandFigures(notices, visits), nil
		},
	}
}

func commandFigures(notices, visits paired) []figure {
	p50, p99 := ratioAtMost(1.3), ratioAtMost(2)
	return append(latencies("visit", visits, p50, p99), latencies("step that meets duties", notices, p50, p99)...)
}

// steps is one repeat.
func (b *bench) steps(ctx context.Context, notices, visits *paired) error {
	records, err := b.openBoth(ctx, b.records)
	if err != nil {
		return err
	}
	touch := func(ctx context.Context, i int) error { return b.touchBare(ctx, records.bare[i%b.records]) }
	bare, homeward, err := b.takeTurns(ctx, b.records, touch, func(ctx context.Context, i int) error {
		return b.notifyRelatives(ctx, records.homeward[i])
	})
	if err != nil {
		return err
	}
	notices.add(bare, homeward)
	bare, homeward, err = b.takeTurns(ctx, b.records*b.further, touch, func(ctx context.Context, i int) error {
		return b.visitBoth(ctx, records.homeward[i%b.records])
	})
	if err != nil {
		return err
	}
	visits.add(bare, homeward)
	return nil
}
