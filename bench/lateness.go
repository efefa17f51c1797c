package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"homeward/activities"
	"homeward/casework"
)

// screeningClock is what the pack gives a report until it must be screened.
const screeningClock = 24 * time.Hour

// lateness measures how long after its instant a duty is recorded as overdue.
func lateness() measurement {
	return measurement{
		title: "Duties falling due",
		method: func(s scale) string {
			return fmt.Sprintf("%d reports are opened whose calls came not quite a day ago, so that the %s for screening "+
				"each of them are over within %s. Measured is from the instant at which a duty is overdue to the one at "+
				"which the event is committed in PostgreSQL, by the clock of the one machine; each also sends notices.",
				s.duties, screeningClock, s.window)
		},
		run: func(ctx context.Context, b *bench) ([]figure, error) {
			late, err := b.fallDue(ctx)
			if len(late) == 0 {
				return nil, err
			}
			return []figure{
				found("duties", number, nil, series{float64(len(late))}),
				found("recorded late by, p50", milliseconds, nil, series{late.quantile(.5)}),
				found("recorded late by, p99", milliseconds, nil, series{late.quantile(.99)}).with(atMost(2000)),
				found("recorded late by, at most", milliseconds, nil, series{late.quantile(1)}),
			}, err
		},
	}
}

// fallDue opens the reports and waits until each has been recorded as overdue.
func (b *bench) fallDue(ctx context.Context) (sample, error) {
	// They must all be open before the first is due, so a few tell how long it takes.
	began, some := time.Now(), b.duties/10+1
	if err := b.openReports(ctx, some, func(int) time.Time { return began.Add(screeningClock) }); err != nil {
		return nil, err
	}
	ahead := 5*time.Second + 2*time.Since(began)*time.Duration(b.duties)/time.Duration(some)
	first := time.Now().Add(ahead).Truncate(time.Second)
	b.watch.begin()
	err := b.openReports(ctx, b.duties, func(i int) time.Time {
		return first.Add(b.window * time.Duration(i) / time.Duration(b.duties)).Truncate(time.Second)
	})
	if err != nil {
		return nil, err
	}
	if !time.Now().Before(first) {
		return nil, fmt.Errorf("this machine needed more than %s to open %d reports", ahead, b.duties)
	}
	b.say("%d reports are open, their duties fall due in %s", b.duties, time.Until(first).Round(time.Second))
	return b.overdue(ctx, first.Add(b.window+time.Minute))
}

// openReports opens n reports, of which the i-th must be screened by due(i).
func (b *bench) openReports(ctx context.Context, n int, due func(i int) time.Time) error {
	group, among := errgroup.WithContext(ctx)
	group.SetLimit(clientsAtSetUp)
	for i := range n {
		group.Go(func() error {
			_, err := b.openReport(among, due(i).Add(-screeningClock))
			return err
		})
	}
	return group.Wait()
}

// overdue waits until all are, or until the end.
func (b *bench) overdue(ctx context.Context, end time.Time) (sample, error) {
	ctx, cancel := context.WithDeadline(ctx, end)
	defer cancel()
	for {
		if late := b.watch.seen(); len(late) >= b.duties {
			return late, nil
		}
		select {
		case <-ctx.Done():
			late := b.watch.seen()
			return late, fmt.Errorf("only %d of %d duties are recorded as overdue: %w", len(late), b.duties, ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// watch stands before the event log and notes how late time has been recorded
// to have made duties overdue.
type watch struct {
	activities.Log

	mu   sync.Mutex
	late sample
}

func (w *watch) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.late = nil
}

func (w *watch) seen() sample {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append(sample(nil), w.late...)
}

// Record implements [activities.Log].
func (w *watch) Record(ctx context.Context, t casework.Transition) (casework.RecordResult, error) {
	result, err := w.Log.Record(ctx, t)
	if err == nil && result.Outcome == casework.Recorded && strings.HasPrefix(t.CommandID, "time/") {
		w.note(t.Duties, time.Now())
	}
	return result, err
}

func (w *watch) note(duties []casework.Duty, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, d := range duties {
		if d.Status == casework.DutyOverdue {
			// A duty turns overdue in the second after its last permitted one.
			w.late = append(w.late, now.Sub(d.DueAt.Add(time.Second)))
		}
	}
}
