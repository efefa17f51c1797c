package main

import (
	"context"
	"fmt"
	"time"
)

// loads are the numbers of clients at once.
func loads() []int { return []int{8, 32} }

// load compares what both sides get through when clients keep them busy.
func load() measurement {
	return measurement{
		title: "Saturated",
		method: func(s scale) string {
			return fmt.Sprintf("8 and then 32 clients, each with one command at a time, spread over %d cases (both "+
				"children in care) and as many bare workflows; %d commands on each record in a repeat, the bare side "+
				"first, then Homeward.", s.fleet, s.rounds)
		},
		run: func(ctx context.Context, b *bench) ([]figure, error) {
			fleet, err := b.openBoth(ctx, b.fleet)
			if err != nil {
				return nil, err
			}
			b.say("%d cases and %d bare workflows are open", b.fleet, b.fleet)
			var figures []figure
			for _, clients := range loads() {
				more, err := b.saturate(ctx, fleet, clients)
				figures = append(figures, more...)
				if err != nil {
					return figures, err
				}
			}
			return figures, nil
		},
	}
}

// saturate measures one number of clients.
func (b *bench) saturate(ctx context.Context, fleet ids, clients int) ([]figure, error) {
	var took paired
	var bareRate, homewardRate series
	n := b.fleet * b.rounds
	figures := func() []figure {
		if len(bareRate) == 0 {
			return nil
		}
		who := fmt.Sprintf("%d clients, ", clients)
		rates := found(who+"commands", perSecond, bareRate, homewardRate).with(ratioAtLeast(.75))
		return append([]figure{rates}, latencies(who+"one command", took, goal{}, goal{})...)
	}
	for i := range b.repeats {
		bare, bareAll, err := together(ctx, clients, n, func(ctx context.Context, i int) error {
			return b.touchBare(ctx, fleet.bare[i%b.fleet])
		})
		if err != nil {
			return figures(), err
		}
		homeward, homewardAll, err := together(ctx, clients, n, func(ctx context.Context, i int) error {
			return b.visitBoth(ctx, fleet.homeward[i%b.fleet])
		})
		if err != nil {
			return figures(), err
		}
		took.add(bare, homeward)
		bareRate = append(bareRate, rate(n, bareAll))
		homewardRate = append(homewardRate, rate(n, homewardAll))
		b.say("%d clients, repeat %d of %d: bare %.0f/s, Homeward %.0f/s",
			clients, i+1, b.repeats, bareRate[i], homewardRate[i])
	}
	return figures(), nil
}

func rate(n int, took time.Duration) float64 { return float64(n) / took.Seconds() }
