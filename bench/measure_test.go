package main

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestMeasurements_KeepTheBudgetsThatAreCounts runs every measurement on next to
// nothing. What is a count is held here; times are reported by a real run.
func TestMeasurements_KeepTheBudgetsThatAreCounts(t *testing.T) {
	t.Parallel()
	if os.Getenv(databaseVariable) == "" && testing.Short() {
		t.Skip("needs PostgreSQL and Temporal: run make test")
	}
	s, err := openStage(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { s.close(context.WithoutCancel(t.Context())) })
	b := &bench{stage: s, progress: t.Output(), scale: scale{
		repeats: 1, records: 3, further: 1, lives: 1, commands: 10, fleet: 4, rounds: 1,
		duties: 4, window: time.Second, refusals: 3,
	}}
	counted := map[string]bool{
		"events a command": false, "events left behind": false, "events": false,
	}
	for _, m := range measurements() {
		if m.title == functions().title {
			continue // runs this repository's tests
		}
		figures, err := m.run(t.Context(), b)
		require.NoError(t, err, m.title)
		require.NotEmpty(t, figures, m.title)
		require.NotEmpty(t, m.method(b.scale), m.title)
		for _, f := range figures {
			require.NotEmpty(t, f.homeward, "%s: %s", m.title, f.what)
			if _, ok := counted[f.what]; ok {
				counted[f.what] = true
				require.True(t, f.met(), "%s: %v", m.title, f.cells())
			}
		}
	}
	for what, seen := range counted {
		require.True(t, seen, what)
	}
}

func TestInterrupted_KeepsWhatIsMeasured(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	list := []measurement{
		{"first", func(scale) string { return "How." }, func(context.Context, *bench) ([]figure, error) {
			return []figure{found("events", number, nil, series{1})}, nil
		}},
		{"second", func(scale) string { return "How." }, func(ctx context.Context, _ *bench) ([]figure, error) {
			interrupt()
			return []figure{found("so far", number, nil, series{1})}, ctx.Err()
		}},
		{"third", func(scale) string { return "How." }, func(context.Context, *bench) ([]figure, error) {
			t.Error("goes on after an interrupt")
			return nil, nil
		}},
	}
	groups, err := measure(ctx, &bench{progress: t.Output()}, list, "")
	require.ErrorContains(t, err, `interrupted during "second"`)
	require.Len(t, groups, 2)
	require.Equal(t, "so far", groups[1].figures[0].what)
}
