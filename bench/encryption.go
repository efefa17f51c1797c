package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
)

// newKey makes a key file with one key.
func newKey() ([]byte, error) {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // It never fails.
	return []byte("bench " + base64.StdEncoding.EncodeToString(secret)), nil
}

// encryption compares Homeward with itself: everything that travels encrypted,
// and nothing.
func encryption() measurement {
	return measurement{
		title: "Encryption",
		method: func(s scale) string {
			return fmt.Sprintf("Here both columns are Homeward: under Bare it encrypts nothing, and the ratio is what "+
				"encryption costs. One client records %d visits with both children on each of %d cases, new in each repeat.",
				s.further, s.records)
		},
		run: func(ctx context.Context, b *bench) ([]figure, error) {
			var took paired
			off, stop, err := b.inTheClear(ctx)
			if err != nil {
				return nil, err
			}
			for i := range b.repeats {
				if err = b.visits(ctx, off, &took); err != nil {
					break
				}
				b.say("repeat %d of %d", i+1, b.repeats)
			}
			if stopped := stop(context.WithoutCancel(ctx)); err == nil {
				err = stopped
			}
			return latencies("visit", took, ratioAtMost(1.1), goal{}), err
		},
	}
}

// inTheClear returns the stage as it is without encryption, with a worker of its
// own until stop is called.
func (b *bench) inTheClear(ctx context.Context) (off *stage, stop func(context.Context) error, err error) {
	unencrypted := *b.stage
	unencrypted.client, unencrypted.taskQueue = b.plain, "bench-clear-"+rand.Text()
	w, err := unencrypted.startHomeward(ctx)
	if err != nil {
		return nil, nil, err
	}
	return &unencrypted, w.Stop, nil
}

// visits is one repeat.
func (b *bench) visits(ctx context.Context, off *stage, took *paired) error {
	var plain, encrypted []string
	for range b.records {
		for _, side := range []struct {
			stage *stage
			ids   *[]string
		}{{off, &plain}, {b.stage, &encrypted}} {
			id, err := side.stage.openInCare(ctx)
			if err != nil {
				return err
			}
			*side.ids = append(*side.ids, id)
		}
	}
	if err := b.rest(ctx); err != nil {
		return err
	}
	without, with, err := b.takeTurns(ctx, b.records*b.further,
		func(ctx context.Context, i int) error { return off.visitBoth(ctx, plain[i%b.records]) },
		func(ctx context.Context, i int) error { return b.visitBoth(ctx, encrypted[i%b.records]) })
	if err == nil {
		took.add(without, with)
	}
	return err
}
