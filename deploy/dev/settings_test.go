package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSettings_NamesEachWithItsReason(t *testing.T) {
	t.Parallel()
	var printed output
	require.Equal(t, 0, execute(t.Context(), []string{"settings"}, console{out: &printed}))
	for _, s := range temporalSettings(smallLimitsNamespace) {
		require.Contains(t, printed.String(), "| `"+s.key.String()+"`")
		require.Contains(t, printed.String(), " | "+s.why+" |")
	}
	for _, s := range postgresSettings(false) {
		require.Contains(t, printed.String(), "| `"+s.name+"` | "+s.value+" | ")
	}
	require.Contains(t, printed.String(), "`limit.historycount.suggestcontinueasnew` in "+smallLimitsNamespace+" | 60 |")
	require.NotContains(t, strings.ToLower(printed.String()), "todo")
}
