package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

// scale says how much is measured.
type scale struct {
	// repeats is how often the two sides take turns.
	repeats int
	// records are opened on each side in a repeat, and get further commands.
	records, further int
	// lives are followed for so many commands each.
	lives, commands int
	// fleet is how many records are under load, each with so many commands in a repeat.
	fleet, rounds int
	// duties fall due within the window.
	duties int
	window time.Duration
	// refusals is how many commands are refused in a repeat.
	refusals int
}

func full() scale {
	return scale{
		repeats: 5, records: 50, further: 8, lives: 3, commands: 1000, fleet: 500, rounds: 2,
		duties: 1000, window: time.Minute, refusals: 100,
	}
}

func short() scale {
	return scale{
		repeats: 2, records: 10, further: 4, lives: 1, commands: 200, fleet: 50, rounds: 2,
		duties: 50, window: 5 * time.Second, refusals: 20,
	}
}

// bench is one run of the benchmark.
type bench struct {
	*stage
	scale

	progress io.Writer
}

// say prints one line of progress.
func (b *bench) say(format string, args ...any) {
	_, _ = fmt.Fprintf(b.progress, "  "+format+"\n", args...)
}

// measurement is one question that the benchmark answers.
type measurement struct {
	title string
	// method says what is done, for the document.
	method func(scale) string
	run    func(context.Context, *bench) ([]figure, error)
}

// measurements lists them in the order in which they run.
func measurements() []measurement {
	return []measurement{
		opening(), command(), encryption(), trust(), load(), age(), lateness(), refusal(), year(), functions(),
	}
}

// group is what one measurement found.
type group struct {
	title, method string
	figures       []figure
}

// measure runs those measurements of all that have only in their title. Where it
// is interrupted it returns what it has.
func measure(ctx context.Context, b *bench, all []measurement, only string) ([]group, error) {
	var groups []group
	for i, m := range all {
		if !strings.Contains(strings.ToLower(m.title), strings.ToLower(only)) {
			continue
		}
		began := time.Now()
		_, _ = fmt.Fprintf(b.progress, "%d/%d %s\n", i+1, len(all), m.title)
		figures, err := m.run(ctx, b)
		if len(figures) > 0 {
			groups = append(groups, group{m.title, m.method(b.scale), figures})
		}
		if ctx.Err() != nil {
			return groups, fmt.Errorf("interrupted during %q", m.title)
		}
		if err != nil {
			return groups, fmt.Errorf("%s: %w", m.title, err)
		}
		b.say("took %s", time.Since(began).Round(time.Second))
	}
	return groups, nil
}
