package main

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"
)

// operation is one thing that a client does; i tells the client which one.
type operation func(ctx context.Context, i int) error

// block is how many operations one side does before the other has its turn.
const block = 10

// takeTurns does n operations on each side, one after the other, changing sides
// after each block. What Homeward does behind an answer, such as sending
// notices, is over before the bare workflow has its turn: it must not slow that
// one down.
func (b *bench) takeTurns(ctx context.Context, n int, bare, homeward operation) (bareTook, homewardTook sample, err error) {
	for from := 0; from < n; from += block {
		to := min(from+block, n)
		if bareTook, err = timed(ctx, bareTook, from, to, bare); err != nil {
			return nil, nil, err
		}
		if homewardTook, err = timed(ctx, homewardTook, from, to, homeward); err != nil {
			return nil, nil, err
		}
		if err = b.rest(ctx); err != nil {
			return nil, nil, err
		}
	}
	return bareTook, homewardTook, nil
}

// timed appends what operations from to to took.
func timed(ctx context.Context, took sample, from, to int, do operation) (sample, error) {
	for i := from; i < to; i++ {
		began := time.Now()
		if err := do(ctx, i); err != nil {
			return nil, err
		}
		took = append(took, time.Since(began))
	}
	return took, nil
}

// together does n operations by so many clients at once, each one at a time,
// and returns what each took and all of them.
func together(ctx context.Context, clients, n int, do operation) (sample, time.Duration, error) {
	took := make(sample, n)
	began := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for client := range clients {
		group.Go(func() error {
			for i := client; i < n; i += clients {
				from := time.Now()
				if err := do(ctx, i); err != nil {
					return err
				}
				took[i] = time.Since(from)
			}
			return nil
		})
	}
	err := group.Wait()
	return took, time.Since(began), err
}
