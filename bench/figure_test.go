package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGoal_IsMetByTheMedian(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		figure figure
		met    bool
	}{
		"at the limit":        {found("", number, nil, series{9}).with(atMost(9)), true},
		"above it":            {found("", number, nil, series{8, 9.1, 10}).with(atMost(9)), false},
		"ratio at the limit":  {found("", perSecond, series{100}, series{75}).with(ratioAtLeast(.75)), true},
		"ratio below it":      {found("", perSecond, series{100}, series{74}).with(ratioAtLeast(.75)), false},
		"one repeat is worse": {found("", milliseconds, series{1, 1, 1}, series{1.2, 1.2, 9}).with(ratioAtMost(1.3)), true},
		"two are":             {found("", milliseconds, series{1, 1, 1}, series{1.2, 9, 9}).with(ratioAtMost(1.3)), false},
		"nothing measured":    {found("", number, nil, nil).with(atMost(9)), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.met, test.figure.met())
		})
	}
}

func TestTable_ShowsMediansSpreadGoalAndVerdict(t *testing.T) {
	t.Parallel()
	groups := []group{{"One command", "How.", []figure{
		found("visit, p50", milliseconds, series{10, 20, 30}, series{12, 26, 60}).with(ratioAtMost(1.3)),
		found("8 clients", perSecond, series{100}, series{60}).with(ratioAtLeast(.75)),
		found("events", number, nil, series{765}).with(atMost(1050)),
		found("runs", number, series{1}, series{2}),
	}}}
	require.Equal(t, strings.TrimPrefix(`
### One command

How.

|  | Bare | Homeward | Ratio | Goal |  |
|---|--:|--:|--:|--:|---|
| visit, p50 | 20.0 ms | 26.0 ms | 1.30x (1.20x to 2.00x) | ≤ 1.30x | met |
| 8 clients | 100/s | 60/s | 0.60x | ≥ 0.75x | **missed** |
| events |  | 765 |  | ≤ 1050 | met |
| runs | 1 | 2 | 2.00x |  |  |

`, "\n"), tables(groups))

	var printed strings.Builder
	require.NoError(t, writeGroups(&printed, groups))
	require.Contains(t, printed.String(), "8 clients   100/s    60/s      0.60x                   ≥ 0.75x  **missed**\n")
}
